package dev.tazza.sys.linux.fs;

import dev.tazza.sys.fs.DirectoryEntries;
import dev.tazza.sys.linux.SyscallNumber;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@code getdents64}. */
final class LinuxDirectoryEntries implements DirectoryEntries {
  private static final int BUFFER = 32 * 1024;

  // struct linux_dirent64, which begins with the inode.
  private static final int NEXT = 8;
  private static final int LENGTH = 16;
  private static final int TYPE = 18;
  private static final int NAME = 19;

  private final LinuxKernel kernel;
  private final MemorySegment entries = Arena.ofAuto().allocate(BUFFER, 8);
  private int filled;
  private int position;

  LinuxDirectoryEntries(LinuxKernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public int fill(int fd) {
    clear();
    int result = (int) kernel.call(SyscallNumber.GETDENTS64, fd, entries.address(), BUFFER);
    filled = Math.max(result, 0);
    return result;
  }

  @Override
  public void clear() {
    filled = 0;
    position = 0;
  }

  @Override
  public boolean hasEntry() {
    return position < filled;
  }

  @Override
  public void advance() {
    position += Short.toUnsignedInt(entries.get(ValueLayout.JAVA_SHORT, position + LENGTH));
  }

  @Override
  public long next() {
    return entries.get(ValueLayout.JAVA_LONG, position + NEXT);
  }

  @Override
  public long inode() {
    return entries.get(ValueLayout.JAVA_LONG, position);
  }

  @Override
  public int type() {
    return entries.get(ValueLayout.JAVA_BYTE, position + TYPE);
  }

  @Override
  public byte[] name() {
    int length = 0;
    while (entries.get(ValueLayout.JAVA_BYTE, position + NAME + length) != 0) {
      length++;
    }
    byte[] name = new byte[length];
    MemorySegment.copy(entries, ValueLayout.JAVA_BYTE, position + NAME, name, 0, length);
    return name;
  }
}
