package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.StoreLimits;
import dev.tazza.Trap;
import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.TrapCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs with threads: {@code threads.c}, and some in a few lines. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WasiThreadsTest {
  private static final String HEAD =
      """
      (module
        (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_read"
          (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff"
          (func $poll (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "env" "memory" (memory 1 2 shared))
        (export "memory" (memory 0))
        (func $signal (param i32)
          (i32.atomic.store (local.get 0) (i32.const 1))
          (drop (memory.atomic.notify (local.get 0) (i32.const -1))))
        (func $await (param i32)
          (drop (memory.atomic.wait32 (local.get 0) (i32.const 0) (i64.const -1))))
        (func $sleep ;; an hour
          (i64.store (i32.const 1024) (i64.const 0)) (i64.store (i32.const 1032) (i64.const 0))
          (i32.store (i32.const 1040) (i32.const 1))
          (i64.store (i32.const 1048) (i64.const 3600000000000))
          (drop (call $poll (i32.const 1024) (i32.const 1100) (i32.const 1) (i32.const 1200))))
      """;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  private <C extends AutoCloseable> C open(C what) {
    opened.add(what);
    return what;
  }

  private static byte[] program() throws IOException {
    try (InputStream in = WasiThreadsTest.class.getResourceAsStream("threads.wasm")) {
      return in.readAllBytes();
    }
  }

  private static byte[] text(String fields) {
    return (HEAD + fields + ")").getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  /** Ready to be started in {@link #store}. */
  private WasiThreads<Void> threads(Config config, WasiConfig wasiConfig, byte[] program)
      throws IOException {
    Engine engine = open(new Engine(config.wasmThreads(true)));
    Module module = open(Module.compile(engine, program));
    Linker<Void> linker = new Linker<>(engine);
    open(Wasi.open(wasiConfig.stdout(out))).shareAmongThreads().addTo(linker);
    store = open(new Store<>(engine));
    return open(WasiThreads.addTo(linker, module));
  }

  private Store<Void> store;

  private int run(Config config, String mode, Consumer<WasiThreads<Void>> change)
      throws IOException {
    WasiThreads<Void> threads = threads(config, new WasiConfig().args("threads", mode), program());
    change.accept(threads);
    return threads.start(store);
  }

  private static ThreadFactory factory(boolean virtual) {
    return virtual ? Thread.ofVirtual().factory() : Thread.ofPlatform().daemon().factory();
  }

  // The program in C.

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingIsLost(boolean virtual) throws IOException {
    Consumer<WasiThreads<Void>> change = threads -> threads.threadFactory(factory(virtual));
    assertEquals(0, run(new Config(), "sum", change));
    assertEquals(0, run(new Config().optLevel(OptLevel.NONE), "sum", change));
    assertEquals(0, run(new Config(), "queue", change));
    assertEquals("560000 560000\n560000 560000\n20000 50010000\n", out.toString());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anExitEndsAll(boolean virtual) throws IOException {
    assertEquals(7, run(new Config(), "exit", t -> t.threadFactory(factory(virtual))));
    assertFalse(Thread.interrupted());
  }

  @Test
  void aTrapEndsAll() {
    Trap trap = assertThrows(Trap.class, () -> run(new Config(), "trap", _ -> {}));
    assertEquals(TrapCode.UNREACHABLE, trap.code());
    assertFalse(Thread.interrupted());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void returningEndsThreadsThatCompute(boolean bySignals) throws IOException {
    assertEquals(0, run(new Config().signalsBasedInterruption(bySignals), "return", _ -> {}));
  }

  @Test
  void thereAreAsManyThreadsAsAllowed() throws IOException {
    assertEquals(0, run(new Config(), "many", threads -> threads.maxThreads(5)));
    assertEquals(0, run(new Config(), "many", threads -> threads.maxThreads(0)));
    assertEquals("5 6\n0 6\n", out.toString());
  }

  @Test
  void eachStoreIsPrepared() throws IOException {
    List<Store<?>> prepared = new ArrayList<>();
    Consumer<Store<Void>> refuse =
        made -> {
          prepared.add(made);
          if (prepared.size() > 2) {
            made.limiter(StoreLimits.builder().instances(0).build());
          }
        };
    // What a store has no room for is a thread that there is not.
    assertEquals(0, run(new Config(), "many", threads -> threads.forEachStore(refuse)));
    assertEquals("2 6\n", out.toString());
    assertFalse(prepared.contains(store));
  }

  // Those in a few lines.

  private WasiThreads<Void> threads(WasiConfig config, String fields) throws IOException {
    return threads(new Config(), config, text(fields));
  }

  @Test
  void numbersAreThoseOfTheProposal() throws IOException {
    WasiThreads<Void> threads =
        threads(
            new WasiConfig(),
            """
            (func (export "wasi_thread_start") (param $id i32) (param $to i32)
              (i32.store (local.get $to) (local.get $id))
              (call $signal (i32.add (local.get $to) (i32.const 4))))
            (func $run (param $to i32) (result i32)
              (local $id i32)
              (local.set $id (call $spawn (local.get $to)))
              (call $await (i32.add (local.get $to) (i32.const 4)))
              (if (i32.ne (local.get $id) (i32.load (local.get $to))) (then unreachable))
              (local.get $id))
            (func (export "_start")
              (call $exit (i32.add (i32.mul (call $run (i32.const 0)) (i32.const 10))
                (call $run (i32.const 8)))))
            """);
    assertEquals(12, threads.start(store));
    assertThrows(IllegalStateException.class, () -> threads.start(store));
  }

  /** One that sleeps in a WASI call is woken to end. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sleepersEnd(boolean virtual) throws IOException {
    WasiThreads<Void> threads =
        threads(
            new WasiConfig(),
            """
            (func (export "wasi_thread_start") (param i32 i32)
              (call $signal (i32.const 0)) (call $sleep))
            (func (export "_start")
              (drop (call $spawn (i32.const 0))) (call $await (i32.const 0)))
            """);
    threads.threadFactory(factory(virtual));
    assertEquals(0, threads.start(store));
  }

  /** While one thread waits for input, others are served; and when one exits, it ends. */
  @Test
  void whoWaitsDoesNotKeepOthersWaiting() throws IOException {
    CountDownLatch asked = new CountDownLatch(1);
    InputStream never =
        new PipedInputStream(new PipedOutputStream()) {
          @Override
          public int read(byte[] to, int offset, int length) throws IOException {
            asked.countDown();
            return super.read(to, offset, length);
          }
        };
    WasiThreads<Void> threads =
        threads(
            new WasiConfig().stdin(never),
            """
            (func (export "wasi_thread_start") (param i32 i32)
              (call $exit (i32.add (i32.const 40) (call $close (i32.const 99)))))
            (func (export "_start")
              (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 4))
              (drop (call $spawn (i32.const 0)))
              (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
              unreachable)
            """);
    threads.threadFactory(work ->
        new Thread(() -> {
          try {
            asked.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          work.run();
        }));
    assertEquals(40 + Errno.BADF, threads.start(store));
    assertFalse(Thread.interrupted());
  }

  @Test
  void closingEndsTheProgram() throws Exception {
    WasiThreads<Void> threads =
        threads(
            new WasiConfig(),
            """
            (func (export "wasi_thread_start") (param i32 i32) (call $exit (i32.const 1)))
            (func (export "_start")
              (drop (call $poll (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
              (call $sleep))
            """);
    Thread closer = Thread.currentThread();
    CountDownLatch running = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(() -> {
          try {
            running.await();
          } catch (InterruptedException e) {
            closer.interrupt();
          }
          threads.close();
        });
    assertThrows(
        java.util.concurrent.CancellationException.class,
        () ->
            threads.run(
                store,
                instance -> {
                  running.countDown();
                  instance.func("_start").call();
                }));
    assertFalse(Thread.interrupted());
  }

  // What is refused.

  @Test
  void otherModulesAreRefused() {
    LinkException noEntry =
        assertThrows(LinkException.class, () -> threads(new WasiConfig(), "(func)"));
    assertTrue(noEntry.getMessage().contains("wasi_thread_start"), noEntry.getMessage());
    byte[] wrong = "(module (func (export \"wasi_thread_start\")))".getBytes();
    assertThrows(LinkException.class, () -> threads(new Config(), new WasiConfig(), wrong));
    byte[] alone = "(module (func (export \"wasi_thread_start\") (param i32 i32)))".getBytes();
    LinkException noMemory =
        assertThrows(LinkException.class, () -> threads(new Config(), new WasiConfig(), alone));
    assertTrue(noMemory.getMessage().contains("--shared-memory"), noMemory.getMessage());
  }

  @Test
  void theMainStoresLimiterIsAskedForTheMemory() throws IOException {
    WasiThreads<Void> threads =
        threads(new WasiConfig(), "(func (export \"wasi_thread_start\") (param i32 i32))");
    store.limiter(StoreLimits.builder().memorySize(100).build());
    assertThrows(ResourceLimitException.class, () -> threads.start(store));
  }
}
