package dev.tazza;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.text.Wat;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.TableType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What instances begin with. Modules come with little data, which is copied, and with much, which
 * is mapped.
 */
class InstantiationTest {
  /** Long enough for an image. */
  private static final String LONG = "0123456789abcdef".repeat(4096);

  private final Engine engine = new Engine(new Config().debugVerifier(true));
  private final Linker<Void> linker = new Linker<>(engine);
  private final Store<Void> store = new Store<>(engine);

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  private Instance instantiate(String text) {
    try (Module module = Module.compile(engine, text)) {
      return linker.instantiate(store, module);
    }
  }

  private static String string(Instance instance, long from, int count) {
    MemorySegment bytes = instance.memory("m").segment();
    return new String(
        bytes.asSlice(from, count).toArray(ValueLayout.JAVA_BYTE),
        java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  @Test
  void laterSegmentsOverwriteEarlierOnes() {
    for (String data : List.of("0123456789abcdef", LONG)) {
      Instance instance =
          instantiate(
              """
              (module (memory (export "m") 3)
                (data (i32.const 5000) "%s")
                (data (i32.const 5004) "XYZ")
                (data (i32.const 4998) "ab")
                (data (i32.const 5006) "!"))
              """
                  .formatted(data));
      assertEquals("\0ab0123XY!789abcdef", string(instance, 4997, 19));
      assertEquals(0, string(instance, 5000 + data.length(), 1).charAt(0));
    }
  }

  @Test
  void theBytesOfAModuleAreNotNeededAfterwards() {
    byte[] bytes =
        Wat.toBinary(
            """
            (module (memory (export "m") 1)
              (data (i32.const 8) "active")
              (data $d "passive")
              (func (export "init") (memory.init $d (i32.const 16) (i32.const 0) (i32.const 7)))
              (func $large (result i64) %s))
            """
                .formatted("(i64.const 0x123456789abcdef) drop ".repeat(500) + "i64.const 0")
                .getBytes(UTF_8));
    try (Module module = Module.compile(engine, bytes)) {
      int length = module.compiled().module().bytes().length;
      assertTrue(length < 200, bytes.length + " bytes became " + length);
      Arrays.fill(bytes, (byte) 0);
      Instance instance = linker.instantiate(store, module);
      instance.func("init").call();
      assertEquals("active\0\0passive", string(instance, 8, 15));
    }
  }

  @Test
  void theLastBytesOfTheMemoryAreInReach() {
    Instance instance =
        instantiate("(module (memory (export \"m\") 1) (data (i32.const 0) \"" + LONG + "\"))");
    assertEquals("abcdef", string(instance, 65530, 6));
    String tooLong = "(module (memory 1) (data (i32.const 1) \"" + LONG + "\"))";
    Trap trap = assertThrows(Trap.class, () -> instantiate(tooLong));
    assertEquals(TrapCode.MEMORY_OUT_OF_BOUNDS, trap.code());
    // So does an empty segment behind the end, and whatever stands before it.
    String behind =
        "(module (memory 1) (data (i32.const 0) \"" + LONG + "\") (data (i32.const 65537) \"\"))";
    assertThrows(Trap.class, () -> instantiate(behind));
  }

  @Test
  void instancesShareNothingThatTheyWrite() {
    String text =
        """
        (module (memory (export "m") 2) (data (i32.const 0) "%s")
          (table (export "t") 3 funcref) (elem (i32.const 1) func $f)
          (global (export "g") (mut i64) (i64.const -5))
          (func $f (result i32) (i32.const 1)))
        """
            .formatted(LONG);
    try (Module module = Module.compile(engine, text)) {
      for (int i = 0; i < 100; i++) {
        try (Store<Void> own = new Store<>(engine)) {
          Instance instance = linker.instantiate(own, module);
          assertEquals(LONG, string(instance, 0, LONG.length()));
          assertEquals("\0\0", string(instance, LONG.length(), 2));
          instance.memory("m").segment().fill((byte) i);
          assertNull(instance.table("t").get(0));
          assertNotNull(instance.table("t").get(1));
          assertNull(instance.table("t").get(2));
          instance.table("t").set(0, instance.table("t").get(1));
          instance.table("t").set(1, null);
          assertEquals(-5L, instance.global("g").get());
          instance.global("g").set((long) i);
        }
      }
    }
  }

  @Test
  void activeSegmentsAreDropped() {
    for (String data : List.of("short", LONG)) {
      Instance instance =
          instantiate(
              """
              (module (memory (export "m") 3) (table 4 funcref)
                (data $active (i32.const 0) "%s")
                (data $passive "passive")
                (elem $actives (i32.const 0) func $f)
                (elem $passives func $f)
                (func $f)
                (func (export "active") (memory.init $active (i32.const 0) (i32.const 0) (i32.const 1)))
                (func (export "passive")
                  (memory.init $passive (i32.const 70000) (i32.const 0) (i32.const 7)))
                (func (export "actives") (table.init $actives (i32.const 1) (i32.const 0) (i32.const 1)))
                (func (export "passives")
                  (table.init $passives (i32.const 1) (i32.const 0) (i32.const 1))
                  (call_indirect (i32.const 1))))
              """
                  .formatted(data));
      assertThrows(Trap.class, () -> instance.func("active").call());
      assertThrows(Trap.class, () -> instance.func("actives").call());
      instance.func("passive").call();
      instance.func("passives").call();
      assertEquals("passive", string(instance, 70000, 7));
    }
  }

  @Test
  void elementsOverlapAndLeaveHoles() {
    Instance instance =
        instantiate(
            """
            (module (table (export "t") 8 funcref)
              (elem (i32.const 1) func $a $a $a)
              (elem (i32.const 2) func $b)
              (elem (i32.const 5) funcref (ref.func $a) (ref.null func))
              (elem (i32.const 5) func $b)
              (func $a (export "a") (result i32) (i32.const 1))
              (func $b (export "b") (result i32) (i32.const 2)))
            """);
    Func a = instance.func("a");
    Func b = instance.func("b");
    List<Object> expected = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      expected.add(
          switch (i) {
            case 1, 3 -> a;
            case 2, 5 -> b;
            default -> "null";
          });
      Object element = instance.table("t").get(i);
      assertEquals(expected.get(i), element == null ? "null" : element, "element " + i);
    }
    assertEquals(2, ((Func) expected.get(5)).call()[0]);
  }

  @Test
  void tablesGrowBeyondTheirInitialElements() {
    Instance instance =
        instantiate(
            """
            (module (table $t (export "t") 2 funcref) (elem (i32.const 0) func $f $f)
              (func $f (export "f") (result i32) (i32.const 7))
              (func (export "last") (result i32) (call_indirect (result i32) (i32.const 4999))))
            """);
    assertEquals(2, instance.table("t").grow(4998, instance.func("f")));
    assertEquals(instance.func("f"), instance.table("t").get(0));
    assertEquals(instance.func("f"), instance.table("t").get(4999));
    assertEquals(7, instance.func("last").call()[0]);
  }

  @Test
  void aLongSparseTableWorks() {
    Instance instance =
        instantiate(
            """
            (module (table (export "t") 1000000 funcref) (elem (i32.const 999999) func $f)
              (func $f (export "f")))
            """);
    assertNull(instance.table("t").get(999_998));
    assertEquals(instance.func("f"), instance.table("t").get(999_999));
  }

  /** Segments at offsets that only the instance knows wait for their turn, and those after them. */
  @Test
  void offsetsMayComeFromImports() {
    Instance globals =
        instantiate(
            """
            (module (global (export "o") i32 (i32.const 3)) (global (export "v") i64 (i64.const 9)))
            """);
    linker.instance("g", globals);
    Instance instance =
        instantiate(
            """
            (module (import "g" "o" (global $o i32)) (import "g" "v" (global $v i64))
              (memory (export "m") 3) (table (export "t") 9 funcref)
              (global (export "copy") i64 (global.get $v))
              (global (export "f") funcref (ref.func $a))
              (elem (global.get $o) func $a $a)
              (elem (i32.const 3) func $b)
              (data (i32.const 0) "%s")
              (data (global.get $o) "<>")
              (data (i32.const 4) "!")
              (func $a (export "fa")) (func $b (export "fb")))
            """
                .formatted(LONG));
    assertEquals("012<!567", string(instance, 0, 8));
    assertEquals(instance.func("fb"), instance.table("t").get(3));
    assertEquals(instance.func("fa"), instance.table("t").get(4));
    assertEquals(9L, instance.global("copy").get());
    assertEquals(instance.func("fa"), instance.global("f").get());
  }

  /** A function of an instance that failed is in the other's table and sees its memory. */
  @Test
  void whatAFailedInstanceDidBeforeStaysAndNothingElse() {
    Table table =
        Table.create(
            store,
            new TableType(dev.tazza.wasm.type.RefType.FUNCREF, dev.tazza.wasm.type.Limits.of(4)));
    linker.define("h", "t", table);
    String text =
        """
        (module (import "h" "t" (table 4 funcref)) (table $own 2 funcref)
          (memory 2)
          (elem (table $own) (i32.const 0) func $zero)
          (elem (i32.const 1) func $byte $zero)
          %s
          (elem (table $own) (i32.const 1) func $zero)
          (data (i32.const 0) "%s")
          (data (i32.const 200000) "x")
          (data (i32.const 1) "?")
          (func $zero (result i32) (i32.const 0))
          (func $byte (result i32)
            (i32.or (i32.shl (i32.load8_u (i32.const 1)) (i32.const 8))
              (i32.or (ref.is_null (table.get $own (i32.const 0)))
                (i32.shl (ref.is_null (table.get $own (i32.const 1))) (i32.const 1))))))
        """;
    String badElements = "(elem (i32.const 3) func $zero $zero)";
    assertEquals(
        TrapCode.MEMORY_OUT_OF_BOUNDS,
        assertThrows(Trap.class, () -> instantiate(text.formatted("", LONG))).code());
    assertEquals('1' << 8, ((Func) table.get(1)).call()[0]);
    assertEquals(
        TrapCode.TABLE_OUT_OF_BOUNDS,
        assertThrows(Trap.class, () -> instantiate(text.formatted(badElements, LONG))).code());
    assertEquals(2, ((Func) table.get(1)).call()[0]);
    assertNull(table.get(3));
  }

  @Test
  void segmentsOfImportedMemoriesAreCopied() {
    Memory memory = Memory.create(store, new MemoryType(dev.tazza.wasm.type.Limits.of(1), 16));
    linker.define("h", "m", memory);
    instantiate("(module (import \"h\" \"m\" (memory 1)) (data (i32.const 0) \"" + LONG + "\"))");
    assertEquals('f', memory.segment().get(ValueLayout.JAVA_BYTE, 65535));
    memory.segment().fill((byte) 0);
    assertEquals(0, memory.segment().get(ValueLayout.JAVA_BYTE, 65535));
  }

  @Test
  void importedFunctionsHaveReferences() {
    int[] calls = new int[1];
    linker.func("h", "f", Runnable.class, () -> calls[0]++);
    Instance first = instantiate("(module (func (export \"one\") (result i32) (i32.const 1)))");
    linker.instance("a", first);
    Instance instance =
        instantiate(
            """
            (module (import "h" "f" (func $f)) (import "a" "one" (func $one (result i32)))
              (table (export "t") 2 funcref) (elem (i32.const 0) func $f $one)
              (export "f" (func $f)) (export "one" (func $one))
              (func (export "go") (result i32)
                (call $f) (call_indirect (i32.const 0))
                (i32.add (call $one) (call_indirect (result i32) (i32.const 1)))))
            """);
    assertEquals(2, instance.func("go").call()[0]);
    assertEquals(2, calls[0]);
    assertEquals(first.func("one"), instance.table("t").get(1));
  }

  @Test
  void redefinedNamesCountForTheNextInstance() {
    linker.allowShadowing(true);
    try (Module module =
        Module.compile(
            engine,
            """
            (module (import "h" "f" (func $f (result i32)))
              (func (export "go") (result i32) (call $f)))
            """)) {
      for (int i = 0; i < 3; i++) {
        int result = i;
        linker.func("h", "f", java.util.function.IntSupplier.class, () -> result);
        assertEquals(i, linker.instantiate(store, module).func("go").call()[0]);
      }
    }
  }

  @Test
  void manyThreadsInstantiateOneModule() throws Exception {
    String text =
        """
        (module (import "h" "f" (func $f (param i32) (result i32)))
          (memory (export "m") 2) (data (i32.const 0) "%s")
          (table 2 funcref) (elem (i32.const 0) func $f $g)
          (func $g (export "g") (param i32) (result i32)
            (i32.store8 (i32.const 9) (local.get 0))
            (i32.add (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))
              (i32.load8_u (i32.const 10)))))
        """
            .formatted(LONG);
    linker.func("h", "f", java.util.function.IntUnaryOperator.class, x -> x + 1);
    try (Module module = Module.compile(engine, text);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int number = t;
        tasks.add(() -> {
          int last = 0;
          for (int i = 0; i < 500; i++) {
            try (Store<Void> own = new Store<>(engine)) {
              Instance instance = linker.instantiate(own, module);
              assertEquals('9', instance.memory("m").segment().get(ValueLayout.JAVA_BYTE, 9));
              last = (int) instance.func("g").call(number)[0];
            }
          }
          return last;
        });
      }
      List<Future<Integer>> results = threads.invokeAll(tasks);
      for (int t = 0; t < results.size(); t++) {
        assertEquals(t + 1 + 'a', results.get(t).get());
      }
    }
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void manyEmptyTablesTakeLittleHeap() {
    int tables = 20_000;
    String text =
        "(module "
            + "(table 256 funcref)".repeat(tables)
            + "(func $f (export \"f\") (result i32) (i32.const 7))"
            + "(elem (table 19999) (i32.const 3) func $f)"
            + "(func (export \"call\") (result i32)"
            + " (call_indirect 19999 (result i32) (i32.const 3)))"
            + "(func (export \"null\") (result i32)"
            + " (call_indirect 5 (result i32) (i32.const 255))))";
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, text);
        Store<Void> store = new Store<>(engine)) {
      long before = usedHeap();
      Instance instance = Instance.instantiate(store, module, List.of());
      assertEquals(7, instance.func("call").call()[0]);
      assertThrows(Trap.class, () -> instance.func("null").call());
      long mebibytes = usedHeap() - before >> 20;
      assertTrue(mebibytes < 20, mebibytes + " MiB");
    }
  }
}
