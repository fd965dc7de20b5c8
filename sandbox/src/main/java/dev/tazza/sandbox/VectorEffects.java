package dev.tazza.sandbox;

import static dev.tazza.sandbox.ProofValues.DEAD;

/**
 * What instructions of vector registers do to what is known. No address is ever in one, but that
 * the register allocator copies from stack to stack through the last.
 */
final class VectorEffects {
  private final Machine machine;
  private final Instructions code;
  private final ProofValues values;
  private final Conditions conditions;
  private final Accesses accesses;

  VectorEffects(Machine machine, Accesses accesses) {
    this.machine = machine;
    this.accesses = accesses;
    code = machine.code;
    values = machine.values;
    conditions = machine.conditions;
  }

  /** What an instruction of a vector register does; integer and memory operands are its others. */
  void run(int i) {
    int kind = code.kind(i);
    boolean copies = code.sub(i) == Kind.COPY;
    int width = code.width(i);
    switch (kind) {
      case Kind.VECTOR -> {
        int value = code.isMemory(i) ? accesses.load(width) : DEAD;
        boolean isConstant = copies && width == 8 && code.base(i) == Instructions.PC;
        if (isConstant && isCopyRegister(code.reg(i))) {
          value = values.constant(machine.constantAt(code.disp[i]));
        }
        setVector(code.reg(i), copies && width == 8 ? value : DEAD);
      }
      case Kind.VECTOR_STORE -> {
        int value = copies && isCopyRegister(code.reg(i)) ? copied() : values.unknown();
        accesses.store(width, value);
      }
      case Kind.VECTOR_COMPARE -> {
        if (code.isMemory(i)) {
          accesses.load(width);
        }
        conditions.forget();
      }
      case Kind.INT_TO_VECTOR -> {
        if (code.isMemory(i)) {
          accesses.load(width);
          setVector(code.reg(i), DEAD);
        } else {
          boolean all = copies && code.size(i) == 8;
          setVector(code.reg(i), all ? machine.register(code.rm(i)) : DEAD);
        }
      }
      case Kind.VECTOR_TO_INT -> {
        if (code.isMemory(i)) {
          accesses.load(width);
        }
        boolean back = copies && code.size(i) == 8 && isCopyRegister(code.reg(i));
        machine.setRegister(
            copies ? code.rm(i) : code.reg(i),
            back ? copied() : code.size(i) == 8 ? values.unknown() : values.u32());
      }
      case Kind.VECTOR_SHIFT -> setVector(code.rm(i), DEAD);
      case Kind.LANE_TO_INT -> {
        if (code.isMemory(i)) {
          accesses.store(width, values.unknown());
        } else {
          machine.setRegister(
              code.rm(i), width == 8 ? values.unknown() : values.range(0, -1L >>> 64 - 8 * width));
        }
      }
      default -> throw machine.reject("not an instruction whose effect is known");
    }
  }

  private static boolean isCopyRegister(int reg) {
    return reg == Instructions.VECTOR + 15;
  }

  private int copied() {
    int value = machine.state.at[State.COPY_REGISTER];
    return value == DEAD ? values.unknown() : value;
  }

  private void setVector(int reg, int value) {
    if (isCopyRegister(reg)) {
      machine.state.at[State.COPY_REGISTER] = value;
    }
  }
}
