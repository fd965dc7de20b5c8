package dev.tazza.environ;

import java.util.Objects;

/**
 * Layout of an instance context (VMContext): the block of native memory that holds what compiled
 * code of one instance reaches. Its shape follows from the module alone. Offsets in bytes from the
 * start.
 *
 * <pre>
 *   header             magic u32, pad, store context address, instance number in its store (u64)
 *   imported memories  address of the owner's memory definition, 8 each
 *   imported globals   address of the global's value, 8 each
 *   imported tables    address of the owner's table definition, 8 each
 *   memories           {base address, length in bytes}, 16 each; of a shared one, whose definition is
 *                      outside of all stores, {address of that, 0}
 *   globals            16 each, aligned to 16
 *   tables             {base address, length in elements}, 16 each
 *   imported functions {code address, context}, 16 each
 *   type ids           u32 each: engine-wide numbers of the module's types
 *   tags               u32 each: numbers, in the store, of the tags that the module imports and defines
 *   function refs      {@link FuncRefLayout}, one for each function that can become a reference
 * </pre>
 *
 * <p>What hot code uses most (memory base, globals such as a stack pointer) stands first, in reach
 * of short displacements.
 */
public final class VmLayout {
  public static final int MAGIC = 0;
  public static final int STORE_CONTEXT = 8;

  /** u64: number of the instance within its store. */
  public static final int INSTANCE = 16;

  /** Within a memory definition: address of byte 0. */
  public static final int MEMORY_BASE = 0;

  /** Within a memory definition: u64 current length in bytes. */
  public static final int MEMORY_LENGTH = 8;

  public static final int MEMORY_SIZE = 16;

  /**
   * Within a table definition: address of element 0. Elements are 8 bytes: function reference
   * address or externref handle.
   */
  public static final int TABLE_BASE = 0;

  /** Within a table definition: u64 current length in elements. */
  public static final int TABLE_LENGTH = 8;

  public static final int TABLE_SIZE = 16;
  public static final int TABLE_ELEMENT_SIZE = 8;

  public static final int GLOBAL_SIZE = 16;

  /**
   * Within an imported function: address of code that returns by jump. That of the function proper
   * does if it is the host's; otherwise a trampoline stands for it, whose context has the same
   * layout as this.
   */
  public static final int IMPORT_CODE = 0;

  /** Within an imported function: the context that its code gets. */
  public static final int IMPORT_CONTEXT = 8;

  public static final int IMPORT_SIZE = 16;

  /**
   * Within the context of an imported function: the {@link FuncRefLayout} of the function proper,
   * for tail calls, which cannot go through a trampoline that waits for them.
   */
  public static final int IMPORT_REFERENCE = Math.max(HostFunctionContext.SIZE, IMPORT_SIZE);

  /** The context of an imported function, as a whole. */
  public static final int IMPORT_CONTEXT_SIZE = IMPORT_REFERENCE + FuncRefLayout.SIZE;

  public static final int MAGIC_VALUE = 0x78746376;

  private static final int HEADER_SIZE = 32;

  /**
   * How many of each thing a module has. {@code functionRefs}: functions that can become
   * references.
   */
  public record Shape(
      int importedMemories,
      int importedGlobals,
      int importedTables,
      int memories,
      int globals,
      int tables,
      int importedFunctions,
      int types,
      int tags,
      int functionRefs) {}

  private final Shape shape;
  private final int importedMemories;
  private final int importedGlobals;
  private final int importedTables;
  private final int memories;
  private final int globals;
  private final int tables;
  private final int importedFunctions;
  private final int typeIds;
  private final int tags;
  private final int functionRefs;
  private final int size;

  /**
   * @param shape counts; {@code memories}, {@code globals} and {@code tables} are those that the
   *     module defines itself
   */
  public VmLayout(Shape shape) {
    this.shape = shape;
    long at = HEADER_SIZE;
    importedMemories = (int) at;
    at += 8L * shape.importedMemories;
    importedGlobals = (int) at;
    at += 8L * shape.importedGlobals;
    importedTables = (int) at;
    at += 8L * shape.importedTables;
    memories = (int) at;
    at += (long) MEMORY_SIZE * shape.memories;
    at = align(at, 16);
    globals = (int) at;
    at += (long) GLOBAL_SIZE * shape.globals;
    tables = (int) at;
    at += (long) TABLE_SIZE * shape.tables;
    importedFunctions = (int) at;
    at += (long) IMPORT_SIZE * shape.importedFunctions;
    typeIds = (int) at;
    at += 4L * shape.types;
    tags = (int) at;
    at += 4L * shape.tags;
    at = align(at, 8);
    functionRefs = (int) at;
    at += (long) FuncRefLayout.SIZE * shape.functionRefs;
    // The decoder's limits on counts keep this far below 1 GiB.
    size = Math.toIntExact(align(at, 16));
  }

  private static long align(long value, int to) {
    return value + to - 1 & -to;
  }

  public Shape shape() {
    return shape;
  }

  /** Bytes of the whole context. */
  public int size() {
    return size;
  }

  /** Address of the definition of imported memory {@code index}. */
  public int importedMemory(int index) {
    return importedMemories + 8 * index;
  }

  /** Address of the value of imported global {@code index}. */
  public int importedGlobal(int index) {
    return importedGlobals + 8 * index;
  }

  /** Address of the definition of imported table {@code index}. */
  public int importedTable(int index) {
    return importedTables + 8 * index;
  }

  /** Definition of the module's own memory {@code index}, imports not counted. */
  public int memory(int index) {
    return memories + MEMORY_SIZE * index;
  }

  /** Value of the module's own global {@code index}, imports not counted. */
  public int global(int index) {
    return globals + GLOBAL_SIZE * index;
  }

  /** Definition of the module's own table {@code index}, imports not counted. */
  public int table(int index) {
    return tables + TABLE_SIZE * index;
  }

  public int importedFunction(int index) {
    return importedFunctions + IMPORT_SIZE * index;
  }

  /** u32: engine-wide number of the module's type {@code index}. */
  public int typeId(int index) {
    return typeIds + 4 * index;
  }

  /** u32: number of the module's tag {@code index} in the store; imports come first. */
  public int tag(int index) {
    return tags + 4 * index;
  }

  /**
   * The {@link FuncRefLayout} of the module's reference number {@code index}.
   *
   * @throws IndexOutOfBoundsException when there is none, as {@link FunctionReferences} and a
   *     module that do not belong together would have it
   */
  public int functionRef(int index) {
    Objects.checkIndex(index, shape.functionRefs);
    return functionRefs + FuncRefLayout.SIZE * index;
  }
}
