package dev.tazza.sandbox;

/** What instructions do to what the quick proof knows; see {@link Effects}. */
final class QuickEffects {
  private static final int RAX = 0;
  private static final int RDX = 2;

  private final QuickMachine quick;
  private final Machine machine;
  private final Instructions code;
  private final QuickAccesses accesses;
  private final QuickCalls calls;
  private final QuickConditions conditions;
  private final ModuleRules rules;

  QuickEffects(QuickMachine quick, QuickCalls calls, QuickConditions conditions) {
    this.quick = quick;
    this.calls = calls;
    this.conditions = conditions;
    machine = quick.machine;
    rules = quick.rules;
    code = quick.code;
    accesses = new QuickAccesses(quick);
  }

  void run(int i, long w) {
    switch (Instructions.kind(w)) {
      case Kind.MOVE -> move(i, w);
      case Kind.STORE -> store(i, w);
      case Kind.MOVE_IMM -> quick.setRegister(Instructions.reg(w), Fact.exact(code.imm[i]));
      case Kind.STORE_IMM -> accesses.store(i, w, Instructions.size(w), Fact.exact(code.imm[i]));
      case Kind.LEA -> lea(i, w);
      case Kind.MOVE_ZERO -> moveZero(i, w);
      case Kind.MOVE_SIGN -> moveSign(i, w);
      case Kind.ALU_REG, Kind.ALU_RM, Kind.ALU_IMM -> alu(i, w);
      case Kind.NOP -> {
        if (Instructions.sub(w) == Kind.RECORD) {
          throw new Unclear("a record of a call");
        }
      }
      case Kind.CALL -> {
        calls.direct(code.imm[i]);
        conditions.forget();
      }
      case Kind.CALL_RM -> {
        calls.indirect(operand(i, w, 8), false);
        conditions.forget();
      }
      case Kind.JUMP_RM -> callByJump(i, w);
      case Kind.RETURN -> calls.ret(code.imm[i]);
      case Kind.PUSH -> push(quick.at[Instructions.reg(w)]);
      case Kind.PUSH_IMM -> push(Fact.exact(code.imm[i]));
      case Kind.PUSH_RM -> push(accesses.load(i, w, 8));
      case Kind.POP -> pop(i, w);
      case Kind.SHIFT_IMM, Kind.SHIFT_CL, Kind.SHIFT_X -> shift(i, w);
      case Kind.SET_IF -> setIf(i, w);
      case Kind.MOVE_IF -> moveIf(i, w);
      case Kind.TRAP -> requireReason(i);
      default -> rare(i, w);
    }
  }

  private void rare(int i, long w) {
    int size = Instructions.size(w);
    switch (Instructions.kind(w)) {
      case Kind.IMUL_IMM -> {
        long factor = Fact.exact(code.imm[i]);
        quick.setRegister(Instructions.reg(w), product(operand(i, w, size), factor, size));
        conditions.forget();
      }
      case Kind.NOT -> quick.setRegister(Instructions.rm(w), any(size));
      case Kind.NEG, Kind.INVERT_BIT -> {
        quick.setRegister(Instructions.rm(w), any(size));
        conditions.forget();
      }
      case Kind.MUL, Kind.DIV, Kind.IDIV, Kind.SIGN -> divide(i, w);
      case Kind.COUNT_BITS -> {
        operand(i, w, size);
        quick.setRegister(Instructions.reg(w), Fact.natural(8L * size, quick.id()));
        conditions.forget();
      }
      case Kind.SCAN_BITS -> {
        operand(i, w, size);
        quick.setRegister(Instructions.reg(w), Fact.UNKNOWN);
        conditions.forget();
      }
      case Kind.AND_NOT -> {
        operand(i, w, size);
        quick.setRegister(Instructions.reg(w), any(size));
        conditions.forget();
      }
      case Kind.LOWEST_BIT -> {
        operand(i, w, size);
        quick.setRegister(code.third(i), any(size));
        conditions.forget();
      }
      case Kind.TEST_BIT -> {
        operand(i, w, size);
        conditions.forget();
      }
      default -> vector(i, w);
    }
  }

