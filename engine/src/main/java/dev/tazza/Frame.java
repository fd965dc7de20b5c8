package dev.tazza;

import dev.tazza.wasm.SourcePosition;
import dev.tazza.wasm.demangle.Demangler;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A guest function on the stack.
 *
 * @param moduleName the module's name, or {@code <unnamed>}
 * @param functionIndex index of the function in its module
 * @param functionName its name if known, as the module has it
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

  /**
   * The function's name for people, or one made of its index. Mangled names of Rust and C++ are as
   * in the source; unprintable characters are escaped, and what is too long is cut.
   */
  public String displayName() {
    return functionName == null
        ? "<wasm function " + functionIndex + ">"
        : Demangler.display(functionName);
  }

  /** As frames of Java, one for each position in the source. */
  List<StackTraceElement> toStackTraceElements() {
    String module = Demangler.printable(moduleName);
    if (source.isEmpty()) {
      String place = offset < 0 ? "wasm" : "wasm:0x" + Long.toHexString(offset);
      return List.of(new StackTraceElement(module, displayName(), place, -1));
    }
    List<StackTraceElement> elements = new ArrayList<>();
    for (SourcePosition position : source) {
      int line = position.line() == 0 ? -1 : position.line();
      String file = position.file() == null ? null : Demangler.printable(position.file());
      elements.add(new StackTraceElement(module, name(position), file, line));
    }
    return elements;
  }

  private String name(SourcePosition position) {
    return position.function() == null ? displayName() : Demangler.display(position.function());
  }

  /**
   * In the form {@code name (module, 0x12a)}; if there are positions in the source, more lines
   * follow, one for each: {@code at file.c:3:12}, with the name of the function where it was
   * inlined.
   */
  @Override
  public String toString() {
    String place = offset < 0 ? "" : ", 0x" + Long.toHexString(offset);
    String module = Demangler.printable(moduleName);
    StringBuilder text = new StringBuilder(displayName() + " (" + module + place + ")");
    for (int i = 0; i < source.size(); i++) {
      boolean inlined = i < source.size() - 1;
      text.append("\n        at ").append(Demangler.printable(source.get(i).place()));
      text.append(inlined ? " (inlined: " + name(source.get(i)) + ")" : "");
    }
    return text.toString();
  }
}
