package dev.tazza.wasm.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.binary.ModuleLimit;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.binary.SectionId;
import dev.tazza.wasm.binary.TestModule;
import dev.tazza.wasm.operator.Operator;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are: they are a module, or a {@link WasmException} says why not. */
class HostileModuleTest {

  /** A bit of everything, so that damage meets every decoder. */
  private static byte[] everything() {
    BinaryWriter names = new BinaryWriter().bytes(TestModule.hex("00 02 01 6d 01 04 01 01 01 66"));
    return TestModule.empty()
        .section(SectionId.TYPE, "03 60 00 00 60 02 7f 7e 01 7f 60 00 02 7f 7e")
        .section(
            SectionId.IMPORT,
            "03 01 61 01 66 00 01 01 61 01 67 03 7f 00 01 61 01 74 01 6f 01 01 02")
        .function(0, 1, 1)
        .section(SectionId.TABLE, "01 70 00 04")
        .section(SectionId.MEMORY, "01 01 01 02")
        .section(SectionId.GLOBAL, "02 7f 00 23 00 0b 7c 01 44 00 00 00 00 00 00 f0 3f 0b")
        .section(SectionId.EXPORT, "02 01 78 00 01 02 6d 65 02 00")
        .section(SectionId.START, "01")
        .section(SectionId.ELEMENT, "02 02 01 41 01 0b 00 02 01 02 05 6f 01 d0 6f 0b")
        .section(SectionId.DATA_COUNT, "02")
        .section(
            SectionId.CODE,
            "03 02 00 0b"
                + "1f 02 02 7f 01 7b"
                + "20 00 04 7f 03 40 20 02 0d 00 0b 20 00 28 02 04 05 41 e4 00 0b"
                + "20 01 a7 6a 0b"
                + "21 00"
                + "02 40 02 40 20 00 0e 02 00 01 00 0b 0b"
                + "20 00 20 01 20 00 11 01 01 fd 11 fd 1b 02 fc 10 01 6a 0b")
        .section(SectionId.DATA, "02 00 41 05 0b 03 61 62 63 01 00")
        .custom("name", names)
        .bytes();
  }

  private static byte[] arithmetic() {
    BinaryWriter code = new BinaryWriter();
    for (int i = 0; i < 20; i++) {
      code.operator(Operator.I32_CONST).s64(1 << i);
      code.operator(Operator.I64_CONST).s64(1L << (3 * i)).operator(Operator.I32_WRAP_I64);
      code.operator(Operator.I32_XOR).operator(Operator.DROP);
    }
    return TestModule.withCode(code.operator(Operator.END));
  }

  private static byte[] branches() {
    BinaryWriter code = new BinaryWriter();
    for (int i = 0; i < 10; i++) {
      code.operator(i % 3 == 0 ? Operator.LOOP : Operator.BLOCK).u8(0x40);
      code.operator(Operator.I32_CONST).u8(i).operator(Operator.BR_IF).u32(i / 2);
    }
    for (int i = 0; i < 10; i++) {
      code.operator(Operator.I32_CONST).u8(i).operator(Operator.BR_TABLE).u32(2).u8(0).u8(1).u8(0);
      code.operator(Operator.END);
    }
    return TestModule.withCode(code.operator(Operator.END));
  }

  private static final List<byte[]> MODULES = List.of(everything(), arithmetic(), branches());

  private static boolean accepts(byte[] bytes) {
    try {
      ModuleReader.read(bytes, Features.DEFAULT).names();
      return true;
    } catch (WasmException error) {
      assertTrue(error.getMessage() != null && !error.getMessage().isEmpty());
      return false;
    }
  }

  @Test
  void theModulesAreValid() {
    for (byte[] module : MODULES) {
      ModuleReader.read(module, Features.DEFAULT);
    }
  }

  @Test
  void everyPrefix() {
    for (byte[] module : MODULES) {
      for (int length = 0; length < module.length; length++) {
        accepts(Arrays.copyOf(module, length));
      }
    }
  }

  @Test
  void everySingleByteCorruption() {
    int accepted = 0;
    for (byte[] module : MODULES) {
      byte[] copy = module.clone();
      for (int at = 0; at < module.length; at++) {
        for (int value = 0; value < 256; value++) {
          copy[at] = (byte) value;
          accepted += accepts(copy) ? 1 : 0;
        }
        copy[at] = module[at];
      }
    }
    assertTrue(accepted > 1000, "corruptions of constants are fine: " + accepted);
  }

