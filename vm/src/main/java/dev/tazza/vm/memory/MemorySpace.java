package dev.tazza.vm.memory;

import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link LinearMemory} has of the system: its region, and its definition where that is not
 * in an instance context. Apart from it, because it may have to be freed when the memory, its store
 * and all segments are unreachable: it leads to none of them. Its lock is the memory's.
 */
public final class MemorySpace implements AutoCloseable {
  private final MemorySource source;
  private MemoryRegion region;
  private long definition;
  private boolean ownsDefinition;
  private boolean closed;

  /** Whether somebody got, or could have got, a segment; then anybody may have written. */
  private boolean exposed;

  private boolean usedByThisThread;

  /**
   * What the segments are valid in. Segments lead to the memory, which has it; so when this is
   * cleared, nobody has a segment.
   */
  private @Nullable WeakReference<Arena> segments;

  MemorySpace(MemorySource source, MemoryRegion region) {
    this.source = source;
    this.region = region;
  }

  /** Where the region comes from and goes back to. */
  MemorySource source() {
    return source;
  }

  MemoryRegion region() {
    return region;
  }

  void setRegion(MemoryRegion moved) {
    region = moved;
  }

  boolean isClosed() {
    return closed;
  }

  void define(long address) {
    if (definition != 0) {
      throw new IllegalStateException("the definition has an address already");
    }
    definition = address;
  }

  long definition() {
    if (definition == 0) {
      definition = NativeHeap.allocate(VmLayout.MEMORY_SIZE);
      ownsDefinition = true;
    }
    return definition;
  }

  void writeDefinition(long length) {
    if (definition != 0) {
      NativeMemory.putLong(definition + VmLayout.MEMORY_BASE, region.base());
      NativeMemory.putLongRelease(definition + VmLayout.MEMORY_LENGTH, length);
    }
  }

  void setSegments(Arena valid) {
    exposed = true;
    segments = new WeakReference<>(valid);
  }

  /** Invalidates all segments, if there are any. */
  void closeSegments() {
    WeakReference<Arena> made = segments;
    Arena valid = made == null ? null : made.get();
    if (valid != null) {
      valid.close();
    }
    segments = null;
  }

  /**
   * The store was used on the current thread only, which is about to close this; no other store has
   * the memory.
   */
  public void noteOneThread() {
    usedByThisThread = true;
  }

  /**
   * Gives the memory back. All segments become invalid first. No guest code may use it any more.
   *
   * @throws IllegalStateException when another thread is inside a native call with a segment; then
   *     nothing happened
   */
  @Override
  public synchronized void close() {
    if (!closed) {
      closeSegments();
      closed = true;
      if (ownsDefinition) {
        NativeHeap.free(definition);
        ownsDefinition = false;
      }
      definition = 0;
      source.release(region, usedByThisThread && !exposed);
    }
  }
}
