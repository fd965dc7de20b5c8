package dev.tazza.wasi;

/** A clock that stands still but for sleeping. */
final class FakeClock implements WasiClock {
  long realtime = 1_000_000_000_000L;
  long monotonic = 1_000_000L;
  int sleeps;

  @Override
  public long realtime() {
    return realtime;
  }

  @Override
  public long monotonic() {
    return monotonic;
  }

  @Override
  public long resolution() {
    return 7;
  }

  @Override
  public void sleep(long nanos) {
    realtime += nanos;
    monotonic += nanos;
    sleeps++;
  }
}
