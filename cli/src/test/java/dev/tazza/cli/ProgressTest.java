package dev.tazza.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The line that tells how far long work is. */
class ProgressTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  @Test
  void itIsShownAgainAndAgainAndErased() throws Exception {
    CountDownLatch shown = new CountDownLatch(2);
    try (Progress _ =
        new Progress(
            out,
            () -> {
              shown.countDown();
              return shown.getCount() + " left";
            },
            Duration.ZERO,
            true)) {
      shown.await();
    }
    String text = printed.toString(StandardCharsets.UTF_8);
    assertTrue(text.startsWith("\r\033[K1 left\r\033[K"), text);
    assertTrue(text.endsWith("\r\033[K"), text);
  }

  @Test
  void shortWorkShowsNothing() {
    new Progress(out, () -> "far", Duration.ofDays(1), true).close();
    assertEquals("", printed.toString(StandardCharsets.UTF_8));
  }

  @Test
  void withoutATerminalThereIsNone() {
    new Progress(out, () -> "far", Duration.ZERO, false).close();
    assertEquals("", printed.toString(StandardCharsets.UTF_8));
  }
}
