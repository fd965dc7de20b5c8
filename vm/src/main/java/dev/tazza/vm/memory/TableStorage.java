package dev.tazza.vm.memory;

import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;
import dev.tazza.wasm.ResourceLimitException;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a table: a native array of 8-byte entries. An entry is the address of a function
 * reference or the handle of an external one; 0 is null in both.
 *
 * <p>A table may be lazy ({@link dev.tazza.environ.LazyTables}): entries that were 0 from the start
 * and that nobody has told of stand for what {@link LazyElements} has for them. They get it when
 * somebody asks. Compiled code reads and writes entries by itself, and asks about those that are 0
 * and tells of those that it wants to be.
 *
 * <p>Indexes are the caller's to check, except where a method says so: bulk operations and API
 * calls check once for all.
 */
public final class TableStorage implements AutoCloseable {
  private static final int ENTRY = VmLayout.TABLE_ELEMENT_SIZE;

  private final TableSource source;
  private final long maximum;
  private long base;
  private boolean ownsBase;
  private long capacity;
  private long length;
  private long definition;
  private boolean ownsDefinition;
  private @Nullable LazyElements lazy;
  private boolean closed;

  /** Allocates a table of nulls; otherwise as the other constructor. */
  public TableStorage(long initial, long maximum) {
    this(TableSource.HEAP, initial, maximum, 0);
  }

  /**
   * Makes a table.
   *
   * @param source where its entries are from when they are not given, or when it grows
   * @param initial entries, unsigned
   * @param maximum entries, unsigned; growth ends there
   * @param entries address of the initial entries, which are used in place until the table grows
   *     and stay their owner's; 0 to allocate them
   * @throws ResourceLimitException when there is no memory
   */
  public TableStorage(TableSource source, long initial, long maximum, long entries) {
    this.source = source;
    this.maximum = Long.compareUnsigned(maximum, source.most()) > 0 ? source.most() : maximum;
    if (entries != 0) {
      base = entries;
      capacity = initial;
    } else if (Long.compareUnsigned(initial, this.maximum) > 0 || !allocate(Math.max(initial, 1))) {
      throw new ResourceLimitException(
          "no room for a table of " + Long.toUnsignedString(initial) + " elements");
    }
    length = initial;
  }

  private boolean allocate(long entries) {
    long fresh = source.allocate(entries);
    if (fresh == 0) {
      return false;
    }
    if (base != 0) {
      NativeMemory.copy(base, fresh, length * ENTRY);
    }
    freeOwned();
    base = fresh;
    ownsBase = true;
    capacity = source.capacity(entries);
    return true;
  }

  private void freeOwned() {
    if (ownsBase) {
      source.free(base, length);
    }
  }

  /**
   * Has entries that are 0 so far get what {@code elements} has for them when they are asked for.
   */
  public void makeLazy(LazyElements elements) {
    lazy = elements;
  }

  /** Current number of elements. */
  public long length() {
    return length;
  }

  /** Address of element 0; growth changes it. */
  public long base() {
    return base;
  }

  /** Element {@code index}, which is below the length. */
  public long get(long index) {
    long entry = NativeMemory.getLong(base + index * ENTRY);
    return entry == 0 && lazy != null ? read(lazy, index) : entry;
  }

  private long read(LazyElements elements, long index) {
    long entry = elements.take(index);
    if (entry != 0) {
      NativeMemory.putLong(base + index * ENTRY, entry);
    }
    return entry;
  }

  /** Sets element {@code index}, which is below the length. */
  public void set(long index, long entry) {
    if (entry == 0 && lazy != null) {
      lazy.drop(index, 1);
    }
    NativeMemory.putLong(base + index * ENTRY, entry);
  }

  /** Whether {@code count} elements from {@code index} on are in the table; both unsigned. */
  public boolean contains(long index, long count) {
    return Long.compareUnsigned(index, length) <= 0
        && Long.compareUnsigned(count, length - index) <= 0;
  }

  /** Sets {@code count} elements; the range is in the table. */
  public void fill(long index, long entry, long count) {
    if (lazy != null) {
      lazy.drop(index, count);
    }
    for (long i = index; i < index + count; i++) {
      NativeMemory.putLong(base + i * ENTRY, entry);
    }
  }

  /** Copies elements from a table, perhaps this one, overlapping or not; ranges are inside. */
  public void copy(long index, TableStorage from, long fromIndex, long count) {
    if (from.lazy != null) {
      for (long i = fromIndex; i < fromIndex + count; i++) {
        from.get(i);
      }
    }
    if (lazy != null) {
      lazy.drop(index, count);
    }
    NativeMemory.copy(from.base + fromIndex * ENTRY, base + index * ENTRY, count * ENTRY);
  }

  /**
   * Adds {@code delta} elements, all {@code entry}.
   *
   * @param delta unsigned
   * @return the length before, or -1 when the table cannot grow so far
   */
  public long grow(long delta, long entry) {
    if (closed) {
      throw new IllegalStateException("the table is closed");
    }
    if (Long.compareUnsigned(delta, maximum - length) > 0) {
      return -1;
    }
    long before = length;
    long after = before + delta;
    if (after > capacity && !allocate(Math.min(Math.max(after, 2 * capacity), maximum))) {
      return -1;
    }
    length = after;
    if (entry != 0) {
      fill(before, entry, delta);
    }
    writeDefinition();
    return before;
  }

  /**
   * Keeps the definition at {@code address} up to date from now on. To be called before {@link
   * #definition}, which somebody may point to.
   *
   * @param address {@link VmLayout#TABLE_SIZE} bytes, usually in an instance context
   */
  public void define(long address) {
    if (definition != 0) {
      throw new IllegalStateException("the definition has an address already");
    }
    definition = address;
    writeDefinition();
  }

  /** Address of the definition, for instances that import this table. */
  public long definition() {
    if (definition == 0) {
      definition = NativeHeap.allocate(VmLayout.TABLE_SIZE);
      ownsDefinition = true;
      writeDefinition();
    }
    return definition;
  }

  private void writeDefinition() {
    if (definition != 0) {
      NativeMemory.putLong(definition + VmLayout.TABLE_BASE, base);
      NativeMemory.putLong(definition + VmLayout.TABLE_LENGTH, length);
    }
  }

  private void dropDefinition() {
    if (ownsDefinition) {
      NativeHeap.free(definition);
      ownsDefinition = false;
    }
    definition = 0;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      dropDefinition();
      freeOwned();
    }
  }
}
