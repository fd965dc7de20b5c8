package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import dev.tazza.wasm.TrapCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A fault that is no trap is a bug of the compiler and never a trap: a guest that got hold of a
 * wrong address could otherwise search the address space. Here the context is spoiled instead of
 * the code.
 */
class WildFaultTest {
  private static final String TEXT =
      """
      (module
        (import "" "host" (func $host))
        (memory (export "m") 1 2)
        (type $t (func (result i32)))
        (table (export "t") 2 2 funcref)
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "outer") (result i32) (call $host) (i32.load (i32.const 0)))
        (func (export "indirect") (param i32) (result i32)
          (call_indirect (type $t) (local.get 0)))
        (func (export "seven") (result i32) (i32.const 7)))
      """;

  private final Engine engine = new Engine();
  private final Module module = Module.compile(engine, TEXT);
  private final List<Store<Void>> stores = new ArrayList<>();
  private Runnable inHost = () -> {};

  @AfterEach
  void close() {
    stores.forEach(Store::close);
    module.close();
    engine.close();
  }

  private Instance instance() {
    Store<Void> store = new Store<>(engine);
    stores.add(store);
    return new Linker<Void>(engine)
        .func("", "host", Runnable.class, () -> inHost.run())
        .instantiate(store, module);
  }

  private VmLayout layout() {
    return module.loaded().compiled().layout();
  }

  private long definition(Instance instance) {
    return instance.func("load").vm().context() + layout().memory(0);
  }

  /** Where the memory of another instance is, or where nothing is. */
  private void spoil(Instance instance, long base) {
    NativeMemory.putLong(definition(instance) + VmLayout.MEMORY_BASE, base);
  }

  private static void assertUnusable(Instance instance) {
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> instance.func("load").call(0));
    assertTrue(refused.getMessage().contains("no code any more"), refused.getMessage());
  }

  @Test
  void theGuardOfAnotherStoresMemoryIsNotTheOwn() {
    Instance victim = instance();
    Instance guest = instance();
    long own = NativeMemory.getLong(definition(guest) + VmLayout.MEMORY_BASE);
    long foreign = NativeMemory.getLong(definition(victim) + VmLayout.MEMORY_BASE);
    spoil(guest, foreign);
    CompilerBug bug = assertThrows(CompilerBug.class, () -> guest.func("load").call(1 << 20));
    assertTrue(bug.function().contains("load"), bug.function());
    String address = "address 0x" + Long.toHexString(foreign + (1 << 20));
    assertTrue(bug.getMessage().contains(address), bug.getMessage());
    assertTrue(bug.getMessage().contains("pc 0x"), bug.getMessage());
    spoil(guest, own);
    assertUnusable(guest);
    Trap trap = assertThrows(Trap.class, () -> victim.func("load").call(1 << 20));
    assertEquals(TrapCode.MEMORY_OUT_OF_BOUNDS, trap.code());
    assertEquals(0, victim.func("load").call(0)[0]);
  }

  @Test
  void nothingFaultsBeforeTheMemory() {
    Instance guest = instance();
    spoil(guest, NativeMemory.getLong(definition(guest) + VmLayout.MEMORY_BASE) - 4096);
    assertThrows(CompilerBug.class, () -> guest.func("load").call(0));
  }

  @Test
  void addressesThatAreNone() {
    for (long base : new long[] {0, 1L << 62, Long.MIN_VALUE, -1L << 32}) {
      Instance guest = instance();
      spoil(guest, base);
      assertThrows(CompilerBug.class, () -> guest.func("load").call(8), Long.toHexString(base));
      assertUnusable(guest);
    }
  }

  @Test
  void onlyNullFunctionsAreUninitializedElements() {
    Trap trap = assertThrows(Trap.class, () -> instance().func("indirect").call(0));
    assertEquals(TrapCode.UNINITIALIZED_ELEMENT, trap.code());
    long reserved = Os.host().reserve(1 << 20);
    for (long wild : new long[] {reserved, 1L << 62}) {
      Instance guest = instance();
      NativeMemory.putLong(guest.table("t").vm().storage().base(), wild);
      assertThrows(CompilerBug.class, () -> guest.func("indirect").call(0));
    }
    Os.host().unmap(reserved, 1 << 20);
  }

  /** A host function that catches the report does not let the guest go on. */
  @Test
  void whoCallsAStoreThatFaultedEndsToo() {
    Instance guest = instance();
    List<Throwable> caught = new ArrayList<>();
    inHost =
        () -> {
          spoil(guest, 0);
          for (int i = 0; i < 2; i++) {
            try {
              guest.func("load").call(0);
            } catch (RuntimeException thrown) {
              caught.add(thrown);
            }
          }
        };
    IllegalStateException ended =
        assertThrows(IllegalStateException.class, () -> guest.func("outer").call());
    assertEquals(2, caught.size());
    assertTrue(caught.get(0) instanceof CompilerBug);
    assertTrue(caught.get(1) instanceof IllegalStateException);
    assertSame(caught.get(0), ended.getCause());
    assertUnusable(guest);
  }
}
