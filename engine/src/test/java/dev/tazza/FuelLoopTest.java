package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Fuel in loops that the compiler makes others of: loops by tail calls, loops over bytes, and loops
 * around operators on many bytes.
 */
class FuelLoopTest {
  private static final String TEXT =
      """
      (module
        (type $step (func (param i32 i32) (result i32)))
        (memory 2)
        (table funcref (elem $self $even $odd $by_table))
        (func $self (export "self") (type $step)
          (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
          (return_call $self
            (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 5))))
        (func $even (export "mutual") (type $step)
          (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
          (return_call $odd
            (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 5))))
        (func $odd (type $step)
          (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
          (return_call $even
            (i32.sub (local.get 0) (i32.const 1)) (i32.xor (local.get 1) (i32.const 9))))
        (func $by_table (export "table") (type $step)
          (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
          (return_call_indirect (type $step)
            (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 5))
            (i32.const 3)))
        (func (export "bytes") (type $step) (local i32)
          ;; the first byte that differs
          (block $found
            (loop $next
              (br_if $found (i32.ge_u (local.get 2) (local.get 0)))
              (br_if $found
                (i32.ne
                  (i32.load8_u (local.get 2)) (i32.load8_u offset=1000 (local.get 2))))
              (local.set 2 (i32.add (local.get 2) (i32.const 1)))
              (br $next)))
          (local.get 2))
        (func (export "copy") (type $step)
          (loop $next
            (i32.store8 offset=3000 (local.get 1) (i32.load8_u offset=2000 (local.get 1)))
            (local.set 1 (i32.add (local.get 1) (i32.const 1)))
            (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (local.get 1))
        (func (export "fills") (type $step)
          (loop $next
            (memory.fill
              (i32.mul (local.get 0) (i32.const 64)) (local.get 1) (local.get 0))
            (memory.copy (i32.const 9000) (local.get 0) (i32.const 3))
            (local.set 1 (i32.add (local.get 1) (i32.const 1)))
            (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (i32.load8_u (i32.const 9001))))
      """;

  private static final List<String> FUNCTIONS =
      List.of("self", "mutual", "table", "bytes", "copy", "fills");

  private static List<Config> configs() {
    List<Config> configs = new ArrayList<>();
    for (OptLevel level : OptLevel.values()) {
      configs.add(new Config().optLevel(level).debugVerifier(true).sandboxVerifier(true));
    }
    configs.add(new Config().signalsBasedTraps(false).sandboxVerifier(true));
    configs.add(new Config().signalsBasedInterruption(false));
    configs.forEach(config -> config.consumeFuel(true));
    return configs;
  }

  /** What all functions come to with all amounts of fuel up to some, and what is left. */
  private static List<String> outcomes(Config config) {
    List<String> outcomes = new ArrayList<>();
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, TEXT)) {
      for (String name : FUNCTIONS) {
        for (int fuel = 0; fuel < 400; fuel += 1 + fuel / 40) {
          // A new one each time: what was stored counts.
          try (Store<Void> store = new Store<>(engine)) {
            Func function = Instance.instantiate(store, module, List.of()).func(name);
            store.setFuel(fuel);
            String outcome;
            try {
              outcome = String.valueOf(function.call(12, 1)[0]);
            } catch (Trap trap) {
              outcome = trap.code() + " " + trap.frames();
            }
            outcomes.add(name + " with " + fuel + ": " + outcome + ", left " + store.getFuel());
          }
        }
      }
    }
    return outcomes;
  }

  @Test
  void theEndIsTheSameOnAllLevels() {
    List<String> expected = null;
    for (Config config : configs()) {
      List<String> outcomes = outcomes(config);
      expected = expected == null ? outcomes : expected;
      assertEquals(expected, outcomes);
      for (String name : FUNCTIONS) {
        assertTrue(
            outcomes.stream().anyMatch(each -> each.startsWith(name) && each.contains("OUT_OF")));
        assertTrue(
            outcomes.stream().anyMatch(each -> each.startsWith(name) && !each.contains("OUT_OF")));
      }
    }
  }

  @Test
  void aTailCallCostsWhatACallDoes() {
    for (Config config : configs()) {
      try (Engine engine = new Engine(config);
          Module module = Module.compile(engine, TEXT);
          Store<Void> store = new Store<>(engine)) {
        Func function = Instance.instantiate(store, module, List.of()).func("self");
        store.setFuel(1 << 30);
        int rounds = 1_000_000;
        assertEquals(5 * rounds, function.call(rounds, 0)[0]);
        // local.get, eqz, if; local.get, const, sub, local.get, const, add, return_call. In the end
        // local.get, eqz, if, local.get; return is free.
        assertEquals((1 << 30) - 10L * rounds - 4, store.getFuel());
      }
    }
  }
}
