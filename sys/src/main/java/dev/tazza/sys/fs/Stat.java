package dev.tazza.sys.fs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What {@code statx} reports; reused from call to call. Times are nanoseconds since 1970. */
public final class Stat {
  private static final long NANOS = 1_000_000_000L;

  private int mode;
  private long links;
  private long inode;
  private long size;
  private long device;
  private long accessTime;
  private long modifyTime;
  private long changeTime;

  public Stat() {}

  /** Reads {@code struct statx}, whose layout is the same on every architecture. */
  void read(MemorySegment from) {
    links = Integer.toUnsignedLong(from.get(ValueLayout.JAVA_INT, 16));
    mode = Short.toUnsignedInt(from.get(ValueLayout.JAVA_SHORT, 28));
    inode = from.get(ValueLayout.JAVA_LONG, 32);
    size = from.get(ValueLayout.JAVA_LONG, 40);
    accessTime = time(from, 64);
    changeTime = time(from, 96);
    modifyTime = time(from, 112);
    long major = Integer.toUnsignedLong(from.get(ValueLayout.JAVA_INT, 136));
    long minor = Integer.toUnsignedLong(from.get(ValueLayout.JAVA_INT, 140));
    device = major << 32 | minor;
  }

  private static long time(MemorySegment from, long offset) {
    long seconds = from.get(ValueLayout.JAVA_LONG, offset);
    return seconds * NANOS + from.get(ValueLayout.JAVA_INT, offset + 8);
  }

  /** The kind of file: one of {@link Linux}'s {@code S_IF…}. */
  public int type() {
    return mode & Linux.S_IFMT;
  }

  public long links() {
    return links;
  }

  public long inode() {
    return inode;
  }

  /** Bytes. */
  public long size() {
    return size;
  }

  /** Major number in the upper half, minor in the lower. */
  public long device() {
    return device;
  }

  public long accessTime() {
    return accessTime;
  }

  public long modifyTime() {
    return modifyTime;
  }

  public long changeTime() {
    return changeTime;
  }
}
