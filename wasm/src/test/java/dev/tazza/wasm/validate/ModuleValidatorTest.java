package dev.tazza.wasm.validate;

import static dev.tazza.wasm.validate.ValidationAssertions.invalid;
import static dev.tazza.wasm.validate.ValidationAssertions.refused;
import static dev.tazza.wasm.validate.ValidationAssertions.valid;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.binary.ModuleDecoder;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.binary.SectionId;
import dev.tazza.wasm.binary.TestModule;
import dev.tazza.wasm.operator.Operator;
import org.junit.jupiter.api.Test;

class ModuleValidatorTest {

  private static TestModule module() {
    return TestModule.empty();
  }

  private static TestModule memory(String entry) {
    return module().section(SectionId.MEMORY, "01" + entry);
  }

  private static TestModule table(String entry) {
    return module().section(SectionId.TABLE, "01" + entry);
  }

  private static TestModule global(String entry) {
    return module().section(SectionId.GLOBAL, "01" + entry);
  }

  private static void without(Feature feature, String message, TestModule module) {
    valid(module);
    refused(ValidationException.class, message, module, Features.DEFAULT.without(feature));
  }

  @Test
  void memories() {
    valid(memory("01 00 80 80 04"));
    invalid("memory size must be at most 65536, not 65537", memory("00 81 80 04"));
    invalid("memory size must be at most 65536", memory("01 00 81 80 04"));
    invalid("size minimum must not be greater than maximum", memory("01 02 01"));
    without(Feature.MEMORY64, "memory64 not enabled: memory 0", memory("04 00"));
    invalid("threads not enabled: shared memory 0", memory("03 00 01"));
    TestModule two = module().section(SectionId.MEMORY, "02 00 00 00 00");
    valid(two);
    without(Feature.MULTI_MEMORY, "multiple memories: multi-memory not enabled", two);
    Features threads = Features.DEFAULT.with(Feature.THREADS);
    ModuleReader.read(memory("03 00 01").bytes(), threads);
    refused(ValidationException.class, "shared memory must have maximum", memory("02 00"), threads);
  }

  @Test
  void tables() {
    valid(table("70 01 00 ff ff ff ff 0f"));
    invalid("table size must be at most 4294967295", table("70 00 80 80 80 80 10"));
    invalid("size minimum must not be greater", table("70 01 05 04"));
    invalid("type mismatch: elements of type (ref func) have no default", table("64 70 00 00"));
    refused(
        ValidationException.class,
        "function references not enabled: type (ref func)",
        table("64 70 00 00"),
        Features.DEFAULT.without(Feature.FUNCTION_REFERENCES));
    without(Feature.REFERENCE_TYPES, "reference types not enabled", table("6f 00 00"));
    ModuleReader.read(table("70 00 00").bytes(), Features.NONE);
    without(
        Feature.REFERENCE_TYPES,
        "multiple tables: reference types not enabled",
        module().section(SectionId.TABLE, "02 70 00 00 70 00 00"));
  }

  @Test
  void typesOfFeatures() {
    without(
        Feature.MULTI_VALUE,
        "invalid result arity: multi-value not enabled: type 0",
        module().type("60 00 02 7f 7f"));
    without(Feature.SIMD, "SIMD not enabled: type v128 in type 0", module().type("60 01 7b 00"));
    without(
        Feature.FUNCTION_REFERENCES,
        "function references not enabled",
        module().type("60 01 64 00 00"));
    invalid("GC not enabled: type i31ref", module().type("60 01 6c 00"));
  }

  @Test
  void globals() {
    valid(global("7f 00 41 00 0b"));
    invalid("type mismatch: expected i32, found i64", global("7f 00 42 00 0b"));
    invalid("type mismatch: expected i32, found an empty stack", global("7f 00 0b"));
    invalid("type mismatch: 1 more operands than results", global("7f 00 41 00 41 00 0b"));
    invalid("unknown global 0", global("7f 00 23 00 0b"));
    invalid("unknown function 0", global("70 00 d2 00 0b"));
    TestModule computed = global("7f 00 41 01 41 02 6a 0b");
    without(Feature.EXTENDED_CONST, "constant expression required: extended constant", computed);
    Features extended = Features.DEFAULT;
    valid(computed);
    refused(
        ValidationException.class,
        "type mismatch: expected i32, found an empty stack",
        global("7f 00 41 01 6a 0b"),
        extended);
    refused(
        ValidationException.class,
        "type mismatch: expected i64, found i32",
        global("7e 00 42 00 41 01 7c 0b"),
        extended);
  }

