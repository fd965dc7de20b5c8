package dev.tazza.cli;

import dev.tazza.Module;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.ExportType;
import dev.tazza.wasm.type.FuncType;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

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
        names.add(shown(export.name()));
        count++;
      }
    }
    return names.toString();
  }

  /** Why there is no function to call, and what may have been meant. */
  static String missing(Module module, String function) {
    @Nullable String similar = null;
    for (ExportType export : module.exports()) {
      if (export.name().equals(function)) {
        return "%s is no function: it is a %s"
            .formatted(WasmModule.quote(function), export.type().kind());
      }
      if (similar == null
          && export.type() instanceof FuncType
          && CommandLineText.isSimilar(function, export.name())) {
        similar = export.name();
      }
    }
    return "no exported function "
        + WasmModule.quote(function)
        + (similar == null ? offers(module) : "; did you mean " + WasmModule.quote(similar) + "?");
  }

  /** A name as it is to be given, unless that would not be one line. */
  private static String shown(String name) {
    return name.chars().anyMatch(Character::isISOControl) ? WasmModule.quote(name) : name;
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
