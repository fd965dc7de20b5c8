package dev.tazza.sys.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our own walk and the kernel's {@code RESOLVE_BENEATH} must agree on every path. */
class BeneathTest {
  private static final String[] NAMES = {"a", "b", "c", "d"};

  @TempDir Path dir;
  private final Kernel kernel = Kernel.open();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A tree of directories, files and links with targets that may lead anywhere. */
  private void grow(Path at, int depth, Random random) throws IOException {
    for (String name : NAMES) {
      Path child = at.resolve(name);
      int kind = random.nextInt(10);
      if (kind < 4 && depth < 4) {
        Files.createDirectory(child);
        grow(child, depth + 1, random);
      } else if (kind < 6) {
        Files.writeString(child, name);
      } else if (kind < 9) {
        Files.createSymbolicLink(child, Path.of(path(random, depth == 0)));
      }
    }
  }

  private static String path(Random random, boolean shallow) {
    StringBuilder path = new StringBuilder(random.nextInt(40) == 0 ? "/" : "");
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      int kind = random.nextInt(shallow ? 12 : 8);
      path.append(kind < 2 ? ".." : kind == 2 ? "." : NAMES[random.nextInt(NAMES.length)]);
      boolean slash = i + 1 < count || random.nextInt(5) == 0;
      path.append(slash ? random.nextInt(6) == 0 ? "//" : "/" : "");
    }
    return path.toString();
  }

  /** What was opened, as inode and flags, or the error. */
  private String open(Beneath beneath, int root, String path, int flags) {
    int fd = beneath.open(root, bytes(path), flags, 0);
    if (fd < 0) {
      return "error " + -fd;
    }
    Stat stat = new Stat();
    assertEquals(0, kernel.files().stat(fd, stat));
    int hostFlags = kernel.files().flags(fd) & (Posix.O_PATH | Posix.O_RDWR | Posix.O_WRONLY);
    kernel.files().close(fd);
    return "inode " + stat.inode() + " flags " + hostFlags;
  }

  @Test
  void walkAgreesWithTheKernel() throws IOException {
    Beneath walk = new Beneath(kernel, true);
    Beneath ours = new Beneath(kernel, false);
    int dots = Posix.O_PATH | Posix.O_DIRECTORY;
    Assumptions.assumeTrue(kernel.paths().canOpenBeneath(), "the kernel does not do it here");
    int[] flags = {
      0,
      Posix.O_RDWR,
      Posix.O_DIRECTORY,
      Posix.O_NOFOLLOW,
      Posix.O_NOFOLLOW | Posix.O_DIRECTORY,
      Posix.O_PATH,
      Posix.O_PATH | Posix.O_NOFOLLOW,
      Posix.O_PATH | Posix.O_DIRECTORY,
      Posix.O_PATH | Posix.O_DIRECTORY | Posix.O_NOFOLLOW,
      Posix.O_CREAT | Posix.O_EXCL | Posix.O_RDWR,
    };
    Set<String> seen = new HashSet<>();
    for (int seed = 0; seed < 8; seed++) {
      Random random = new Random(seed);
      Path top = Files.createDirectory(dir.resolve("top" + seed));
      Path tree = Files.createDirectory(top.resolve("tree"));
      grow(tree, 0, random);
      grow(top, 4, random);
      int root = kernel.paths().open(Posix.AT_FDCWD, bytes(tree.toString()), dots, 0);
      for (int i = 0; i < 3000; i++) {
        String path = path(random, i % 2 == 0);
        int flag = flags[random.nextInt(flags.length)];
        if ((flag & Posix.O_CREAT) != 0 && !open(ours, root, path, 0).startsWith("inode")) {
          // Would create the file once and find it the second time.
          continue;
        }
        String expected = open(ours, root, path, flag);
        String what = "seed " + seed + ", path " + path + ", flags " + Integer.toHexString(flag);
        assertEquals(expected, open(walk, root, path, flag), what);
        seen.add(expected.startsWith("inode") ? "success" : expected);
      }
      kernel.files().close(root);
    }
    Set<String> results = Set.of("success", "error 2", "error 18", "error 20", "error 40");
    assertTrue(seen.containsAll(results), seen.toString());
  }

  @Test
  void creatingThroughLinks() throws IOException {
    Files.createSymbolicLink(dir.resolve("dangling"), Path.of("sub/../target"));
    Files.createSymbolicLink(dir.resolve("out"), Path.of("../target"));
    Files.createDirectory(dir.resolve("sub"));
    int flags = Posix.O_CREAT | Posix.O_RDWR;
    int root = kernel.paths().open(Posix.AT_FDCWD, bytes(dir.toString()), Posix.O_DIRECTORY, 0);
    for (boolean alwaysWalk : new boolean[] {false, true}) {
      Beneath beneath = new Beneath(kernel, alwaysWalk);
      int fd = beneath.open(root, bytes("dangling"), flags, 0600);
      assertTrue(fd >= 0, "error " + fd);
      kernel.files().close(fd);
      Files.delete(dir.resolve("target"));
      int exclusive = flags | Posix.O_EXCL;
      assertEquals(-Posix.EEXIST, beneath.open(root, bytes("dangling"), exclusive, 0600));
      assertEquals(-Posix.EXDEV, beneath.open(root, bytes("out"), flags, 0600));
      assertEquals(-Posix.EISDIR, beneath.open(root, bytes("new/"), flags, 0600));
      assertEquals(-Posix.ENOENT, beneath.open(root, bytes("no/new"), flags, 0600));
    }
    kernel.files().close(root);
  }

  @Test
  void deepPathsUseNoMoreThanTheyNeed() throws IOException {
    Path deep = dir;
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      deep = deep.resolve("d");
      path.append("d/");
    }
    Files.createDirectories(deep);
    int root = kernel.paths().open(Posix.AT_FDCWD, bytes(dir.toString()), Posix.O_DIRECTORY, 0);
    for (boolean alwaysWalk : new boolean[] {false, true}) {
      Beneath beneath = new Beneath(kernel, alwaysWalk);
      int before = kernel.files().duplicate(root);
      kernel.files().close(before);
      assertTrue(open(beneath, root, path + "../".repeat(100) + "d", 0).startsWith("inode"));
      assertEquals("error 18", open(beneath, root, path + "../".repeat(101), 0));
      int after = kernel.files().duplicate(root);
      kernel.files().close(after);
      assertEquals(before, after, "descriptors were left open");
    }
    kernel.files().close(root);
  }
}
