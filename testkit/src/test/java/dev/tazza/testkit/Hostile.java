package dev.tazza.testkit;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.type.ExportType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.ValType;
import org.jspecify.annotations.Nullable;

/**
 * Gives a module that may be anything to the engine: compiles, instantiates and calls all that it
 * exports.
 */
final class Hostile implements AutoCloseable {
  /** What became of a module. */
  enum Fate {
    /** Refused with an error, at whatever stage. */
    REFUSED,
    /** Ran; some calls may have trapped. */
    RAN,
    /** It is valid but uses a feature that cannot be compiled yet, which the API says so. */
    UNSUPPORTED
  }

  private final Engine engine;

  Hostile() {
    engine = new Engine(new Config().parallelCompilation(false));
  }

  /** Anything but the documented exceptions passes through. */
  Fate run(byte[] bytes) {
    try (Module module = Module.compile(engine, bytes);
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = new Linker<>(engine);
      linker.defineUnknownImportsAsDefaultValues(module);
      Instance instance = linker.instantiate(store, module);
      for (ExportType export : module.exports()) {
        if (instance.findExport(export.name()) instanceof Func function) {
          call(function);
        }
      }
      return Fate.RAN;
    } catch (WasmException refused) {
      if (refused.getMessage() == null || refused.getMessage().isBlank()) {
        throw new AssertionError("no message", refused);
      }
      return Fate.REFUSED;
    } catch (UnsupportedOperationException unsupported) {
      return Fate.UNSUPPORTED;
    }
  }

  Fate run(String text) {
    return run(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static void call(Func function) {
    FuncType type = function.type();
    @Nullable Object[] arguments = new @Nullable Object[type.params().size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = zero(type.params().get(i));
    }
    try {
      function.call(arguments);
    } catch (WasmException trap) {
      // As good as a result.
    }
  }

  private static @Nullable Object zero(ValType type) {
    return switch (type) {
      case NumType.I32 -> 0;
      case NumType.I64 -> 0L;
      case NumType.F32 -> 0f;
      case NumType.F64 -> 0.0;
      default -> null;
    };
  }

  Engine engine() {
    return engine;
  }

  @Override
  public void close() {
    engine.close();
  }
}
