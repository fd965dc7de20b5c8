package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.assembler.x64.Cond;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.isa.x64.inst.Compare;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.BranchIf;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Const;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Select;
import dev.tazza.codegen.isa.x64.inst.X64Inst.SetIf;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TrapIf;
import dev.tazza.codegen.machine.lower.MachineBuffer;
import dev.tazza.codegen.machine.lower.Selection;
import org.jspecify.annotations.Nullable;

/**
 * Selects compares together with what reads their result: branches, selects, traps, or a register.
 */
final class ConditionSelector {
  private static final int BYTE = 0xff;

  private final Selection<X64Inst> selection;
  private final MachineBuffer<X64Inst> buffer;
  private final MemorySelector memory;
  private final VectorSelector vectors;
  private final BitTests bitTests;
  private final Carries carries;

  /** The check that has become part of the clamp behind it. */
  private @Nullable Inst clamped;

  /** A compare and what of its flags means "true". */
  record Condition(Cond cond, Compare compare) {
    Condition negate() {
      return new Condition(cond.negate(), compare);
    }

    /**
     * The same by the carry alone. "Above" reads two flags, for which conditional moves and sets
     * need two steps on Intel's processors.
     */
    Condition withOneFlag() {
      if (compare.op() != Compare.Op.CMP || cond != Cond.A && cond != Cond.BE) {
        return this;
      }
      int bits = 8 * compare.bytes();
      if (compare.right() instanceof Imm(int value) && value != -1 && bits >= 32) {
        // Of 64 bits, an immediate is sign-extended: 2^31 does not follow 2^31 - 1.
        boolean fits = bits == 32 || value != Integer.MAX_VALUE;
        Cond carry = cond == Cond.A ? Cond.AE : Cond.B;
        Imm next = new Imm(value + 1);
        return fits
            ? new Condition(
                carry, new Compare(Compare.Op.CMP, compare.bytes(), compare.left(), next))
            : this;
      }
      if (compare.right() instanceof Source.Reg && compare.left() instanceof Source.Reg) {
        return new Condition(
            cond.swap(),
            new Compare(Compare.Op.CMP, compare.bytes(), compare.right(), compare.left()));
      }
      return this;
    }
  }

  ConditionSelector(
      Selection<X64Inst> selection,
      MemorySelector memory,
      VectorSelector vectors,
      Carries carries) {
    this.vectors = vectors;
    this.carries = carries;
    this.selection = selection;
    this.memory = memory;
    buffer = selection.buffer;
    bitTests = new BitTests(selection, memory);
  }

  // Users of conditions.

  void branch(Inst inst) {
    Condition condition = condition(inst.args[0]);
    buffer.add(new BranchIf(condition.cond(), condition.compare()));
  }

  void trap(Inst inst, boolean ifTrue) {
    if (inst == clamped) {
      return;
    }
    selection.trapsAt(inst.loc);
    Condition condition = condition(inst.args[0]);
    selection.trapsAnywhere();
    if (!ifTrue) {
      condition = condition.negate();
    }
    buffer.add(new TrapIf(condition.cond(), condition.compare(), inst.trapEntry()));
  }

  /** A comparison whose result is asked for in a register. */
  void compare(Inst inst) {
    if (carries.selectCarry(inst)) {
      return;
    }
    set(inst, compareOperands(inst));
  }

  private void set(Inst inst, Condition wanted) {
    Condition condition = wanted.withOneFlag();
    boolean twoFlags = condition.cond().code < 0;
    buffer.add(
        new SetIf(
            condition.cond(),
            condition.compare(),
            selection.def(inst),
            twoFlags ? selection.newInt() : -1));
  }

  void select(Inst inst) {
    Inst ifTrue = selection.value(inst.args[1]);
    Inst ifFalse = selection.value(inst.args[2]);
    if (inst.type.isInt() && ifTrue.isInt(1) && ifFalse.isInt(0)) {
      set(inst, condition(inst.args[0]));
      return;
    }
    if (inst.type.isInt() && ifTrue.isInt(0) && ifFalse.isInt(1)) {
      set(inst, condition(inst.args[0]).negate());
      return;
    }
    Condition condition = condition(inst.args[0]);
    boolean negate = condition.cond() == Cond.E_AND_NP;
    if (negate) {
      condition = condition.negate();
    }
    condition = condition.withOneFlag();
    Inst chosen = negate ? ifFalse : ifTrue;
    Inst other = negate ? ifTrue : ifFalse;
    Select.Kind kind = kind(inst.type);
    // Two conditional moves in a row must not load through a register that the first one writes.
    boolean mayLoad = inst.type.isInt() && condition.cond().code >= 0;
    Source source =
        mayLoad ? memory.loadOrReg(chosen, inst.type) : new Source.Reg(selection.reg(chosen));
    buffer.add(
        new Select(
            condition.cond(),
            condition.compare(),
            kind,
            selection.def(inst),
            source,
            selection.reg(other)));
  }

