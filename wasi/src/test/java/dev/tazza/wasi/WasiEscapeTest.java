package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.sys.fs.Kernel;
import dev.tazza.sys.fs.Posix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Attempts to reach what is outside of a preopened directory. The guest gets {@code box}; beside it
 * lies {@code secret}.
 */
class WasiEscapeTest {
  @TempDir Path temp;
  private Path dir;
  private Path box;
  private Path secret;

  private void lay(Place place) throws IOException {
    dir = place.directory(temp);
    box = Files.createDirectory(dir.resolve("box"));
    secret = Files.createDirectory(dir.resolve("secret"));
    Files.writeString(secret.resolve("f"), "SECRET");
    Files.createDirectories(box.resolve("a/b"));
    Files.writeString(box.resolve("a/b/f"), "inside");
  }

  private void link(String name, String target) throws IOException {
    Files.createSymbolicLink(box.resolve(name), box.getFileSystem().getPath(target));
  }

  /** Tries everything that a path can be used for; nothing may work or change anything. */
  private void assertClosed(TestGuest guest, String path) throws IOException {
    String there = Files.readString(secret.resolve("f"));
    long modified = Files.getLastModifiedTime(secret.resolve("f")).toMillis();
    assertEquals(-Errno.PERM, guest.open(path, 0, TestGuest.READ), path);
    assertEquals(-Errno.PERM, guest.open(path, TestGuest.DIRECTORY, TestGuest.READ), path);
    // No file can be made by a name with a slash at its end: that is refused before looking.
    boolean slash = path.endsWith("/") && !path.startsWith("/") && !path.endsWith("../");
    int created = slash ? Errno.ISDIR : Errno.PERM;
    assertEquals(-created, guest.open(path, TestGuest.CREATE, TestGuest.ALL), path);
    assertEquals(-Errno.PERM, guest.open(path, TestGuest.TRUNCATE, TestGuest.ALL), path);
    assertEquals(Errno.PERM, guest.stat(TestGuest.FOLLOW, path), path);
    assertEquals(Errno.PERM, guest.setTimes(TestGuest.FOLLOW, path, 1, 1, 5), path);
    assertEquals(Errno.PERM, guest.link(TestGuest.FOLLOW, path, "stolen"), path);
    assertFalse(Files.exists(box.resolve("stolen")));
    assertEquals(there, Files.readString(secret.resolve("f")));
    assertEquals(modified, Files.getLastModifiedTime(secret.resolve("f")).toMillis());
  }

  /** The same for what acts on the last name, when a part before it leads outside. */
  private void assertParentClosed(TestGuest guest, String directory) throws IOException {
    String file = directory + "/f";
    assertClosed(guest, file);
    assertEquals(-Errno.PERM, guest.open(3, 0, file, 0, TestGuest.READ, 0), file);
    assertEquals(Errno.PERM, guest.stat(0, file), file);
    assertEquals(Errno.PERM, guest.setTimes(0, file, 1, 1, 5), file);
    assertEquals("error " + Errno.PERM, guest.readlink(file), file);
    assertEquals(Errno.PERM, guest.path(WasiFunction.PATH_UNLINK_FILE, file), file);
    assertEquals(Errno.PERM, guest.path(WasiFunction.PATH_REMOVE_DIRECTORY, file), file);
    String fresh = directory + "/new";
    assertEquals(Errno.PERM, guest.path(WasiFunction.PATH_CREATE_DIRECTORY, fresh), fresh);
    assertEquals(Errno.PERM, guest.path(WasiFunction.PATH_CREATE_DIRECTORY, fresh + "/"), fresh);
    assertEquals(-Errno.PERM, guest.open(fresh, TestGuest.CREATE, TestGuest.ALL), fresh);
    assertEquals(Errno.PERM, guest.symlink("x", fresh), fresh);
    assertEquals(Errno.PERM, guest.link(0, "a/b/f", fresh), fresh);
    assertEquals(Errno.PERM, guest.link(0, file, "stolen"), file);
    assertEquals(Errno.PERM, guest.rename("a/b/f", fresh), fresh);
    assertEquals(Errno.PERM, guest.rename(file, "stolen"), file);
    assertFalse(Files.exists(box.resolve("stolen")));
    assertFalse(Files.exists(secret.resolve("new")));
    assertTrue(Files.exists(secret.resolve("f")));
  }

