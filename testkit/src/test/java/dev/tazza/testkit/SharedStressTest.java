package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Eight threads in one memory, half of them virtual: they count, take a lock, and pass a token
 * round, while collections run and the flight recorder samples. Runs for a second at each level, or
 * as long as {@code -Dstress.seconds} says.
 */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedStressTest {
  private static final int THREADS = 8;
  private static final int ROUNDS = 50;

  private static final int COUNTER = 0;
  private static final int WIDE_COUNTER = 8;
  private static final int NARROW_COUNTER = 16;
  private static final int GUARDED = 24;
  private static final int PASSED = 32;
  private static final int GROWN = 40;

  private static final String GUEST =
      """
      (module
        (import "env" "memory" (memory 1 1000 shared))
        (global $lock i32 (i32.const 64))
        (global $token i32 (i32.const 128))
        (func $lock
          (local $seen i32)
          (local.set $seen
            (i32.atomic.rmw.cmpxchg (global.get $lock) (i32.const 0) (i32.const 1)))
          (if (i32.eqz (local.get $seen)) (then (return)))
          (if (i32.ne (local.get $seen) (i32.const 2))
            (then (local.set $seen (i32.atomic.rmw.xchg (global.get $lock) (i32.const 2)))))
          (block $taken
            (loop $again
              (br_if $taken (i32.eqz (local.get $seen)))
              (drop (memory.atomic.wait32 (global.get $lock) (i32.const 2) (i64.const -1)))
              (local.set $seen (i32.atomic.rmw.xchg (global.get $lock) (i32.const 2)))
              (br $again))))
        (func $unlock
          (if (i32.eq (i32.atomic.rmw.xchg (global.get $lock) (i32.const 0)) (i32.const 2))
            (then (drop (memory.atomic.notify (global.get $lock) (i32.const 1))))))
        (func $await_token (param $me i32)
          (local $now i32)
          (loop $again
            (local.set $now (i32.atomic.load (global.get $token)))
            (if (i32.ne (local.get $now) (local.get $me))
              (then
                (drop (memory.atomic.wait32 (global.get $token) (local.get $now) (i64.const -1)))
                (br $again)))))
        (func $pass_token (param $to i32)
          (i32.atomic.store (global.get $token) (local.get $to))
          (drop (memory.atomic.notify (global.get $token) (i32.const -1))))
        (func (export "work") (param $me i32) (param $next i32) (param $rounds i32)
          (loop $again
            (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
            (drop (i64.atomic.rmw.sub (i32.const 8) (i64.const -1)))
            (drop (i32.atomic.rmw8.add_u (i32.const 16) (i32.const 1)))
            (call $lock)
            (i64.store (i32.const 24) (i64.add (i64.load (i32.const 24)) (i64.const 1)))
            (call $unlock)
            (call $await_token (local.get $me))
            (i64.store (i32.const 32) (i64.add (i64.load (i32.const 32)) (i64.const 1)))
            (call $pass_token (local.get $next))
            (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
            (br_if $again (local.get $rounds)))
          (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1))
            (then (drop (i32.atomic.rmw.add (i32.const 40) (i32.const 1)))))))
      """;

  @ParameterizedTest
  @EnumSource(
      value = OptLevel.class,
      names = {"NONE", "SPEED"})
  void nothingIsLostAndNobodyHangs(OptLevel level) throws Exception {
    long end = System.nanoTime() + 1_000_000_000 * Long.getLong("stress.seconds", 1);
    AtomicBoolean over = new AtomicBoolean();
    Thread litter = Thread.ofPlatform().daemon().start(() -> litter(over));
    try (Recording recording = new Recording(Configuration.getConfiguration("profile"));
        Engine engine = new Engine(new Config().wasmThreads(true).optLevel(level));
        Module module = Module.compile(engine, GUEST);
        SharedMemory memory = SharedMemory.create(engine, MemoryType.shared(1, 1000))) {
      recording.start();
      Linker<Void> linker = new Linker<Void>(engine).define("env", "memory", memory);
      CyclicBarrier batch =
          new CyclicBarrier(THREADS, () -> over.set(System.nanoTime() - end >= 0));
      List<FutureTask<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int me = i;
        FutureTask<Integer> task = new FutureTask<>(() -> work(linker, module, me, batch, over));
        tasks.add(task);
        ThreadFactory factory = i % 2 == 0 ? Thread.ofVirtual().factory() : Thread::new;
        factory.newThread(task).start();
      }
      int batches = 0;
      for (FutureTask<Integer> task : tasks) {
        batches = task.get();
      }
      recording.stop();
      check(memory, batches);
      System.out.printf("%s: %d batches of %d rounds%n", level, batches, THREADS * ROUNDS);
    } finally {
      over.set(true);
      litter.join();
    }
  }

  /** Gives how many batches it did. */
  private static int work(
      Linker<Void> linker, Module module, int me, CyclicBarrier batch, AtomicBoolean over)
      throws InterruptedException, BrokenBarrierException {
    int done = 0;
    try (Store<Void> store = new Store<>(module.engine())) {
      Instance instance = linker.instantiate(store, module);
      while (!over.get()) {
        instance.func("work").call(me, (me + 1) % THREADS, ROUNDS);
        done++;
        batch.await();
      }
    }
    return done;
  }

  private static void check(SharedMemory memory, int batches) {
    long all = (long) batches * THREADS * ROUNDS;
    assertTrue(batches > 0);
    assertEquals((int) all, memory.getInt(COUNTER));
    assertEquals(all, memory.getLong(WIDE_COUNTER));
    assertEquals((byte) all, memory.getByte(NARROW_COUNTER));
    assertEquals(0, memory.getByte(NARROW_COUNTER + 1));
    assertEquals(all, memory.getLong(GUARDED));
    assertEquals(all, memory.getLong(PASSED));
    assertEquals(Math.min(999, batches * THREADS), memory.getInt(GROWN));
    assertEquals(1 + memory.getInt(GROWN), memory.size());
  }

  private static void litter(AtomicBoolean over) {
    List<byte[]> some = new ArrayList<>();
    while (!over.get()) {
      some.add(new byte[100_000]);
      if (some.size() == 200) {
        some.clear();
        System.gc();
      }
    }
  }
}
