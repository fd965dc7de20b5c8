package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** Where the frames of guests are in stack traces of Java. */
class JavaStackTraceTest {
  private static final String MODULE =
      """
      (module $m
        (import "host" "f" (func $host (param i32)))
        (func $inner (param i32) (call $host (local.get 0)))
        (func $outer (export "run") (param i32) (call $inner (local.get 0)))
        (func $crash (export "crash") unreachable))
      """;

  /** A program whose host function calls the guest again, until it throws. */
  private static final class Program implements AutoCloseable {
    private final Engine engine;
    private final Store<Void> store;
    private final Instance instance;
    private final String last;

    Program(Config config, String last) {
      this.last = last;
      engine = new Engine(config.optLevel(OptLevel.NONE));
      store = new Store<>(engine);
      Linker<Void> linker = new Linker<>(engine);
      linker.func("host", "f", IntConsumer.class, this::hostFunction);
      instance = linker.instantiate(store, Module.compile(engine, MODULE));
    }

    private void hostFunction(int depth) {
      if (depth > 0) {
        callGuest(depth - 1);
      } else if (last.isEmpty()) {
        throw new IllegalArgumentException("the last");
      } else {
        instance.func(last).call();
      }
    }

    void callGuest(int depth) {
      instance.func("run").call(depth);
    }

    @Override
    public void close() {
      store.close();
      engine.close();
    }
  }

  private static Config config() {
    return new Config().wasmBacktraceInJava(true);
  }

  /** The methods of the program and the guest's functions. */
  private static List<String> methods(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .filter(element ->
            "wasm".equals(element.getClassLoaderName())
                || element.getClassName().equals(Program.class.getName()))
        .map(StackTraceElement::getMethodName)
        .toList();
  }

  @Test
  void trapsHaveBothKindsOfFrames() {
    try (Program program = new Program(config(), "crash")) {
      Trap trap = assertThrows(Trap.class, () -> program.callGuest(1));
      assertEquals(
          List.of(
              "crash",
              "hostFunction",
              "inner",
              "outer",
              "callGuest",
              "hostFunction",
              "inner",
              "outer",
              "callGuest"),
          methods(trap));
      assertTrue(
          trap.getStackTrace()[0].toString().startsWith("wasm//m.crash(wasm:0x"),
          trap.getStackTrace()[0].toString());
      for (StackTraceElement element : trap.getStackTrace()) {
        assertTrue(!element.getClassName().startsWith("dev.tazza.vm."), element.toString());
      }
      assertEquals(5, trap.frames().size());
    }
  }

  @Test
  void exceptionsOfTheHostHaveThemToo() {
    try (Program program = new Program(config(), "")) {
      Exception thrown = assertThrows(IllegalArgumentException.class, () -> program.callGuest(1));
      assertEquals(
          List.of(
              "hostFunction",
              "inner",
              "outer",
              "callGuest",
              "hostFunction",
              "inner",
              "outer",
              "callGuest"),
          methods(thrown));
      assertEquals(0, thrown.getSuppressed().length);
    }
  }

  /** What was made elsewhere keeps its stack trace. */
  @Test
  void otherStackTracesStay() {
    IllegalStateException made = new IllegalStateException("made before");
    int frames = made.getStackTrace().length;
    try (Engine engine = new Engine(config());
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = new Linker<>(engine);
      linker.func(
          "host",
          "f",
          IntConsumer.class,
          _ -> {
            throw made;
          });
      Instance instance = linker.instantiate(store, Module.compile(engine, MODULE));
      Func run = instance.func("run");
      assertEquals(made, assertThrows(IllegalStateException.class, () -> run.call(0)));
      assertEquals(frames, made.getStackTrace().length);
      assertEquals(1, made.getSuppressed().length);
    }
  }

  @Test
  void offUnlessWanted() {
    try (Program program = new Program(new Config(), "crash")) {
      Trap trap = assertThrows(Trap.class, () -> program.callGuest(0));
      assertEquals(3, trap.getStackTrace().length);
      assertEquals("m.crash", trap.getStackTrace()[0].toString().split("\\(")[0]);
    }
  }
}
