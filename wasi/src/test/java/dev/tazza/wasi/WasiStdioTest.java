package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.sys.fs.Kernel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WasiStdioTest {
  @TempDir Path dir;

  @Test
  void streamsInMemory() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    WasiConfig config = new WasiConfig().stdin("input".getBytes()).stdout(out).stderr(err);
    try (TestGuest guest = new TestGuest(config)) {
      assertEquals("inp", guest.read(0, 3));
      assertEquals("ut", guest.read(0, 100));
      assertEquals("", guest.read(0, 100));
      assertEquals(3, guest.write(1, "out"));
      assertEquals("out", out.toString());
      assertEquals(3, guest.write(2, "err"));
      assertEquals("err", err.toString());
      int a = guest.put("a");
      int b = guest.put("b".repeat(300_000));
      guest.ok(WasiFunction.FD_WRITE, 1, guest.vectors(a, 1, b, 300_000, a, 1), 3, 0);
      assertEquals(300_002, guest.getInt(0));
      assertEquals("outa" + "b".repeat(300_000) + "a", out.toString());
      assertEquals(Errno.SPIPE, guest.call(WasiFunction.FD_SEEK, 1, 0, 0, 0));
      assertEquals(Errno.SPIPE, guest.call(WasiFunction.FD_TELL, 0, 0));
      assertEquals(-Errno.NOTCAPABLE, guest.write(0, "x"));
      assertEquals("error " + Errno.NOTCAPABLE, guest.read(1, 1));
      guest.ok(WasiFunction.FD_FILESTAT_GET, 1, 64);
      guest.ok(WasiFunction.FD_FDSTAT_GET, 1, 64);
      assertEquals(Descriptor.UNKNOWN, guest.getByte(64));
    }
  }

  @Test
  void nothingIsTheDefault() throws IOException {
    try (TestGuest guest = new TestGuest(new WasiConfig())) {
      assertEquals("", guest.read(0, 10));
      assertEquals(5, guest.write(1, "hello"));
      assertEquals(5, guest.write(2, "hello"));
      assertEquals(Errno.BADF, guest.call(WasiFunction.FD_FDSTAT_GET, 3, 64));
    }
  }

  @Test
  void failingStreams() throws IOException {
    InputStream in =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("broken");
          }
        };
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("full");
          }
        };
    try (TestGuest guest = new TestGuest(new WasiConfig().stdin(in).stdout(out))) {
      assertEquals("error " + Errno.IO, guest.read(0, 10));
      assertEquals(-Errno.IO, guest.write(1, "x"));
    }
  }

  @Test
  void nonBlockingInput() throws IOException {
    PipedOutputStream feed = new PipedOutputStream();
    WasiConfig config = new WasiConfig().stdin(new PipedInputStream(feed));
    try (TestGuest guest = new TestGuest(config)) {
      guest.ok(WasiFunction.FD_FDSTAT_SET_FLAGS, 0, Descriptor.NONBLOCK);
      assertEquals("error " + Errno.AGAIN, guest.read(0, 10));
      feed.write("now".getBytes());
      feed.flush();
      guest.ok(WasiFunction.FD_FDSTAT_SET_FLAGS, 0, 0);
      assertEquals("now", guest.read(0, 10));
    }
  }

  /** Pipes of the host, which a guest gets by the way of inheritance in real life. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pipesOfTheHost(boolean virtual) throws Exception {
    Kernel kernel = Kernel.open();
    int[] ends = new int[2];
    assertEquals(0, kernel.files().pipe(ends));
    WasiConfig config = new WasiConfig();
    config.preopen(Path.of("/proc/self/fd"), "/", Access.READ_ONLY);
    Waiter one = new Waiter(kernel, new Turns());
    Waiter two = new Waiter(Kernel.open(), new Turns());
    try (TestGuest guest = new TestGuest(config)) {
      Descriptor reader = HostDescriptor.stream(one, ends[0], true);
      Descriptor writer = HostDescriptor.stream(two, ends[1], false);
      reader.setFlags(Descriptor.NONBLOCK);
      int size = 300_000;
      GuestMemory memory = new GuestMemory(guest.memory);
      int buffer = guest.alloc(size);
      GuestVectors pieces = new GuestVectors();
      pieces.load(memory, guest.vectors(buffer, size), 1);
      ErrnoException again = assertThrows(ErrnoException.class, () -> reader.read(pieces));
      assertEquals(Errno.AGAIN, again.errno());
      writer.setFlags(Descriptor.NONBLOCK);
      long filled = 0;
      try {
        while (true) {
          filled += writer.write(pieces);
        }
      } catch (ErrnoException full) {
        assertEquals(Errno.AGAIN, full.errno());
      }
      assertEquals(65536, filled);
      reader.setFlags(0);
      writer.setFlags(0);
      FutureTask<Long> writing = new FutureTask<>(() -> writeAll(writer, memory, size));
      Thread thread =
          virtual ? Thread.ofVirtual().start(writing) : Thread.ofPlatform().start(writing);
      long read = 0;
      while (read < filled + size) {
        read += reader.read(pieces);
      }
      assertEquals(size, writing.get());
      thread.join();
    } finally {
      kernel.files().close(ends[0]);
      kernel.files().close(ends[1]);
    }
  }

  private static long writeAll(Descriptor writer, GuestMemory memory, int size)
      throws ErrnoException {
    GuestVectors pieces = new GuestVectors();
    memory.putInt(512, 4096);
    long written = 0;
    while (written < size) {
      memory.putInt(516, (int) (size - written));
      pieces.load(memory, 512, 1);
      written += writer.write(pieces);
    }
    return written;
  }

  @Test
  void devices() throws IOException {
    WasiConfig config = new WasiConfig().preopen(Path.of("/dev"), "/dev", Access.READ_WRITE);
    try (TestGuest guest = new TestGuest(config)) {
      int zero = guest.open("zero", 0, TestGuest.READ_ALL);
      assertEquals("\0\0\0\0", guest.read(zero, 4));
      int nothing = guest.open("null", 0, TestGuest.ALL);
      assertEquals(4, guest.write(nothing, "gone"));
      assertEquals("", guest.read(nothing, 4));
      guest.ok(WasiFunction.FD_FDSTAT_GET, nothing, 64);
      assertEquals(Descriptor.CHARACTER_DEVICE, guest.getByte(64));
      assertTrue((guest.getLong(72) & Rights.FD_SEEK) != 0, "/dev/null is no terminal");
    }
  }

  @Test
  void preopenedDirectoriesMustExist() throws IOException {
    Path missing = dir.resolve("missing");
    WasiConfig config = new WasiConfig().preopen(missing, "/", Access.READ_ONLY);
    IOException e = assertThrows(IOException.class, () -> Wasi.open(config));
    assertTrue(e.getMessage().contains("does not exist"), e.getMessage());
    Path file = Files.createFile(dir.resolve("file"));
    WasiConfig other = new WasiConfig().preopen(file, "/", Access.READ_ONLY);
    e = assertThrows(IOException.class, () -> Wasi.open(other));
    assertTrue(e.getMessage().contains("not a directory"), e.getMessage());
  }
}
