package dev.tazza.sandbox;

import dev.tazza.environ.FuncRefLayout;
import dev.tazza.environ.StoreContext;
import dev.tazza.environ.VmLayout;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.GlobalType;

/**
 * Loads and stores, as far as the quick proof follows them: the rules are those of {@link
 * Accesses}.
 */
final class QuickAccesses {
  private static final int OUT_OF_BOUNDS = TrapCode.MEMORY_OUT_OF_BOUNDS.code();

  private final QuickMachine quick;
  private final Machine machine;
  private final Instructions code;
  private final ModuleRules rules;

  /** So long is memory 0 at least. */
  private final long leastLength;

  /** So far from its base accesses are harmless that have a trap; 0 if none are. */
  private final long guarded;

  QuickAccesses(QuickMachine quick) {
    this.quick = quick;
    machine = quick.machine;
    code = quick.code;
    rules = quick.rules;
    boolean hasMemory = rules.module().memoryCount() > 0;
    leastLength = hasMemory ? rules.leastLength(0) : 0;
    guarded = hasMemory && rules.isStatic(0) ? rules.room(0) : 0;
  }

  /** The address of the memory operand. */
  long address(int i, long w) {
    int base = Instructions.base(w);
    if (base == Instructions.PC) {
      return Fact.pointer(ProofValues.CODE, 0, code.disp[i]);
    }
    long sum = base == Instructions.NO_REGISTER ? Fact.exact(0) : quick.at[base];
    if (Instructions.index(w) != Instructions.NO_REGISTER) {
      long index = quick.at[Instructions.index(w)];
      sum = add(sum, Instructions.shift(w) == 0 ? index : shifted(index, Instructions.shift(w)), 0);
    }
    return code.disp[i] == 0 ? sum : plus(sum, code.disp[i], 0);
  }

  private static long shifted(long fact, int count) {
    long bound = Fact.bound(fact);
    if (Fact.isExact(fact)) {
      return Fact.exact(bound << count);
    }
    return bound < 0 ? Fact.UNKNOWN : Fact.natural(bound << count, 0);
  }

  /**
   * The sum of 64 bits.
   *
   * @param id names it, if it is a number
   */
  static long add(long a, long b, int id) {
    if (Fact.isNatural(a) && Fact.isNatural(b)) {
      long sum = Fact.number(a) + Fact.number(b);
      return Fact.isExact(a) && Fact.isExact(b) ? Fact.exact(sum) : Fact.natural(sum, id);
    }
    if (Fact.isExact(b)) {
      return plus(a, Fact.number(b), id);
    }
    if (Fact.isExact(a)) {
      return plus(b, Fact.number(a), id);
    }
    if (Fact.kind(a) == ProofValues.MEMORY && Fact.isNatural(b)) {
      return displaced(a, b);
    }
    if (Fact.kind(b) == ProofValues.MEMORY && Fact.isNatural(a)) {
      return displaced(b, a);
    }
    return Fact.UNKNOWN;
  }

  private static long displaced(long memory, long by) {
    long high = Fact.number(memory) + Fact.number(by);
    if (high > Fact.MOST) {
      return Fact.UNKNOWN;
    }
    return Fact.of(ProofValues.MEMORY, Fact.number(memory) == 0 ? Fact.id(by) : 0, high);
  }

  /** The sum of a value and a constant. */
  static long plus(long fact, long constant, int id) {
    if (constant == 0) {
      return fact;
    }
    switch (Fact.kind(fact)) {
      case Fact.EXACT -> {
        return Fact.exact(Fact.number(fact) + constant);
      }
      case Fact.NATURAL, Fact.CLAMPED, Fact.EIGHTFOLD -> {
        return constant < 0 ? Fact.UNKNOWN : Fact.natural(Fact.number(fact) + constant, id);
      }
      case ProofValues.MEMORY -> {
        long high = Fact.number(fact) + constant;
        return constant < 0 || high > Fact.MOST
            ? Fact.UNKNOWN
            : Fact.of(ProofValues.MEMORY, 0, high);
      }
      case ProofValues.STACK, ProofValues.INSTANCE -> {
        return Fact.pointer(Fact.kind(fact), 0, Fact.distance(fact) + constant);
      }
      default -> {
        return Fact.UNKNOWN;
      }
    }
  }

