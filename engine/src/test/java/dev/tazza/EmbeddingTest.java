package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.call.GuestStack;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.ValType;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The embedding API, as its users call it. */
class EmbeddingTest {
  private final Engine engine = new Engine(config().debugVerifier(true));
  private final Store<String> store = new Store<>(engine, "data");
  private final Linker<String> linker = new Linker<>(engine);

  /** What all tests run with. */
  Config config() {
    return new Config();
  }

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  private Instance instantiate(String text) {
    return linker.instantiate(store, Module.compile(engine, text));
  }

  @Test
  void typedCallsTakeAndGiveEveryType() throws Throwable {
    Instance instance =
        instantiate(
            """
            (module
              (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
              (func (export "twice") (param f64) (result f64) local.get 0 f64.const 2 f64.mul)
              (func (export "mixed") (param i32 i64 f32 f64 externref) (result externref) local.get 4)
              (func (export "swap") (param i64 f32) (result f32 i64) local.get 1 local.get 0))
            """);
    assertEquals(5, instance.func("add").as(IntBinaryOperator.class).applyAsInt(2, 3));
    assertEquals(3.0, instance.func("twice").as(DoubleUnaryOperator.class).applyAsDouble(1.5));
    MethodHandle add = instance.func("add").handle();
    assertEquals(MethodType.methodType(int.class, int.class, int.class), add.type());
    assertEquals(-1, (int) add.invokeExact(Integer.MAX_VALUE, Integer.MIN_VALUE));
    Object object = new Object();
    MethodHandle mixed = instance.func("mixed").handle();
    assertSame(object, (Object) mixed.invokeExact(1, 2L, 3f, 4.0, object));
    assertArrayEquals(new Object[] {1.5f, 7L}, instance.func("swap").call(7L, 1.5f));
  }

  @Test
  void wrongArgumentsAreNamed() {
    Instance instance =
        instantiate("(module (func (export \"f\") (param i32) (result i32) local.get 0))");
    Func f = instance.func("f");
    assertThrows(IllegalArgumentException.class, () -> f.call(1L));
    assertThrows(IllegalArgumentException.class, () -> f.call());
    assertThrows(IllegalArgumentException.class, () -> f.as(LongSupplier.class));
    assertThrows(IllegalArgumentException.class, () -> f.as(String.class));
    String message =
        assertThrows(IllegalArgumentException.class, () -> instance.func("g")).getMessage();
    assertTrue(message.contains("func \"f\""), message);
  }

  @Test
  void hostFunctionsFromLambdasHandlesAndTheGeneralForm() {
    linker.func("h", "lambda", IntBinaryOperator.class, (a, b) -> a * b);
    linker.func(
        "h",
        "general",
        new FuncType(List.of(ValType.I32), List.of(ValType.I32, ValType.I64)),
        (caller, values) -> {
          int argument = values.i32(0);
          values.setI32(0, argument + caller.data().length());
          values.setI64(1, -1);
        });
    Instance instance =
        instantiate(
            """
            (module
              (import "h" "lambda" (func $l (param i32 i32) (result i32)))
              (import "h" "general" (func $g (param i32) (result i32 i64)))
              (func (export "f") (param i32) (result i32 i64)
                (call $g (call $l (local.get 0) (i32.const 10)))))
            """);
    assertArrayEquals(new Object[] {74, -1L}, instance.func("f").call(7));
  }

