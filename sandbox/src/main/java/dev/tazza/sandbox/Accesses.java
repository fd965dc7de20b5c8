package dev.tazza.sandbox;

import dev.tazza.environ.FuncRefLayout;
import dev.tazza.environ.StoreContext;
import dev.tazza.environ.VmLayout;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.TypeCode;
import java.util.Arrays;

/** What may be loaded and stored, and what is known of what is loaded. */
final class Accesses {
  /** Of so many values at most that an exception carries it is known what they are. */
  private static final int CARRIED = 64;

  /** Bytes of a reference that is a number, at the start of a place for a reference. */
  private static final int HANDLE_SIZE = 4;

  private final Machine machine;
  private final ProofValues values;
  private final Instructions code;
  private final ModuleRules rules;

  /** Of an exit: the values that were stored to the slots, and the reason and context. */
  final int[] slots = new int[StoreContext.VALUE_SLOTS];

  /** The same, and values of which the lower half was stored. */
  final int[] arguments = new int[StoreContext.VALUE_SLOTS];

  int exitReason;
  int exitContext;

  /** Whether the exit has been made. */
  boolean hasExited;

  Accesses(Machine machine) {
    this.machine = machine;
    values = machine.values;
    code = machine.code;
    rules = machine.rules;
  }

  void start() {
    Convention convention = machine.role.convention();
    int most = Math.max(convention.params.count(), convention.results.count());
    int count = Math.min(slots.length, most);
    Arrays.fill(slots, 0, count, ProofValues.DEAD);
    Arrays.fill(arguments, 0, count, ProofValues.DEAD);
    exitReason = ProofValues.DEAD;
    exitContext = ProofValues.DEAD;
    hasExited = false;
  }

  /** The address of the memory operand. */
  int address() {
    int i = machine.at;
    int base = code.base(i);
    int index = code.index(i);
    int sum;
    if (base == Instructions.PC) {
      return values.pointer(ProofValues.CODE, 0, code.disp[i]);
    }
    if (base == Instructions.NO_REGISTER) {
      sum = values.constant(0);
    } else {
      sum = machine.register(base);
    }
    if (index != Instructions.NO_REGISTER) {
      int scaled = machine.arithmetic.shiftLeft(machine.register(index), code.shift(i), 8);
      sum = machine.arithmetic.add(sum, scaled);
    }
    return code.disp[i] == 0 ? sum : machine.arithmetic.plus(sum, code.disp[i]);
  }

  /** Whether the memory operand is the stack, and nothing but a constant is added to a pointer. */
  boolean isStackPlain() {
    int i = machine.at;
    int base = code.base(i);
    return base >= 0
        && code.index(i) == Instructions.NO_REGISTER
        && values.is(machine.register(base), ProofValues.STACK);
  }

  /** What the memory operand holds, {@code width} bytes, extended with zeros. */
  int load(int width) {
    if (isStackPlain()) {
      return loadStack(stackDistance(), width);
    }
    int address = address();
    switch (values.kind[address]) {
      case ProofValues.MEMORY -> {
        memory(address, width);
        return plain(width);
      }
      case ProofValues.INSTANCE -> {
        return loadInstance(exact(address), width);
      }
      case ProofValues.STORE -> {
        return loadStore(exact(address), width);
      }
      case ProofValues.MEMORY_DEFINITION -> {
        return field(
            rules.definitionField(exact(address), true, values.aux[address], width), width);
      }
      case ProofValues.TABLE_DEFINITION -> {
        return field(
            rules.definitionField(exact(address), false, values.aux[address], width), width);
      }
      case ProofValues.TABLE -> {
        element(address, width);
        return loaded(rules.typeOfElements(values.aux[address]), width);
      }
      case ProofValues.GLOBAL -> {
        return loadGlobal(values.aux[address], exact(address), width);
      }
      case ProofValues.REFERENCE -> {
        return loadReference(address, exact(address), width);
      }
      case ProofValues.CODE -> {
        return loadCode(address, width);
      }
      case ProofValues.PAIR -> {
        return loadPair(exact(address), width);
      }
      case ProofValues.IMPORT_CONTEXT -> {
        return loadImport(values.aux[address], exact(address), width);
      }
      default -> {
        if (rules.trapsBySignal() && isNull(address, width)) {
          machine.hasEnded = true;
        } else {
          machine.fail("loads from " + text(address));
        }
        return plain(width);
      }
    }
  }

