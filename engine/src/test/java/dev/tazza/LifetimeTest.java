package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.List;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Closing in any order. */
class LifetimeTest {
  private static final FuncType UNARY = new FuncType(List.of(ValType.I32), List.of(ValType.I32));

  /** Calls what is in its table, and what it imports. */
  private static final String CALLER =
      """
      (module
        (import "m" "add" (func $add (param i32) (result i32)))
        (table (export "table") 1 funcref)
        (func (export "indirect") (param i32) (result i32)
          (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))
        (func (export "imported") (param i32) (result i32) (call $add (local.get 0))))
      """;

  private static final String ADDER =
      """
      (module (func (export "add") (param i32) (result i32)
        (i32.add (local.get 0) (i32.const 7))))
      """;

  private static int descriptors() {
    return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
  }

  /** What other tests left to the collector may be freed meanwhile, so that there is more. */
  private static void assertNoCodeIsLeft(long before, String when) {
    long now = CodeRange.process().available();
    assertTrue(now >= before, () -> "%d bytes of code are left, %s".formatted(before - now, when));
  }

  /** Many modules with trampolines of their own, to take the place of what is freed too early. */
  private static void fillCodeRange() {
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine)) {
      for (int i = 0; i < 20; i++) {
        Module module = Module.compile(engine, "(module (func (export \"f\") unreachable))");
        Instance.instantiate(store, module, List.of());
        module.close();
      }
    }
  }

  @Test
  void storesOutliveTheirEngine() {
    Engine engine = new Engine();
    Store<Void> store = new Store<>(engine);
    Module module = Module.compile(engine, CALLER);
    Instance adder = Instance.instantiate(store, Module.compile(engine, ADDER), List.of());
    Instance instance = Instance.instantiate(store, module, List.of(adder.func("add")));
    Func host = Func.wrap(store, UNARY, (_, values) -> values.setI32(0, values.i32(0) + 1));
    instance.table("table").set(0, host);
    engine.close();
    fillCodeRange();
    assertArrayEquals(new Object[] {42}, instance.func("indirect").call(41));
    assertArrayEquals(new Object[] {48}, instance.func("imported").call(41));
    // What needs new trampolines works too.
    Func other = Func.wrap(store, new FuncType(List.of(), List.of()), (_, _) -> {});
    instance.table("table").set(0, other);
    assertThrows(Trap.class, () -> instance.func("indirect").call(1));
    Instance another = Instance.instantiate(store, module, List.of(adder.func("add")));
    assertArrayEquals(new Object[] {8}, another.func("imported").call(1));
    assertThrows(IllegalStateException.class, () -> new Store<Void>(engine));
    assertThrows(IllegalStateException.class, () -> Module.compile(engine, ADDER));
    store.close();
    module.close();
  }

  @Test
  void anEngineIsClosedByItsGuest() {
    Engine engine = new Engine();
    Module module = Module.compile(engine, CALLER);
    Store<Void> store = new Store<>(engine);
    Func close =
        Func.wrap(
            store,
            UNARY,
            (_, values) -> {
              engine.close();
              module.close();
              fillCodeRange();
              assertThrows(IllegalStateException.class, store::close);
              values.setI32(0, 5);
            });
    Instance instance = Instance.instantiate(store, module, List.of(close));
    instance.table("table").set(0, close);
    assertArrayEquals(new Object[] {5}, instance.func("imported").call(1));
    assertArrayEquals(new Object[] {5}, instance.func("indirect").call(1));
    store.close();
  }

  @Test
  void nothingIsLeftWhicheverIsClosedFirst() {
    long before = CodeRange.process().available();
    for (int order = 0; order < 6; order++) {
      Engine engine = new Engine();
      Module module = Module.compile(engine, CALLER);
      Store<Void> store = new Store<>(engine);
      Func host = Func.wrap(store, UNARY, (_, values) -> values.setI32(0, values.i32(0)));
      Instance instance = Instance.instantiate(store, module, List.of(host));
      instance.table("table").set(0, host);
      assertArrayEquals(new Object[] {3}, instance.func("indirect").call(3));
      AutoCloseable[] all = {engine, module, store};
      try {
        all[order / 2].close();
        all[(order / 2 + 1 + order % 2) % 3].close();
        all[(order / 2 + 2 - order % 2) % 3].close();
      } catch (Exception e) {
        throw new AssertionError("in order " + order, e);
      }
      assertNoCodeIsLeft(before, "in order " + order);
    }
  }

  @Test
  void typesAreForgottenWithTheLastModuleAndStore() {
    try (Engine engine = new Engine()) {
      for (int i = 0; i < 50; i++) {
        String type = "(param" + " i32".repeat(i) + ")";
        String text = "(module (type (func %s (result f32))))".formatted(type);
        try (Store<Void> store = new Store<>(engine)) {
          Module module = Module.compile(engine, text);
          Instance.instantiate(store, module, List.of());
          module.close();
          assertEquals(1, engine.types().size());
        }
        assertEquals(0, engine.types().size());
      }
    }
  }

  @Test
  void aModuleThatIsClosedMeanwhileIsRefusedAndLeavesNothing() {
    String data = "so long that it becomes an image".repeat(1000);
    String text = "(module (memory 2) (data (i32.const 0) \"%s\"))".formatted(data);
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine)) {
      int before = descriptors();
      for (int i = 0; i < 10; i++) {
        Module module = Module.compile(engine, text);
        LoadedModule loaded = module.loaded();
        module.close();
        var refused =
            assertThrows(
                IllegalStateException.class, () -> store.vm().instantiate(loaded, List.of()));
        assertEquals("the module is closed", refused.getMessage());
      }
      assertTrue(descriptors() <= before, () -> "descriptors: " + descriptors());
    }
  }

  /** A thread that reads from a pipe into a memory, until something comes. */
  private static final class Reader extends Thread {
    private final Pipe pipe;
    private final ByteBuffer into;

    Reader(MemorySegment memory) throws IOException {
      pipe = Pipe.open();
      into = memory.asSlice(0, 16).asByteBuffer();
    }

    @Override
    public void run() {
      try {
        pipe.source().read(into);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    /** Returns when the thread is in the system call. */
    void waitUntilInside() throws IOException, InterruptedException {
      start();
      for (int i = 0; i < 500 && !isReading(); i++) {
        Thread.sleep(10);
      }
    }

    private boolean isReading() {
      for (StackTraceElement frame : getStackTrace()) {
        if (frame.isNativeMethod() && frame.getMethodName().startsWith("read")) {
          return true;
        }
      }
      return false;
    }

    void finish() throws IOException, InterruptedException {
      pipe.sink().write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      join();
      pipe.sink().close();
      pipe.source().close();
    }
  }

  @Test
  void whatCannotBeFreedDoesNotKeepTheRestAndCanBeTriedAgain() throws Exception {
    long before = CodeRange.process().available();
    Engine engine = new Engine();
    Module module = Module.compile(engine, "(module (memory (export \"a\") 1))");
    Store<Void> store = new Store<>(engine);
    Memory used = Instance.instantiate(store, module, List.of()).memory("a");
    Memory other = Instance.instantiate(store, module, List.of()).memory("a");
    MemorySegment others = other.segment();
    module.close();
    Reader reader = new Reader(used.segment());
    reader.waitUntilInside();
    var failure = assertThrows(IllegalStateException.class, store::close);
    assertTrue(failure.getMessage().contains("part of the store"), failure.getMessage());
    // The rest is gone, and the store is closed.
    assertNoCodeIsLeft(before, "after the failure");
    assertFalse(others.scope().isAlive());
    assertThrows(IllegalStateException.class, () -> Memory.create(store, used.type()));
    assertThrows(IllegalStateException.class, store::close);
    reader.finish();
    store.close();
    assertThrows(IllegalStateException.class, used::segment);
    store.close();
    engine.close();
  }

  @Test
  void anEngineWhoseGuestRunsIsClosedByAnotherThread() throws Exception {
    for (int i = 0; i < 20; i++) {
      Engine engine = new Engine();
      Store<Void> store = new Store<>(engine);
      Module module =
          Module.compile(
              engine,
              """
              (module
                (import "m" "f" (func $f (param i32) (result i32)))
                (table (export "table") 1 funcref)
                (func (export "run") (param $n i32) (result i32) (local $sum i32)
                  (loop $again
                    (local.set $sum
                      (call_indirect (param i32) (result i32) (local.get $sum) (i32.const 0)))
                    (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                  (local.get $sum)))
              """);
      Func host = Func.wrap(store, UNARY, (_, values) -> values.setI32(0, values.i32(0) + 1));
      Instance instance = Instance.instantiate(store, module, List.of(host));
      instance.table("table").set(0, host);
      Thread closer =
          new Thread(() -> {
            engine.close();
            module.close();
            fillCodeRange();
            try {
              store.close(); // refused, or nobody is inside any more
            } catch (IllegalStateException inUse) {
              assertTrue(inUse.getMessage().contains("in use"), inUse.getMessage());
            }
          });
      IntUnaryOperator run = instance.func("run").as(IntUnaryOperator.class);
      closer.start();
      try {
        assertEquals(200_000, run.applyAsInt(200_000));
      } catch (IllegalStateException closed) {
        assertTrue(closed.getMessage().contains("closed"), closed.getMessage());
      }
      closer.join();
      store.close();
    }
  }
}
