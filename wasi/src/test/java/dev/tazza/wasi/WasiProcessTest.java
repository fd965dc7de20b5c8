package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WasiProcessTest {
  @Test
  void argumentsAndEnvironment() throws IOException {
    WasiConfig config = new WasiConfig().args("prog", "α", "").env("A", "1").env("B", "x=y");
    try (TestGuest guest = new TestGuest(config)) {
      guest.ok(WasiFunction.ARGS_SIZES_GET, 0, 4);
      assertEquals(3, guest.getInt(0));
      assertEquals(9, guest.getInt(4));
      guest.ok(WasiFunction.ARGS_GET, 16, 64);
      assertEquals("prog\0α\0\0", guest.text(64, 9));
      assertEquals(64, guest.getInt(16));
      assertEquals(69, guest.getInt(20));
      assertEquals(72, guest.getInt(24));
      guest.ok(WasiFunction.ENVIRON_SIZES_GET, 0, 4);
      assertEquals(2, guest.getInt(0));
      assertEquals(10, guest.getInt(4));
      guest.ok(WasiFunction.ENVIRON_GET, 16, 64);
      assertEquals("A=1\0B=x=y\0", guest.text(64, 10));
    }
  }

  @Test
  void configurationRefusesWhatNoProgramCouldSee() {
    WasiConfig config = new WasiConfig();
    assertThrows(IllegalArgumentException.class, () -> config.args("a\0b"));
    assertThrows(IllegalArgumentException.class, () -> config.env("", "x"));
    assertThrows(IllegalArgumentException.class, () -> config.env("A=B", "x"));
    assertThrows(IllegalArgumentException.class, () -> config.env("A", "\0"));
  }

  @Test
  void pointersOutsideOfMemoryGiveAnError() throws IOException {
    try (TestGuest guest = new TestGuest(new WasiConfig().args("a").env("A", "b"))) {
      long end = TestGuest.SIZE;
      assertEquals(Errno.FAULT, guest.call(WasiFunction.ARGS_SIZES_GET, 0, end - 3));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.ARGS_SIZES_GET, 0xffff_fffcL, 0));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.ARGS_GET, end - 2, 0));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.ARGS_GET, 0, end));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.ENVIRON_GET, 0, end - 3));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.CLOCK_TIME_GET, 0, 0, end - 7));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.CLOCK_RES_GET, 0, end));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.RANDOM_GET, 16, end));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.RANDOM_GET, 16, 0xffff_ffffL));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.POLL_ONEOFF, 0, 0, 0x7fff_ffff, 0));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.FD_WRITE, 1, 0, 0x4000_0000, 0));
      int vectors = guest.vectors(0, 8, (int) end - 4, 8);
      assertEquals(Errno.FAULT, guest.call(WasiFunction.FD_WRITE, 1, vectors, 2, 0));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.FD_WRITE, 1, vectors, 1, end));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.FD_READ, 0, vectors, 2, 0));
      assertEquals(Errno.FAULT, guest.call(WasiFunction.FD_FDSTAT_GET, 1, end - 23));
    }
  }

  /** Every function, with every argument at each of some extreme values, gives an error number. */
  @Test
  void noArgumentsMakeAnException() throws IOException {
    WasiConfig config = new WasiConfig().clock(new FakeClock());
    long[] extremes = {0, 1, 3, 0x7fff_ffffL, 0xffff_ffffL, -1, Long.MIN_VALUE, TestGuest.SIZE};
    Random random = new Random(42);
    try (TestGuest guest = new TestGuest(config)) {
      for (WasiFunction function : WasiFunction.values()) {
        for (int round = 0; round < 500; round++) {
          long[] args = new long[function.parameters().length()];
          for (int i = 0; i < args.length; i++) {
            args[i] = extremes[random.nextInt(extremes.length)];
          }
          try {
            int errno = guest.call(function, args);
            assertTrue(errno >= 0 && errno <= 76, function + " gave " + errno);
          } catch (WasiExit e) {
            assertTrue(function == WasiFunction.PROC_EXIT || function == WasiFunction.PROC_RAISE);
          }
        }
      }
    }
  }

  @Test
  void clocks() throws IOException {
    FakeClock clock = new FakeClock();
    clock.realtime = 1_700_000_000_123_456_789L;
    clock.monotonic = 42;
    try (TestGuest guest = new TestGuest(new WasiConfig().clock(clock))) {
      guest.ok(WasiFunction.CLOCK_TIME_GET, 0, 0, 8);
      assertEquals(1_700_000_000_123_456_789L, guest.getLong(8));
      guest.ok(WasiFunction.CLOCK_TIME_GET, 1, 1000, 8);
      assertEquals(42, guest.getLong(8));
      guest.ok(WasiFunction.CLOCK_RES_GET, 1, 8);
      assertEquals(7, guest.getLong(8));
      guest.ok(WasiFunction.CLOCK_TIME_GET, 2, 0, 8);
      assertTrue(guest.getLong(8) > 0);
      guest.ok(WasiFunction.CLOCK_TIME_GET, 3, 0, 8);
      guest.ok(WasiFunction.CLOCK_RES_GET, 3, 8);
      assertEquals(Errno.INVAL, guest.call(WasiFunction.CLOCK_TIME_GET, 4, 0, 8));
      assertEquals(Errno.INVAL, guest.call(WasiFunction.CLOCK_RES_GET, -1, 8));
    }
    try (TestGuest guest = new TestGuest(new WasiConfig())) {
      long before = System.currentTimeMillis();
      guest.ok(WasiFunction.CLOCK_TIME_GET, 0, 0, 8);
      assertTrue(Math.abs(guest.getLong(8) / 1_000_000 - before) < 60_000);
    }
  }

  @Test
  void randomBytes() throws IOException {
    try (TestGuest guest = new TestGuest(new WasiConfig().random(new Random(1)))) {
      guest.ok(WasiFunction.RANDOM_GET, 64, 10_000);
      byte[] expected = new byte[4096];
      new Random(1).nextBytes(expected);
      assertArrayEquals(expected, guest.bytes(64, 4096));
      assertEquals(0, guest.getLong(64 + 10_000));
      guest.ok(WasiFunction.RANDOM_GET, 64, 0);
    }
    try (TestGuest guest = new TestGuest(new WasiConfig())) {
      guest.ok(WasiFunction.RANDOM_GET, 64, 100_000);
      int zeros = 0;
      for (byte b : guest.bytes(64, 100_000)) {
        zeros += b == 0 ? 1 : 0;
      }
      assertTrue(zeros < 1000, zeros + " zeros");
    }
  }

  @Test
  void exitAndSignals() throws IOException {
    try (TestGuest guest = new TestGuest(new WasiConfig())) {
      WasiExit exit = assertThrows(WasiExit.class, () -> guest.call(WasiFunction.PROC_EXIT, 42));
      assertEquals(42, exit.code());
      exit = assertThrows(WasiExit.class, () -> guest.call(WasiFunction.PROC_RAISE, 6));
      assertEquals(134, exit.code());
      guest.ok(WasiFunction.PROC_RAISE, 0);
      guest.ok(WasiFunction.PROC_RAISE, 16);
      assertEquals(Errno.INVAL, guest.call(WasiFunction.PROC_RAISE, 31));
      guest.ok(WasiFunction.SCHED_YIELD);
    }
  }
}