  /** What the memory operand holds, {@code width} bytes, extended with zeros. */
  long load(int i, long w, int width) {
    int base = Instructions.base(w);
    if (base < 0) {
      return base == Instructions.PC ? loadCode(i, w, width) : unclear();
    }
    long pointer = quick.at[base];
    int kind = Fact.kind(pointer);
    if (kind == ProofValues.MEMORY || Fact.isNatural(pointer)) {
      memory(i, w, width, pointer);
      return plain(width);
    }
    if (kind == ProofValues.STACK && Instructions.index(w) == Instructions.NO_REGISTER) {
      return loadStack(Fact.distance(pointer) + code.disp[i], width);
    }
    if (Instructions.index(w) != Instructions.NO_REGISTER) {
      return loadIndexed(i, w, pointer, width);
    }
    long distance = Fact.distance(pointer) + code.disp[i];
    return switch (kind) {
      case ProofValues.INSTANCE -> field(rules.fieldAt(distance, width), width);
      case ProofValues.STORE -> loadStore(distance, width);
      case ProofValues.MEMORY_DEFINITION ->
          field(rules.definitionField(distance, true, Fact.id(pointer), width), width);
      case ProofValues.TABLE_DEFINITION ->
          field(rules.definitionField(distance, false, Fact.id(pointer), width), width);
      case ProofValues.GLOBAL -> loadGlobal(Fact.id(pointer), distance, width);
      case ProofValues.REFERENCE -> loadReference(i, w, Fact.id(pointer), distance, width);
      case ProofValues.TABLE -> {
        element(i, w, pointer, width);
        yield loadElement(Fact.id(pointer));
      }
      case Fact.ELEMENT -> {
        requireElement(distance, width);
        yield loadElement(Fact.id(pointer));
      }
      default -> unclear();
    };
  }

  private long loadIndexed(int i, long w, long pointer, int width) {
    long index = quick.at[Instructions.index(w)];
    switch (Fact.kind(pointer)) {
      case ProofValues.TABLE -> {
        element(i, w, pointer, width);
        return loadElement(Fact.id(pointer));
      }
      case ProofValues.CODE -> {
        long first = Fact.distance(pointer) + code.disp[i];
        boolean isInside =
            first >= 0
                && Fact.isNatural(index)
                && first + (Fact.number(index) << Instructions.shift(w)) + width
                    <= machine.codeBytes;
        return isInside ? plain(width) : unclear();
      }
      default -> {
        return unclear();
      }
    }
  }

  private static long unclear() {
    throw new Unclear("an access by what is not followed");
  }

  private long plain(int width) {
    return switch (width) {
      case 1 -> Fact.natural(0xff, quick.idOfLoaded());
      case 2 -> Fact.natural(0xffff, quick.idOfLoaded());
      case 4 -> Fact.u32(quick.idOfLoaded());
      default -> Fact.UNKNOWN;
    };
  }

  // Memory 0: others are left to the proof.

  private void memory(int i, long w, int width, long pointer) {
    int index = Instructions.index(w);
    long by = index == Instructions.NO_REGISTER ? Fact.exact(0) : quick.at[index];
    long last;
    if (Fact.kind(pointer) == ProofValues.MEMORY && Fact.isNatural(by) && code.disp[i] >= 0) {
      last = Fact.number(pointer) + (Fact.number(by) << Instructions.shift(w));
      last += (long) code.disp[i] + width;
    } else {
      long address = address(i, w);
      if (Fact.kind(address) != ProofValues.MEMORY) {
        throw new Unclear("no address in memory 0");
      }
      last = Fact.number(address) + width;
    }
    if (last <= leastLength) {
      return;
    }
    boolean isGuarded = last <= guarded && machine.traps[i] == OUT_OF_BOUNDS;
    if (!isGuarded) {
      throw new Unclear("may leave the memory");
    }
  }

  // Tables.

  private void element(int i, long w, long pointer, int width) {
    int table = Fact.id(pointer);
    if (width != VmLayout.TABLE_ELEMENT_SIZE || code.disp[i] < 0 || (code.disp[i] & 7) != 0) {
      throw new Unclear("not the address of an element");
    }
    long distance = Fact.distance(pointer) + code.disp[i];
    int index = Instructions.index(w);
    boolean inside;
    if (index == Instructions.NO_REGISTER) {
      inside = distance >= 0 && distance <= 8 * rules.leastTableLength(table) - 8;
    } else {
      inside = distance == 0 && isIndex(quick.at[index], Instructions.shift(w), table);
    }
    if (!inside) {
      throw new Unclear("may leave the table");
    }
  }

  /** Whether a number, shifted to the left, is the distance of an element of the table. */
  private boolean isIndex(long number, int shift, int table) {
    if (shift == 0) {
      return Fact.kind(number) == Fact.EIGHTFOLD
          && Fact.number(number) <= 8 * rules.leastTableLength(table) - 8;
    }
    return shift == 3
        && Fact.isNatural(number)
        && (quick.state.isBelow(Fact.id(number), table)
            || Fact.number(number) < rules.leastTableLength(table));
  }