  /** Whether this is a field of what no function reference refers to, where nothing is mapped. */
  private boolean isNull(int address, int width) {
    return values.is(address, ProofValues.SCALAR)
        && values.low[address] >= 0
        && values.high[address] <= FuncRefLayout.SIZE - width
        && trapsOfNull();
  }

  /** Whether the runtime expects a fault of the instruction because of a null reference. */
  private boolean trapsOfNull() {
    int trap = machine.traps[machine.at];
    return trap == TrapCode.UNINITIALIZED_ELEMENT.code()
        || trap == TrapCode.NULL_FUNCTION_REFERENCE.code();
  }

  /** For messages, which nobody reads while failures are only noted. */
  private String text(int value) {
    return machine.isLenient ? "" : values.text(value);
  }

  private int plain(int width) {
    return switch (width) {
      case 1 -> values.range(0, 0xff);
      case 2 -> values.range(0, 0xffff);
      case 4 -> values.u32();
      default -> values.unknown();
    };
  }

  /** A reference to a function, or null. */
  int reference(int type) {
    return values.make(ProofValues.REFERENCE, type, 0, 0);
  }

  /** What is loaded from where there is a reference of {@code type}, or none. */
  private int loaded(int type, int width) {
    return type != ReferenceTypes.NONE && width == 8 ? reference(type) : plain(width);
  }

  private long exact(int address) {
    if (values.low[address] != values.high[address]) {
      throw machine.reject("the address is not exact: " + values.text(address));
    }
    return values.low[address];
  }

  // The stack.

  private long stackDistance() {
    int i = machine.at;
    int base = machine.register(code.base(i));
    return values.low[base] + code.disp[i];
  }

  private void checkStack(long distance, int width) {
    if (distance < machine.stackPointer()) {
      throw machine.reject("accesses the stack below the stack pointer");
    }
    if (distance + width > 8L + machine.incoming) {
      throw machine.reject("accesses the caller's stack");
    }
  }

  private int loadStack(long distance, int width) {
    checkStack(distance, width);
    if ((distance & 7) != 0 || width > 8) {
      return plain(width);
    }
    int value = machine.stackValue(distance);
    if (width == 8) {
      return value;
    }
    return width == 4
        ? machine.arithmetic.truncate(value)
        : machine.arithmetic.zeroExtend(value, width);
  }

  private void storeStack(long distance, int width, int value) {
    checkStack(distance, width);
    if ((distance & 7) == 0 && width == 8) {
      machine.setStackValue(distance, value);
      return;
    }
    for (long at = distance & -8; at < distance + width; at += 8) {
      machine.setStackValue(at, ProofValues.DEAD);
    }
  }

  // Linear memory.

  private void memory(int address, int width) {
    checkMemory(address, width);
    int memory = values.aux[address];
    if (!rules.isStatic(memory)) {
      machine.conditions.accessed(
          machine.state, address, memory, rules.greatestLength(memory), width);
    }
  }

  private void checkMemory(int address, int width) {
    int memory = values.aux[address];
    long low = values.low[address];
    long high = values.high[address];
    if (low < 0) {
      machine.fail("may access memory below its start: " + text(address));
      return;
    }
    long least = machine.state.least(memory, rules.leastLength(memory));
    boolean inside = high <= least - width;
    boolean compared =
        values.lengthKind[address] == ProofValues.OF_MEMORY
            && values.lengthOf[address] == memory
            && values.lengthShift[address] == 0;
    long slack = compared ? values.lengthSlack[address] : Long.MIN_VALUE;
    if (values.rootShift[address] != 0) {
      int shift = values.rootShift[address];
      long scaled = machine.state.scaledSlack(memory, values.root[address], shift);
      long offset = values.offset[address];
      boolean isKnown = scaled != Long.MIN_VALUE && !Arithmetic.overflows(scaled, -offset);
      slack = isKnown ? Math.max(slack, scaled - offset) : slack;
    }
    inside |= slack >= width;
    if (inside) {
      return;
    }
    if (rules.isStatic(memory)) {
      if (high > rules.room(memory) - width) {
        machine.fail("may access memory beyond its guard: " + text(address));
      }
    } else {
      long guard = rules.room(memory);
      boolean near = high <= least + guard - width;
      if (!near && slack < width - guard) {
        machine.fail("may access memory beyond its end: " + text(address));
      }
    }
    if (machine.traps[machine.at] != TrapCode.MEMORY_OUT_OF_BOUNDS.code()) {
      machine.fail("an access that may fault has no trap");
    }
  }

  // Tables.

