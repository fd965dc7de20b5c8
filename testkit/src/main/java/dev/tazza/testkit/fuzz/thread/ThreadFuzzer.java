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
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Has two threads run {@link ThreadProgram}s, at both levels of optimization, and compares. Not
 * thread-safe.
 *
 * <p>As a program: {@code ThreadFuzzer FIRST_SEED COUNT} prints what differs.
 */
public final class ThreadFuzzer implements AutoCloseable {
  /** How often each program is run: the threads meet differently. */
  private static final int TIMES = 4;

  private static final int REPORT = 200;
  private static final long HANGS_AFTER_SECONDS = 300;

  private record Setting(OptLevel level, Engine engine) {}

  private final List<Setting> settings = new ArrayList<>();
  private long operations;

  public ThreadFuzzer() {
    for (OptLevel level : new OptLevel[] {OptLevel.SPEED, OptLevel.NONE}) {
      Config config = new Config().wasmThreads(true).optLevel(level);
      settings.add(new Setting(level, new Engine(config)));
    }
  }

  /** How many operations the threads did. */
  public long operations() {
    return operations;
  }

  /** The first difference that the program of a seed shows, or null if it shows none. */
  public @Nullable String check(long seed) throws InterruptedException {
    ThreadProgram program = ThreadProgram.of(seed);
    for (Setting setting : settings) {
      try (Module module = Module.compile(setting.engine, program.text())) {
        for (int i = 0; i < TIMES; i++) {
          String difference = run(module, program);
          if (difference != null) {
            return "seed %d, %s: %s%n%s".formatted(seed, setting.level, difference, program.text());
          }
          operations += program.operations();
        }
      }
    }
    return null;
  }

  private static @Nullable String run(Module module, ThreadProgram program)
      throws InterruptedException {
    Engine engine = module.engine();
    try (SharedMemory memory = SharedMemory.create(engine, MemoryType.shared(1, 16))) {
      Linker<Void> linker = new Linker<Void>(engine).define("env", "memory", memory);
      CyclicBarrier start = new CyclicBarrier(ThreadProgram.THREADS);
      List<FutureTask<Long>> tasks = new ArrayList<>();
      for (int i = 0; i < ThreadProgram.THREADS; i++) {
        int thread = i;
        FutureTask<Long> task = new FutureTask<>(() -> run(linker, module, thread, start));
        tasks.add(task);
        Thread.ofPlatform().daemon().start(task);
      }
      for (int thread = 0; thread < ThreadProgram.THREADS; thread++) {
        long sum = tasks.get(thread).get(HANGS_AFTER_SECONDS, TimeUnit.SECONDS);
        if (sum != program.sums()[thread]) {
          return "thread %d gives %x, not %x".formatted(thread, sum, program.sums()[thread]);
        }
      }
      return difference(memory, program);
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause());
    } catch (TimeoutException e) {
      return "a thread hangs";
    }
  }

  private static long run(Linker<Void> linker, Module module, int thread, CyclicBarrier start)
      throws InterruptedException, BrokenBarrierException {
    try (Store<Void> store = new Store<>(module.engine())) {
      Instance instance = linker.instantiate(store, module);
      start.await();
      return instance.func("run" + thread).call(0)[0] instanceof Long sum ? sum : 0;
    }
  }

  private static @Nullable String difference(SharedMemory memory, ThreadProgram program) {
    int turnsAndLocks = 264;
    for (int i = 0; i < ThreadProgram.PLACES; i++) {
      boolean isState = i >= 128 && i < 136 || i >= 256 && i < turnsAndLocks;
      if (!isState && memory.getByte(i) != program.memory()[i]) {
        return "the memory differs at " + i;
      }
    }
    int[] next = new int[ThreadProgram.THREADS];
    for (int i = 0; i < program.tickets()[0] + program.tickets()[1]; i++) {
      int mark = memory.getInt(ThreadProgram.PLACES + 4L * i);
      int thread = mark >>> 24;
      if (thread >= next.length || (mark & 0xff_ffff) != next[thread]++) {
        return "place %d has %x".formatted(i, mark);
      }
    }
    for (int thread = 0; thread < next.length; thread++) {
      if (next[thread] != program.tickets()[thread]) {
        return "thread %d has %d places".formatted(thread, next[thread]);
      }
    }
    return null;
  }

  @Override
  public void close() {
    settings.forEach(setting -> setting.engine.close());
  }

  /** See the class. */
  public static void main(String[] args) throws InterruptedException {
    long first = Long.parseLong(args[0]);
    long count = Long.parseLong(args[1]);
    int failures = 0;
    try (ThreadFuzzer fuzzer = new ThreadFuzzer()) {
      for (long seed = first; seed < first + count && failures < 10; seed++) {
        String difference = fuzzer.check(seed);
        if (difference != null) {
          failures++;
          System.out.println(difference);
        }
        if ((seed - first) % REPORT == REPORT - 1) {
          System.out.printf("%d programs, %,d operations%n", seed - first + 1, fuzzer.operations());
        }
      }
      System.out.printf(
          "%,d operations of two threads, %d programs with differences%n",
          fuzzer.operations(), failures);
    }
  }
}
