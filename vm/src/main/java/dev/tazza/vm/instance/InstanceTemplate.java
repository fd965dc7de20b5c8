package dev.tazza.vm.instance;

import dev.tazza.environ.FuncRefLayout;
import dev.tazza.environ.FunctionReferences;
import dev.tazza.environ.LazyTables;
import dev.tazza.environ.MemoryContents;
import dev.tazza.environ.MemoryPages;
import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.isa.Stubs;
import dev.tazza.vm.memory.LazyElements;
import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.SegmentMode;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.TableType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What all instances of a module begin with, as a block to copy to native memory: what an
 * instantiation costs hardly depends on how many functions, constants and table elements there are.
 *
 * <pre>
 *   context         as {@link VmLayout} has it, with type ids, constant globals, function references
 *                   (if a table is lazy, those that instances begin with: {@link LazyReferences})
 *   imports         room for the contexts that imported functions get
 *   tables          the elements of those that are not mostly empty and have no initial value
 *   empty tables    the elements of short ones, unless they are few: not part of the block
 * </pre>
 *
 * <p>Addresses in the block are offsets from its start, to which {@link #copyTo} adds where the
 * copy is.
 *
 * <p>An element segment is applied here when it lies inside of a table that the module defines and
 * all segments of that table before it are applied here too. That can be seen when the
 * instantiation traps half way, but only by functions that an earlier segment put into an imported
 * table: a module with such a segment is initialized step by step.
 */
final class InstanceTemplate implements AutoCloseable {
  /** A table that is not longer than this has its place in the copy even when it is empty. */
  private static final int SHORT_TABLE = 256;

  /** So many bytes of empty tables are in the block itself. */
  private static final int EMPTY_BYTES = 8 << 10;

  private static final int WORD = 8;

  private final LoadedModule loaded;
  private final WasmModule module;
  private final VmLayout layout;

  /** By defined table: offset of its elements in the block, or -1. */
  private final int[] tables;

  private final boolean[] droppedElements;

  /** Active segments that are left to copy. */
  private final int[] pendingElements;

  /** Defined globals whose value depends on the instance. */
  private final int[] pendingGlobals;

  /** Defined globals that hold external references. */
  private final int[] externGlobals;

  private final InitialMemories memories;
  private final LazyTables lazyTables;

  /** Null if no table is lazy. */
  private final @Nullable LazyReferences lazyReferences;

  /** Bytes of a copy: the block, and zeros for empty tables. */
  private long size;

  private final BlockSize blockSize;
  private final int mostValues;

  /** Words, because arrays are fast from the first time on; everything is aligned to that. */
  private final long[] block;

  /** The words from the first to the second are not copied: references that are written later. */
  private int lateFrom;

  private int lateTo;

  /** (offset, stride, count) of addresses in the block. */
  private int[] addresses = new int[12];

  private int addressRuns;

  InstanceTemplate(LoadedModule loaded) {
    this.loaded = loaded;
    module = loaded.module();
    layout = loaded.compiled().layout();
    tables = new int[module.tableCount() - module.importedTableCount()];
    droppedElements = new boolean[module.elementSegments().size()];
    memories = new InitialMemories(module, loaded.tunables(), loaded.data());
    lazyTables = LazyTables.of(module, loaded.tunables());
    lazyReferences = lazyTables.isAny() ? new LazyReferences(loaded, lazyTables) : null;
    block = new long[placeTables() / WORD];
    long imports = (long) VmLayout.IMPORT_CONTEXT_SIZE * module.importedFunctionCount();
    blockSize = new BlockSize(layout.size(), imports, size - imports - layout.size());
    mostValues = findMostValues();
    writeTypeIds();
    writeFunctionReferences();
    pendingGlobals = writeGlobals();
    externGlobals = findExternGlobals();
    pendingElements = writeTables();
  }

  /** Offset of the context that imported function {@code index} gets. */
  int importContext(int index) {
    return layout.size() + VmLayout.IMPORT_CONTEXT_SIZE * index;
  }

  /** Decides which tables are part of the copies; returns the size of the block. */
  private int placeTables() {
    long[] filled = new long[tables.length];
    if (!MemoryPages.fillsImportedTables(module)) {
      for (ElementSegment segment : module.elementSegments()) {
        int table = segment.tableIndex() - module.importedTableCount();
        if (segment.mode() == SegmentMode.ACTIVE && table >= 0) {
          filled[table] += segment.items().count();
        }
      }
    }
    long at = layout.size() + (long) VmLayout.IMPORT_CONTEXT_SIZE * module.importedFunctionCount();
    long emptyBytes = 0;
    for (int i = 0; i < tables.length; i++) {
      long length = lengthOfNulls(i);
      long bytes = length * VmLayout.TABLE_ELEMENT_SIZE;
      boolean isDense = length >= 0 && length <= 4 * filled[i];
      boolean isShort = length >= 0 && length <= SHORT_TABLE;
      tables[i] = -1;
      if ((isDense || isShort && filled[i] > 0) && at + bytes <= Integer.MAX_VALUE) {
        tables[i] = (int) at;
        at += bytes;
      } else if (isShort) {
        emptyBytes += bytes;
      }
    }
    if (at + emptyBytes > Integer.MAX_VALUE) {
      emptyBytes = 0;
    }
    size = at + emptyBytes;
    if (emptyBytes > 0) {
      placeEmptyTables(at);
    }
    return (int) (emptyBytes <= EMPTY_BYTES ? size : at);
  }

  private void placeEmptyTables(long from) {
    long at = from;
    for (int i = 0; i < tables.length; i++) {
      long length = lengthOfNulls(i);
      if (tables[i] < 0 && length >= 0 && length <= SHORT_TABLE) {
        tables[i] = (int) at;
        at += length * VmLayout.TABLE_ELEMENT_SIZE;
      }
    }
  }

  /** The length of a table that begins with null references; -1 for others and for lazy ones. */
  private long lengthOfNulls(int defined) {
    boolean isOther =
        lazyTables.isLazy(defined)
            || module.tableInit(module.importedTableCount() + defined) != null;
    return isOther ? -1 : table(defined).limits().minimum();
  }

  private TableType table(int defined) {
    return module.table(module.importedTableCount() + defined);
  }

  private int findMostValues() {
    int most = 0;
    for (int i = 0; i < module.typeCount(); i++) {
      if (module.type(i) instanceof FuncType type) {
        most = Math.max(most, Math.max(type.params().size(), type.results().size()));
      }
    }
    return most;
  }

  private void writeTypeIds() {
    setInt(VmLayout.MAGIC, VmLayout.MAGIC_VALUE);
    for (int i = 0; i < module.typeCount(); i++) {
      setInt(layout.typeId(i), loaded.typeId(i));
    }
  }

  /** Sets four bytes that are zero, little-endian. */
  private void setInt(int offset, int value) {
    block[offset / WORD] |= Integer.toUnsignedLong(value) << 8 * (offset % WORD);
  }

  /** Those of imported functions are completed when they are known. */
  private void writeFunctionReferences() {
    FunctionReferences references = loaded.compiled().references();
    int count = references.count();
    if (lazyReferences != null) {
      count = lazyReferences.imported();
      lateFrom = layout.functionRef(count) / WORD;
      lateTo = layout.size() / WORD;
    }
    for (int i = 0; i < count; i++) {
      int function = references.function(i);
      int at = layout.functionRef(i);
      if (function >= module.importedFunctionCount()) {
        block[(at + FuncRefLayout.CODE) / WORD] = loaded.functionAddress(function);
      }
      setInt(at + FuncRefLayout.TYPE_ID, loaded.typeId(module.functionTypeIndex(function)));
    }
    if (count > 0) {
      int first = layout.functionRef(0) + FuncRefLayout.CONTEXT;
      addAddresses(first, FuncRefLayout.SIZE, count);
    }
  }

  private int[] writeGlobals() {
    IntCollector pending = new IntCollector();
    int imported = module.importedGlobalCount();
    for (int i = imported; i < module.globalCount(); i++) {
      int words = layout.global(i - imported) / WORD;
      if (!ConstantExpressions.storeConstant(module.globalInit(i), block, words)) {
        pending.add(i);
      }
    }
    return pending.toArray();
  }

  private int[] findExternGlobals() {
    IntCollector found = new IntCollector();
    for (int i = module.importedGlobalCount(); i < module.globalCount(); i++) {
      if (StoreReferences.isHandle(module.global(i).valueType())) {
        found.add(i);
      }
    }
    return found.toArray();
  }

  private int[] writeTables() {
    IntCollector pending = new IntCollector();
    boolean[] complete = new boolean[tables.length];
    Arrays.fill(complete, !MemoryPages.fillsImportedTables(module));
    for (int i = 0; i < droppedElements.length; i++) {
      ElementSegment segment = module.elementSegments().get(i);
      droppedElements[i] = segment.mode() != SegmentMode.PASSIVE;
      if (segment.mode() == SegmentMode.ACTIVE) {
        int table = segment.tableIndex() - module.importedTableCount();
        boolean applied =
            table >= 0 && complete[table] && (lazyTables.isLazy(table) || apply(segment, table));
        if (!applied) {
          pending.add(i);
          droppedElements[i] = false;
        }
        if (table >= 0) {
          complete[table] = applied;
        }
      }
    }
    for (int i = 0; i < tables.length; i++) {
      if (tables[i] >= 0 && tables[i] < WORD * block.length) {
        addAddressesOfTable(tables[i], (int) table(i).limits().minimum());
      }
    }
    return pending.toArray();
  }

  private boolean apply(ElementSegment segment, int table) {
    long from = MemoryContents.constantOffset(segment.tableOffset());
    long last = table(table).limits().minimum() - segment.items().count();
    if (tables[table] < 0
        || from < 0
        || from > last
        || !(segment.items() instanceof ElementSegment.Functions items)) {
      return false;
    }
    FunctionReferences references = loaded.compiled().references();
    int at = tables[table] / WORD + (int) from;
    for (int function : items.indexes()) {
      block[at++] = layout.functionRef(references.number(function));
    }
    return true;
  }

  /** Null elements stay null. */
  private void addAddressesOfTable(int offset, int length) {
    int from = 0;
    for (int i = 0; i <= length; i++) {
      if (i == length || block[offset / WORD + i] == 0) {
        if (i > from) {
          addAddresses(offset + WORD * from, WORD, i - from);
        }
        from = i + 1;
      }
    }
  }

  private void addAddresses(int offset, int stride, int count) {
    if (3 * addressRuns == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * addresses.length);
    }
    addresses[3 * addressRuns] = offset;
    addresses[3 * addressRuns + 1] = stride;
    addresses[3 * addressRuns + 2] = count;
    addressRuns++;
  }

  /** How many bytes a copy takes. */
  BlockSize blockSize() {
    return blockSize;
  }

  /** The most parameters, or results, that a function of the module or one it calls can have. */
  int mostValues() {
    return mostValues;
  }

  /** Whether a copy is made to memory that must be zeros. */
  boolean needsZeros() {
    return size > (long) WORD * block.length;
  }

  /** Makes a copy of the block there; the context is its start. */
  void copyTo(long copy) {
    if (lazyReferences == null) {
      NativeMemory.copy(block, copy);
    } else {
      NativeMemory.copy(block, 0, copy, lateFrom);
      NativeMemory.copy(block, lateTo, copy + (long) WORD * lateTo, block.length - lateTo);
      lazyReferences.writeEarly(copy);
    }
    for (int i = 0; i < addressRuns; i++) {
      Stubs.addAll(copy + addresses[3 * i], addresses[3 * i + 2], addresses[3 * i + 1], copy);
    }
  }

  /**
   * Offset of the elements of defined table {@code index}, or -1 when they are not in the block.
   */
  int tableElements(int index) {
    return tables[index];
  }

  /** What a lazy table of the instance with this context begins with; null for other tables. */
  @Nullable LazyElements lazyElements(int index, long context) {
    return lazyReferences == null || !lazyTables.isLazy(index)
        ? null
        : lazyReferences.elements(index, context);
  }

  /** Sees to it that a reference of the instance with this context is there. */
  void writeReference(long context, int number) {
    if (lazyReferences != null) {
      lazyReferences.writeLate(context, number);
    }
  }

  /** The active element segments that are left to copy, in their order. */
  int[] pendingElements() {
    return pendingElements;
  }

  /** What the memories begin with. */
  InitialMemories memories() {
    return memories;
  }

  /** The defined globals that are left to initialize. */
  int[] pendingGlobals() {
    return pendingGlobals;
  }

  /** The defined globals that hold external references. */
  int[] externGlobals() {
    return externGlobals;
  }

  /** By element segment: whether it is dropped, not counting those left to copy. */
  boolean[] droppedElements() {
    return droppedElements.clone();
  }

  /** Ends the use of the images; memories keep their contents. */
  @Override
  public void close() {
    memories.close();
  }
}