  /** The address of an element of a table, or {@link Fact#UNKNOWN} if it is none that is known. */
  long elementAddress(int i, long w) {
    int base = Instructions.base(w);
    int index = Instructions.index(w);
    if (base < 0 || index < 0 || code.disp[i] != 0) {
      return Fact.UNKNOWN;
    }
    long table = quick.at[base];
    boolean isElement =
        Fact.isAt(table, ProofValues.TABLE, 0)
            && isIndex(quick.at[index], Instructions.shift(w), Fact.id(table));
    return isElement ? Fact.pointer(Fact.ELEMENT, Fact.id(table), 0) : Fact.UNKNOWN;
  }

  private static void requireElement(long distance, int width) {
    if (distance != 0 || width != VmLayout.TABLE_ELEMENT_SIZE) {
      throw new Unclear("not the address of an element");
    }
  }

  private long loadElement(int table) {
    return rules.typeOfElements(table) == ReferenceTypes.NONE ? Fact.UNKNOWN : reference();
  }

  /** A function reference, or null, that the instruction finds. */
  private long reference() {
    return Fact.pointer(ProofValues.REFERENCE, quick.idOfLoaded(), 0);
  }

  private long loadReference(int i, long w, int reference, long distance, int width) {
    if (reference == 0) {
      throw new Unclear("a reference without a name");
    }
    if (distance == FuncRefLayout.TYPE_ID
        && width == 4
        && machine.traps[i] == TrapCode.UNINITIALIZED_ELEMENT.code()) {
      return Fact.of(ProofValues.REFERENCE_TYPE, reference, 0);
    }
    // Null has no type, so what has one is not null.
    boolean isFunction = quick.state.typeOf(reference) >= 0 && width == 8;
    if (distance == FuncRefLayout.CODE && isFunction) {
      return Fact.pointer(ProofValues.REFERENCE_CODE, reference, 0);
    }
    if (distance == FuncRefLayout.CONTEXT && isFunction) {
      return Fact.pointer(ProofValues.REFERENCE_CONTEXT, reference, 0);
    }
    throw new Unclear("no field of a function reference");
  }

  // Contexts.

  private long field(long field, int width) {
    if (field == ModuleRules.NO_FIELD) {
      throw new Unclear("no field of a context");
    }
    int kind = ModuleRules.fieldKind(field);
    int number = ModuleRules.fieldNumber(field);
    return switch (kind) {
      case ModuleRules.OWN_GLOBAL -> loadGlobal(number, 0, width);
      case ProofValues.MEMORY -> memoryBase(number);
      case ProofValues.MEMORY_LENGTH ->
          width == 8 && number == 0 ? movable(Fact.of(kind, 0, 0)) : plain(width);
      case ProofValues.TABLE_LENGTH -> movable(numbered(kind, number));
      case ProofValues.TYPE_ID, ProofValues.TAG -> numbered(kind, number);
      case ProofValues.TABLE -> movable(Fact.pointer(kind, number, 0));
      case ProofValues.TABLE_DEFINITION,
          ProofValues.MEMORY_DEFINITION,
          ProofValues.GLOBAL,
          ProofValues.IMPORT_CODE,
          ProofValues.IMPORT_CONTEXT ->
          Fact.pointer(kind, number, 0);
      default -> throw new Unclear("a field that is not followed");
    };
  }

  private long memoryBase(int memory) {
    if (memory != 0) {
      throw new Unclear("another memory than the first");
    }
    long base = Fact.of(ProofValues.MEMORY, 0, 0);
    return rules.staysInPlace(0) ? base : movable(base);
  }

  /** A fact that calls may make out of date. */
  private long movable(long fact) {
    quick.state.mayMove = true;
    return fact;
  }

  private static long numbered(int kind, int number) {
    if (number > Fact.MOST_IDS) {
      throw new Unclear("a great index");
    }
    return Fact.of(kind, number, 0);
  }

  private long loadGlobal(int global, long distance, int width) {
    GlobalType type = rules.module().global(global);
    int code = type.valueType().code();
    if (!Accesses.isIn(code, distance, width)) {
      throw new Unclear("not the width of a global");
    }
    boolean isReference = rules.typeOfGlobal(global) != ReferenceTypes.NONE && width == 8;
    return isReference ? reference() : plain(width);
  }

  private static long loadStore(long distance, int width) {
    int kind = width == 8 && distance < StoreContext.VALUES ? storeField((int) distance) : 0;
    if (kind == 0) {
      throw new Unclear("a field of the store that is not followed");
    }
    return Fact.pointer(kind, 0, 0);
  }

  private static int storeField(int distance) {
    return switch (distance) {
      case StoreContext.STACK_LIMIT, StoreContext.STACK_END -> ProofValues.STACK_LIMIT;
      case StoreContext.MEMORY_COPY -> ProofValues.MEMORY_COPY;
      case StoreContext.MEMORY_FILL -> ProofValues.MEMORY_FILL;
      case StoreContext.POLL_STUB -> ProofValues.POLL_STUB;
      default -> 0;
    };
  }

