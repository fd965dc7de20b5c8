package dev.tazza;

import dev.tazza.vm.instance.VmMemory;
import dev.tazza.wasm.type.MemoryType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A linear memory. Typed accesses are little-endian, at any alignment, and throw {@link
 * IndexOutOfBoundsException} outside the memory.
 */
public final class Memory implements Extern {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Store<?> store;
  private final VmMemory vm;

  Memory(Store<?> store, VmMemory vm) {
    this.store = store;
    this.vm = vm;
  }

  /**
   * A new memory that no module defines, for modules to import.
   *
   * @throws IllegalArgumentException when its limits are not in order or above 65536 pages
   */
  public static Memory create(Store<?> store, MemoryType type) {
    HostTypes.check(type);
    store.vm().enter();
    try {
      return new Memory(store, store.vm().newMemory(type));
    } finally {
      store.vm().leave();
    }
  }

  VmMemory vm() {
    return vm;
  }

  @Override
  public MemoryType type() {
    return vm.type();
  }

  @Override
  public Store<?> store() {
    return store;
  }

  /**
   * All bytes as they are now. Stays valid until the store is closed or, for a dynamic memory, it
   * moves to grow; then accesses throw {@link IllegalStateException}. Keeps its size when the
   * memory grows: take it again.
   */
  public MemorySegment segment() {
    return vm.storage().segment();
  }

  /** Current size in bytes. */
  public long byteSize() {
    return vm.storage().length();
  }

  /** Current size in pages, usually of 64 KiB. */
  public long size() {
    return vm.pages();
  }

  /**
   * Grows by {@code delta} pages.
   *
   * @return the size before in pages, or -1 when it cannot grow so far, or a limiter refused
   * @throws IllegalStateException when called from an epoch callback
   */
  public long grow(long delta) {
    store.vm().enter();
    try {
      store.vm().requireNotStopped();
      return vm.grow(delta);
    } finally {
      store.vm().leave();
    }
  }

  public byte getByte(long address) {
    return segment().get(ValueLayout.JAVA_BYTE, address);
  }

  public void setByte(long address, byte value) {
    segment().set(ValueLayout.JAVA_BYTE, address, value);
  }

  public short getShort(long address) {
    return segment().get(SHORT, address);
  }

  public void setShort(long address, short value) {
    segment().set(SHORT, address, value);
  }

  public int getInt(long address) {
    return segment().get(INT, address);
  }

  public void setInt(long address, int value) {
    segment().set(INT, address, value);
  }

  public long getLong(long address) {
    return segment().get(LONG, address);
  }

  public void setLong(long address, long value) {
    segment().set(LONG, address, value);
  }

  public float getFloat(long address) {
    return segment().get(FLOAT, address);
  }

  public void setFloat(long address, float value) {
    segment().set(FLOAT, address, value);
  }

  public double getDouble(long address) {
    return segment().get(DOUBLE, address);
  }

  public void setDouble(long address, double value) {
    segment().set(DOUBLE, address, value);
  }

  /** Copies {@code length} bytes out. */
  public byte[] read(long address, int length) {
    return segment().asSlice(address, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Copies bytes in. */
  public void write(long address, byte[] bytes) {
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, segment(), address, bytes.length);
  }

  /** Reads {@code length} bytes as UTF-8; malformed input becomes replacement characters. */
  public String readString(long address, int length) {
    return new String(read(address, length), StandardCharsets.UTF_8);
  }
}
