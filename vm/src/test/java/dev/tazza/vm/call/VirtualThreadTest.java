package dev.tazza.vm.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tazza.environ.ExitReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host function that blocks a virtual thread gives the carrier thread away. */
class VirtualThreadTest {
  @TempDir private Path directory;

  /** Blocking in a class initializer pins: shows that the event would come. */
  private static final class Pinning {
    static final CountDownLatch GO = new CountDownLatch(1);

    private static final class Initializer {
      static final boolean DONE = await();

      private static boolean await() {
        awaitUninterrupted(GO);
        return true;
      }
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void blockingHostFunctionsDoNotPin() throws IOException, InterruptedException {
    // Classes that are initialized on the way would pin, once, whoever waits for that.
    blockGuests(1);
    assertEquals(0, pinnedDuring(() -> blockGuests(200)));
    assertFalse(pinnedDuring(VirtualThreadTest::blockInInitializer) == 0);
  }

  private interface Action {
    void run() throws InterruptedException;
  }

  private int pinnedDuring(Action action) throws IOException, InterruptedException {
    Path file = directory.resolve("pinned.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.VirtualThreadPinned").withoutThreshold();
      recording.start();
      action.run();
      recording.stop();
      recording.dump(file);
    }
    return (int)
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
            .count();
  }

  private static void blockInInitializer() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              started.countDown();
              assertEquals(true, Pinning.Initializer.DONE);
            });
    started.await();
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    Pinning.GO.countDown();
    thread.join();
  }

  /** Guests, far more than carrier threads, all parked in a host function at the same time. */
  private static void blockGuests(int guests) throws InterruptedException {
    try (GuestCode code = new GuestCode();
        GuestStackPool pool = new GuestStackPool(16 << 10, guests)) {
      long trampoline = code.entryTrampoline();
      long hostCall = code.exitTrampoline(ExitReason.HOST_CALL.code(), 1);
      code.publish();
      CountDownLatch allInside = new CountDownLatch(guests);
      CountDownLatch go = new CountDownLatch(1);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < guests; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try (Guest guest = new Guest(pool)) {
                    guest.host =
                        context -> {
                          allInside.countDown();
                          awaitUninterrupted(go);
                        };
                    guest.loop.call(trampoline, hostCall, 0);
                  }
                }));
      }
      allInside.await();
      go.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }
}
