package dev.tazza.codegen.ir;

/**
 * Appends instructions to blocks. There is a current block ({@link #switchTo}) and a current source
 * position ({@link #setLoc}) that every new instruction gets.
 *
 * <p>With a {@link Folder} what is asked for may come back simpler: {@code binary(ADD, I32, x,
 * iconst 0)} is {@code x}.
 */
public final class Builder {
  private final Function function;
  private final Cursor cursor;
  private final Folder folder;
  private int fuel;

  public Builder(Function function) {
    this(function, Folder.NONE);
  }

  public Builder(Function function, Folder folder) {
    this.function = function;
    this.folder = folder;
    cursor = new Cursor(function);
  }

  public Function function() {
    return function;
  }

  /** The block that instructions are appended to. */
  public Block block() {
    return cursor.block();
  }

  /** Appends to {@code block} from now on. */
  public void switchTo(Block block) {
    cursor.atEnd(block);
  }

  /** Sets the source position of what follows, -1 for none. */
  public void setLoc(int loc) {
    cursor.setLoc(loc);
  }

  /** Sets the {@link Inst#fuel} of what follows and can trap. */
  public void setFuel(int fuel) {
    this.fuel = fuel;
  }

  public Block newBlock() {
    return function.newBlock();
  }

  public Inst iconst(Type type, long value) {
    return cursor.iconst(type, value);
  }

  /** The null reference. */
  public Inst nullRef() {
    return cursor.iconst(Type.REF, 0);
  }

  public Inst i32(int value) {
    return cursor.iconst(Type.I32, value);
  }

  public Inst i64(long value) {
    return cursor.iconst(Type.I64, value);
  }

  public Inst f32(float value) {
    return cursor.fconst(Type.F32, Float.floatToRawIntBits(value));
  }

  public Inst f64(double value) {
    return cursor.fconst(Type.F64, Double.doubleToRawLongBits(value));
  }

  /** A float constant from its bits. */
  public Inst fconst(Type type, long bits) {
    return cursor.fconst(type, bits);
  }

  /** A vector constant. */
  public Inst vconst(long low, long high) {
    return cursor.vconst(low, high);
  }

  /** A vector operation without a shape. */
  public Inst vector(Opcode op, Inst... args) {
    return pure(function.newInst(op, op == Opcode.VANY_TRUE ? Type.I32 : Type.V128, args));
  }

  /** A vector operation on lanes of {@code shape}. */
  public Inst lanes(Opcode op, Shape shape, Inst... args) {
    Inst inst = function.newInst(op, TypeRules.shapedResult(op, shape), args);
    inst.setShape(shape);
    return pure(inst);
  }

  /** A vector operation on lane number {@code lane}. */
  public Inst lane(Opcode op, Shape shape, int lane, Inst... args) {
    Inst inst = function.newInst(op, TypeRules.shapedResult(op, shape), args);
    inst.setShape(shape);
    inst.imm = lane;
    return pure(inst);
  }

  /** {@link Opcode#VSHUFFLE} by 16 constant bytes, each below 32. */
  public Inst shuffle(Inst a, Inst b, long lanesLow, long lanesHigh) {
    Inst inst = function.newInst(Opcode.VSHUFFLE, Type.V128, a, b);
    inst.imm = lanesLow;
    inst.setImmHigh(lanesHigh);
    return pure(inst);
  }

  /** The address of the pinned context. */
  public Inst context() {
    return cursor.insert(Opcode.CONTEXT, Type.I64);
  }

  public Inst unary(Opcode op, Type type, Inst a) {
    return pure(function.newInst(op, type, a));
  }

  public Inst binary(Opcode op, Type type, Inst a, Inst b) {
    return pure(function.newInst(op, type, a, b));
  }

  /** An integer or float comparison; gives I32. */
  public Inst compare(Opcode op, Inst a, Inst b) {
    return pure(function.newInst(op, Type.I32, a, b));
  }

  /** {@code condition != 0 ? a : b}. */
  public Inst select(Inst condition, Inst a, Inst b) {
    return pure(function.newInst(Opcode.SELECT, a.type, condition, a, b));
  }

  /**
   * {@code value}, or 0 unless {@code tested} is below {@code limit}.
   *
   * @param op {@link Opcode#CLAMP_LT} or {@link Opcode#CLAMP_LE}
   */
  public Inst clamp(Opcode op, Inst value, Inst tested, Inst limit) {
    return pure(function.newInst(op, value.type, value, tested, limit));
  }

  /** The lesser of {@code value} and {@code limit}. */
  public Inst clampMin(Inst value, Inst limit) {
    return pure(function.newInst(Opcode.CLAMP_MIN, Type.I64, value, limit));
  }

  /** A division or remainder that traps with {@code trap}. */
  public Inst divide(Opcode op, Type type, Inst a, Inst b, int trap) {
    Inst inst = function.newInst(op, type, a, b);
    setTrap(inst, trap);
    return pure(inst);
  }

