package dev.tazza;

import dev.tazza.sys.SysException;
import dev.tazza.vm.memory.MemoryImage;
import dev.tazza.vm.memory.MemoryPlan;
import dev.tazza.vm.memory.MemoryRegion;
import dev.tazza.vm.memory.MemorySource;
import dev.tazza.wasm.ResourceLimitException;
import org.jspecify.annotations.Nullable;

/** Memories by a {@link MemoryCreator}. Thread-safe. */
final class CreatedMemories implements MemorySource {
  private static final int ENOMEM = 12;

  private final MemoryCreator creator;

  CreatedMemories(MemoryCreator creator) {
    this.creator = creator;
  }

  /** A memory as the engine sees it. */
  private static final class Region implements MemoryRegion {
    private final MemoryCreator.CreatedMemory memory;
    private final MemoryPlan plan;
    private final long base;

    Region(MemoryCreator.CreatedMemory memory, MemoryPlan plan) {
      this.memory = memory;
      this.plan = plan;
      this.base = memory.address();
    }

    @Override
    public long base() {
      return base;
    }

    /** One that may move does so whenever it grows, as far as we can tell. */
    @Override
    public long room() {
      return plan.movable() ? memory.byteSize() : plan.reservation();
    }

    @Override
    public void commit(long bytes) {
      if (bytes > memory.byteSize()) {
        growTo(bytes);
        if (memory.address() != base) {
          throw new IllegalArgumentException(
              "a memory of the MemoryCreator has moved, though it must not");
        }
      }
    }

    void growTo(long bytes) {
      if (!memory.growTo(bytes)) {
        throw new SysException("growTo of the MemoryCreator", ENOMEM, "it refused");
      }
      if (memory.byteSize() != bytes) {
        throw new IllegalArgumentException(
            "a memory of the MemoryCreator has %d bytes after it has grown to %d"
                .formatted(memory.byteSize(), bytes));
      }
    }

    @Override
    public boolean mayFaultAt(long address) {
      long size = plan.movable() ? memory.byteSize() : plan.reservation();
      return address >= base && address - base < size + plan.guardAfter();
    }
  }

  @Override
  public MemoryRegion acquire(MemoryPlan plan, @Nullable MemoryImage image) {
    MemoryCreator.CreatedMemory memory;
    try {
      memory =
          creator.newMemory(
              new MemoryCreator.Request(
                  plan.initial(),
                  plan.maximum(),
                  plan.movable() ? 0 : plan.reservation(),
                  plan.guardAfter()));
    } catch (RuntimeException refused) {
      throw new ResourceLimitException(
          "the MemoryCreator made no memory of %d bytes: %s"
              .formatted(plan.initial(), refused.getMessage()),
          refused);
    }
    if (memory.address() == 0 || memory.byteSize() != plan.initial()) {
      String found = "%d bytes at %d".formatted(memory.byteSize(), memory.address());
      memory.close();
      throw new ResourceLimitException(
          "the MemoryCreator was to make a memory of %d bytes, but made one of %s"
              .formatted(plan.initial(), found));
    }
    if (image != null) {
      image.copyTo(memory.address(), plan.initial());
    }
    return new Region(memory, plan);
  }

  @Override
  public MemoryRegion move(MemoryRegion region, MemoryPlan plan, long bytes, Runnable mayMove) {
    Region old = (Region) region;
    mayMove.run();
    old.growTo(bytes);
    return new Region(old.memory, plan);
  }

  @Override
  public void release(MemoryRegion region, boolean usedByThisThread) {
    ((Region) region).memory.close();
  }
}
