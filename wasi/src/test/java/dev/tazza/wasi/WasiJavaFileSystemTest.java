package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Directories of file systems that are not the host's. What they have in common with those of the
 * host is tested with them, see {@link Place}.
 */
class WasiJavaFileSystemTest {
  private static final int ROFS = Errno.ROFS;

  @TempDir Path temp;

  private FileSystem zip(boolean readOnly) throws IOException {
    Map<String, String> options =
        readOnly ? Map.of("accessMode", "readOnly") : Map.of("create", "true");
    return FileSystems.newFileSystem(temp.resolve("a.zip"), options);
  }

  private static List<String> names(TestGuest guest, int fd) {
    return guest.list(fd, 4096).stream().map(TestGuest.Entry::name).toList();
  }

  /** The path of another file system used to open what the host has under that name. */
  @Test
  void aPathIsOneOfItsOwnFileSystem() throws IOException {
    Files.writeString(temp.resolve("f"), "the host's");
    try (FileSystem memory = Place.memory()) {
      Path same = Files.createDirectories(memory.getPath(temp.toString()));
      Files.writeString(same.resolve("f"), "in memory");
      try (TestGuest guest = TestGuest.in(same, false)) {
        assertEquals("in memory", guest.contents("f"));
        assertEquals(4, guest.write(guest.open("g", TestGuest.CREATE, TestGuest.ALL), "text"));
      }
      assertEquals("text", Files.readString(same.resolve("g")));
      assertFalse(Files.exists(temp.resolve("g")));
    }
  }

  @Test
  void whatIsNotADirectoryIsRefused() throws IOException {
    try (FileSystem memory = Place.memory()) {
      Path dir = Files.createDirectory(memory.getPath("/d"));
      Files.createFile(dir.resolve("f"));
      IOException e = assertThrows(IOException.class, () -> TestGuest.in(dir.resolve("x"), false));
      assertTrue(e.getMessage().contains("does not exist"), e.getMessage());
      e = assertThrows(IOException.class, () -> TestGuest.in(dir.resolve("f"), false));
      assertTrue(e.getMessage().contains("not a directory"), e.getMessage());
    }
  }

  @Test
  void zipFiles() throws IOException {
    try (FileSystem zip = zip(false)) {
      Files.createDirectories(zip.getPath("/d/e"));
      Files.writeString(zip.getPath("/d/f"), "0123456789");
      try (TestGuest guest = TestGuest.in(zip.getPath("/d"), false)) {
        assertEquals("0123456789", guest.contents("f"));
        assertEquals(-Errno.PERM, guest.open("../d/f", 0, TestGuest.READ));
        assertEquals(List.of(".", "..", "e", "f"), names(guest, 3));
        // Changing in the middle keeps what is around it.
        int fd = guest.open("f", 0, TestGuest.ALL);
        guest.ok(WasiFunction.FD_PWRITE, fd, guest.vectors(guest.put("ab"), 2), 1, 4, 0);
        guest.ok(WasiFunction.FD_SEEK, fd, 3, 0, 0);
        assertEquals("3ab6", guest.read(fd, 4));
        guest.closeFd(fd);
        assertEquals("0123ab6789", guest.contents("f"));
        assertEquals(0, guest.path(WasiFunction.PATH_CREATE_DIRECTORY, "new"));
        int made = guest.open("new/g", TestGuest.CREATE | TestGuest.EXCLUSIVE, TestGuest.ALL);
        assertEquals(4, guest.write(made, "text"));
        guest.closeFd(made);
        assertEquals(0, guest.rename("new/g", "h"));
        assertEquals("text", guest.contents("h"));
        assertEquals(Errno.NOTEMPTY, guest.path(WasiFunction.PATH_REMOVE_DIRECTORY, "new/.."));
        assertEquals(0, guest.path(WasiFunction.PATH_REMOVE_DIRECTORY, "new"));
        int cut = guest.open("h", TestGuest.TRUNCATE, TestGuest.READ);
        assertEquals("", guest.read(cut, 9));
        assertEquals(0, guest.path(WasiFunction.PATH_UNLINK_FILE, "h"));
      }
    }
    try (FileSystem zip = zip(true);
        TestGuest guest = TestGuest.in(zip.getPath("/"), false)) {
      assertEquals("0123ab6789", guest.contents("d/f"));
      assertEquals(List.of(".", "..", "d"), names(guest, 3));
      assertEquals(-ROFS, guest.open("d/f", 0, TestGuest.ALL));
      assertEquals(-ROFS, guest.open("new", TestGuest.CREATE, TestGuest.READ));
      assertEquals(ROFS, guest.path(WasiFunction.PATH_UNLINK_FILE, "d/f"));
      assertEquals(ROFS, guest.path(WasiFunction.PATH_CREATE_DIRECTORY, "new"));
      assertEquals(ROFS, guest.rename("d/f", "d/g"));
      assertEquals(ROFS, guest.setTimes(0, "d/f", 1, 1, 5));
    }
  }