  /** A float to integer conversion that traps with {@code trap} or {@code trap + 1}. */
  public Inst truncate(Opcode op, Type type, Inst a, int trap) {
    Inst inst = function.newInst(op, type, a);
    setTrap(inst, trap);
    return pure(inst);
  }

  /**
   * Loads from {@code base + offset}.
   *
   * @param trap trap code when that may fault, else 0
   */
  public Inst load(Type type, MemoryAccess access, Inst base, long offset, int trap) {
    Inst inst = function.newInst(Opcode.LOAD, type, base);
    inst.access = access;
    inst.imm = offset;
    setTrap(inst, trap);
    return pure(inst);
  }

  /** Stores to {@code base + offset}; {@code trap} as in {@link #load}. */
  public void store(MemoryAccess access, Inst base, long offset, Inst value, int trap) {
    Inst inst = function.newInst(Opcode.STORE, Type.NONE, base, value);
    inst.access = access;
    inst.imm = offset;
    setTrap(inst, trap);
    pure(inst);
  }

  /**
   * An atomic access; {@code trap} as in {@link #load}.
   *
   * @param type of the result; NONE for a store
   * @param baseAndValues the address is the first plus {@code offset}
   */
  public Inst atomic(
      Opcode op, Type type, MemoryAccess access, long offset, int trap, Inst... baseAndValues) {
    Inst inst = cursor.insert(op, type, baseAndValues);
    inst.access = access;
    inst.imm = offset;
    setTrap(inst, trap);
    return inst;
  }

  /** Orders all accesses before it before all behind it. */
  public void fence() {
    cursor.insert(Opcode.FENCE, Type.NONE);
  }

  /** Loads from {@code base + reference + offset}; {@code trap} as in {@link #load}. */
  public Inst loadField(
      Type type, MemoryAccess access, Inst base, Inst reference, long offset, int trap) {
    Inst inst = function.newInst(Opcode.LOAD_FIELD, type, base, reference);
    inst.access = access;
    inst.imm = offset;
    setTrap(inst, trap);
    return pure(inst);
  }

  /** Traps when {@code condition} is not zero. */
  public void trapIf(Inst condition, int trap) {
    setTrap(cursor.insert(Opcode.TRAP_IF, Type.NONE, condition), trap);
  }

  /** Traps when {@code condition} is zero. */
  public void trapUnless(Inst condition, int trap) {
    setTrap(cursor.insert(Opcode.TRAP_UNLESS, Type.NONE, condition), trap);
  }

  /**
   * Calls {@code symbol}; take the results with {@link #result}, all of them before anything else
   * is appended.
   */
  public Inst call(long symbol, Signature signature, Inst... args) {
    Inst inst = cursor.insert(Opcode.CALL_DIRECT, Type.NONE, args);
    inst.imm = symbol;
    inst.signature = signature;
    return inst;
  }

  /** Calls the address {@code addressAndArgs[0]}. */
  public Inst callIndirect(Signature signature, Inst... addressAndArgs) {
    Inst inst = cursor.insert(Opcode.CALL_INDIRECT, Type.NONE, addressAndArgs);
    inst.signature = signature;
    return inst;
  }

  /**
   * Calls what the reference {@code referenceAndArgs[0]} refers to.
   *
   * @param offset of the code's address from there
   * @param trap trap code when reading that may fault, else 0
   */
  public Inst callRef(Signature signature, long offset, int trap, Inst... referenceAndArgs) {
    Inst inst = cursor.insert(Opcode.CALL_REF, Type.NONE, referenceAndArgs);
    inst.signature = signature;
    inst.imm = offset;
    inst.trap = trap;
    return inst;
  }

  /** Calls the address {@code addressAndArgs[0]}, which returns by jump. */
  public Inst callByJump(Signature signature, Inst... addressAndArgs) {
    Inst inst = cursor.insert(Opcode.CALL_BY_JUMP, Type.NONE, addressAndArgs);
    inst.signature = signature;
    return inst;
  }

  /** Calls the C function at the address {@code addressAndArgs[0]}. */
  public Inst callNative(Signature signature, Inst... addressAndArgs) {
    Inst inst = cursor.insert(Opcode.CALL_NATIVE, Type.NONE, addressAndArgs);
    inst.signature = signature;
    return inst;
  }

