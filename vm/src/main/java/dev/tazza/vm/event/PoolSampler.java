package dev.tazza.vm.event;

import java.util.function.Supplier;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/** Has the recorder ask an engine's pools from time to time. Thread-safe. */
public final class PoolSampler {
  private final Supplier<PoolSample> pools;
  private @Nullable Runnable hook;
  private boolean isClosed;

  public PoolSampler(Supplier<PoolSample> pools) {
    this.pools = pools;
  }

  /** Begins if it has not; to be called while {@link Recording#isOn}. */
  public synchronized void begin() {
    if (hook == null && !isClosed) {
      Runnable sample = () -> PoolStatisticsEvent.record(pools.get());
      FlightRecorder.addPeriodicEvent(PoolStatisticsEvent.class, sample);
      hook = sample;
    }
  }

  /** The pools go. */
  public synchronized void close() {
    isClosed = true;
    if (hook != null) {
      FlightRecorder.removePeriodicEvent(hook);
      hook = null;
    }
  }
}