  // The stack.

  private void checkStack(long distance, int width) {
    if (distance < quick.stackPointer() || distance + width > 8L + machine.incoming) {
      throw new Unclear("accesses the stack outside of the frame");
    }
  }

  private long loadStack(long distance, int width) {
    checkStack(distance, width);
    if ((distance & 7) != 0 || width > 8) {
      return plain(width);
    }
    long fact = quick.namedPlace(quick.place(distance));
    if (width == 8) {
      return fact;
    }
    if (width == 4) {
      return Fact.truncated(fact, quick.idOfLoaded());
    }
    return plain(width);
  }

  private void storeStack(long distance, int width, long fact) {
    checkStack(distance, width);
    if ((distance & 7) == 0 && width == 8) {
      quick.setStackFact(distance, fact);
      return;
    }
    for (long at = distance & -8; at < distance + width; at += 8) {
      quick.setStackFact(at, Fact.UNKNOWN);
    }
  }

  // Constants and jump tables.

  private long loadCode(int i, long w, int width) {
    if (Instructions.index(w) != Instructions.NO_REGISTER
        || code.disp[i] < 0
        || code.disp[i] > machine.codeBytes - width) {
      throw new Unclear("may load beyond the function");
    }
    return width == 8 ? Fact.exact(machine.constantAt(code.disp[i])) : plain(width);
  }

  /** The entry of a jump table, or {@link Fact#UNKNOWN} if it is none that is loaded. */
  long jumpEntry(int i, long w) {
    int base = Instructions.base(w);
    int index = Instructions.index(w);
    boolean isShape = base >= 0 && index >= 0 && Instructions.shift(w) == 2 && code.disp[i] == 0;
    if (!isShape || Fact.kind(quick.at[base]) != ProofValues.CODE) {
      return Fact.UNKNOWN;
    }
    long table = Fact.distance(quick.at[base]);
    long last = Fact.isNatural(quick.at[index]) ? Fact.number(quick.at[index]) : -1;
    if (table < 0
        || table > JumpFact.MOST_TABLE
        || last < 0
        || last > JumpFact.MOST_ENTRY
        || table + 4 * last > machine.codeBytes - 4) {
      throw new Unclear("a jump table without end");
    }
    return JumpFact.entry((int) table, (int) last);
  }

  // Stores.

  /** Stores what {@code fact} tells of to the memory operand. */
  void store(int i, long w, int width, long fact) {
    int base = Instructions.base(w);
    if (base < 0) {
      throw new Unclear("a store by what is not followed");
    }
    long pointer = quick.at[base];
    int kind = Fact.kind(pointer);
    if (kind == ProofValues.MEMORY || Fact.isNatural(pointer)) {
      if (width == 8 && Fact.isPointer(fact)) {
        throw new Unclear("stores an address to memory");
      }
      memory(i, w, width, pointer);
      return;
    }
    if (kind == ProofValues.TABLE) {
      element(i, w, pointer, width);
      storeElement(Fact.id(pointer), fact);
      return;
    }
    if (Instructions.index(w) != Instructions.NO_REGISTER) {
      throw new Unclear("a store by what is not followed");
    }
    long distance = Fact.distance(pointer) + code.disp[i];
    switch (kind) {
      case ProofValues.STACK -> storeStack(distance, width, fact);
      case ProofValues.INSTANCE -> {
        long field = rules.fieldAt(distance, width);
        if (field == ModuleRules.NO_FIELD
            || ModuleRules.fieldKind(field) != ModuleRules.OWN_GLOBAL) {
          throw new Unclear("no field of an instance that may be stored");
        }
        storeGlobal(ModuleRules.fieldNumber(field), 0, width, fact);
      }
      case ProofValues.GLOBAL -> storeGlobal(Fact.id(pointer), distance, width, fact);
      case Fact.ELEMENT -> {
        requireElement(distance, width);
        storeElement(Fact.id(pointer), fact);
      }
      default -> throw new Unclear("a store by what is not followed");
    }
  }

  private void storeElement(int table, long fact) {
    int type = rules.typeOfElements(table);
    if (type != ReferenceTypes.NONE && !quick.isReference(fact, type)) {
      throw new Unclear("stores no function reference to a table");
    }
  }

  private void storeGlobal(int global, long distance, int width, long fact) {
    GlobalType type = rules.module().global(global);
    int code = type.valueType().code();
    int reference = rules.typeOfGlobal(global);
    if (!type.mutable()
        || distance != 0
        || width > Accesses.sizeOf(code)
        || reference != ReferenceTypes.NONE
            && (width != 8 || !quick.isReference(fact, reference))) {
      throw new Unclear("not what a global may hold");
    }
  }
}