  @Test
  void valuesAreInTheirSlotsOnly() {
    linker.func(
        "h",
        "far",
        new FuncType(List.of(ValType.I32), List.of()),
        (caller, values) -> values.setI32(values.i32(0), 1));
    Instance instance =
        instantiate(
            """
            (module
              (import "h" "far" (func $far (param i32)))
              (func (export "f") (param i32) (call $far (local.get 0))))
            """);
    for (int index : new int[] {-1, 1024, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertThrows(IndexOutOfBoundsException.class, () -> instance.func("f").call(index));
    }
  }

  @Test
  void hostFunctionsSeeTheirCallersMemory() {
    linker.func(
        "h",
        "fill",
        new FuncType(List.of(ValType.I32), List.of()),
        (caller, values) -> caller.memory("memory").setInt(values.i32(0), 42));
    Instance instance =
        instantiate(
            """
            (module
              (import "h" "fill" (func $fill (param i32)))
              (memory (export "memory") 1)
              (func (export "f") (result i32)
                (call $fill (i32.const 16)) (i32.load (i32.const 16))))
            """);
    assertEquals(42, instance.func("f").call()[0]);
  }

  @Test
  void hostExceptionsSurfaceWithTheGuestsBacktrace() {
    linker.func(
        "h",
        "fail",
        new FuncType(List.of(), List.of()),
        (caller, values) -> {
          throw new IOException("disk full");
        });
    Instance instance =
        instantiate(
            """
            (module $m
              (import "h" "fail" (func $fail))
              (func $inner call $fail)
              (func $outer (export "f") call $inner)
              (func (export "ok") (result i32) i32.const 1))
            """);
    IOException thrown = assertThrows(IOException.class, () -> instance.func("f").call());
    GuestBacktrace backtrace = (GuestBacktrace) thrown.getSuppressed()[0];
    assertEquals(
        List.of("inner", "outer"), backtrace.frames().stream().map(Frame::displayName).toList());
    assertEquals(1, instance.func("ok").call()[0]);
  }

  @Test
  void hostFunctionsReenterTheGuest() {
    Instance[] self = new Instance[1];
    linker.func(
        "h", "down", IntUnaryOperator.class, n -> (int) self[0].func("f").call(n - 1)[0] + 1);
    self[0] =
        instantiate(
            """
            (module
              (import "h" "down" (func $down (param i32) (result i32)))
              (func (export "f") (param i32) (result i32)
                (if (result i32) (i32.eqz (local.get 0))
                  (then (i32.const 100))
                  (else (call $down (local.get 0))))))
            """);
    assertEquals(150, self[0].func("f").call(50)[0]);
  }

  @Test
  void trapsCarryCodeAndFrames() {
    Instance instance =
        instantiate(
            """
            (module $m
              (memory 1)
              (func $load (param i32) (result i32) (i32.load (local.get 0)))
              (func (export "f") (param i32) (result i32) (call $load (local.get 0)))
              (func (export "div") (param i32 i32) (result i32)
                (i32.div_s (local.get 0) (local.get 1)))
              (func $forever (export "forever") (call $forever)))
            """);
    Trap trap = assertThrows(Trap.class, () -> instance.func("f").call(-1));
    assertEquals(TrapCode.MEMORY_OUT_OF_BOUNDS, trap.code());
    assertEquals("load", trap.frames().get(0).displayName());
    assertEquals("m", trap.frames().get(0).moduleName());
    assertTrue(trap.frames().get(0).offset() > 0);
    assertEquals(2, trap.frames().size());
    assertEquals(TrapCode.INTEGER_DIVIDE_BY_ZERO, divide(instance, 1, 0));
    assertEquals(TrapCode.INTEGER_OVERFLOW, divide(instance, Integer.MIN_VALUE, -1));
    Trap overflow = assertThrows(Trap.class, () -> instance.func("forever").call());
    assertEquals(TrapCode.STACK_OVERFLOW, overflow.code());
    assertEquals(0, instance.func("f").call(65532)[0]);
  }

  private static TrapCode divide(Instance instance, int a, int b) {
    return assertThrows(Trap.class, () -> instance.func("div").call(a, b)).code();
  }

  @Test
  void referencesCrossBothWays() {
    Instance instance =
        instantiate(
            """
            (module
              (table (export "t") 2 funcref)
              (type $i (func (result i32)))
              (func $seven (export "seven") (result i32) i32.const 7)
              (func (export "call") (param i32) (result i32)
                (call_indirect (type $i) (local.get 0)))
              (func (export "get") (param i32) (result funcref) (table.get (local.get 0))))
            """);
    Table table = instance.table("t");
    assertNull(table.get(0));
    table.set(0, instance.func("seven"));
    table.set(
        1,
        Func.wrap(
            store,
            new FuncType(List.of(), List.of(ValType.I32)),
            (caller, values) -> values.setI32(0, 8)));
    assertEquals(7, instance.func("call").call(0)[0]);
    assertEquals(8, instance.func("call").call(1)[0]);
    assertEquals(instance.func("seven"), instance.func("get").call(0)[0]);
    assertEquals(8, ((Func) instance.func("get").call(1)[0]).call()[0]);
    assertThrows(IndexOutOfBoundsException.class, () -> table.get(2));
    assertThrows(IllegalArgumentException.class, () -> table.set(0, "no function"));
  }

  @Test
  void linkErrorsSayWhatIsWrong() {
    Module module = Module.compile(engine, "(module (import \"a\" \"b\" (func (param i32))))");
    assertThrows(LinkException.class, () -> linker.instantiate(store, module));
    linker.func("a", "b", new FuncType(List.of(), List.of()), (caller, values) -> {});
    String message =
        assertThrows(LinkException.class, () -> linker.instantiate(store, module)).getMessage();
    assertTrue(message.contains("a.b"), message);
    assertThrows(
        IllegalArgumentException.class,
        () -> linker.func("a", "b", new FuncType(List.of(), List.of()), (caller, values) -> {}));
  }

  @Test
  void unknownImportsCanBeDefaultsOrTraps() {
    Module module =
        Module.compile(
            engine,
            """
            (module
              (import "x" "f" (func $f (param i32) (result i64)))
              (import "x" "m" (memory 1))
              (import "x" "g" (global i32))
              (func (export "run") (result i64) (call $f (global.get 0))))
            """);
    Linker<String> defaults =
        new Linker<String>(engine).defineUnknownImportsAsDefaultValues(module);
    assertEquals(0L, defaults.instantiate(store, module).func("run").call()[0]);
    Linker<String> traps =
        new Linker<String>(engine)
            .defineUnknownImportsAsTraps(module)
            .defineUnknownImportsAsDefaultValues(module);
    Trap trap = assertThrows(Trap.class, () -> traps.instantiate(store, module).func("run").call());
    assertEquals(TrapCode.UNKNOWN_IMPORT, trap.code());
    assertTrue(trap.getMessage().contains("x.f"), trap.getMessage());
  }

  @Test
  void memoriesAreSegmentsUntilTheStoreIsClosed() {
    Store<String> other = new Store<>(engine, "");
    Module module =
        Module.compile(
            engine, "(module (memory (export \"m\") 1 3) (data (i32.const 8) \"hello\"))");
    Memory memory = linker.instantiate(other, module).memory("m");
    assertEquals("hello", memory.readString(8, 5));
    var before = memory.segment();
    assertEquals(1, memory.grow(1));
    assertEquals(2, memory.size());
    assertEquals(-1, memory.grow(2));
    memory.setLong(2 * 65536 - 8, 77);
    assertEquals(77, memory.getLong(2 * 65536 - 8));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.getInt(2 * 65536 - 3));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.getByte(-1));
    assertEquals('h', before.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 8));
    other.close();
    assertThrows(
        IllegalStateException.class, () -> before.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 8));
    assertThrows(IllegalStateException.class, () -> memory.getByte(8));
    assertThrows(IllegalStateException.class, () -> memory.grow(1));
  }

  /** A closed store's stack is the next one's. */
  @Test
  void stacksAreClearedWhenAskedFor() {
    for (boolean zeroing : new boolean[] {false, true}) {
      try (Engine clearing = new Engine(new Config().asyncStackZeroing(zeroing))) {
        GuestStack stack = clearing.stacks().acquire();
        NativeMemory.putLong(stack.top() - 64, 0x5ec2e7);
        clearing.stacks().release(stack);
        long left = NativeMemory.getLong(clearing.stacks().acquire().top() - 64);
        assertEquals(zeroing ? 0 : 0x5ec2e7, left);
      }
    }
  }

  @Test
  void globalsHaveValues() {
    Instance instance =
        instantiate(
            "(module (global (export \"v\") (mut i64) (i64.const 5)) (global (export \"c\") f32"
                + " (f32.const 1)))");
    Global variable = instance.global("v");
    assertEquals(5L, variable.get());
    variable.set(6L);
    assertEquals(6L, variable.get());
    assertThrows(IllegalArgumentException.class, () -> variable.set("6"));
    assertThrows(IllegalStateException.class, () -> instance.global("c").set(2f));
    assertEquals(3, Global.create(store, new GlobalType(ValType.I32, false), 3).get());
  }

  @Test
  void whatIsClosedRefuses() {
    Module module = Module.compile(engine, "(module (func (export \"f\")))");
    Store<String> closed = new Store<>(engine, "");
    Func f = linker.instantiate(closed, module).func("f");
    MethodHandle handle = f.handle();
    module.close();
    f.call();
    closed.close();
    closed.close();
    assertThrows(IllegalStateException.class, () -> f.call());
    assertThrows(IllegalStateException.class, handle::invoke);
    assertThrows(IllegalStateException.class, () -> linker.instantiate(store, module));
    Engine other = new Engine();
    other.close();
    assertThrows(IllegalStateException.class, () -> Module.compile(other, "(module)"));
    assertThrows(IllegalStateException.class, () -> new Store<>(other, ""));
  }

  @Test
  void enginesAndStoresDoNotMix() {
    try (Engine other = new Engine();
        Store<String> foreign = new Store<>(other, "")) {
      Module module = Module.compile(engine, "(module (func (export \"f\")))");
      assertThrows(IllegalArgumentException.class, () -> linker.instantiate(foreign, module));
      assertThrows(
          IllegalArgumentException.class, () -> Instance.instantiate(foreign, module, List.of()));
      Store<String> second = new Store<>(engine, "");
      Func f = linker.instantiate(second, module).func("f");
      Module importer = Module.compile(engine, "(module (import \"m\" \"f\" (func)))");
      assertThrows(LinkException.class, () -> Instance.instantiate(store, importer, List.of(f)));
      second.close();
    }
  }

  @Test
  void aStoreServesOneThreadAtATime() throws Exception {
    Throwable[] seen = new Throwable[1];
    linker.func(
        "h",
        "other",
        new FuncType(List.of(), List.of()),
        (caller, values) -> {
          Thread thread =
              new Thread(() -> {
                try {
                  caller.instance().func("f").call();
                } catch (Throwable e) {
                  seen[0] = e;
                }
              });
          thread.start();
          thread.join();
        });
    Instance instance =
        instantiate("(module (import \"h\" \"other\" (func $o)) (func (export \"f\") call $o))");
    instance.func("f").call();
    assertEquals(IllegalStateException.class, seen[0].getClass());
    assertTrue(seen[0].getMessage().contains("another thread"), seen[0].getMessage());
  }

  @Test
  void featuresAreRejectedWhenOff() {
    Config config = new Config().wasmFeature(Feature.BULK_MEMORY, false);
    try (Engine without = new Engine(config)) {
      String module =
          "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 1))))";
      assertThrows(ValidationException.class, () -> Module.compile(without, module));
      Module.compile(engine, module).close();
    }
  }

  @Test
  void aStoreCannotBeClosedFromInside() {
    linker.func(
        "h",
        "close",
        new FuncType(List.of(), List.of()),
        (caller, values) -> caller.store().close());
    Instance instance =
        instantiate("(module (import \"h\" \"close\" (func $c)) (func (export \"f\") call $c))");
    assertThrows(IllegalStateException.class, () -> instance.func("f").call());
    store.close();
  }

  @Test
  void artifactsRunWithoutCompiling() {
    byte[] artifact =
        Module.compile(engine, "(module (func (export \"f\") (result i32) i32.const 9))")
            .serialize();
    Module loaded = Module.deserialize(engine, artifact);
    assertEquals(9, linker.instantiate(store, loaded).func("f").call()[0]);
    for (int i = 0; i < artifact.length; i += 7) {
      byte[] damaged = artifact.clone();
      damaged[i] ^= 0x10;
      try {
        Module.deserialize(engine, damaged).close();
      } catch (dev.tazza.wasm.ArtifactException expected) {
        // Damage that matters is found; padding and the symbols for tools do not matter.
      }
    }
    try (Engine other = new Engine(new Config().staticMemoryMaximumSize(0))) {
      assertThrows(
          dev.tazza.wasm.ArtifactException.class, () -> Module.deserialize(other, artifact));
    }
  }

  /** Serializing reads code that closing unmaps. */
  @Test
  void modulesAreClosedWhileOthersSerializeThem() throws Exception {
    byte[] compiled =
        Module.compile(engine, "(module (func (export \"f\") (result i32) i32.const 9))")
            .serialize();
    byte[] artifact;
    try (Module loaded = Module.deserialize(engine, compiled)) {
      artifact = loaded.serialize(); // tools find other names of trampolines in it
    }
    for (int i = 0; i < 300; i++) {
      Module module = Module.deserialize(engine, artifact);
      CountDownLatch begun = new CountDownLatch(1);
      FutureTask<Void> serializing =
          new FutureTask<>(() -> {
            begun.countDown();
            serializeUntilClosed(module, artifact);
            return null;
          });
      new Thread(serializing).start();
      begun.await();
      module.close();
      serializing.get();
    }
  }

  private static void serializeUntilClosed(Module module, byte[] expected) {
    while (true) {
      byte[] actual;
      try {
        actual = module.serialize();
      } catch (IllegalStateException closed) {
        return;
      }
      assertArrayEquals(expected, actual);
      Thread.onSpinWait();
    }
  }

  @Test
  void parallelCompilationMakesTheSameCode() {
    StringBuilder text = new StringBuilder("(module ");
    for (int i = 0; i < 200; i++) {
      text.append(
          "(func (export \"f%d\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const %d)))"
              .formatted(i, i * 7 + 3));
    }
    String module = text.append(')').toString();
    try (Engine serial = new Engine(new Config().parallelCompilation(false));
        Engine parallel = new Engine()) {
      assertArrayEquals(
          Module.compile(serial, module).serialize(), Module.compile(parallel, module).serialize());
    }
  }
}
