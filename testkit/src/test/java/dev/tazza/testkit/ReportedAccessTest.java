package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Memory;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.Trap;
import dev.tazza.V128;
import dev.tazza.wasm.TrapCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What other engines were reported to get wrong in addresses and in loads that become operands on
 * x86-64, tried here with guards and with comparisons, with and without AVX:
 *
 * <ul>
 *   <li>CVE-2026-24116 (Wasmtime): a scalar that is loaded at the very end of a memory as operand
 *       of an instruction for 16 bytes, so that more is read
 *   <li>CVE-2023-26489 (Wasmtime): a shifted index that is scaled in the address, with its upper
 *       bits
 *   <li>CVE-2021-32629 (Wasmtime): an index that is spilled and comes back with its sign extended
 *   <li>loads of 16 bytes that are not aligned, as operands of instructions of SSE that want it
 *   <li>lanes stored at large offsets (wasmi, pull request 1429)
 * </ul>
 */
class ReportedAccessTest {
  private static final int PAGE = 65536;

  private record Way(OptLevel level, boolean avx, boolean guards) {
    Config config() {
      Config config = new Config().optLevel(level).debugVerifier(true).sandboxVerifier(true);
      if (!avx) {
        for (String flag : List.of("has_avx", "has_avx2", "has_fma", "has_avx512vl")) {
          config.flagSet(flag, "false");
        }
      }
      if (!guards) {
        config.signalsBasedTraps(false).staticMemoryMaximumSize(0);
        config.dynamicMemoryReservedForGrowth(0).dynamicMemoryGuardSize(0);
      }
      return config;
    }
  }

  static List<Way> ways() {
    List<Way> ways = new ArrayList<>();
    for (OptLevel level : List.of(OptLevel.NONE, OptLevel.SPEED)) {
      for (boolean avx : List.of(true, false)) {
        for (boolean guards : List.of(true, false)) {
          ways.add(new Way(level, avx, guards));
        }
      }
    }
    return ways;
  }

  /** What takes a scalar, with L for its load. */
  private static final List<String> NARROW_OPERANDS =
      List.of(
          "4 f32 (f32.copysign (local.get $x) (L))",
          "4 f32 (f32.copysign (L) (local.get $x))",
          "4 f32 (f32.neg (L))",
          "4 f32 (f32.abs (L))",
          "4 f32 (f32.min (local.get $x) (L))",
          "4 f32 (f32.sqrt (L))",
          "4 f32 (f32.ceil (L))",
          "4 f32 (f32.add (local.get $x) (L))",
          "8 f64 (f32.demote_f64 (f64.copysign (f64.promote_f32 (local.get $x)) (L)))",
          "8 f64 (f32.demote_f64 (f64.neg (L)))",
          "8 f64 (f32.demote_f64 (f64.abs (L)))",
          "8 f64 (f32.demote_f64 (f64.max (f64.promote_f32 (local.get $x)) (L)))",
          "8 f64 (f32.demote_f64 (f64.nearest (L)))",
          "8 f64 (f32.demote_f64 (L))",
          "8 i64 (f32.convert_i64_s (L))",
          "8 i64 (f32.convert_i64_u (L))",
          "4 f32 (f32x4.extract_lane 3 (f32x4.add (f32x4.splat (local.get $x)) (f32x4.splat (L))))",
          "4 f32 (f32x4.extract_lane 2 (f32x4.replace_lane 2 (f32x4.splat (local.get $x)) (L)))",
          "8 f64 (f32.demote_f64 (f64x2.extract_lane 1 (f64x2.mul (f64x2.splat (L)) (f64x2.splat"
              + " (L)))))");

  /** Loads of part of a vector: bytes, instruction, lane. */
  private static final List<String> PARTIAL_LOADS =
      List.of(
          "1 v128.load8_splat",
          "2 v128.load16_splat",
          "4 v128.load32_splat",
          "8 v128.load64_splat",
          "4 v128.load32_zero",
          "8 v128.load64_zero",
          "8 v128.load8x8_s",
          "8 v128.load16x4_u",
          "8 v128.load32x2_s");

  private static final List<String> PARTIAL_LANES =
      List.of("1 load8_lane", "2 load16_lane", "4 load32_lane", "8 load64_lane");

  private static Instance instance(Store<Void> store, Engine engine, String fields) {
    String text = "(module (memory (export \"memory\") 1 1)" + fields + ")";
    try (Module module = Module.compile(engine, text)) {
      return new Linker<Void>(engine).instantiate(store, module);
    }
  }

