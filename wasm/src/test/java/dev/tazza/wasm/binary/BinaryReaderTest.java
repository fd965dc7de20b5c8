package dev.tazza.wasm.binary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.type.TypeCode;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class BinaryReaderTest {

  private static BinaryReader reader(String hex) {
    byte[] bytes = TestModule.hex(hex);
    return new BinaryReader(bytes, 0, bytes.length);
  }

  private static <T> void reads(T expected, String hex, Function<BinaryReader, T> read) {
    BinaryReader in = reader(hex);
    assertEquals(expected, read.apply(in), hex);
    assertEquals(0, in.remaining(), hex);
  }

  private static void fails(String message, String hex, Function<BinaryReader, ?> read) {
    BinaryReader in = reader(hex);
    var error = assertThrows(MalformedException.class, () -> read.apply(in), hex);
    assertTrue(error.getMessage().startsWith(message), hex + ": " + error.getMessage());
  }

  @Test
  void unsigned32() {
    reads(0, "00", BinaryReader::u32);
    reads(0, "80 80 80 80 00", BinaryReader::u32);
    reads(127, "7f", BinaryReader::u32);
    reads(128, "80 01", BinaryReader::u32);
    reads(-1, "ff ff ff ff 0f", BinaryReader::u32);
    fails("integer too large", "ff ff ff ff 1f", BinaryReader::u32);
    fails("integer too large", "80 80 80 80 70", BinaryReader::u32);
    fails("integer representation too long", "80 80 80 80 80 00", BinaryReader::u32);
    fails("unexpected end of section", "80 80", BinaryReader::u32);
    fails("unexpected end of section", "", BinaryReader::u32);
    reads(Integer.MAX_VALUE, "ff ff ff ff 0f", BinaryReader::index);
  }

  @Test
  void indexesInARow() {
    BinaryReader in = reader("00 7f 80 01 ff 7f ff ff 7f ff ff ff ff 0f 80 00 05");
    int[] indexes = new int[8];
    in.indexes(indexes);
    assertArrayEquals(new int[] {0, 127, 128, 0x3fff, 0x1fffff, Integer.MAX_VALUE, 0, 5}, indexes);
    assertEquals(0, in.remaining());
    for (String tooShort : new String[] {"", "00", "00 80", "00 80 80"}) {
      fails(
          "unexpected end of section",
          tooShort,
          reader -> {
            reader.indexes(new int[2]);
            return reader;
          });
    }
    fails(
        "integer representation too long",
        "80 80 80 80 80 00",
        reader -> {
          reader.indexes(new int[1]);
          return reader;
        });
  }

  @Test
  void signed32() {
    reads(-1, "7f", BinaryReader::s32);
    reads(-64, "40", BinaryReader::s32);
    reads(64, "c0 00", BinaryReader::s32);
    reads(Integer.MIN_VALUE, "80 80 80 80 78", BinaryReader::s32);
    reads(Integer.MAX_VALUE, "ff ff ff ff 07", BinaryReader::s32);
    fails("integer too large", "80 80 80 80 70", BinaryReader::s32);
    fails("integer too large", "ff ff ff ff 0f", BinaryReader::s32);
    fails("integer too large", "ff ff ff ff 4f", BinaryReader::s32);
    fails("integer representation too long", "ff ff ff ff ff 7f", BinaryReader::s32);
  }

  @Test
  void signed33() {
    reads(-64L, "40", BinaryReader::s33);
    reads(0xFFFFFFFFL, "ff ff ff ff 0f", BinaryReader::s33);
    reads(-1L << 32, "80 80 80 80 70", BinaryReader::s33);
    fails("integer too large", "80 80 80 80 60", BinaryReader::s33);
    fails("integer too large", "ff ff ff ff 1f", BinaryReader::s33);
  }

  @Test
  void numbersOf64Bits() {
    reads(-1L, "ff ff ff ff ff ff ff ff ff 01", BinaryReader::u64);
    fails("integer too large", "ff ff ff ff ff ff ff ff ff 02", BinaryReader::u64);
    fails("integer representation too long", "80 80 80 80 80 80 80 80 80 80 00", BinaryReader::u64);
    reads(Long.MIN_VALUE, "80 80 80 80 80 80 80 80 80 7f", BinaryReader::s64);
    reads(Long.MAX_VALUE, "ff ff ff ff ff ff ff ff ff 00", BinaryReader::s64);
    fails("integer too large", "ff ff ff ff ff ff ff ff ff 01", BinaryReader::s64);
    fails("integer too large", "80 80 80 80 80 80 80 80 80 7e", BinaryReader::s64);
    fails("integer representation too long", "ff ff ff ff ff ff ff ff ff ff 7f", BinaryReader::s64);
  }

  @Test
  void whatIsWrittenIsRead() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      byte[] bytes =
          new BinaryWriter()
              .u32((int) value)
              .u64(value)
              .s64((int) value)
              .s64(value)
              .fixed32((int) value)
              .fixed64(value)
              .toByteArray();
      BinaryReader in = new BinaryReader(bytes, 0, bytes.length);
      assertEquals((int) value, in.u32());
      assertEquals(value, in.u64());
      assertEquals((int) value, in.s32());
      assertEquals(value, in.s64());
      assertEquals((int) value, in.fixed32());
      assertEquals(value, in.fixed64());
      assertEquals(0, in.remaining());
    }
  }

  @Test
  void names() {
    reads("", "00", BinaryReader::name);
    reads("abc", "03 61 62 63", BinaryReader::name);
    reads("é€😀", "09 c3a9 e282ac f09f9880", BinaryReader::name);
    fails("malformed UTF-8 encoding", "02 c0 80", BinaryReader::name); // overlong
    fails("malformed UTF-8 encoding", "03 ed a0 80", BinaryReader::name); // surrogate
    fails("malformed UTF-8 encoding", "04 f4 90 80 80", BinaryReader::name); // above U+10FFFF
    fails("malformed UTF-8 encoding", "02 61 c3", BinaryReader::name);
    fails("unexpected end", "04 61 62 63", BinaryReader::name); // the prefix counts as a byte
    fails("length out of bounds", "05 61 62 63", BinaryReader::name);
    fails("length out of bounds", "ff ff ff ff 0f 61", BinaryReader::name);
  }

  @Test
  void types() {
    reads(TypeCode.I32, "7f", BinaryReader::valType);
    reads(TypeCode.V128, "7b", BinaryReader::valType);
    reads(TypeCode.FUNCREF, "70", BinaryReader::valType);
    reads(TypeCode.FUNCREF, "63 70", BinaryReader::refType);
    reads(TypeCode.reference(false, 5), "64 05", BinaryReader::refType);
    fails("malformed value type", "7a", BinaryReader::valType);
    fails("malformed value type", "40", BinaryReader::valType);
    fails("malformed value type", "ff", BinaryReader::valType);
    fails("malformed reference type", "7f", BinaryReader::refType);
    fails("malformed heap type", "64 41", BinaryReader::refType);
  }
}
