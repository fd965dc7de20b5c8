package dev.tazza.wasi;

import dev.tazza.Caller;
import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.Instance;
import dev.tazza.InstancePre;
import dev.tazza.Linker;
import dev.tazza.Memory;
import dev.tazza.Module;
import dev.tazza.SharedMemory;
import dev.tazza.Store;
import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.type.ExportType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ImportType;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.NumType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets a program have threads, by the proposal wasi-threads: the function {@code
 * wasi.thread-spawn}, as {@code pthread_create} of wasi-libc (target {@code wasm32-wasi-threads})
 * uses it.
 *
 * <pre>{@code
 * Engine engine = new Engine(new Config().wasmThreads(true));
 * Linker<Void> linker = new Linker<>(engine);
 * wasi.shareAmongThreads().addTo(linker);
 * try (WasiThreads<Void> threads = WasiThreads.addTo(linker, module);
 *     Store<Void> store = new Store<>(engine)) {
 *   int status = threads.start(store);
 * }
 * }</pre>
 *
 * <p>Each thread has a store of its own, with the data of the one it was started from, and an
 * instance of the module in it; what they share is the memory that the module imports. When the
 * main thread returns, or one of them exits or traps, all of them end: in their code, where they
 * wait at the memory, and in host functions that end when their thread is interrupted.
 *
 * <p>One object is for one run of one program. Thread-safe.
 *
 * @param <T> type of the stores' data
 */
public final class WasiThreads<T extends @Nullable Object> implements AutoCloseable {
  private static final String MODULE = "wasi";
  private static final String SPAWN = "thread-spawn";
  private static final String ENTRY = "wasi_thread_start";
  private static final FuncType SPAWN_TYPE =
      new FuncType(List.of(NumType.I32), List.of(NumType.I32));
  private static final FuncType ENTRY_TYPE =
      new FuncType(List.of(NumType.I32, NumType.I32), List.of());

  /** The proposal leaves the upper bits of a thread's number to libraries. */
  private static final int LAST_ID = (1 << 29) - 1;

  /** Stands for the main thread, which has no number. */
  private static final int MAIN = 0;

  private static final int DEFAULT_LIMIT = 256;

  private final Engine engine;
  private final Linker<T> linker;
  private final Module module;
  private final List<SharedMemory> memories = new ArrayList<>();
  private volatile ThreadFactory factory = Thread.ofPlatform().daemon().factory();
  private volatile Consumer<? super Store<T>> preparation = _ -> {};
  private volatile int limit = DEFAULT_LIMIT;

  // Guarded by this.

  private @Nullable InstancePre<T> program;

  /** Those that run, by number. */
  private final Map<Integer, Running> running = new HashMap<>();

  private int lastId;

  /** How the program ends; null while it runs. */
  private @Nullable Ending ending;

  /** Whether it was interrupted because the program ended. */
  private boolean mainInterrupted;

  private record Running(Store<?> store, Thread thread) {}

  /**
   * The end of the program.
   *
   * @param failure what a thread ended with; null if the program exited
   */
  private record Ending(int status, @Nullable Throwable failure) {}

  private WasiThreads(Linker<T> linker, Module module) {
    this.engine = module.engine();
    this.linker = linker;
    this.module = module;
  }

  /**
   * Defines {@code wasi.thread-spawn} for a program. The shared memory that it imports is made when
   * it starts, if nobody has defined it by then.
   *
   * @throws LinkException when the module has no function {@code wasi_thread_start} to start
   *     threads with, or imports no shared memory
   * @throws IllegalArgumentException when {@code wasi.thread-spawn} is defined already, or linker
   *     and module are of different engines
   */
  public static <T extends @Nullable Object> WasiThreads<T> addTo(Linker<T> linker, Module module) {
    if (linker.engine() != module.engine()) {
      throw new IllegalArgumentException("the module was compiled by another engine");
    }
    checkEntry(module);
    checkMemory(module);
    WasiThreads<T> threads = new WasiThreads<>(linker, module);
    linker.func(
        MODULE,
        SPAWN,
        SPAWN_TYPE,
        (caller, values) -> values.setI32(0, threads.spawn(caller, values.i32(0))));
    return threads;
  }

  private static void checkEntry(Module module) {
    for (ExportType export : module.exports()) {
      if (export.name().equals(ENTRY)) {
        if (!export.type().equals(ENTRY_TYPE)) {
          throw new LinkException(
              "%s must be a function %s, but is %s".formatted(ENTRY, ENTRY_TYPE, export.type()));
        }
        return;
      }
    }
    throw new LinkException(
        "not a program with threads: it exports no function %s %s".formatted(ENTRY, ENTRY_TYPE));
  }

  private static void checkMemory(Module module) {
    for (ImportType wanted : module.imports()) {
      if (isSharedMemory(wanted)) {
        return;
      }
    }
    throw new LinkException(
        "not a program with threads: it imports no shared memory; link it with --import-memory and"
            + " --shared-memory");
  }

  private static boolean isSharedMemory(ImportType wanted) {
    return wanted.type() instanceof MemoryType type && type.limits().shared();
  }

  /** Makes the memories that are not there. The limiter of the main thread's store is asked. */
  private void defineMemories(Store<T> store) {
    for (ImportType wanted : module.imports()) {
      if (wanted.type() instanceof MemoryType type
          && isSharedMemory(wanted)
          && !linker.isDefined(wanted.module(), wanted.name())) {
        SharedMemory memory = Memory.create(store, type).shared();
        memories.add(memory);
        linker.define(wanted.module(), wanted.name(), memory);
      }
    }
  }