  /** The operand that is a register or memory, as {@code size} bytes extended with zeros. */
  private long operand(int i, long w, int size) {
    return Instructions.isMemory(w)
        ? accesses.load(i, w, size)
        : register(Instructions.rm(w), size, 2);
  }

  /**
   * @param operand 1 or 2: which one of the instruction it is
   */
  private long register(int number, int size, int operand) {
    long fact = quick.named(number, operand);
    if (size == 8) {
      return fact;
    }
    if (size == 4) {
      return Fact.truncated(fact, 0);
    }
    return Fact.natural((1L << 8 * size) - 1, 0);
  }

  private long any(int size) {
    return size == 8 ? Fact.UNKNOWN : Fact.u32(quick.id());
  }

  private void move(int i, long w) {
    int reg = Instructions.reg(w);
    int size = Instructions.size(w);
    if (reg == Machine.RBP) {
      enterFrame(i, w);
    } else if (Instructions.isMemory(w)) {
      quick.setRegister(reg, accesses.load(i, w, size));
    } else {
      long fact = quick.named(Instructions.rm(w), 2);
      quick.setRegister(reg, size == 8 ? fact : Fact.truncated(fact, quick.id()));
    }
  }

  /** {@code mov rbp, rsp} behind {@code push rbp}, below the return address. */
  private void enterFrame(int i, long w) {
    boolean right =
        Instructions.rm(w) == Machine.RSP
            && Instructions.size(w) == 8
            && calls.isFrame(quick.stackPointer());
    if (!right) {
      throw new Unclear("writes the frame pointer");
    }
    quick.at[Machine.RBP] = quick.at[Machine.RSP];
  }

  private void store(int i, long w) {
    int size = Instructions.size(w);
    if (Instructions.isMemory(w)) {
      accesses.store(i, w, size, quick.named(Instructions.reg(w), 1));
    } else if (size >= 4) {
      long fact = quick.named(Instructions.reg(w), 2);
      quick.setRegister(Instructions.rm(w), size == 8 ? fact : Fact.truncated(fact, quick.id()));
    } else {
      throw new Unclear("writes a part of a register");
    }
  }

  private void lea(int i, long w) {
    int base = Instructions.base(w);
    int index = Instructions.index(w);
    boolean isSum = base >= 0 && (index < 0 || Instructions.shift(w) == 0);
    long left = isSum ? quick.named(base, 1) : Fact.UNKNOWN;
    long right = isSum && index >= 0 ? quick.named(index, 2) : Fact.exact(0);
    long address = accesses.address(i, w);
    if (Fact.kind(address) == Fact.NATURAL) {
      boolean isPlain = isSum && Fact.isNatural(left) && Fact.isNatural(right) && code.disp[i] >= 0;
      int id =
          isPlain
              ? quick.noteSum(left, right, code.disp[i])
              : quick.noteSum(Fact.UNKNOWN, Fact.UNKNOWN, 0);
      address = Fact.named(address, id);
    }
    if (address == Fact.UNKNOWN && Instructions.size(w) == 8) {
      address = accesses.elementAddress(i, w);
    }
    boolean whole = Instructions.size(w) == 8 || Fact.isU32(address);
    quick.setRegister(Instructions.reg(w), whole ? address : Fact.u32(QuickMachine.NO_ID));
  }

  private void moveZero(int i, long w) {
    int width = Instructions.width(w);
    long most = (1L << 8 * width) - 1;
    long fact =
        Instructions.isMemory(w) ? accesses.load(i, w, width) : quick.named(Instructions.rm(w), 2);
    long bound = Fact.bound(fact);
    boolean same = bound >= 0 && bound <= most;
    quick.setRegister(Instructions.reg(w), same ? fact : Fact.natural(most, quick.id()));
  }

  private void moveSign(int i, long w) {
    int width = Instructions.width(w);
    int size = Instructions.size(w);
    if (width == 4 && size == 8 && Instructions.isMemory(w)) {
      long entry = accesses.jumpEntry(i, w);
      if (entry != Fact.UNKNOWN) {
        quick.setRegister(Instructions.reg(w), entry);
        return;
      }
    }
    long fact =
        Instructions.isMemory(w) ? accesses.load(i, w, width) : quick.named(Instructions.rm(w), 2);
    long bound = Fact.bound(fact);
    boolean same = bound >= 0 && bound < 1L << 8 * width - 1;
    quick.setRegister(Instructions.reg(w), same ? fact : any(size));
  }

