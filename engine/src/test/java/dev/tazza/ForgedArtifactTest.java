package dev.tazza;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.ArtifactException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Artifacts with wrong contents and right checksums, as a bug in their writer would make them. */
class ForgedArtifactTest {
  private static final Engine ENGINE = new Engine();

  /** Has an import, calls that are inlined into each other, traps, and functions that are not. */
  private static final String TEXT =
      """
      (module
        (import "env" "f" (func $imported (param i32)))
        (memory 1)
        (data (i32.const 8) "\\2a")
        (table funcref (elem $load $trap))
        (global (mut i32) (i32.const 7))
        (func $load (param i32) (result i32) (i32.load8_u (local.get 0)))
        (func $twice (param i32) (result i32)
          (i32.add (call $load (local.get 0)) (call $load (local.get 0))))
        (func $trap (param i32) (result i32)
          (if (local.get 0) (then (call $imported (local.get 0))))
          (i32.div_u (i32.const 1) (i32.const 0)))
        (func (export "run") (param i32) (result i32)
          (i32.add (call $twice (local.get 0)) (call $twice (i32.const 4))))
        (func (export "trap") (param i32) (result i32) (call $trap (local.get 0))))
      """;

  private static byte[] artifact = {};

  @BeforeAll
  static void compile() {
    try (Module module = Module.compile(ENGINE, TEXT)) {
      artifact = module.serialize();
    }
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** A section's contents in a file, found without the classes under test. */
  private static ByteBuffer section(ByteBuffer file, String name) {
    ByteBuffer header = header(file, name);
    return file.slice((int) header.getLong(24), (int) header.getLong(32))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  static ByteBuffer header(ByteBuffer file, String name) {
    int table = (int) file.getLong(40);
    int names = (int) file.getLong(table + 64 * file.getShort(62) + 24);
    for (int i = 1; i < file.getShort(60); i++) {
      int at = names + file.getInt(table + 64 * i);
      byte[] found = new byte[name.length() + 1];
      file.get(at, found);
      if (new String(found, US_ASCII).equals(name + "\0")) {
        return file.slice(table + 64 * i, 64).order(ByteOrder.LITTLE_ENDIAN);
      }
    }
    throw new AssertionError("no section " + name);
  }

  /** The artifact with some change, and checksums that fit. */
  private static byte[] forged(Consumer<ByteBuffer> change) {
    byte[] bytes = artifact.clone();
    change.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    writeChecksums(bytes, artifact);
    return bytes;
  }

  /** Gives a file the right checksums; {@code like} is the one that it was made of. */
  static void writeChecksums(byte[] bytes, byte[] like) {
    ByteBuffer file = ByteBuffer.wrap(like).order(ByteOrder.LITTLE_ENDIAN);
    int tables = (int) header(file, ".tazza.wasm").getLong(24);
    int text = (int) header(file, ".text").getLong(24);
    int start = (int) header(file, ".tazza.info").getLong(24);
    ByteBuffer info = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    info.putInt(start + 24, 0);
    info.putInt(start + 28, checksum(bytes, tables, text));
    info.putInt(start + 32, checksum(bytes, text, bytes.length));
    info.putInt(start + 24, checksum(bytes, 0, tables));
  }

  private static int checksum(byte[] bytes, int from, int to) {
    CRC32 checksum = new CRC32();
    checksum.update(bytes, from, to - from);
    return (int) checksum.getValue();
  }

  private static byte[] forged(String section, int column, int columns, int row, int value) {
    return forged(file -> {
      ByteBuffer content = section(file, section);
      int rows = content.capacity() / (4 * columns);
      assertTrue(row < rows, section + " has " + rows + " rows");
      content.putInt(4 * (column * rows + row), value);
    });
  }

  private static void assertRefused(byte[] forged) {
    ArtifactException e =
        assertThrows(
            ArtifactException.class,
            () -> {
              try (Module module = Module.deserialize(ENGINE, forged)) {
                module.compiled().tables();
              }
            });
    assertTrue(e.getMessage().contains("artifact"), e.getMessage());
  }

  private static void assertSays(String message, byte[] forged) {
    ArtifactException e =
        assertThrows(ArtifactException.class, () -> Module.deserialize(ENGINE, forged));
    assertEquals(message, e.getMessage());
  }

  private static Object run(byte[] file, String function, int argument) {
    try (Module module = Module.deserialize(ENGINE, file);
        Store<Void> store = new Store<>(ENGINE)) {
      Linker<Void> linker = new Linker<>(ENGINE);
      linker.func("env", "f", IntConsumer.class, value -> {});
      return linker.instantiate(store, module).func(function).call(argument)[0];
    }
  }

  @Test
  void unchangedOnesRun() {
    byte[] same = forged(file -> {});
    assertEquals(0, run(same, "run", 4));
    assertEquals(2 * 0x2a, run(same, "run", 8));
    Trap trap = assertThrows(Trap.class, () -> run(same, "trap", 1));
    assertTrue(trap.getMessage().contains("integer divide by zero"));
  }

  /** The rows that the module has are enough for what is changed below. */
  @ParameterizedTest
  @CsvSource({
    // section, column, columns, row, value
    ".tazza.functions, 0, 1, 0, -2",
    ".tazza.functions, 0, 1, 4, 0x7fffffff",
    ".tazza.functions, 0, 1, 4, -1",
    ".tazza.tramp, 0, 2, 1, -2",
    ".tazza.tramp, 0, 2, 0, 0x100000",
    ".tazza.tramp, 1, 2, 0, -2147483648",
    ".tazza.refs, 0, 1, 0, -1",
    ".tazza.refs, 0, 1, 1, 0",
    ".tazza.refs, 0, 1, 1, 0x7fffffff",
    ".tazza.symbols, 0, 5, 0, 6",
    ".tazza.symbols, 0, 5, 0, -2",
    ".tazza.symbols, 1, 5, 1, 0",
    ".tazza.symbols, 1, 5, 1, -16",
    ".tazza.symbols, 2, 5, 0, -1",
    ".tazza.symbols, 2, 5, 1, 0x7fffffff",
    ".tazza.traps, 0, 2, 0, -1",
    ".tazza.traps, 0, 2, 1, 0",
    ".tazza.traps, 0, 2, 1, 0x7fffffff",
    ".tazza.traps, 1, 2, 0, 0",
    ".tazza.traps, 1, 2, 0, 100",
    ".tazza.addrmap, 0, 2, 0, -1",
    ".tazza.addrmap, 0, 2, 1, 0",
    ".tazza.addrmap, 0, 2, 3, 0x7fffffff",
    ".tazza.addrmap, 1, 2, 0, -2",
    ".tazza.inlined, 0, 4, 1, 0",
    ".tazza.inlined, 0, 4, 0, -5",
    ".tazza.inlined, 1, 4, 0, -2",
    ".tazza.inlined, 2, 4, 0, 0",
    ".tazza.inlined, 2, 4, 1, 6",
    ".tazza.inlined, 3, 4, 0, -3",
    ".tazza.inlined, 3, 4, 0, 0x7fffffff",
  })
  void valuesThatCannotBeAreRefused(
      String section, int column, int columns, int row, String value) {
    assertRefused(forged(section, column, columns, row, Integer.decode(value)));
  }

  @Test
  void callsThatAreInlinedInThemselvesAreRefused() {
    ByteBuffer content =
        section(ByteBuffer.wrap(artifact).order(ByteOrder.LITTLE_ENDIAN), ".tazza.inlined");
    int rows = content.capacity() / 16;
    for (int i = 0; i < rows; i++) {
      assertRefused(forged(".tazza.inlined", 3, 4, i, content.getInt(4 * i)));
      assertRefused(forged(".tazza.inlined", 3, 4, i, content.getInt(4 * i) + 1));
    }
  }

  @Test
  void tablesOfOddLengthsAreRefused() {
    for (String section :
        new String[] {
          ".tazza.functions",
          ".tazza.tramp",
          ".tazza.symbols",
          ".tazza.traps",
          ".tazza.addrmap",
          ".tazza.inlined"
        }) {
      for (int less = 1; less <= 4; less++) {
        int by = less;
        assertRefused(
            forged(file -> {
              ByteBuffer header = header(file, section);
              header.putLong(32, header.getLong(32) - by);
            }));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    ".tazza.info",
    ".tazza.wasm",
    ".tazza.functions",
    ".tazza.tramp",
    ".tazza.refs",
    ".tazza.symbols",
    ".tazza.traps",
    ".tazza.addrmap",
    ".tazza.inlined",
    ".text"
  })
  void sectionsOutsideOfTheFileAreRefused(String section) {
    long nearlyOver = Long.MAX_VALUE - 10;
    long[] values = {-1, 1L << 30, Integer.MAX_VALUE, 1L << 32, nearlyOver, Long.MIN_VALUE};
    for (long value : values) {
      for (int field : new int[] {24, 32}) {
        byte[] changed = artifact.clone();
        ByteBuffer file = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
        header(file, section).putLong(field, value);
        assertRefused(changed);
      }
    }
  }

  @Test
  void modulesThatCannotBeReadAreRefused() {
    assertRefused(forged(file -> section(file, ".tazza.wasm").put(0, (byte) 1)));
    assertRefused(forged(file -> section(file, ".tazza.wasm").put(8, (byte) 99)));
    assertRefused(forged(file -> section(file, ".tazza.wasm").put(9, (byte) 0x7f)));
  }

  @Test
  void functionsThatDoNotExistAreNoReferences() {
    // The export's and the table's index stand last in their sections: all bytes are tried.
    int length =
        section(ByteBuffer.wrap(artifact).order(ByteOrder.LITTLE_ENDIAN), ".tazza.wasm").capacity();
    for (int i = 8; i < length; i++) {
      int at = i;
      byte[] changed = forged(file -> section(file, ".tazza.wasm").put(at, (byte) 0x3f));
      try (Module module = Module.deserialize(ENGINE, changed)) {
        module.compiled().tables();
      } catch (ArtifactException expected) {
        // As good.
      }
    }
  }

  @Test
  void otherOriginsAreRefused() {
    byte[] old = "0.0.7\0\0".getBytes(US_ASCII);
    assertSays(
        "the artifact was made by a Tazza (0.0.7) with another version of the layouts of memory and"
            + " files than this one (0.1.0); compile it again",
        forged(file -> section(file, ".tazza.info").putLong(0, 3).put(8, old)));
    assertSays(
        "the artifact was made by a Tazza (0.1.0) with another version of the code generator than"
            + " this one (0.1.0); compile it again",
        forged(file -> section(file, ".tazza.info").putInt(40, 3)));
    assertSays(
        "the artifact does not fit this engine: compiled with features that this engine does not"
            + " know",
        forged(file -> section(file, ".tazza.info").put(55, (byte) 1)));
    for (int size : new int[] {-1, 1 << 20, Integer.MAX_VALUE, 500}) {
      assertSays(
          "damaged artifact: its head is smaller than it can be",
          forged(file -> section(file, ".tazza.info").putInt(36, size)));
    }
    byte[] flipped = artifact.clone();
    section(ByteBuffer.wrap(flipped).order(ByteOrder.LITTLE_ENDIAN), ".tazza.info")
        .put(0, (byte) 3);
    assertSays(
        "damaged artifact: the checksum does not match, unless another version of Tazza made it",
        flipped);
    for (int field : new int[] {18, 40, 60}) { // machine, where the section table is, its length
      byte[] changed = artifact.clone();
      changed[field]++;
      assertRefused(changed);
    }
  }

  @Test
  void whatIsBehindTheTextIsRefused() {
    assertRefused(Arrays.copyOf(artifact, artifact.length + 1));
  }

  @Test
  void wrongTablesAreFoundWhenTheyAreNeeded() {
    byte[] wrong =
        forged(file -> {
          ByteBuffer traps = section(file, ".tazza.traps");
          for (int at = traps.capacity() / 2; at < traps.capacity(); at += 4) {
            traps.putInt(at, 100);
          }
        });
    assertEquals(2 * 0x2a, run(wrong, "run", 8));
    assertThrows(ArtifactException.class, () -> run(wrong, "trap", 1));
    assertEquals(2 * 0x2a, run(artifact, "run", 8));
  }
}
