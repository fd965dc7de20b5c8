package dev.tazza.cli;

import dev.tazza.Module;
import dev.tazza.wasm.type.ExportType;
import dev.tazza.wasm.type.FuncType;
import java.util.StringJoiner;

/** What a module's exports tell of {@code --invoke}. */
final class Invocation {
  private static final int MAX_OFFERED = 20;

  private Invocation() {}

  /** Which functions the user may have meant. */
  static String offers(Module module) {
    StringJoiner names = new StringJoiner(", ", "; name one with --invoke: ", "");
    names.setEmptyValue(", nor any other");
    int count = 0;
    for (ExportType export : module.exports()) {
      if (export.type() instanceof FuncType && !export.name().equals("_initialize")) {
        if (count == MAX_OFFERED) {
          names.add("...");
          break;
        }
        names.add(export.name());
        count++;
      }
    }
    return names.toString();
  }

  /** Whether a function takes nothing and the program asks WASI for arguments. */
  static boolean leavesArguments(Module module, String function) {
    return module.imports().stream().anyMatch(wanted -> wanted.name().equals("args_get"))
        && module.exports().stream()
            .anyMatch(export ->
                export.name().equals(function)
                    && export.type() instanceof FuncType type
                    && type.params().isEmpty());
  }
}
