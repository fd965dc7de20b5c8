import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasi.WasiExitException;
import com.dylibso.chicory.wasi.WasiOptions;
import com.dylibso.chicory.wasi.WasiPreview1;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionType;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * Chicory on the stand, with its compiler to JVM bytecode. Endive, which came from it, has the same
 * API under another package name; the stand makes its adapter from this file.
 */
final class ChicoryAdapter extends Adapter<ChicoryAdapter.Compiled> {
  record Compiled(WasmModule module, Function<Instance, Machine> factory) {}

  private static final FunctionType NOTHING = FunctionType.of(List.of(), List.of());

  public static void main(String[] args) {
    new ChicoryAdapter().serve(args);
  }

  @Override
  Compiled compile(byte[] module) {
    WasmModule parsed = Parser.parse(module);
    Function<Instance, Machine> factory =
        MachineFactoryCompiler.builder(parsed)
            .withInterpreterFallback(
                InterpreterFallback.SILENT) // for functions too large for a JVM method
            .compile();
    return new Compiled(parsed, factory);
  }

  @Override
  Program prepare(Compiled compiled, Surroundings surroundings) throws Exception {
    WasiOptions.Builder options =
        WasiOptions.builder()
            .withArguments(List.of("program"))
            .withStdin(new ByteArrayInputStream(new byte[0]))
            .withStdout(surroundings.out())
            .withStderr(surroundings.err());
    if (surroundings.folder() != null) {
      options.withDirectory(".", surroundings.folder());
    }
    WasiPreview1 wasi = WasiPreview1.builder().withOptions(options.build()).build();
    ImportValues imports =
        ImportValues.builder()
            .addFunction(wasi.toHostFunctions())
            .addFunction(call("bench", "start", surroundings.brackets()::start))
            .addFunction(call("bench", "end", surroundings.brackets()::end))
            .build();
    Instance instance = instance(compiled, imports);
    return new Program() {
      @Override
      public void start() {
        try {
          instance.export("_start").apply();
        } catch (WasiExitException e) {
          if (e.exitCode() != 0) {
            throw e;
          }
        }
      }

      @Override
      public void close() {
        wasi.close();
      }
    };
  }

  @Override
  Program prepare(Compiled compiled) {
    Instance instance = instance(compiled, ImportValues.builder().build());
    return () -> instance.export("_start").apply();
  }

  private static Instance instance(Compiled compiled, ImportValues imports) {
    return Instance.builder(compiled.module)
        .withMachineFactory(compiled.factory)
        .withImportValues(imports)
        .withStart(false)
        .build();
  }

  private static HostFunction call(String module, String name, Runnable action) {
    return new HostFunction(
        module,
        name,
        NOTHING,
        (instance, args) -> {
          action.run();
          return new long[0];
        });
  }

  @Override
  Calls calls(Compiled compiled) {
    ImportValues imports =
        ImportValues.builder().addFunction(call("env", "noop", () -> {})).build();
    Instance instance = instance(compiled, imports);
    ExportFunction add = instance.export("add");
    ExportFunction loop = instance.export("loop");
    return new Calls((a, b) -> (int) add.apply(a, b)[0], loop::apply);
  }

  @Override
  void save(Compiled compiled, Path file) {
    throw new UnsupportedOperationException("compiled modules are class files made at build time");
  }

  @Override
  void load(Path file) {
    throw new UnsupportedOperationException();
  }
}
