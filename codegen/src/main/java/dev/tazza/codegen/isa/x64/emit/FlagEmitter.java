package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.assembler.x64.Cond;
import dev.tazza.assembler.x64.Encoder;
import dev.tazza.assembler.x64.Opcodes;
import dev.tazza.assembler.x64.Place;
import dev.tazza.codegen.isa.x64.inst.Compare;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Select;
import dev.tazza.codegen.isa.x64.inst.X64Inst.SetIf;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TrapIf;
import dev.tazza.codegen.machine.PReg;

/** Writes compares and what reads their flags. */
final class FlagEmitter {
  static final int CMP = 0x3b;
  private static final int CMP_DIGIT = 7;
  private static final int TEST = 0x85;
  private static final int TEST_IMM = 0xf7;
  private static final int BT = Opcodes.M0F | 0xa3;
  private static final int BT_IMM = Opcodes.M0F | 0xba;
  private static final int BT_DIGIT = 4;
  private static final int UCOMISS = Opcodes.M0F | 0x2e;
  private static final int UCOMISD = Opcodes.P66 | Opcodes.M0F | 0x2e;
  private static final int PTEST = Opcodes.P66 | Opcodes.M0F38 | 0x17;
  private static final int SETCC = Opcodes.M0F | 0x90;
  private static final int CMOVCC = Opcodes.M0F | 0x40;
  private static final int AND = 0x23;
  private static final int OR = 0x0b;

  private final X64Emission emission;
  private final Encoder encoder;
  private final CodeBuffer out;
  private final Moves moves;
  private final Place left = new Place();
  private final Place right = new Place();
  private final Place third = new Place();

  /** Where the code ended when the flags last told of a result: its register, bytes, operation. */
  private int resultEnd = -1;

  private int resultRegister;
  private int resultBytes;
  private boolean resultIsLogic;

  FlagEmitter(X64Emission emission, Moves moves) {
    this.emission = emission;
    this.moves = moves;
    encoder = emission.encoder;
    out = emission.out;
  }

  /**
   * The instruction just written has set the flags by its result.
   *
   * @param logic whether overflow and carry are clear, as after {@code test}
   */
  void tellOf(int register, boolean wide, boolean logic) {
    resultEnd = out.size();
    resultRegister = register;
    resultBytes = wide ? 8 : 4;
    resultIsLogic = logic;
  }

  /** Control may come here from elsewhere. */
  void forgetResult() {
    resultEnd = -1;
  }

  /** As {@link #compare(Compare)}, unless the flags tell {@code cond} already. */
  void compareFor(Cond cond, Compare compare) {
    if (isKnown(cond, compare)) {
      emission.place(compare.left(), left);
    } else {
      compare(compare);
    }
  }

  /** Whether a comparison of the last result with zero can be left out. */
  private boolean isKnown(Cond cond, Compare compare) {
    boolean withZero =
        compare.op() == Compare.Op.CMP
            && compare.left() instanceof Source.Reg
            && compare.right() instanceof Imm imm
            && imm.value() == 0;
    if (!withZero || resultEnd != out.size() || !emission.isNext(resultRegister)) {
      return false;
    }
    // The high half of a 32-bit result is zero, but does not have its sign.
    return switch (cond) {
      case E, NE -> resultBytes <= compare.bytes() && compare.bytes() >= 4;
      case L, GE, LE, G -> resultIsLogic && resultBytes == compare.bytes();
      default -> false;
    };
  }

  /** Takes the compare's operands and sets the flags. */
  void compare(Compare compare) {
    Place a = emission.place(compare.left(), left);
    if (compare.right() instanceof Imm imm) {
      compareImm(compare, a, imm.value());
      return;
    }
    Place b = emission.place(compare.right(), right);
    int flags = Encoder.sizeFlags(compare.bytes());
    switch (compare.op()) {
      case CMP -> emission.encode(compare.bytes() == 1 ? CMP - 1 : CMP, flags, a.register, b);
      case TEST -> emission.encode(compare.bytes() == 1 ? TEST - 1 : TEST, flags, a.register, b);
      case BT -> encoder.encode(BT, flags, b.register, a);
      case UCOMISS -> emission.encode(UCOMISS, 0, a.register, b);
      case UCOMISD -> emission.encode(UCOMISD, 0, a.register, b);
      case PTEST -> emission.encode(PTEST, 0, a.register, b);
    }
  }

  private void compareImm(Compare compare, Place a, int imm) {
    int bytes = compare.bytes();
    int flags = Encoder.sizeFlags(bytes) & ~Encoder.BYTE_REG;
    emission.mayFault(a);
    switch (compare.op()) {
      case CMP -> {
        if (imm == 0 && a.isRegister()) {
          encoder.encode(bytes == 1 ? TEST - 1 : TEST, Encoder.sizeFlags(bytes), a.register, a);
        } else {
          encoder.aluImm(CMP_DIGIT, bytes, a, imm);
        }
      }
      case TEST -> testImm(bytes, flags, a, imm);
      case BT -> {
        encoder.encode(BT_IMM, flags, BT_DIGIT, a, 1);
        out.byte1(imm);
      }
      default -> throw new IllegalArgumentException(compare.op().text + " with an immediate");
    }
  }

