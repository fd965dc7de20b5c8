package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.ValType;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Memories and tables with 64-bit indexes, and memories whose pages are bytes. */
class Memory64Test {
  private static final long GIB = 1L << 30;
  private static final BigInteger ALL = BigInteger.ONE.shiftLeft(64);

  private static final long[] OFFSETS = {
    0,
    8,
    65535,
    65536,
    0x1_ffff,
    0x7fff_fff8,
    0xffff_fff8L,
    4 * GIB,
    4 * GIB + 65528,
    1L << 46,
    1L << 47,
    Long.MAX_VALUE - 3,
    Long.MIN_VALUE,
    -8,
    -1
  };

  private static List<Config> configs(OptLevel level) {
    List<Config> configs =
        List.of(
            new Config(),
            new Config().heapAccessSpectreMitigation(false),
            new Config().staticMemoryGuardSize(0).dynamicMemoryGuardSize(0),
            new Config().staticMemoryForced(true),
            new Config().staticMemoryForced(true).staticMemoryMaximumSize(8 * GIB),
            new Config().staticMemoryMaximumSize(4 << 16).staticMemoryGuardSize(1 << 16),
            new Config().staticMemoryMaximumSize(0).dynamicMemoryReservedForGrowth(0),
            new Config()
                .staticMemoryMaximumSize(0)
                .dynamicMemoryGuardSize(0)
                .heapAccessSpectreMitigation(false));
    for (Config config : configs) {
      config.optLevel(level).wasmFeature(Feature.CUSTOM_PAGE_SIZES, true);
      config.sandboxVerifier(true).debugVerifier(true).wasmBacktrace(false);
      config.parallelCompilation(false);
    }
    return configs;
  }

  private static final String[] MEMORIES = {
    "i64 2", "i64 2 4", "2", "2 4", "i64 70001 (pagesize 1)", "70001 70010 (pagesize 1)"
  };

