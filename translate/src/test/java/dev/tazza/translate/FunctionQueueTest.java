package dev.tazza.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What {@code Config.parallelCompilation} changes: which threads compile. */
class FunctionQueueTest {
  private static final int COUNT = 100;

  @Test
  void oneThreadDoesAllOrSeveralDo() throws InterruptedException {
    Set<Thread> serial = ConcurrentHashMap.newKeySet();
    new FunctionQueue(false).forEach(COUNT, i -> serial.add(Thread.currentThread()));
    assertEquals(Set.of(Thread.currentThread()), serial);

    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "left out: one processor");
    assumeTrue(ForkJoinPool.getCommonPoolParallelism() > 0, "left out: no common pool");
    // Nobody comes through before two threads are there.
    CountDownLatch two = new CountDownLatch(2);
    Set<Thread> parallel = ConcurrentHashMap.newKeySet();
    new FunctionQueue(true)
        .forEach(
            COUNT,
            i -> {
              if (parallel.add(Thread.currentThread())) {
                two.countDown();
              }
              try {
                two.await(1, TimeUnit.MINUTES);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertEquals(0, two.getCount());
  }

  @Test
  void eachFunctionHasItsTurnOnceAndTheFirstFailureIsThrown() {
    AtomicInteger sum = new AtomicInteger();
    new FunctionQueue(true).forEach(COUNT, sum::addAndGet);
    assertEquals(COUNT * (COUNT - 1) / 2, sum.get());
    IllegalStateException failure = new IllegalStateException("42");
    assertEquals(
        failure,
        assertThrows(
            IllegalStateException.class,
            () ->
                new FunctionQueue(true)
                    .forEach(
                        COUNT,
                        i -> {
                          if (i == 42) {
                            throw failure;
                          }
                        })));
  }
}
