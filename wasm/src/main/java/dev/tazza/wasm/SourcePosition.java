package dev.tazza.wasm;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A place in the source of a module.
 *
 * @param function the function's name as linkers know it, which has its scope, or in the source
 * @param file path of the file, as the compiler knew it
 * @param line from 1 on; 0: unknown
 * @param column from 1 on; 0: unknown
 */
public record SourcePosition(@Nullable String function, @Nullable String file, int line, int column)
    implements Serializable {

  /** In the form {@code file:line:column}; what is unknown is left out. */
  public String place() {
    String place = file == null ? "<unknown>" : file;
    if (line == 0) {
      return place;
    }
    return column == 0 ? place + ":" + line : place + ":" + line + ":" + column;
  }
}
