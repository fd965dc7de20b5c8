package dev.tazza.vm.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.environ.ExitReason;
import dev.tazza.sys.Os;
import dev.tazza.sys.Protection;
import dev.tazza.sys.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;

/**
 * Traps of all kinds on eight threads while the JVM uses the same signals for itself, collects
 * garbage and samples threads.
 */
class TrapStressTest {
  private static final Signals SIGNALS = Os.host().signals();

  private static final int THREADS = 8;
  private static final int TRAPS_A_THREAD = 5_000;
  private static final int[] KINDS = {SIGNALS.segv(), SIGNALS.bus(), SIGNALS.ill(), SIGNALS.fpe()};

  private final Os os = Os.host();
  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicInteger javaFaults = new AtomicInteger();

  @SuppressWarnings("UnusedVariable")
  private volatile Object garbage = "";

  @Test
  void trapsAndTheJvmShareTheSignals() throws IOException, InterruptedException {
    long before = mappings();
    try (GuestCode code = new GuestCode();
        GuestStackPool pool = new GuestStackPool(128 << 10, THREADS);
        Recording recording = new Recording()) {
      recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(1));
      recording.enable("jdk.NativeMethodSample").withPeriod(Duration.ofMillis(1));
      recording.start();
      int file = os.createMemoryFile("empty");
      long region = os.reserve(2 * 4096);
      os.mapPrivate(region, 4096, Protection.READ, file, 0);
      Program program = new Program(code, region);
      List<Thread> guests = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        guests.add(start(() -> trapOften(pool, program)));
      }
      List<Thread> disturbers =
          List.of(start(this::overflow), start(this::dereference), start(this::collect));
      for (Thread guest : guests) {
        guest.join();
      }
      done.set(true);
      for (Thread disturber : disturbers) {
        disturber.join();
      }
      recording.stop();
      os.unmap(region, 2 * 4096);
      os.closeFile(file);
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
    assertTrue(javaFaults.get() > 0);
    assertTrue(mappings() < before + 100, "mappings before and after");
  }

  private Thread start(Runnable action) {
    return Thread.ofPlatform().uncaughtExceptionHandler((t, e) -> failure.set(e)).start(action);
  }

  /** One function for each kind of fault, all called through a host function that re-enters. */
  private static final class Program {
    final long trampoline;
    final long hostCall;
    final long[] functions = new long[KINDS.length];

    Program(GuestCode code, long region) {
      trampoline = code.entryTrampoline();
      hostCall = code.exitTrampoline(ExitReason.HOST_CALL.code(), 1);
      functions[0] = reader(code, region + 4096);
      functions[1] = reader(code, region);
      functions[2] = code.function();
      code.enterFrame().op(0x0f, 0x0b); //                        ud2
      functions[3] = code.function();
      code.enterFrame().op(0x31, 0xc9, 0xf7, 0xf1); //            xor ecx, ecx; div ecx
      code.publish();
    }

    private static long reader(GuestCode code, long address) {
      long function = code.function();
      code.enterFrame().op(0x48, 0xb8); //                        mov rax, address
      code.int32((int) address).int32((int) (address >> 32));
      code.op(0x48, 0x8b, 0x00).leaveFrame(); //                  mov rax, [rax]
      return function;
    }
  }

  private static void trapOften(GuestStackPool pool, Program program) {
    try (Guest guest = new Guest(pool)) {
      for (int i = 0; i < TRAPS_A_THREAD; i++) {
        int kind = i % KINDS.length;
        guest.host = context -> guest.loop.call(program.trampoline, program.functions[kind], 0);
        long function = i % 3 == 0 ? program.hostCall : program.functions[kind];
        try {
          guest.loop.call(program.trampoline, function, 0);
          throw new AssertionError("no trap");
        } catch (Fault fault) {
          assertEquals(KINDS[kind], fault.signal);
          assertEquals(i % 3 == 0 ? 4 : 2, fault.backtrace.pcs().length);
        }
      }
    }
  }

  private void overflow() {
    while (!done.get()) {
      try {
        garbage = recurse(0);
      } catch (StackOverflowError expected) {
        javaFaults.incrementAndGet();
      }
    }
  }

  @SuppressWarnings("InfiniteRecursion")
  private static int recurse(int depth) {
    return recurse(depth + 1) + 1;
  }

  private void dereference() {
    Object[] mostlyThere = new Object[1000];
    for (int i = 0; i < 999; i++) {
      mostlyThere[i] = "x";
    }
    int sum = 0;
    while (!done.get()) {
      try {
        for (Object object : mostlyThere) {
          sum += object.hashCode();
        }
      } catch (NullPointerException expected) {
        javaFaults.incrementAndGet();
      }
    }
    garbage = sum;
  }

  private void collect() {
    while (!done.get()) {
      List<byte[]> blocks = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        blocks.add(new byte[10_000]);
      }
      garbage = blocks;
      System.gc();
    }
  }

  private static long mappings() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).size();
  }
}
