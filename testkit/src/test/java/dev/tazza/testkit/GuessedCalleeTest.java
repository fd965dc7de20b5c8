package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Frame;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.Trap;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Indirect calls whose callees are guessed and inlined do what others do, also when the guess is
 * wrong: the table changes, and functions of other instances and of other types come into it.
 */
class GuessedCalleeTest {
  private static final String CALLER =
      """
      (module
        (type $f (func (param i32) (result i32)))
        (table $t (export "t") 8 funcref)
        (global $g (mut i32) (i32.const 0))
        (elem $e (i32.const 0) func $add $check $count)
        (elem $other func $type)
        (func $add (param i32) (result i32) (i32.add (local.get 0) (i32.const 5)))
        (func $check (param i32) (result i32)
          (if (i32.gt_u (local.get 0) (i32.const 90)) (then (unreachable)))
          (i32.mul (local.get 0) (i32.const 3)))
        (func $count (param i32) (result i32)
          (global.set $g (i32.add (global.get $g) (i32.const 1)))
          (global.get $g))
        (func $type (param i64) (result i64) (local.get 0))
        (func (export "set") (param $to i32) (param $from i32)
          (table.set (local.get $to) (table.get (local.get $from))))
        (func (export "init") (param $to i32)
          (table.init $other (local.get $to) (i32.const 0) (i32.const 1)))
        (func $run (export "run") (param $n i32) (param $at i32) (result i32) (local $sum i32)
          (loop $more
            (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 7))
              (call_indirect (type $f) (local.get $n)
                (i32.rem_u (local.get $n) (local.get $at)))))
            (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
          (i32.add (local.get $sum) (global.get $g))))
      """;

  private static final String STRANGER =
      """
      (module (import "caller" "t" (table 8 funcref))
        (global $g (mut i32) (i32.const 1000))
        (elem (i32.const 5) func $strange)
        (func $strange (param i32) (result i32)
          (global.set $g (i32.add (global.get $g) (local.get 0)))
          (global.get $g)))
      """;

  private static List<String> events(OptLevel level) {
    List<String> events = new ArrayList<>();
    try (Engine engine = new Engine(new Config().optLevel(level).debugVerifier(true));
        Module module = Module.compile(engine, CALLER);
        Module stranger = Module.compile(engine, STRANGER);
        Store<Void> store = new Store<>(engine)) {
      if (level == OptLevel.SPEED) {
        assertTrue(module.compiled().tables().inlined().bases().length >= 3);
      }
      Linker<Void> linker = new Linker<>(engine);
      Instance caller = linker.instantiate(store, module);
      linker.instance("caller", caller);
      run(caller, events);
      caller.func("set").call(1, 2);
      caller.func("set").call(0, 1);
      run(caller, events);
      linker.instantiate(store, stranger);
      caller.func("set").call(1, 5);
      run(caller, events);
      caller.func("init").call(2);
      run(caller, events);
    }
    return events;
  }

  /** With few and many elements of the table in use, to the end and to a trap. */
  private static void run(Instance caller, List<String> events) {
    for (int n = 30; n < 100; n += 33) {
      for (int at = 1; at <= 9; at += 2) {
        String event;
        try {
          event = String.valueOf(caller.func("run").call(n, at)[0]);
        } catch (Trap trap) {
          event = trap.code() + " " + trap.frames().stream().map(Frame::toString).toList();
        }
        events.add(n + " " + at + ": " + event);
      }
    }
  }

  @Test
  void wrongGuessesChangeNothing() {
    List<String> expected = events(OptLevel.NONE);
    assertEquals(expected, events(OptLevel.SPEED));
    String all = expected.toString();
    for (String trap : List.of("UNREACHABLE", "UNINITIALIZED", "UNDEFINED", "MISMATCH")) {
      assertTrue(all.contains(trap), () -> "no " + trap + " among " + all);
    }
  }
}