  /**
   * A conditional move over a zero. The verifier of the finished code, and who looks for what the
   * processor may do while it guesses, find the comparison right before it; if it stands behind the
   * check that says the same, this is the check's comparison.
   */
  void clamp(Inst inst) {
    Inst check = inst.prev;
    int trap = 0;
    if (check != null && saysSame(check, inst)) {
      clamped = check;
      trap = check.trapEntry();
    }
    int zero = selection.newInt();
    Cond inside = inst.op == Opcode.CLAMP_LT ? Cond.B : Cond.BE;
    buffer.add(new Const(Const.Kind.INT, zero, 0));
    Condition condition = intCompare(inside, inst.args[1], inst.args[2]);
    buffer.add(
        new Select(
            condition.cond(),
            condition.compare(),
            kind(inst.type),
            selection.def(inst),
            new Source.Reg(selection.reg(inst.args[0])),
            zero,
            trap));
  }

  /** A conditional move of the limit over the value, which mostly has no use after that. */
  void clampMin(Inst inst) {
    int value = selection.reg(inst.args[0]);
    Source limit = new Source.Reg(selection.reg(inst.args[1]));
    Compare compare = new Compare(Compare.Op.CMP, 8, new Source.Reg(value), limit);
    buffer.add(new Select(Cond.AE, compare, Select.Kind.I64, selection.def(inst), limit, value));
  }

  /** Whether a check traps just where the clamp gives zero. */
  private static boolean saysSame(Inst check, Inst clamp) {
    if (check.op != Opcode.TRAP_IF && check.op != Opcode.TRAP_UNLESS) {
      return false;
    }
    boolean inside = check.op == Opcode.TRAP_UNLESS;
    boolean strict = clamp.op == Opcode.CLAMP_LT;
    Inst compare = check.args[0];
    Opcode same;
    Opcode swapped;
    if (inside == strict) {
      same = inside ? Opcode.ICMP_LT_U : Opcode.ICMP_GT_U;
      swapped = inside ? Opcode.ICMP_GT_U : Opcode.ICMP_LT_U;
    } else {
      same = inside ? Opcode.ICMP_LE_U : Opcode.ICMP_GE_U;
      swapped = inside ? Opcode.ICMP_GE_U : Opcode.ICMP_LE_U;
    }
    return compare.op == same
            && compare.args[0] == clamp.args[1]
            && compare.args[1] == clamp.args[2]
        || compare.op == swapped
            && compare.args[0] == clamp.args[2]
            && compare.args[1] == clamp.args[1];
  }

  private static Select.Kind kind(Type type) {
    return switch (type) {
      case I32, REF -> Select.Kind.I32;
      case I64 -> Select.Kind.I64;
      case F32, F64 -> Select.Kind.FLOAT;
      case V128 -> Select.Kind.VECTOR;
      case NONE -> throw new IllegalArgumentException("a choice of nothing");
    };
  }

  // Conditions.

  /** That the I32 {@code inst} is not zero. */
  private Condition condition(Inst inst) {
    boolean before = selection.look(selection.value(inst));
    Inst at = selection.value(inst);
    boolean negate = false;
    for (int i = 0; i < Selection.LONGEST_CHAIN && isZeroTest(at) && isTransparent(at); i++) {
      negate ^= at.op == Opcode.ICMP_EQ;
      at = selection.value(at.args[0]);
      selection.look(at);
    }
    Condition condition;
    if (isTransparent(at) && isComparison(at.op)) {
      condition = compareOperands(at);
    } else {
      condition = zeroTest(at, Type.I32, Cond.NE);
    }
    selection.leave(before);
    return negate ? condition.negate() : condition;
  }

  /** Whether to look through a value: unless it is in a register anyway, and far away. */
  private boolean isTransparent(Inst inst) {
    return !selection.isAskedFor(inst) || selection.isHere(inst);
  }

  private boolean isZeroTest(Inst inst) {
    return (inst.op == Opcode.ICMP_EQ || inst.op == Opcode.ICMP_NE)
        && inst.args[0].type == Type.I32
        && selection.value(inst.args[1]).isInt(0);
  }

  private static boolean isComparison(Opcode op) {
    return op.isIntCompare()
        || op.isFloatCompare()
        || op == Opcode.VANY_TRUE
        || op == Opcode.VALL_TRUE;
  }

  /** That any bit is set, or that no lane is zero. */
  private Condition vectorTest(Inst test) {
    Source.Reg tested = new Source.Reg(vectors.tested(test));
    return new Condition(
        test.op == Opcode.VANY_TRUE ? Cond.NE : Cond.E,
        new Compare(Compare.Op.PTEST, 16, tested, tested));
  }

  /** The operands of {@code compare} are taken here. */
  private Condition compareOperands(Inst compare) {
    if (compare.op.isVector()) {
      return vectorTest(compare);
    }
    return compare.op.isFloatCompare() ? floatCompare(compare) : intCompare(compare);
  }

  private Condition intCompare(Inst compare) {
    return intCompare(intCond(compare.op), compare.args[0], compare.args[1]);
  }

