package dev.tazza.wasm.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;
import dev.tazza.wasm.type.ValType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OperatorReaderTest {

  private static OperatorReader at(String hex) {
    byte[] bytes = TestModule.hex(hex);
    OperatorReader in = new OperatorReader(bytes);
    in.reset(0, bytes.length);
    return in;
  }

  private static OperatorReader read(Operator expected, String hex) {
    OperatorReader in = at(hex);
    assertEquals(expected, in.next());
    assertEquals(0, in.remaining());
    assertEquals(0, in.operatorOffset());
    return in;
  }

  private static void fails(String message, String hex) {
    OperatorReader in = at(hex);
    var error = assertThrows(MalformedException.class, in::next);
    assertTrue(error.getMessage().startsWith(message), error.getMessage());
  }

  @Test
  void blockTypes() {
    OperatorReader in = read(Operator.BLOCK, "02 40");
    assertEquals(-1, in.blockTypeIndex());
    assertEquals(TypeCode.UNKNOWN, in.blockResult());
    in = read(Operator.LOOP, "03 7e");
    assertEquals(-1, in.blockTypeIndex());
    assertEquals(TypeCode.I64, in.blockResult());
    assertEquals(TypeCode.EXTERNREF, read(Operator.IF, "04 6f").blockResult());
    assertEquals(0x45, read(Operator.BLOCK, "02 c5 00").blockTypeIndex());
    fails("malformed value type", "02 41");
    fails("malformed block type", "02 c0 7f");
  }

  @Test
  void indexes() {
    OperatorReader in = read(Operator.CALL_INDIRECT, "11 85 01 07");
    assertEquals(0x85, in.typeIndex());
    assertEquals(7, in.secondTableIndex());
    in = read(Operator.TABLE_COPY, "fc 0e 03 04");
    assertEquals(3, in.tableIndex());
    assertEquals(4, in.secondTableIndex());
    in = read(Operator.MEMORY_INIT, "fc 08 09 00");
    assertEquals(9, in.dataIndex());
    assertEquals(0, in.secondMemoryIndex());
    in = read(Operator.BR_TABLE, "0e 03 00 02 01 05");
    assertEquals(3, in.labelCount());
    assertEquals(2, in.label(1));
    assertEquals(5, in.label());
    assertEquals(-0x10, read(Operator.REF_NULL, "d0 70").heapTypeCode());
    in = read(Operator.SELECT_TYPED, "1c 01 7d");
    assertEquals(1, in.selectTypeCount());
    assertEquals(TypeCode.F32, in.selectType(0));
  }

  @Test
  void memoryArguments() {
    OperatorReader in = read(Operator.I64_LOAD, "29 03 ff ff ff ff 1f");
    assertEquals(3, in.alignLog2());
    assertEquals(0x1_FFFF_FFFFL, in.memoryOffset());
    assertEquals(0, in.memoryIndex());
    assertFalse(in.hasExplicitMemory());
    in = read(Operator.V128_STORE8_LANE, "fd 58 40 02 05 0f");
    assertTrue(in.hasExplicitMemory());
    assertEquals(2, in.memoryIndex());
    assertEquals(5, in.memoryOffset());
    assertEquals(15, in.lane());
    fails("malformed memop flags", "28 80 01 00");
  }

  @Test
  void constants() {
    assertEquals(-2, read(Operator.I32_CONST, "41 7e").i32());
    assertEquals(
        Long.MIN_VALUE, read(Operator.I64_CONST, "42 80 80 80 80 80 80 80 80 80 7f").i64());
    assertEquals(0x7FA00001, read(Operator.F32_CONST, "43 01 00 a0 7f").f32Bits());
    assertEquals(1L << 63, read(Operator.F64_CONST, "44 00 00 00 00 00 00 00 80").f64Bits());
    OperatorReader in =
        read(Operator.V128_CONST, "fd 0c 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f");
    assertEquals(0x0706050403020100L, in.v128Low());
    assertEquals(0x0F0E0D0C0B0A0908L, in.v128High());
    in = read(Operator.I8X16_SHUFFLE, "fd 0d 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 1f");
    assertEquals(7, in.lane(7));
    assertEquals(31, in.lane(15));
  }

  @Test
  void opcodesThatDoNotExist() {
    fails("illegal opcode ff", "ff");
    fails("illegal opcode 16", "16");
    fails("illegal opcode fb 1f", "fb 1f");
    fails("illegal opcode fc 12", "fc 12");
    fails("illegal opcode fe 04", "fe 04");
    fails("malformed atomic.fence", "fe 03 01");
    fails("malformed catch clause 04", "1f 40 01 04 00");
    fails("malformed br_on_cast flags 04", "fb 18 04 00 70 70");
    fails("illegal opcode fd 9a", "fd 9a 01");
    fails("illegal opcode fd ffffffff", "fd ff ff ff ff 0f");
    fails("unexpected end", "fd");
    fails("unexpected end", "43 00 00 00");
  }

  @Test
  void hugeLabelCountIsRefusedBeforeAllocating() {
    fails("length out of bounds", "0e ff ff ff ff 0f 00");
    fails("length out of bounds", "1c ff ff ff ff 07 7f");
  }

  private static WasmModule withLocals(String locals) {
    byte[] bytes =
        TestModule.empty()
            .type(new ValType[] {ValType.I32, ValType.I64})
            .function(0)
            .bodyWithLocals(locals, TestModule.code(Operator.END))
            .bytes();
    return ModuleDecoder.decode(bytes, ModuleLimits.DEFAULT);
  }

  private static OperatorReader open(String locals) {
    WasmModule module = withLocals(locals);
    OperatorReader in = new OperatorReader(module.bytes());
    in.openBody(module, module.body(0));
    return in;
  }

  @Test
  void localsFollowParameters() {
    OperatorReader in = open("03 02 7d 00 7f 64 70");
    assertEquals(2 + 2 + 100, in.localCount());
    assertEquals(TypeCode.I64, in.localType(1));
    assertEquals(TypeCode.F32, in.localType(3));
    assertEquals(TypeCode.FUNCREF, in.localType(103));
    assertEquals(Operator.END, in.next());
    assertEquals(OperatorReader.MAX_LOCALS, open("01 ce 86 03 7f").localCount());
  }

  @Test
  void tooManyLocals() {
    assertThrows(ResourceLimitException.class, () -> open("01 cf 86 03 7f"));
    assertThrows(ResourceLimitException.class, () -> open("01 ff ff ff ff 0f 7f"));
    var error = assertThrows(MalformedException.class, () -> open("02 ff ff ff ff 0f 7f 01 7f"));
    assertTrue(error.getMessage().startsWith("too many locals"));
  }

  @Test
  void landmarks() {
    String body =
        "02 40 20 81 01 28 02 04 28 02 84 01 28 42 05 06 28 82 00 07 28 c2 00 01 05 36 02 8b 05"
            + "41 8b 05 42 ff 0b 43 0b 0b 0b 0b 44 05 05 05 05 05 05 05 05 23 0b 24 05 0d 0b"
            + "03 40 22 05 21 85 01 0c 0b 0b 0e 01 0b 0b 1c 01 7f fc 0a 0b 0b 10 0b 11 0b 0b"
            + "6a 3f 00 04 7f 05 0b 0b";
    Set<Operator> landmarks =
        EnumSet.of(
            Operator.BLOCK,
            Operator.LOOP,
            Operator.IF,
            Operator.ELSE,
            Operator.END,
            Operator.LOCAL_SET,
            Operator.LOCAL_TEE);
    List<String> expected = new ArrayList<>();
    List<String> actual = new ArrayList<>();
    for (OperatorReader in = at(body); in.remaining() > 0; ) {
      Operator operator = in.next();
      if (landmarks.contains(operator)) {
        expected.add(operator + " at " + in.operatorOffset());
      }
    }
    for (OperatorReader in = at(body); in.remaining() > 0; ) {
      Operator operator = in.nextLandmark();
      if (landmarks.contains(operator)) {
        actual.add(operator + " at " + in.operatorOffset());
      }
    }

    assertEquals(9, expected.size());
    assertEquals(expected, actual);
  }
}
