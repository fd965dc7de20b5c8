package dev.tazza.cli.wast;

import dev.tazza.Extern;
import dev.tazza.Instance;
import dev.tazza.Memory;
import dev.tazza.SharedMemory;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A thread that a script runs some of its commands in. */
final class ScriptThread {
  /**
   * What a thread gets of an instance of another thread, which alone may use the rest.
   *
   * @param memories its shared memories by the names of their exports
   */
  record SharedInstance(Map<String, SharedMemory> memories) implements AutoCloseable {
    /** Of an instance of the current thread. */
    static SharedInstance of(Instance instance) {
      Map<String, SharedMemory> memories = new LinkedHashMap<>();
      for (Map.Entry<String, Extern> export : instance.exports().entrySet()) {
        if (export.getValue() instanceof Memory memory && memory.isShared()) {
          memories.put(export.getKey(), memory.shared());
        }
      }
      return new SharedInstance(memories);
    }

    /** The same for one more thread. */
    SharedInstance again() {
      Map<String, SharedMemory> copies = new LinkedHashMap<>();
      memories.forEach((name, memory) -> copies.put(name, memory.again()));
      return new SharedInstance(copies);
    }

    @Override
    public void close() {
      memories.values().forEach(SharedMemory::close);
    }
  }

  private final int line;
  private final FutureTask<WastReport> task;

  /**
   * Starts one.
   *
   * @param line where the script has it
   * @param commands runs the commands
   * @param shared closed afterwards
   */
  ScriptThread(int line, Callable<WastReport> commands, Collection<SharedInstance> shared) {
    this.line = line;
    task =
        new FutureTask<>(() -> {
          try {
            return commands.call();
          } finally {
            shared.forEach(SharedInstance::close);
          }
        });
    Thread.ofPlatform().daemon().name("tazza-script").start(task);
  }

  /** Where the script has it. */
  int line() {
    return line;
  }

  /**
   * Waits until it has ended; gives what became of its commands.
   *
   * @throws IllegalStateException when it could not run them, or the current thread is interrupted
   */
  WastReport await() {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the thread failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while it waited for a thread", e);
    }
  }
}
