package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.Instance;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.sys.Os;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Stores, modules and engines that nobody closes, that are all alive, or that are closed in any
 * order while guests run. {@code -Ddropped.scale=50} takes a million stores, 100,000 instances,
 * 20,000 modules and 60,000 live stores, under {@code -Xmx64m}.
 */
class DroppedStressTest {
  private static final int SCALE = Integer.getInteger("dropped.scale", 1);

  private static final String TEXT =
      """
      (module
        (memory (export "memory") 1)
        (func (export "f") (param i32) (result i32)
          (i32.store8 (i32.const 50000) (local.get 0))
          (i32.load8_u (i32.const 50000))))
      """;

  private record Usage(int mappings, long residentMib, long codeKib) {
    static Usage now() throws IOException {
      long resident = 0;
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          resident = Long.parseLong(line.replaceAll("\\D", "")) >> 10;
        }
      }
      CodeRange range = CodeRange.process();
      return new Usage(Os.host().countMappings(), resident, range.size() - range.available() >> 10);
    }

    boolean isMuchMoreThan(Usage before) {
      return mappings > before.mappings + 60
          || residentMib > before.residentMib + 250
          || codeKib > before.codeKib;
    }
  }

  private interface Round {
    void run(int number);
  }

  private static void drop(String what, int times, Round round) throws Exception {
    for (int i = 0; i < times / 10; i++) {
      round.run(i);
    }
    Usage before = settled(new Usage(0, 0, 0), 5);
    Usage most = before;
    for (int i = 0; i < times; i++) {
      round.run(i);
      if (i % (times / 10) == 0) {
        Usage now = Usage.now();
        most =
            new Usage(
                Math.max(most.mappings, now.mappings),
                Math.max(most.residentMib, now.residentMib),
                Math.max(most.codeKib, now.codeKib));
      }
    }
    Usage after = settled(before, 100);
    String all =
        "%d %s: before %s, at most %s, after %s".formatted(times, what, before, most, after);
    System.out.println(all);
    assertTrue(!after.isMuchMoreThan(before), all);
  }

  /** When the collector and the cleaner have done their work. */
  private static Usage settled(Usage before, int attempts) throws Exception {
    Usage now = Usage.now();
    for (int i = 0; i < attempts && now.isMuchMoreThan(before); i++) {
      System.gc();
      Thread.sleep(30);
      now = Usage.now();
    }
    return now;
  }

  private static void use(Store<Void> store, Module module, int number) {
    Func f = Instance.instantiate(store, module, List.of()).func("f");
    assertEquals(number & 0xFF, f.call(number)[0]);
  }

  @Test
  void stores() throws Exception {
    try (Engine engine = new Engine()) {
      drop("stores", 20_000 * SCALE, _ -> new Store<Void>(engine));
    }
  }

  @Test
  void instances() throws Exception {
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, TEXT)) {
      drop("instances", 2_000 * SCALE, number -> use(new Store<>(engine), module, number));
    }
  }

  @Test
  void modules() throws Exception {
    try (Engine engine = new Engine()) {
      drop(
          "modules",
          400 * SCALE,
          number -> {
            try (Store<Void> store = new Store<>(engine)) {
              use(store, Module.compile(engine, TEXT), number);
            }
          });
    }
  }

  @Test
  void engines() throws Exception {
    drop(
        "engines",
        50 * SCALE,
        number -> {
          Engine engine = new Engine();
          use(new Store<>(engine), Module.compile(engine, TEXT), number);
        });
  }

  /** More stores than there is address space for: a clear exception, and the JVM goes on. */
  @Test
  void liveStores() throws Exception {
    List<Store<Void>> live = new ArrayList<>();
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, TEXT)) {
      try {
        for (int i = 0; i < 1200 * SCALE; i++) {
          Store<Void> store = new Store<>(engine);
          live.add(store);
          use(store, module, i);
        }
      } catch (ResourceLimitException full) {
        System.out.println(live.size() + " live stores: " + full.getMessage());
        assertTrue(live.size() > 10_000, full.getMessage());
      }
      List<Thread> threads = new ArrayList<>();
      AtomicInteger finished = new AtomicInteger();
      for (int i = 0; i < 100; i++) {
        threads.add(Thread.ofPlatform().start(finished::incrementAndGet));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(100, finished.get());
      live.forEach(Store::close);
      try (Store<Void> store = new Store<>(engine)) {
        use(store, module, 7);
      }
    }
  }

  /** Two engines' modules and stores, closed by several threads in random order. */
  private static final class Closing {
    private static final FuncType UNARY = new FuncType(List.of(ValType.I32), List.of(ValType.I32));
    private static final String CALLER =
        """
        (module
          (import "m" "f" (func $f (param i32) (result i32)))
          (memory 1)
          (table (export "table") 1 funcref)
          (func (export "run") (param $n i32) (result i32) (local $sum i32)
            (loop $again
              (local.set $sum (call_indirect (param i32) (result i32)
                (call $f (local.get $sum)) (i32.const 0)))
              (i32.store (i32.const 100) (local.get $sum))
              (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (i32.load (i32.const 100))))
        """;

    private final Random random;
    private final List<AutoCloseable> all = Collections.synchronizedList(new ArrayList<>());
    private final List<Func> functions = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Closing(long seed) {
      random = new Random(seed);
      for (int e = 0; e < 2; e++) {
        Engine engine = new Engine();
        Module module = Module.compile(engine, CALLER);
        all.add(engine);
        all.add(module);
        for (int s = 0; s < 3; s++) {
          Store<Void> store = new Store<>(engine);
          all.add(store);
          Func f = Func.wrap(store, UNARY, (_, values) -> values.setI32(0, values.i32(0) + 1));
          Instance instance = Instance.instantiate(store, module, List.of(f));
          instance.table("table").set(0, f);
          functions.add(instance.func("run"));
        }
      }
      Collections.shuffle(all, random);
    }

    private void run(Func function) {
      try {
        while (callUnlessClosed(function)) {
          Thread.sleep(0, 100_000); // or nobody would ever get in to close it
        }
      } catch (Throwable other) {
        failure.compareAndSet(null, other);
      }
    }

    /** Whether the store is still there; while it is being closed it is in use by who closes it. */
    private static boolean callUnlessClosed(Func function) {
      try {
        assertEquals(2000, function.call(1000)[0]);
        return true;
      } catch (IllegalStateException refused) {
        if (refused.getMessage().contains("is closed")) {
          return false;
        }
        if (refused.getMessage().contains("in use by another thread")) {
          return true;
        }
        throw refused;
      }
    }

    /** Closes what it can; stores in use refuse, and are tried again. */
    private void close(AtomicBoolean done) {
      while (!all.isEmpty() && !done.get()) {
        AutoCloseable one;
        synchronized (all) {
          if (all.isEmpty()) {
            return;
          }
          one = all.removeLast();
        }
        try {
          one.close();
        } catch (IllegalStateException inUse) {
          all.addFirst(one);
        } catch (Throwable other) {
          failure.compareAndSet(null, other);
        }
      }
    }

    void run() throws InterruptedException {
      List<Thread> threads = new ArrayList<>();
      AtomicBoolean done = new AtomicBoolean();
      for (Func function : functions) {
        threads.add(Thread.ofPlatform().start(() -> run(function)));
      }
      for (int i = 0; i < 2; i++) {
        threads.add(Thread.ofPlatform().start(() -> close(done)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertTrue(all.isEmpty());
      if (failure.get() instanceof Throwable thrown) {
        throw new AssertionError("a thread failed", thrown);
      }
    }
  }

  @Test
  void closingWhileGuestsRun() throws Exception {
    Usage before = Usage.now();
    long end = System.nanoTime() + 3_000_000_000L * SCALE;
    int rounds = 0;
    while (System.nanoTime() < end) {
      new Closing(rounds++).run();
    }
    System.out.println(rounds + " rounds of closing");
    Usage after = settled(before, 100);
    assertTrue(!after.isMuchMoreThan(before), before + ", " + after);
  }
}
