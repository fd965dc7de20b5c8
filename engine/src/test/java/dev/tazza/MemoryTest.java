package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Java does with a memory. */
class MemoryTest {
  private static final int SIZE = 65536;

  private final Engine engine = new Engine();
  private final Store<Void> store = new Store<>(engine);
  private final Memory memory =
      Instance.instantiate(
              store, Module.compile(engine, "(module (memory (export \"m\") 1))"), List.of())
          .memory("m");

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  @Test
  void stringsComeAndGo() {
    assertEquals(10, memory.writeString(100, "Grüße, 7"));
    assertEquals("Grüße, 7", memory.readString(100, 10));
    assertEquals(7, memory.writeCString(SIZE - 7, "zerø!"));
    assertEquals("zerø!", memory.readCString(SIZE - 7));
    memory.setByte(SIZE - 1, (byte) 'x');
    IndexOutOfBoundsException open =
        assertThrows(IndexOutOfBoundsException.class, () -> memory.readCString(SIZE - 7));
    assertEquals(
        "the string at address 65529 does not end in the memory of 65536 bytes", open.getMessage());
    assertThrows(IllegalArgumentException.class, () -> memory.writeCString(0, "a\0b"));
    assertEquals("", memory.readString(SIZE, 0));
  }

  @Test
  void bytesComeAndGoWithOffsets() {
    byte[] bytes = {1, 2, 3, 4, 5, 6};
    memory.write(10, bytes, 2, 3);
    assertArrayEquals(new byte[] {0, 3, 4, 5, 0}, memory.read(9, 5));
    memory.copy(10, 11, 3);
    assertArrayEquals(new byte[] {3, 3, 4, 5}, memory.read(10, 4));
    memory.fill(11, 2, (byte) 9);
    byte[] to = new byte[6];
    memory.read(10, to, 1, 4);
    assertArrayEquals(new byte[] {0, 3, 9, 9, 5, 0}, to);
    assertEquals(9, memory.slice(11, 1).get(ValueLayout.JAVA_BYTE, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.read(0, to, 4, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.write(0, bytes, 4, 4));
  }

  @Test
  void whatIsOutsideIsNamedInTheGuestsTerms() {
    assertOutside(
        "address 65530 + 20 is outside the memory of 65536 bytes", m -> m.read(65530, 20));
    assertOutside("address 65533 + 4 is outside the memory of 65536 bytes", m -> m.getInt(65533));
    assertOutside("address 65529 + 8 is outside", m -> m.setLong(65529, 1));
    assertOutside("address 18446744073709551615 + 1 is outside", m -> m.getByte(-1));
    assertOutside("address 0 + -1 is outside", m -> m.fill(0, -1, (byte) 0));
    assertOutside("address 65536 + 1 is outside", m -> m.copy(0, SIZE, 1));
    assertOutside("address 9223372036854775807 + 2 is outside", m -> m.slice(Long.MAX_VALUE, 2));
    assertOutside("address 65535 + 2 is outside", m -> m.writeString(65535, "ab"));
    memory.copy(SIZE, SIZE, 0);
  }

  private void assertOutside(String message, Consumer<Memory> access) {
    IndexOutOfBoundsException outside =
        assertThrows(IndexOutOfBoundsException.class, () -> access.accept(memory));
    assertEquals(message, outside.getMessage().substring(0, message.length()));
  }

  @Test
  void nothingAnswersWhenTheStoreIsClosed() {
    store.close();
    assertThrows(IllegalStateException.class, memory::size);
    assertThrows(IllegalStateException.class, memory::byteSize);
    assertThrows(IllegalStateException.class, () -> memory.getInt(0));
    assertThrows(IllegalStateException.class, () -> memory.writeString(0, "x"));
  }
}
