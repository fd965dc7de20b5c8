package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.Trap;
import dev.tazza.wasm.TrapCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntUnaryOperator;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Host functions that block, throw and call back, many at once or very deep. */
class HostStressTest {
  private static final int BLOCKED = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String TEXT =
      """
      (module
        (import "h" "f" (func $h (param i32) (result i32)))
        (func (export "f") (param i32) (result i32)
          (i32.add (call $h (local.get 0)) (i32.const 1)))
        (func (export "trap") unreachable)
        (func (export "id") (param i32) (result i32) (local.get 0)))
      """;

  private final Engine engine = new Engine(new Config().maxWasmStack(64 << 20));

  @AfterEach
  void close() {
    engine.close();
  }

  private static Instance instantiate(Engine engine, Store<Void> store, IntUnaryOperator host) {
    Linker<Void> linker = new Linker<>(engine);
    linker.func("h", "f", IntUnaryOperator.class, host);
    return linker.instantiate(store, Module.compile(engine, TEXT));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // Virtual threads.

  /** More of them block than there are carriers, so each must have given its carrier back. */
  @Test
  void aHundredVirtualThreadsBlockInHostFunctionsAtOnce() throws Exception {
    CountDownLatch arrived = new CountDownLatch(BLOCKED);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger sum = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    long pinned =
        pinnedEvents(() -> {
          for (int i = 0; i < BLOCKED; i++) {
            int number = i;
            threads.add(Thread.startVirtualThread(() -> sum.addAndGet(block(number, arrived, go))));
          }
          arrived.await();
          go.countDown();
          for (Thread thread : threads) {
            assertTrue(thread.join(PATIENCE), "hangs");
          }
        });
    assertEquals(BLOCKED * (BLOCKED + 1) / 2, sum.get());
    assertEquals(0, pinned);
  }

  private int block(int number, CountDownLatch arrived, CountDownLatch go) {
    try (Store<Void> store = new Store<>(engine)) {
      Instance instance =
          instantiate(
              engine,
              store,
              argument -> {
                arrived.countDown();
                await(go);
                return argument;
              });
      return (int) instance.func("f").call(number)[0];
    }
  }

  /**
   * The control for the test above: a static initializer is called by native code of the JVM, so
   * blocking in it pins, and the event tells.
   */
  @Test
  void blockingUnderANativeFrameIsSeenAsPinning() throws Exception {
    long pinned =
        pinnedEvents(() -> {
          Thread thread = Thread.startVirtualThread(() -> assertEquals(1, Initializer.ONE));
          while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
            Thread.onSpinWait();
          }
          Control.GO.countDown();
          assertTrue(thread.join(PATIENCE), "hangs");
        });
    assertEquals(1, pinned);
  }

  private static final class Control {
    static final CountDownLatch GO = new CountDownLatch(1);
  }

  private static final class Initializer {
    static final int ONE;

    static {
      HostStressTest.await(Control.GO);
      ONE = 1;
    }
  }

  private interface Action {
    void run() throws Exception;
  }

  /**
   * How often a virtual thread that parked kept its carrier. Those that wait for a class to be
   * loaded or initialized by another one keep it, too, but that is not ours.
   */
  private static long pinnedEvents(Action action) throws Exception {
    Path file = Files.createTempFile("pinned", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.VirtualThreadPinned").withoutThreshold();
      recording.start();
      action.run();
      recording.stop();
      recording.dump(file);
      return RecordingFile.readAllEvents(file).stream()
          .filter(event -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
          .filter(event -> event.getString("blockingOperation").equals("LockSupport.park"))
          .count();
    } finally {
      Files.delete(file);
    }
  }

  // Exceptions.

  @Test
  void tenThousandExceptionsOfHostFunctions() {
    IOException failure = new IOException("no");
    try (Store<Void> store = new Store<>(engine)) {
      Instance instance =
          instantiate(
              engine,
              store,
              argument -> {
                if (argument % 2 == 0) {
                  return argument;
                }
                throw HostStressTest.<RuntimeException>sneak(
                    argument % 3 == 0 ? failure : new IOException("now"));
              });
      Func f = instance.func("f");
      for (int i = 0; i < 20_000; i++) {
        if (i % 2 == 0) {
          assertEquals(i + 1, f.call(i)[0]);
          continue;
        }
        int number = i;
        IOException thrown = assertThrows(IOException.class, () -> f.call(number));
        assertEquals(1, thrown.getSuppressed().length);
        if (i % 3 == 0) {
          assertSame(failure, thrown);
        }
      }
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E sneak(Throwable thrown) throws E {
    throw (E) thrown;
  }

  // Re-entry.

  /** Calls the guest's f with one less, until 0. */
  private static final class Reentry implements IntUnaryOperator {
    private Func f;
    private int deepest;

    @Override
    public int applyAsInt(int argument) {
      deepest++;
      return argument == 0 ? 0 : (int) f.call(argument - 1)[0];
    }
  }

  private static void onThread(long stackBytes, Action action) throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable task =
        () -> {
          try {
            action.run();
          } catch (Throwable e) {
            failure.set(e);
          }
        };
    Thread thread = new Thread(null, task, "deep", stackBytes);
    thread.start();
    assertTrue(thread.join(PATIENCE), "hangs");
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  private static void works(Instance instance) {
    assertEquals(7, instance.func("id").call(7)[0]);
    assertThrows(Trap.class, () -> instance.func("trap").call());
    assertEquals(4, (int) instance.func("f").call(3)[0]);
  }

  @Test
  void aThousandLevelsOfReentry() throws Exception {
    Reentry host = new Reentry();
    onThread(
        256 << 20,
        () -> {
          try (Store<Void> store = new Store<>(engine)) {
            Instance instance = instantiate(engine, store, host);
            host.f = instance.func("f");
            assertEquals(1001, host.f.call(1000)[0]);
            assertEquals(7, instance.func("id").call(7)[0]);
          }
        });
  }

  /** The guest's stack ends first. */
  @Test
  void endlessReentryTraps() throws Exception {
    Reentry host = new Reentry();
    onThread(
        1 << 30,
        () -> {
          try (Engine small = new Engine(new Config().maxWasmStack(128 << 10));
              Store<Void> store = new Store<>(small)) {
            Instance instance = instantiate(small, store, host);
            host.f = instance.func("f");
            for (int i = 0; i < 20; i++) {
              Trap trap = assertThrows(Trap.class, () -> host.f.call(1 << 30));
              assertEquals(TrapCode.STACK_OVERFLOW, trap.code());
            }
            works(instance);
          }
        });
    assertTrue(host.deepest > 20 * 100);
  }

  /**
   * The thread's stack ends first: an error that Java code is used to, and the store survives it.
   */
  @Test
  void endlessReentryOnASmallJavaStack() throws Exception {
    Reentry host = new Reentry();
    for (int i = 0; i < 20; i++) {
      // Another size each time, so that the stack ends in another method.
      onThread(
          (256 << 10) + 40 * i,
          () -> {
            try (Store<Void> store = new Store<>(engine)) {
              Instance instance = instantiate(engine, store, host);
              host.f = instance.func("f");
              for (int k = 0; k < 10; k++) {
                assertThrows(StackOverflowError.class, () -> host.f.call(1 << 30));
                works(instance);
              }
            }
          });
    }
  }
}
