package dev.tazza.sandbox;

import static dev.tazza.sandbox.ProofValues.DEAD;

/** What each instruction does to what is known. */
final class Effects {
  private static final int RAX = 0;
  private static final int RCX = 1;
  private static final int RDX = 2;

  private final Machine machine;
  private final Instructions code;
  private final ProofValues values;
  private final Arithmetic arithmetic;
  private final Conditions conditions;
  private final Accesses accesses;
  private final Calls calls;
  private final TailCalls tailCalls;
  private final Divisions divisions;
  private final VectorEffects vectors;
  private final Blocks blocks;
  private final BlockEnds ends;

  Effects(Machine machine, Blocks blocks, Proof proof) {
    this.machine = machine;
    this.blocks = blocks;
    code = machine.code;
    values = machine.values;
    arithmetic = machine.arithmetic;
    conditions = machine.conditions;
    accesses = new Accesses(machine);
    calls = new Calls(machine, accesses);
    tailCalls = new TailCalls(machine, calls);
    vectors = new VectorEffects(machine, accesses);
    ends = new BlockEnds(machine, blocks, proof, calls);
    divisions = new Divisions(code, blocks);
  }

  /** At the start of a function; {@code state} becomes what is known there. */
  void start(State state) {
    accesses.start();
    calls.enter(state);
  }

  void startBlock() {
    accesses.startBlock();
  }

  /** The operand that is a register or memory, as {@code size} bytes extended with zeros. */
  private int operand(int i, int size) {
    if (code.isMemory(i)) {
      return accesses.load(size);
    }
    int value = machine.register(code.rm(i));
    return size == 8
        ? value
        : size == 4 ? arithmetic.truncate(value) : arithmetic.zeroExtend(value, size);
  }

  private int register(int number, int size) {
    int value = machine.register(number);
    return size == 8
        ? value
        : size == 4 ? arithmetic.truncate(value) : arithmetic.zeroExtend(value, size);
  }

  void run(int i) {
    switch (code.kind(i)) {
      case Kind.JUMP, Kind.JUMP_IF -> {}
      case Kind.NOP -> {
        if (code.sub(i) == Kind.RECORD) {
          calls.checkRecord((int) code.imm[i]);
        }
      }
      case Kind.MOVE -> move(i);
      case Kind.STORE -> store(i);
      case Kind.MOVE_IMM -> machine.setRegister(code.reg(i), values.constant(code.imm[i]));
      case Kind.STORE_IMM -> accesses.store(code.size(i), values.constant(code.imm[i]));
      case Kind.LEA -> lea(i);
      case Kind.MOVE_ZERO -> {
        int width = code.width(i);
        machine.setRegister(code.reg(i), arithmetic.zeroExtend(operandOf(i, width), width));
      }
      case Kind.MOVE_SIGN -> moveSign(i);
      case Kind.ALU_REG, Kind.ALU_RM, Kind.ALU_IMM -> alu(i);
      case Kind.IMUL_IMM -> {
        int size = code.size(i);
        int factor = values.constant(code.imm[i]);
        machine.setRegister(code.reg(i), arithmetic.multiply(operand(i, size), factor, size));
        conditions.forget();
      }
      case Kind.SHIFT_IMM, Kind.SHIFT_CL, Kind.SHIFT_X -> shift(i);
      case Kind.NOT, Kind.NEG -> {
        machine.setRegister(code.rm(i), unknown(code.size(i)));
        if (code.kind(i) == Kind.NEG) {
          conditions.forget();
        }
      }
      case Kind.MUL, Kind.DIV, Kind.IDIV, Kind.SIGN -> divide(i);
      case Kind.COUNT_BITS, Kind.SCAN_BITS -> bits(i);
      case Kind.AND_NOT -> {
        operand(i, code.size(i));
        machine.setRegister(code.reg(i), unknown(code.size(i)));
        conditions.forget();
      }
      case Kind.LOWEST_BIT -> {
        operand(i, code.size(i));
        machine.setRegister(code.third(i), unknown(code.size(i)));
        conditions.forget();
      }
      case Kind.SET_IF -> setIf(i);
      case Kind.MOVE_IF -> moveIf(i);
      case Kind.CALL -> {
        calls.direct(code.imm[i]);
        conditions.forget();
      }
      case Kind.CALL_RM -> {
        int target = operand(i, 8);
        if (!machine.hasEnded) {
          calls.indirect(target, false);
        }
        conditions.forget();
      }
      case Kind.JUMP_RM -> jump(i);
      case Kind.RETURN -> calls.ret(code.imm[i]);
      case Kind.PUSH -> push(machine.register(code.reg(i)));
      case Kind.PUSH_IMM -> push(values.constant(code.imm[i]));
      case Kind.PUSH_RM -> push(accesses.load(8));
      case Kind.POP -> pop(i);
      case Kind.POP_RM -> {
        int value = machine.stackValue(machine.stackPointer());
        machine.setStackPointer(machine.stackPointer() + 8);
        accesses.store(8, value);
      }
      case Kind.LEAVE -> tailCalls.direct(code.imm[i]);
      case Kind.TRAP -> ends.requireReason(i);
      case Kind.TEST_BIT -> {
        operand(i, code.size(i));
        conditions.forget();
      }
      case Kind.EXCHANGE, Kind.COMPARE_EXCHANGE -> exchange(i);
      case Kind.INVERT_BIT -> {
        machine.setRegister(code.rm(i), unknown(code.size(i)));
        conditions.forget();
      }
      default -> vectors.run(i);
    }
  }

