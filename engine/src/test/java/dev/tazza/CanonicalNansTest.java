package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With the option every NaN that is computed is the canonical one. */
class CanonicalNansTest {
  private static final int F32_NAN = 0x7FC00000;
  private static final long F64_NAN = 0x7FF8000000000000L;
  private static final int F32_OTHER = 0xFFA01234;
  private static final long F64_OTHER = 0xFFF4000000001234L;

  private static final List<String> BINARY = List.of("add", "sub", "mul", "div", "min", "max");
  private static final List<String> UNARY = List.of("sqrt", "ceil", "floor", "trunc", "nearest");

  /** Functions from bits to bits, for each operation with one operand that varies. */
  private static String module() {
    StringBuilder text = new StringBuilder("(module\n");
    for (String op : BINARY) {
      String value = "(f%d.reinterpret_i%1$d (local.get 0)) (f%1$d.const 2)";
      scalar(text, op, value);
      vector(text, op, "(%s.splat (local.get 0)) (v128.const %s 2 2%s)");
    }
    for (String op : UNARY) {
      scalar(text, op, "(f%d.reinterpret_i%1$d (local.get 0))");
      vector(text, op, "(%s.splat (local.get 0))");
    }
    text.append(
        """
        (func (export "f32.demote") (param i64) (result i32)
          (i32.reinterpret_f32 (f32.demote_f64 (f64.reinterpret_i64 (local.get 0)))))
        (func (export "f64.promote") (param i32) (result i64)
          (i64.reinterpret_f64 (f64.promote_f32 (f32.reinterpret_i32 (local.get 0)))))
        (func (export "f32.neg") (param i32) (result i32)
          (i32.reinterpret_f32 (f32.neg (f32.reinterpret_i32 (local.get 0)))))
        """);
    return text.append(")").toString();
  }

  private static void scalar(StringBuilder text, String op, String operands) {
    for (int bits : new int[] {32, 64}) {
      text.append(
          "(func (export \"f%1$d.%2$s\") (param i%1$d) (result i%1$d) (i%1$d.reinterpret_f%1$d (f%1$d.%2$s %3$s)))\n"
              .formatted(bits, op, operands.formatted(bits)));
    }
  }

  private static void vector(StringBuilder text, String op, String operands) {
    text.append(
        "(func (export \"f32x4.%1$s\") (param i32) (result i32) (i32x4.extract_lane 2 (f32x4.%1$s %2$s)))\n"
            .formatted(op, operands.formatted("i32x4", "f32x4", " 2 2")));
    text.append(
        "(func (export \"f64x2.%1$s\") (param i64) (result i64) (i64x2.extract_lane 1 (f64x2.%1$s %2$s)))\n"
            .formatted(op, operands.formatted("i64x2", "f64x2", "")));
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void computedNansAreCanonical(OptLevel level) {
    int others = 0;
    for (boolean canonical : new boolean[] {true, false}) {
      Config config = new Config().optLevel(level).nanCanonicalization(canonical);
      try (Engine engine = new Engine(config);
          Store<Void> store = new Store<>(engine)) {
        Instance instance =
            Instance.instantiate(store, Module.compile(engine, module()), List.of());
        for (String op : operations()) {
          boolean narrow = op.startsWith("f32");
          boolean narrowArgument = narrow != op.contains("mote");
          Object argument = narrowArgument ? (Object) F32_OTHER : (Object) F64_OTHER;
          Object result = instance.func(op).call(argument)[0];
          Object expected = narrow ? (Object) F32_NAN : (Object) F64_NAN;
          if (canonical) {
            assertEquals(expected, result, op);
          } else if (!expected.equals(result)) {
            others++;
          }
        }
        assertEquals(0x7FA01234, instance.func("f32.neg").call(F32_OTHER)[0]);
        assertEquals(0x40800000, instance.func("f32.mul").call(0x40000000)[0]);
      }
    }
    assertNotEquals(0, others, "without the option some are not");
  }

  private static List<String> operations() {
    List<String> names = new ArrayList<>(List.of("f32.demote", "f64.promote"));
    for (String type : List.of("f32", "f64", "f32x4", "f64x2")) {
      for (List<String> ops : List.of(BINARY, UNARY)) {
        ops.forEach(op -> names.add(type + "." + op));
      }
    }
    return names;
  }
}