  private void element(int address, int width) {
    int table = values.aux[address];
    boolean isHandle = width == HANDLE_SIZE && rules.typeOfElements(table) == ReferenceTypes.NONE;
    if (width != VmLayout.TABLE_ELEMENT_SIZE && !isHandle) {
      machine.fail("not the width of a table's element");
    }
    long low = values.low[address];
    long high = values.high[address];
    boolean constant = low == high && (low & 7) == 0;
    boolean multiple = constant || (low & 7) == 0 && (values.step[address] & 7) == 0;
    if (low < 0 || !multiple) {
      machine.fail("not the address of a table's element: " + text(address));
    }
    boolean compared =
        values.lengthKind[address] == ProofValues.OF_TABLE
            && values.lengthOf[address] == table
            && values.lengthShift[address] == 3
            && values.lengthSlack[address] >= 1;
    long least = machine.state.least(State.table(table), rules.leastTableLength(table));
    if (!compared && high > 8 * least - 8) {
      machine.fail("may access a table beyond its end: " + text(address));
    }
  }

  // Contexts.

  private int loadInstance(long distance, int width) {
    return field(rules.fieldAt(distance, width), width);
  }

  private int field(long field, int width) {
    if (field == ModuleRules.NO_FIELD) {
      throw machine.reject("no field of a context that may be loaded");
    }
    int kind = ModuleRules.fieldKind(field);
    int number = ModuleRules.fieldNumber(field);
    return switch (kind) {
      case ModuleRules.OWN_GLOBAL -> loadGlobal(number, 0, width);
      case ModuleRules.OWN_REFERENCE_CODE ->
          values.pointer(ProofValues.REFERENCE_CODE, ProofValues.own(number), 0);
      case ModuleRules.OWN_REFERENCE_TYPE ->
          values.make(ProofValues.REFERENCE_TYPE, ProofValues.own(number), 0, ProofValues.U32);
      case ModuleRules.OWN_REFERENCE_CONTEXT ->
          values.pointer(ProofValues.REFERENCE_CONTEXT, ProofValues.own(number), 0);
      case ProofValues.TYPE_ID, ProofValues.TAG -> values.make(kind, number, 0, ProofValues.U32);
      case ProofValues.MEMORY_LENGTH -> width == 8 ? length(number) : plain(width);
      case ProofValues.TABLE_LENGTH -> values.length(kind, number, 0, ProofValues.U32);
      default -> values.pointer(kind, number, 0);
    };
  }

  private int length(int memory) {
    long least = machine.state.least(memory, rules.leastLength(memory));
    return values.length(ProofValues.MEMORY_LENGTH, memory, least, rules.greatestLength(memory));
  }

  private int loadGlobal(int global, long distance, int width) {
    GlobalType type = rules.module().global(global);
    if (!isIn(type.valueType().code(), distance, width)) {
      throw machine.reject("not the width of global " + global);
    }
    return loaded(rules.typeOfGlobal(global), width);
  }

  /** Whether that much is in a global of a type; lanes of a vector are loaded one by one too. */
  static boolean isIn(int type, long distance, int width) {
    boolean mayBegin = distance == 0 || type == TypeCode.V128 && distance > 0;
    return mayBegin && distance + width <= sizeOf(type);
  }

  static int sizeOf(int type) {
    return switch (type) {
      case TypeCode.I32, TypeCode.F32 -> 4;
      case TypeCode.V128 -> 16;
      default -> 8;
    };
  }

  private int loadStore(long distance, int width) {
    if (distance >= StoreContext.VALUES) {
      return machine.role.job() == Role.Job.FUNCTION
          ? loadCarried(distance, width)
          : loadSlot(distance, width);
    }
    int kind = width == 8 ? storeField(distance) : ProofValues.SCALAR;
    if (kind == ProofValues.SCALAR || kind == ProofValues.EXIT_STUB && !machine.role.exits()) {
      throw machine.reject("no field of the store context that may be loaded");
    }
    return values.pointer(kind, 0, 0);
  }

  /** What stands in the store context, or a number if it is not for code. */
  private static int storeField(long distance) {
    return switch ((int) distance) {
      case StoreContext.STACK_LIMIT, StoreContext.STACK_END -> ProofValues.STACK_LIMIT;
      case StoreContext.MEMORY_COPY -> ProofValues.MEMORY_COPY;
      case StoreContext.MEMORY_FILL -> ProofValues.MEMORY_FILL;
      case StoreContext.EXIT_STUB -> ProofValues.EXIT_STUB;
      case StoreContext.POLL_STUB, StoreContext.FUEL_STUB -> ProofValues.POLL_STUB;
      case StoreContext.THROW_STUB -> ProofValues.THROW_STUB;
      case StoreContext.CROSSING_STUB -> ProofValues.CROSSING_STUB;
      default -> ProofValues.SCALAR;
    };
  }

