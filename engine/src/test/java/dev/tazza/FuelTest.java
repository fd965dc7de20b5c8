package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.operator.OperatorCost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guests that use up fuel. */
class FuelTest {
  private static final String MODULE =
      """
      (module
        (import "host" "look" (func $look))
        (memory (export "memory") 1 2)
        (table 100 funcref)
        (elem $none funcref (ref.null func) (ref.null func) (ref.null func))
        (func $next (param i32) (result i32)
          (i32.add (local.get 0) (i32.const 1)))
        (func (export "straight") (result i32)
          (call $next (call $next (i32.const 5))))
        (func $fib (export "fib") (param i32) (result i32)
          (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
            (then (local.get 0))
            (else
              (i32.add
                (call $fib (i32.sub (local.get 0) (i32.const 1)))
                (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
        (func (export "loop") (param i32) (result i32) (local i32)
          (loop
            (local.set 1 (call $next (local.get 1)))
            (if (i32.and (local.get 0) (i32.const 1))
              (then (i32.store (i32.const 8) (local.get 1)) (local.set 1 (i32.load (i32.const 8)))))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (local.get 1))
        (func (export "few") (result i32) (local i32 i32)
          (loop
            (i32.store8 (local.get 0) (local.get 1))
            (local.set 1 (i32.add (local.get 1) (i32.load8_u (local.get 0))))
            (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 4))))
          (local.get 1))
        (func (export "choice") (param i32) (result i32) (local i32)
          (loop
            (if (i32.gt_u (local.get 0) (i32.const 7))
              (then (local.set 1 (i32.add (local.get 1) (i32.const 3)))))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (local.get 1))
        (func (export "beyond") (param i32) (result i32) (local i32)
          (loop
            (local.set 1 (i32.add (local.get 1) (i32.load (local.get 0))))
            (local.set 0 (i32.add (local.get 0) (i32.const 4096)))
            (i32.store offset=16 (local.get 0) (i32.const 7))
            (br 0))
          (local.get 1))
        (func (export "divide") (param i32) (result i32) (local i32)
          (loop
            (local.set 1 (i32.add (local.get 1) (i32.div_u (i32.const 100) (local.get 0))))
            (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
            (br 0))
          (local.get 1))
        (func (export "host") (param i32)
          (loop
            (call $look)
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
        (func (export "fill") (param i32)
          (memory.fill (i32.const 0) (i32.const 1) (local.get 0)))
        (func (export "copy") (param i32)
          (memory.copy (i32.const 0) (i32.const 4) (local.get 0)))
        (func (export "init") (param i32)
          (table.init $none (i32.const 0) (i32.const 0) (local.get 0)))
        (func (export "grow") (param i32) (result i32)
          (memory.grow (local.get 0)))
        (func (export "crash") (unreachable))
        (func (export "forever") (loop (br 0))))
      """;

  private static final List<String> FUNCTIONS =
      List.of("straight", "fib", "loop", "few", "choice", "beyond", "divide", "host", "crash");

  private static Config config() {
    return new Config().consumeFuel(true);
  }

  /** A store with an instance. */
  private static final class Guest implements AutoCloseable {
    final Engine engine;
    final Module module;
    Store<Void> store;
    Instance instance;
    final List<Long> looks = new ArrayList<>();

    /** What the host gives when it looks; -1: nothing. */
    long refill = -1;

    Guest(Config config) {
      engine = new Engine(config);
      module = Module.compile(engine, MODULE);
      store = new Store<>(engine);
      instance = instantiate();
    }

    private Instance instantiate() {
      return new Linker<Void>(engine)
          .func("host", "look", Runnable.class, this::look)
          .instantiate(store, module);
    }

    private void look() {
      looks.add(store.getFuel());
      if (refill >= 0) {
        store.setFuel(refill);
      }
    }

