package dev.tazza.wasi;

import dev.tazza.sys.fs.Kernel;
import dev.tazza.sys.fs.Linux;
import dev.tazza.sys.fs.PathCalls;
import dev.tazza.sys.fs.Stat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Directory entries for {@code fd_readdir}.
 *
 * <p>A cookie is the number of entries before a position. The kernel's own positions ({@code
 * d_off}), which file systems keep stable while names come and go, need 64 bits, more than {@code
 * telldir} has in a guest; each directory remembers those of the entries that the guest has had
 * since it last began. One buffer serves all directories: when a guest goes on where it stopped,
 * entries come from there, otherwise the kernel is asked again.
 */
final class DirectoryReader {
  private static final int BUFFER = 32 * 1024;

  /** {@code struct linux_dirent64}: inode, next position, length, type, name. */
  private static final int NEXT = 8;

  private static final int LENGTH = 16;
  private static final int TYPE = 18;
  private static final int NAME = 19;

  private static final int HEADER = 24;

  private final Kernel kernel;
  private final Stat stat = new Stat();
  private @Nullable MemorySegment buffer;
  private @Nullable HostDirectory owner;
  private int filled;
  private int position;
  private long cookie;

  DirectoryReader(Kernel kernel) {
    this.kernel = kernel;
  }

  /**
   * Writes entries after {@code from} until {@code length} bytes are full; returns how many are.
   */
  int read(HostDirectory directory, long from, GuestMemory memory, int pointer, int length)
      throws ErrnoException {
    long size = Integer.toUnsignedLong(length);
    long start = memory.range(pointer, size);
    if (from < 0) {
      throw new ErrnoException(Errno.INVAL);
    }
    MemorySegment entries = seek(directory, from);
    long used = 0;
    while (used < size) {
      if (position == filled && !fill(directory, entries)) {
        break;
      }
      byte[] entry = entry(directory, entries);
      int part = (int) Math.min(entry.length, size - used);
      memory.copyIn(entry, 0, start + used, part);
      used += part;
      if (part < entry.length) {
        // Cut off: the guest comes back with the cookie of the entry before.
        break;
      }
      advance(directory, entries);
    }
    return (int) used;
  }

  /** Goes past the entry at {@link #position}. */
  private void advance(HostDirectory directory, MemorySegment entries) {
    cookie++;
    directory.positions().put(cookie, next(entries));
    position += Short.toUnsignedInt(entries.get(ValueLayout.JAVA_SHORT, position + LENGTH));
  }

  /** The kernel's positions after the first entries of a directory. */
  static final class Positions {
    private long[] offsets = {};
    private int known;

    /** Forgets all but the start. */
    void clear() {
      known = 0;
    }

    /** The last cookie up to {@code cookie} whose position is known. */
    long floor(long cookie) {
      return Math.clamp(cookie, 0, known);
    }

    long offset(long cookie) {
      return cookie == 0 ? 0 : offsets[(int) cookie - 1];
    }

    void put(long cookie, long offset) {
      if (cookie == known + 1L) {
        if (known == offsets.length) {
          offsets = Arrays.copyOf(offsets, Math.max(16, 2 * known));
        }
        offsets[known++] = offset;
      }
    }
  }

  private MemorySegment seek(HostDirectory directory, long from) throws ErrnoException {
    MemorySegment entries = buffer;
    if (entries == null) {
      entries = Arena.ofAuto().allocate(BUFFER, 8);
      buffer = entries;
    }
    if (from == 0 || owner != directory || cookie != from) {
      Positions positions = directory.positions();
      if (from == 0) {
        positions.clear();
      }
      long start = positions.floor(from);
      owner = null;
      Errno.check(kernel.files().seek(directory.fd(), positions.offset(start), Linux.SEEK_SET));
      filled = 0;
      position = 0;
      cookie = start;
      owner = directory;
      while (cookie < from && (position < filled || fill(directory, entries))) {
        advance(directory, entries);
      }
    }
    return entries;
  }

  private boolean fill(HostDirectory directory, MemorySegment entries) throws ErrnoException {
    position = 0;
    filled = 0;
    filled = (int) Errno.check(kernel.files().readDirectory(directory.fd(), entries));
    return filled > 0;
  }

  private long next(MemorySegment entries) {
    return entries.get(ValueLayout.JAVA_LONG, position + NEXT);
  }

  /** The entry at {@link #position} as WASI's {@code dirent} and name. */
  private byte[] entry(HostDirectory directory, MemorySegment entries) {
    int nameLength = 0;
    while (entries.get(ValueLayout.JAVA_BYTE, position + NAME + nameLength) != 0) {
      nameLength++;
    }
    byte[] name = new byte[nameLength];
    MemorySegment.copy(entries, ValueLayout.JAVA_BYTE, position + NAME, name, 0, nameLength);
    int type = type(directory, entries.get(ValueLayout.JAVA_BYTE, position + TYPE), name);
    return entry(cookie + 1, entries.get(ValueLayout.JAVA_LONG, position), type, name);
  }

  /** WASI's {@code dirent} and name. */
  static byte[] entry(long next, long inode, int type, byte[] name) {
    byte[] entry = new byte[HEADER + name.length];
    MemorySegment out = MemorySegment.ofArray(entry);
    out.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, next);
    out.set(ValueLayout.JAVA_LONG_UNALIGNED, 8, inode);
    out.set(ValueLayout.JAVA_INT_UNALIGNED, 16, name.length);
    entry[20] = (byte) type;
    System.arraycopy(name, 0, entry, HEADER, name.length);
    return entry;
  }

  private int type(HostDirectory directory, int hostType, byte[] name) {
    return switch (hostType) {
      case Linux.DT_REG -> Descriptor.REGULAR_FILE;
      case Linux.DT_DIR -> Descriptor.DIRECTORY;
      case Linux.DT_LNK -> Descriptor.SYMBOLIC_LINK;
      case Linux.DT_CHR -> Descriptor.CHARACTER_DEVICE;
      case Linux.DT_BLK -> Descriptor.BLOCK_DEVICE;
      case Linux.DT_SOCK -> Descriptor.SOCKET_STREAM;
      case Linux.DT_UNKNOWN -> {
        // Some file systems keep the type elsewhere.
        PathCalls paths = kernel.paths();
        int error = paths.stat(directory.fd(), name, Linux.AT_SYMLINK_NOFOLLOW, stat);
        yield error == 0 ? HostDescriptor.type(stat.type()) : Descriptor.UNKNOWN;
      }
      default -> Descriptor.UNKNOWN;
    };
  }
}
