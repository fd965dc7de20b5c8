package dev.tazza.bench;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.Trap;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** From the call of a guest function that traps to the exception in the host's hands. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class TrapBenchmark {
  private static final String TEXT =
      """
      (module
        (memory 1)
        (func (export "unreachable") unreachable)
        (func (export "load") (drop (i32.load (i32.const -8))))
        (func $overflow (export "overflow") (call $overflow) (drop (i32.const 0))))
      """;

  @Param({"true", "false"})
  private boolean backtrace;

  private Engine engine;
  private Store<Void> store;
  private MethodHandle unreachable;
  private MethodHandle load;
  private MethodHandle overflow;

  @Setup
  public void setUp() {
    engine = new Engine(new Config().wasmBacktrace(backtrace));
    store = new Store<>(engine);
    Instance instance = new Linker<Void>(engine).instantiate(store, Module.compile(engine, TEXT));
    unreachable = instance.func("unreachable").handle();
    load = instance.func("load").handle();
    overflow = instance.func("overflow").handle();
  }

  @TearDown
  public void tearDown() {
    store.close();
    engine.close();
  }

  private static Trap trap(MethodHandle function) throws Throwable {
    try {
      function.invokeExact();
      throw new AssertionError("no trap");
    } catch (Trap trap) {
      return trap;
    }
  }

  @Benchmark
  public Trap unreachable() throws Throwable {
    return trap(unreachable);
  }

  @Benchmark
  public Trap memoryOutOfBounds() throws Throwable {
    return trap(load);
  }

  @Benchmark
  public Trap stackOverflow() throws Throwable {
    return trap(overflow);
  }
}