  @Test
  void whatAFileSystemCannotDoIsNotSupported() throws IOException {
    try (FileSystem zip = zip(false)) {
      Files.createDirectories(zip.getPath("/d/e"));
      Files.writeString(zip.getPath("/d/e/f"), "text");
      try (TestGuest guest = TestGuest.in(zip.getPath("/"), false)) {
        assertEquals(Errno.NOTSUP, guest.symlink("d", "l"));
        assertEquals(Errno.NOTSUP, guest.link(0, "d/e/f", "l"));
        assertEquals(Errno.NOTSUP, guest.rename("d/e", "d/g"));
        assertEquals("text", guest.contents("d/e/f"));
        assertEquals(Errno.NOENT, guest.stat(0, "d/g"));
      }
    }
    Configuration few = Configuration.unix().toBuilder().setSupportedFeatures().build();
    try (FileSystem memory = Jimfs.newFileSystem(few)) {
      Path dir = Files.createDirectory(memory.getPath("/d"));
      try (TestGuest guest = TestGuest.in(dir, false)) {
        assertEquals(Errno.NOTSUP, guest.symlink("d", "l"));
        // Without file channels, everything goes through the simpler ones.
        int fd = guest.open("f", TestGuest.CREATE, TestGuest.ALL);
        assertEquals(10, guest.write(fd, "0123456789"));
        guest.ok(WasiFunction.FD_PWRITE, fd, guest.vectors(guest.put("ab"), 2), 1, 4, 0);
        int buffer = guest.alloc(16);
        guest.ok(WasiFunction.FD_PREAD, fd, guest.vectors(buffer, 4), 1, 3, 0);
        assertEquals("3ab6", guest.text(buffer, 4));
        guest.ok(WasiFunction.FD_TELL, fd, 0);
        assertEquals(10, guest.getLong(0));
        assertEquals(Errno.NOTSUP, guest.call(WasiFunction.FD_SYNC, fd));
      }
      assertEquals(0, Files.list(dir).filter(Files::isSymbolicLink).count());
      assertEquals("0123ab6789", Files.readString(dir.resolve("f")));
    }
  }

  @Test
  void nothingGoesFromOneFileSystemToAnother() throws IOException {
    try (FileSystem memory = Place.memory()) {
      Path dir = Files.createDirectory(memory.getPath("/d"));
      Path other = Files.createDirectory(memory.getPath("/other"));
      Files.writeString(temp.resolve("f"), "text");
      Files.writeString(dir.resolve("f"), "text");
      WasiConfig config = new WasiConfig().preopen(temp, "/host", Access.READ_WRITE);
      config.preopen(dir, "/memory", Access.READ_WRITE);
      config.preopen(other, "/other", Access.READ_WRITE);
      try (TestGuest guest = new TestGuest(config)) {
        int f = guest.put("f");
        int g = guest.put("g");
        int xdev = Errno.XDEV;
        assertEquals(xdev, guest.call(WasiFunction.PATH_RENAME, 3, f, 1, 4, g, 1));
        assertEquals(xdev, guest.call(WasiFunction.PATH_RENAME, 4, f, 1, 3, g, 1));
        assertEquals(xdev, guest.call(WasiFunction.PATH_LINK, 3, 0, f, 1, 4, g, 1));
        assertEquals(xdev, guest.call(WasiFunction.PATH_LINK, 4, 0, f, 1, 3, g, 1));
        guest.ok(WasiFunction.PATH_LINK, 4, 0, f, 1, 5, g, 1);
        guest.ok(WasiFunction.PATH_RENAME, 4, f, 1, 5, f, 1);
        guest.ok(WasiFunction.FD_FILESTAT_GET, 3, 64);
        long host = guest.getLong(64);
        guest.ok(WasiFunction.FD_FILESTAT_GET, 4, 64);
        assertNotEquals(host, guest.getLong(64), "devices");
      }
      assertEquals("text", Files.readString(other.resolve("f")));
    }
  }