  /**
   * A mask in the low byte needs the low byte only, unless others must be touched: the end of
   * memory may be before them.
   */
  private void testImm(int bytes, int flags, Place a, int imm) {
    boolean lowByte = bytes == 1 || imm >= 0 && imm <= 127 && a.trap == 0;
    if (lowByte) {
      encoder.immediate(TEST_IMM - 1, Encoder.BYTE_RM, 0, 1, a, imm);
    } else {
      encoder.immediate(TEST_IMM, flags, 0, bytes, a, imm);
    }
  }

  /** {@code test register, mask} of the low halves. */
  void testBits(int register, int mask) {
    testImm(4, 0, third.register(register), mask);
  }

  void setIf(SetIf set) {
    int dst = emission.resultLoc();
    int register = PReg.encoding(dst);
    if (set.tmp() >= 0) {
      setIfTwo(set, register);
      return;
    }
    boolean clearFirst = !emission.isAmongNext(dst);
    if (clearFirst) {
      moves.zero(register);
    }
    compare(set.compare());
    setByte(set.cond(), register);
    if (!clearFirst) {
      extend(register);
    }
  }

  private void setByte(Cond cond, int register) {
    encoder.encode(SETCC + cond.code, Encoder.BYTE_RM, 0, third.register(register));
  }

  private void extend(int register) {
    encoder.encode(UnaryOp.MOVZX8.opcode, Encoder.BYTE_RM, register, third.register(register));
  }

  private void setIfTwo(SetIf set, int register) {
    boolean both = set.cond() == Cond.E_AND_NP;
    compare(set.compare());
    int tmp = emission.nextRegister();
    setByte(both ? Cond.NP : Cond.P, tmp);
    setByte(both ? Cond.E : Cond.NE, register);
    encoder.encode(both ? AND : OR, 0, register, third.register(tmp));
    extend(register);
  }

  void select(Select select) {
    int dst = emission.nextRegister();
    Place ifTrue = emission.place(select.ifTrue(), third);
    compareFor(select.cond(), select.compare());
    if (select.trap() != 0) {
      out.jump(select.cond().negate().code, emission.trapLabel(select.trap()));
    }
    if (select.kind() == Select.Kind.FLOAT || select.kind() == Select.Kind.VECTOR) {
      UnaryOp load = select.kind() == Select.Kind.FLOAT ? UnaryOp.MOVSD : UnaryOp.MOVUPS;
      selectFloat(select.cond(), dst, ifTrue, load);
      return;
    }
    int flags = select.kind() == Select.Kind.I64 ? Encoder.W : 0;
    switch (select.cond()) {
      case NE_OR_P -> {
        emission.encode(CMOVCC + Cond.NE.code, flags, dst, ifTrue);
        emission.encode(CMOVCC + Cond.P.code, flags, dst, ifTrue);
      }
      case E_AND_NP -> throw new IllegalArgumentException("select on " + select.cond().text);
      default -> emission.encode(CMOVCC + select.cond().code, flags, dst, ifTrue);
    }
  }

  private void selectFloat(Cond cond, int dst, Place ifTrue, UnaryOp load) {
    int take = out.newLabel();
    int skip = out.newLabel();
    if (cond == Cond.NE_OR_P) {
      out.jump(Cond.P.code, take);
      out.jump(Cond.E.code, skip);
    } else if (cond == Cond.E_AND_NP) {
      out.jump(Cond.P.code, skip);
      out.jump(Cond.NE.code, skip);
    } else {
      out.jump(cond.negate().code, skip);
    }
    out.bind(take);
    if (ifTrue.isRegister()) {
      moves.moveFloat(dst, ifTrue.register);
    } else {
      encoder.encode(load.opcode, 0, dst, ifTrue);
    }
    out.bind(skip);
  }

  void trapIf(TrapIf trap) {
    compareFor(trap.cond(), trap.compare());
    int label = emission.trapLabel(trap.trap());
    switch (trap.cond()) {
      case NE_OR_P -> {
        out.jump(Cond.P.code, label);
        out.jump(Cond.NE.code, label);
      }
      case E_AND_NP -> {
        int skip = out.newLabel();
        out.jump(Cond.P.code, skip);
        out.jump(Cond.E.code, label);
        out.bind(skip);
      }
      default -> out.jump(trap.cond().code, label);
    }
  }

  /** {@code ucomiss} or {@code ucomisd} of two registers. */
  void compareFloats(boolean wide, int a, int b) {
    encoder.encode(wide ? UCOMISD : UCOMISS, 0, a, third.register(b));
  }

  /** The same with a place. */
  void compareFloats(boolean wide, int a, Place b) {
    encoder.encode(wide ? UCOMISD : UCOMISS, 0, a, b);
  }

  /** {@code test register, register}. */
  void testWide(int register) {
    encoder.encode(TEST, Encoder.W, register, third.register(register));
  }
}
