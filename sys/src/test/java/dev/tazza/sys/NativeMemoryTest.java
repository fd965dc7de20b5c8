package dev.tazza.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
  private final long block = NativeHeap.allocate(64);

  @AfterEach
  void free() {
    NativeHeap.free(block);
  }

  @Test
  void valuesAreLittleEndianAtAnyAlignment() {
    NativeMemory.putLong(block + 1, 0x0807060504030201L);
    assertEquals(0x05040302, NativeMemory.getInt(block + 2));
    assertEquals(0x0403, NativeMemory.getShort(block + 3));
    assertEquals(8, NativeMemory.getByte(block + 8));
    NativeMemory.putInt(block + 3, -1);
    NativeMemory.putShort(block + 5, (short) 0);
    NativeMemory.putByte(block + 1, (byte) 9);
    assertEquals(0x08070000ffff0209L, NativeMemory.getLong(block + 1));
  }

  @Test
  void floatsKeepTheirBits() {
    NativeMemory.putInt(block, 0x7fa00001); // a signalling NaN
    assertEquals(0x7fa00001, Float.floatToRawIntBits(NativeMemory.getFloat(block)));
    NativeMemory.putFloat(block + 8, 1.5f);
    assertEquals(0x3fc00000, NativeMemory.getInt(block + 8));
    NativeMemory.putDouble(block + 3, -2.0);
    assertEquals(-2.0, NativeMemory.getDouble(block + 3));
  }

  @Test
  void copies() {
    NativeMemory.copy(new byte[] {0, 1, 2, 3, 4}, 1, block, 4);
    NativeMemory.copy(block, block + 1, 4);
    byte[] out = new byte[6];
    NativeMemory.copy(block, out, 1, 5);
    assertArrayEquals(new byte[] {0, 1, 1, 2, 3, 4}, out);
    NativeMemory.fill(block + 1, 3, (byte) 7);
    NativeMemory.copy(MemorySegment.ofArray(new byte[] {5, 6}), 1, block, 1);
    assertEquals(0x07070706, NativeMemory.getInt(block));
  }

  @Test
  void viewsEndWithTheirArena() {
    Arena arena = Arena.ofShared();
    MemorySegment view = NativeMemory.view(block, 8, arena);
    view.set(ValueLayout.JAVA_BYTE, 0, (byte) 3);
    assertEquals(3, NativeMemory.getByte(block));
    assertThrows(IndexOutOfBoundsException.class, () -> view.get(ValueLayout.JAVA_BYTE, 8));
    arena.close();
    assertThrows(IllegalStateException.class, () -> view.get(ValueLayout.JAVA_BYTE, 0));
    assertEquals(8, NativeMemory.view(block, 8).byteSize());
  }

  @Test
  void theHeapRefusesWhatItCannotGive() {
    assertEquals(0, NativeHeap.tryAllocate(1L << 60));
    assertThrows(SysException.class, () -> NativeHeap.allocate(1L << 60));
    NativeHeap.free(0);
  }
}
