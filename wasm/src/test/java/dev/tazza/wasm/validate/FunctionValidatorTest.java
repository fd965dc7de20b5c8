package dev.tazza.wasm.validate;

import static dev.tazza.wasm.validate.ValidationAssertions.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.binary.ModuleDecoder;
import dev.tazza.wasm.binary.ModuleLimit;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.binary.SectionId;
import dev.tazza.wasm.binary.TestModule;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Family;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/**
 * Bodies in hexadecimal inside a module with the types {@code 0: [] -> []}, {@code 1: [i32 i64] ->
 * [i32]} and {@code 2: [] -> [i32 i64]}, a function of each of the first two (the body under test
 * is function 1, of type 1), a table of functions and one of externrefs, a memory, an immutable i32
 * global and a mutable f32 global, and a data and an element segment.
 */
class FunctionValidatorTest {
  private static final Features ALL = Features.of(Feature.values());

  private static TestModule module(String body) {
    byte[] code = TestModule.hex(body);
    BinaryWriter section = new BinaryWriter().u32(2).u8(2).u8(0).u8(0x0B);
    section.u32(code.length + 1).u8(0).bytes(code);
    return TestModule.empty()
        .section(SectionId.TYPE, "03 60 00 00 60 02 7f 7e 01 7f 60 00 02 7f 7e")
        .function(0, 1)
        .section(SectionId.TABLE, "02 70 00 01 6f 00 01")
        .section(SectionId.MEMORY, "01 00 01")
        .section(SectionId.GLOBAL, "02 7f 00 41 00 0b 7d 01 43 00 00 00 00 0b")
        .section(SectionId.ELEMENT, "01 01 00 01 00")
        .section(SectionId.DATA_COUNT, "01")
        .section(SectionId.CODE, HexFormat.of().formatHex(section.toByteArray()))
        .section(SectionId.DATA, "01 01 00");
  }

  private static void valid(String body) {
    ValidationAssertions.valid(module(body));
  }

  private static void invalid(String message, String body) {
    ValidationException error = ValidationAssertions.invalid(message, module(body));
    assertEquals(1, error.functionIndex());
    assertTrue(error.getMessage().contains(" in function 1 (at offset 0x"), error.getMessage());
  }

  private static void malformed(String message, String body) {
    refused(MalformedException.class, message, module(body), Features.DEFAULT);
  }

  @Test
  void results() {
    valid("41 00 0b");
    invalid("type mismatch: expected i32, found an empty stack", "0b");
    invalid("type mismatch: expected i32, found i64", "42 00 0b");
    invalid("type mismatch: 1 more operands", "41 00 41 00 0b");
  }

  @Test
  void numeric() {
    valid("20 00 20 01 a7 6a 0b"); // i32.wrap_i64, i32.add
    invalid("type mismatch: expected i32, found i64", "20 00 20 01 6a 0b");
    invalid("type mismatch: expected i32, found an empty stack", "20 00 6a 0b");
  }

  @Test
  void locals() {
    valid("20 00 22 00 0b");
    valid("42 01 21 01 20 00 0b");
    invalid("unknown local 2: there are 2", "20 02 0b");
    invalid("unknown local 2147483647", "20 ff ff ff ff 0f 0b");
    invalid("type mismatch: expected i64, found i32", "20 00 21 01 20 00 0b");
    invalid("type mismatch: expected i64, found i32", "20 00 22 01 0b");
  }

  @Test
  void globals() {
    valid("23 01 24 01 23 00 0b");
    invalid("unknown global 2", "23 02 1a 41 00 0b");
    invalid("immutable global 0", "41 00 24 00 41 00 0b");
    invalid("type mismatch: expected f32, found i32", "41 00 24 01 41 00 0b");
  }

