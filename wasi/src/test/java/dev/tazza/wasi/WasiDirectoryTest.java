package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(names = {"KERNEL", "MEMORY"})
class WasiDirectoryTest {
  @Parameter Place place;
  @TempDir Path temp;
  private Path dir;

  @BeforeEach
  void lay() throws IOException {
    dir = place.directory(temp);
  }

  private void fill(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Files.createFile(dir.resolve("file-" + i));
    }
  }

  private static Set<String> names(List<TestGuest.Entry> entries) {
    Set<String> names = new HashSet<>();
    for (TestGuest.Entry entry : entries) {
      assertTrue(names.add(entry.name()), "twice: " + entry.name());
    }
    return names;
  }

  @Test
  void aThousandFilesThroughTinyBuffers() throws IOException {
    fill(1000);
    try (TestGuest guest = TestGuest.in(dir, false)) {
      for (int size : new int[] {33, 50, 100, 4096, 1 << 19}) {
        Set<String> names = names(guest.list(TestGuest.DIR, size));
        assertEquals(1002, names.size());
        assertTrue(names.contains("file-999"));
        assertTrue(names.contains("."));
        assertTrue(names.contains(".."));
      }
    }
  }

  @Test
  void entriesTellTypeAndInode() throws IOException {
    Files.createDirectory(dir.resolve("sub"));
    Files.createFile(dir.resolve("file"));
    Files.createSymbolicLink(dir.resolve("link"), dir.getFileSystem().getPath("file"));
    try (TestGuest guest = TestGuest.in(dir, false)) {
      for (TestGuest.Entry entry : guest.list(TestGuest.DIR, 4096)) {
        int expected =
            switch (entry.name()) {
              case "file" -> Descriptor.REGULAR_FILE;
              case "link" -> Descriptor.SYMBOLIC_LINK;
              default -> Descriptor.DIRECTORY;
            };
        assertEquals(expected, entry.type(), entry.name());
        if (!entry.name().equals("..")) {
          assertEquals(0, guest.stat(0, entry.name()));
          assertEquals(guest.getLong(64 + 8), entry.inode(), entry.name());
        }
      }
    }
  }

  @Test
  void cookiesGoBackToWhereTheyCameFrom() throws IOException {
    fill(200);
    try (TestGuest guest = TestGuest.in(dir, false)) {
      List<TestGuest.Entry> all = guest.list(TestGuest.DIR, 1 << 16);
      int other = guest.open(".", TestGuest.DIRECTORY, TestGuest.READ_ALL);
      int buffer = guest.alloc(64);
      for (int i = all.size() - 2; i >= 0; i -= 7) {
        // A second reader in between must not confuse the first.
        guest.ok(WasiFunction.FD_READDIR, other, buffer, 64, all.get(i / 2).next(), 0);
        guest.ok(WasiFunction.FD_READDIR, TestGuest.DIR, buffer, 64, all.get(i).next(), 0);
        String name = all.get(i + 1).name();
        assertEquals(name, guest.text(buffer + 24, name.length()));
      }
    }
  }

  @Test
  void startingAgainSeesNewFiles() throws IOException {
    try (TestGuest guest = TestGuest.in(dir, false)) {
      assertEquals(Set.of(".", ".."), names(guest.list(TestGuest.DIR, 4096)));
      fill(3);
      assertEquals(5, names(guest.list(TestGuest.DIR, 4096)).size());
      Files.delete(dir.resolve("file-0"));
      assertEquals(4, names(guest.list(TestGuest.DIR, 4096)).size());
    }
  }

  @Test
  void bufferEdges() throws IOException {
    fill(1);
    try (TestGuest guest = TestGuest.in(dir, false)) {
      guest.ok(WasiFunction.FD_READDIR, 3, 64, 0, 0, 0);
      assertEquals(0, guest.getInt(0));
      guest.ok(WasiFunction.FD_READDIR, 3, 64, 10, 0, 0);
      assertEquals(10, guest.getInt(0));
      long last = guest.list(3, 4096).getLast().next();
      guest.ok(WasiFunction.FD_READDIR, 3, 64, 4096, last, 0);
      assertEquals(0, guest.getInt(0));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.FD_READDIR, 3, -1, 100, 0, 0));
      assertEquals(Errno.NOTDIR, guest.call(WasiFunction.FD_READDIR, 1, 64, 100, 0, 0));
      int fd = guest.openFile("file-0");
      assertEquals(Errno.NOTDIR, guest.call(WasiFunction.FD_READDIR, fd, 64, 100, 0, 0));
    }
  }

  @Test
  void pathsThatAreNotUtf8() throws IOException {
    try (TestGuest guest = TestGuest.in(dir, false)) {
      for (byte[] name : new byte[][] {{'n', (byte) 0xff}, {(byte) 0xc0, (byte) 0x80}}) {
        int at = guest.put(name);
        WasiFunction open = WasiFunction.PATH_OPEN;
        long all = TestGuest.ALL;
        assertEquals(Errno.ILSEQ, guest.call(open, 3, 0, at, 2, TestGuest.CREATE, all, 0, 0, 0));
        assertEquals(Errno.ILSEQ, guest.call(WasiFunction.PATH_CREATE_DIRECTORY, 3, at, 2));
        int to = guest.put("l");
        assertEquals(Errno.ILSEQ, guest.call(WasiFunction.PATH_SYMLINK, at, 2, 3, to, 1));
      }
      assertTrue(guest.open("n\u00fc\ud83d\ude00", TestGuest.CREATE, TestGuest.ALL) > 0);
    }
    assertTrue(Files.exists(dir.resolve("n\u00fc\ud83d\ude00")));
  }

  /** Guests keep them in a {@code long}, which has 32 bits. The kernel's positions have 64. */
  @Test
  void cookiesFitIn31Bits() throws IOException {
    fill(300);
    try (TestGuest guest = TestGuest.in(dir, false)) {
      List<TestGuest.Entry> all = guest.list(TestGuest.DIR, 4096);
      for (TestGuest.Entry entry : all) {
        assertTrue(entry.next() > 0 && entry.next() <= Integer.MAX_VALUE, entry.toString());
      }
      // A position that this descriptor has not been at.
      int other = guest.open(".", TestGuest.DIRECTORY, TestGuest.READ_ALL);
      int buffer = guest.alloc(64);
      guest.ok(WasiFunction.FD_READDIR, other, buffer, 64, all.get(250).next(), 0);
      String name = all.get(251).name();
      assertEquals(name, guest.text(buffer + 24, name.length()));
      guest.ok(WasiFunction.FD_READDIR, other, buffer, 64, 1_000_000, 0);
      assertEquals(0, guest.getInt(0));
    }
  }
}
