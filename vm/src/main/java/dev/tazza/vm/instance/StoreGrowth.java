package dev.tazza.vm.instance;

import dev.tazza.environ.Tunables;
import dev.tazza.vm.event.MemoryGrowthEvent;
import dev.tazza.vm.event.Recording;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.TableType;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much a store has, and what asks its limiter before it gets more: instances, memories and
 * tables, and their growth.
 */
final class StoreGrowth {
  private static final int FAILED = -1;

  private final VmStore store;
  private @Nullable StoreLimiter limiter;
  private @Nullable GrowthSuspender suspender;
  private int instances;
  private int memories;
  private int tables;

  StoreGrowth(VmStore store) {
    this.store = store;
  }

  /**
   * @param suspender how guests wait for what the limiter says; null: they do not
   */
  void limitBy(StoreLimiter limiter, @Nullable GrowthSuspender suspender) {
    this.limiter = limiter;
    this.suspender = suspender;
  }

  /** Grows something for a guest, which may have to wait. */
  long request(LongSupplier growth) {
    GrowthSuspender suspends = suspender;
    return suspends == null ? growth.getAsLong() : suspends.grow(growth);
  }

  /**
   * An instance is going to be made, with all that its module defines.
   *
   * @throws ResourceLimitException when the limiter refuses something
   */
  void addInstance(WasmModule module) {
    int newMemories = module.memoryCount() - module.importedMemoryCount();
    int newTables = module.tableCount() - module.importedTableCount();
    StoreLimiter asked = limiter;
    if (asked != null) {
      checkCount(instances + 1L, asked.instances(), "instances");
      checkCount((long) memories + newMemories, asked.memories(), "memories");
      checkCount((long) tables + newTables, asked.tables(), "tables");
      for (int i = module.importedMemoryCount(); i < module.memoryCount(); i++) {
        checkMemory(asked, module.memory(i));
      }
      for (int i = module.importedTableCount(); i < module.tableCount(); i++) {
        checkTable(asked, module.table(i));
      }
    }
    instances++;
    memories += newMemories;
    tables += newTables;
  }

  /** The same for a memory that no instance defines. */
  void addMemory(MemoryType type) {
    StoreLimiter asked = limiter;
    if (asked != null) {
      checkCount(memories + 1L, asked.memories(), "memories");
      checkMemory(asked, type);
    }
    memories++;
  }

  /** The same for a table that no instance defines. */
  void addTable(TableType type) {
    StoreLimiter asked = limiter;
    if (asked != null) {
      checkCount(tables + 1L, asked.tables(), "tables");
      checkTable(asked, type);
    }
    tables++;
  }

  private static void checkCount(long count, int most, String what) {
    if (count > most) {
      throw new ResourceLimitException(
          "the store would have " + count + " " + what + "; its limiter allows " + most);
    }
  }

  private static void checkMemory(StoreLimiter asked, MemoryType type) {
    long pages = type.limits().minimum();
    int shift = type.pageSizeLog2();
    // What is larger than any number has an error of its own.
    if (pages >= 0 && pages <= Long.MAX_VALUE >>> shift) {
      long bytes = pages << shift;
      if (!asked.memoryGrowing(0, bytes, Tunables.maximumBytes(type))) {
        throw new ResourceLimitException(
            "a memory of " + bytes + " bytes, which the store's limiter refuses");
      }
    }
  }

  private static void checkTable(StoreLimiter asked, TableType type) {
    long elements = type.limits().minimum();
    if (elements >= 0 && !asked.tableGrowing(0, elements, maximum(type))) {
      throw new ResourceLimitException(
          "a table of " + elements + " elements, which the store's limiter refuses");
    }
  }

  private static long maximum(TableType type) {
    Limits limits = type.limits();
    return limits.hasMaximum() && limits.maximum() >= 0 ? limits.maximum() : Long.MAX_VALUE;
  }

  /**
   * Grows a memory from {@code before} to {@code bytes}, if the limiter allows it.
   *
   * @return whether it has grown
   */
  boolean grow(VmMemory memory, long before, long bytes) {
    if (!Recording.isOn()) {
      return growIfAllowed(memory, before, bytes);
    }
    MemoryGrowthEvent event = MemoryGrowthEvent.start();
    boolean grown = growIfAllowed(memory, before, bytes);
    event.done(before, bytes, grown);
    return grown;
  }

  private boolean growIfAllowed(VmMemory memory, long before, long bytes) {
    StoreLimiter asked = limiter;
    if (asked != null) {
      boolean allowed = asked.memoryGrowing(before, bytes, Tunables.maximumBytes(memory.type()));
      if (memory.shared() == null) {
        requireSame(before, memory.storage().length());
      }
      if (!allowed) {
        return false;
      }
    }
    boolean grown = memory.storage().grow(before, bytes);
    if (grown && memory.shared() == null) {
      store.use().addMemory(bytes - before);
    }
    return grown;
  }

  /**
   * Grows a table by {@code delta} elements, if the limiter allows it.
   *
   * @param delta not negative
   * @return the length before, or -1
   */
  long grow(VmTable table, long delta, long element) {
    long before = table.storage().length();
    StoreLimiter asked = limiter;
    if (asked != null && delta != 0) {
      boolean allowed = asked.tableGrowing(before, before + delta, maximum(table.type()));
      requireSame(before, table.storage().length());
      if (!allowed) {
        return FAILED;
      }
    }
    return table.storage().grow(delta, element);
  }

  private static void requireSame(long before, long now) {
    if (before != now) {
      throw new IllegalStateException("a limiter must not grow what it is asked about");
    }
  }

  /**
   * Something did not grow.
   *
   * @return what says so
   */
  long failed(String what) {
    StoreLimiter asked = limiter;
    if (asked != null && !asked.isUndecided() && asked.trapsOnGrowFailure()) {
      String message = TrapCode.RESOURCE_LIMIT.message() + ": " + what + " cannot grow so far";
      throw store.trap(TrapCode.RESOURCE_LIMIT, message);
    }
    return FAILED;
  }
}
