package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Path functions on paths that stay inside, with the kernel's resolver and with our own. */
class WasiPathTest {
  private static final int LOOP = 32;
  private static final int ACCES = 2;

  @TempDir Path temp;

  @ParameterizedTest
  @EnumSource
  void interestingPaths(Place place) throws IOException {
    Path dir = place.directory(temp);
    Files.createDirectories(dir.resolve("a/b"));
    Files.writeString(dir.resolve("a/b/f"), "text");
    try (TestGuest guest = TestGuest.in(dir, place)) {
      assertEquals("text", guest.contents("a/b/f"));
      assertEquals("text", guest.contents("a/.//b/../../a/b/../b///./f"));
      assertEquals(-Errno.NOENT, guest.open("", 0, TestGuest.READ));
      assertEquals(-Errno.NOENT, guest.open("a/x", 0, TestGuest.READ));
      assertEquals(-Errno.NOENT, guest.open("a/x/..", 0, TestGuest.READ));
      assertEquals(-Errno.NOTDIR, guest.open("a/b/f/", 0, TestGuest.READ));
      assertEquals(-Errno.NOTDIR, guest.open("a/b/f/.", 0, TestGuest.READ));
      assertEquals(-Errno.NOTDIR, guest.open("a/b/f/..", 0, TestGuest.READ));
      assertEquals(-Errno.NOTDIR, guest.open("a/b/f", TestGuest.DIRECTORY, TestGuest.READ));
      assertEquals(-Errno.INVAL, guest.open("a/b/f\0", 0, TestGuest.READ));
      assertEquals(-Errno.NAMETOOLONG, guest.open("x/".repeat(3000), 0, TestGuest.READ));
      assertEquals(-Errno.NAMETOOLONG, guest.open("x".repeat(300), 0, TestGuest.READ));
      assertTrue(guest.open("a//b/", 0, TestGuest.READ) > 0);
      assertTrue(guest.open(".", 0, TestGuest.READ) > 0);
      assertTrue(guest.open("./", 0, TestGuest.READ) > 0);
      assertTrue(guest.open("a/..", 0, TestGuest.READ) > 0);
      int file = guest.openFile("a/b/f");
      assertEquals(-Errno.NOTDIR, guest.open(file, 0, "f", 0, TestGuest.READ, 0));
      assertEquals(-Errno.BADF, guest.open(99, 0, "f", 0, TestGuest.READ, 0));
    }
  }

  @ParameterizedTest
  @EnumSource
  void openFlags(Place place) throws IOException {
    Path dir = place.directory(temp);
    Files.writeString(dir.resolve("f"), "text");
    Files.createSymbolicLink(dir.resolve("dangling"), dir.getFileSystem().getPath("made"));
    try (TestGuest guest = TestGuest.in(dir, place)) {
      int exclusive = TestGuest.CREATE | TestGuest.EXCLUSIVE;
      assertEquals(-Errno.EXIST, guest.open("f", exclusive, TestGuest.ALL));
      assertEquals(-Errno.EXIST, guest.open("dangling", exclusive, TestGuest.ALL));
      assertTrue(guest.open("new", exclusive, TestGuest.ALL) > 0);
      assertTrue(guest.open("dangling", TestGuest.CREATE, TestGuest.ALL) > 0);
      assertTrue(Files.exists(dir.resolve("made")));
      int fd = guest.open("f", TestGuest.TRUNCATE, TestGuest.ALL);
      assertEquals("", guest.read(fd, 10));
      assertEquals(-Errno.ISDIR, guest.open("dir/", TestGuest.CREATE, TestGuest.ALL));
      assertEquals(-Errno.ISDIR, guest.open(".", 0, TestGuest.ALL));
      assertEquals(-Errno.ISDIR, guest.open(".", TestGuest.DIRECTORY, TestGuest.ALL));
      int both = TestGuest.CREATE | TestGuest.DIRECTORY;
      assertEquals(-Errno.INVAL, guest.open("d", both, TestGuest.ALL));
      assertEquals(-Errno.INVAL, guest.open("d", 16, TestGuest.ALL));
      assertEquals(-Errno.INVAL, guest.open(3, 2, "f", 0, TestGuest.READ, 0));
      assertEquals(-Errno.INVAL, guest.open(3, 0, "f", 0, TestGuest.READ, 32));
    }
  }

