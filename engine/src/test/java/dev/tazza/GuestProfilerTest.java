package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where guests spend their time, as it is sampled. */
class GuestProfilerTest {
  private static final Duration INTERVAL = Duration.ofMillis(1);

  private static final String BUSY =
      """
      (module $busy
        (import "host" "enough" (func $enough (result i32)))
        (func $_ZN4busy4spinEv
          (local $i i32)
          (loop $next
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $next (i32.lt_u (local.get $i) (i32.const 10000000)))))
        (func $run (export "run")
          (loop $again
            (call $_ZN4busy4spinEv)
            (br_if $again (i32.eqz (call $enough))))))
      """;

  /** A program that runs until it has been sampled so often, or for a minute. */
  private static Func program(Store<Void> store, GuestProfiler[] profiler) {
    Linker<Void> linker = new Linker<>(store.engine());
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    linker.func(
        "host",
        "enough",
        IntSupplier.class,
        () -> System.nanoTime() > end || profiler[0].samplesSoFar() >= 20 ? 1 : 0);
    return linker.instantiate(store, Module.compile(store.engine(), BUSY)).func("run");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void busyFunctionsAreSeen(boolean bySignals) throws IOException {
    Config config = new Config().optLevel(OptLevel.NONE).signalsBasedInterruption(bySignals);
    try (Engine engine = new Engine(config);
        Store<Void> store = new Store<>(engine)) {
      GuestProfiler[] profiler = new GuestProfiler[1];
      Func run = program(store, profiler);
      profiler[0] = GuestProfiler.start(store, INTERVAL);
      run.call();
      GuestProfile profile = profiler[0].stop();
      assertTrue(profile.samples() >= 20);
      StringWriter json = new StringWriter();
      profile.writeFirefox(json, "busy");
      assertTrue(json.toString().contains("\"run [busy]\""), json.toString());
      assertTrue(json.toString().contains("\"busy::spin() [busy]\""), json.toString());
      StringWriter picture = new StringWriter();
      profile.writeFlameGraph(picture, "busy");
      assertTrue(picture.toString().contains("<title>busy::spin() [busy], "));
    }
  }

  @Test
  void deadlinesHoldMeanwhile() {
    String text = "(module (func (export \"f\") (loop (br 0))))";
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine)) {
      Func endless = Instance.instantiate(store, Module.compile(engine, text), List.of()).func("f");
      GuestProfiler profiler = GuestProfiler.start(store, INTERVAL);
      assertThrows(
          Trap.class, () -> store.callWithTimeout(Duration.ofMillis(200), () -> endless.call()));
      assertTrue(profiler.stop().samples() > 0);
    }
  }

  @Test
  void oneAtATime() {
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine)) {
      GuestProfiler first = GuestProfiler.start(store, INTERVAL);
      assertThrows(IllegalStateException.class, () -> GuestProfiler.start(store, INTERVAL));
      first.close();
      try (GuestProfiler second = GuestProfiler.start(store, INTERVAL)) {
        assertEquals(0, second.stop().samples());
      }
      assertThrows(IllegalArgumentException.class, () -> GuestProfiler.start(store, Duration.ZERO));
    }
  }

  @Test
  void aStoreMayBeClosedBeforeItsProfiler() {
    try (Engine engine = new Engine()) {
      GuestProfiler profiler;
      try (Store<Void> store = new Store<>(engine)) {
        profiler = GuestProfiler.start(store, INTERVAL);
      }
      assertEquals(0, profiler.stop().samples());
    }
  }
}
