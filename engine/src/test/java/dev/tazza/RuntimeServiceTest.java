package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.RuntimeService;
import dev.tazza.wasm.TrapCode;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each service of the table, asked for by a guest. */
class RuntimeServiceTest {
  private static final String MODULE =
      """
      (module
        (type $open (sub (func (result i32))))
        (type $narrow (sub final $open (func (result i32))))
        (tag $tag (param i32))
        (memory 1 3)
        (data $d "abcdef")
        (table $f 2 9 funcref)
        (table $other 4 funcref)
        (table $e 2 9 externref)
        (elem $seven funcref (ref.func $f7) (ref.func $f7))
        (func $f7 (type $narrow) (i32.const 7))
        (func (export "memory.grow") (result i32)
          (i32.add (i32.mul (i32.const 10) (memory.grow (i32.const 2))) (memory.grow (i32.const 1))))
        (func (export "memory.init") (param i32) (result i32)
          (memory.init $d (local.get 0) (i32.const 1) (i32.const 3))
          (i32.load (local.get 0)))
        (func (export "data.drop") (data.drop $d))
        (func (export "table.grow") (result i32)
          (i32.add
            (i32.mul (i32.const 100) (table.grow $f (ref.func $f7) (i32.const 3)))
            (i32.add
              (i32.mul (i32.const 10) (call_indirect $f (type $narrow) (i32.const 4)))
              (table.grow $e (ref.null extern) (i32.const 1)))))
        (func (export "table.grow extern") (param externref) (result externref)
          (drop (table.grow $e (local.get 0) (i32.const 2)))
          (table.get $e (i32.const 3)))
        (func (export "table.fill") (result i32)
          (table.fill $f (i32.const 0) (ref.func $f7) (i32.const 2))
          (call_indirect $f (type $narrow) (i32.const 1)))
        (func (export "table.fill extern") (param externref) (result externref)
          (table.fill $e (i32.const 1) (local.get 0) (i32.const 1))
          (table.get $e (i32.const 1)))
        (func (export "table.copy") (result i32)
          (table.set $other (i32.const 3) (ref.func $f7))
          (table.copy $f $other (i32.const 0) (i32.const 2) (i32.const 2))
          (call_indirect $f (type $open) (i32.const 1)))
        (func (export "table.init") (result i32)
          (table.init $other $seven (i32.const 1) (i32.const 0) (i32.const 2))
          (call_indirect $other (type $open) (i32.const 2)))
        (func (export "elem.drop") (elem.drop $seven))
        (func (export "throw_ref") (result i32)
          (block $again (result i32)
            (try_table (catch $tag $again)
              (block $first (result i32 exnref)
                (try_table (catch_ref $tag $first) (throw $tag (i32.const 5)))
                (unreachable))
              (throw_ref))
            (unreachable))))
      """;

  private final Engine engine =
      new Engine(new Config().wasmGc(true).wasmExceptions(true).debugVerifier(true));
  private final Store<Void> store = new Store<>(engine);

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  @Test
  void eachDoesWhatItsRowSays() {
    Instance instance;
    Set<RuntimeService> compiled = EnumSet.noneOf(RuntimeService.class);
    try (Module module = Module.compile(engine, MODULE)) {
      for (CodeSymbol symbol : module.compiled().symbols()) {
        for (RuntimeService service : RuntimeService.values()) {
          if (service.symbol().equals(symbol.name())) {
            compiled.add(service);
          }
        }
      }
      instance = new Linker<Void>(engine).instantiate(store, module);
    }
    // Those of shared memories and lazy tables: see AtomicWaitTest and LazyTableTest.
    var elsewhere =
        EnumSet.range(RuntimeService.MEMORY_ATOMIC_WAIT32, RuntimeService.MEMORY_ATOMIC_NOTIFY);
    elsewhere.add(RuntimeService.TABLE_ELEMENT);
    assertEquals(EnumSet.complementOf(elsewhere), compiled);

    assertEquals(10 - 1, call(instance, "memory.grow"));
    assertEquals('b' | 'c' << 8 | 'd' << 16, call(instance, "memory.init", 3 * 65536 - 4));
    assertTrap(TrapCode.MEMORY_OUT_OF_BOUNDS, instance, "memory.init", 3 * 65536 - 2);
    call(instance, "data.drop");
    assertTrap(TrapCode.MEMORY_OUT_OF_BOUNDS, instance, "memory.init", 0);
    assertEquals(200 + 70 + 2, call(instance, "table.grow"));
    assertEquals("a", call(instance, "table.grow extern", "a"));
    assertEquals(7, call(instance, "table.fill"));
    assertEquals("b", call(instance, "table.fill extern", "b"));
    assertEquals(7, call(instance, "table.copy"));
    assertEquals(7, call(instance, "table.init"));
    assertEquals(5, call(instance, "throw_ref"));
    call(instance, "elem.drop");
    assertTrap(TrapCode.TABLE_OUT_OF_BOUNDS, instance, "table.init");
  }

  private static Object call(Instance instance, String name, Object... args) {
    Object[] results = instance.func(name).call(args);
    return results.length == 0 ? "" : results[0];
  }

  private static void assertTrap(TrapCode code, Instance instance, String name, Object... args) {
    Trap trap = assertThrows(Trap.class, () -> call(instance, name, args));
    assertEquals(code, trap.code());
  }
}
