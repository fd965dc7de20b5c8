package dev.tazza.environ;

import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.SegmentMode;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.TableType;

/**
 * Which tables of a module are lazy: they begin empty, and an element becomes what its segment says
 * when it is first read. An instance of a module with a large table costs nothing for it then.
 *
 * <p>An element that nobody has read or written is null in memory. So whoever reads null asks for
 * the element ({@link RuntimeService#TABLE_ELEMENT}), and whoever writes null tells, or it would be
 * asked for later. Code that imports a table cannot know whether it is lazy, and takes it for that.
 *
 * <p>Compiled code and the runtime have to agree: both ask here. Immutable.
 */
public final class LazyTables {
  /**
   * Fewer elements are set beforehand. So many, with what they refer to, take 32 KiB, which are
   * copied in a microsecond; the first use of a lazy element takes a twentieth of that.
   */
  public static final int LEAST = 1024;

  /** A table that has more elements than so many times those that are set is not lazy. */
  private static final int SPARSE = 4;

  private final WasmModule module;
  private final boolean enabled;

  /** By table that the module defines. */
  private final boolean[] lazy;

  private LazyTables(WasmModule module, boolean enabled, boolean[] lazy) {
    this.module = module;
    this.enabled = enabled;
    this.lazy = lazy;
  }

  /** Those of a module in engines with these options. */
  public static LazyTables of(WasmModule module, Tunables tunables) {
    boolean enabled = tunables.is(Tunable.TABLE_LAZY_INIT);
    int imported = module.importedTableCount();
    long[] elements = new long[module.tableCount() - imported];
    if (enabled && !MemoryPages.fillsImportedTables(module)) {
      for (ElementSegment segment : module.elementSegments()) {
        if (segment.mode() == SegmentMode.ACTIVE) {
          // One that has to wait, or traps, makes the table as any other.
          int count = appliedElements(module, segment);
          int table = segment.tableIndex() - imported;
          elements[table] = count < 0 ? Long.MIN_VALUE : elements[table] + count;
        }
      }
    }
    boolean[] lazy = new boolean[elements.length];
    for (int i = 0; i < lazy.length; i++) {
      long length = module.table(imported + i).limits().minimum();
      boolean isDense = length <= SPARSE * elements[i];
      lazy[i] = elements[i] >= LEAST && isDense && module.tableInit(imported + i) == null;
    }
    return new LazyTables(module, enabled, lazy);
  }

  /** How many elements a segment sets, if it does so in all instances alike; otherwise -1. */
  private static int appliedElements(WasmModule module, ElementSegment segment) {
    if (!(segment.items() instanceof ElementSegment.Functions items)) {
      return -1;
    }
    long length = module.table(segment.tableIndex()).limits().minimum();
    long from = MemoryContents.constantOffset(segment.tableOffset());
    int count = items.indexes().length;
    return from >= 0 && length >= count && from <= length - count ? count : -1;
  }

  /** Whether any table that the module defines is lazy. */
  public boolean isAny() {
    for (boolean isLazy : lazy) {
      if (isLazy) {
        return true;
      }
    }
    return false;
  }

  /** Whether a table that the module defines, the imported ones not counted, is lazy. */
  public boolean isLazy(int defined) {
    return lazy[defined];
  }

  /**
   * Whether an element of a table, counted from the imported ones on, can be another than what is
   * in memory.
   */
  public boolean mayBeLazy(int table) {
    int imported = module.importedTableCount();
    return table < imported
        ? enabled && holdsFunctions(module.table(table))
        : lazy[table - imported];
  }

  private boolean holdsFunctions(TableType table) {
    int heapType = table.elementType().heapType().code();
    return table.elementType().nullable()
        && (heapType == AbstractHeapType.FUNC.code()
            || heapType >= 0 && module.isFuncType(heapType));
  }

  /**
   * What a lazy table begins with.
   *
   * @return by element: the index of a function plus one, or 0 for null; no longer than to the last
   *     one that is not null
   */
  public int[] elements(int defined) {
    int table = module.importedTableCount() + defined;
    int end = 0;
    for (ElementSegment segment : module.elementSegments()) {
      if (fills(segment, table) && segment.items() instanceof ElementSegment.Functions items) {
        end = Math.max(end, start(segment) + items.indexes().length);
      }
    }
    int[] elements = new int[end];
    for (ElementSegment segment : module.elementSegments()) {
      if (fills(segment, table) && segment.items() instanceof ElementSegment.Functions items) {
        int at = start(segment);
        for (int function : items.indexes()) {
          elements[at++] = function + 1;
        }
      }
    }
    return elements;
  }

  private static boolean fills(ElementSegment segment, int table) {
    return segment.mode() == SegmentMode.ACTIVE && segment.tableIndex() == table;
  }

  /** Where a segment begins in a lazy table, which is nowhere beyond its length. */
  private static int start(ElementSegment segment) {
    return (int) MemoryContents.constantOffset(segment.tableOffset());
  }
}
