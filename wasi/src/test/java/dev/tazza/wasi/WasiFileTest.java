package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(names = {"KERNEL", "MEMORY"})
class WasiFileTest {
  @Parameter Place place;
  @TempDir Path temp;
  private Path dir;
  private TestGuest guest;

  @BeforeEach
  void open() throws IOException {
    dir = place.directory(temp);
    guest = TestGuest.in(dir, false);
  }

  @AfterEach
  void close() {
    guest.close();
  }

  private int create(String name) {
    int fd = guest.open(name, TestGuest.CREATE, TestGuest.ALL);
    assertTrue(fd > 3);
    return fd;
  }

  private long size(int fd) {
    guest.ok(WasiFunction.FD_FILESTAT_GET, fd, 64);
    return guest.getLong(64 + 32);
  }

  @Test
  void readsAndWritesSeveralPieces() throws IOException {
    int fd = create("f");
    int hello = guest.put("hello");
    int world = guest.put(" world");
    int vectors = guest.vectors(hello, 5, 0, 0, world, 6);
    guest.ok(WasiFunction.FD_WRITE, fd, vectors, 3, 0);
    assertEquals(11, guest.getInt(0));
    assertEquals("hello world", Files.readString(dir.resolve("f")));
    guest.ok(WasiFunction.FD_SEEK, fd, 0, 0, 8);
    int one = guest.alloc(8);
    int two = guest.alloc(64);
    guest.ok(WasiFunction.FD_READ, fd, guest.vectors(one, 3, two, 64), 2, 0);
    assertEquals(11, guest.getInt(0));
    assertEquals("hel", guest.text(one, 3));
    assertEquals("lo world", guest.text(two, 8));
    assertEquals("", guest.read(fd, 10));
    guest.ok(WasiFunction.FD_WRITE, fd, vectors, 0, 0);
    assertEquals(0, guest.getInt(0));
    assertEquals(Errno.INVAL, guest.call(WasiFunction.FD_WRITE, fd, 1024, 1025, 0));
  }

  @Test
  void manyPiecesAreWrittenInPart() throws IOException {
    int fd = create("f");
    int[] pieces = new int[2 * 1000];
    int text = guest.put("ab");
    for (int i = 0; i < 1000; i++) {
      pieces[2 * i] = text;
      pieces[2 * i + 1] = i % 3;
    }
    guest.ok(WasiFunction.FD_WRITE, fd, guest.vectors(pieces), 1000, 0);
    int written = guest.getInt(0);
    assertTrue(written > 64);
    assertEquals(written, Files.size(dir.resolve("f")));
  }

  @Test
  void positionedAccessLeavesThePosition() {
    int fd = create("f");
    guest.write(fd, "0123456789");
    int text = guest.put("abc");
    guest.ok(WasiFunction.FD_PWRITE, fd, guest.vectors(text, 3), 1, 4, 0);
    int buffer = guest.alloc(16);
    guest.ok(WasiFunction.FD_PREAD, fd, guest.vectors(buffer, 2, buffer + 2, 3), 2, 3, 0);
    assertEquals(5, guest.getInt(0));
    assertEquals("3abc7", guest.text(buffer, 5));
    guest.ok(WasiFunction.FD_TELL, fd, 0);
    assertEquals(10, guest.getLong(0));
    long negative = -1;
    int vectors = guest.vectors(text, 3);
    assertEquals(Errno.INVAL, guest.call(WasiFunction.FD_PWRITE, fd, vectors, 1, negative, 0));
  }

  @Test
  void seeking() {
    int fd = create("f");
    guest.write(fd, "0123456789");
    guest.ok(WasiFunction.FD_SEEK, fd, -4, 2, 0);
    assertEquals(6, guest.getLong(0));
    guest.ok(WasiFunction.FD_SEEK, fd, -1, 1, 0);
    assertEquals(5, guest.getLong(0));
    assertEquals("567", guest.read(fd, 3));
    guest.ok(WasiFunction.FD_SEEK, fd, 100, 0, 0);
    assertEquals("", guest.read(fd, 3));
    assertEquals(Errno.INVAL, guest.call(WasiFunction.FD_SEEK, fd, -1, 0, 0));
    assertEquals(Errno.INVAL, guest.call(WasiFunction.FD_SEEK, fd, 0, 3, 0));
    assertEquals(Errno.SUCCESS, guest.call(Snapshot.UNSTABLE, WasiFunction.FD_SEEK, fd, 2, 2, 0));
    assertEquals(2, guest.getLong(0));
    assertEquals(Errno.SUCCESS, guest.call(Snapshot.UNSTABLE, WasiFunction.FD_SEEK, fd, 0, 1, 0));
    assertEquals(10, guest.getLong(0));
  }

