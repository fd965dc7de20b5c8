import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.Instance;
import dev.tazza.InstanceAllocationStrategy;
import dev.tazza.InstanceLimits;
import dev.tazza.InstancePre;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.PoolingConfig;
import dev.tazza.Store;
import dev.tazza.wasi.Access;
import dev.tazza.wasi.Wasi;
import dev.tazza.wasi.WasiConfig;
import dev.tazza.wasi.WasiExit;
import dev.tazza.wasm.type.FuncType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.function.IntConsumer;

/** Tazza on the stand, as an embedder uses it. */
final class TazzaAdapter extends Adapter<Module> {
  private Engine engine = new Engine(config());

  /** The last module with its imports: instances of one module are made in a row. */
  private InstancePre<Surround> prepared;

  public static void main(String[] args) {
    new TazzaAdapter().serve(args);
  }

  /** With what the other engines have on by default. */
  private static Config config() {
    return new Config().wasmLegacyExceptions(true);
  }

  @Override
  void useOneThread() {
    engine.close();
    engine = new Engine(config().parallelCompilation(false));
  }

  @Override
  void usePool(int slots) {
    engine.close();
    PoolingConfig pool = new PoolingConfig().instanceLimits(new InstanceLimits().count(slots));
    engine = new Engine(config().allocationStrategy(InstanceAllocationStrategy.pooling(pool)));
  }

  @Override
  Module compile(byte[] module) {
    return Module.compile(engine, module);
  }

  @Override
  void release(Module module) {
    module.close();
  }

  @Override
  Program prepare(Module module, Surroundings surroundings) throws Exception {
    WasiConfig config =
        new WasiConfig()
            .args("program")
            .stdin(new byte[0])
            .stdout(surroundings.out())
            .stderr(surroundings.err());
    if (surroundings.folder() != null) {
      config.preopen(surroundings.folder(), ".", Access.READ_WRITE);
    }
    Wasi wasi = Wasi.open(config);
    Store<Surround> store = new Store<>(engine, new Surround(wasi, surroundings.brackets()));
    Instance instance = prepared(module).instantiate(store);
    return new Program() {
      @Override
      public void start() {
        try {
          instance.func("_start").call();
        } catch (WasiExit e) {
          if (e.code() != 0) {
            throw e;
          }
        }
      }

      @Override
      public void close() {
        store.close();
        wasi.close();
      }
    };
  }

  /** What the program's host functions find in the store: nulls where it imports none. */
  private record Surround(Wasi wasi, Brackets brackets) {}

  private InstancePre<Surround> prepared(Module module) {
    if (prepared == null || prepared.module() != module) {
      Linker<Surround> linker = new Linker<>(engine);
      Wasi.addTo(linker, Surround::wasi);
      FuncType type = new FuncType(List.of(), List.of());
      linker.func("bench", "start", type, (caller, _) -> caller.data().brackets().start());
      linker.func("bench", "end", type, (caller, _) -> caller.data().brackets().end());
      prepared = linker.instantiatePre(module);
    }
    return prepared;
  }

  @Override
  Program prepare(Module module) {
    Store<Surround> store = new Store<>(engine, new Surround(null, null));
    Instance instance = prepared(module).instantiate(store);
    return new Program() {
      @Override
      public void start() {
        instance.func("_start").call();
      }

      @Override
      public void close() {
        store.close();
      }
    };
  }

  @Override
  Calls calls(Module module) {
    Linker<Void> linker = new Linker<>(engine);
    linker.func("env", "noop", Runnable.class, () -> {});
    Instance instance = linker.instantiate(new Store<>(engine), module);
    Func add = instance.func("add");
    return new Calls(add.as(IntBinaryOperator.class), instance.func("loop").as(IntConsumer.class));
  }

  @Override
  void save(Module module, Path file) throws Exception {
    Files.write(file, module.serialize());
  }

  @Override
  void load(Path file) throws Exception {
    Module.deserializeFile(engine, file).close();
  }
}
