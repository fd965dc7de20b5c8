package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WasiPollTest {
  private static final int IN = 4096;
  private static final int OUT = 8192;
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path dir;

  private static void clock(TestGuest guest, int index, int id, long timeout, int flags) {
    int at = IN + 48 * index;
    guest.putLong(at, 100 + index);
    guest.putLong(at + 8, 0);
    guest.putLong(at + 16, id);
    guest.putLong(at + 24, timeout);
    guest.putLong(at + 32, 0);
    guest.putLong(at + 40, flags);
  }

  private static void descriptor(TestGuest guest, int index, int type, int fd) {
    int at = IN + 48 * index;
    guest.putLong(at, 100 + index);
    guest.putLong(at + 8, type);
    guest.putLong(at + 16, fd);
  }

  private static int poll(TestGuest guest, int count) {
    guest.ok(WasiFunction.POLL_ONEOFF, IN, OUT, count, 0);
    return guest.getInt(0);
  }

  /** An event as text: user data, error, type, bytes, flags. */
  private static String event(TestGuest guest, int index) {
    int at = OUT + 32 * index;
    long head = guest.getLong(at + 8);
    return guest.getLong(at)
        + " errno "
        + (head & 0xffff)
        + " type "
        + (head >>> 16)
        + " bytes "
        + guest.getLong(at + 16)
        + " flags "
        + guest.getLong(at + 24);
  }

  @Test
  void clocks() throws IOException {
    FakeClock clock = new FakeClock();
    try (TestGuest guest = new TestGuest(new WasiConfig().clock(clock))) {
      clock(guest, 0, 1, 5 * SECOND, 0);
      clock(guest, 1, 0, clock.realtime + 2 * SECOND, 1);
      clock(guest, 2, 1, clock.monotonic + 9 * SECOND, 1);
      long before = clock.monotonic;
      assertEquals(1, poll(guest, 3));
      assertEquals("101 errno 0 type 0 bytes 0 flags 0", event(guest, 0));
      assertEquals(2 * SECOND, clock.monotonic - before);
      assertEquals(1, clock.sleeps);
      clock(guest, 0, 1, 0, 0);
      clock(guest, 1, 0, 0, 1);
      assertEquals(2, poll(guest, 3));
      assertEquals(1, clock.sleeps);
      clock(guest, 0, 1, 3, 0);
      clock(guest, 1, 1, 3, 0);
      clock(guest, 2, 1, -1, 0);
      assertEquals(2, poll(guest, 3));
      assertEquals("100 errno 0 type 0 bytes 0 flags 0", event(guest, 0));
      assertEquals("101 errno 0 type 0 bytes 0 flags 0", event(guest, 1));
    }
  }

  @Test
  void mistakes() throws IOException {
    try (TestGuest guest = new TestGuest(new WasiConfig().clock(new FakeClock()))) {
      assertEquals(Errno.INVAL, guest.call(WasiFunction.POLL_ONEOFF, IN, OUT, 0, 0));
      clock(guest, 0, 9, 1, 0);
      clock(guest, 1, 2, 1, 0);
      descriptor(guest, 2, 1, 77);
      descriptor(guest, 3, 1, 1);
      descriptor(guest, 4, 2, 0);
      clock(guest, 5, 1, 1, 0);
      assertEquals(5, poll(guest, 6));
      assertEquals("100 errno 28 type 0 bytes 0 flags 0", event(guest, 0));
      assertEquals("101 errno 58 type 0 bytes 0 flags 0", event(guest, 1));
      assertEquals("102 errno 8 type 1 bytes 0 flags 0", event(guest, 2));
      assertEquals("103 errno 76 type 1 bytes 0 flags 0", event(guest, 3));
      assertEquals("104 errno 76 type 2 bytes 0 flags 0", event(guest, 4));
      descriptor(guest, 0, 3, 0);
      assertEquals(Errno.INVAL, guest.call(WasiFunction.POLL_ONEOFF, IN, OUT, 1, 0));
    }
  }

  @Test
  void filesAreAlwaysReady() throws IOException {
    Files.writeString(dir.resolve("f"), "0123456789");
    try (TestGuest guest = TestGuest.in(dir, false)) {
      int fd = guest.open("f", 0, TestGuest.ALL);
      guest.read(fd, 4);
      descriptor(guest, 0, 1, fd);
      descriptor(guest, 1, 2, fd);
      clock(guest, 2, 1, 1000 * SECOND, 0);
      assertEquals(2, poll(guest, 3));
      assertEquals("100 errno 0 type 1 bytes 6 flags 0", event(guest, 0));
      assertEquals("101 errno 0 type 2 bytes 0 flags 0", event(guest, 1));
    }
  }

  @Test
  void standardStreams() throws IOException {
    WasiConfig config = new WasiConfig().clock(new FakeClock());
    config.stdin(new byte[] {'a', 'b'}).stdout(new ByteArrayOutputStream());
    try (TestGuest guest = new TestGuest(config)) {
      descriptor(guest, 0, 1, 0);
      descriptor(guest, 1, 2, 1);
      descriptor(guest, 2, 2, 2);
      assertEquals(3, poll(guest, 3));
      assertEquals("100 errno 0 type 1 bytes 2 flags 0", event(guest, 0));
      assertEquals("101 errno 0 type 2 bytes 0 flags 0", event(guest, 1));
    }
  }

  @Test
  void aStreamThatHasNothingYetTimesOutAndThenDelivers() throws IOException {
    PipedOutputStream feed = new PipedOutputStream();
    WasiConfig config = new WasiConfig().stdin(new PipedInputStream(feed));
    try (TestGuest guest = new TestGuest(config)) {
      descriptor(guest, 0, 1, 0);
      clock(guest, 1, 1, SECOND / 1000, 0);
      assertEquals(1, poll(guest, 2));
      assertEquals("101 errno 0 type 0 bytes 0 flags 0", event(guest, 0));
      feed.write("hello".getBytes());
      feed.flush();
      clock(guest, 1, 1, 1000 * SECOND, 0);
      assertEquals(1, poll(guest, 2));
      assertTrue(event(guest, 0).startsWith("100 errno 0 type 1 bytes"), event(guest, 0));
      assertEquals("hel", guest.read(0, 3));
      assertEquals(1, poll(guest, 2));
      assertEquals("100 errno 0 type 1 bytes 2 flags 0", event(guest, 0));
      assertEquals("lo", guest.read(0, 10));
      feed.close();
      assertEquals(1, poll(guest, 2));
      assertEquals("100 errno 0 type 1 bytes 0 flags 1", event(guest, 0));
      assertEquals("", guest.read(0, 10));
    }
  }

  @Test
  void interruptionEndsTheWait() throws Exception {
    try (TestGuest guest = new TestGuest(new WasiConfig())) {
      for (boolean virtual : new boolean[] {false, true}) {
        clock(guest, 0, 1, 1000 * SECOND, 0);
        CountDownLatch started = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Runnable body =
            () -> {
              started.countDown();
              thrown.set(assertThrows(WasiInterruptedException.class, () -> poll(guest, 1)));
            };
        Thread thread = virtual ? Thread.ofVirtual().start(body) : Thread.ofPlatform().start(body);
        started.await();
        thread.interrupt();
        thread.join();
        assertTrue(thrown.get() instanceof WasiInterruptedException);
      }
    }
  }

  @Test
  void theOlderLayout() throws IOException {
    FakeClock clock = new FakeClock();
    try (TestGuest guest = new TestGuest(new WasiConfig().clock(clock))) {
      guest.putLong(IN, 7);
      guest.putLong(IN + 8, 0);
      guest.putLong(IN + 16, 99);
      guest.putLong(IN + 24, 1);
      guest.putLong(IN + 32, 5 * SECOND);
      guest.putLong(IN + 40, 0);
      guest.putLong(IN + 48, 0);
      long before = clock.monotonic;
      int errno = guest.call(Snapshot.UNSTABLE, WasiFunction.POLL_ONEOFF, IN, OUT, 1, 0);
      assertEquals(0, errno);
      assertEquals("7 errno 0 type 0 bytes 0 flags 0", event(guest, 0));
      assertEquals(5 * SECOND, clock.monotonic - before);
    }
  }
}