  @Test
  void appending() throws IOException {
    int fd = guest.open(TestGuest.DIR, 0, "f", TestGuest.CREATE, TestGuest.ALL, Descriptor.APPEND);
    guest.write(fd, "one");
    Files.writeString(dir.resolve("f"), "a longer text");
    guest.write(fd, "!");
    assertEquals("a longer text!", Files.readString(dir.resolve("f")));
    guest.ok(WasiFunction.FD_FDSTAT_GET, fd, 64);
    assertEquals(Descriptor.APPEND, guest.getByte(66));
    guest.ok(WasiFunction.FD_FDSTAT_SET_FLAGS, fd, 0);
    guest.ok(WasiFunction.FD_SEEK, fd, 0, 0, 0);
    guest.write(fd, "A");
    assertEquals("A longer text!", Files.readString(dir.resolve("f")));
    guest.ok(WasiFunction.FD_FDSTAT_SET_FLAGS, fd, Descriptor.APPEND | Descriptor.NONBLOCK);
    guest.write(fd, "?");
    assertEquals("A longer text!?", Files.readString(dir.resolve("f")));
    assertEquals(Errno.NOTSUP, guest.call(WasiFunction.FD_FDSTAT_SET_FLAGS, fd, Descriptor.SYNC));
    assertEquals(Errno.INVAL, guest.call(WasiFunction.FD_FDSTAT_SET_FLAGS, fd, 32));
  }

  @Test
  void synchronousFilesKeepTheirFlags() {
    int flags = Descriptor.DSYNC | Descriptor.SYNC | Descriptor.RSYNC | Descriptor.NONBLOCK;
    int fd = guest.open(TestGuest.DIR, 0, "f", TestGuest.CREATE, TestGuest.ALL, flags);
    guest.ok(WasiFunction.FD_FDSTAT_GET, fd, 64);
    assertEquals(flags, guest.getByte(66));
    assertEquals(Descriptor.REGULAR_FILE, guest.getByte(64));
    assertEquals(1, guest.write(fd, "x"));
    guest.ok(WasiFunction.FD_SYNC, fd);
    guest.ok(WasiFunction.FD_DATASYNC, fd);
  }

  @Test
  void sizes() {
    int fd = create("f");
    guest.write(fd, "0123456789");
    guest.ok(WasiFunction.FD_FILESTAT_SET_SIZE, fd, 4);
    assertEquals(4, size(fd));
    guest.ok(WasiFunction.FD_ALLOCATE, fd, 2, 1);
    assertEquals(4, size(fd));
    guest.ok(WasiFunction.FD_ALLOCATE, fd, 2, 100);
    assertEquals(102, size(fd));
    assertEquals(Errno.INVAL, guest.call(WasiFunction.FD_ALLOCATE, fd, 0, 0));
    assertEquals(Errno.INVAL, guest.call(WasiFunction.FD_ALLOCATE, fd, -1, 5));
    assertEquals(Errno.INVAL, guest.call(WasiFunction.FD_FILESTAT_SET_SIZE, fd, -1));
    for (int advice = 0; advice < 6; advice++) {
      guest.ok(WasiFunction.FD_ADVISE, fd, 0, 10, advice);
    }
    assertEquals(Errno.INVAL, guest.call(WasiFunction.FD_ADVISE, fd, 0, 10, 6));
  }