  @Test
  void blocks() {
    valid("02 7f 41 00 0b 0b");
    valid("20 00 20 01 02 01 1a 0b 0b"); // a block with parameters
    valid("02 02 41 00 42 00 0b 1a 0b");
    valid("20 00 04 7f 41 01 05 41 02 0b 0b");
    valid("20 00 04 40 0b 41 00 0b");
    invalid("type mismatch: if without else", "20 00 04 7f 41 00 0b 0b");
    invalid("type mismatch: expected i32, found i64", "20 00 04 7f 41 01 05 42 02 0b 0b");
    invalid("type mismatch: expected an operand, found an empty stack", "41 00 02 40 1a 0b 0b");
    invalid("unknown type 3", "02 03 0b 41 00 0b");
    malformed("else without if", "02 40 05 0b 41 00 0b");
    malformed("unexpected end of section or function", "02 40 0b 41 00");
    malformed("section size mismatch: 1 bytes after the end", "41 00 0b 01");
  }

  @Test
  void branches() {
    valid("41 00 0c 00 0b");
    valid("02 7f 41 00 20 00 0d 00 0b 0b");
    valid("03 7f 0c 00 0b 0b"); // a loop's label takes its parameters, here none
    valid("02 7f 41 00 20 00 0e 01 00 01 0b 0b");
    valid("41 00 0f 0b");
    invalid("unknown label 2: there are 2", "02 40 0c 02 0b 41 00 0b");
    invalid("type mismatch: expected i32, found an empty stack", "02 7f 0c 00 0b 0b");
    invalid(
        "type mismatch: br_table's default label takes 1", "41 00 02 40 20 00 0e 01 00 01 0b 0b");
    invalid("unknown label 9", "20 00 20 00 0e 01 09 00 0b");
  }

  @Test
  void unreachableCodeIsPolymorphic() {
    valid("00 0b");
    valid("00 6a 0b");
    valid("00 42 00 41 00 1b 1a 0b"); // select of an unknown and an i64
    valid("00 1b 0b");
    valid("00 02 7f 00 0b 0b");
    valid("02 40 00 0e 00 00 0b 41 00 0b");
    valid("00 d1 0b"); // ref.is_null
    invalid("type mismatch: expected i32, found i64", "00 42 00 6a 0b");
    invalid("type mismatch: 1 more", "00 41 00 41 00 0b");
    invalid("unknown local", "00 20 07 0b");
    invalid("type mismatch: expected i32, found an empty stack", "02 40 00 0b 6a 0b");
  }

  @Test
  void calls() {
    valid("10 00 20 00 20 01 10 01 0b");
    valid("20 00 20 01 20 00 11 01 00 0b");
    invalid("unknown function 2: there are 2", "10 02 41 00 0b");
    invalid("type mismatch: expected i64, found i32", "20 00 20 00 10 01 0b");
    invalid("unknown type 7", "20 00 11 07 00 0b");
    invalid("unknown table 2", "20 00 11 00 02 41 00 0b");
    invalid("type mismatch: expected funcref, found externref", "20 00 11 00 01 41 00 0b");
  }

  @Test
  void selects() {
    valid("41 01 41 02 41 00 1b 0b");
    valid("d0 70 d0 70 41 00 1c 01 70 d1 0b");
    invalid("type mismatch: expected i32, found i64", "41 01 42 02 41 00 1b 0b");
    invalid("type mismatch: select without a type", "d0 70 d0 70 41 00 1b d1 0b");
    invalid("invalid result arity: select has 0", "41 01 41 01 41 00 1c 00 0b");
    invalid("type mismatch: expected f32, found i32", "41 01 41 01 41 00 1c 01 7d 0b");
  }

  @Test
  void memory() {
    valid("20 00 28 02 08 0b");
    valid("20 00 20 01 37 03 00 3f 00 40 00 0b");
    valid("41 00 41 00 41 00 fc 08 00 00 fc 09 00 41 00 0b");
    valid("41 00 41 00 41 00 fc 0a 00 00 41 00 41 00 41 00 fc 0b 00 41 00 0b");
    invalid("alignment must not be larger than natural: 2**3", "20 00 28 03 00 0b");
    invalid("offset out of range: 4294967296", "20 00 28 02 80 80 80 80 10 0b");
    valid("20 00 28 42 00 00 0b");
    invalid("unknown memory 1", "3f 01 0b");
    invalid("type mismatch: expected i32, found i64", "20 01 28 02 00 0b");
    invalid("unknown data segment 1: there are 1", "fc 09 01 41 00 0b");
  }

