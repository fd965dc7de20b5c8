package dev.tazza;

import dev.tazza.wasm.SourcePosition;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A guest function on the stack.
 *
 * @param moduleName the module's name, or {@code <unnamed>}
 * @param functionIndex index of the function in its module
 * @param functionName its name if known
 * @param offset byte offset of the instruction in the module's binary, -1 when unknown
 * @param source where in the source the instruction is from: where it stands itself, then where the
 *     function that it stands in was called if that call was inlined before the module was made,
 *     and so on. Empty when unknown, or not {@linkplain Config#wasmBacktraceDetails wanted}
 */
public record Frame(
    String moduleName,
    int functionIndex,
    @Nullable String functionName,
    long offset,
    List<SourcePosition> source)
    implements Serializable {

  public Frame {
    source = List.copyOf(source);
  }

  /** The function's name, or one made of its index. */
  public String displayName() {
    return functionName == null ? "<wasm function " + functionIndex + ">" : functionName;
  }

  /** As frames of Java, one for each position in the source. */
  List<StackTraceElement> toStackTraceElements() {
    if (source.isEmpty()) {
      String place = offset < 0 ? "wasm" : "wasm:0x" + Long.toHexString(offset);
      return List.of(new StackTraceElement(moduleName, displayName(), place, -1));
    }
    List<StackTraceElement> elements = new ArrayList<>();
    for (SourcePosition position : source) {
      int line = position.line() == 0 ? -1 : position.line();
      elements.add(new StackTraceElement(moduleName, name(position), position.file(), line));
    }
    return elements;
  }

  private String name(SourcePosition position) {
    return position.function() == null ? displayName() : position.function();
  }

  /**
   * In the form {@code name (module, 0x12a)}; if there are positions in the source, more lines
   * follow, one for each: {@code at file.c:3:12}, with the name of the function where it was
   * inlined.
   */
  @Override
  public String toString() {
    String place = offset < 0 ? "" : ", 0x" + Long.toHexString(offset);
    StringBuilder text = new StringBuilder(displayName() + " (" + moduleName + place + ")");
    for (int i = 0; i < source.size(); i++) {
      boolean inlined = i < source.size() - 1;
      text.append("\n        at ").append(source.get(i).place());
      text.append(inlined ? " (inlined: " + name(source.get(i)) + ")" : "");
    }
    return text.toString();
  }
}