  private void alu(int i, long w) {
    int size = Instructions.size(w);
    int operation = Instructions.sub(w);
    int kind = Instructions.kind(w);
    long left;
    long right;
    if (kind == Kind.ALU_REG) {
      left = register(Instructions.reg(w), size, 1);
      right = operand(i, w, size);
    } else if (kind == Kind.ALU_RM) {
      left = operand(i, w, size);
      right = register(Instructions.reg(w), size, 1);
    } else {
      left = operand(i, w, size);
      right = immediate(i, w, size);
    }
    if (operation == Kind.CMP) {
      conditions.compare(left, right, size);
      return;
    }
    conditions.forget();
    if (operation == Kind.TEST) {
      return;
    }
    if (kind != Kind.ALU_REG && Instructions.isMemory(w)) {
      accesses.store(i, w, size, Fact.UNKNOWN);
      return;
    }
    int target = kind == Kind.ALU_REG ? Instructions.reg(w) : Instructions.rm(w);
    if (target == Machine.RSP) {
      moveStack(i, w, operation);
    } else if (size < 4) {
      throw new Unclear("writes a part of a register");
    } else {
      boolean same = kind != Kind.ALU_IMM && Instructions.rm(w) == Instructions.reg(w);
      quick.setRegister(target, result(i, w, operation, left, right, size, same));
    }
  }

  private long immediate(int i, long w, int size) {
    long imm = code.imm[i];
    return size == 8 ? Fact.exact(imm) : Fact.exact(imm & (1L << 8 * size) - 1);
  }

  private long result(int i, long w, int operation, long left, long right, int size, boolean same) {
    return switch (operation) {
      case Kind.ADD -> sum(i, w, left, right, size);
      case Kind.SUB -> same ? Fact.exact(0) : difference(i, w, left, size);
      case Kind.AND -> same ? left : and(left, right, size);
      case Kind.OR -> same ? left : merged(left, right, size);
      case Kind.XOR -> same ? Fact.exact(0) : merged(left, right, size);
      case Kind.IMUL -> product(left, right, size);
      case Kind.ADC, Kind.SBB -> any(size);
      default -> throw new Unclear("an operation that is not followed");
    };
  }

  private long sum(int i, long w, long left, long right, int size) {
    if (size == 8 && Instructions.kind(w) == Kind.ALU_IMM) {
      return named(QuickAccesses.plus(left, code.imm[i], 0), left, right);
    }
    long sum = QuickAccesses.add(left, right, 0);
    if (size == 8) {
      if (Fact.kind(left) == ProofValues.JUMP_ENTRY) {
        return JumpFact.target(right, left);
      }
      return Fact.kind(right) == ProofValues.JUMP_ENTRY
          ? JumpFact.target(left, right)
          : named(sum, left, right);
    }
    return Fact.isU32(sum) ? named(sum, left, right) : Fact.u32(QuickMachine.NO_ID);
  }

  /** Names a sum that did not overflow. */
  private long named(long sum, long left, long right) {
    if (Fact.kind(sum) != Fact.NATURAL) {
      return sum;
    }
    return Fact.named(sum, quick.noteSum(left, right, 0));
  }

  private long difference(int i, long w, long left, int size) {
    if (size == 8 && Instructions.kind(w) == Kind.ALU_IMM && code.imm[i] != Long.MIN_VALUE) {
      return QuickAccesses.plus(left, -code.imm[i], QuickMachine.NO_ID);
    }
    return any(size);
  }

  private long and(long left, long right, int size) {
    long a = Fact.bound(left);
    long b = Fact.bound(right);
    if (a < 0 && b < 0) {
      return any(size);
    }
    return Fact.natural(a < 0 ? b : b < 0 ? a : Math.min(a, b), quick.id());
  }