  private int operandOf(int i, int width) {
    return code.isMemory(i) ? accesses.load(width) : machine.register(code.rm(i));
  }

  private int unknown(int size) {
    return size == 8 ? values.unknown() : values.u32();
  }

  private void move(int i) {
    int reg = code.reg(i);
    if (reg == Machine.RBP) {
      enterFrame(i);
      return;
    }
    machine.setRegister(reg, operand(i, code.size(i)));
  }

  /** {@code mov rbp, rsp} behind {@code push rbp}, below the return address. */
  private void enterFrame(int i) {
    boolean right =
        code.rm(i) == Machine.RSP && code.size(i) == 8 && calls.isFrame(machine.stackPointer());
    if (!right) {
      throw machine.reject("writes the frame pointer");
    }
    machine.state.at[Machine.RBP] = machine.register(Machine.RSP);
  }

  private void store(int i) {
    int size = code.size(i);
    if (code.isMemory(i)) {
      int value = machine.register(code.reg(i));
      accesses.store(size, value);
    } else if (size >= 4) {
      machine.setRegister(code.rm(i), register(code.reg(i), size));
    } else {
      throw machine.reject("writes a part of a register");
    }
  }

  private void lea(int i) {
    int address = accesses.address();
    machine.setRegister(code.reg(i), code.size(i) == 8 ? address : arithmetic.truncate(address));
  }

  private void moveSign(int i) {
    int width = code.width(i);
    if (width == 4 && code.size(i) == 8 && code.isMemory(i)) {
      int entry = accesses.jumpEntry();
      if (entry != DEAD) {
        machine.setRegister(code.reg(i), entry);
        return;
      }
    }
    int value = operandOf(i, width);
    machine.setRegister(code.reg(i), arithmetic.signExtend(value, width, code.size(i)));
  }

  private void alu(int i) {
    int size = code.size(i);
    int operation = code.sub(i);
    int left;
    int right;
    if (operation == Kind.CMP && size == 4) {
      compare(i);
      return;
    }
    if (code.kind(i) == Kind.ALU_REG) {
      left = register(code.reg(i), size);
      right = operand(i, size);
    } else {
      left = operand(i, size);
      right = code.kind(i) == Kind.ALU_RM ? register(code.reg(i), size) : immediate(i, size);
    }
    if (operation == Kind.CMP) {
      conditions.compare(left, right, size);
      return;
    }
    if (operation == Kind.TEST) {
      boolean same = left == right;
      if (same) {
        conditions.result(left, size, true);
      } else {
        conditions.forget();
      }
      return;
    }
    boolean toMemory = code.kind(i) != Kind.ALU_REG && code.isMemory(i);
    if (toMemory) {
      boolean changes = operation != Kind.OR || !values.isAt(right, ProofValues.SCALAR, 0);
      if (changes || !accesses.isStackPlain()) {
        accesses.store(size, values.unknown());
      }
      conditions.forget();
      return;
    }
    int target = code.kind(i) == Kind.ALU_REG ? code.reg(i) : code.rm(i);
    if (target == Machine.RSP) {
      moveStack(i, operation);
      return;
    }
    if (size < 4) {
      throw machine.reject("writes a part of a register");
    }
    boolean same = code.kind(i) != Kind.ALU_IMM && code.rm(i) == code.reg(i);
    int result = result(operation, left, right, size, same);
    machine.setRegister(target, result);
    switch (operation) {
      case Kind.ADD, Kind.SUB -> conditions.result(result, size, false);
      case Kind.AND, Kind.OR, Kind.XOR -> conditions.result(result, size, true);
      default -> conditions.forget();
    }
  }

