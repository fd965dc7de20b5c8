package dev.tazza.vm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.memory.ParkingLot.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParkingLotTest {
  private static final int BYTES = 1 << 16;

  private final long base = NativeHeap.allocate(BYTES);
  private final ParkingLot lot = new ParkingLot();
  private final List<String> woken = new ArrayList<>();

  @AfterEach
  void free() {
    NativeHeap.free(base);
  }

  private Waiter enlist(String name, long offset) {
    return assertNotNull(lot.enlist32(base + offset, 0, () -> woken.add(name)));
  }

  private static <T> T assertNotNull(T value) {
    org.junit.jupiter.api.Assertions.assertNotNull(value);
    return value;
  }

  @Test
  void wakesTheLongestWaitingFirst() {
    enlist("a", 8);
    enlist("b", 8);
    enlist("other", 12);
    enlist("c", 8);
    assertEquals(3, lot.waitersAt(base + 8));
    assertEquals(2, lot.notify(base + 8, 2));
    assertEquals(List.of("a", "b"), woken);
    assertEquals(1, lot.notify(base + 8, -1));
    assertEquals(List.of("a", "b", "c"), woken);
    assertEquals(0, lot.notify(base + 8, -1));
    assertEquals(1, lot.notify(base + 12, 1));
  }

  @Test
  void notifyingNobodyWakesNobody() {
    enlist("a", 0);
    assertEquals(0, lot.notify(base, 0));
    assertEquals(0, lot.notify(base + 4, 5));
    assertEquals(List.of(), woken);
    assertEquals(1, lot.waitersAt(base));
  }

  @Test
  void doesNotEnlistAtAnotherValue() {
    NativeMemory.putLong(base, 1L << 40);
    assertNull(lot.enlist64(base, 0, () -> {}));
    assertNull(lot.enlist32(base + 4, 0, () -> {}));
    assertEquals(0, lot.waitersAt(base));
    assertEquals(1, List.of(assertNotNull(lot.enlist64(base, 1L << 40, () -> {}))).size());
    assertEquals(1, lot.waitersAt(base));
  }

  @Test
  void whoHasLeftIsNotWoken() {
    Waiter first = enlist("first", 0);
    Waiter middle = enlist("middle", 0);
    Waiter last = enlist("last", 0);
    assertFalse(middle.leave());
    assertFalse(middle.leave());
    assertEquals(1, lot.notify(base, 1));
    assertTrue(first.isWoken());
    assertTrue(first.leave());
    assertFalse(last.leave());
    assertEquals(0, lot.notify(base, -1));
    assertEquals(List.of("first"), woken);
  }

  /** More addresses than lists: neighbours in a list are told apart. */
  @Test
  void addressesDoNotMix() {
    for (int at = 0; at < BYTES; at += 4) {
      enlist("" + at, at);
    }
    for (int at = 0; at < BYTES; at += 4) {
      woken.clear();
      assertEquals(1, lot.notify(base + at, -1));
      assertEquals(List.of("" + at), woken);
    }
  }

  /** Producer and consumer hand over by one word, each waiting for the other. */
  @Test
  void noWakeUpGetsLost() throws InterruptedException {
    int rounds = 20_000;
    AtomicInteger seen = new AtomicInteger();
    Thread consumer =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < rounds; i++) {
                awaitOther(0);
                NativeMemory.putInt(base, 0);
                seen.incrementAndGet();
                lot.notify(base, 1);
              }
            });
    for (int i = 0; i < rounds; i++) {
      NativeMemory.putInt(base, 1);
      lot.notify(base, 1);
      awaitOther(1);
    }
    consumer.join();
    assertEquals(rounds, seen.get());
  }

  /** Waits while the word is {@code value}. */
  private void awaitOther(int value) {
    Thread thread = Thread.currentThread();
    Waiter waiter = lot.enlist32(base, value, () -> LockSupport.unpark(thread));
    while (waiter != null) {
      while (!waiter.isWoken()) {
        LockSupport.park();
      }
      waiter = lot.enlist32(base, value, () -> LockSupport.unpark(thread));
    }
  }
}