  /** {@code or} and {@code xor}. */
  private long merged(long left, long right, int size) {
    long a = Fact.bound(left);
    long b = Fact.bound(right);
    if (a < 0 || b < 0) {
      return any(size);
    }
    long bits = a | b;
    return Fact.natural(bits == 0 ? 0 : -1L >>> Long.numberOfLeadingZeros(bits), quick.id());
  }

  private long product(long left, long right, int size) {
    long a = Fact.bound(left);
    long b = Fact.bound(right);
    boolean isSmall = a >= 0 && b >= 0 && Math.multiplyHigh(a, b) == 0 && a * b >= 0;
    if (!isSmall || a * b > (size == 8 ? Fact.MOST : ProofValues.U32)) {
      return any(size);
    }
    return Fact.natural(a * b, quick.id());
  }

  private void moveStack(int i, long w, int operation) {
    boolean right =
        Instructions.kind(w) == Kind.ALU_IMM
            && Instructions.size(w) == 8
            && (operation == Kind.ADD || operation == Kind.SUB);
    if (!right) {
      throw new Unclear("writes the stack pointer");
    }
    long by = operation == Kind.ADD ? code.imm[i] : -code.imm[i];
    quick.setStackPointer(quick.stackPointer() + by);
  }

  private void shift(int i, long w) {
    int size = Instructions.size(w);
    int operation = Instructions.sub(w);
    if (Instructions.kind(w) == Kind.SHIFT_X) {
      long value = operand(i, w, size);
      quick.setRegister(Instructions.reg(w), shifted(operation, value, size));
      return;
    }
    int target = Instructions.rm(w);
    long value = register(target, size, 2);
    boolean isKnown = Instructions.kind(w) == Kind.SHIFT_IMM;
    quick.setRegister(
        target,
        isKnown
            ? shifted(operation, value, (int) code.imm[i] & (size == 8 ? 63 : 31), size)
            : shifted(operation, value, size));
    conditions.forget();
  }

  /** By a count that is not known. */
  private long shifted(int operation, long value, int size) {
    long bound = Fact.bound(value);
    return operation == Kind.SHR && bound >= 0 ? Fact.natural(bound, quick.id()) : any(size);
  }

  private long shifted(int operation, long value, int count, int size) {
    if (count == 0) {
      return value;
    }
    long bound = Fact.bound(value);
    long most = size == 8 ? Fact.MOST : ProofValues.U32;
    switch (operation) {
      case Kind.SHL -> {
        if (bound < 0 || bound > most >> count) {
          return any(size);
        }
        return count == 3 && bound < rules.longestTable()
            ? Fact.of(Fact.EIGHTFOLD, 0, 8 * bound)
            : Fact.natural(bound << count, quick.id());
      }
      case Kind.SHR -> {
        long all = size == 8 ? -1L : ProofValues.U32;
        return Fact.natural((bound >= 0 ? bound : all) >>> count, quick.id());
      }
      case Kind.SAR -> {
        boolean plain = bound >= 0 && (size == 8 || bound <= Integer.MAX_VALUE);
        return plain ? Fact.natural(bound >> count, quick.id()) : any(size);
      }
      default -> {
        return any(size);
      }
    }
  }

  private void divide(int i, long w) {
    int size = Instructions.size(w);
    if (Instructions.kind(w) == Kind.SIGN) {
      quick.setRegister(RDX, any(size));
      return;
    }
    long operand = operand(i, w, size);
    boolean mayFault = !Fact.isExact(operand) || Fact.number(operand) == 0;
    if (Instructions.kind(w) != Kind.MUL && mayFault && machine.traps[i] == 0) {
      throw new Unclear("a division that may fault has no trap");
    }
    long none = size == 8 ? Fact.UNKNOWN : Fact.u32(QuickMachine.NO_ID);
    quick.setRegister(RAX, none);
    quick.setRegister(RDX, none);
    conditions.forget();
  }

  private void setIf(int i, long w) {
    long before = quick.at[Instructions.rm(w)];
    long bound = Fact.bound(before);
    long most = bound >= 0 && bound <= 0xff ? 1 : bound <= ProofValues.U32 ? ProofValues.U32 : -1;
    quick.setRegister(
        Instructions.rm(w), bound < 0 ? Fact.UNKNOWN : Fact.natural(most, quick.id()));
  }