  private Condition intCompare(Cond wanted, Inst first, Inst second) {
    Cond cond = wanted;
    Inst left = first;
    Inst right = second;
    Type type = left.type;
    if (Selection.isInt32(selection.value(left))) {
      cond = cond.swap();
      Inst exchange = left;
      left = right;
      right = exchange;
    }
    Inst constant = selection.value(right);
    if (Selection.isInt32(constant)) {
      if (constant.imm == 0 && (cond == Cond.E || cond == Cond.NE)) {
        return zeroTest(left, type, cond);
      }
      return compareConstant(cond, type, left, (int) constant.imm);
    }
    Amode amode = memory.load(right, type);
    if (amode == null) {
      amode = memory.load(left, type);
      if (amode != null) {
        cond = cond.swap();
        left = right;
      }
    }
    Source source = amode == null ? new Source.Reg(selection.reg(right)) : amode;
    return new Condition(
        cond,
        new Compare(Compare.Op.CMP, type.bytes(), new Source.Reg(selection.reg(left)), source));
  }

  private Condition compareConstant(Cond cond, Type type, Inst left, int constant) {
    Condition narrow = narrowCompare(cond, left, constant);
    if (narrow != null) {
      return narrow;
    }
    Inst value = selection.value(left);
    if (isByte(value) && constant >= 0 && constant <= BYTE) {
      Source low = new Source.Reg(selection.reg(value.args[0]));
      return new Condition(unsigned(cond), new Compare(Compare.Op.CMP, 1, low, new Imm(constant)));
    }
    Inst sum = cond == Cond.E || cond == Cond.NE ? selection.sumInstead(left) : null;
    if (sum != null) {
      long shifted = constant + selection.value(sum.args[1]).imm;
      if (type == Type.I32 || shifted == (int) shifted) {
        return new Condition(
            cond,
            new Compare(
                Compare.Op.CMP,
                type.bytes(),
                new Source.Reg(selection.reg(sum)),
                new Imm((int) shifted)));
      }
    }
    Source source = memory.loadOrReg(left, type);
    return new Condition(
        cond, new Compare(Compare.Op.CMP, type.bytes(), source, new Imm(constant)));
  }

  /** Whether {@code inst} is the low byte of another value and nobody needs it by itself. */
  private boolean isByte(Inst inst) {
    return inst.op == Opcode.AND
        && selection.value(inst.args[1]).isInt(BYTE)
        && !selection.isAskedFor(inst);
  }

  /**
   * A zero-extending load of one or two bytes against a constant of that size: in memory, unsigned.
   */
  private @Nullable Condition narrowCompare(Cond cond, Inst left, int constant) {
    Inst load = selection.movableLoad(left);
    if (load == null || load.access == null || load.access.signed()) {
      return null;
    }
    int bytes = load.access.bytes();
    if (bytes > 2 || constant < 0 || constant >= 1 << 8 * bytes) {
      return null;
    }
    return new Condition(
        unsigned(cond), new Compare(Compare.Op.CMP, bytes, memory.take(load), new Imm(constant)));
  }

  private static Cond unsigned(Cond cond) {
    return switch (cond) {
      case L -> Cond.B;
      case LE -> Cond.BE;
      case G -> Cond.A;
      case GE -> Cond.AE;
      default -> cond;
    };
  }

  /** That {@code inst} is, or is not, zero. */
  private Condition zeroTest(Inst inst, Type type, Cond cond) {
    Inst value = selection.value(inst);
    boolean before = selection.look(value);
    Condition test =
        value.op == Opcode.AND && value.type == type && isTransparent(value)
            ? bitTests.test(value, cond)
            : null;
    selection.leave(before);
    return test == null ? compareConstant(cond, type, value, 0) : test;
  }

  static Cond intCond(Opcode op) {
    return switch (op) {
      case ICMP_EQ -> Cond.E;
      case ICMP_NE -> Cond.NE;
      case ICMP_LT_S -> Cond.L;
      case ICMP_LT_U -> Cond.B;
      case ICMP_GT_S -> Cond.G;
      case ICMP_GT_U -> Cond.A;
      case ICMP_LE_S -> Cond.LE;
      case ICMP_LE_U -> Cond.BE;
      case ICMP_GE_S -> Cond.GE;
      case ICMP_GE_U -> Cond.AE;
      default -> throw new IllegalArgumentException(op.text());
    };
  }

  /** "Above" is false for unordered operands, so "less" exchanges them. */
  private Condition floatCompare(Inst compare) {
    boolean exchange = compare.op == Opcode.FCMP_LT || compare.op == Opcode.FCMP_LE;
    Inst left = compare.args[exchange ? 1 : 0];
    Inst right = compare.args[exchange ? 0 : 1];
    Cond cond =
        switch (compare.op) {
          case FCMP_EQ -> Cond.E_AND_NP;
          case FCMP_NE -> Cond.NE_OR_P;
          case FCMP_LT, FCMP_GT -> Cond.A;
          case FCMP_LE, FCMP_GE -> Cond.AE;
          default -> throw new IllegalArgumentException(compare.op.text());
        };
    Compare.Op op = left.type == Type.F32 ? Compare.Op.UCOMISS : Compare.Op.UCOMISD;
    Source source = memory.floatSource(right);
    return new Condition(
        cond, new Compare(op, left.type.bytes(), new Source.Reg(selection.reg(left)), source));
  }
}
