package dev.tazza.sandbox;

import dev.tazza.environ.FuncRefLayout;
import dev.tazza.environ.FunctionReferences;
import dev.tazza.environ.ModuleLayout;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.environ.VmLayout;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import org.jspecify.annotations.Nullable;

/**
 * What a module's functions may do, derived from the module and the layouts alone. Immutable;
 * shared by the threads that verify.
 */
final class ModuleRules {
  private final WasmModule module;
  private final Tunables tunables;
  private final FunctionReferences references;
  private final ReferenceTypes types;
  private final VmLayout layout;
  private final VmLayout.Shape shape;
  private final @Nullable Convention[] conventions;
  private final long[] room;
  private final boolean[] isStatic;
  private final long[] leastLengths;
  private final long longestTable;

  /** By number of an own reference: whether it is there before any code runs. */
  private final boolean[] isThere;

  /**
   * @param codeReferences the functions to which code may make references by itself: others may not
   *     be there yet
   */
  ModuleRules(WasmModule module, Tunables tunables, int[] codeReferences) {
    this.module = module;
    this.tunables = tunables;
    references = FunctionReferences.of(module);
    layout = ModuleLayout.of(module, references);
    shape = layout.shape();
    isThere = new boolean[references.count()];
    for (int i = 0; i < isThere.length; i++) {
      isThere[i] = references.function(i) < module.importedFunctionCount();
    }
    for (int function : codeReferences) {
      isThere[references.number(function)] = true;
    }
    conventions = new Convention[module.typeCount()];
    types = new ReferenceTypes(module);
    for (int i = 0; i < conventions.length; i++) {
      conventions[i] = module.isFuncType(i) ? Convention.of(module.funcTypeAt(i), types) : null;
    }
    int memories = module.memoryCount();
    room = new long[memories];
    isStatic = new boolean[memories];
    leastLengths = new long[memories];
    for (int i = 0; i < memories; i++) {
      MemoryType type = module.memory(i);
      isStatic[i] = tunables.isStatic(type);
      room[i] = room(type);
      // An import may be longer.
      long least = Tunables.minimumBytes(type);
      leastLengths[i] = least <= Tunables.LARGEST_MEMORY ? least : 0;
    }
    long longest = 0;
    for (int i = 0; i < module.tableCount(); i++) {
      longest = Math.max(longest, leastTableLength(i));
    }
    longestTable = longest;
  }

  private long room(MemoryType type) {
    if (!tunables.isGuarded(type)) {
      return 0;
    }
    return tunables.isStatic(type) ? tunables.staticMemoryRoom() : tunables.guardSize(type);
  }

  /** Whether code uses up fuel, which it has in a register. */
  boolean usesFuel() {
    return tunables.usesFuel();
  }

  /** Whether the processor's faults are traps; if not, none may happen. */
  boolean trapsBySignal() {
    return tunables.trapsBySignal();
  }

  WasmModule module() {
    return module;
  }

  /** The module's types of references to functions. */
  ReferenceTypes types() {
    return types;
  }

  Convention conventionOfType(int type) {
    Convention convention = conventions[type];
    if (convention == null) {
      throw new IllegalStateException("no convention for type " + type);
    }
    return convention;
  }

  Convention conventionOfFunction(int function) {
    return conventionOfType(module.functionTypeIndex(function));
  }

  /** The type of an own reference, or of an import's, which come behind those. */
  int typeOfOwnReference(int number) {
    int count = references.count();
    return module.functionTypeIndex(number < count ? references.function(number) : number - count);
  }

  /** The number of the own reference at {@code distance}, where one is. */
  int ownReference(long distance) {
    return (int) ((distance - layout.functionRef(0)) / FuncRefLayout.SIZE);
  }

  /** The number of the reference that the context of an imported function has. */
  int referenceOfImport(int function) {
    return references.count() + function;
  }

  /** The parameters of exceptions of a tag. */
  Convention.ProofValues carriedBy(int tag) {
    return conventionOfType(module.tagTypeIndex(tag)).params;
  }