  @Test
  void dataSegmentsNeedTheirCount() {
    byte[] code = TestModule.hex("00 fc 09 00 0b");
    TestModule module =
        TestModule.empty()
            .type("60 00 00")
            .function(0)
            .section(SectionId.CODE, "01 05" + HexFormat.of().formatHex(code))
            .section(SectionId.DATA, "01 01 00");
    refused(MalformedException.class, "data count section required", module, Features.DEFAULT);
  }

  @Test
  void tables() {
    valid("41 00 25 00 1a 41 00 41 00 25 01 26 01 41 00 0b");
    valid("d0 70 41 01 fc 0f 00 fc 10 00 6a 0b");
    valid("41 00 d0 6f 41 01 fc 11 01 41 00 0b");
    valid("41 00 41 00 41 00 fc 0c 00 00 fc 0d 00 41 00 0b");
    valid("41 00 41 00 41 00 fc 0e 01 01 41 00 0b");
    invalid("unknown table 2", "41 00 25 02 0b");
    invalid("unknown elem segment 1", "fc 0d 01 41 00 0b");
    invalid("type mismatch: expected externref, found funcref", "fc 0e 01 00 41 00 0b");
    invalid("type mismatch: expected externref, found (ref func)", "fc 0c 00 01 41 00 0b");
    invalid("type mismatch: expected externref, found (ref 0)", "41 00 d2 00 26 01 41 00 0b");
  }

  @Test
  void references() {
    valid("d2 00 d1 0b");
    valid("d0 6f d1 0b");
    invalid("undeclared function reference 1", "d2 01 d1 0b");
    invalid("unknown function 2", "d2 02 d1 0b");
    invalid("type mismatch: expected a reference, found i32", "41 00 d1 0b");
    invalid("GC not enabled: type anyref", "d0 6e d1 0b");
    valid("d0 00 d1 0b");
    invalid("unknown type 3", "d0 03 d1 0b");
  }

  @Test
  void vectors() {
    valid("20 00 fd 11 fd 4d fd 53 0b"); // i32x4.splat, v128.not, v128.any_true
    valid("20 00 fd 11 fd 1b 03 0b");
    valid("20 00 fd 00 04 00 fd 1b 03 0b");
    invalid("invalid lane index 4: i32x4.extract_lane has 4", "20 00 fd 11 fd 1b 04 0b");
    invalid("invalid lane index 2", "20 00 20 00 fd 11 fd 57 00 00 02 fd 53 0b");
    invalid(
        "invalid lane index 32",
        "20 00 fd 11 20 00 fd 11 fd 0d 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 20 fd 53 0b");
    invalid("alignment must not be larger", "20 00 fd 00 05 00 fd 53 0b");
    invalid("type mismatch: expected v128, found i32", "20 00 fd 53 0b");
  }

  /** Each fixed signature is accepted as it is and refused with one operand less. */
  @Test
  void everyNumericAndVectorOperator() {
    int count = 0;
    for (Operator operator : Operator.values()) {
      if (operator.family() == Family.NUMERIC || operator.family() == Family.VECTOR) {
        ModuleReader.read(applied(operator, 0).bytes(), ALL);
        count++;
        if (operator.paramCount() > 0) {
          byte[] lacking = applied(operator, 1).bytes();
          assertThrows(ValidationException.class, () -> ModuleReader.read(lacking, ALL));
        }
      }
    }
    assertEquals(
        4 + 123 + 5 + 8 + 4 + 236 + 20,
        count,
        "constants, plain, sign extension, saturating, wide, vector, relaxed vector");
  }