  /** At the end all is read; one byte further there is a trap. */
  @ParameterizedTest
  @MethodSource("ways")
  void narrowOperandsAtTheEndOfMemory(Way way) {
    StringBuilder text = new StringBuilder();
    List<Integer> sizes = new ArrayList<>();
    for (String each : NARROW_OPERANDS) {
      String[] parts = each.split(" ", 3);
      text.append(
          "(func (export \"%d\") (param $at i32) (param $x f32) (result f32) %s)\n"
              .formatted(
                  sizes.size(),
                  parts[2].replace("(L)", "(" + parts[1] + ".load (local.get $at))")));
      sizes.add(Integer.parseInt(parts[0]));
    }
    try (Engine engine = new Engine(way.config());
        Store<Void> store = new Store<>(engine)) {
      Instance instance = instance(store, engine, text.toString());
      Memory memory = instance.memory("memory");
      for (int i = 0; i < sizes.size(); i++) {
        int number = i;
        int end = PAGE - sizes.get(i);
        memory.setLong(PAGE - 8, Double.doubleToRawLongBits(-2.5));
        memory.setInt(PAGE - 4, Float.floatToRawIntBits(-2.5f));
        Object atEnd = instance.func(number + "").call(end, 1.5f)[0];
        memory.setLong(1000, memory.getLong(PAGE - 8));
        Object elsewhere = instance.func(number + "").call(1008 - sizes.get(i), 1.5f)[0];
        assertEquals(elsewhere, atEnd, NARROW_OPERANDS.get(i));
        Trap trap = assertThrows(Trap.class, () -> instance.func(number + "").call(end + 1, 1.5f));
        assertEquals(TrapCode.MEMORY_OUT_OF_BOUNDS, trap.code());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void partsOfVectorsAtTheEndOfMemory(Way way) {
    StringBuilder text = new StringBuilder();
    String operation = " (func (export \"%s\") (param $at i32) (param $v v128) (result v128)\n";
    for (String each : PARTIAL_LOADS) {
      String name = each.split(" ")[1];
      text.append(operation.formatted(name))
          .append(" (i8x16.add (local.get $v) (" + name + " (local.get $at))))\n");
    }
    for (String each : PARTIAL_LANES) {
      String name = each.split(" ")[1];
      text.append(operation.formatted(name))
          .append("(v128." + name + " 1 (local.get $at) (local.get $v)))\n");
      text.append("(func (export \"store %s\") (param $at i32) (param $v v128)\n".formatted(name));
      text.append(
          "(v128.%s offset=40000 1 (local.get $at) (local.get $v)))\n"
              .formatted(name.replace("load", "store")));
    }
    V128 ones = V128.ofI64x2(0x0101_0101_0101_0101L, 0x0101_0101_0101_0101L);
    try (Engine engine = new Engine(way.config());
        Store<Void> store = new Store<>(engine)) {
      Instance instance = instance(store, engine, text.toString());
      Memory memory = instance.memory("memory");
      List<String> all = new ArrayList<>(PARTIAL_LOADS);
      all.addAll(PARTIAL_LANES);
      for (String each : all) {
        int size = Integer.parseInt(each.split(" ")[0]);
        String name = each.split(" ")[1];
        memory.setLong(PAGE - 8, 0x8877_6655_4433_2211L);
        memory.setLong(1000, 0x8877_6655_4433_2211L);
        V128 atEnd = (V128) instance.func(name).call(PAGE - size, ones)[0];
        assertEquals(instance.func(name).call(1008 - size, ones)[0], atEnd, name);
        assertTrue(!atEnd.equals(ones));
        assertThrows(Trap.class, () -> instance.func(name).call(PAGE - size + 1, ones));
        if (name.endsWith("_lane")) {
          instance.func("store " + name).call(PAGE - size - 40000, ones);
          assertEquals(1, memory.getByte(PAGE - 1));
          assertEquals(1, memory.getByte(PAGE - size));
          assertEquals(size == 8, memory.getByte(PAGE - 8) == 1);
          assertThrows(
              Trap.class, () -> instance.func("store " + name).call(PAGE - size - 39999, ones));
        }
      }
    }
  }

  /** Every operation whose operand may be a load of 16 bytes, at an odd address. */
  @ParameterizedTest
  @MethodSource("ways")
  void unalignedOperands(Way way) {
    List<String> operations =
        List.of(
            "i8x16.add",
            "i16x8.mul",
            "i32x4.mul",
            "i64x2.mul",
            "i8x16.eq",
            "i64x2.gt_s",
            "v128.and",
            "v128.andnot",
            "v128.xor",
            "i8x16.swizzle",
            "i16x8.narrow_i32x4_u",
            "i32x4.dot_i16x8_s",
            "f32x4.add",
            "f64x2.div",
            "f32x4.min",
            "f64x2.pmax",
            "i8x16.avgr_u",
            "i16x8.q15mulr_sat_s",
            "i64x2.extmul_high_i32x4_s",
            "f32x4.lt",
            "i8x16.min_u",
            "i32x4.max_u");
    List<String> singles =
        List.of(
            "i8x16.abs",
            "i8x16.popcnt",
            "i16x8.extend_high_i8x16_s",
            "f32x4.sqrt",
            "f64x2.nearest",
            "i32x4.trunc_sat_f64x2_u_zero",
            "f64x2.convert_low_i32x4_u",
            "f64x2.promote_low_f32x4",
            "i16x8.extadd_pairwise_i8x16_u",
            "v128.not",
            "i64x2.neg");
    StringBuilder text = new StringBuilder();
    String head = "(func (export \"%s%d\") (param $at i32) (param $v v128) (result v128) ";
    String load = "(v128.load (local.get $at))";
    for (String each : operations) {
      text.append(head.formatted(each, 0) + "(" + each + " (local.get $v) " + load + "))\n");
      text.append(head.formatted(each, 1) + "(" + each + " " + load + " (local.get $v)))\n");
    }
    for (String each : singles) {
      text.append(head.formatted(each, 0) + "(" + each + load + "))\n");
      text.append(
          head.formatted(each, 1)
              + "(i8x16.shuffle 3 2 1 0 20 21 22 23 8 9 10 11 30 31 28 29 ("
              + each
              + load
              + ") "
              + load
              + "))\n");
    }
    try (Engine engine = new Engine(way.config());
        Store<Void> store = new Store<>(engine)) {
      Instance instance = instance(store, engine, text.toString());
      Memory memory = instance.memory("memory");
      V128 value = V128.ofF32x4(1.5f, -2.5f, 3.25f, 100f);
      List<String> names = new ArrayList<>(operations);
      names.addAll(singles);
      for (String each : names) {
        for (int form = 0; form < 2; form++) {
          List<Object> results = new ArrayList<>();
          for (int at : List.of(64, 65, 100, PAGE - 17, PAGE - 16)) {
            memory.setLong(at, 0x4048_f5c3_c020_0001L);
            memory.setLong(at + 8, 0xbff8_0000_0102_8081L);
            results.add(instance.func(each + form).call(at, value)[0]);
          }
          assertEquals(1, results.stream().distinct().count(), each + form + ": " + results);
        }
      }
    }
  }

  /** Indices are numbers of 32 bits, whatever the address makes of them. */
  @ParameterizedTest
  @MethodSource("ways")
  void indicesWrapAround(Way way) {
    String text =
        """
        (func (export "shl") (param i32) (result i32)
          (i32.load (i32.shl (local.get 0) (i32.const 2))))
        (func (export "shl offset") (param i32) (result i32)
          (i32.load offset=8 (i32.add (i32.shl (local.get 0) (i32.const 3)) (i32.const 4))))
        (func (export "mul") (param i32) (result i32)
          (i32.load (i32.mul (local.get 0) (i32.const 4))))
        (func (export "sum") (param i32 i32) (result i32)
          (i32.load (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2)))))
        (func (export "vector") (param i32) (result i32)
          (i32x4.extract_lane 0 (v128.load (i32.shl (local.get 0) (i32.const 2)))))
        (func $none (param i32 i32 i32 i32) (result i32) (i32.const 0))
        (func (export "spilled") (param i32) (result i32)
          (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
          (local.set 1 (i32.sub (local.get 0) (i32.const 1)))
          (local.set 2 (i32.load offset=200 (i32.const 0)))
          (local.set 3 (i32.load offset=204 (i32.const 0)))
          (local.set 4 (i32.load offset=208 (i32.const 0)))
          (local.set 5 (i32.load offset=212 (i32.const 0)))
          (local.set 6 (call $none (local.get 1) (local.get 2) (local.get 3) (local.get 4)))
          (local.set 7 (i32.add (local.get 1) (local.get 2)))
          (local.set 8 (call $none (local.get 7) (local.get 3) (local.get 5) (local.get 6)))
          (i32.add (i32.load offset=16 (i32.add (local.get 1) (local.get 8)))
            (i32.add (i32.load offset=12 (local.get 7))
              (i32.add (local.get 3) (i32.add (local.get 4) (local.get 5))))))
        """;
    try (Engine engine = new Engine(way.config());
        Store<Void> store = new Store<>(engine)) {
      Instance instance = instance(store, engine, text);
      Memory memory = instance.memory("memory");
      memory.setInt(4, 7);
      memory.setInt(20, 9);
      assertEquals(7, instance.func("shl").call(0x4000_0001)[0]);
      assertEquals(7, instance.func("mul").call(0xc000_0001)[0]);
      assertEquals(7, instance.func("vector").call(0x8000_0001)[0]);
      assertEquals(9, instance.func("shl offset").call(0x2000_0001)[0]);
      assertEquals(7, instance.func("sum").call(-4, 0x4000_0002)[0]);
      assertEquals(7, instance.func("sum").call(0x8000_0004, 0x2000_0000)[0]);
      memory.setInt(200, 4);
      // What is added to an index by the instruction is not wrapped around.
      for (int index : List.of(0x8000_0001, -8, 0)) {
        Trap trap = assertThrows(Trap.class, () -> instance.func("spilled").call(index));
        assertEquals(TrapCode.MEMORY_OUT_OF_BOUNDS, trap.code());
      }
      assertEquals(18, instance.func("spilled").call(5)[0]);
    }
  }
}