  /** The tag whose number is at a distance from the start of the instance's context, or -1. */
  int tagAt(long distance) {
    long field = fieldAt(distance, 4);
    return field != NO_FIELD && fieldKind(field) == ProofValues.TAG ? fieldNumber(field) : -1;
  }

  /** Whether there is an own reference at {@code distance} that code may take. */
  boolean isOwnReference(long distance) {
    return isElement(distance, shape.functionRefs(), layout.functionRef(0), FuncRefLayout.SIZE)
        && isThere[ownReference(distance)];
  }

  private static boolean isElement(long distance, int count, int first, int size) {
    return distance >= first
        && distance < first + (long) size * count
        && (distance - first) % size == 0;
  }

  /** Whether all that memory {@code index} can ever become, and its guard, is reserved. */
  boolean isStatic(int index) {
    return isStatic[index];
  }

  /** Whether the base of memory {@code index} is good as long as the instance is. */
  boolean staysInPlace(int index) {
    return tunables.staysInPlace(module.memory(index));
  }

  /**
   * Bytes from a static memory's base, or behind a dynamic memory's end, that are its own and where
   * touching them does no harm; 0 if all accesses have to be compared with the length.
   */
  long room(int index) {
    return room[index];
  }

  long leastLength(int index) {
    return leastLengths[index];
  }

  long leastTableLength(int index) {
    return Math.max(0, module.table(index).limits().minimum());
  }

  /** The greatest of the lengths that tables have at least. */
  long longestTable() {
    return longestTable;
  }

  boolean isTableFixed(int index) {
    Limits limits = module.table(index).limits();
    return limits.hasMaximum() && limits.minimum() == limits.maximum();
  }

  // What references to functions are in globals, tables and segments: see ReferenceTypes.

  int typeOfGlobal(int global) {
    return types.of(module.global(global).valueType().code());
  }

  int typeOfElements(int table) {
    return types.of(module.table(table).elementType().code());
  }

  int typeOfSegment(int segment) {
    return types.of(module.elementSegments().get(segment).type().code());
  }

  // What stands at a distance from the start of an instance context: a kind of value with its
  // number, or -1. The kinds stand for fields here.

  static final int NO_FIELD = -1;

  /** A kind of {@link ProofValues} above, the number below, see {@link #fieldKind}. */
  private static long field(int kind, int number) {
    return (long) kind << 32 | number;
  }

  static int fieldKind(long field) {
    return (int) (field >> 32);
  }

  static int fieldNumber(long field) {
    return (int) field;
  }

  /** Fields that have no kind of value of their own. */
  static final int OWN_GLOBAL = 100;

  static final int OWN_REFERENCE_CODE = 101;
  static final int OWN_REFERENCE_TYPE = 102;
  static final int OWN_REFERENCE_CONTEXT = 103;

  /** The field of exactly {@code width} bytes at {@code distance}, or {@link #NO_FIELD}. */
  long fieldAt(long distance, int width) {
    if (distance < 0 || distance >= layout.size()) {
      return NO_FIELD;
    }
    int at = (int) distance;
    if (shape.functionRefs() > 0 && at >= layout.functionRef(0)) {
      return referenceField(at - layout.functionRef(0), width);
    }
    if (shape.tags() > 0 && at >= layout.tag(0)) {
      return plain(ProofValues.TAG, at - layout.tag(0), 4, shape.tags(), width, 0);
    }
    if (shape.types() > 0 && at >= layout.typeId(0)) {
      return plain(ProofValues.TYPE_ID, at - layout.typeId(0), 4, shape.types(), width, 0);
    }
    if (shape.importedFunctions() > 0 && at >= layout.importedFunction(0)) {
      return importField(at - layout.importedFunction(0), width);
    }
    if (shape.tables() > 0 && at >= layout.table(0)) {
      return definition(at - layout.table(0), shape.tables(), false, width);
    }
    if (shape.globals() > 0 && at >= layout.global(0)) {
      int rest = at - layout.global(0);
      int index = rest / VmLayout.GLOBAL_SIZE;
      int number = module.importedGlobalCount() + index;
      int inside = rest % VmLayout.GLOBAL_SIZE;
      boolean fits =
          index < shape.globals() && (inside == 0 || Accesses.isIn(global(number), inside, width));
      return fits ? field(OWN_GLOBAL, number) : NO_FIELD;
    }
    if (shape.memories() > 0 && at >= layout.memory(0)) {
      return definition(at - layout.memory(0), shape.memories(), true, width);
    }
    return importedPointer(at, width);
  }

