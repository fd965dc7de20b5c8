package dev.tazza.vm.call;

import dev.tazza.sys.MappingBudget;
import dev.tazza.sys.Os;
import dev.tazza.sys.SysException;

/**
 * Guest stacks side by side in one mapping, of which a process can have 65,530.
 *
 * <pre>
 *   guard │ stack │ guard │ stack │ …
 * </pre>
 *
 * The guards are pages that the system marks as such within the mapping (Linux 6.13). Where it
 * cannot, each of them divides it. Not thread-safe: the pool's lock guards it.
 */
final class StackSlab {
  private final Os os = Os.host();
  private final long low;
  private final long size;
  private final int mappings;
  private final GuestStack[] unused;
  private int unusedCount;

  /**
   * Maps a slab.
   *
   * @param count how many stacks
   * @param stack how large each is
   * @throws SysException when the system refuses
   */
  StackSlab(int count, StackSize stack) {
    long each = stackSize(os, stack);
    size = Math.multiplyExact(each, count);
    MappingBudget budget = MappingBudget.process();
    int claimed = 1;
    budget.claim(claimed);
    long mapped = 0;
    try {
      mapped = os.allocate(size);
      os.preferSmallPages(mapped, size);
      for (int i = 0; i < count; i++) {
        if (!os.guard(mapped + each * i, os.pageSize())) {
          budget.claim(2);
          claimed += 2;
        }
      }
    } catch (RuntimeException | Error refused) {
      if (mapped != 0) {
        os.unmap(mapped, size);
      }
      budget.cancel(claimed);
      throw refused;
    }
    low = mapped;
    mappings = claimed;
    unused = new GuestStack[count];
    for (int i = count - 1; i >= 0; i--) {
      long start = low + each * i + os.pageSize();
      put(new GuestStack(this, start, start + each - os.pageSize(), stack));
    }
  }

  /** Bytes that a stack takes, its guard included. */
  static long stackSize(Os os, StackSize stack) {
    return stack.bytes(os) + os.pageSize();
  }

  int count() {
    return unused.length;
  }

  /** Whether no stack is unused. */
  boolean isExhausted() {
    return unusedCount == 0;
  }

  /** Whether all are unused. */
  boolean isUnused() {
    return unusedCount == unused.length;
  }

  GuestStack take() {
    return unused[--unusedCount];
  }

  void put(GuestStack stack) {
    unused[unusedCount++] = stack;
  }

  void unmap() {
    os.unmap(low, size);
    MappingBudget.process().release(mappings);
  }
}
