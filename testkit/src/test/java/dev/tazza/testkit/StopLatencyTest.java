package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.testkit.StopLatency.Latency;
import dev.tazza.testkit.StopLatency.Way;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Guests that never return are stopped, whatever their shape. How soon in numbers is for {@link
 * StopLatency} on a machine that has nothing else to do; here most have to be soon even on one that
 * has, and all in terms of processor time. More guests: {@code -Dstop.count=1000}.
 */
class StopLatencyTest {
  private static final int COUNT = Integer.getInteger("stop.count", EndlessGuest.shapes());
  private static final long SEED = Long.getLong("stop.seed", 1);

  /** In milliseconds. Copies and fills of gigabytes would take longer. */
  private static final double SOON = 100;

  static List<Way> ways() {
    return StopLatency.ways();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void everyShapeIsStopped(Way way) throws InterruptedException {
    List<Latency> latencies = StopLatency.measure(way, EndlessGuest.make(COUNT, SEED));
    assertEquals(COUNT, latencies.size());
    double median = StopLatency.percentile(latencies, 0.5);
    assertTrue(median < SOON, () -> "half of the guests take more than " + median + " ms");
    for (Latency latency : latencies) {
      assertTrue(latency.work() < 3 * SOON * 1e6, latency::toString);
    }
  }
}
