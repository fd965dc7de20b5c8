package dev.tazza.testkit.fuzz.thread;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.SharedMemory;
import dev.tazza.Store;
import dev.tazza.wasm.type.MemoryType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Litmus tests (Alglave, Maranget, Sarkar and Sewell, "Litmus: running tests against hardware",
 * 2011): two to four threads access a few cells, over and over at other places, and what each of
 * them saw is counted. WebAssembly's atomic accesses are sequentially consistent, so some outcomes
 * must not be there; the same threads with plain accesses show that they could have been.
 *
 * <p>As a program: {@code Litmus SECONDS} runs each test for so long at both levels.
 */
public enum Litmus {
  /** Store buffering: both miss what the other one has stored. */
  STORE_BUFFERING("00", "store x; load y", "store y; load x"),
  /** The same with something in between that orders, if accesses do not. */
  STORE_BUFFERING_WITH_FENCES("00", "store x; fence; load y", "store y; fence; load x"),
  /** The same with arithmetic for stores. */
  STORE_BUFFERING_WITH_EXCHANGES("00", "swap x; load y", "swap y; load x"),
  /** Message passing: the message is seen, what was stored before is not. */
  MESSAGE_PASSING("10", "store x; store y", "load y; load x"),
  /** Load buffering: both see what the other one stores later. */
  LOAD_BUFFERING("11", "load x; store y", "load y; store x"),
  /** Coherence of one cell: it goes back. */
  READS_OF_ONE_CELL("10", "store x", "load x; load x"),
  /** Write to read causality: a thread sees the consequence, not the cause. */
  CAUSALITY("110", "store x", "load x; store y", "load y; load x"),
  /** Independent reads of independent writes: two threads disagree about the order. */
  INDEPENDENT_READS("1010", "store x", "store y", "load x; load y", "load y; load x");

  /** Places that the threads go through before they meet again. */
  private static final int PLACES = 2000;

  /** The cells of a place are not in one line of the cache. */
  private static final int STRIDE = 512;

  private static final int Y = 128;
  private static final int MEETING = 256;
  private static final int RESULTS = 320;

  /** How often threads look whether the others have come to a place before they go on. */
  private static final int PATIENCE = 3000;

  private static final int MOST_LOADS = 2;
  private static final int PAGES = (PLACES * STRIDE >> 16) + 1;

  /**
   * Who comes to a place last goes on first: news of it takes some hundred cycles. So each waits a
   * little longer or shorter than the others, from place to place.
   */
  private static final int[] DELAYS = {29, 101, 67, 45};

  private static final int MOST_DELAY = 255;

  private final String forbidden;
  private final List<String> threads;

  Litmus(String forbidden, String... threads) {
    this.forbidden = forbidden;
    this.threads = List.of(threads);
  }

  /** What all loads give, in the order of the threads, that must not be seen. */
  public String forbidden() {
    return forbidden;
  }

