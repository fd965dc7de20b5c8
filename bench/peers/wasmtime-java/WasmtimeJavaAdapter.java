import io.github.kawamuray.wasmtime.Disposable;
import io.github.kawamuray.wasmtime.Engine;
import io.github.kawamuray.wasmtime.Extern;
import io.github.kawamuray.wasmtime.Func;
import io.github.kawamuray.wasmtime.Linker;
import io.github.kawamuray.wasmtime.Module;
import io.github.kawamuray.wasmtime.Store;
import io.github.kawamuray.wasmtime.WasmFunctionError;
import io.github.kawamuray.wasmtime.WasmFunctions;
import io.github.kawamuray.wasmtime.WasmFunctions.Consumer0;
import io.github.kawamuray.wasmtime.WasmFunctions.Consumer1;
import io.github.kawamuray.wasmtime.WasmFunctions.Function2;
import io.github.kawamuray.wasmtime.WasmValType;
import io.github.kawamuray.wasmtime.wasi.WasiCtx;
import io.github.kawamuray.wasmtime.wasi.WasiCtxBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Wasmtime through JNI, by the bindings of kawamuray/wasmtime-java. A program's output goes to
 * files of the adapter's own, whose content is handed on: the bindings know only paths.
 */
final class WasmtimeJavaAdapter extends Adapter<Module> {
  private final Engine engine = new Engine();

  public static void main(String[] args) {
    new WasmtimeJavaAdapter().serve(args);
  }

  @Override
  Module compile(byte[] module) {
    return Module.fromBinary(engine, module);
  }

  @Override
  void release(Module module) {
    module.dispose();
  }

  /** What belongs to one instance, in the order in which it is freed. */
  private final class Parts {
    private final List<Disposable> all = new ArrayList<>();

    <D extends Disposable> D add(D part) {
      all.addFirst(part);
      return part;
    }

    void dispose() {
      all.forEach(Disposable::dispose);
    }
  }

  @Override
  Program prepare(Module module, Surroundings surroundings) throws Exception {
    boolean quiet = surroundings.folder() == null;
    WasiCtxBuilder builder = new WasiCtxBuilder().arg("program");
    Path out = null;
    Path err = null;
    if (quiet) {
      builder.inheritStdout();
    } else {
      out = Files.createTempFile("stdout", "");
      err = Files.createTempFile("stderr", "");
      builder.preopenedDir(surroundings.folder(), ".").stdout(out).stderr(err);
    }
    Parts parts = new Parts();
    WasiCtx wasi = builder.build();
    Store<Void> store = parts.add(new Store<Void>(null, engine, wasi));
    Linker linker = parts.add(new Linker(engine));
    WasiCtx.addToLinker(linker);
    define(parts, linker, store, "bench", "start", surroundings.brackets()::start);
    define(parts, linker, store, "bench", "end", surroundings.brackets()::end);
    linker.module(store, "", module);
    return program(parts, linker, store, surroundings, out, err);
  }

  private static Program program(
      Parts parts,
      Linker linker,
      Store<Void> store,
      Surroundings surroundings,
      Path out,
      Path err) {
    return new Program() {
      @Override
      public void start() throws Exception {
        try {
          WasmFunctions.consumer(store, linker.get(store, "", "_start").orElseThrow().func())
              .accept();
        } catch (WasmFunctionError.I32ExitError e) {
          if (e.exitCode() != 0) {
            throw e;
          }
        }
        if (out != null) {
          Files.copy(out, surroundings.out());
          Files.copy(err, surroundings.err());
        }
      }

      @Override
      public void close() throws Exception {
        parts.dispose();
        if (out != null) {
          Files.delete(out);
          Files.delete(err);
        }
      }
    };
  }

  private static void define(
      Parts parts, Linker linker, Store<Void> store, String module, String name, Runnable action) {
    Consumer0 call = action::run;
    Func func = parts.add(WasmFunctions.wrap(store, call));
    linker.define(store, module, name, Extern.fromFunc(func));
  }

  @Override
  Program prepare(Module module) {
    Parts parts = new Parts();
    Store<Void> store = parts.add(new Store<Void>(null, engine));
    Linker linker = parts.add(new Linker(engine));
    linker.module(store, "", module);
    return program(parts, linker, store, null, null, null);
  }

  @Override
  Calls calls(Module module) {
    Parts parts = new Parts();
    Store<Void> store = new Store<>(null, engine);
    Linker linker = new Linker(engine);
    define(parts, linker, store, "env", "noop", () -> {});
    linker.module(store, "", module);
    Function2<Integer, Integer, Integer> add =
        WasmFunctions.func(
            store,
            linker.get(store, "", "add").orElseThrow().func(),
            WasmValType.I32,
            WasmValType.I32,
            WasmValType.I32);
    Consumer1<Integer> loop =
        WasmFunctions.consumer(
            store, linker.get(store, "", "loop").orElseThrow().func(), WasmValType.I32);
    return new Calls(add::call, loop::accept);
  }

  @Override
  void save(Module module, Path file) {
    throw new UnsupportedOperationException("the bindings do not offer it");
  }

  @Override
  void load(Path file) {
    throw new UnsupportedOperationException("the bindings do not offer it");
  }
}
