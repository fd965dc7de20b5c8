package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Frame;
import dev.tazza.GuestBacktrace;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.Trap;
import dev.tazza.wasm.TrapCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Whether calls were inlined cannot be told from traps, backtraces and results. */
class InlinedCallTest {
  /** A chain of functions that the optimizer makes one of, with every kind of end. */
  private static final String CHAIN =
      """
      (module $chain
        (import "h" "fail" (func $fail (param i32)))
        (memory 1)
        (table 2 funcref)
        (elem (i32.const 0) $leaf)
        (func $outside (param i32)
          (if (i32.eq (local.get 0) (i32.const 4)) (then (call $fail (local.get 0))))
          (if (i32.eq (local.get 0) (i32.const 5))
            (then (call_indirect (param i32) (local.get 0) (i32.const 1))))
          (if (i32.eq (local.get 0) (i32.const 6)) (then (drop (memory.grow (i32.const 1)))))
          (if (i32.eq (local.get 0) (i32.const 7))
            (then (memory.fill (i32.const -1) (i32.const 0) (i32.const 9)))))
        (func $divide (param i32)
          (if (i32.eq (local.get 0) (i32.const 3))
            (then (drop (i32.div_u (i32.const 7) (i32.sub (local.get 0) (i32.const 3))))))
          (call $outside (local.get 0)))
        (func $load (param i32)
          (if (i32.eq (local.get 0) (i32.const 2)) (then (drop (i32.load (i32.const -4)))))
          (call $divide (local.get 0)))
        (func $leaf (param i32)
          (if (i32.eq (local.get 0) (i32.const 1)) (then (unreachable)))
          (call $load (local.get 0)))
        (func $d (param i32)
          (call $leaf (local.get 0)) (call $leaf (i32.sub (local.get 0) (i32.const 20))))
        (func $c (param i32) (call $d (local.get 0)))
        (func $b (param i32)
          (call $c (i32.sub (local.get 0) (i32.const 40))) (call $c (local.get 0)))
        (func $run (export "run") (param i32)
          (loop $more
            (call $b (local.get 0))
            (br_if $more (i32.eq (local.get 0) (i32.const 99)))))
        (func $fib (export "fib") (param i32) (result i32)
          (if (i32.eq (local.get 0) (i32.const 50)) (then (unreachable)))
          (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
            (then (local.get 0))
            (else (i32.add
              (call $fib (i32.sub (local.get 0) (i32.const 1)))
              (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
        (func $steps (export "steps") (param i32) (result i32)
          (if (i32.lt_u (local.get 0) (i32.const 2)) (then (return (local.get 0))))
          (if (i32.eq (local.get 0) (i32.const 50)) (then (unreachable)))
          (i32.add
            (call $steps (i32.sub (local.get 0) (i32.const 1)))
            (call $steps (i32.sub (local.get 0) (i32.const 2)))))
        (func $even (param i32) (result i32) (call $odd (i32.add (local.get 0) (i32.const 1))))
        (func $odd (export "endless") (param i32) (result i32)
          (i32.mul (call $even (local.get 0)) (i32.const 3)))
        (func $own (export "own") (param i32) (result i32)
          (i32.mul (call $own (i32.add (local.get 0) (i32.const 1))) (i32.const 3))))
      """;

  private static final BiFunction<Engine, Module, Module> AS_COMPILED = (engine, module) -> module;

  /** What happens for each argument. */
  private static List<String> events(Config config, BiFunction<Engine, Module, Module> with) {
    List<String> events = new ArrayList<>();
    try (Engine engine = new Engine(config);
        Module module = with.apply(engine, Module.compile(engine, CHAIN));
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = new Linker<>(engine);
      linker.func(
          "h",
          "fail",
          IntConsumer.class,
          n -> {
            throw new IllegalStateException("host " + n);
          });
      Instance instance = linker.instantiate(store, module);
      for (int i = 0; i < 50; i++) {
        events.add(i + ": " + event(instance, i));
      }
      events.add("fib: " + instance.func("fib").call(15)[0]);
      Trap trap = assertThrows(Trap.class, () -> instance.func("fib").call(53));
      events.add("fib: " + trap.code() + " " + trap.frames());
      events.add("steps: " + instance.func("steps").call(15)[0]);
      // Deeper than the copies of a recursive function within each other, so real calls are passed.
      trap = assertThrows(Trap.class, () -> instance.func("steps").call(63));
      assertEquals(14, trap.frames().size());
      events.add("steps: " + trap.code() + " " + trap.frames());
    }
    return events;
  }