    /** What a call comes to, and what is left then. */
    String call(String name, long fuel) {
      looks.clear();
      store.setFuel(fuel);
      StringBuilder line = new StringBuilder();
      Func function = instance.func(name);
      try {
        Object[] args = function.type().params().isEmpty() ? new Object[0] : new Object[] {10};
        line.append(List.of(function.call(args)));
      } catch (Trap trap) {
        line.append(trap.code()).append(' ').append(trap.frames());
      }
      return line.append(" left ").append(store.getFuel()).append(looks).toString();
    }

    long cost(String name, Object... args) {
      store.setFuel(1_000_000);
      instance.func(name).call(args);
      return 1_000_000 - store.getFuel();
    }

    @Override
    public void close() {
      store.close();
      module.close();
      engine.close();
    }
  }

  @Test
  void eachOperatorTakesWhatItCosts() {
    try (Guest guest = new Guest(config())) {
      // i32.const, call, call; in each callee local.get, i32.const, i32.add
      assertEquals(3 + 2 * 3, guest.cost("straight"));
      // In fib of 1: local.get, i32.const, i32.lt_u, if, local.get.
      assertEquals(5, guest.cost("fib", 1));
      assertEquals(5 + 5 + 4 + 9, guest.cost("fib", 2));
    }
  }

  @Test
  void atAnyAmountTheEndIsTheSameOnAllLevels() {
    try (Guest plain = new Guest(config().optLevel(OptLevel.NONE).debugVerifier(true));
        Guest fast = new Guest(config().debugVerifier(true).sandboxVerifier(true));
        Guest checking = new Guest(config().staticMemoryMaximumSize(0))) {
      for (String name : FUNCTIONS) {
        for (int fuel = 0; fuel < 130; fuel++) {
          String expected = plain.call(name, fuel);
          assertEquals(expected, fast.call(name, fuel), name + " with " + fuel);
          assertEquals(expected, checking.call(name, fuel), name + " with " + fuel);
        }
      }
    }
  }

  @Test
  void whoHasLessThanItNeedsRunsOut() {
    try (Guest guest = new Guest(config())) {
      for (String name : List.of("straight", "fib", "loop", "few", "choice")) {
        boolean takes = !guest.instance.func(name).type().params().isEmpty();
        long needed = takes ? guest.cost(name, 10) : guest.cost(name);
        assertTrue(guest.call(name, needed).endsWith(" left 0[]"), name);
        assertTrue(guest.call(name, needed - 1).startsWith("OUT_OF_FUEL"), name);
        assertTrue(guest.call(name, needed + 1).endsWith(" left 1[]"), name);
      }
    }
  }

  @Test
  void aNewStoreHasNone() {
    try (Guest guest = new Guest(config())) {
      assertEquals(0, guest.store.getFuel());
      Trap trap = assertThrows(Trap.class, () -> guest.instance.func("straight").call());
      assertEquals(TrapCode.OUT_OF_FUEL, trap.code());
      assertEquals("all fuel consumed", trap.getMessage());
    }
  }

  @Test
  void theHostSeesWhatIsLeftAndCanChangeIt() {
    try (Guest guest = new Guest(config())) {
      guest.call("host", 1000);
      // call; local.get, i32.const, i32.sub, local.tee, br_if, call
      assertEquals(List.of(999L, 993L, 987L), guest.looks.subList(0, 3));
      guest.refill = 6;
      assertEquals("[] left 1[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]", guest.call("host", 1));
      guest.refill = 5;
      assertTrue(guest.call("host", 1).startsWith("OUT_OF_FUEL"));
    }
  }

  @Test
  void manyBytesCostTheirNumber() {
    try (Guest guest = new Guest(config())) {
      assertTrue(guest.call("fill", 13).startsWith("OUT_OF_FUEL"));
      assertEquals(0, guest.instance.memory("memory").getInt(0), "nothing was filled");
      assertEquals(4 + 1000, guest.cost("fill", 1000));
      assertEquals(4 + 1000, guest.cost("copy", 1000));
      assertEquals(4 + 3, guest.cost("init", 3));
      assertEquals(2, guest.cost("grow", 1));
      // Nothing is taken for what cannot be done.
      guest.store.setFuel(1_000_000);
      assertThrows(Trap.class, () -> guest.instance.func("fill").call(-1));
      assertEquals(1_000_000 - 4, guest.store.getFuel());
    }
  }

