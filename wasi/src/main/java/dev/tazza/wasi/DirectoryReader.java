package dev.tazza.wasi;

import dev.tazza.sys.fs.DirectoryEntries;
import dev.tazza.sys.fs.Kernel;
import dev.tazza.sys.fs.PathCalls;
import dev.tazza.sys.fs.Posix;
import dev.tazza.sys.fs.Stat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Directory entries for {@code fd_readdir}.
 *
 * <p>A cookie is the number of entries before a position. The kernel's own positions, which file
 * systems keep stable while names come and go, need 64 bits, more than {@code telldir} has in a
 * guest; each directory remembers those of the entries that the guest has had since it last began.
 * One buffer serves all directories: when a guest goes on where it stopped, entries come from
 * there, otherwise the kernel is asked again.
 */
final class DirectoryReader {
  private static final int HEADER = 24;

  private final Kernel kernel;
  private final Stat stat = new Stat();
  private @Nullable DirectoryEntries buffer;
  private @Nullable HostDirectory owner;
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
    DirectoryEntries entries = seek(directory, from);
    long used = 0;
    while (used < size) {
      if (!entries.hasEntry() && !fill(directory, entries)) {
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

  private void advance(HostDirectory directory, DirectoryEntries entries) {
    cookie++;
    directory.positions().put(cookie, entries.next());
    entries.advance();
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

  private DirectoryEntries seek(HostDirectory directory, long from) throws ErrnoException {
    DirectoryEntries entries = buffer;
    if (entries == null) {
      entries = kernel.files().newDirectoryEntries();
      buffer = entries;
    }
    if (from == 0 || owner != directory || cookie != from) {
      Positions positions = directory.positions();
      if (from == 0) {
        positions.clear();
      }
      long start = positions.floor(from);
      owner = null;
      Errno.check(kernel.files().seek(directory.fd(), positions.offset(start), Posix.SEEK_SET));
      entries.clear();
      cookie = start;
      owner = directory;
      while (cookie < from && (entries.hasEntry() || fill(directory, entries))) {
        advance(directory, entries);
      }
    }
    return entries;
  }

  private static boolean fill(HostDirectory directory, DirectoryEntries entries)
      throws ErrnoException {
    return Errno.check(entries.fill(directory.fd())) > 0;
  }

  /** The entry as WASI's {@code dirent} and name. */
  private byte[] entry(HostDirectory directory, DirectoryEntries entries) {
    byte[] name = entries.name();
    int type = type(directory, entries.type(), name);
    return entry(cookie + 1, entries.inode(), type, name);
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
      case Posix.DT_REG -> Descriptor.REGULAR_FILE;
      case Posix.DT_DIR -> Descriptor.DIRECTORY;
      case Posix.DT_LNK -> Descriptor.SYMBOLIC_LINK;
      case Posix.DT_CHR -> Descriptor.CHARACTER_DEVICE;
      case Posix.DT_BLK -> Descriptor.BLOCK_DEVICE;
      case Posix.DT_SOCK -> Descriptor.SOCKET_STREAM;
      case Posix.DT_UNKNOWN -> {
        // Some file systems keep the type elsewhere.
        PathCalls paths = kernel.paths();
        int error = paths.stat(directory.fd(), name, Posix.AT_SYMLINK_NOFOLLOW, stat);
        yield error == 0 ? HostDescriptor.type(stat.type()) : Descriptor.UNKNOWN;
      }
      default -> Descriptor.UNKNOWN;
    };
  }
}
