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

  QuickEffects(QuickMachine quick, QuickCalls calls, QuickConditions conditions) {
    this.quick = quick;
    this.calls = calls;
    this.conditions = conditions;
    machine = quick.machine;
    code = quick.code;
    accesses = new QuickAccesses(quick);
  }

  void run(int i) {
    switch (code.kind(i)) {
      case Kind.MOVE -> move(i);
      case Kind.STORE -> store(i);
      case Kind.MOVE_IMM -> quick.setRegister(code.reg(i), Fact.exact(code.imm[i]));
      case Kind.STORE_IMM -> accesses.store(i, code.size(i), Fact.exact(code.imm[i]));
      case Kind.LEA -> lea(i);
      case Kind.MOVE_ZERO -> moveZero(i);
      case Kind.MOVE_SIGN -> moveSign(i);
      case Kind.ALU_REG, Kind.ALU_RM, Kind.ALU_IMM -> alu(i);
      case Kind.NOP -> {
        if (code.sub(i) == Kind.RECORD) {
          throw new Unclear("a record of a call");
        }
      }
      case Kind.CALL -> {
        calls.direct(code.imm[i]);
        conditions.forget();
      }
      case Kind.CALL_RM -> {
        calls.indirect(operand(i, 8), false);
        conditions.forget();
      }
      case Kind.JUMP_RM -> callByJump(i);
      case Kind.RETURN -> calls.ret(code.imm[i]);
      case Kind.PUSH -> push(quick.at[code.reg(i)]);
      case Kind.PUSH_IMM -> push(Fact.exact(code.imm[i]));
      case Kind.PUSH_RM -> push(accesses.load(i, 8));
      case Kind.POP -> pop(i);
      case Kind.SHIFT_IMM, Kind.SHIFT_CL, Kind.SHIFT_X -> shift(i);
      case Kind.SET_IF -> setIf(i);
      case Kind.MOVE_IF -> moveIf(i);
      case Kind.TRAP -> requireReason(i);
      default -> rare(i);
    }
  }

  private void rare(int i) {
    int size = code.size(i);
    switch (code.kind(i)) {
      case Kind.IMUL_IMM -> {
        long factor = Fact.exact(code.imm[i]);
        quick.setRegister(code.reg(i), product(operand(i, size), factor, size));
        conditions.forget();
      }
      case Kind.NOT -> quick.setRegister(code.rm(i), any(size));
      case Kind.NEG, Kind.INVERT_BIT -> {
        quick.setRegister(code.rm(i), any(size));
        conditions.forget();
      }
      case Kind.MUL, Kind.DIV, Kind.IDIV, Kind.SIGN -> divide(i);
      case Kind.COUNT_BITS -> {
        operand(i, size);
        quick.setRegister(code.reg(i), Fact.natural(8L * size, quick.id()));
        conditions.forget();
      }
      case Kind.SCAN_BITS -> {
        operand(i, size);
        quick.setRegister(code.reg(i), Fact.UNKNOWN);
        conditions.forget();
      }
      case Kind.AND_NOT -> {
        operand(i, size);
        quick.setRegister(code.reg(i), any(size));
        conditions.forget();
      }
      case Kind.LOWEST_BIT -> {
        operand(i, size);
        quick.setRegister(code.third(i), any(size));
        conditions.forget();
      }
      case Kind.TEST_BIT -> {
        operand(i, size);
        conditions.forget();
      }
      default -> vector(i);
    }
  }

  /** The operand that is a register or memory, as {@code size} bytes extended with zeros. */
  private long operand(int i, int size) {
    return code.isMemory(i) ? accesses.load(i, size) : register(code.rm(i), size, 2);
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

  private void move(int i) {
    int reg = code.reg(i);
    int size = code.size(i);
    if (reg == Machine.RBP) {
      enterFrame(i);
    } else if (code.isMemory(i)) {
      quick.setRegister(reg, accesses.load(i, size));
    } else {
      long fact = quick.named(code.rm(i), 2);
      quick.setRegister(reg, size == 8 ? fact : Fact.truncated(fact, quick.id()));
    }
  }

  /** {@code mov rbp, rsp} behind {@code push rbp}, below the return address. */
  private void enterFrame(int i) {
    boolean right =
        code.rm(i) == Machine.RSP && code.size(i) == 8 && calls.isFrame(quick.stackPointer());
    if (!right) {
      throw new Unclear("writes the frame pointer");
    }
    quick.at[Machine.RBP] = quick.at[Machine.RSP];
  }

  private void store(int i) {
    int size = code.size(i);
    if (code.isMemory(i)) {
      accesses.store(i, size, quick.at[code.reg(i)]);
    } else if (size >= 4) {
      long fact = quick.named(code.reg(i), 2);
      quick.setRegister(code.rm(i), size == 8 ? fact : Fact.truncated(fact, quick.id()));
    } else {
      throw new Unclear("writes a part of a register");
    }
  }

  private void lea(int i) {
    int base = code.base(i);
    int index = code.index(i);
    boolean isSum = base >= 0 && (index < 0 || code.shift(i) == 0);
    long left = isSum ? quick.named(base, 1) : Fact.UNKNOWN;
    long right = isSum && index >= 0 ? quick.named(index, 2) : Fact.exact(0);
    long address = accesses.address(i);
    if (Fact.kind(address) == Fact.NATURAL) {
      boolean isPlain = isSum && Fact.isNatural(left) && Fact.isNatural(right) && code.disp[i] >= 0;
      int id =
          isPlain
              ? quick.noteSum(left, right, code.disp[i])
              : quick.noteSum(Fact.UNKNOWN, Fact.UNKNOWN, 0);
      address = Fact.named(address, id);
    }
    boolean whole = code.size(i) == 8 || Fact.isU32(address);
    quick.setRegister(code.reg(i), whole ? address : Fact.u32(QuickMachine.NO_ID));
  }

  private void moveZero(int i) {
    int width = code.width(i);
    long most = (1L << 8 * width) - 1;
    long fact = code.isMemory(i) ? accesses.load(i, width) : quick.named(code.rm(i), 2);
    long bound = Fact.bound(fact);
    boolean same = bound >= 0 && bound <= most;
    quick.setRegister(code.reg(i), same ? fact : Fact.natural(most, quick.id()));
  }

  private void moveSign(int i) {
    int width = code.width(i);
    int size = code.size(i);
    if (width == 4 && size == 8 && code.isMemory(i)) {
      long entry = accesses.jumpEntry(i);
      if (entry != Fact.UNKNOWN) {
        quick.setRegister(code.reg(i), entry);
        return;
      }
    }
    long fact = code.isMemory(i) ? accesses.load(i, width) : quick.named(code.rm(i), 2);
    long bound = Fact.bound(fact);
    boolean same = bound >= 0 && bound < 1L << 8 * width - 1;
    quick.setRegister(code.reg(i), same ? fact : any(size));
  }

  private void alu(int i) {
    int size = code.size(i);
    int operation = code.sub(i);
    int kind = code.kind(i);
    long left;
    long right;
    if (kind == Kind.ALU_REG) {
      left = register(code.reg(i), size, 1);
      right = operand(i, size);
    } else if (kind == Kind.ALU_RM) {
      left = operand(i, size);
      right = register(code.reg(i), size, 1);
    } else {
      left = operand(i, size);
      right = immediate(i, size);
    }
    if (operation == Kind.CMP) {
      conditions.compare(left, right, size);
      return;
    }
    conditions.forget();
    if (operation == Kind.TEST) {
      return;
    }
    if (kind != Kind.ALU_REG && code.isMemory(i)) {
      accesses.store(i, size, Fact.UNKNOWN);
      return;
    }
    int target = kind == Kind.ALU_REG ? code.reg(i) : code.rm(i);
    if (target == Machine.RSP) {
      moveStack(i, operation);
    } else if (size < 4) {
      throw new Unclear("writes a part of a register");
    } else {
      boolean same = kind != Kind.ALU_IMM && code.rm(i) == code.reg(i);
      quick.setRegister(target, result(i, operation, left, right, size, same));
    }
  }

  private long immediate(int i, int size) {
    long imm = code.imm[i];
    return size == 8 ? Fact.exact(imm) : Fact.exact(imm & (1L << 8 * size) - 1);
  }

  private long result(int i, int operation, long left, long right, int size, boolean same) {
    return switch (operation) {
      case Kind.ADD -> sum(i, left, right, size);
      case Kind.SUB -> same ? Fact.exact(0) : difference(i, left, size);
      case Kind.AND -> same ? left : and(left, right, size);
      case Kind.OR -> same ? left : merged(left, right, size);
      case Kind.XOR -> same ? Fact.exact(0) : merged(left, right, size);
      case Kind.IMUL -> product(left, right, size);
      default -> throw new Unclear("an operation that is not followed");
    };
  }

  private long sum(int i, long left, long right, int size) {
    if (size == 8 && code.kind(i) == Kind.ALU_IMM) {
      return named(QuickAccesses.plus(left, code.imm[i], 0), left, right);
    }
    long sum = QuickAccesses.add(left, right, 0);
    if (size == 8) {
      if (Fact.kind(left) == Values.JUMP_ENTRY) {
        return JumpFact.target(right, left);
      }
      return Fact.kind(right) == Values.JUMP_ENTRY
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

  private long difference(int i, long left, int size) {
    if (size == 8 && code.kind(i) == Kind.ALU_IMM && code.imm[i] != Long.MIN_VALUE) {
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
    if (!isSmall || a * b > (size == 8 ? Fact.MOST : Values.U32)) {
      return any(size);
    }
    return Fact.natural(a * b, quick.id());
  }

  private void moveStack(int i, int operation) {
    boolean right =
        code.kind(i) == Kind.ALU_IMM
            && code.size(i) == 8
            && (operation == Kind.ADD || operation == Kind.SUB);
    if (!right) {
      throw new Unclear("writes the stack pointer");
    }
    long by = operation == Kind.ADD ? code.imm[i] : -code.imm[i];
    quick.setStackPointer(quick.stackPointer() + by);
  }

  private void shift(int i) {
    int size = code.size(i);
    int operation = code.sub(i);
    if (code.kind(i) == Kind.SHIFT_X) {
      long value = operand(i, size);
      quick.setRegister(code.reg(i), shifted(operation, value, size));
      return;
    }
    int target = code.rm(i);
    long value = register(target, size, 2);
    boolean isKnown = code.kind(i) == Kind.SHIFT_IMM;
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
    long most = size == 8 ? Fact.MOST : Values.U32;
    switch (operation) {
      case Kind.SHL -> {
        return bound >= 0 && bound <= most >> count
            ? Fact.natural(bound << count, quick.id())
            : any(size);
      }
      case Kind.SHR -> {
        long all = size == 8 ? -1L : Values.U32;
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

  private void divide(int i) {
    int size = code.size(i);
    if (code.kind(i) == Kind.SIGN) {
      quick.setRegister(RDX, any(size));
      return;
    }
    long operand = operand(i, size);
    boolean mayFault = !Fact.isExact(operand) || Fact.number(operand) == 0;
    if (code.kind(i) != Kind.MUL && mayFault && machine.traps[i] == 0) {
      throw new Unclear("a division that may fault has no trap");
    }
    long none = size == 8 ? Fact.UNKNOWN : Fact.u32(QuickMachine.NO_ID);
    quick.setRegister(RAX, none);
    quick.setRegister(RDX, none);
    conditions.forget();
  }

  private void setIf(int i) {
    long before = quick.at[code.rm(i)];
    long bound = Fact.bound(before);
    long most = bound >= 0 && bound <= 0xff ? 1 : bound <= Values.U32 ? Values.U32 : -1;
    quick.setRegister(code.rm(i), bound < 0 ? Fact.UNKNOWN : Fact.natural(most, quick.id()));
  }

  private void moveIf(int i) {
    int size = code.size(i);
    long before = register(code.reg(i), size, 1);
    long other = operand(i, size);
    boolean isClamp = Fact.isExact(before) && Fact.number(before) == 0;
    long result;
    if (isClamp && Fact.kind(other) == Fact.NATURAL) {
      result = Fact.of(Fact.CLAMPED, Fact.id(other), Fact.number(other));
    } else {
      result = before == other ? before : Fact.either(before, other);
    }
    quick.setRegister(code.reg(i), result);
  }

  /** A jump whose return address was pushed before it. */
  private void callByJump(int i) {
    long target = operand(i, 8);
    long back = quick.stackFact(quick.stackPointer());
    if (i + 1 >= code.count || !Fact.isAt(back, Values.CODE, code.at[i + 1])) {
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

  private void pop(int i) {
    int reg = code.reg(i);
    long fact = quick.stackFact(quick.stackPointer());
    if (reg == Machine.RBP) {
      quick.at[Machine.RBP] = fact;
    } else {
      quick.setRegister(reg, fact);
    }
    quick.setStackPointer(quick.stackPointer() + 8);
  }

  private void vector(int i) {
    boolean copies = code.sub(i) == Kind.COPY;
    int width = code.width(i);
    boolean isMemory = code.isMemory(i);
    switch (code.kind(i)) {
      case Kind.VECTOR -> {
        long fact = isMemory ? accesses.load(i, width) : Fact.UNKNOWN;
        setVector(code.reg(i), copies && width == 8 ? fact : Fact.UNKNOWN);
      }
      case Kind.VECTOR_STORE -> {
        boolean isCopy = copies && isCopyRegister(code.reg(i));
        accesses.store(i, width, isCopy ? quick.at[State.COPY_REGISTER] : Fact.UNKNOWN);
      }
      case Kind.VECTOR_COMPARE -> {
        if (isMemory) {
          accesses.load(i, width);
        }
        conditions.forget();
      }
      case Kind.INT_TO_VECTOR -> {
        boolean all = copies && code.size(i) == 8 && !isMemory;
        if (isMemory) {
          accesses.load(i, width);
        }
        setVector(code.reg(i), all ? quick.at[code.rm(i)] : Fact.UNKNOWN);
      }
      case Kind.VECTOR_TO_INT -> {
        if (isMemory) {
          accesses.load(i, width);
        }
        boolean back = copies && code.size(i) == 8 && isCopyRegister(code.reg(i));
        quick.setRegister(
            copies ? code.rm(i) : code.reg(i),
            back ? quick.at[State.COPY_REGISTER] : any(code.size(i)));
      }
      case Kind.VECTOR_SHIFT -> setVector(code.rm(i), Fact.UNKNOWN);
      case Kind.LANE_TO_INT -> {
        if (isMemory) {
          accesses.store(i, width, Fact.UNKNOWN);
        } else {
          long bound = width == 8 ? Fact.UNBOUNDED : (1L << 8 * width) - 1;
          quick.setRegister(code.rm(i), Fact.natural(bound, quick.id()));
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