  @Test
  void manyByteCorruptions() {
    Random random = new Random(20);
    for (int round = 0; round < 30_000; round++) {
      byte[] copy = MODULES.get(round % MODULES.size()).clone();
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        copy[random.nextInt(8, copy.length)] = (byte) random.nextInt();
      }
      accepts(copy);
    }
  }

  @Test
  void randomBytesAsCode() {
    Random random = new Random(21);
    for (int round = 0; round < 20_000; round++) {
      byte[] code = new byte[random.nextInt(1, 60)];
      random.nextBytes(code);
      accepts(TestModule.withCode(new BinaryWriter().bytes(code)));
    }
  }

  private static byte[] nested(int depth) {
    BinaryWriter code = new BinaryWriter();
    for (int i = 0; i < depth; i++) {
      code.operator(Operator.BLOCK).u8(0x40);
    }
    for (int i = 0; i <= depth; i++) {
      code.operator(Operator.END);
    }
    return TestModule.withCode(code);
  }

  @Test
  void deepNesting() {
    int limit = ModuleLimits.DEFAULT.get(ModuleLimit.NESTING);
    assertTrue(accepts(nested(limit - 1)));
    byte[] deeper = nested(limit);
    var error =
        assertThrows(
            ResourceLimitException.class, () -> ModuleReader.read(deeper, Features.DEFAULT));
    assertTrue(error.getMessage().startsWith("too many nested blocks"), error.getMessage());
    BinaryWriter open = new BinaryWriter();
    for (int i = 0; i < 1_000_000; i++) {
      open.operator(Operator.BLOCK).u8(0x40);
    }
    byte[] neverClosed = TestModule.withCode(open);
    assertThrows(
        ResourceLimitException.class, () -> ModuleReader.read(neverClosed, Features.DEFAULT));
  }

  /** Two bytes that push a thousand operands, over and over. */
  @Test
  void operandsAreBounded() {
    BinaryWriter code = new BinaryWriter();
    for (int i = 0; i < 100_000; i++) {
      code.operator(Operator.CALL).u8(0);
    }
    byte[] bytes =
        TestModule.empty()
            .type("60 00 e8 07" + "7f".repeat(1000))
            .function(0)
            .body(code.operator(Operator.END))
            .bytes();
    var error =
        assertThrows(
            ResourceLimitException.class, () -> ModuleReader.read(bytes, Features.DEFAULT));
    assertTrue(error.getMessage().startsWith("too many operands"), error.getMessage());
  }

  @Test
  void hugeFunction() {
    int limit = ModuleLimits.DEFAULT.get(ModuleLimit.FUNCTION_BYTES);
    byte[] bytes = TestModule.withCode(new BinaryWriter().bytes(new byte[limit]));
    var error =
        assertThrows(
            ResourceLimitException.class, () -> ModuleReader.read(bytes, Features.DEFAULT));
    assertTrue(error.getMessage().startsWith("too many bytes in a function"), error.getMessage());
  }

  /** Counts that the input could hold, were every element one byte, but does not. */
  @Test
  void countsThatPromiseTooMuch() {
    byte[] zeros = new byte[4_000_000];
    for (int id : new int[] {1, 2, 4, 6, 7, 9}) {
      BinaryWriter section = new BinaryWriter().u32(900_000).bytes(zeros);
      byte[] bytes = new BinaryWriter().header().section(id, section).toByteArray();
      accepts(bytes);
    }
  }

  @Test
  void longNamesMakeShortMessages() {
    String name = "n".repeat(1_000_000);
    BinaryWriter exports = new BinaryWriter().u32(1).name(name).u8(0).u8(9);
    byte[] bytes = new BinaryWriter().header().section(SectionId.EXPORT, exports).toByteArray();
    var error = assertThrows(WasmException.class, () -> ModuleReader.read(bytes, Features.DEFAULT));
    assertTrue(error.getMessage().length() < 500);
  }

  @Test
  void emptyInput() {
    var error =
        assertThrows(
            MalformedException.class,
            () -> ModuleReader.readBinary(new byte[0], Features.DEFAULT, ModuleLimits.DEFAULT));
    assertEquals(0, error.offset());
  }
}