  @Test
  void openFilesOutliveTheirNames() throws IOException {
    Path dir = Place.MEMORY.directory(temp);
    try (TestGuest guest = TestGuest.in(dir, false)) {
      int fd = guest.open("f", TestGuest.CREATE, TestGuest.ALL);
      guest.write(fd, "text");
      assertEquals(0, guest.path(WasiFunction.PATH_UNLINK_FILE, "f"));
      Files.writeString(dir.resolve("f"), "another file");
      guest.ok(WasiFunction.FD_SEEK, fd, 0, 0, 0);
      assertEquals("text", guest.read(fd, 10));
      guest.ok(WasiFunction.FD_FILESTAT_GET, fd, 64);
      assertEquals(4, guest.getLong(64 + 32));
      // Its times are those of a name, and that is another's by now.
      assertEquals(Errno.NOTSUP, guest.call(WasiFunction.FD_FILESTAT_SET_TIMES, fd, 1, 1, 5));
      assertEquals(0, guest.stat(0, "f"));
      assertNotEquals(1, guest.getLong(64 + 40));
    }
  }

  /** What was a directory when it was opened may be a link when it is used. */
  @Test
  void directoriesThatBecomeLinksAreGone() throws IOException {
    Path dir = Place.MEMORY.directory(temp);
    Files.writeString(dir.resolveSibling("secret"), "SECRET");
    Files.createDirectories(dir.resolve("a/b"));
    Files.writeString(dir.resolve("a/b/secret"), "inside");
    try (TestGuest guest = TestGuest.in(dir, false)) {
      int b = guest.open("a/b", TestGuest.DIRECTORY, TestGuest.READ_ALL);
      int file = guest.open("a/b/secret", 0, TestGuest.ALL);
      Files.move(dir.resolve("a"), dir.resolve("moved"));
      Files.createDirectory(dir.resolve("a"));
      Files.createSymbolicLink(dir.resolve("a/b"), dir.getParent());
      assertEquals(-Errno.NOENT, guest.open(b, 1, "secret", 0, TestGuest.READ, 0));
      assertEquals(Errno.NOENT, guest.call(WasiFunction.FD_READDIR, b, 64, 100, 0, 0));
      assertEquals(Errno.NOENT, guest.call(WasiFunction.FD_FILESTAT_GET, b, 64));
      assertEquals(Errno.NOTSUP, guest.call(WasiFunction.FD_FILESTAT_SET_TIMES, file, 1, 1, 5));
      guest.ok(WasiFunction.FD_FILESTAT_GET, file, 64);
      assertEquals(6, guest.getLong(64 + 32));
      assertEquals(-Errno.PERM, guest.open("a/b/secret", 0, TestGuest.READ));
      // A directory of the same name is not the same either.
      Files.delete(dir.resolve("a/b"));
      Files.createDirectory(dir.resolve("a/b"));
      assertEquals(-Errno.NOENT, guest.open(b, 1, "x", TestGuest.CREATE, TestGuest.ALL, 0));
    }
  }