  /**
   * Calls as {@code call}, made by one of the methods above with nothing behind it, does, but ends
   * the block: it goes on at {@code normal}, or at {@code pads[i]} when an exception with {@code
   * tags[i]} comes out of it. Take the results at the start of {@code normal}.
   */
  public Inst tryCall(Inst call, Block normal, int[] tags, Edge... pads) {
    call.op =
        switch (call.op) {
          case CALL_DIRECT -> Opcode.TRY_CALL;
          case CALL_REF -> Opcode.TRY_CALL_REF;
          case CALL_BY_JUMP -> Opcode.TRY_CALL_BY_JUMP;
          default -> Opcode.TRY_CALL_INDIRECT;
        };
    call.setTags(tags);
    call.targets = new Edge[pads.length + 1];
    call.targets[0] = new Edge(normal);
    System.arraycopy(pads, 0, call.targets, 1, pads.length);
    return call;
  }

  /**
   * Calls {@code symbol} in place of the function.
   *
   * @param args the first is the function's own context
   */
  public void returnCall(long symbol, Signature signature, Inst... args) {
    Inst inst = cursor.insert(Opcode.RETURN_CALL, Type.NONE, args);
    inst.imm = symbol;
    inst.signature = signature;
  }

  /**
   * Calls what the reference {@code referenceAndArgs[0]} refers to in place of the function.
   *
   * @param code distance from the reference of the address of the code
   * @param context distance from the reference of the callee's context
   * @param trap trap code when the reference may be null, else 0
   * @param referenceAndArgs the second is the function's own context
   */
  public void returnCallRef(
      Signature signature, int code, int context, int trap, Inst... referenceAndArgs) {
    Inst inst = cursor.insert(Opcode.RETURN_CALL_REF, Type.NONE, referenceAndArgs);
    inst.imm = code;
    inst.setImmHigh(context);
    inst.signature = signature;
    inst.trap = trap;
  }

  /** Result number {@code index} of {@code call}. */
  public Inst result(Inst call, int index) {
    Signature signature = call.signature;
    if (signature == null) {
      throw new IllegalArgumentException(call.op + " has no results");
    }
    Inst inst = cursor.insert(Opcode.RESULT, signature.results().get(index), call);
    inst.imm = index;
    return inst;
  }

  public void jump(Block target, Inst... args) {
    jump(new Edge(target, args));
  }

  public void jump(Edge edge) {
    terminate(Opcode.JUMP, edge);
  }

  /** To {@code then} when {@code condition} is not zero. */
  public void branch(Inst condition, Edge then, Edge otherwise) {
    terminate(Opcode.BRANCH, then, otherwise).args = new Inst[] {condition};
  }

  /** To {@code edges[index]}, or to the last one for all greater values. */
  public void switchOn(Inst index, Edge... edges) {
    terminate(Opcode.SWITCH, edges).args = new Inst[] {index};
  }

  /** A safepoint poll. */
  public void poll() {
    cursor.insert(Opcode.POLL, Type.NONE);
  }

  /**
   * Takes fuel.
   *
   * @param trap trap code when there must be as much, else 0
   * @param more what is taken besides {@code amount}: nothing, or an unsigned I64
   */
  public void charge(int amount, int trap, Inst... more) {
    Inst inst = cursor.insert(Opcode.CHARGE, Type.NONE, more);
    inst.imm = amount;
    inst.trap = trap;
    function.usesFuel = true;
  }

  /** Keeps {@code value} for debuggers, {@code offset} bytes into the frame's part for them. */
  public void home(int offset, Inst value) {
    cursor.insert(Opcode.HOME, Type.NONE, value).imm = offset;
  }

  /** From here on {@code variable} is {@code value}, as debuggers are to be told. */
  public void label(int variable, Inst value) {
    label(variable).args = new Inst[] {value};
  }

  /** From here on it is not known what {@code variable} is. */
  public Inst label(int variable) {
    Inst label = cursor.insert(Opcode.LABEL, Type.NONE);
    label.imm = variable;
    LabelPositions labels = function.labels;
    if (labels == null) {
      labels = new LabelPositions();
      function.labels = labels;
    }
    labels.add(variable, label.loc);
    return label;
  }

  public void ret(Inst... values) {
    cursor.insert(Opcode.RETURN, Type.NONE, values);
  }

  /**
   * Throws.
   *
   * @param unwinder address of the code that finds the handler
   * @param trap of where that code would come back to
   */
  public void raise(int tag, Inst unwinder, int trap) {
    Inst inst = cursor.insert(Opcode.THROW, Type.NONE, unwinder);
    inst.imm = tag;
    inst.trap = trap;
  }

  public void trap(int trap) {
    setTrap(cursor.insert(Opcode.TRAP, Type.NONE), trap);
  }

  private void setTrap(Inst inst, int trap) {
    inst.trap = trap;
    inst.setFuel(trap == 0 ? 0 : fuel);
  }

  private Inst terminate(Opcode op, Edge... targets) {
    Inst inst = cursor.insert(op, Type.NONE);
    inst.targets = targets;
    return inst;
  }

  private Inst pure(Inst inst) {
    Inst folded = folder.fold(inst, cursor);
    if (folded == inst) {
      cursor.insert(inst);
    }
    return folded;
  }
}