  /** The code of a global's type. */
  private int global(int number) {
    return module.global(number).valueType().code();
  }

  private long importedPointer(int at, int width) {
    if (shape.importedTables() > 0 && at >= layout.importedTable(0)) {
      int rest = at - layout.importedTable(0);
      return plain(ProofValues.TABLE_DEFINITION, rest, 8, shape.importedTables(), width, 0);
    }
    if (shape.importedGlobals() > 0 && at >= layout.importedGlobal(0)) {
      return plain(
          ProofValues.GLOBAL, at - layout.importedGlobal(0), 8, shape.importedGlobals(), width, 0);
    }
    if (shape.importedMemories() > 0 && at >= layout.importedMemory(0)) {
      int rest = at - layout.importedMemory(0);
      return plain(ProofValues.MEMORY_DEFINITION, rest, 8, shape.importedMemories(), width, 0);
    }
    return NO_FIELD;
  }

  private static long plain(int kind, int rest, int size, int count, int width, int first) {
    boolean fits = width == size && rest % size == 0 && rest / size < count;
    return fits ? field(kind, first + rest / size) : NO_FIELD;
  }

  private static long importField(int rest, int width) {
    int number = rest / VmLayout.IMPORT_SIZE;
    return switch (width == 8 ? rest % VmLayout.IMPORT_SIZE : -1) {
      case VmLayout.IMPORT_CODE -> field(ProofValues.IMPORT_CODE, number);
      case VmLayout.IMPORT_CONTEXT -> field(ProofValues.IMPORT_CONTEXT, number);
      default -> NO_FIELD;
    };
  }

  private long referenceField(int rest, int width) {
    int number = rest / FuncRefLayout.SIZE;
    if (number >= shape.functionRefs() || !isThere[number]) {
      return NO_FIELD;
    }
    int at = rest % FuncRefLayout.SIZE;
    if (at == FuncRefLayout.CODE && width == 8) {
      return field(OWN_REFERENCE_CODE, number);
    }
    if (at == FuncRefLayout.TYPE_ID && width == 4) {
      return field(OWN_REFERENCE_TYPE, number);
    }
    return at == FuncRefLayout.CONTEXT && width == 8
        ? field(OWN_REFERENCE_CONTEXT, number)
        : NO_FIELD;
  }

  private long definition(int rest, int count, boolean memory, int width) {
    int size = memory ? VmLayout.MEMORY_SIZE : VmLayout.TABLE_SIZE;
    int number = rest / size;
    if (number >= count) {
      return NO_FIELD;
    }
    int first = memory ? module.importedMemoryCount() : module.importedTableCount();
    if (memory && module.memory(first + number).limits().shared()) {
      return plain(ProofValues.MEMORY_DEFINITION, rest % size, 8, 1, width, first + number);
    }
    return definitionField(rest % size, memory, first + number, width);
  }

  /** A field of a memory's or table's definition. */
  long definitionField(long at, boolean memory, int number, int width) {
    if (at == (memory ? VmLayout.MEMORY_BASE : VmLayout.TABLE_BASE) && width == 8) {
      return field(memory ? ProofValues.MEMORY : ProofValues.TABLE, number);
    }
    if (memory && at == VmLayout.MEMORY_LENGTH && width >= 4) {
      return field(ProofValues.MEMORY_LENGTH, number);
    }
    if (!memory && at == VmLayout.TABLE_LENGTH && width >= 4) {
      return field(ProofValues.TABLE_LENGTH, number);
    }
    return NO_FIELD;
  }

  /** The most that the length of memory {@code index} can be. */
  long greatestLength(int index) {
    long declared = Tunables.maximumBytes(module.memory(index));
    long most = Math.min(declared, Tunables.LARGEST_MEMORY);
    return isStatic[index]
        ? Math.min(most, tunables.get(Tunable.STATIC_MEMORY_MAXIMUM_SIZE))
        : most;
  }
}
