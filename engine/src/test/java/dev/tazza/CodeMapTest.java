package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.environ.CodeMap;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.CompiledModule;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** What pcs of an artifact mean is looked up without decoding its tables. */
class CodeMapTest {
  private static final String TEXT =
      """
      (module
        (import "env" "f" (func $imported (param i32)))
        (memory 1)
        (func $load (param i32) (result i32) (i32.load8_u (local.get 0)))
        (func $twice (param i32) (result i32)
          (i32.add (call $load (local.get 0)) (call $load (i32.div_u (local.get 0) (i32.const 3)))))
        (func (export "run") (param i32) (result i32)
          (call $imported (local.get 0))
          (i32.add (call $twice (local.get 0)) (call $twice (i32.const 4)))))
      """;

  @Test
  void whatIsLookedUpIsWhatIsDecoded() {
    for (boolean fuel : new boolean[] {false, true}) {
      try (Engine engine = new Engine(new Config().consumeFuel(fuel));
          Module compiled = Module.compile(engine, TEXT);
          Module loaded = Module.deserialize(engine, compiled.serialize())) {
        CompiledModule module = loaded.compiled();
        CodeMap stored = module.codeMap();
        CodeTables decoded = module.tables();
        assertNotSame(stored, decoded);
        assertSame(decoded, module.codeMap(), "what is decoded already is asked");
        assertTrue(decoded.inlined().bases().length > 0);
        int end = 0;
        for (int i = -1; i <= module.text().size(); i++) {
          assertEquals(decoded.symbolAt(i), stored.symbolAt(i));
          assertEquals(decoded.trapAt(i), stored.trapAt(i));
          assertEquals(decoded.fuelAt(i), stored.fuelAt(i));
          assertEquals(decoded.locAt(i), stored.locAt(i));
          end = Math.max(end, decoded.locAt(i));
        }
        for (int i = -1; i <= end; i++) {
          assertEquals(decoded.inlinedAt(i), stored.inlinedAt(i));
        }
      }
    }
  }

  /** One that says that it takes no other exceptions, as the end of a program is. */
  private static final class Quiet extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Quiet() {
      super("quiet", null, false, false);
    }
  }

  @Test
  void exceptionsThatTakeNoBacktraceGetNone() {
    for (RuntimeException thrown :
        new RuntimeException[] {new Quiet(), new IllegalStateException()}) {
      try (Engine engine = new Engine();
          Module module = Module.compile(engine, TEXT);
          Store<Void> store = new Store<>(engine)) {
        Linker<Void> linker = new Linker<>(engine);
        linker.func(
            "env",
            "f",
            IntConsumer.class,
            value -> {
              throw thrown;
            });
        Func run = linker.instantiate(store, module).func("run");
        assertSame(thrown, assertThrows(RuntimeException.class, () -> run.call(1)));
        boolean quiet = thrown instanceof Quiet;
        assertEquals(quiet ? 0 : 1, thrown.getSuppressed().length);
        if (!quiet) {
          GuestBacktrace backtrace = (GuestBacktrace) thrown.getSuppressed()[0];
          assertEquals(1, backtrace.frames().size());
          assertArrayEquals(GuestBacktrace.elements(backtrace.frames()), backtrace.getStackTrace());
        }
      }
    }
  }
}
