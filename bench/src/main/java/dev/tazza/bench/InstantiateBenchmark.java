package dev.tazza.bench;

import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
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

  private Engine engine;
  private Module small;
  private Module megabyte;

  @Setup
  public void setUp() {
    engine = new Engine();
    small = Module.compile(engine, SMALL);
    String data = "0123456789abcdef".repeat(1 << 16);
    megabyte =
        Module.compile(
            engine,
            SMALL.replace("(memory 1)", "(memory 20)").replace("\"hello\"", "\"" + data + "\""));
  }

  @TearDown
  public void tearDown() {
    small.close();
    megabyte.close();
    engine.close();
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
  public Object moduleWithAMegabyteOfData() {
    return use(megabyte);
  }

  @Benchmark
  public void compileSmallModule() {
    Module.compile(engine, SMALL).close();
  }
}