  /** Memory and a register change; what becomes of either nobody needs to know. */
  private void exchange(int i) {
    int size = code.size(i);
    boolean compares = code.kind(i) == Kind.COMPARE_EXCHANGE;
    int target = compares ? RAX : code.reg(i);
    int before = machine.register(target);
    if (values.isPointer(machine.register(code.reg(i)))) {
      throw machine.reject("exchanges an address");
    }
    accesses.load(size);
    accesses.store(size, values.unknown());
    // What is less than 4 bytes, or may not be written, leaves the rest as it was.
    boolean clears = size == 4 && !compares;
    boolean isU32 = clears || size < 8 && values.isU32(before);
    machine.setRegister(target, isU32 ? values.u32() : values.unknown());
    conditions.forget();
  }

  /** Of 4 bytes; values that are numbers of 32 bits with a sign stay what they are. */
  private void compare(int i) {
    int left = code.kind(i) == Kind.ALU_REG ? compared(code.reg(i)) : comparedOperand(i);
    int right =
        switch (code.kind(i)) {
          case Kind.ALU_REG -> comparedOperand(i);
          case Kind.ALU_RM -> compared(code.reg(i));
          default -> immediate(i, 4);
        };
    conditions.compare(left, right, 4);
  }

  private int comparedOperand(int i) {
    return code.isMemory(i) ? accesses.load(4) : compared(code.rm(i));
  }

  private int compared(int number) {
    int value = machine.register(number);
    boolean isSigned =
        !values.isPointer(value)
            && values.low[value] >= Integer.MIN_VALUE
            && values.high[value] <= Integer.MAX_VALUE;
    return isSigned ? value : arithmetic.truncate(value);
  }

  private int immediate(int i, int size) {
    long imm = code.imm[i];
    return values.constant(
        size == 8
            ? imm
            : size == 4 ? imm & ProofValues.U32 : size == 2 ? imm & 0xffff : imm & 0xff);
  }

  private int result(int operation, int left, int right, int size, boolean same) {
    return switch (operation) {
      case Kind.ADD -> addition(left, right, size);
      case Kind.SUB -> same ? values.constant(0) : difference(left, right, size);
      case Kind.AND -> same ? left : arithmetic.and(left, right, size);
      case Kind.OR -> same ? left : arithmetic.merge(left, right, size);
      case Kind.XOR -> same ? values.constant(0) : arithmetic.merge(left, right, size);
      case Kind.IMUL -> arithmetic.multiply(left, right, size);
      case Kind.ADC -> arithmetic.addWithCarry(left, right, size);
      case Kind.SBB -> unknown(size);
      default -> throw machine.reject("not an operation that is known");
    };
  }

  private int difference(int left, int right, int size) {
    if (size == 8 && values.is(left, ProofValues.MEMORY_LENGTH)) {
      int memory = values.aux[left];
      long least = machine.state.least(memory, machine.rules.leastLength(memory));
      return arithmetic.rest(left, right, least);
    }
    return arithmetic.subtract(left, right, size);
  }

  /** Of 4 bytes, a constant may stand for a negative number. */
  private int addition(int left, int right, int size) {
    if (size == 4 && values.isConstant(right) && values.low[right] > Integer.MAX_VALUE) {
      return arithmetic.truncate(arithmetic.plus(left, (int) values.low[right]));
    }
    return arithmetic.add(left, right, size);
  }

  private void moveStack(int i, int operation) {
    boolean right =
        code.kind(i) == Kind.ALU_IMM
            && code.size(i) == 8
            && (operation == Kind.ADD || operation == Kind.SUB);
    if (!right) {
      throw machine.reject("writes the stack pointer");
    }
    long by = operation == Kind.ADD ? code.imm[i] : -code.imm[i];
    machine.setStackPointer(machine.stackPointer() + by);
    conditions.forget();
  }

  private void shift(int i) {
    int size = code.size(i);
    int operation = code.sub(i);
    switch (code.kind(i)) {
      case Kind.SHIFT_IMM -> {
        int value = machine.register(code.rm(i));
        machine.setRegister(code.rm(i), arithmetic.shift(operation, value, code.imm[i], size));
        conditions.forget();
      }
      case Kind.SHIFT_CL -> {
        int value = machine.register(code.rm(i));
        int count = machine.register(RCX);
        machine.setRegister(code.rm(i), shifted(operation, value, count, size));
        conditions.forget();
      }
      default -> {
        int value = operand(i, size);
        int count = machine.register(code.third(i));
        machine.setRegister(code.reg(i), shifted(operation, value, count, size));
      }
    }
  }

  private int shifted(int operation, int value, int count, int size) {
    return values.isConstant(count)
        ? arithmetic.shift(operation, value, values.low[count], size)
        : arithmetic.shift(operation, value, size);
  }

