package dev.tazza.wasi;

import java.time.Duration;
import java.time.Instant;

/** The computer's clocks. */
enum SystemClock implements WasiClock {
  INSTANCE;

  private static final long NANOS = 1_000_000_000L;

  @Override
  public long realtime() {
    Instant now = Instant.now();
    return now.getEpochSecond() * NANOS + now.getNano();
  }

  @Override
  public long monotonic() {
    return System.nanoTime();
  }

  @Override
  public void sleep(long nanos) throws InterruptedException {
    Thread.sleep(Duration.ofNanos(nanos));
  }
}