  /** Windows has other separators, drives, and no case; to the guest those are just characters. */
  @Test
  void namesThatAreMoreThanNamesToTheFileSystem() throws IOException {
    try (FileSystem windows = Jimfs.newFileSystem(Configuration.windows())) {
      Path dir = Files.createDirectories(windows.getPath("C:\\up\\dir"));
      Files.writeString(windows.getPath("C:\\up\\secret"), "SECRET");
      Files.createDirectory(dir.resolve("sub"));
      Files.createSymbolicLink(dir.resolve("l"), windows.getPath("sub\\..\\..\\secret"));
      Files.createSymbolicLink(dir.resolve("m"), windows.getPath("sub\\..\\sub"));
      try (TestGuest guest = TestGuest.in(dir, false)) {
        for (String path :
            List.of("..\\secret", "sub\\..\\..\\secret", "C:\\up\\secret", "\\up\\secret", "C:")) {
          assertTrue(guest.open(path, 0, TestGuest.READ) < 0, path);
          assertTrue(guest.open(path, TestGuest.CREATE, TestGuest.ALL) < 0, path);
          assertNotEquals(0, guest.path(WasiFunction.PATH_UNLINK_FILE, path), path);
          assertNotEquals(0, guest.path(WasiFunction.PATH_CREATE_DIRECTORY, path), path);
          assertNotEquals(0, guest.rename("sub", path), path);
          guest.symlink(path, "made");
          assertTrue(guest.open("made", 0, TestGuest.READ) < 0, path);
          guest.path(WasiFunction.PATH_UNLINK_FILE, "made");
        }
        assertEquals(-Errno.PERM, guest.open("l", 0, TestGuest.READ));
        assertEquals("sub/../sub", guest.readlink("m"));
        assertTrue(guest.open("m/f", TestGuest.CREATE, TestGuest.ALL) > 0);
        assertTrue(guest.open("SUB/F", 0, TestGuest.READ) > 0);
      }
      assertEquals("SECRET", Files.readString(windows.getPath("C:\\up\\secret")));
    }
  }

  /**
   * Two guests share a directory: one changes a directory for a link that leads out, and back; the
   * other opens through it.
   */
  @Test
  void guestsDoNotChangeLinksUnderEachOther() throws Exception {
    Path dir = Place.MEMORY.directory(temp);
    Files.createDirectory(dir.resolveSibling("secret"));
    Files.writeString(dir.resolveSibling("secret").resolve("f"), "SECRET");
    Files.createDirectory(dir.resolve("swap"));
    Files.writeString(dir.resolve("swap/f"), "inside");
    AtomicBoolean stop = new AtomicBoolean();
    try (TestGuest one = TestGuest.in(dir, false);
        TestGuest two = TestGuest.in(dir, false)) {
      assertEquals(0, one.symlink("../secret", "link"));
      Thread swapper = Thread.ofPlatform().start(() -> swap(one, stop));
      int inside = 0;
      for (int i = 0; i < 3_000; i++) {
        int fd = two.open("swap/f", 0, TestGuest.READ);
        if (fd >= 0) {
          assertEquals("inside", two.read(fd, 100));
          two.closeFd(fd);
          inside++;
        }
        two.path(WasiFunction.PATH_UNLINK_FILE, "swap/new");
        two.path(WasiFunction.PATH_CREATE_DIRECTORY, "swap/new");
        two.path(WasiFunction.PATH_REMOVE_DIRECTORY, "swap/new");
      }
      stop.set(true);
      swapper.join();
      assertTrue(inside > 0);
    }
    try (var names = Files.list(dir.resolveSibling("secret"))) {
      assertEquals(1, names.count());
    }
  }

  private static void swap(TestGuest guest, AtomicBoolean stop) {
    while (!stop.get()) {
      guest.rename("swap", "away");
      guest.rename("link", "swap");
      guest.rename("swap", "link");
      guest.rename("away", "swap");
    }
  }

  @Test
  void readOnlyAccessIsKept() throws IOException {
    Path dir = Place.MEMORY.directory(temp);
    Files.writeString(dir.resolve("f"), "text");
    WasiConfig config = new WasiConfig().preopen(dir, "/", Access.READ_ONLY);
    try (TestGuest guest = new TestGuest(config)) {
      assertEquals("text", guest.contents("f"));
      assertEquals(-Errno.NOTCAPABLE, guest.open("f", 0, TestGuest.ALL));
      assertEquals(-Errno.NOTCAPABLE, guest.open("f", TestGuest.TRUNCATE, TestGuest.READ));
      assertEquals(-Errno.NOTCAPABLE, guest.open("g", TestGuest.CREATE, TestGuest.READ));
    }
  }

  @Test
  void aFileSystemThatWasClosed() throws IOException {
    FileSystem memory = Place.memory();
    Path dir = Files.createDirectory(memory.getPath("/d"));
    try (TestGuest guest = TestGuest.in(dir, false)) {
      int fd = guest.open("f", TestGuest.CREATE, TestGuest.ALL);
      memory.close();
      assertEquals(-Errno.BADF, guest.write(fd, "x"));
      assertEquals(-Errno.IO, guest.open("f", 0, TestGuest.READ));
    }
  }
}