  private int slotNumber(long distance, int width) {
    long rest = distance - StoreContext.VALUES;
    boolean fits =
        rest >= 0
            && rest % StoreContext.VALUE_SIZE == 0
            && rest / StoreContext.VALUE_SIZE < StoreContext.VALUE_SLOTS
            && width <= StoreContext.VALUE_SIZE;
    if (!fits) {
      throw machine.reject("no value slot of the store context");
    }
    return (int) (rest / StoreContext.VALUE_SIZE);
  }

  private int loadSlot(long distance, int width) {
    int slot = slotNumber(distance, width);
    Convention convention = machine.role.convention();
    Convention.ProofValues given = machine.role.exits() ? convention.results : convention.params;
    boolean isGiven = slot < given.count() && (hasExited || !machine.role.exits());
    return loaded(isGiven ? given.types()[slot] : ReferenceTypes.NONE, width);
  }

  // Exceptions. What they carry is in the value slots, between a throw and what catches it.

  /** A part of what a caught exception carries. */
  private int loadCarried(long distance, int width) {
    int slot = slotNumber(distance, width);
    int tag = machine.state.thrown;
    return loaded(tag >= 0 ? type(rules.carriedBy(tag), slot) : ReferenceTypes.NONE, width);
  }

  private static int type(Convention.ProofValues carried, int slot) {
    return slot < carried.count() ? carried.types()[slot] : ReferenceTypes.NONE;
  }

  /** A block begins: what was stored before it is no longer known. */
  void startBlock() {
    if (machine.role.job() == Role.Job.FUNCTION) {
      Arrays.fill(slots, 0, Math.min(slots.length, CARRIED), ProofValues.DEAD);
    }
  }

  private void storeCarried(long distance, int width, int value) {
    machine.state.thrown = State.NOTHING_THROWN;
    int slot = slotNumber(distance, width);
    if (slot < CARRIED) {
      slots[slot] = width == 8 ? value : ProofValues.DEAD;
    }
  }

  /** The number of a tag is stored as that of the exception whose slots have been stored. */
  private void storeException(int value) {
    machine.state.thrown = State.NOTHING_THROWN;
    if (!values.is(value, ProofValues.TAG)) {
      machine.fail("what is thrown has no tag: " + text(value));
      return;
    }
    Convention.ProofValues carried = rules.carriedBy(values.aux[value]);
    for (int i = 0; i < carried.count(); i++) {
      if (carried.claims()[i] == Convention.Claim.REFERENCE
          && (i >= CARRIED
              || slots[i] == ProofValues.DEAD
              || !machine.isReference(slots[i], carried.types()[i]))) {
        machine.fail("an exception carries no function reference of the type where it should");
        return;
      }
    }
    machine.state.thrown = values.aux[value];
  }

  // References.

  private int loadReference(int reference, long distance, int width) {
    int root = values.root[reference];
    State state = machine.state;
    if (!rules.trapsBySignal()) {
      if (root >= 0 && !state.isNotNull(root)) {
        machine.fail("loads from a function reference that may be null");
      }
    } else if (state.loaded != root && state.typeOf(root) < 0 && !trapsOfNull()) {
      machine.fail("an access that may fault has no trap");
    }
    state.loaded = root;
    if (distance == FuncRefLayout.TYPE_ID && width == 4) {
      return values.make(ProofValues.REFERENCE_TYPE, root, 0, ProofValues.U32);
    }
    if (distance == FuncRefLayout.CODE && width == 8) {
      return values.pointer(ProofValues.REFERENCE_CODE, root, 0);
    }
    if (distance == FuncRefLayout.CONTEXT && width == 8) {
      return values.pointer(ProofValues.REFERENCE_CONTEXT, root, 0);
    }
    throw machine.reject("no field of a function reference");
  }

  /** From the context that import {@code number} gets: its reference. */
  private int loadImport(int number, long distance, int width) {
    int reference = ProofValues.own(rules.referenceOfImport(number));
    boolean isFunction = machine.role.job() == Role.Job.FUNCTION && width == 8;
    if (isFunction && distance == VmLayout.IMPORT_REFERENCE + FuncRefLayout.CODE) {
      return values.pointer(ProofValues.REFERENCE_CODE, reference, 0);
    }
    if (isFunction && distance == VmLayout.IMPORT_REFERENCE + FuncRefLayout.CONTEXT) {
      return values.pointer(ProofValues.REFERENCE_CONTEXT, reference, 0);
    }
    throw machine.reject("no field of an imported function's context");
  }

