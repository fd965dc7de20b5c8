package dev.tazza.vm.memory;

import dev.tazza.sys.SysException;
import org.jspecify.annotations.Nullable;

/** Where linear memories get their address space, and give it back. Thread-safe. */
public interface MemorySource {
  /**
   * What can be had of a plan: the same, or one that ends sooner.
   *
   * @throws dev.tazza.wasm.ResourceLimitException when not even the initial length can
   */
  default MemoryPlan bound(MemoryPlan plan) {
    return plan;
  }

  /**
   * A region for a memory, of which {@code plan.initial()} bytes are accessible.
   *
   * @param plan one that was {@link #bound}
   * @param image what it begins with, zeros around it; null for zeros
   * @throws SysException when the system refuses
   * @throws ArithmeticException when a size is no number
   * @throws dev.tazza.wasm.ResourceLimitException when a limit is met
   */
  MemoryRegion acquire(MemoryPlan plan, @Nullable MemoryImage image);

  /**
   * Has the contents of a memory moved to a larger region, of which {@code bytes} are accessible
   * then, and takes the old one back.
   *
   * @param mayMove asked when everything is ready and nothing has changed; what it throws surfaces
   * @throws SysException when the system refuses; nothing has changed then
   */
  MemoryRegion move(MemoryRegion region, MemoryPlan plan, long bytes, Runnable mayMove);

  /**
   * Takes a region back that nobody uses any more. Its contents are seen by nobody again.
   *
   * @param usedByThisThread whether only the current thread used it, and could have written to it;
   *     a hint, false when that is not known
   */
  void release(MemoryRegion region, boolean usedByThisThread);
}
