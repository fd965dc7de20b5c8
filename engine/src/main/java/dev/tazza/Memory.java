package dev.tazza;

import dev.tazza.vm.instance.VmMemory;
import dev.tazza.vm.instance.VmSharedMemory;
import dev.tazza.wasm.type.MemoryType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A linear memory. Typed accesses are little-endian, at any alignment. All accesses throw an {@link
 * IndexOutOfBoundsException} outside the memory, before anything is changed, and an {@link
 * IllegalStateException} when the store is closed.
 *
 * <p>For many accesses take the {@link #segment}, which the JIT compiler knows well.
 *
 * <p>A memory that is {@link #isShared shared} is used by other threads at the same time, and all
 * accesses here are plain: they may see a part of what another thread writes, and a value that was
 * checked may be another when it is read again. It may grow at any time, too. {@link #shared} has
 * atomic accesses.
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
   * A new memory that no module defines, for modules to import. If it is a shared one, {@link
   * SharedMemory#create} makes it without a store.
   *
   * @throws IllegalArgumentException when its limits are not in order or above 65536 pages
   * @throws IllegalStateException when it is a shared one and {@link Config#wasmThreads} is off
   */
  public static Memory create(Store<?> store, MemoryType type) {
    HostTypes.check(type);
    if (type.limits().shared()) {
      store.engine().requireThreads();
    }
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

  /**
   * What instances in {@code importer} get when they import this: itself, or what it is in that
   * store if it is shared.
   */
  VmMemory vmIn(Store<?> importer) {
    VmSharedMemory shared = vm.shared();
    return shared == null || importer == store ? vm : importer.vm().share(shared);
  }

  /** Whether it is a shared memory: other stores may use it, too. */
  public boolean isShared() {
    return vm.shared() != null;
  }

  /**
   * The shared memory that this is in this store. Close it when you need it no longer: it keeps the
   * memory also when all stores are closed.
   *
   * @throws IllegalStateException when it is not shared, or its store is closed
   */
  public SharedMemory shared() {
    VmSharedMemory shared = vm.shared();
    if (shared == null) {
      throw new IllegalStateException("not a shared memory: " + type());
    }
    store.requireOpen();
    shared.retain();
    return new SharedMemory(store.engine(), shared);
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
    store.requireOpen();
    return vm.storage().length();
  }

  /** Current size in pages, usually of 64 KiB. */
  public long size() {
    store.requireOpen();
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

  /** The bytes at {@code address}, as {@link #segment}: what is written to it is written here. */
  public MemorySegment slice(long address, long length) {
    return at(address, length).asSlice(address, length);
  }

  /** All bytes, of which those at {@code address} are there. */
  private MemorySegment at(long address, long length) {
    MemorySegment all = segment();
    if ((address | length) < 0 || length > all.byteSize() - address) {
      throw outside(address, length, all.byteSize());
    }
    return all;
  }

  private static IndexOutOfBoundsException outside(long address, long length, long size) {
    return new IndexOutOfBoundsException(
        "address %s + %d is outside the memory of %d bytes"
            .formatted(Long.toUnsignedString(address), length, size));
  }

  public byte getByte(long address) {
    return at(address, Byte.BYTES).get(ValueLayout.JAVA_BYTE, address);
  }

  public void setByte(long address, byte value) {
    at(address, Byte.BYTES).set(ValueLayout.JAVA_BYTE, address, value);
  }

  public short getShort(long address) {
    return at(address, Short.BYTES).get(SHORT, address);
  }

  public void setShort(long address, short value) {
    at(address, Short.BYTES).set(SHORT, address, value);
  }

  public int getInt(long address) {
    return at(address, Integer.BYTES).get(INT, address);
  }

  public void setInt(long address, int value) {
    at(address, Integer.BYTES).set(INT, address, value);
  }

  public long getLong(long address) {
    return at(address, Long.BYTES).get(LONG, address);
  }

  public void setLong(long address, long value) {
    at(address, Long.BYTES).set(LONG, address, value);
  }

  public float getFloat(long address) {
    return at(address, Float.BYTES).get(FLOAT, address);
  }

  public void setFloat(long address, float value) {
    at(address, Float.BYTES).set(FLOAT, address, value);
  }

  public double getDouble(long address) {
    return at(address, Double.BYTES).get(DOUBLE, address);
  }

  public void setDouble(long address, double value) {
    at(address, Double.BYTES).set(DOUBLE, address, value);
  }

  /** Copies {@code length} bytes out. */
  public byte[] read(long address, int length) {
    return slice(address, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Copies {@code length} bytes out, to {@code to} from {@code offset} on. */
  public void read(long address, byte[] to, int offset, int length) {
    MemorySegment.copy(at(address, length), ValueLayout.JAVA_BYTE, address, to, offset, length);
  }

  /** Copies bytes in. */
  public void write(long address, byte[] bytes) {
    write(address, bytes, 0, bytes.length);
  }

  /** Copies {@code length} bytes of {@code from} in, which begin at {@code offset}. */
  public void write(long address, byte[] from, int offset, int length) {
    MemorySegment.copy(from, offset, at(address, length), ValueLayout.JAVA_BYTE, address, length);
  }

  /** Sets {@code length} bytes to {@code value}. */
  public void fill(long address, long length, byte value) {
    slice(address, length).fill(value);
  }

  /** Copies bytes within the memory; the ranges may overlap. */
  public void copy(long from, long to, long length) {
    MemorySegment all = at(from, length);
    at(to, length);
    MemorySegment.copy(all, from, all, to, length);
  }

  /** Reads {@code length} bytes as UTF-8; malformed input becomes replacement characters. */
  public String readString(long address, int length) {
    return new String(read(address, length), StandardCharsets.UTF_8);
  }

  /**
   * Reads a string as C has them: UTF-8 up to a byte of zero, which is not part of it.
   *
   * @throws IndexOutOfBoundsException also when there is none up to the end of the memory, or
   *     behind two gigabytes
   */
  public String readCString(long address) {
    MemorySegment all = at(address, 1);
    long end = Math.min(all.byteSize(), address + Integer.MAX_VALUE);
    for (long i = address; i < end; i++) {
      if (all.get(ValueLayout.JAVA_BYTE, i) == 0) {
        return readString(address, (int) (i - address));
      }
    }
    throw new IndexOutOfBoundsException(
        "the string at address %d does not end in the memory of %d bytes"
            .formatted(address, all.byteSize()));
  }

  /** Writes a string as UTF-8, without a zero behind it; returns how many bytes that are. */
  public int writeString(long address, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(address, bytes);
    return bytes.length;
  }

  /**
   * Writes a string as C has them, as UTF-8 and a byte of zero; returns how many bytes that are.
   *
   * @throws IllegalArgumentException when there is a character of zero in it, where it would end
   */
  public int writeCString(long address, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a string of C cannot contain the character 0");
    }
    return writeString(address, text + '\0');
  }

  @Override
  public String toString() {
    return type().toString();
  }
}