  /**
   * How many threads there may be at once besides the main one; 256 if not set. One more is {@code
   * EAGAIN} for the guest.
   */
  public WasiThreads<T> maxThreads(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("a negative number of threads: " + count);
    }
    limit = count;
    return this;
  }

  /** Where threads come from. At first they are daemon platform threads; virtual ones will do. */
  public WasiThreads<T> threadFactory(ThreadFactory threads) {
    factory = Objects.requireNonNull(threads, "threads");
    return this;
  }

  /** What is done with the store of each new thread before anything is in it: limits, fuel. */
  public WasiThreads<T> forEachStore(Consumer<? super Store<T>> prepare) {
    preparation = Objects.requireNonNull(prepare, "prepare");
    return this;
  }

  /**
   * Runs the program: instantiates it in {@code store}, calls its {@code _start}, and returns what
   * it exits with; 0 when that returns. All its threads have ended then.
   *
   * @throws IllegalArgumentException when it exports no function {@code _start}, or the store is
   *     another engine's
   * @throws IllegalStateException when it was started before or closed, or the store is closed
   * @throws dev.tazza.Trap when one of its threads traps
   * @throws WasiInterruptedException when the current thread is interrupted while it waits
   */
  public int start(Store<T> store) {
    return run(store, instance -> instance.func("_start").call());
  }

  /**
   * The same for a program that is begun in another way.
   *
   * @param main what the main thread does with the instance
   */
  public int run(Store<T> store, Consumer<Instance> main) {
    if (store.engine() != engine) {
      throw new IllegalArgumentException("the store belongs to another engine");
    }
    InstancePre<T> prepared;
    synchronized (this) {
      if (program != null || ending != null) {
        throw new IllegalStateException("the program was started already, or closed");
      }
      defineMemories(store);
      prepared = linker.instantiatePre(module);
      program = prepared;
      running.put(MAIN, new Running(store, Thread.currentThread()));
    }
    work(
        MAIN,
        () -> {
          main.accept(prepared.instantiate(store));
          end(new Ending(0, null));
        });
    Ending came = awaitEnd();
    Throwable failure = came.failure();
    return switch (failure) {
      case null -> came.status();
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    };
  }

  private void work(int id, Runnable work) {
    try {
      work.run();
    } catch (WasiExit exit) {
      end(new Ending(exit.code(), null));
    } catch (Throwable thrown) {
      end(new Ending(0, thrown));
    } finally {
      synchronized (this) {
        running.remove(id);
        notifyAll();
      }
    }
  }

  /** The program ends, if it does not do so already: all its other threads are stopped. */
  private synchronized void end(Ending how) {
    if (ending != null) {
      return; // a thread that was stopped ends with a trap of its own
    }
    ending = how;
    for (Map.Entry<Integer, Running> each : running.entrySet()) {
      Running other = each.getValue();
      if (other.thread != Thread.currentThread()) {
        mainInterrupted |= each.getKey() == MAIN;
        other.store.terminate();
        other.thread.interrupt();
      }
    }
  }

  /** Waits until all threads have ended, even if this one is interrupted. */
  private synchronized Ending awaitEnd() {
    // If it was the program that has interrupted it, that is over.
    boolean interrupted = Thread.interrupted() && !mainInterrupted;
    while (!running.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return Objects.requireNonNull(ending);
  }

  /** Starts a thread; gives its number, or what is wrong as a negative one. */
  private int spawn(Caller<T> caller, int argument) {
    InstancePre<T> prepared = requireProgram();
    Store<T> store = new Store<>(engine, caller.data());
    int id = -Errno.AGAIN;
    try {
      preparation.accept(store);
      Func entry = prepared.instantiate(store).func(ENTRY);
      id = startThread(store, entry, argument);
    } catch (ResourceLimitException noRoom) {
      // What the guest is told in any case.
    } finally {
      if (id < 0) {
        store.close();
      }
    }
    return id;
  }

  private synchronized InstancePre<T> requireProgram() {
    InstancePre<T> prepared = program;
    if (prepared == null) {
      throw new IllegalStateException("a program with threads is to be started by WasiThreads");
    }
    return prepared;
  }

  private synchronized int startThread(Store<T> store, Func entry, int argument) {
    int others = running.size() - (running.containsKey(MAIN) ? 1 : 0);
    if (ending != null || others >= limit) {
      return -Errno.AGAIN;
    }
    int id = lastId;
    do {
      id = id == LAST_ID ? 1 : id + 1;
    } while (running.containsKey(id));
    int number = id;
    Thread thread =
        factory.newThread(() ->
            work(
                number,
                () -> {
                  try (store) {
                    entry.call(number, argument);
                  }
                }));
    // All under the lock: nobody ends the program between these.
    running.put(id, new Running(store, thread));
    lastId = id;
    try {
      thread.start();
      return id;
    } catch (OutOfMemoryError noThread) {
      running.remove(id);
      return -Errno.AGAIN;
    }
  }

  /** Ends the program if it runs, and this use of the memories that were made for it. */
  @Override
  public synchronized void close() {
    end(new Ending(0, new CancellationException("the program was ended")));
    memories.forEach(SharedMemory::close);
  }

  @Override
  public String toString() {
    return "threads of " + module;
  }
}