  /**
   * How often each outcome was seen.
   *
   * @param isAtomic whether accesses are atomic, otherwise only what is called so is
   * @param nanos for how long, at least once
   */
  public Map<String, Long> run(OptLevel level, boolean isAtomic, long nanos)
      throws InterruptedException, ExecutionException {
    try (Engine engine = new Engine(new Config().wasmThreads(true).optLevel(level));
        Module module = Module.compile(engine, text(isAtomic));
        SharedMemory memory = SharedMemory.create(engine, MemoryType.shared(PAGES, PAGES))) {
      Linker<Void> linker = new Linker<Void>(engine).define("env", "memory", memory);
      Map<String, Long> outcomes = new TreeMap<>();
      boolean[] isOver = {false};
      long end = System.nanoTime() + nanos;
      CyclicBarrier batch =
          new CyclicBarrier(
              threads.size(),
              () -> {
                count(memory, outcomes);
                memory.segment().fill((byte) 0);
                isOver[0] = System.nanoTime() - end >= 0;
              });
      List<FutureTask<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < threads.size(); i++) {
        int thread = i;
        tasks.add(
            new FutureTask<>(() -> {
              run(linker, module, thread, batch, isOver);
              return null;
            }));
        Thread.ofPlatform().daemon().start(tasks.getLast());
      }
      for (FutureTask<Void> task : tasks) {
        task.get();
      }
      return outcomes;
    }
  }

  private static void run(
      Linker<Void> linker, Module module, int thread, CyclicBarrier batch, boolean[] isOver)
      throws InterruptedException, BrokenBarrierException {
    try (Store<Void> store = new Store<>(module.engine())) {
      Instance instance = linker.instantiate(store, module);
      do {
        instance.func("thread" + thread).call();
        batch.await();
      } while (!isOver[0]);
    } catch (RuntimeException | Error e) {
      batch.reset(); // nobody waits for a thread that failed
      throw e;
    }
  }

  private void count(SharedMemory memory, Map<String, Long> outcomes) {
    for (int place = 0; place < PLACES; place++) {
      StringBuilder outcome = new StringBuilder();
      for (int thread = 0; thread < threads.size(); thread++) {
        int loads = loads(threads.get(thread));
        for (int i = 0; i < loads; i++) {
          outcome.append(memory.getByte((long) place * STRIDE + result(thread, i)));
        }
      }
      outcomes.merge(outcome.toString(), 1L, Long::sum);
    }
  }

  private static int loads(String thread) {
    return (int) List.of(thread.split("; ")).stream().filter(s -> s.startsWith("load")).count();
  }

  private static int result(int thread, int load) {
    return RESULTS + thread * MOST_LOADS + load;
  }

  private String text(boolean isAtomic) {
    StringBuilder text = new StringBuilder("(module (import \"env\" \"memory\" (memory ");
    text.append("%1$d %1$d shared))\n".formatted(PAGES));
    for (int thread = 0; thread < threads.size(); thread++) {
      text.append("(func (export \"thread%d\") (local $place i32)\n".formatted(thread));
      text.append("(local $first i32) (local $second i32) (local $left i32) (loop $next\n");
      text.append(
          """
          (drop (i32.atomic.rmw.add offset=%1$d (local.get $place) (i32.const 1)))
          (local.set $left (i32.const %2$d))
          (loop $meet
            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
            (br_if $meet
              (i32.and (i32.ne (local.get $left) (i32.const 0))
                (i32.lt_u (i32.atomic.load offset=%1$d (local.get $place)) (i32.const %3$d)))))
          (local.set $left
            (i32.and (i32.mul (i32.shr_u (local.get $place) (i32.const 9)) (i32.const %4$d))
              (i32.const %5$d)))
          (loop $delay
            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
            (br_if $delay (i32.gt_s (local.get $left) (i32.const 0))))
          """
              .formatted(MEETING, PATIENCE, threads.size(), DELAYS[thread], MOST_DELAY));
      int loads = 0;
      for (String step : threads.get(thread).split("; ")) {
        text.append(step(step, loads, isAtomic)).append('\n');
        loads += step.startsWith("load") ? 1 : 0;
      }
      for (int i = 0; i < loads; i++) {
        text.append(
            "(i32.store8 offset=%d (local.get $place) (local.get %s))\n"
                .formatted(result(thread, i), local(i)));
      }
      text.append(
          "(local.set $place (i32.add (local.get $place) (i32.const %d)))\n".formatted(STRIDE));
      text.append(
          "(br_if $next (i32.lt_u (local.get $place) (i32.const %d)))))\n"
              .formatted(PLACES * STRIDE));
    }
    return text.append(")\n").toString();
  }

  private static String local(int load) {
    return load == 0 ? "$first" : "$second";
  }

  private static String step(String step, int loads, boolean isAtomic) {
    int offset = step.endsWith("y") ? Y : 0;
    String prefix = isAtomic ? "i32.atomic." : "i32.";
    return switch (step.split(" ")[0]) {
      case "store" ->
          "(%sstore offset=%d (local.get $place) (i32.const 1))".formatted(prefix, offset);
      case "load" ->
          "(local.set %s (%sload offset=%d (local.get $place)))"
              .formatted(local(loads), prefix, offset);
      case "swap" ->
          "(drop (i32.atomic.rmw.xchg offset=%d (local.get $place) (i32.const 1)))"
              .formatted(offset);
      case "fence" -> "(atomic.fence)";
      default -> throw new IllegalArgumentException(step);
    };
  }

  /** See the class. */
  public static void main(String[] args) throws InterruptedException, ExecutionException {
    long nanos = (long) (Double.parseDouble(args[0]) * 1e9);
    for (Litmus test : values()) {
      for (OptLevel level : new OptLevel[] {OptLevel.SPEED, OptLevel.NONE}) {
        for (boolean isAtomic : new boolean[] {true, false}) {
          System.out.printf(
              "%s, %s, %s: %s, %s must not be%n",
              test,
              level,
              isAtomic ? "atomic" : "plain",
              test.run(level, isAtomic, nanos),
              isAtomic ? test.forbidden() : "nothing");
        }
      }
    }
  }
}