  @Test
  void costsAreData() {
    OperatorCost costs =
        OperatorCost.DEFAULT
            .with(Operator.CALL, 100)
            .with(Operator.END, 3)
            .with(Operator.I32_ADD, 0)
            .withPerByte(2)
            .withPerElement(50);
    for (OptLevel level : OptLevel.values()) {
      try (Guest guest = new Guest(config().operatorCost(costs).optLevel(level))) {
        assertEquals(1 + 2 * 100 + 2 * 2 + 3 * 3, guest.cost("straight"));
        assertEquals(4 + 3 + 2 * 1000, guest.cost("fill", 1000));
        assertEquals(4 + 3 + 50 * 2, guest.cost("init", 2));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> OperatorCost.DEFAULT.with(Operator.NOP, -1));
    assertThrows(IllegalArgumentException.class, () -> OperatorCost.DEFAULT.withPerByte(256));
  }

  @Test
  void anEndlessLoopEnds() {
    for (OptLevel level : OptLevel.values()) {
      try (Guest guest = new Guest(config().optLevel(level))) {
        assertTrue(guest.call("forever", 10_000_000).startsWith("OUT_OF_FUEL"));
      }
    }
  }

  @Test
  void fuelIsOffUnlessItIsAskedFor() {
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine)) {
      assertThrows(IllegalStateException.class, store::getFuel);
      assertThrows(IllegalStateException.class, () -> store.setFuel(1));
    }
    try (Guest guest = new Guest(config())) {
      assertThrows(IllegalArgumentException.class, () -> guest.store.setFuel(-1));
    }
  }

  @Test
  void typedCallsUseFuelToo() throws Throwable {
    try (Guest guest = new Guest(config())) {
      guest.store.setFuel(1000);
      int result = (int) guest.instance.func("fib").handle().invokeExact(1);
      assertEquals(1, result);
      assertEquals(995, guest.store.getFuel());
    }
  }

  @Test
  void aStoppedGuestHasUsedUpWhatItHas() {
    for (boolean signals : new boolean[] {true, false}) {
      Config config = config().epochInterruption(true).signalsBasedInterruption(signals);
      try (Guest guest = new Guest(config)) {
        long much = Long.MAX_VALUE;
        guest.store.setFuel(much);
        guest.store.setEpochDeadline(1);
        List<Long> seen = new ArrayList<>();
        guest.store.epochDeadlineCallback(store -> {
          seen.add(store.getFuel());
          assertThrows(IllegalStateException.class, () -> store.setFuel(1));
          return seen.size() < 3 ? UpdateDeadline.continueWith(1) : UpdateDeadline.trap();
        });
        try (EpochTicker _ = guest.engine.startEpochTicker(Duration.ofMillis(1))) {
          Trap trap = assertThrows(Trap.class, () -> guest.instance.func("forever").call());
          assertEquals(TrapCode.INTERRUPT, trap.code(), trap.getMessage());
        }
        // The first stop may be on the way in.
        assertTrue(seen.get(0) <= much && seen.get(1) < seen.get(0) && seen.get(2) < seen.get(1));
        assertTrue(guest.store.getFuel() <= seen.get(2));
      }
    }
  }

  @Test
  void otherInstancesShareTheFuel() {
    try (Guest guest = new Guest(config());
        Module caller =
            Module.compile(
                guest.engine,
                """
                (module
                  (import "guest" "straight" (func $f (result i32)))
                  (func (export "twice") (result i32) (i32.add (call $f) (call $f))))
                """)) {
      Linker<Void> linker = new Linker<>(guest.engine);
      linker.instance("guest", guest.instance);
      Instance other = linker.instantiate(guest.store, caller);
      guest.store.setFuel(100);
      assertEquals(14, other.func("twice").call()[0]);
      assertEquals(100 - 3 - 2 * 9, guest.store.getFuel());
    }
  }
}
