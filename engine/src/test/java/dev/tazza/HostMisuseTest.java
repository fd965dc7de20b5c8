package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.ValType;
import dev.tazza.wasm.type.VecType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Mistakes of the host's side: they have to end in an exception, not in memory that is none. */
class HostMisuseTest {
  private static final FuncType LONG_TO_FUNCREF =
      new FuncType(List.of(ValType.I64), List.of(ValType.FUNCREF));

  private final Engine engine = new Engine();
  private final Store<Void> store = new Store<>(engine);
  private final Linker<Void> linker = new Linker<>(engine);

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  private Instance instantiate(String text) {
    return linker.instantiate(store, Module.compile(engine, text));
  }

  private static Limits limits(long minimum, long maximum) {
    return new Limits(minimum, true, maximum, false, false);
  }

  @Test
  void functionsHaveNoMoreParametersAndResultsThanThereAreSlots() {
    List<ValType> many = Collections.nCopies(1000, ValType.I64);
    Func reversing =
        Func.wrap(
            store,
            new FuncType(many, many),
            (caller, values) -> {
              for (int i = 0; i < 500; i++) {
                long first = values.i64(i);
                values.setI64(i, values.i64(999 - i));
                values.setI64(999 - i, first);
              }
            });
    List<Object> args = new ArrayList<>();
    for (long i = 0; i < 1000; i++) {
      args.add(i);
    }
    assertEquals(args.reversed(), List.of(reversing.call(args.toArray())));
    List<ValType> more = Collections.nCopies(1001, ValType.I64);
    for (FuncType type : List.of(new FuncType(more, List.of()), new FuncType(List.of(), more))) {
      assertThrows(
          IllegalArgumentException.class, () -> Func.wrap(store, type, (caller, values) -> {}));
      assertThrows(
          IllegalArgumentException.class, () -> linker.func("", "f", type, (caller, values) -> {}));
    }
  }