  private static TestModule applied(Operator operator, int missing) {
    BinaryWriter code = new BinaryWriter();
    for (int i = missing; i < operator.paramCount(); i++) {
      zero(code, operator.param(i));
    }
    code.operator(operator);
    switch (operator.immediate()) {
      case MEMARG -> code.u8(0).u8(0);
      case MEMARG_LANE -> code.u8(0).u8(0).u8(0);
      case LANE_INDEX, I32, I64 -> code.u8(0);
      case F32 -> code.fixed32(0);
      case F64 -> code.fixed64(0);
      case V128, LANE_INDICES -> code.fixed64(0).fixed64(0);
      default -> {}
    }
    for (int i = 0; i < operator.resultCount(); i++) {
      code.operator(Operator.DROP);
    }
    code.operator(Operator.END);
    return TestModule.empty()
        .type("60 00 00")
        .function(0)
        .section(SectionId.MEMORY, "01 00 01")
        .body(code);
  }

  private static void zero(BinaryWriter code, int type) {
    switch (type) {
      case TypeCode.I32, TypeCode.ADDRESS -> code.operator(Operator.I32_CONST).u8(0);
      case TypeCode.I64 -> code.operator(Operator.I64_CONST).u8(0);
      case TypeCode.F32 -> code.operator(Operator.F32_CONST).fixed32(0);
      case TypeCode.F64 -> code.operator(Operator.F64_CONST).fixed64(0);
      default -> code.operator(Operator.V128_CONST).fixed64(0).fixed64(0);
    }
  }

  @Test
  void featuresThatAreOff() {
    Object[][] cases = {
      {Feature.SIMD, "SIMD not enabled: i32x4.splat", "20 00 fd 11 fd 53 0b"},
      {Feature.MULTI_MEMORY, "multi-memory not enabled: i32.load", "20 00 28 42 00 00 0b"},
      {
        Feature.FUNCTION_REFERENCES,
        "function references not enabled: type (ref null 0)",
        "d0 00 d1 0b"
      },
      {Feature.SIGN_EXTENSION, "sign extension not enabled", "20 00 c0 0b"},
      {
        Feature.SATURATING_FLOAT_TO_INT,
        "saturating float-to-int conversion not enabled: i32.trunc_sat_f32_s",
        "43 00 00 00 00 fc 00 0b"
      },
    };
    for (Object[] one : cases) {
      Features features = Features.DEFAULT.without((Feature) one[0]);
      refused(ValidationException.class, (String) one[1], module((String) one[2]), features);
    }
  }

  @Test
  void sizes() {
    byte[] bytes = module("02 40 02 40 0b 0b 41 01 41 02 41 03 1a 1a 0b").bytes();
    ModuleLimits limits = ModuleLimits.DEFAULT;
    WasmModule module = ModuleDecoder.decode(bytes, limits);
    ModuleValidator validator = new ModuleValidator(module, Features.DEFAULT, limits);
    validator.checkDeclarations();
    FunctionValidator functions = validator.functionValidator();
    functions.validate(1);
    assertEquals(3, functions.maxOperands());
    assertEquals(3, functions.maxNesting());
    functions.validate(0);
    assertEquals(0, functions.maxOperands());
    assertEquals(1, functions.maxNesting());
  }

  @Test
  void limitsOfStacks() {
    byte[] bytes = module("02 40 02 40 0b 0b 41 01 41 02 41 03 1a 1a 0b").bytes();
    for (ModuleLimit limit : new ModuleLimit[] {ModuleLimit.NESTING, ModuleLimit.OPERANDS}) {
      ModuleLimits three = ModuleLimits.DEFAULT.with(limit, 3);
      WasmModule module = ModuleDecoder.decode(bytes, three);
      new ModuleValidator(module, Features.DEFAULT, three).validate();
      ModuleLimits two = ModuleLimits.DEFAULT.with(limit, 2);
      assertThrows(
          ResourceLimitException.class,
          () -> new ModuleValidator(module, Features.DEFAULT, two).validate());
    }
  }
}