  @Test
  void globalsFromGlobals() {
    String imported = "01 00 00 03 7f 00";
    valid(
        module()
            .section(SectionId.IMPORT, imported)
            .section(SectionId.GLOBAL, "01 7f 00 23 00 0b"));
    invalid(
        "constant expression required: global 0 is mutable",
        module()
            .section(SectionId.IMPORT, "01 00 00 03 7f 01")
            .section(SectionId.GLOBAL, "01 7f 00 23 00 0b"));
    TestModule own =
        module()
            .section(SectionId.IMPORT, imported)
            .section(SectionId.GLOBAL, "02 7f 00 41 00 0b 7f 00 23 01 0b");
    valid(own);
    without(Feature.EXTENDED_CONST, "unknown global 1: only 1 are imported", own);
    without(
        Feature.MUTABLE_GLOBALS,
        "mutable globals not enabled: import \"\" \"\"",
        module().section(SectionId.IMPORT, "01 00 00 03 7f 01"));
  }

  @Test
  void exports() {
    invalid("unknown function 0 in export \"a\"", module().section(7, "01 01 61 00 00"));
    invalid("unknown table 0", module().section(7, "01 01 61 01 00"));
    invalid("unknown memory 0", module().section(7, "01 01 61 02 00"));
    invalid("unknown global 5", module().section(7, "01 01 61 03 05"));
    invalid(
        "duplicate export name \"a\"", memory("00 00").section(7, "02 01 61 02 00 01 61 02 00"));
    without(
        Feature.MUTABLE_GLOBALS,
        "mutable globals not enabled: export \"a\"",
        global("7f 01 41 00 0b").section(7, "01 01 61 03 00"));
  }

  @Test
  void start() {
    TestModule good = module().type("60 00 00").function(0).section(SectionId.START, "00");
    valid(good.body(TestModule.code(Operator.END)));
    TestModule bad = module().type("60 01 7f 00").function(0).section(SectionId.START, "00");
    invalid("start function", bad.body(TestModule.code(Operator.END)));
    invalid("unknown function 3 in start section", module().section(SectionId.START, "03"));
  }

  @Test
  void elementSegments() {
    valid(table("70 00 01").section(SectionId.ELEMENT, "01 00 41 00 0b 00"));
    invalid("unknown table 0", module().section(SectionId.ELEMENT, "01 00 41 00 0b 00"));
    invalid("unknown function 4", module().section(SectionId.ELEMENT, "01 01 00 01 04"));
    invalid(
        "type mismatch: expected i32, found i64",
        table("70 00 01").section(SectionId.ELEMENT, "01 00 42 00 0b 00"));
    invalid(
        "type mismatch: elements are (ref func), the table's are externref",
        table("6f 00 01").section(SectionId.ELEMENT, "01 00 41 00 0b 00"));
    invalid(
        "type mismatch: expected funcref, found externref",
        module().section(SectionId.ELEMENT, "01 05 70 01 d0 6f 0b"));
    without(
        Feature.BULK_MEMORY,
        "bulk memory not enabled: element segment",
        module().section(SectionId.ELEMENT, "01 01 00 00"));
  }

  @Test
  void dataSegments() {
    valid(memory("00 00").section(SectionId.DATA, "01 00 41 00 0b 00"));
    invalid("unknown memory 0", module().section(SectionId.DATA, "01 00 41 00 0b 00"));
    invalid("unknown memory 1", memory("00 00").section(SectionId.DATA, "01 02 01 41 00 0b 00"));
    invalid(
        "type mismatch: expected i32, found f32",
        memory("00 00").section(SectionId.DATA, "01 00 43 00 00 00 00 0b 00"));
    without(
        Feature.BULK_MEMORY,
        "bulk memory not enabled: data segment",
        module().section(SectionId.DATA, "01 01 00"));
  }

  @Test
  void declarationsWithoutBodies() {
    byte[] bytes = TestModule.withCode(TestModule.code(Operator.I32_ADD, Operator.END));
    var module = ModuleDecoder.decode(bytes, ModuleLimits.DEFAULT);
    var validator = new ModuleValidator(module, Features.DEFAULT, ModuleLimits.DEFAULT);
    validator.checkDeclarations();
    assertThrows(ValidationException.class, () -> validator.functionValidator().validate(0));
  }
}