  @ParameterizedTest
  @EnumSource
  void dotsAndAbsolutePaths(Place place) throws IOException {
    lay(place);
    try (TestGuest guest = TestGuest.in(box, place)) {
      assertParentClosed(guest, "../secret");
      assertParentClosed(guest, "a/../../secret");
      assertParentClosed(guest, "a/b/../../../secret");
      assertParentClosed(guest, "./.././secret");
      assertParentClosed(guest, secret.toString());
      assertParentClosed(guest, "/" + secret);
      // Out and in again is out, too.
      assertClosed(guest, "../box/a/b/f");
      assertClosed(guest, "..");
      assertClosed(guest, "../");
      assertClosed(guest, "a/../..");
      assertClosed(guest, "/");
      assertClosed(guest, "/etc/passwd");
      for (String path : new String[] {"..", "../", "a/../..", "../.", "/", "//", "/."}) {
        assertEquals(Errno.PERM, guest.path(WasiFunction.PATH_CREATE_DIRECTORY, path), path);
        assertEquals(Errno.PERM, guest.path(WasiFunction.PATH_REMOVE_DIRECTORY, path), path);
        assertEquals(Errno.PERM, guest.path(WasiFunction.PATH_UNLINK_FILE, path), path);
        assertEquals(Errno.PERM, guest.rename(path, "x"), path);
        assertEquals(Errno.PERM, guest.rename("a", path), path);
        assertEquals(Errno.PERM, guest.link(0, path, "x"), path);
        assertEquals(Errno.PERM, guest.symlink("x", path), path);
        assertEquals(Errno.PERM, guest.stat(0, path), path);
        assertEquals("error " + Errno.PERM, guest.readlink(path), path);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void openedDirectoriesAreConfinedToThePreopenedOneOrTighter(Place place) throws IOException {
    lay(place);
    try (TestGuest guest = TestGuest.in(box, place)) {
      int a = guest.open("a", TestGuest.DIRECTORY, TestGuest.READ_ALL);
      assertEquals(-Errno.PERM, guest.open(a, 1, "..", 0, TestGuest.READ, 0));
      assertEquals(-Errno.PERM, guest.open(a, 1, "../../secret/f", 0, TestGuest.READ, 0));
      assertTrue(guest.open(a, 1, "b/..", 0, TestGuest.READ, 0) > 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void symbolicLinks(Place place) throws IOException {
    lay(place);
    link("absolute", secret.toString());
    link("up", "../secret");
    link("far", "a/b/../../../secret");
    link("nested", "a/up");
    link("a/up", "../up");
    link("a/b/root", "/");
    link("slash", "up/");
    link("dots", "a/../..");
    try (TestGuest guest = TestGuest.in(box, place)) {
      for (String name : new String[] {"absolute", "up", "far", "nested", "slash", "a/up"}) {
        assertClosed(guest, name);
        assertClosed(guest, name + "/");
        assertParentClosed(guest, name);
        assertParentClosed(guest, name + "/.");
        assertParentClosed(guest, "./" + name + "//");
        // The link itself may be looked at: it is inside.
        assertEquals(0, guest.stat(0, name));
        assertEquals(Descriptor.SYMBOLIC_LINK, guest.getLong(64 + 16));
        assertEquals(Errno.PERM, guest.stat(0, name + "/"), name);
        assertEquals("error " + Errno.PERM, guest.readlink(name + "/"));
        assertEquals(Errno.PERM, guest.link(0, name + "/", "x"));
        assertEquals(Errno.PERM, guest.setTimes(0, name + "/", 1, 1, 5));
      }
      assertParentClosed(guest, "dots/secret");
      assertParentClosed(guest, "a/b/root/" + secret);
      assertParentClosed(guest, "a/b/root/proc/self/root/" + secret);
      // Changing the names of links changes nothing that they point to.
      assertEquals(0, guest.rename("up", "moved"));
      assertEquals(0, guest.path(WasiFunction.PATH_UNLINK_FILE, "absolute"));
      assertEquals(Errno.NOTDIR, guest.path(WasiFunction.PATH_REMOVE_DIRECTORY, "far"));
      assertEquals(Errno.EXIST, guest.path(WasiFunction.PATH_CREATE_DIRECTORY, "far"));
      assertEquals(Errno.EXIST, guest.path(WasiFunction.PATH_CREATE_DIRECTORY, "far/"));
      if (place.isHost()) {
        assertEquals(0, guest.link(0, "far", "copy"));
        assertTrue(Files.isSymbolicLink(box.resolve("copy")));
        assertEquals(-Errno.PERM, guest.open("copy/f", 0, TestGuest.READ));
      } else {
        assertEquals(Errno.NOTSUP, guest.link(0, "far", "copy"));
        assertFalse(Files.exists(box.resolve("copy"), LinkOption.NOFOLLOW_LINKS));
      }
    }
    assertEquals("SECRET", Files.readString(secret.resolve("f")));
  }

  @ParameterizedTest
  @EnumSource
  void linksThatTheGuestMakes(Place place) throws IOException {
    lay(place);
    try (TestGuest guest = TestGuest.in(box, place)) {
      assertEquals(Errno.PERM, guest.symlink(secret.toString(), "l"));
      assertEquals(0, guest.symlink("../secret", "l"));
      assertParentClosed(guest, "l");
      // A link that is harmless where it was made, moved to where it is not.
      assertEquals(0, guest.symlink("../../secret", "a/b/m"));
      assertEquals(-Errno.NOENT, guest.open("a/b/m/f", 0, TestGuest.READ));
      assertEquals(0, guest.rename("a/b/m", "m"));
      assertParentClosed(guest, "m");
      assertEquals(0, guest.symlink("../../secret/f", "a/b/n"));
      assertEquals(0, guest.rename("a/b/n", "a/n"));
      assertClosed(guest, "a/n");
      // A chain through a directory that moves up.
      assertEquals(0, guest.symlink("../../a", "a/b/up"));
      assertTrue(guest.open("a/b/up/b/f", 0, TestGuest.READ) > 0);
      assertEquals(0, guest.rename("a/b", "b"));
      assertEquals(-Errno.PERM, guest.open("b/up/b/f", 0, TestGuest.READ));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"KERNEL", "WALK"})
  void magicLinksOfProc(Place place) throws IOException {
    lay(place);
    WasiConfig config = new WasiConfig().walkPaths(place.walks());
    config.preopen(Path.of("/proc/self"), "/", Access.READ_ONLY);
    try (TestGuest guest = new TestGuest(config)) {
      for (String path : new String[] {"root/etc", "cwd/pom.xml", "exe", "fd/0", "fd/3/etc"}) {
        int result = guest.open(path, 0, TestGuest.READ);
        assertTrue(result < 0, path + " was opened");
      }
      assertTrue(guest.open("status", 0, TestGuest.READ) > 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDirectoryThatIsMovedOutWhileItIsOpen(Place place) throws IOException {
    lay(place);
    try (TestGuest guest = TestGuest.in(box, place)) {
      int b = guest.open("a/b", TestGuest.DIRECTORY, TestGuest.READ_ALL);
      Files.move(box.resolve("a/b"), secret.resolve("b"));
      int error = place.isHost() ? Errno.PERM : Errno.NOENT;
      assertEquals(-error, guest.open(b, 1, "../f", 0, TestGuest.READ, 0));
      assertEquals(-Errno.PERM, guest.open("../secret/b/f", 0, TestGuest.READ));
      // What was inside when it was opened stays usable where directories can be held open.
      assertEquals(place.isHost(), guest.open(b, 1, "f", 0, TestGuest.READ, 0) > 0);
    }
  }

  /**
   * A thread swaps {@code box/swap} between a directory with a harmless file and a link to the
   * secret one, while the guest opens, creates, removes and links through it.
   */
  @ParameterizedTest
  @EnumSource(names = {"KERNEL", "WALK"})
  void linksThatChangeDuringTheCall(Place place) throws Exception {
    lay(place);
    Files.createDirectory(box.resolve("swap"));
    Files.writeString(box.resolve("swap/f"), "inside");
    link("other", "../secret");
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Throwable> problem = new AtomicReference<>();
    Thread swapper = Thread.ofPlatform().start(() -> swap(stop, problem, "swap", "other"));
    int inside = 0;
    int refused = 0;
    try (TestGuest guest = TestGuest.in(box, place)) {
      for (int i = 0; i < 20_000 && !(i > 2_000 && inside > 100 && refused > 100); i++) {
        int fd = guest.open(i % 2 == 0 ? "swap/f" : "a/../swap/./f", 0, TestGuest.READ);
        if (fd >= 0) {
          assertEquals("inside", guest.read(fd, 100));
          guest.closeFd(fd);
          inside++;
        } else {
          refused++;
        }
        attack(guest, i);
        if (i % 64 == 0) {
          Thread.yield();
        }
      }
    } finally {
      stop.set(true);
      swapper.join();
    }
    assertNull(problem.get());
    assertTrue(inside > 0 && refused > 0, inside + " inside, " + refused + " refused");
    try (var names = Files.list(secret)) {
      assertEquals(1, names.count());
    }
    assertEquals("SECRET", Files.readString(secret.resolve("f")));
    assertEquals(1, (int) (Integer) Files.getAttribute(secret.resolve("f"), "unix:nlink"));
  }

  private void attack(TestGuest guest, int round) {
    switch (round % 8) {
      case 0 -> guest.path(WasiFunction.PATH_CREATE_DIRECTORY, "swap/new");
      case 1 -> guest.path(WasiFunction.PATH_REMOVE_DIRECTORY, "swap/new");
      case 2 -> guest.symlink("x", "swap/link");
      case 3 -> guest.path(WasiFunction.PATH_UNLINK_FILE, "swap/link");
      case 4 -> {
        assertNotEquals(0, guest.open("swap/created/x", TestGuest.CREATE, TestGuest.ALL));
        int fd = guest.open("swap/created", TestGuest.CREATE, TestGuest.ALL);
        if (fd >= 0) {
          guest.closeFd(fd);
        }
      }
      case 5 -> {
        guest.link(TestGuest.FOLLOW, "swap/f", "copy");
        guest.path(WasiFunction.PATH_UNLINK_FILE, "copy");
      }
      case 6 -> guest.path(WasiFunction.PATH_UNLINK_FILE, "swap/created");
      default -> guest.setTimes(TestGuest.FOLLOW, "swap/f", 1, 1, 5);
    }
  }

  /** Exchanges two names without a moment in between at which one is missing. */
  private void swap(
      AtomicBoolean stop, AtomicReference<Throwable> problem, String one, String two) {
    Kernel kernel = Kernel.open();
    byte[] path = box.toString().getBytes(StandardCharsets.UTF_8);
    int fd = kernel.paths().open(Posix.AT_FDCWD, path, Posix.O_DIRECTORY, 0);
    byte[] a = TestGuest.utf8(one);
    byte[] b = TestGuest.utf8(two);
    try {
      while (!stop.get()) {
        int error = kernel.paths().exchange(fd, a, fd, b);
        if (error != 0) {
          throw new IllegalStateException("exchange: " + error);
        }
      }
    } catch (Throwable t) {
      problem.set(t);
    } finally {
      kernel.files().close(fd);
    }
  }

  /** A directory that is moved between the box and the outside, while the guest climbs in it. */
  @ParameterizedTest
  @EnumSource(names = {"KERNEL", "WALK"})
  void directoriesThatMoveDuringTheCall(Place place) throws Exception {
    lay(place);
    Files.createDirectories(box.resolve("deep/1/2/3"));
    Files.createDirectory(dir.resolve("away"));
    Files.writeString(dir.resolve("f"), "SECRET");
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Throwable> problem = new AtomicReference<>();
    Thread mover = Thread.ofPlatform().start(() -> swap(stop, problem, "deep/1", "../away"));
    try (TestGuest guest = TestGuest.in(box, place)) {
      String up = "deep/1/2/3/../../../../f";
      for (int i = 0; i < 5_000; i++) {
        int fd = guest.open(up, 0, TestGuest.READ);
        assertTrue(fd < 0, "opened " + up);
        fd = guest.open("deep/1/2/../../../a/b/f", 0, TestGuest.READ);
        if (fd >= 0) {
          assertEquals("inside", guest.read(fd, 100));
          guest.closeFd(fd);
        }
      }
    } finally {
      stop.set(true);
      mover.join();
    }
    assertNull(problem.get());
  }
}
