package dev.tazza.vm.memory;

import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeHeap;

/** Where tables get room for their elements, and give it back. Thread-safe. */
public interface TableSource {
  /** The most elements that a table can have. */
  long most();

  /**
   * Room for elements, all of them null.
   *
   * @param elements at least one, at most {@link #most}
   * @return the address, or 0 when there is no memory
   */
  long allocate(long elements);

  /** How many elements there is room for where {@link #allocate} was asked for so many. */
  long capacity(long elements);

  /**
   * Takes room back.
   *
   * @param used elements from the first on that may not be null
   */
  void free(long address, long used);

  /** The C library's allocator. */
  TableSource HEAP = new Heap();

  /** See {@link #HEAP}. */
  final class Heap implements TableSource {
    /** 2 GiB. */
    private static final long LARGEST = 1L << 28;

    private Heap() {}

    @Override
    public long most() {
      return LARGEST;
    }

    @Override
    public long allocate(long elements) {
      return NativeHeap.tryAllocate(elements * VmLayout.TABLE_ELEMENT_SIZE);
    }

    @Override
    public long capacity(long elements) {
      return elements;
    }

    @Override
    public void free(long address, long used) {
      NativeHeap.free(address);
    }
  }
}