  private void divide(int i) {
    int size = code.size(i);
    switch (code.kind(i)) {
      case Kind.SIGN -> {
        machine.setRegister(RDX, unknown(size));
        return;
      }
      case Kind.MUL -> operand(i, size);
      default -> {
        int divisor = operand(i, size);
        int trap = machine.traps[i];
        boolean cannotBeZero = values.low[divisor] > 0 || values.high[divisor] < 0;
        boolean isKnown =
            machine.rules.trapsBySignal()
                ? trap != 0 || cannotBeZero
                : isHarmless(i, divisor) || divisions.isChecked(i);
        if (!isKnown) {
          throw machine.reject("a division that may fault has no trap");
        }
      }
    }
    int dividend = machine.register(RAX);
    boolean isPlain =
        code.kind(i) == Kind.DIV
            && values.isAt(machine.register(RDX), ProofValues.SCALAR, 0)
            && values.low[dividend] >= 0
            && !values.isPointer(dividend);
    int quotient = isPlain ? values.range(0, values.high[dividend]) : unknown(size);
    machine.setRegister(RAX, quotient);
    machine.setRegister(RDX, isPlain ? values.range(0, values.high[dividend]) : unknown(size));
    conditions.forget();
  }

  /** Whether a division by {@code divisor} never faults. */
  private boolean isHarmless(int i, int divisor) {
    long number = values.low[divisor];
    boolean isMinusOne = code.size(i) == 8 ? number == -1 : (int) number == -1;
    return values.isConstant(divisor) && number != 0 && (code.kind(i) == Kind.DIV || !isMinusOne);
  }

  private void bits(int i) {
    int size = code.size(i);
    operand(i, size);
    if (code.kind(i) == Kind.COUNT_BITS) {
      machine.setRegister(code.reg(i), values.range(0, 8L * size));
      conditions.forget();
    } else {
      int number = values.unknown();
      machine.setRegister(code.reg(i), number);
      conditions.scan(number, size);
    }
  }

  private void setIf(int i) {
    int before = machine.register(code.rm(i));
    boolean isByte = values.isU32(before) && values.high[before] <= 0xff;
    boolean isU32 = values.isU32(before);
    int result =
        isByte
            ? values.range(0, 1)
            : values.make(
                ProofValues.FLAG,
                0,
                isU32 ? 0 : Long.MIN_VALUE,
                isU32 ? ProofValues.U32 : Long.MAX_VALUE);
    machine.setRegister(code.rm(i), result);
  }

  private void moveIf(int i) {
    int size = code.size(i);
    int condition = code.sub(i);
    int old = register(code.reg(i), size);
    int before = conditions.when(condition ^ 1, old);
    int kept = conditions.lengthWhen();
    int operand = operand(i, size);
    int other = conditions.when(condition, operand);
    if (before == ProofValues.DEAD || other == ProofValues.DEAD) {
      machine.setRegister(code.reg(i), before == ProofValues.DEAD ? operand : before);
      return;
    }
    int result = machine.joins.chosen(before, other, old, operand, kept, conditions.lengthWhen());
    if (values.isAt(before, ProofValues.SCALAR, 0)
        && values.low[other] >= 0
        && !values.isPointer(other)) {
      // A clamped index.
      machine.state.copySums(values.origin(other), values.offset[other], values.origin(result));
    }
    machine.setRegister(code.reg(i), result);
  }

  private void push(int value) {
    long distance = machine.stackPointer() - 8;
    machine.setStackPointer(distance);
    machine.setStackValue(distance, value);
  }

  private void pop(int i) {
    int reg = code.reg(i);
    int value = machine.stackValue(machine.stackPointer());
    if (reg == Machine.RBP) {
      machine.state.at[Machine.RBP] = value;
    } else {
      machine.setRegister(reg, value);
    }
    machine.setStackPointer(machine.stackPointer() + 8);
  }

  private void jump(int i) {
    int target = operand(i, 8);
    if (machine.hasEnded) {
      return;
    }
    boolean isCall = blocks.isCall(i);
    switch (values.kind[target]) {
      case ProofValues.RETURN_ADDRESS -> {
        if (isCall) {
          throw machine.reject("pushes before it returns");
        }
        calls.returned(target, machine.stackPointer());
      }
      case ProofValues.JUMP_TARGET -> {
        if (isCall) {
          throw machine.reject("pushes before it jumps");
        }
      }
      default -> {
        if (!isCall) {
          tailCalls.indirect(target);
          break;
        }
        int back = machine.stackValue(machine.stackPointer());
        if (i + 1 >= code.count || !values.isAt(back, ProofValues.CODE, code.at[i + 1])) {
          throw machine.reject("jumps to " + values.text(target));
        }
        calls.indirect(target, true);
      }
    }
    conditions.forget();
  }

  /** After the last instruction of a block: control goes on. */
  void end(int block, int last) {
    ends.end(block, last);
  }
}