  @Test
  void attributes() throws IOException {
    int fd = create("f");
    guest.write(fd, "12345");
    guest.ok(WasiFunction.FD_FILESTAT_SET_TIMES, fd, 1_000_000_007L, 3_000_000_009L, 5);
    guest.ok(WasiFunction.FD_FILESTAT_GET, fd, 64);
    long inode = ((Number) Files.getAttribute(dir.resolve("f"), "unix:ino")).longValue();
    assertEquals(inode, guest.getLong(64 + 8));
    assertEquals(Descriptor.REGULAR_FILE, guest.getLong(64 + 16));
    assertEquals(1, guest.getLong(64 + 24));
    assertEquals(5, guest.getLong(64 + 32));
    assertEquals(1_000_000_007L, guest.getLong(64 + 40));
    assertEquals(3_000_000_009L, guest.getLong(64 + 48));
    FileTime modified = Files.getLastModifiedTime(dir.resolve("f"));
    assertEquals(3_000_000_009L, modified.to(TimeUnit.NANOSECONDS));
    guest.ok(WasiFunction.FD_FILESTAT_SET_TIMES, fd, 0, 0, 2);
    guest.ok(WasiFunction.FD_FILESTAT_GET, fd, 64);
    assertTrue(guest.getLong(64 + 40) > 1_000_000_000_000_000_000L);
    assertEquals(3_000_000_009L, guest.getLong(64 + 48));
    assertEquals(Errno.INVAL, guest.call(WasiFunction.FD_FILESTAT_SET_TIMES, fd, 0, 0, 3));
    assertEquals(Errno.INVAL, guest.call(WasiFunction.FD_FILESTAT_SET_TIMES, fd, 0, 0, 12));
    assertEquals(Errno.INVAL, guest.call(WasiFunction.FD_FILESTAT_SET_TIMES, fd, 0, 0, 16));
    guest.call(Snapshot.UNSTABLE, WasiFunction.FD_FILESTAT_GET, fd, 64);
    assertEquals(1, guest.getInt(64 + 20));
    assertEquals(5, guest.getLong(64 + 24));
    assertEquals(3_000_000_009L, guest.getLong(64 + 40));
  }

