package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A guest whose thread is interrupted: it is left, and the thread knows that it was interrupted.
 */
@Timeout(60)
class WasiInterruptionTest {
  private interface Call {
    void make() throws IOException;
  }

  /** Interrupts a thread that waits in {@code call}. */
  private static void assertInterrupted(boolean virtual, Call call) throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicBoolean status = new AtomicBoolean();
    Runnable code =
        () -> {
          try {
            call.make();
          } catch (Throwable e) {
            thrown.set(e);
          }
          status.set(Thread.currentThread().isInterrupted());
        };
    Thread thread = virtual ? Thread.ofVirtual().start(code) : Thread.ofPlatform().start(code);
    Thread.State state = thread.getState();
    while (state != Thread.State.WAITING && state != Thread.State.TIMED_WAITING) {
      Thread.sleep(1);
      state = thread.getState();
      assertTrue(state != Thread.State.TERMINATED, () -> "not waited: " + thrown.get());
    }
    thread.interrupt();
    thread.join();
    assertInstanceOf(WasiInterruptedException.class, thrown.get());
    assertTrue(status.get(), "the thread's status");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readingAPipe(boolean virtual) throws Exception {
    PipedOutputStream feed = new PipedOutputStream();
    WasiConfig config = new WasiConfig().stdin(new PipedInputStream(feed));
    try (TestGuest guest = new TestGuest(config)) {
      assertInterrupted(virtual, () -> guest.read(0, 10));
      // The pipe is as it was: its writer is not told that the reader is dead.
      feed.write("later".getBytes());
      feed.flush();
      assertEquals("later", guest.read(0, 10));
    }
  }

  /** Waits for input whatever happens. */
  private static final class Stubborn extends InputStream {
    final LinkedBlockingQueue<Integer> input = new LinkedBlockingQueue<>();

    @Override
    public int read() {
      boolean interrupted = false;
      while (true) {
        try {
          int result = input.take();
          if (interrupted) {
            Thread.currentThread().interrupt();
          }
          return result;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      to[offset] = (byte) read();
      return 1;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readingAStreamThatCannotBeInterrupted(boolean virtual) throws Exception {
    Stubborn stream = new Stubborn();
    try (TestGuest guest = new TestGuest(new WasiConfig().stdin(stream))) {
      assertInterrupted(virtual, () -> guest.read(0, 10));
      stream.input.add((int) 'a');
      stream.input.add((int) 'b');
      assertEquals("a", guest.read(0, 10));
      assertEquals("b", guest.read(0, 10));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void writingAPipeThatIsFull(boolean virtual) throws Exception {
    PipedInputStream drain = new PipedInputStream(16);
    WasiConfig config = new WasiConfig().stdout(new PipedOutputStream(drain));
    try (TestGuest guest = new TestGuest(config)) {
      assertInterrupted(virtual, () -> guest.write(1, "more than there is room for"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileInMemory(boolean interrupted) throws Exception {
    Path dir = Place.MEMORY.directory(Path.of(""));
    try (TestGuest guest = TestGuest.in(dir, false)) {
      int fd = guest.open("f", TestGuest.CREATE, TestGuest.ALL);
      if (interrupted) {
        CountDownLatch done = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread.ofPlatform()
            .start(() -> {
              Thread.currentThread().interrupt();
              try {
                guest.write(fd, "text");
              } catch (WasiInterruptedException e) {
                thrown.set(Thread.interrupted() ? e : new AssertionError("status"));
              }
              done.countDown();
            });
        assertTrue(done.await(20, TimeUnit.SECONDS));
        assertInstanceOf(WasiInterruptedException.class, thrown.get());
        // A channel of Java is closed by that.
        assertEquals(-Errno.BADF, guest.write(fd, "text"));
      } else {
        assertEquals(4, guest.write(fd, "text"));
      }
    }
  }

  /** A time-out is a subclass of the exception for an interruption, but none. */
  @Test
  void timeoutsAreErrors() throws IOException {
    InputStream stream =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new SocketTimeoutException("too long");
          }
        };
    try (TestGuest guest = new TestGuest(new WasiConfig().stdin(stream))) {
      assertEquals("error " + Errno.IO, guest.read(0, 10));
      assertFalse(Thread.interrupted());
    }
  }
}
