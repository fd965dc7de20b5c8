package dev.tazza.bench;

import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.InstancePre;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.wasi.Wasi;
import dev.tazza.wasi.WasiConfig;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A store with an instance, a call, and all of it closed again; and compiling the small module. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class InstantiateBenchmark {
  private static final String SMALL =
      """
      (module
        (memory 1)
        (table 4 funcref)
        (elem (i32.const 0) func $f)
        (data (i32.const 16) "hello")
        (func $f (export "f") (param i32) (result i32) (i32.load8_u (local.get 0))))
      """;

  private static final String WITH_WASI =
      """
      (module
        (import "wasi_snapshot_preview1" "fd_write"
          (func (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_close" (func (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_seek"
          (func (param i32 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
        (memory (export "memory") 2)
        (func (export "_start")))
      """;

  private Engine engine;
  private Module small;
  private Module megabytes;
  private Module thousand;
  private Module system;
  private Module otherSystem;
  private Linker<Wasi> linker;
  private InstancePre<Wasi> prepared;
  private InstancePre<Wasi> otherPrepared;

  @Setup
  public void setUp() {
    engine = new Engine();
    small = Module.compile(engine, SMALL);
    String data = "0123456789abcdef".repeat(1 << 18);
    megabytes =
        Module.compile(
            engine,
            SMALL.replace("(memory 1)", "(memory 80)").replace("\"hello\"", "\"" + data + "\""));
    thousand = Module.compile(engine, functions(1000));
    system = Module.compile(engine, WITH_WASI);
    linker = new Linker<>(engine);
    Wasi.addTo(linker, wasi -> wasi);
    otherSystem = Module.compile(engine, WITH_WASI);
    prepared = linker.instantiatePre(system);
    otherPrepared = linker.instantiatePre(otherSystem);
  }

  @TearDown
  public void tearDown() {
    small.close();
    megabytes.close();
    thousand.close();
    system.close();
    otherSystem.close();
    engine.close();
  }

  private static String functions(int count) {
    StringBuilder text = new StringBuilder("(module (table " + count + " funcref)");
    text.append("(elem (i32.const 0) func");
    for (int i = 0; i < count; i++) {
      text.append(" $f").append(i);
    }
    text.append(")");
    for (int i = 0; i < count; i++) {
      String export = i == 0 ? "(export \"f\") " : "";
      text.append("(func $f%d %s(param i32) (result i32) (i32.const %d))".formatted(i, export, i));
    }
    return text.append(")").toString();
  }

  private Object use(Module module) {
    try (Store<Void> store = new Store<>(engine)) {
      Instance instance = new Linker<Void>(engine).instantiate(store, module);
      return instance.func("f").call(16)[0];
    }
  }

  @Benchmark
  public Object smallModule() {
    return use(small);
  }

  @Benchmark
  public Object moduleWithFourMegabytesOfData() {
    return use(megabytes);
  }

  @Benchmark
  public Object moduleWithAThousandFunctions() {
    return use(thousand);
  }

  private interface Instantiation {
    Instance in(Store<Wasi> store);
  }

  private Object useWasi(Instantiation instantiation) throws IOException {
    try (Wasi wasi = Wasi.open(new WasiConfig().stdin(new byte[0]));
        Store<Wasi> store = new Store<>(engine, wasi)) {
      return instantiation.in(store).func("_start").call();
    }
  }

  @Benchmark
  public Object moduleWithWasi() throws IOException {
    return useWasi(store -> linker.instantiate(store, system));
  }

  /** The linker finds the imports anew each time. */
  @Benchmark
  @OperationsPerInvocation(2)
  public boolean twoModulesWithWasiInTurn() throws IOException {
    return useWasi(store -> linker.instantiate(store, system))
        == useWasi(store -> linker.instantiate(store, otherSystem));
  }

  @Benchmark
  @OperationsPerInvocation(2)
  public boolean twoModulesWithWasiInTurnPrepared() throws IOException {
    return useWasi(prepared::instantiate) == useWasi(otherPrepared::instantiate);
  }

  @Benchmark
  public void compileSmallModule() {
    Module.compile(engine, SMALL).close();
  }
}