  @Test
  void rightsOnlyShrink() {
    int fd = create("f");
    guest.write(fd, "text");
    guest.ok(WasiFunction.FD_SEEK, fd, 0, 0, 0);
    guest.ok(WasiFunction.FD_FDSTAT_GET, fd, 64);
    long base = guest.getLong(72);
    long inheriting = guest.getLong(80);
    assertEquals(Rights.FILE, base);
    long less = base & ~(Rights.FD_WRITE | Rights.FD_SEEK);
    guest.ok(WasiFunction.FD_FDSTAT_SET_RIGHTS, fd, less, inheriting);
    assertEquals(-Errno.NOTCAPABLE, guest.write(fd, "x"));
    assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.FD_SEEK, fd, 1, 0, 0));
    guest.ok(WasiFunction.FD_SEEK, fd, 0, 1, 0);
    assertEquals("text", guest.read(fd, 9));
    assertEquals(
        Errno.NOTCAPABLE, guest.call(WasiFunction.FD_FDSTAT_SET_RIGHTS, fd, base, inheriting));
    assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.FD_FDSTAT_SET_RIGHTS, fd, less, -1));
  }

  @Test
  void rightsOfADirectoryLimitWhatIsOpenedInIt() throws IOException {
    Files.writeString(dir.resolve("f"), "text");
    Files.createDirectories(dir.resolve("sub/deep"));
    guest.ok(WasiFunction.FD_FDSTAT_GET, 3, 64);
    long base = guest.getLong(72) & ~Rights.PATH_CREATE_FILE;
    long inheriting = guest.getLong(80) & ~(Rights.FD_WRITE | Rights.PATH_UNLINK_FILE);
    guest.ok(WasiFunction.FD_FDSTAT_SET_RIGHTS, 3, base, inheriting);
    assertEquals(-Errno.NOTCAPABLE, guest.open("f", 0, TestGuest.ALL));
    assertEquals(-Errno.NOTCAPABLE, guest.open("g", TestGuest.CREATE, TestGuest.READ));
    int fd = guest.open("f", 0, TestGuest.READ | Rights.FD_ADVISE);
    guest.ok(WasiFunction.FD_FDSTAT_GET, fd, 64);
    assertEquals(TestGuest.READ | Rights.FD_ADVISE, guest.getLong(72));
    int sub = guest.open("sub", TestGuest.DIRECTORY, TestGuest.ALL & ~Rights.FD_WRITE);
    int path = guest.put("deep");
    int errno = guest.call(WasiFunction.PATH_UNLINK_FILE, sub, path, 4);
    assertEquals(Errno.NOTCAPABLE, errno);
  }

  @Test
  void descriptorNumbers() {
    int a = create("a");
    int b = create("b");
    assertEquals(a + 1, b);
    guest.closeFd(a);
    assertEquals(Errno.BADF, guest.call(WasiFunction.FD_CLOSE, a));
    assertEquals(Errno.BADF, guest.call(WasiFunction.FD_TELL, a, 0));
    int c = create("c");
    assertEquals(a, c);
    guest.write(c, "see");
    guest.ok(WasiFunction.FD_RENUMBER, c, b);
    assertEquals(Errno.BADF, guest.call(WasiFunction.FD_CLOSE, c));
    assertEquals(3, size(b));
    guest.ok(WasiFunction.FD_RENUMBER, b, b);
    assertEquals(3, size(b));
    assertEquals(Errno.BADF, guest.call(WasiFunction.FD_RENUMBER, b, 1000));
    assertEquals(Errno.BADF, guest.call(WasiFunction.FD_RENUMBER, 1000, b));
    assertEquals(Errno.BADF, guest.call(WasiFunction.FD_CLOSE, -1));
  }

  @Test
  void descriptorsAreLimitedAndClosed() throws IOException {
    WasiConfig config = new WasiConfig().maxDescriptors(20);
    Path open = Path.of("/proc/self/fd");
    try (TestGuest limited = new TestGuest(config.preopen(dir, "/", Access.READ_WRITE))) {
      for (int i = 4; i < 20; i++) {
        assertEquals(i, limited.open("f", TestGuest.CREATE, TestGuest.ALL));
      }
      assertEquals(-Errno.MFILE, limited.open("f", TestGuest.CREATE, TestGuest.ALL));
      try (var entries = Files.list(open)) {
        assertEquals(place.isHost() ? 16 : 0, entries.filter(this::isFile).count());
      }
      limited.wasi.close();
      try (var entries = Files.list(open)) {
        assertEquals(0, entries.filter(this::isFile).count());
      }
      assertEquals(Errno.BADF, limited.call(WasiFunction.FD_CLOSE, 5));
      assertEquals(Errno.BADF, limited.call(WasiFunction.FD_CLOSE, 1));
    }
  }

  private boolean isFile(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).equals(dir.toRealPath().resolve("f"));
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void preopenedDirectories() throws IOException {
    WasiConfig config = new WasiConfig().preopen(dir, "/data", Access.READ_WRITE);
    try (TestGuest two = new TestGuest(config.preopen(dir, ".", Access.READ_ONLY))) {
      two.ok(WasiFunction.FD_PRESTAT_GET, 3, 0);
      assertEquals(0, two.getInt(0));
      assertEquals(5, two.getInt(4));
      assertEquals(Errno.NAMETOOLONG, two.call(WasiFunction.FD_PRESTAT_DIR_NAME, 3, 64, 4));
      two.ok(WasiFunction.FD_PRESTAT_DIR_NAME, 3, 64, 6);
      assertEquals("/data", two.text(64, 5));
      two.ok(WasiFunction.FD_PRESTAT_GET, 4, 0);
      assertEquals(1, two.getInt(4));
      assertEquals(Errno.BADF, two.call(WasiFunction.FD_PRESTAT_GET, 5, 0));
      assertEquals(Errno.BADF, two.call(WasiFunction.FD_PRESTAT_GET, 1, 0));
      two.ok(WasiFunction.FD_FDSTAT_GET, 3, 64);
      assertEquals(Descriptor.DIRECTORY, two.getByte(64));
    }
  }

  @Test
  void directoriesAreNoFiles() {
    int vectors = guest.vectors(64, 8);
    assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.FD_READ, 3, vectors, 1, 0));
    assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.FD_WRITE, 3, vectors, 1, 0));
    assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.FD_PREAD, 3, vectors, 1, 0, 0));
    assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.FD_SEEK, 3, 0, 0, 0));
    assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.FD_TELL, 3, 0));
    assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.FD_ALLOCATE, 3, 0, 1));
    assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.FD_FILESTAT_SET_SIZE, 3, 1));
    guest.ok(WasiFunction.FD_SYNC, 3);
    guest.ok(WasiFunction.FD_FILESTAT_GET, 3, 64);
    assertEquals(Descriptor.DIRECTORY, guest.getLong(64 + 16));
  }

  @Test
  void openedDirectoriesCanDoWhatTheirParentPassesOn() throws IOException {
    Files.createDirectory(dir.resolve("sub"));
    int sub = guest.open("sub", TestGuest.DIRECTORY, Rights.FD_READ);
    guest.ok(WasiFunction.FD_FDSTAT_GET, 3, 64);
    long inheriting = guest.getLong(80);
    guest.ok(WasiFunction.FD_FDSTAT_GET, sub, 64);
    assertEquals(Rights.DIRECTORY, guest.getLong(72));
    assertEquals(inheriting, guest.getLong(80));
    assertTrue(guest.open(sub, 0, "f", TestGuest.CREATE, TestGuest.ALL, 0) > sub);
    guest.ok(WasiFunction.FD_FDSTAT_SET_RIGHTS, sub, Rights.PATH_OPEN, 0);
    assertEquals(-Errno.NOTCAPABLE, guest.open(sub, 0, "g", TestGuest.CREATE, TestGuest.ALL, 0));
  }
}