  @ParameterizedTest
  @EnumSource
  void links(Place place) throws IOException {
    Path dir = place.directory(temp);
    Files.createDirectories(dir.resolve("a/b"));
    Files.writeString(dir.resolve("a/b/f"), "text");
    try (TestGuest guest = TestGuest.in(dir, place)) {
      assertEquals(0, guest.symlink("a/b/../b/f", "l"));
      assertEquals(0, guest.symlink("../b/", "a/dir"));
      assertEquals(0, guest.symlink("a/dir/../dir", "dd"));
      assertEquals("error " + Errno.NOENT, guest.readlink("a/dir/f"));
      Files.delete(dir.resolve("a/dir"));
      assertEquals(0, guest.symlink("b", "a/dir"));
      assertEquals("text", guest.contents("l"));
      assertEquals("text", guest.contents("dd/f"));
      assertEquals("text", guest.contents("dd/../dir/f"));
      assertEquals(-LOOP, guest.open(3, 0, "l", 0, TestGuest.READ, 0));
      assertEquals(-Errno.NOTDIR, guest.open(3, 0, "dd", 2, TestGuest.READ, 0));
      assertTrue(guest.open(3, 0, "dd/", 2, TestGuest.READ, 0) > 0);
      assertTrue(guest.open(3, 0, "dd/.", 2, TestGuest.READ, 0) > 0);
      assertEquals("a/b/../b/f", guest.readlink("l"));
      assertEquals("b", guest.readlink("a/dir"));
      assertEquals("error " + Errno.INVAL, guest.readlink("a/b/f"));
      assertEquals("error " + Errno.INVAL, guest.readlink("a/dir/"));
      assertEquals("error " + Errno.NOTDIR, guest.readlink("l/"));
      assertEquals("error " + Errno.INVAL, guest.readlink("."));
      assertEquals(0, guest.stat(0, "l"));
      assertEquals(Descriptor.SYMBOLIC_LINK, guest.getLong(64 + 16));
      assertEquals(0, guest.stat(TestGuest.FOLLOW, "l"));
      assertEquals(Descriptor.REGULAR_FILE, guest.getLong(64 + 16));
      assertEquals(0, guest.stat(0, "dd/"));
      assertEquals(Descriptor.DIRECTORY, guest.getLong(64 + 16));
      assertEquals(Errno.NOTDIR, guest.stat(0, "l/"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void linksInCirclesAndChains(Place place) throws IOException {
    Path dir = place.directory(temp);
    Files.writeString(dir.resolve("l0"), "end");
    try (TestGuest guest = TestGuest.in(dir, place)) {
      assertEquals(0, guest.symlink("y", "x"));
      assertEquals(0, guest.symlink("x", "y"));
      assertEquals(0, guest.symlink("self/self", "self"));
      assertEquals(0, guest.symlink(".", "dot"));
      assertEquals(-LOOP, guest.open("x", 0, TestGuest.READ));
      assertEquals(-LOOP, guest.open("x/z", 0, TestGuest.READ));
      assertEquals(-LOOP, guest.open("self", 0, TestGuest.READ));
      assertEquals(-LOOP, guest.open("x", TestGuest.CREATE, TestGuest.ALL));
      assertEquals(LOOP, guest.stat(TestGuest.FOLLOW, "x"));
      assertEquals(0, guest.stat(0, "x"));
      assertEquals("y", guest.readlink("x"));
      for (int i = 1; i <= 41; i++) {
        assertEquals(0, guest.symlink("l" + (i - 1), "l" + i));
      }
      assertEquals("end", guest.contents("l40"));
      assertEquals(-LOOP, guest.open("l41", 0, TestGuest.READ));
      assertEquals("end", guest.contents("dot/".repeat(40) + "l0"));
      assertEquals(-LOOP, guest.open("dot/".repeat(41) + "l0", 0, TestGuest.READ));
    }
  }

  @ParameterizedTest
  @EnumSource
  void directories(Place place) throws IOException {
    Path dir = place.directory(temp);
    try (TestGuest guest = TestGuest.in(dir, place)) {
      WasiFunction make = WasiFunction.PATH_CREATE_DIRECTORY;
      WasiFunction remove = WasiFunction.PATH_REMOVE_DIRECTORY;
      assertEquals(0, guest.path(make, "d"));
      assertEquals(0, guest.path(make, "d/e//"));
      assertEquals(Errno.EXIST, guest.path(make, "d"));
      assertEquals(Errno.EXIST, guest.path(make, "."));
      assertEquals(Errno.EXIST, guest.path(make, "d/.."));
      assertEquals(Errno.NOENT, guest.path(make, "x/y"));
      assertEquals(Errno.NOENT, guest.path(make, "x/.."));
      assertEquals(Errno.NOENT, guest.path(make, ""));
      assertEquals(Errno.NOTEMPTY, guest.path(remove, "d"));
      assertEquals(Errno.INVAL, guest.path(remove, "d/."));
      assertEquals(Errno.NOTEMPTY, guest.path(remove, "d/e/.."));
      assertEquals(Errno.NOENT, guest.path(remove, "x"));
      assertEquals(0, guest.symlink("d", "l"));
      assertEquals(Errno.NOTDIR, guest.path(remove, "l"));
      assertEquals(Errno.NOTDIR, guest.path(remove, "l/"));
      assertEquals(Errno.EXIST, guest.path(make, "l"));
      assertEquals(0, guest.path(remove, "l/e/"));
      assertEquals(0, guest.path(remove, "d/"));
      guest.open("f", TestGuest.CREATE, TestGuest.ALL);
      assertEquals(Errno.NOTDIR, guest.path(remove, "f"));
      assertEquals(Errno.NOTDIR, guest.path(remove, "f/"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void unlinking(Place place) throws IOException {
    Path dir = place.directory(temp);
    Files.createDirectory(dir.resolve("d"));
    Files.createFile(dir.resolve("d/f"));
    Files.createSymbolicLink(dir.resolve("l"), dir.getFileSystem().getPath("d"));
    try (TestGuest guest = TestGuest.in(dir, place)) {
      WasiFunction unlink = WasiFunction.PATH_UNLINK_FILE;
      assertEquals(Errno.ISDIR, guest.path(unlink, "d"));
      assertEquals(Errno.ISDIR, guest.path(unlink, "d/"));
      assertEquals(Errno.ISDIR, guest.path(unlink, "d/."));
      assertEquals(Errno.ISDIR, guest.path(unlink, "d/.."));
      assertEquals(Errno.NOTDIR, guest.path(unlink, "d/f/"));
      assertEquals(Errno.NOTDIR, guest.path(unlink, "l/"));
      assertEquals(0, guest.path(unlink, "l/f"));
      assertFalse(Files.exists(dir.resolve("d/f")));
      assertEquals(0, guest.path(unlink, "l"));
      assertTrue(Files.exists(dir.resolve("d")));
      assertEquals(Errno.NOENT, guest.path(unlink, "l"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void renaming(Place place) throws IOException {
    Path dir = place.directory(temp);
    Files.createDirectories(dir.resolve("d/e"));
    Files.writeString(dir.resolve("f"), "text");
    Files.createSymbolicLink(dir.resolve("l"), dir.getFileSystem().getPath("d"));
    try (TestGuest guest = TestGuest.in(dir, place)) {
      assertEquals(0, guest.rename("f", "l/g"));
      assertEquals("text", Files.readString(dir.resolve("d/g")));
      assertEquals(Errno.ISDIR, guest.rename("d/g", "d/e"));
      assertEquals(Errno.NOTDIR, guest.rename("d/e", "d/g"));
      assertEquals(Errno.NOTDIR, guest.rename("d/g/", "h"));
      assertEquals(Errno.NOTDIR, guest.rename("d/g", "h/"));
      assertEquals(0, guest.rename("d/e/", "h/"));
      assertEquals(Errno.NOENT, guest.rename("x", "y"));
      assertEquals(Errno.BUSY, guest.rename("d/.", "y"));
      assertEquals(Errno.BUSY, guest.rename("d", "h/.."));
      assertEquals(Errno.INVAL, guest.rename("d", "d/inside"));
      Files.createFile(dir.resolve("h/x"));
      assertEquals(Errno.NOTEMPTY, guest.rename("d", "h"));
      assertEquals(0, guest.rename("l", "m"));
      assertTrue(Files.isSymbolicLink(dir.resolve("m")));
      assertEquals(0, guest.rename("d/g", "m"));
      assertEquals("text", Files.readString(dir.resolve("m")));
    }
  }

  @ParameterizedTest
  @EnumSource
  void hardLinks(Place place) throws IOException {
    Path dir = place.directory(temp);
    Files.createDirectories(dir.resolve("d"));
    Files.writeString(dir.resolve("f"), "text");
    Files.createSymbolicLink(dir.resolve("l"), dir.getFileSystem().getPath("f"));
    try (TestGuest guest = TestGuest.in(dir, place)) {
      assertEquals(0, guest.link(0, "f", "d/g"));
      assertEquals("text", guest.contents("d/g"));
      // Java cannot be told not to follow.
      assertEquals(place.isHost() ? 0 : Errno.NOTSUP, guest.link(0, "l", "d/l"));
      assertEquals(place.isHost(), Files.isSymbolicLink(dir.resolve("d/l")));
      assertEquals(0, guest.link(TestGuest.FOLLOW, "l", "d/m"));
      assertTrue(Files.isRegularFile(dir.resolve("d/m"), LinkOption.NOFOLLOW_LINKS));
      assertEquals(0, guest.stat(0, "f"));
      assertEquals(3, guest.getLong(64 + 24));
      assertEquals(Errno.EXIST, guest.link(0, "f", "d/g"));
      assertEquals(Errno.EXIST, guest.link(0, "f", "f"));
      assertEquals(Errno.EXIST, guest.link(0, "f", "d"));
      assertEquals(Errno.EXIST, guest.link(0, "f", "."));
      assertEquals(Errno.PERM, guest.link(0, "d", "e"));
      assertEquals(Errno.PERM, guest.link(0, "d/", "e"));
      assertEquals(Errno.PERM, guest.link(0, "d/.", "e"));
      assertEquals(Errno.NOTDIR, guest.link(0, "f/", "e"));
      assertEquals(Errno.NOENT, guest.link(0, "f", "e/"));
      assertEquals(Errno.NOENT, guest.link(0, "x", "e"));
      assertEquals(Errno.NOENT, guest.link(TestGuest.FOLLOW, "x", "e"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void symbolicLinks(Place place) throws IOException {
    Path dir = place.directory(temp);
    Files.createFile(dir.resolve("f"));
    try (TestGuest guest = TestGuest.in(dir, place)) {
      assertEquals(Errno.NOENT, guest.symlink("t", "l/"));
      assertEquals(Errno.NOENT, guest.symlink("", "l"));
      assertEquals(Errno.EXIST, guest.symlink("t", "f"));
      assertEquals(Errno.EXIST, guest.symlink("t", "."));
      assertEquals(Errno.PERM, guest.symlink("/etc", "l"));
      assertEquals(0, guest.symlink("target", "l"));
      int buffer = guest.alloc(16);
      guest.ok(WasiFunction.PATH_READLINK, 3, guest.put("l"), 1, buffer, 4, 0);
      assertEquals(4, guest.getInt(0));
      assertEquals("targ\0", guest.text(buffer, 5));
    }
  }

  @ParameterizedTest
  @EnumSource
  void times(Place place) throws IOException {
    Path dir = place.directory(temp);
    Files.createDirectory(dir.resolve("d"));
    Files.createFile(dir.resolve("d/f"));
    Files.createSymbolicLink(dir.resolve("d/l"), dir.getFileSystem().getPath("f"));
    try (TestGuest guest = TestGuest.in(dir, place)) {
      assertEquals(0, guest.setTimes(TestGuest.FOLLOW, "d/l", 11, 22, 5));
      assertEquals(0, guest.stat(0, "d/f"));
      assertEquals(11, guest.getLong(64 + 40));
      assertEquals(22, guest.getLong(64 + 48));
      assertEquals(0, guest.setTimes(0, "d/l", 33, 44, 4));
      assertEquals(0, guest.stat(0, "d/l"));
      assertEquals(44, guest.getLong(64 + 48));
      assertEquals(0, guest.stat(0, "d/f"));
      assertEquals(22, guest.getLong(64 + 48));
      assertEquals(Errno.INVAL, guest.setTimes(0, "d/l", 33, 44, 12));
      assertEquals(Errno.NOENT, guest.setTimes(0, "d/x", 33, 44, 4));
      assertEquals(0, guest.setTimes(0, "d", 5, 0, 1 | 8));
      assertEquals(0, guest.stat(0, "d"));
      assertEquals(5, guest.getLong(64 + 40));
    }
  }

  @ParameterizedTest
  @EnumSource
  void readOnlyDirectoriesChangeInNothing(Place place) throws IOException {
    Path dir = place.directory(temp);
    Path other = Files.createDirectory(dir.resolve("other"));
    Path shown = Files.createDirectory(dir.resolve("shown"));
    Files.writeString(shown.resolve("f"), "text");
    WasiConfig config = new WasiConfig().walkPaths(place.walks());
    config.preopen(shown, "/", Access.READ_ONLY).preopen(other, "/other", Access.READ_WRITE);
    try (TestGuest guest = new TestGuest(config)) {
      assertEquals("text", guest.contents("f"));
      assertEquals(3, guest.list(3, 4096).size());
      assertEquals(-Errno.NOTCAPABLE, guest.open("f", 0, TestGuest.ALL));
      assertEquals(-Errno.NOTCAPABLE, guest.open("g", TestGuest.CREATE, TestGuest.READ));
      assertEquals(-Errno.NOTCAPABLE, guest.open("f", TestGuest.TRUNCATE, TestGuest.READ));
      assertEquals(Errno.NOTCAPABLE, guest.path(WasiFunction.PATH_CREATE_DIRECTORY, "d"));
      assertEquals(Errno.NOTCAPABLE, guest.path(WasiFunction.PATH_UNLINK_FILE, "f"));
      assertEquals(Errno.NOTCAPABLE, guest.path(WasiFunction.PATH_REMOVE_DIRECTORY, "d"));
      assertEquals(Errno.NOTCAPABLE, guest.rename("f", "g"));
      assertEquals(Errno.NOTCAPABLE, guest.symlink("f", "g"));
      assertEquals(Errno.NOTCAPABLE, guest.setTimes(0, "f", 0, 0, 5));
      int f = guest.put("f");
      assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.PATH_LINK, 3, 0, f, 1, 4, f, 1));
      assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.PATH_RENAME, 3, f, 1, 4, f, 1));
      int fd = guest.openFile("f");
      assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.FD_FILESTAT_SET_SIZE, fd, 0));
      assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.FD_ALLOCATE, fd, 0, 99));
      assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.FD_FILESTAT_SET_TIMES, fd, 0, 0, 5));
      int again = guest.open(".", TestGuest.DIRECTORY, TestGuest.READ_ALL);
      assertEquals(Errno.NOTCAPABLE, guest.call(WasiFunction.PATH_UNLINK_FILE, again, f, 1));
    }
    assertEquals("text", Files.readString(shown.resolve("f")));
  }

  @ParameterizedTest
  @EnumSource
  void directoriesThatAreFixedWithFilesThatAreNot(Place place) throws IOException {
    Path dir = place.directory(temp);
    Files.writeString(dir.resolve("f"), "text");
    WasiConfig config = new WasiConfig().walkPaths(place.walks());
    config.preopen(dir, "/", Access.READ_ONLY, Access.READ_WRITE);
    try (TestGuest guest = new TestGuest(config)) {
      int fd = guest.open("f", TestGuest.TRUNCATE, TestGuest.ALL);
      assertEquals(3, guest.write(fd, "new"));
      assertEquals(-Errno.NOTCAPABLE, guest.open("g", TestGuest.CREATE, TestGuest.ALL));
      assertEquals(Errno.NOTCAPABLE, guest.path(WasiFunction.PATH_UNLINK_FILE, "f"));
    }
    assertEquals("new", Files.readString(dir.resolve("f")));
  }

  @ParameterizedTest
  @EnumSource
  void permissionsOfTheHostCount(Place place) throws IOException {
    Path dir = place.directory(temp);
    Path locked = Files.createFile(dir.resolve("locked"));
    Files.setPosixFilePermissions(locked, java.util.Set.of());
    boolean privileged = Files.isReadable(locked);
    try (TestGuest guest = TestGuest.in(dir, place)) {
      int result = guest.open("locked", 0, TestGuest.READ);
      assertTrue(privileged ? result > 0 : result == -ACCES);
    }
  }
}
