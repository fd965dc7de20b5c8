package dev.tazza.bench;

import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntBinaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a call costs: into the guest, out to the host, within the guest, and next to them plain
 * calls by the Foreign Function API.
 *
 * <p>The ways out to the host and within the guest are loops in the guest of {@value #CALLS} calls;
 * one invocation is those ten million.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class CallBenchmark {
  private static final int CALLS = 10_000_000;

  private static final String TEXT =
      """
      (module
        (import "h" "typed" (func $typed (param i32 i32) (result i32)))
        (import "h" "general" (func $general (param i32 i32) (result i32)))
        (import "h" "nothing" (func $nothing))
        (table 1 funcref)
        (elem (i32.const 0) func $add)
        (func $add (export "add") (param i32 i32) (result i32)
          (i32.add (local.get 0) (local.get 1)))
        (func (export "nothing"))
        (func (export "add-longs") (param i64 i64) (result i64)
          (i64.add (local.get 0) (local.get 1)))
        (func (export "add-doubles") (param f64 f64) (result f64)
          (f64.add (local.get 0) (local.get 1)))
        (func (export "add-four") (param i32 i32 i32 i32) (result i32)
          (i32.add (i32.add (local.get 0) (local.get 1)) (i32.add (local.get 2) (local.get 3))))
        (func (export "call-typed") (param $n i32) (result i32) (local $sum i32)
          (loop $again
            (local.set $sum (call $typed (local.get $sum) (local.get $n)))
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
          (local.get $sum))
        (func (export "call-general") (param $n i32) (result i32) (local $sum i32)
          (loop $again
            (local.set $sum (call $general (local.get $sum) (local.get $n)))
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
          (local.get $sum))
        (func (export "call-nothing") (param $n i32)
          (loop $again
            (call $nothing)
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
        (func (export "call-guest") (param $n i32) (result i32) (local $sum i32)
          (loop $again
            (local.set $sum (call $add (local.get $sum) (local.get $n)))
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
          (local.get $sum))
        (func (export "call-indirect") (param $n i32) (result i32) (local $sum i32)
          (loop $again
            (local.set $sum
              (call_indirect (param i32 i32) (result i32)
                (local.get $sum) (local.get $n) (i32.const 0)))
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
          (local.get $sum)))
      """;

  private static final Instance INSTANCE = instance();
  private static final MethodHandle ADD = INSTANCE.func("add").handle();
  private static final IntBinaryOperator ADD_OPERATOR =
      INSTANCE.func("add").as(IntBinaryOperator.class);
  private static final Func ADD_FUNC = INSTANCE.func("add");
  private static final MethodHandle NOTHING = INSTANCE.func("nothing").handle();
  private static final MethodHandle ADD_LONGS = INSTANCE.func("add-longs").handle();
  private static final MethodHandle ADD_DOUBLES = INSTANCE.func("add-doubles").handle();
  private static final MethodHandle ADD_FOUR = INSTANCE.func("add-four").handle();
  private static final MethodHandle CALL_TYPED = INSTANCE.func("call-typed").handle();
  private static final MethodHandle CALL_GENERAL = INSTANCE.func("call-general").handle();
  private static final MethodHandle CALL_NOTHING = INSTANCE.func("call-nothing").handle();
  private static final MethodHandle CALL_GUEST = INSTANCE.func("call-guest").handle();
  private static final MethodHandle CALL_INDIRECT = INSTANCE.func("call-indirect").handle();

  private static final MethodHandle ABS = abs();
  private static final MethodHandle ABS_CRITICAL =
      abs(java.lang.foreign.Linker.Option.critical(false));

  private int a = 3;
  private int b = 4;

  private static Instance instance() {
    Engine engine = new Engine();
    Linker<Void> linker = new Linker<>(engine);
    FuncType type = new FuncType(List.of(ValType.I32, ValType.I32), List.of(ValType.I32));
    linker.func("h", "typed", IntBinaryOperator.class, Integer::sum);
    linker.func(
        "h", "general", type, (caller, values) -> values.setI32(0, values.i32(0) + values.i32(1)));
    linker.func("h", "nothing", Runnable.class, () -> {});
    return linker.instantiate(new Store<Void>(engine), Module.compile(engine, TEXT));
  }

  private static MethodHandle abs(java.lang.foreign.Linker.Option... options) {
    java.lang.foreign.Linker linker = java.lang.foreign.Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find("abs").orElseThrow(),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
        options);
  }

  // Host to guest.

  @Benchmark
  public int hostToGuestHandle() throws Throwable {
    return (int) ADD.invokeExact(a, b);
  }

  @Benchmark
  public int hostToGuestOperator() {
    return ADD_OPERATOR.applyAsInt(a, b);
  }

  @Benchmark
  public void hostToGuestNothing() throws Throwable {
    NOTHING.invokeExact();
  }

  @Benchmark
  public long hostToGuestLongs() throws Throwable {
    return (long) ADD_LONGS.invokeExact((long) a, (long) b);
  }

  @Benchmark
  public double hostToGuestDoubles() throws Throwable {
    return (double) ADD_DOUBLES.invokeExact((double) a, (double) b);
  }

  @Benchmark
  public int hostToGuestFour() throws Throwable {
    return (int) ADD_FOUR.invokeExact(a, b, a, b);
  }

  @Benchmark
  public Object hostToGuestBoxed() {
    return ADD_FUNC.call(a, b)[0];
  }

  // Guest to host.

  @Benchmark
  @OperationsPerInvocation(CALLS)
  public int guestToHostTyped() throws Throwable {
    return (int) CALL_TYPED.invokeExact(CALLS);
  }

  @Benchmark
  @OperationsPerInvocation(CALLS)
  public int guestToHostGeneral() throws Throwable {
    return (int) CALL_GENERAL.invokeExact(CALLS);
  }

  @Benchmark
  @OperationsPerInvocation(CALLS)
  public void guestToHostNothing() throws Throwable {
    CALL_NOTHING.invokeExact(CALLS);
  }

  // Guest to guest.

  @Benchmark
  @OperationsPerInvocation(CALLS)
  public int guestToGuest() throws Throwable {
    return (int) CALL_GUEST.invokeExact(CALLS);
  }

  @Benchmark
  @OperationsPerInvocation(CALLS)
  public int guestToGuestIndirect() throws Throwable {
    return (int) CALL_INDIRECT.invokeExact(CALLS);
  }

  // What the platform gives.

  @Benchmark
  public int plainDowncall() throws Throwable {
    return (int) ABS.invokeExact(a);
  }

  @Benchmark
  public int plainDowncallCritical() throws Throwable {
    return (int) ABS_CRITICAL.invokeExact(a);
  }
}