  private void moveIf(int i, long w) {
    int size = Instructions.size(w);
    long before = register(Instructions.reg(w), size, 1);
    long other = operand(i, w, size);
    boolean isClamp = Fact.isExact(before) && Fact.number(before) == 0;
    long result;
    if (isClamp && Fact.kind(other) == Fact.NATURAL) {
      result = Fact.of(Fact.CLAMPED, Fact.id(other), conditions.bound(other, Instructions.sub(w)));
    } else {
      result = before == other ? before : Fact.either(before, other);
    }
    quick.setRegister(Instructions.reg(w), result);
  }

  /** A jump whose return address was pushed before it. */
  private void callByJump(int i, long w) {
    long target = operand(i, w, 8);
    long back = quick.stackFact(quick.stackPointer());
    if (i + 1 >= code.count || !Fact.isAt(back, ProofValues.CODE, code.at[i + 1])) {
      throw new Unclear("a jump that is not followed");
    }
    calls.indirect(target, true);
    conditions.forget();
  }

  private void push(long fact) {
    long distance = quick.stackPointer() - 8;
    quick.setStackPointer(distance);
    quick.setStackFact(distance, fact);
  }

  private void pop(int i, long w) {
    int reg = Instructions.reg(w);
    long fact = quick.stackFact(quick.stackPointer());
    if (reg == Machine.RBP) {
      quick.at[Machine.RBP] = fact;
    } else {
      quick.setRegister(reg, fact);
    }
    quick.setStackPointer(quick.stackPointer() + 8);
  }

  private void vector(int i, long w) {
    boolean copies = Instructions.sub(w) == Kind.COPY;
    int width = Instructions.width(w);
    boolean isMemory = Instructions.isMemory(w);
    switch (Instructions.kind(w)) {
      case Kind.VECTOR -> {
        long fact = isMemory ? accesses.load(i, w, width) : Fact.UNKNOWN;
        setVector(Instructions.reg(w), copies && width == 8 ? fact : Fact.UNKNOWN);
      }
      case Kind.VECTOR_STORE -> {
        boolean isCopy = copies && isCopyRegister(Instructions.reg(w));
        accesses.store(i, w, width, isCopy ? quick.at[State.COPY_REGISTER] : Fact.UNKNOWN);
      }
      case Kind.VECTOR_COMPARE -> {
        if (isMemory) {
          accesses.load(i, w, width);
        }
        conditions.forget();
      }
      case Kind.INT_TO_VECTOR -> {
        boolean all = copies && Instructions.size(w) == 8 && !isMemory;
        if (isMemory) {
          accesses.load(i, w, width);
        }
        setVector(Instructions.reg(w), all ? quick.at[Instructions.rm(w)] : Fact.UNKNOWN);
      }
      case Kind.VECTOR_TO_INT -> {
        if (isMemory) {
          accesses.load(i, w, width);
        }
        boolean back = copies && Instructions.size(w) == 8 && isCopyRegister(Instructions.reg(w));
        quick.setRegister(
            copies ? Instructions.rm(w) : Instructions.reg(w),
            back ? quick.at[State.COPY_REGISTER] : any(Instructions.size(w)));
      }
      case Kind.VECTOR_SHIFT -> setVector(Instructions.rm(w), Fact.UNKNOWN);
      case Kind.LANE_TO_INT -> {
        if (isMemory) {
          accesses.store(i, w, width, Fact.UNKNOWN);
        } else {
          long bound = width == 8 ? Fact.UNBOUNDED : (1L << 8 * width) - 1;
          quick.setRegister(Instructions.rm(w), Fact.natural(bound, quick.id()));
        }
      }
      default -> throw new Unclear("an instruction that is not followed");
    }
  }

  private static boolean isCopyRegister(int reg) {
    return reg == Instructions.VECTOR + 15;
  }

  private void setVector(int reg, long fact) {
    if (isCopyRegister(reg)) {
      quick.at[State.COPY_REGISTER] = fact;
    }
  }

  void requireReason(int trap) {
    if (machine.traps[trap] == 0) {
      throw new Unclear("traps without a reason");
    }
  }
}
