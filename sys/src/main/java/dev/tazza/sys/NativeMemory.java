package dev.tazza.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteOrder;

/**
 * Loads and stores at absolute addresses, little-endian, at any alignment.
 *
 * <p>One segment spans the whole address space. It and the layouts are constants and the layouts
 * ask for no alignment, so compiled code is the bare machine instruction and a sign test of the
 * address. A bad address crashes the JVM: only for memory the caller owns.
 */
public final class NativeMemory {
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
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

  /** For accesses that no thread sees half of: these want alignment. */
  private static final VarHandle ATOMIC_INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  private static final VarHandle ATOMIC_LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  private NativeMemory() {}

  /**
   * Links the kinds of access that an instance needs. They link themselves on first use; this is
   * for a moment when there is time.
   */
  public static void link() {
    long address = Word.ADDRESS;
    putByte(address, getByte(address));
    putInt(address, getInt(address));
    putLong(address, getLong(address));
  }

  /** Eight bytes to try accesses on, for good: an arena that frees them takes longer to make. */
  private static final class Word {
    static final long ADDRESS = Arena.global().allocate(Long.BYTES).address();
  }

  public static byte getByte(long address) {
    return ALL.get(ValueLayout.JAVA_BYTE, address);
  }

  public static void putByte(long address, byte value) {
    ALL.set(ValueLayout.JAVA_BYTE, address, value);
  }

  public static short getShort(long address) {
    return ALL.get(SHORT, address);
  }

  public static void putShort(long address, short value) {
    ALL.set(SHORT, address, value);
  }

  public static int getInt(long address) {
    return ALL.get(INT, address);
  }

  public static void putInt(long address, int value) {
    ALL.set(INT, address, value);
  }

  public static long getLong(long address) {
    return ALL.get(LONG, address);
  }

  public static void putLong(long address, long value) {
    ALL.set(LONG, address, value);
  }

  /** Loads what other threads may store now, in order with all volatile accesses; aligned. */
  public static int getIntVolatile(long address) {
    return (int) ATOMIC_INT.getVolatile(ALL, address);
  }

  /** The same for 64 bits. */
  public static long getLongVolatile(long address) {
    return (long) ATOMIC_LONG.getVolatile(ALL, address);
  }

  /** Stores after all that came before, for other threads to load now; aligned. */
  public static void putLongRelease(long address, long value) {
    ATOMIC_LONG.setRelease(ALL, address, value);
  }

  /** Loads with all bits as they are: on x86-64 this does not quiet a signalling NaN. */
  public static float getFloat(long address) {
    return ALL.get(FLOAT, address);
  }

  public static void putFloat(long address, float value) {
    ALL.set(FLOAT, address, value);
  }

  public static double getDouble(long address) {
    return ALL.get(DOUBLE, address);
  }

  public static void putDouble(long address, double value) {
    ALL.set(DOUBLE, address, value);
  }

  /** Copies bytes from native memory into an array. */
  public static void copy(long from, byte[] to, int toIndex, int count) {
    MemorySegment.copy(ALL, from, MemorySegment.ofArray(to), toIndex, count);
  }

  /** Copies bytes of an array to native memory. */
  public static void copy(byte[] from, int fromIndex, long to, int count) {
    MemorySegment.copy(MemorySegment.ofArray(from), fromIndex, ALL, to, count);
  }

  /** Copies longs to native memory. */
  public static void copy(long[] from, long to) {
    MemorySegment.copy(MemorySegment.ofArray(from), 0, ALL, to, (long) Long.BYTES * from.length);
  }

  /** Copies some of an array's longs to native memory. */
  public static void copy(long[] from, int fromIndex, long to, int count) {
    MemorySegment.copy(
        MemorySegment.ofArray(from),
        (long) Long.BYTES * fromIndex,
        ALL,
        to,
        (long) Long.BYTES * count);
  }

  /** Copies a segment's bytes to native memory. */
  public static void copy(MemorySegment from, long fromOffset, long to, long count) {
    MemorySegment.copy(from, fromOffset, ALL, to, count);
  }

  /** Copies between native addresses; the ranges may overlap. */
  public static void copy(long from, long to, long count) {
    MemorySegment.copy(ALL, from, ALL, to, count);
  }

  /** Whether {@code count} bytes, at least 8, are zero. */
  public static boolean isZero(long address, long count) {
    long last = count - Long.BYTES;
    // All are like those eight bytes before.
    return getLong(address) == 0
        && MemorySegment.mismatch(
                ALL, address, address + last, ALL, address + Long.BYTES, address + count)
            < 0;
  }

  /** Sets {@code count} bytes. */
  public static void fill(long address, long count, byte value) {
    ALL.asSlice(address, count).fill(value);
  }

  /**
   * A view of native memory for Java code, valid until {@code arena} is closed.
   *
   * <p>The arena does not own the memory: whoever unmaps it closes the arena first.
   */
  public static MemorySegment view(long address, long size, Arena arena) {
    return MemorySegment.ofAddress(address).reinterpret(size, arena, null);
  }

  /** The same; and as long as the view is reachable, so is {@code keeper}. */
  public static MemorySegment view(long address, long size, Arena arena, Object keeper) {
    return MemorySegment.ofAddress(address)
        .reinterpret(size, arena, _ -> Reference.reachabilityFence(keeper));
  }

  /**
   * A view to be read by any thread; when it is not reachable any more, nor anything made of it,
   * the memory is given up.
   *
   * @param giveUp keeps nothing alive that refers to the view
   */
  public static MemorySegment readOnlyView(long address, long size, Runnable giveUp) {
    return MemorySegment.ofAddress(address)
        .reinterpret(size, Arena.ofAuto(), _ -> giveUp.run())
        .asReadOnly();
  }

  /** A view that nothing ever invalidates: for the engine's own short uses only. */
  public static MemorySegment view(long address, long size) {
    return MemorySegment.ofAddress(address).reinterpret(size);
  }
}
