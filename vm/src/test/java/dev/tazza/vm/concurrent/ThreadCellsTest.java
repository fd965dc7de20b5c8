package dev.tazza.vm.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ThreadCellsTest {
  private final List<String> swept = new ArrayList<>();

  @Test
  void whatWasPutLastWaitsInTheCell() {
    ThreadCells<String> cells = new ThreadCells<>(2);
    assertNull(cells.peek());
    assertFalse(cells.put("a"), "it is not open");
    assertNull(cells.exchange("a"));
    assertEquals(1, cells.opened());
    assertFalse(cells.put("b"), "it is full");
    assertEquals("a", cells.exchange("b"));
    assertEquals(1, cells.size());
    assertEquals("b", cells.peek());
    assertFalse(cells.remove("a"));
    assertEquals("b", cells.take());
    assertNull(cells.take());
    assertTrue(cells.put("c"));
    cells.sweep(swept::add);
    assertEquals(List.of("c"), swept);
    assertTrue(cells.put("d"), "it is still open");
    cells.close(swept::add);
    assertEquals(List.of("c", "d"), swept);
    assertFalse(cells.put("e"));
    assertEquals("e", cells.exchange("e"));
  }

  @Test
  void someThreadsHaveNone() throws InterruptedException {
    ThreadCells<String> none = new ThreadCells<>(0);
    assertEquals("a", none.exchange("a"));
    ThreadCells<String> cells = new ThreadCells<>(4);
    Thread.startVirtualThread(
            () -> {
              if (cells.exchange("a") != null && !cells.put("a") && !cells.hasPlace()) {
                swept.add("refused");
              }
            })
        .join();
    assertEquals(List.of("refused"), swept);
  }

  /** A pool of numbers: who has a permit always finds one, and nobody else has it. */
  @Test
  void nothingIsLostOrGivenTwice() throws Exception {
    int count = 3;
    Semaphore permits = new Semaphore(count);
    ThreadCells<Integer> cells = new ThreadCells<>(count);
    Deque<Integer> shared = new ArrayDeque<>(List.of(0, 1, 2));
    AtomicIntegerArray users = new AtomicIntegerArray(count);
    Callable<@Nullable Void> work =
        () -> {
          for (int i = 0; i < 20_000; i++) {
            permits.acquire();
            Integer taken = cells.take();
            if (taken == null) {
              synchronized (shared) {
                if (shared.isEmpty()) {
                  cells.sweep(shared::add);
                }
                taken = shared.remove();
              }
            }
            assertEquals(1, users.incrementAndGet(taken));
            users.decrementAndGet(taken);
            if (!cells.put(taken)) {
              synchronized (shared) {
                Integer homeless = cells.exchange(taken);
                if (homeless != null) {
                  shared.add(homeless);
                }
              }
            }
            permits.release();
          }
          return null;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      for (Future<?> done : threads.invokeAll(List.of(work, work, work, work, work, work))) {
        done.get();
      }
    }
    cells.close(shared::add);
    assertEquals(count, shared.size());
  }
}