  @Test
  void typesOfWhatTheHostMakesAreChecked() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Memory.create(store, new MemoryType(limits(1, 1 << 20))));
    assertThrows(
        IllegalArgumentException.class, () -> Memory.create(store, new MemoryType(limits(2, 1))));
    assertThrows(
        IllegalArgumentException.class,
        () -> Memory.create(store, new MemoryType(limits(1, 1), 3)));
    assertThrows(IllegalStateException.class, () -> Memory.create(store, MemoryType.shared(1, 1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> Table.create(store, new TableType(ValType.FUNCREF, limits(2, 1))));
    assertThrows(
        IllegalArgumentException.class,
        () -> Global.create(store, new GlobalType(VecType.V128, true), 0));
    assertThrows(
        NullPointerException.class, () -> Func.wrap(store, LONG_TO_FUNCREF, nullFunction()));
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static HostFunction<Void> nullFunction() {
    return null;
  }

  /** What guest code passed in must not become the address of a function. */
  @Test
  void resultsThatAreFunctionsAreNullUntilTheyAreSet() {
    linker.func("", "none", LONG_TO_FUNCREF, (caller, values) -> {});
    linker.func("", "some", LONG_TO_FUNCREF, (caller, values) -> values.setFuncref(0, null));
    Instance instance =
        instantiate(
            """
            (module (type $t (func))
              (import "" "none" (func $none (param i64) (result funcref)))
              (import "" "some" (func $some (param i64) (result funcref)))
              (table (export "t") 1 1 funcref)
              (func (export "go") (param i64)
                (table.set (i32.const 0) (call $none (local.get 0)))
                (call_indirect (type $t) (i32.const 0)))
              (func (export "null") (param i64) (result funcref) (call $some (local.get 0))))
            """);
    for (long value : new long[] {8, 1L << 46, -1}) {
      assertThrows(Trap.class, () -> instance.func("go").call(value));
      assertNull(instance.table("t").get(0));
    }
    assertNull(instance.func("null").call(8L)[0]);
  }

  /** A handle is a small number, which a guest can guess. */
  @Test
  void numbersOfTheGuestDoNotBecomeObjects() {
    FuncType type = new FuncType(List.of(ValType.I64), List.of(ValType.EXTERNREF));
    linker.func("", "none", type, (caller, values) -> {});
    linker.func("", "number", type, (caller, values) -> values.setI64(0, 1));
    linker.func(
        "",
        "take",
        new FuncType(List.of(ValType.I64), List.of()),
        (caller, values) -> values.externref(0));
    Instance instance =
        instantiate(
            """
            (module
              (import "" "none" (func $none (param i64) (result externref)))
              (import "" "number" (func $number (param i64) (result externref)))
              (import "" "take" (func $take (param i64)))
              (func (export "keep") (param externref))
              (func (export "none") (param i64) (result externref) (call $none (local.get 0)))
              (func (export "number") (param i64) (result externref) (call $number (local.get 0)))
              (func (export "take") (param i64) (call $take (local.get 0))))
            """);
    instance.func("keep").call("a secret, whose handle is 1");
    assertNull(instance.func("none").call(1L)[0]);
    assertThrows(IllegalArgumentException.class, () -> instance.func("number").call(1L));
    assertThrows(IllegalArgumentException.class, () -> instance.func("take").call(1L));
  }

  @Test
  void resultsAreOfTheirTypesAndZeroUntilTheyAreSet() {
    FuncType type = new FuncType(List.of(ValType.F64, ValType.I32), List.of(ValType.F64));
    Func nothing = Func.wrap(store, type, (caller, values) -> {});
    assertEquals(0.0, nothing.call(1.5, 7)[0]);
    Func integer = Func.wrap(store, type, (caller, values) -> values.setI32(0, 1));
    String message =
        assertThrows(IllegalArgumentException.class, () -> integer.call(1.5, 7)).getMessage();
    assertTrue(message.contains("result 0") && message.contains("f64, not i32"), message);
    Func second = Func.wrap(store, type, (caller, values) -> values.setF64(1, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> second.call(1.5, 7));
    Func third = Func.wrap(store, type, (caller, values) -> values.i32(5));
    assertThrows(IndexOutOfBoundsException.class, () -> third.call(1.5, 7));
    Func throwing =
        Func.wrap(
            store,
            type,
            (caller, values) -> {
              values.setF64(0, 9);
              if (values.i32(1) == 7) {
                throw new IllegalStateException("no");
              }
            });
    assertThrows(IllegalStateException.class, () -> throwing.call(1.5, 7));
    assertEquals(9.0, throwing.call(1.5, 8)[0]);
    assertEquals(0.0, nothing.call(1.5, 7)[0]);
  }

  @Test
  void vectorsAreResultsWithBothHalves() {
    FuncType type = new FuncType(List.of(VecType.V128), List.of(ValType.I32, VecType.V128));
    Func twice =
        Func.wrap(
            store,
            type,
            (caller, values) -> {
              V128 vector = values.v128(0);
              if (vector.low() != 0) {
                values.setV128(1, new V128(vector.high(), vector.low()));
              }
            });
    assertEquals(List.of(0, new V128(2, 1)), List.of(twice.call(new V128(1, 2))));
    assertEquals(List.of(0, V128.ZERO), List.of(twice.call(new V128(0, 2))));
    Func wrong = Func.wrap(store, type, (caller, values) -> values.setV128(0, V128.ZERO));
    assertThrows(IllegalArgumentException.class, () -> wrong.call(V128.ZERO));
  }

  /** Arguments can be read after a result was set, which calls into the guest do not change. */
  @Test
  void resultsDoNotShareTheirPlaceWithArguments() {
    FuncType type = new FuncType(List.of(ValType.I64), List.of(ValType.I64, ValType.EXTERNREF));
    List<Func> functions = new ArrayList<>();
    linker.func(
        "",
        "f",
        type,
        (caller, values) -> {
          values.setI64(0, 5 + values.i64(0));
          values.setExternref(1, "text" + values.i64(0));
          functions.getFirst().call(77L, 1L);
        });
    Instance instance =
        instantiate(
            """
            (module (import "" "f" (func $f (param i64) (result i64 externref)))
              (func (export "two") (param i64 i64) (result i64 i64) (local.get 1) (local.get 0))
              (func (export "go") (param i64) (result i64 externref) (call $f (local.get 0))))
            """);
    functions.add(instance.func("two"));
    assertEquals(List.of(8L, "text3"), List.of(instance.func("go").call(3L)));
  }

  @Test
  void functionsFromAnywhereInTheStoreAreResults() {
    Instance other = instantiate("(module (func (export \"f\") (result i32) (i32.const 5)))");
    Func host =
        Func.wrap(
            store,
            new FuncType(List.of(), List.of(ValType.I32)),
            (caller, values) -> values.setI32(0, 6));
    List<Func> functions = List.of(other.func("f"), host);
    linker.func(
        "",
        "choose",
        LONG_TO_FUNCREF,
        (caller, values) -> values.setFuncref(0, functions.get((int) values.i64(0))));
    Instance instance =
        instantiate(
            """
            (module (type $t (func (result i32)))
              (import "" "choose" (func $choose (param i64) (result funcref)))
              (table 1 1 funcref)
              (func (export "go") (param i64) (result i32)
                (table.set (i32.const 0) (call $choose (local.get 0)))
                (call_indirect (type $t) (i32.const 0))))
            """);
    assertEquals(5, instance.func("go").call(0L)[0]);
    assertEquals(6, instance.func("go").call(1L)[0]);
  }

  @Test
  void numbersAreNoFunctions() {
    linker.func(
        "",
        "take",
        new FuncType(List.of(ValType.I64), List.of()),
        (caller, values) -> values.funcref(0));
    Instance instance =
        instantiate(
            """
            (module (import "" "take" (func $take (param i64)))
              (func (export "go") (param i64) (call $take (local.get 0))))
            """);
    for (long value : new long[] {8, 1L << 46, -1}) {
      assertThrows(IllegalArgumentException.class, () -> instance.func("go").call(value));
    }
  }

  @Test
  void valuesAreNothingOnceTheStoreIsClosed() {
    List<Values> kept = new ArrayList<>();
    Store<Void> closed = new Store<>(engine);
    Func.wrap(closed, new FuncType(List.of(), List.of()), (caller, values) -> kept.add(values))
        .call();
    closed.close();
    Values values = kept.getFirst();
    assertThrows(IllegalStateException.class, () -> values.i32(0));
    assertThrows(IllegalStateException.class, () -> values.setI64(0, 1));
    assertThrows(IllegalStateException.class, () -> values.funcref(0));
    assertThrows(IllegalStateException.class, () -> values.setExternref(0, "x"));
  }

  /** The guest's code relies on a reservation that a memory of that type would not have. */
  @Test
  void memoriesThatModulesImportAreReservedAsTheirCodeExpects() {
    linker.define("", "m", Memory.create(store, new MemoryType(limits(1, 1 << 16))));
    Instance instance =
        instantiate(
            """
            (module (import "" "m" (memory 1))
              (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))
            """);
    for (int address : new int[] {0x10000 - 3, 0x10000, 0x7fffffff, 0xc0000000, -4, -1}) {
      assertThrows(Trap.class, () -> instance.func("load").call(address));
    }
    assertThrows(
        LinkException.class, () -> instantiate("(module (import \"\" \"m\" (memory 1 2)))"));
  }

  /** Each segment that any thread has got becomes invalid when the store is closed. */
  @Test
  void threadsThatAskForSegmentsAtOnceGetValidOnes() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 200; round++) {
        Store<Void> shortLived = new Store<>(engine);
        Memory memory = Memory.create(shortLived, new MemoryType(limits(1, 1)));
        CountDownLatch start = new CountDownLatch(2);
        List<Future<MemorySegment>> segments = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          segments.add(
              threads.submit(() -> {
                start.countDown();
                start.await();
                return memory.segment();
              }));
        }
        List<MemorySegment> found = new ArrayList<>();
        for (Future<MemorySegment> segment : segments) {
          found.add(segment.get());
        }
        shortLived.close();
        for (MemorySegment segment : found) {
          assertTrue(!segment.scope().isAlive());
          assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_BYTE, 0));
        }
      }
    }
  }
}