  private static String event(Instance instance, int argument) {
    try {
      instance.func("run").call(argument);
      return "returns";
    } catch (Trap trap) {
      return trap.code() + " " + trap.frames();
    } catch (IllegalStateException e) {
      return e.getMessage() + " " + ((GuestBacktrace) e.getSuppressed()[0]).frames();
    }
  }

  private static Config config(OptLevel level) {
    return new Config().optLevel(level).debugVerifier(true);
  }

  private static void assertInlined(Module module) {
    assertTrue(module.compiled().tables().inlined().bases().length > 10);
    for (var symbol : module.compiled().symbols()) {
      assertFalse(symbol.name().equals("c"), "nobody needs the code of $c any more");
    }
  }

  @Test
  void backtracesAreThoseOfTheSource() {
    List<String> expected = events(config(OptLevel.NONE), AS_COMPILED);
    List<String> actual =
        events(
            config(OptLevel.SPEED),
            (engine, module) -> {
              assertInlined(module);
              return module;
            });
    assertEquals(expected, actual);
    assertTrue(expected.get(1).matches("1: UNREACHABLE \\[leaf .*, d .*, c .*, b .*, run .*]"));
    assertTrue(
        expected
            .get(44)
            .matches(
                "44: host 4 \\[outside .*, divide .*, load .*, leaf .*, d .*, c .*, b .*, run"
                    + " .*]"));
  }

  @Test
  void artifactsHaveTheSameBacktraces() {
    List<String> expected = events(config(OptLevel.NONE), AS_COMPILED);
    try (Engine engine = new Engine(config(OptLevel.SPEED));
        Module module = Module.compile(engine, CHAIN)) {
      byte[] artifact = module.serialize();
      assertEquals(
          expected,
          events(
              config(OptLevel.SPEED),
              (other, compiled) -> {
                compiled.close();
                Module loaded = Module.deserialize(other, artifact);
                assertInlined(loaded);
                return loaded;
              }));
    }
  }

  @Test
  void framesAreKnownWithoutAnAddressMap() {
    List<String> expected = events(config(OptLevel.NONE).generateAddressMap(false), AS_COMPILED);
    assertEquals(expected, events(config(OptLevel.SPEED).generateAddressMap(false), AS_COMPILED));
    assertTrue(expected.get(1).contains("[leaf (chain), d (chain), c (chain)"), expected.get(1));
  }

  @Test
  void endlessRecursionEndsTheStack() {
    try (Engine engine = new Engine(config(OptLevel.SPEED));
        Module module = Module.compile(engine, CHAIN);
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = new Linker<>(engine);
      linker.defineUnknownImportsAsTraps(module);
      Instance instance = linker.instantiate(store, module);
      for (String name : List.of("endless", "own")) {
        Trap trap = assertThrows(Trap.class, () -> instance.func(name).call(0));
        assertEquals(TrapCode.STACK_OVERFLOW, trap.code());
        List<Frame> frames = trap.frames();
        assertEquals(20, frames.size());
        for (int i = 2; i < frames.size(); i++) {
          // Both functions of the circle in turn, or always the one.
          assertEquals(frames.get(i - 2).functionIndex(), frames.get(i).functionIndex());
        }
      }
    }
  }

  @Test
  void codeDoesNotDependOnTheThreads() throws Exception {
    Path folder = SharedFiles.folder("bench");
    Assumptions.assumeTrue(folder != null, "there is no folder shared/bench");
    byte[] program = Files.readAllBytes(folder.resolve("sqlite3/sqlite3.wasm"));
    byte[][] artifacts = new byte[3][];
    for (int i = 0; i < artifacts.length; i++) {
      try (Engine engine = new Engine(new Config().parallelCompilation(i > 0));
          Module module = Module.compile(engine, program)) {
        artifacts[i] = module.serialize();
      }
    }
    assertArrayEquals(artifacts[0], artifacts[1]);
    assertArrayEquals(artifacts[1], artifacts[2]);
  }
}