  private int loadPair(long distance, int width) {
    if (distance == VmLayout.IMPORT_CODE && width == 8) {
      return values.pointer(ProofValues.IMPORT_CODE, 0, 0);
    }
    if (distance == VmLayout.IMPORT_CONTEXT && width == 8) {
      return values.pointer(ProofValues.IMPORT_CONTEXT, 0, 0);
    }
    throw machine.reject("no field of an imported function");
  }

  // Constants.

  private int loadCode(int address, int width) {
    if (values.low[address] < 0 || values.high[address] > machine.codeBytes - width) {
      throw machine.reject("may load beyond the function: " + values.text(address));
    }
    return plain(width);
  }

  /**
   * The entry of a jump table, if this loads one.
   *
   * @return the value, or {@link ProofValues#DEAD}
   */
  int jumpEntry() {
    int i = machine.at;
    int base = code.base(i);
    int index = code.index(i);
    if (base < 0 || index < 0 || code.shift(i) != 2 || code.disp[i] != 0) {
      return ProofValues.DEAD;
    }
    int table = machine.register(base);
    int number = machine.register(index);
    if (values.kind[table] != ProofValues.CODE
        || values.low[table] != values.high[table]
        || values.isPointer(number)
        || values.low[number] < 0) {
      return ProofValues.DEAD;
    }
    loadCode(address(), 4);
    return values.make(
        ProofValues.JUMP_ENTRY, (int) values.low[table], values.low[number], values.high[number]);
  }

  // Stores.

  /** Stores {@code value} to the memory operand. */
  void store(int width, int value) {
    if (isStackPlain()) {
      storeStack(stackDistance(), width, value);
      return;
    }
    int address = address();
    switch (values.kind[address]) {
      case ProofValues.MEMORY -> {
        if (values.isPointer(value) && width == 8) {
          throw machine.reject("stores an address to memory: " + values.text(value));
        }
        memory(address, width);
      }
      case ProofValues.INSTANCE -> {
        long field = rules.fieldAt(exact(address), width);
        if (field == ModuleRules.NO_FIELD
            || ModuleRules.fieldKind(field) != ModuleRules.OWN_GLOBAL) {
          throw machine.reject("no field of an instance that may be stored");
        }
        storeGlobal(ModuleRules.fieldNumber(field), 0, width, value);
      }
      case ProofValues.GLOBAL -> storeGlobal(values.aux[address], exact(address), width, value);
      case ProofValues.TABLE -> {
        element(address, width);
        int type = rules.typeOfElements(values.aux[address]);
        if (type != ReferenceTypes.NONE && !machine.isReference(value, type)) {
          machine.fail("stores no function reference of the type to a table: " + text(value));
        }
      }
      case ProofValues.STORE -> storeStore(exact(address), width, value);
      default -> machine.fail("stores to " + text(address));
    }
  }

  private void storeGlobal(int global, long distance, int width, int value) {
    GlobalType type = rules.module().global(global);
    if (!type.mutable()) {
      throw machine.reject("stores to global " + global + ", which is constant");
    }
    if (distance != 0 || width > sizeOf(type.valueType().code())) {
      throw machine.reject("not the width of global " + global);
    }
    int reference = rules.typeOfGlobal(global);
    if (reference != ReferenceTypes.NONE
        && (width != 8 || !machine.isReference(value, reference))) {
      machine.fail("stores no function reference of the type to a global: " + text(value));
    }
  }

  private void storeStore(long distance, int width, int value) {
    Role role = machine.role;
    if (role.job() == Role.Job.FUNCTION && distance >= StoreContext.VALUES) {
      storeCarried(distance, width, value);
    } else if (role.job() == Role.Job.FUNCTION
        && distance == StoreContext.EXCEPTION
        && width == 8) {
      storeException(value);
    } else if (role.exits() && distance == StoreContext.EXIT_REASON && width == 4) {
      exitReason = value;
    } else if (role.exits() && distance == StoreContext.EXIT_CONTEXT && width == 8) {
      exitContext = value;
    } else if (role.job() != Role.Job.FUNCTION && role.job() != Role.Job.IMPORTED) {
      int slot = slotNumber(distance, width);
      slots[slot] = width == 8 ? value : ProofValues.DEAD;
      arguments[slot] = width >= 4 && width <= 8 ? value : ProofValues.DEAD;
    } else {
      throw machine.reject("no field of the store context that may be stored");
    }
  }
}
