package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Plays the guest: a memory of 1 MiB, and the calls as a program would make them. */
final class TestGuest implements AutoCloseable {
  static final int SIZE = 1 << 20;

  /** The first preopened directory. */
  static final int DIR = 3;

  static final int FOLLOW = 1;
  static final int CREATE = 1;
  static final int DIRECTORY = 2;
  static final int EXCLUSIVE = 4;
  static final int TRUNCATE = 8;
  static final long READ = Rights.FD_READ | Rights.FD_SEEK | Rights.FD_TELL;
  static final long ALL = Rights.FILE | Rights.DIRECTORY;
  static final long READ_ALL =
      ALL & ~(Rights.FD_WRITE | Rights.FD_ALLOCATE | Rights.FD_FILESTAT_SET_SIZE);

  final Wasi wasi;
  private final Arena arena = Arena.ofShared();
  final MemorySegment memory = arena.allocate(SIZE, 16);
  private final GuestMemory guestMemory = new GuestMemory(memory);

  /** Results go below, other data above. */
  private int free = 1024;

  TestGuest(WasiConfig config) throws IOException {
    wasi = Wasi.open(config);
  }

  static TestGuest in(Path directory, boolean walk) throws IOException {
    WasiConfig config = new WasiConfig().walkPaths(walk);
    return new TestGuest(config.preopen(directory, "/", Access.READ_WRITE));
  }

  static TestGuest in(Path directory, Place place) throws IOException {
    return in(directory, place.walks());
  }

  @Override
  public void close() {
    wasi.close();
    arena.close();
  }

  int call(WasiFunction function, long... args) {
    return call(Snapshot.PREVIEW1, function, args);
  }

  int call(Snapshot snapshot, WasiFunction function, long... args) {
    assertEquals(function.parameters().length(), args.length, function.importName());
    return wasi.call(function, snapshot, guestMemory, args);
  }

  /** A call that must succeed. */
  void ok(WasiFunction function, long... args) {
    assertEquals(Errno.SUCCESS, call(function, args), function.importName());
  }

  int alloc(int size) {
    int result = free;
    free += size + 7 & ~7;
    if (free > SIZE) {
      free = 1024 + (size + 7 & ~7);
      result = 1024;
    }
    return result;
  }

  int put(byte[] bytes) {
    int at = alloc(bytes.length);
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, at, bytes.length);
    return at;
  }

  int put(String text) {
    return put(utf8(text));
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static int length(String text) {
    return utf8(text).length;
  }

  int getInt(int at) {
    return memory.get(ValueLayout.JAVA_INT_UNALIGNED, at);
  }

  long getLong(int at) {
    return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
  }

  int getByte(int at) {
    return memory.get(ValueLayout.JAVA_BYTE, at);
  }

  void putInt(int at, int value) {
    memory.set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
  }

  void putLong(int at, long value) {
    memory.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
  }

  byte[] bytes(int at, int length) {
    return memory.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
  }

  String text(int at, int length) {
    return new String(bytes(at, length), StandardCharsets.UTF_8);
  }

  /** A call with one path: directory, path, length. */
  int path(WasiFunction function, String path) {
    return call(function, DIR, put(path), length(path));
  }

  /** Opens; returns the descriptor or the negated error. */
  int open(int directory, int lookup, String path, int openFlags, long rights, int flags) {
    int at = put(path);
    int result =
        call(
            WasiFunction.PATH_OPEN,
            directory,
            lookup,
            at,
            length(path),
            openFlags,
            rights,
            ALL,
            flags,
            0);
    return result == 0 ? getInt(0) : -result;
  }

  int open(String path, int openFlags, long rights) {
    return open(DIR, FOLLOW, path, openFlags, rights, 0);
  }

  int openFile(String path) {
    int fd = open(path, 0, READ_ALL);
    assertEquals(true, fd >= 0, () -> "open " + path + ": error " + -fd);
    return fd;
  }

  void closeFd(int fd) {
    ok(WasiFunction.FD_CLOSE, fd);
  }

  /** An iovec array of the given pieces. */
  int vectors(int... pointersAndLengths) {
    int at = alloc(4 * pointersAndLengths.length);
    for (int i = 0; i < pointersAndLengths.length; i++) {
      putInt(at + 4 * i, pointersAndLengths[i]);
    }
    return at;
  }

  int write(int fd, String text) {
    int vectors = vectors(put(text), length(text));
    int errno = call(WasiFunction.FD_WRITE, fd, vectors, 1, 0);
    return errno == 0 ? getInt(0) : -errno;
  }

  /** Reads once; null on an error, which {@link #readErrno} tells. */
  String read(int fd, int length) {
    int buffer = alloc(length);
    readErrno = call(WasiFunction.FD_READ, fd, vectors(buffer, length), 1, 0);
    return readErrno == 0 ? text(buffer, getInt(0)) : "error " + readErrno;
  }

  int readErrno;

  String contents(String path) {
    int fd = openFile(path);
    String result = read(fd, 4096);
    closeFd(fd);
    return result;
  }

  int symlink(String target, String path) {
    return call(
        WasiFunction.PATH_SYMLINK, put(target), length(target), DIR, put(path), length(path));
  }

  int link(int flags, String from, String to) {
    return call(
        WasiFunction.PATH_LINK, DIR, flags, put(from), length(from), DIR, put(to), length(to));
  }

  int rename(String from, String to) {
    return call(WasiFunction.PATH_RENAME, DIR, put(from), length(from), DIR, put(to), length(to));
  }

  int stat(int flags, String path) {
    return call(WasiFunction.PATH_FILESTAT_GET, DIR, flags, put(path), length(path), 64);
  }

  String readlink(String path) {
    int buffer = alloc(256);
    int errno = call(WasiFunction.PATH_READLINK, DIR, put(path), length(path), buffer, 256, 0);
    return errno == 0 ? text(buffer, getInt(0)) : "error " + errno;
  }

  int setTimes(int flags, String path, long access, long modify, int which) {
    return call(
        WasiFunction.PATH_FILESTAT_SET_TIMES,
        DIR,
        flags,
        put(path),
        length(path),
        access,
        modify,
        which);
  }

  /** A directory entry. */
  record Entry(long next, long inode, int type, String name) {}

  /** Reads a directory through a buffer of the given size. */
  List<Entry> list(int fd, int size) {
    List<Entry> entries = new ArrayList<>();
    int buffer = alloc(size);
    long cookie = 0;
    while (true) {
      ok(WasiFunction.FD_READDIR, fd, buffer, size, cookie, 0);
      int used = getInt(0);
      int at = 0;
      while (at + 24 <= used && at + 24 + getInt(buffer + at + 16) <= used) {
        int from = buffer + at;
        int nameLength = getInt(from + 16);
        cookie = getLong(from);
        String name = text(from + 24, nameLength);
        entries.add(new Entry(cookie, getLong(from + 8), getByte(from + 20), name));
        at += 24 + nameLength;
      }
      if (used < size) {
        return entries;
      }
      if (at == 0) {
        throw new IllegalStateException("a buffer of " + size + " is too small for an entry");
      }
    }
  }
}