  /** Loads of eight bytes and one, and a store, at each of the offsets. */
  private static String accesses(String memory, boolean is64) {
    StringBuilder out = new StringBuilder("(module (memory (export \"m\") %s)".formatted(memory));
    String param = is64 ? "i64" : "i32";
    for (int i = 0; i < OFFSETS.length; i++) {
      if (is64 || OFFSETS[i] >>> 32 == 0) {
        String offset = Long.toUnsignedString(OFFSETS[i]);
        out.append(
            """
            (func (export "load%1$d") (param %3$s) (result i64) (i64.load offset=%2$s (local.get 0)))
            (func (export "byte%1$d") (param %3$s) (result i32)
              (i32.load8_u offset=%2$s (local.get 0)))
            (func (export "store%1$d") (param %3$s) (i64.store offset=%2$s (local.get 0) (i64.const 7)))
            """
                .formatted(i, offset, param));
      }
    }
    return out.append(")").toString();
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "SPEED"})
  void accessesEndWhereTheMemoryDoes(OptLevel level) {
    for (Config config : configs(level)) {
      try (Engine engine = new Engine(config)) {
        for (String memory : MEMORIES) {
          boolean is64 = memory.startsWith("i64");
          try (Module module = Module.compile(engine, accesses(memory, is64));
              Store<Void> store = new Store<>(engine)) {
            accesses(new Linker<Void>(engine).instantiate(store, module), is64);
          }
        }
      }
    }
  }

  private static void accesses(Instance instance, boolean is64) {
    long length = instance.memory("m").byteSize();
    for (int i = 0; i < OFFSETS.length; i++) {
      if (instance.findExport("load" + i) == null) {
        continue;
      }
      for (long address : addresses(length, OFFSETS[i])) {
        if (is64 || address >>> 32 == 0) {
          check(instance.func("load" + i), address, OFFSETS[i], 8, length, is64);
          check(instance.func("byte" + i), address, OFFSETS[i], 1, length, is64);
          check(instance.func("store" + i), address, OFFSETS[i], 8, length, is64);
        }
      }
    }
  }

  private static List<Long> addresses(long length, long offset) {
    List<Long> addresses = new ArrayList<>();
    for (long edge : new long[] {0, length, length - offset, 4 * GIB, Long.MIN_VALUE, -offset}) {
      for (long near : new long[] {-9, -8, -7, -1, 0, 1}) {
        addresses.add(edge + near);
      }
    }
    return addresses;
  }

  private static void check(
      Func access, long address, long offset, int bytes, long length, boolean is64) {
    BigInteger end = unsigned(address).add(unsigned(offset)).add(BigInteger.valueOf(bytes));
    Object argument = is64 ? address : (Object) (int) address;
    String what = Long.toHexString(address) + " + " + Long.toHexString(offset);
    if (end.compareTo(BigInteger.valueOf(length)) <= 0) {
      access.call(argument);
    } else {
      Trap trap = assertThrows(Trap.class, () -> access.call(argument), what);
      assertEquals(TrapCode.MEMORY_OUT_OF_BOUNDS, trap.code(), what);
    }
  }

  private static BigInteger unsigned(long value) {
    BigInteger signed = BigInteger.valueOf(value);
    return value < 0 ? signed.add(ALL) : signed;
  }

  private static final String BULK =
      """
      (module
        (memory $w (export "wide") i64 1)
        (memory $n (export "narrow") 1)
        (data $d "abcdefgh")
        (data (memory $w) (i64.const 65528) "12345678")
        (func (export "fill") (param i64 i64)
          (memory.fill $w (local.get 0) (i32.const 90) (local.get 1)))
        (func (export "copy") (param i64 i64 i64)
          (memory.copy $w $w (local.get 0) (local.get 1) (local.get 2)))
        (func (export "out") (param i32 i64 i32)
          (memory.copy $n $w (local.get 0) (local.get 1) (local.get 2)))
        (func (export "in") (param i64 i32 i32)
          (memory.copy $w $n (local.get 0) (local.get 1) (local.get 2)))
        (func (export "init") (param i64 i32 i32)
          (memory.init $w $d (local.get 0) (local.get 1) (local.get 2)))
        (func (export "size") (result i64) (memory.size $w))
        (func (export "grow") (param i64) (result i64) (memory.grow $w (local.get 0))))
      """;

  @ParameterizedTest
  @EnumSource(names = {"NONE", "SPEED"})
  void bulkOperationsStayInside(OptLevel level) {
    for (Config config : configs(level)) {
      try (Engine engine = new Engine(config);
          Module module = Module.compile(engine, BULK);
          Store<Void> store = new Store<>(engine)) {
        Instance instance = new Linker<Void>(engine).instantiate(store, module);
        Memory wide = instance.memory("wide");
        instance.func("out").call(0, 65528L, 8);
        assertEquals("12345678", instance.memory("narrow").readString(0, 8));
        instance.func("in").call(1L, 0, 7);
        instance.func("copy").call(2L, 1L, 7L);
        assertEquals("\00011234567", wide.readString(0, 9));
        instance.func("init").call(65534L, 6, 2);
        assertEquals("56gh", wide.readString(65532, 4));
        instance.func("fill").call(65536L, 0L);
        for (long[] bad : new long[][] {{65536, 1}, {1, 65536}, {-1, 2}, {2, -1}, {65537, 0}}) {
          traps(instance.func("fill"), bad[0], bad[1]);
          traps(instance.func("copy"), bad[0], 0L, bad[1]);
          traps(instance.func("copy"), 0L, bad[0], bad[1]);
        }
        traps(instance.func("out"), 65530, 0L, 8);
        traps(instance.func("out"), 0, 65530L, 8);
        traps(instance.func("out"), 0, -1L, 1);
        traps(instance.func("in"), -8L, 0, 16);
        traps(instance.func("init"), -1L, 0, 1);
        traps(instance.func("init"), 65535L, 0, 2);
        assertEquals(-1L, instance.func("grow").call(-1L)[0]);
        assertEquals(-1L, instance.func("grow").call(1L << 48)[0]);
        assertEquals(1L, instance.func("grow").call(2L)[0]);
        assertEquals(3L, instance.func("size").call()[0]);
      }
    }
  }

  private static void traps(Func function, Object... arguments) {
    Trap trap = assertThrows(Trap.class, () -> function.call(arguments));
    assertEquals(TrapCode.MEMORY_OUT_OF_BOUNDS, trap.code());
  }

  /** Only pages that are written take memory. */
  @ParameterizedTest
  @EnumSource(names = {"NONE", "SPEED"})
  void moreThanFourGibibytes(OptLevel level) {
    String text =
        """
        (module
          (memory (export "m") i64 131072)
          (data (i64.const 0x1fffffffc) "over the edge of eight")
          (data (i64.const 0x0fffffffe) "four")
          (func (export "get") (param i64) (result i64) (i64.load (local.get 0)))
          (func (export "far") (param i64) (result i64)
            (i64.load offset=0x100000000 (local.get 0)))
          (func (export "set") (param i64 i64) (i64.store (local.get 0) (local.get 1)))
          (func (export "fill") (param i64 i32 i64)
            (memory.fill (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy") (param i64 i64 i64)
            (memory.copy (local.get 0) (local.get 1) (local.get 2)))
          (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0))))
        """;
    try (Engine engine = new Engine(new Config().optLevel(level).sandboxVerifier(true));
        Module module = Module.compile(engine, text.replace("i64 131072", "i64 131073"));
        Store<Void> store = new Store<>(engine)) {
      Instance instance = new Linker<Void>(engine).instantiate(store, module);
      Memory memory = instance.memory("m");
      assertEquals(131073L, memory.size());
      assertEquals(8 * GIB + 65536, memory.byteSize());
      assertEquals("over the edge of eight", memory.readString(8 * GIB - 4, 22));
      assertEquals("four", memory.readString(4 * GIB - 2, 4));
      for (long address :
          new long[] {4 * GIB - 8, 4 * GIB - 3, 4 * GIB, 6 * GIB, 8 * GIB + 65528}) {
        instance.func("set").call(address, address);
        assertEquals(address, instance.func("get").call(address)[0]);
        assertEquals(address, memory.getLong(address));
        if (address >= 4 * GIB) {
          assertEquals(address, instance.func("far").call(address - 4 * GIB)[0]);
        }
      }
      assertEquals(0L, instance.func("get").call(0L)[0]);
      instance.func("fill").call(4 * GIB - 16, 1, 32L);
      assertEquals(0x0101010101010101L, instance.func("far").call(0L)[0]);
      instance.func("copy").call(7 * GIB - 4, 4 * GIB - 8, 16L);
      assertEquals(0x0101010101010101L, memory.getLong(7 * GIB));
      traps(instance.func("far"), 4 * GIB + 65529);
      traps(instance.func("get"), 8 * GIB + 65529);
      assertEquals(131073L, instance.func("grow").call(65536L)[0]);
      instance.func("set").call(12 * GIB + 65528, 5L);
      assertEquals(5L, memory.getLong(12 * GIB + 65528));
      assertEquals(8 * GIB + 65528, memory.getLong(8 * GIB + 65528));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "SPEED"})
  void tables(OptLevel level) {
    String text =
        """
        (module
          (table $t (import "" "t") i64 3 funcref)
          (type $f (func (result i32)))
          (func $seven (type $f) (i32.const 7))
          (elem (table $t) (i64.const 1) func $seven)
          (elem $passive func $seven $seven)
          (func (export "call") (param i64) (result i32) (call_indirect $t (type $f) (local.get 0)))
          (func (export "size") (result i64) (table.size $t))
          (func (export "grow") (param i64) (result i64)
            (table.grow $t (ref.null func) (local.get 0)))
          (func (export "init") (param i64 i32 i32)
            (table.init $t $passive (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy") (param i64 i64 i64)
            (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
          (func (export "fill") (param i64 i64)
            (table.fill $t (local.get 0) (ref.func $seven) (local.get 1))))
        """;
    for (Config config : configs(level)) {
      try (Engine engine = new Engine(config);
          Module module = Module.compile(engine, text);
          Store<Void> store = new Store<>(engine)) {
        Linker<Void> linker = new Linker<>(engine);
        Table table = Table.create(store, new TableType(ValType.FUNCREF, Limits.of64(3, 1L << 40)));
        Instance instance = linker.define("", "t", table).instantiate(store, module);
        assertEquals(7, instance.func("call").call(1L)[0]);
        tableTraps(TrapCode.UNDEFINED_ELEMENT, instance.func("call"), (1L << 32) + 1);
        tableTraps(TrapCode.UNDEFINED_ELEMENT, instance.func("call"), -1L);
        tableTraps(TrapCode.UNINITIALIZED_ELEMENT, instance.func("call"), 0L);
        assertEquals(3L, instance.func("grow").call(2L)[0]);
        assertEquals(5L, instance.func("size").call()[0]);
        assertEquals(-1L, instance.func("grow").call(1L << 39)[0]);
        instance.func("init").call(3L, 0, 2);
        instance.func("copy").call(0L, 3L, 1L);
        assertEquals(7, instance.func("call").call(0L)[0]);
        instance.func("fill").call(2L, 3L);
        assertEquals(7, instance.func("call").call(2L)[0]);
        for (long bad : new long[] {6, 1L << 32, -1}) {
          tableTraps(TrapCode.TABLE_OUT_OF_BOUNDS, instance.func("init"), bad, 0, 0);
          tableTraps(TrapCode.TABLE_OUT_OF_BOUNDS, instance.func("copy"), bad, 0L, 1L);
          tableTraps(TrapCode.TABLE_OUT_OF_BOUNDS, instance.func("copy"), 0L, bad, 1L);
          tableTraps(TrapCode.TABLE_OUT_OF_BOUNDS, instance.func("copy"), 0L, 0L, bad);
          tableTraps(TrapCode.TABLE_OUT_OF_BOUNDS, instance.func("fill"), 1L, bad);
        }
      }
    }
  }

  private static void tableTraps(TrapCode code, Func function, Object... arguments) {
    assertEquals(code, assertThrows(Trap.class, () -> function.call(arguments)).code());
  }

  @Test
  void typesOfImports() {
    try (Engine engine = new Engine();
        Module wants =
            Module.compile(engine, "(module (memory (export \"m\") (import \"\" \"m\") i64 1 9))");
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = new Linker<Void>(engine).allowShadowing(true);
      Memory memory = Memory.create(store, MemoryType.memory64(1, 5));
      Instance instance = linker.define("", "m", memory).instantiate(store, wants);
      assertEquals(MemoryType.memory64(1, 5), instance.memory("m").type());
      assertEquals(1, memory.grow(4));
      assertEquals(-1, memory.grow(1));
      linker.define("", "m", Memory.create(store, new MemoryType(Limits.of(1, 5))));
      LinkException error =
          assertThrows(LinkException.class, () -> linker.instantiate(store, wants));
      assertTrue(String.valueOf(error.getMessage()).contains("must be a memory i64 1 9"));
      assertThrows(
          IllegalArgumentException.class,
          () -> Memory.create(store, MemoryType.memory64((1L << 48) + 1)));
      assertThrows(
          dev.tazza.wasm.ResourceLimitException.class,
          () -> Memory.create(store, MemoryType.memory64(1L << 40)));
    }
  }

  @Test
  void pagesOfOneByte() {
    String text =
        """
        (module
          (memory (export "m") 5 (pagesize 1))
          (data (i32.const 2) "xyz")
          (func (export "size") (result i32) (memory.size))
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
          (func (export "get") (param i32) (result i32) (i32.load8_u (local.get 0)))
          (func (export "fill") (param i32 i32)
            (memory.fill (local.get 0) (i32.const 255) (local.get 1))))
        """;
    for (Config config : configs(OptLevel.SPEED)) {
      try (Engine engine = new Engine(config);
          Module module = Module.compile(engine, text);
          Store<Void> store = new Store<>(engine)) {
        Instance instance = new Linker<Void>(engine).instantiate(store, module);
        Memory memory = instance.memory("m");
        assertEquals(5, memory.byteSize());
        assertEquals(5, memory.segment().byteSize());
        assertEquals(5, instance.func("size").call()[0]);
        traps(instance.func("get"), 5);
        traps(instance.func("fill"), 0, 6);
        instance.func("fill").call(0, 5);
        assertEquals(5, instance.func("grow").call(3)[0]);
        assertEquals(0, instance.func("get").call(5)[0]);
        assertEquals(255, instance.func("get").call(4)[0]);
        traps(instance.func("get"), 8);
        assertEquals(-1, instance.func("grow").call(-8)[0]);
        assertEquals("memory 5 in pages of 1 bytes", memory.type().toString());
      }
    }
  }
}
