package dev.tazza.wasm.binary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.ConstInstr;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.Export;
import dev.tazza.wasm.module.SegmentMode;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.ArrayType;
import dev.tazza.wasm.type.ConcreteHeapType;
import dev.tazza.wasm.type.ExternKind;
import dev.tazza.wasm.type.FieldType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.ImportType;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.PackedType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.StructType;
import dev.tazza.wasm.type.SubType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.ValType;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModuleDecoderTest {

  private static WasmModule decode(TestModule module) {
    return ModuleDecoder.decode(module.bytes(), ModuleLimits.DEFAULT);
  }

  private static TestModule module() {
    return TestModule.empty();
  }

  private static void fails(String message, TestModule module) {
    fails(MalformedException.class, message, module);
  }

  private static void fails(
      Class<? extends WasmException> type, String message, TestModule module) {
    var error = assertThrows(type, () -> decode(module), message);
    assertTrue(error.getMessage().startsWith(message), error.getMessage());
    assertTrue(error.offset() >= 0, error.getMessage());
  }

  @Test
  void header() {
    assertEquals(0, decode(module()).functionCount());
    for (String header : new String[] {"", "00", "00 61 73 6d", "00 61 73 6d 01 00 00"}) {
      var error =
          assertThrows(
              MalformedException.class,
              () -> ModuleDecoder.decode(TestModule.hex(header), ModuleLimits.DEFAULT));
      assertTrue(error.getMessage().startsWith("unexpected end (at"), error.getMessage());
    }
    var magic =
        assertThrows(
            MalformedException.class,
            () -> ModuleDecoder.decode(TestModule.hex("01 61 73 6d"), ModuleLimits.DEFAULT));
    assertEquals("magic header not detected (at offset 0x0)", magic.getMessage());
    var version =
        assertThrows(
            MalformedException.class,
            () -> ModuleDecoder.decode(TestModule.hex("0061736d 0d000000"), ModuleLimits.DEFAULT));
    assertEquals("unknown binary version (at offset 0x4)", version.getMessage());
  }

  @Test
  void sectionFraming() {
    fails("malformed section id 14", module().raw("0e 00"));
    fails("length out of bounds", module().raw("01 05 00"));
    fails("section size mismatch: 1 bytes left", module().raw("01 02 00 00"));
    fails("unexpected end of section or function", module().raw("01 01 01"));
    fails(
        "unexpected content after last section: section 1",
        module().section(SectionId.IMPORT, "00").section(SectionId.TYPE, "00"));
    fails(
        "unexpected content after last section",
        module().section(SectionId.TYPE, "00").section(SectionId.TYPE, "00"));
    fails(
        "unexpected content after last section",
        module().section(SectionId.CODE, "00").section(SectionId.DATA_COUNT, "00"));
    fails("malformed tag attribute 1", module().section(SectionId.TAG, "01 01 00"));
    byte[] component = TestModule.hex("00 61 73 6d 0d 00 01 00");
    var error =
        assertThrows(
            MalformedException.class, () -> ModuleDecoder.decode(component, ModuleLimits.DEFAULT));
    assertEquals(
        "unknown binary version: a component; Tazza runs core modules (at offset 0x4)",
        error.getMessage());
  }

  @Test
  void sectionsInOrder() {
    TestModule module = module();
    for (int id : new int[] {1, 2, 3, 4, 5, 6, 7, 9, 12, 10, 11}) {
      module.section(id, "00").section(SectionId.CUSTOM, "01 78");
    }
    assertEquals(11, decode(module).customSections().size());
  }

  @Test
  void types() {
    WasmModule module = decode(module().section(SectionId.TYPE, "02 60 02 7f 70 01 7b 60 00 00"));
    assertEquals(2, module.typeCount());
    assertEquals(
        new FuncType(List.of(ValType.I32, ValType.FUNCREF), List.of(ValType.V128)), module.type(0));
    fails("malformed type form 64", module().type("40"));
    fails("integer representation too long", module().type("e0 7f 00 00"));
    fails(
        ValidationException.class,
        "sub type: a type may have one supertype, not 2",
        module().type("50 02 00 00 60 00 00"));
    fails("malformed value type 0x6", module().type("60 01 06 00"));
    fails(
        ResourceLimitException.class,
        "too many parameters: 1001, the limit is 1000",
        module().type("60 e9 07" + "7f".repeat(1001) + "00"));
  }

  @Test
  void recursionGroups() {
    // (rec (type (sub (struct (field (mut i8) (ref null 1))))) (type (sub 0 (struct …))))
    WasmModule module =
        decode(
            module()
                .section(
                    SectionId.TYPE,
                    "02 4e 02 50 00 5f 02 78 01 63 01 00 4f 01 00 5f 02 78 01 63 01 00 5e 77 00"));
    assertEquals(3, module.typeCount());
    assertEquals(2, module.groupEnd(0));
    assertEquals(2, module.groupEnd(1));
    assertEquals(3, module.groupEnd(2));
    FieldType first = new FieldType(PackedType.I8, true);
    FieldType second = new FieldType(new RefType(true, new ConcreteHeapType(1)), false);
    StructType struct = new StructType(List.of(first, second));
    assertEquals(new SubType(false, SubType.NONE, struct), module.subType(0));
    assertEquals(new SubType(true, 0, struct), module.subType(1));
    assertEquals(new ArrayType(new FieldType(PackedType.I16, false)), module.type(2));
  }

  @Test
  void imports() {
    WasmModule module =
        decode(
            module()
                .type("60 00 00")
                .section(
                    SectionId.IMPORT,
                    "04 01 61 01 66 00 00"
                        + "01 61 01 74 01 70 01 02 03"
                        + "01 61 01 6d 02 00 01"
                        + "01 61 01 67 03 7e 01"));
    FuncType type = new FuncType(List.of(), List.of());
    TableType table = new TableType(ValType.FUNCREF, Limits.of(2, 3));
    MemoryType memory = new MemoryType(Limits.of(1));
    GlobalType global = new GlobalType(ValType.I64, true);
    assertEquals(
        List.of(
            new ImportType("a", "f", type),
            new ImportType("a", "t", table),
            new ImportType("a", "m", memory),
            new ImportType("a", "g", global)),
        module.imports());
    assertEquals(1, module.importedFunctionCount());
    assertEquals(0, module.definedFunctionCount());
    assertEquals(type, module.functionType(0));
    assertEquals(table, module.table(0));
    assertEquals(memory, module.memory(0));
    assertEquals(global, module.global(0));
    fails("malformed import kind 5", module().section(SectionId.IMPORT, "01 00 00 05 00"));
    fails(
        ValidationException.class,
        "unknown type 3",
        module().section(SectionId.IMPORT, "01 00 00 00 03"));
    fails("malformed UTF-8 encoding", module().section(SectionId.IMPORT, "01 01 ff 00 00 00"));
  }

  @Test
  void limits() {
    WasmModule module = decode(module().section(SectionId.MEMORY, "02 05 01 02 03 01 02"));
    assertEquals(new Limits(1, true, 2, true, false), module.memory(0).limits());
    assertEquals(new Limits(1, true, 2, false, true), module.memory(1).limits());
    assertEquals(
        0, decode(module().section(SectionId.MEMORY, "01 08 01 00")).memory(0).pageSizeLog2());
    fails("invalid custom page size: 2**64", module().section(SectionId.MEMORY, "01 08 01 40"));
    fails("malformed limits flags 16", module().section(SectionId.MEMORY, "01 10 00"));
    fails("malformed limits flags 8", module().section(SectionId.TABLE, "01 70 08 00"));
    fails("malformed limits flags 129", module().section(SectionId.TABLE, "01 70 81 00 00 00"));
    fails("malformed reference type", module().section(SectionId.TABLE, "01 7f 00 00"));
  }

  @Test
  void globals() {
    WasmModule module =
        decode(
            module()
                .section(
                    SectionId.GLOBAL,
                    "04 7f 00 41 2a 0b 7d 01 43 00 00 80 3f 0b 70 00 d0 70 0b 7e 00 23 00 42 02 7e"
                        + " 0b"));
    assertEquals(new GlobalType(ValType.F32, true), module.global(1));
    ConstExpr first = module.globalInit(0);
    assertEquals(List.of(new ConstInstr.I32(42)), first.instructions());
    assertEquals(3, first.end() - first.start());
    assertEquals(0x41, module.bytes()[first.start()]);
    assertEquals(List.of(new ConstInstr.F32(0x3F800000)), module.globalInit(1).instructions());
    assertEquals(List.of(new ConstInstr.RefNull(-0x10)), module.globalInit(2).instructions());
    assertEquals(
        List.of(
            new ConstInstr.GlobalGet(0),
            new ConstInstr.I64(2),
            new ConstInstr.Compute(Operator.I64_MUL)),
        module.globalInit(3).instructions());
    fails("malformed mutability 2", module().section(SectionId.GLOBAL, "01 7f 02 41 00 0b"));
    fails("unexpected end", module().section(SectionId.GLOBAL, "01 7f 00 41 00"));
    fails(
        ValidationException.class,
        "constant expression required: i32.popcnt",
        module().section(SectionId.GLOBAL, "01 7f 00 41 00 69 0b"));
  }

  @Test
  void exportsAndStart() {
    WasmModule module =
        decode(
            module()
                .type("60 00 00")
                .function(0)
                .section(SectionId.EXPORT, "02 01 66 00 00 00 03 07")
                .section(SectionId.START, "00")
                .body(TestModule.code(Operator.END)));
    assertEquals(
        List.of(new Export("f", ExternKind.FUNC, 0), new Export("", ExternKind.GLOBAL, 7)),
        module.exports());
    assertEquals(0, module.startFunction());
    assertEquals(-1, decode(module()).startFunction());
    assertTrue(module.isReferenced(0));
    assertEquals("f", module.functionName(0));
    fails("malformed export kind 5", module().section(SectionId.EXPORT, "01 00 05 00"));
  }

  @Test
  void elementSegments() {
    WasmModule module =
        decode(
            module()
                .type("60 00 00")
                .function(0, 0)
                .section(
                    SectionId.ELEMENT,
                    "08 00 41 05 0b 02 00 01"
                        + "01 00 01 01"
                        + "02 03 41 05 0b 00 00"
                        + "03 00 00"
                        + "04 41 06 0b 01 d2 01 0b"
                        + "05 6f 01 d0 6f 0b"
                        + "06 02 41 00 0b 70 00"
                        + "07 70 00")
                .section(SectionId.CODE, "02 02 00 0b 02 00 0b"));
    List<ElementSegment> segments = module.elementSegments();
    ElementSegment first = segments.get(0);
    assertEquals(SegmentMode.ACTIVE, first.mode());
    ConstExpr offset = first.tableOffset();
    assertNotNull(offset);
    assertEquals(List.of(new ConstInstr.I32(5)), offset.instructions());
    if (first.items() instanceof ElementSegment.Functions functions) {
      assertArrayEquals(new int[] {0, 1}, functions.indexes());
    }
    assertEquals(2, first.items().count());
    assertEquals(SegmentMode.PASSIVE, segments.get(1).mode());
    assertNull(segments.get(1).tableOffset());
    assertEquals(3, segments.get(2).tableIndex());
    assertEquals(SegmentMode.DECLARATIVE, segments.get(3).mode());
    assertEquals(ValType.FUNCREF, segments.get(4).type());
    assertEquals(1, segments.get(4).items().count());
    assertEquals(ValType.EXTERNREF, segments.get(5).type());
    assertEquals(2, segments.get(6).tableIndex());
    assertEquals(SegmentMode.DECLARATIVE, segments.get(7).mode());
    assertTrue(module.isReferenced(0) && module.isReferenced(1));
    fails("malformed elements segment kind 8", module().section(SectionId.ELEMENT, "01 08"));
    fails("malformed element kind 1", module().section(SectionId.ELEMENT, "01 01 01 00"));
  }

  @Test
  void code() {
    TestModule bodies = module().type("60 00 00").function(0, 0);
    WasmModule module = decode(bodies.section(SectionId.CODE, "02 02 00 0b 03 00 01 0b"));
    assertEquals(2, module.definedFunctionCount());
    assertEquals(3, module.body(1).size());
    assertEquals(module.bytes().length, module.body(1).end());
    fails("function and code section have inconsistent", module().type("60 00 00").function(0));
    fails(
        "function and code section have inconsistent",
        module().section(SectionId.CODE, "01 02 00 0b"));
    fails(ValidationException.class, "unknown type 1", module().type("60 00 00").function(1));
  }

  /** The function section is read as a whole: the place of the wrong one is found again. */
  @Test
  void functionsOfTypesThatAreNone() {
    TestModule types = module().section(SectionId.TYPE, "02 60 00 00 5f 00");
    TestModule functions = types.section(SectionId.FUNCTION, "04 00 80 00 00 01");
    var error = assertThrows(ValidationException.class, () -> decode(functions));
    assertTrue(error.getMessage().startsWith("type mismatch: type 1"), error.getMessage());
    byte[] bytes = functions.bytes();
    assertEquals(bytes.length - 1, error.offset());
    fails("unexpected end", module().type("60 00 00").section(SectionId.FUNCTION, "03 00 00 80"));
  }

  @Test
  void dataSegments() {
    WasmModule module =
        decode(
            module()
                .section(SectionId.DATA_COUNT, "03")
                .section(SectionId.DATA, "03 00 41 01 0b 02 aa bb 01 01 cc 02 01 41 00 0b 00"));
    List<DataSegment> segments = module.dataSegments();
    assertEquals(3, module.dataCount());
    assertEquals(2, segments.get(0).size());
    assertEquals((byte) 0xAA, module.bytes()[segments.get(0).start()]);
    assertEquals(SegmentMode.PASSIVE, segments.get(1).mode());
    assertEquals(1, segments.get(2).memoryIndex());
    assertEquals(-1, decode(module().section(SectionId.DATA, "01 01 00")).dataCount());
    fails("malformed data segment kind 3", module().section(SectionId.DATA, "01 03 00"));
    fails("unexpected end of section", module().section(SectionId.DATA, "01 01 01"));
    fails(
        "data count and data section have inconsistent lengths: count 1, segments 0",
        module().section(SectionId.DATA_COUNT, "01"));
  }

  @Test
  void customSections() {
    WasmModule module =
        decode(module().custom("one", new BinaryWriter().u8(7)).custom("two", new BinaryWriter()));
    assertEquals("one", module.customSections().get(0).name());
    var section = module.customSection("one");
    assertNotNull(section);
    assertEquals(7, module.bytes()[section.start()]);
    assertEquals(1, section.end() - section.start());
    assertNull(module.customSection("three"));
    fails("unexpected end", module().raw("00 00"));
    fails("malformed UTF-8 encoding", module().section(SectionId.CUSTOM, "01 80"));
  }

  @Test
  void configuredLimits() {
    byte[] bytes = module().section(SectionId.TYPE, "02 60 00 00 60 00 00").bytes();
    ModuleLimits one = ModuleLimits.DEFAULT.with(ModuleLimit.TYPES, 1);
    var error = assertThrows(ResourceLimitException.class, () -> ModuleDecoder.decode(bytes, one));
    assertEquals("too many types: 2, the limit is 1 (at offset 0xa)", error.getMessage());
    ModuleLimits small = ModuleLimits.DEFAULT.with(ModuleLimit.MODULE_BYTES, 9);
    assertThrows(ResourceLimitException.class, () -> ModuleDecoder.decode(bytes, small));
  }

  /** Every section with a count of 2^32-1 and a huge one that fits the input. */
  @Test
  void hugeCountsAreRefused() {
    for (int id : new int[] {1, 2, 3, 4, 5, 6, 7, 9, 10, 11}) {
      fails("length out of bounds", module().section(id, "ff ff ff ff 0f"));
      fails("length out of bounds", module().section(id, "ff ff ff ff 07 00 00"));
    }
  }
}
