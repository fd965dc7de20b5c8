package dev.tazza.codegen.isa.x64.inst;

import dev.tazza.assembler.x64.Registers;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.Source.Pool;
import dev.tazza.codegen.isa.x64.inst.Source.Reg;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Alu;
import dev.tazza.codegen.isa.x64.inst.X64Inst.AluWide;
import dev.tazza.codegen.isa.x64.inst.X64Inst.AndNot;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Args;
import dev.tazza.codegen.isa.x64.inst.X64Inst.BranchIf;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Call;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Charge;
import dev.tazza.codegen.isa.x64.inst.X64Inst.CompareExchange;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Const;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Div;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Exchange;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Fence;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Fixed;
import dev.tazza.codegen.isa.x64.inst.X64Inst.FloatPair;
import dev.tazza.codegen.isa.x64.inst.X64Inst.ImulImm;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Jump;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Landing;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Lea;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Move;
import dev.tazza.codegen.isa.x64.inst.X64Inst.MulWide;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Poll;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Return;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Rmw;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Select;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Sequence;
import dev.tazza.codegen.isa.x64.inst.X64Inst.SetIf;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Shift;
import dev.tazza.codegen.isa.x64.inst.X64Inst.ShiftX;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Sse;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Store;
import dev.tazza.codegen.isa.x64.inst.X64Inst.StoreLane;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Switch;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TableAddress;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TailCall;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Target;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Trap;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TrapIf;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Truncate;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Unary;
import dev.tazza.codegen.isa.x64.inst.X64Inst.UpdateLoop;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Vec;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecFma;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecShift;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecTernary;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecUnary;
import dev.tazza.codegen.machine.InstSet;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import org.jspecify.annotations.Nullable;

/**
 * What each instruction reads and writes, and where it has to be: the register allocator's view.
 */
public final class Operands implements InstSet<X64Inst> {
  public static final Operands INSTANCE = new Operands();

  private Operands() {}

  @Override
  public X64Inst landing(int context) {
    return new Landing(context);
  }

  @Override
  public X64Inst jump() {
    return Jump.JUMP;
  }

  @Override
  public void append(VCode<X64Inst> code, X64Inst inst, int loc) {
    if (inst == Jump.JUMP) {
      code.newInst(inst, 0, false, loc);
      return;
    }
    int index = code.newInst(inst, 0, false, loc);
    describe(inst, code, index);
  }

  private static long clobbers(Landing landing) {
    long all = Abi.CALL_CLOBBERS | Abi.CALLEE_SAVED;
    return landing.context() < 0 ? all : all & ~PReg.mask(Abi.OWN_CONTEXT);
  }

  private static long clobbers(Call call) {
    long mask = Abi.CALL_CLOBBERS;
    for (int register : call.results().pregs()) {
      mask &= ~(1L << register);
    }
    return mask;
  }

  private static void describe(X64Inst inst, VCode<X64Inst> code, int index) {
    // The commonest ones first: the switch tries them in order.
    switch (inst) {
      case Unary unary -> {
        unary(unary, code);
        if (unary.src() instanceof Amode amode && amode.base() == Amode.OUTGOING) {
          code.setNeedsFrame(index);
        }
      }
      case Lea lea -> {
        address(lea.address(), code);
        code.operand(Operand.def(lea.dst()));
      }
      case Alu alu -> {
        code.operand(Operand.use(alu.left()));
        any(alu.right(), code);
        code.operand(Operand.defReuse(alu.dst(), 0));
        if (alu.op() != AluOp.SUB && alu.right() instanceof Reg) {
          code.setCommutative(index);
        }
      }
      case Const c -> {
        code.operand(Operand.def(c.dst()));
        code.setRemat(c.dst(), index);
      }
      case Store store -> {
        address(store.address(), code);
        register(store.src(), code);
        int base = store.address().base();
        if (base == Amode.OUTGOING || base == Amode.HOMES) {
          code.setNeedsFrame(index);
        }
      }
      case BranchIf branch -> compare(branch.compare(), code);
      case Jump _, Trap _, Fence _ -> {}
      case Poll poll -> {
        code.setSafepoint(index);
        code.setNeedsFrame(index);
        if (poll.counter() >= 0) {
          code.operand(Operand.use(poll.counter()));
        }
      }
      case Charge charge -> {
        code.setNeedsFrame(index);
        if (charge.more() >= 0) {
          code.operand(Operand.use(charge.more()));
        }
      }
      case Call call -> {
        code.setClobbers(index, clobbers(call));
        code.setCall(index);
        code.setNeedsFrame(index);
        uses(call.args(), code);
        target(call.target(), code);
        defs(call.results(), code);
      }
      case Move move -> {
        code.setMove(index);
        code.operand(Operand.useAny(move.src()));
        code.operand(Operand.defAny(move.dst()));
      }
      case ImulImm imul -> {
        any(imul.src(), code);
        code.operand(Operand.def(imul.dst()));
      }
      case Shift shift -> {
        code.operand(Operand.use(shift.src()));
        if (shift.count() instanceof Reg count) {
          code.operand(Operand.useFixed(count.vreg(), Registers.RCX));
        }
        code.operand(Operand.defReuse(shift.dst(), 0));
      }
      case ShiftX shift -> {
        any(shift.src(), code);
        code.operand(Operand.use(shift.count()));
        code.operand(Operand.def(shift.dst()));
      }
      case AndNot and -> {
        code.operand(Operand.use(and.left()));
        any(and.right(), code);
        code.operand(Operand.def(and.dst()));
      }
      case AluWide alu -> {
        code.operand(Operand.use(alu.left()));
        code.operand(Operand.use(alu.leftHigh()));
        any(alu.right(), code);
        if (alu.rightHigh() instanceof Reg reg) {
          // It is read when the lower half has been written.
          code.operand(Operand.useLate(reg.vreg()));
        }
        code.operand(Operand.defReuse(alu.low(), 0));
        code.operand(Operand.defReuse(alu.high(), 1));
      }
      case MulWide mul -> {
        code.operand(Operand.useFixed(mul.left(), Registers.RAX));
        any(mul.right(), code);
        code.operand(Operand.defFixed(mul.low(), Registers.RAX));
        code.operand(Operand.defFixed(mul.high(), Registers.RDX));
      }
      case Div div -> {
        code.operand(Operand.useFixed(div.dividend(), Registers.RAX));
        code.operand(Operand.useLate(div.divisor()));
        code.operand(Operand.defFixed(div.quotient(), Registers.RAX));
        code.operand(Operand.defFixed(div.remainder(), Registers.RDX));
      }
      case Rmw rmw -> {
        address(rmw.address(), code);
        register(rmw.src(), code);
      }
      case Exchange exchange -> {
        code.operand(Operand.use(exchange.src()));
        address(exchange.address(), code);
        code.operand(Operand.defReuse(exchange.dst(), 0));
      }
      case CompareExchange exchange -> {
        code.operand(Operand.useFixed(exchange.expected(), Registers.RAX));
        code.operand(Operand.use(exchange.src()));
        address(exchange.address(), code);
        code.operand(Operand.defFixed(exchange.dst(), Registers.RAX));
      }
      case UpdateLoop loop -> {
        code.operand(Operand.useFixed(loop.guess(), Registers.RAX));
        if (loop.src() instanceof Reg reg) {
          code.operand(Operand.useLate(reg.vreg()));
        }
        lateAddress(loop.address(), code);
        temporary(loop.tmp(), code);
        code.operand(Operand.defFixed(loop.dst(), Registers.RAX));
      }
      case SetIf set -> {
        compare(set.compare(), code);
        temporary(set.tmp(), code);
        code.operand(Operand.def(set.dst()));
      }
      case Select select -> select(select, code);
      case TrapIf trap -> compare(trap.compare(), code);
      case TableAddress table -> code.operand(Operand.def(table.dst()));
      case Switch table -> {
        code.operand(Operand.use(table.index()));
        temporary(table.base(), code);
        if (table.clamped() && table.tmp() >= 0) {
          code.operand(Operand.defReuse(table.tmp(), 0)); // masked in place
        } else {
          temporary(table.tmp(), code);
        }
      }
      case Landing landing -> {
        code.setClobbers(index, clobbers(landing));
        if (landing.context() >= 0) {
          code.operand(Operand.useFixed(landing.context(), Abi.OWN_CONTEXT));
        }
      }
      case Args args -> {
        code.setNeedsFrame(index);
        defs(args.params(), code);
      }
      case Return ret -> uses(ret.results(), code);
      case TailCall call -> {
        code.setNeedsFrame(index);
        uses(call.args(), code);
      }
      case Sse sse -> {
        code.operand(Operand.use(sse.left()));
        any(sse.right(), code);
        code.operand(sse.avx() ? Operand.def(sse.dst()) : Operand.defReuse(sse.dst(), 0));
      }
      case Vec vec -> {
        code.operand(Operand.use(vec.left()));
        ofBytes(vec.right(), vec.op().bytes, code);
        code.operand(vec.avx() ? Operand.def(vec.dst()) : Operand.defReuse(vec.dst(), 0));
      }
      case VecFma fma -> {
        code.operand(Operand.use(fma.addend()));
        code.operand(Operand.use(fma.left()));
        ofBytes(fma.right(), 16, code);
        code.operand(Operand.defReuse(fma.dst(), 0));
      }
      case VecTernary logic -> {
        code.operand(Operand.use(logic.first()));
        code.operand(Operand.use(logic.second()));
        code.operand(Operand.use(logic.third()));
        code.operand(Operand.defReuse(logic.dst(), 0));
      }
      case VecUnary unary -> {
        ofBytes(unary.src(), unary.op().bytes, code);
        code.operand(Operand.def(unary.dst()));
      }
      case VecShift shift -> {
        code.operand(Operand.use(shift.src()));
        code.operand(shift.avx() ? Operand.def(shift.dst()) : Operand.defReuse(shift.dst(), 0));
      }
      case StoreLane store -> {
        address(store.address(), code);
        code.operand(Operand.use(store.src()));
      }
      case FloatPair pair -> {
        code.operand(Operand.use(pair.left()));
        code.operand(Operand.use(pair.right()));
        code.operand(Operand.defReuse(pair.dst(), 0));
      }
      case Truncate truncate -> {
        code.operand(Operand.use(truncate.src()));
        temporary(truncate.tmp(), code);
        code.operand(Operand.def(truncate.dst()));
      }
      case Sequence sequence -> {
        code.operand(Operand.use(sequence.src()));
        temporary(sequence.tmp(), code);
        code.operand(Operand.def(sequence.dst()));
      }
    }
  }

  private static void target(@Nullable Target target, VCode<X64Inst> code) {
    if (target != null) {
      register(target.address(), code);
      if (target.context() != null) {
        any(target.context(), code);
      }
    }
  }

  private static void unary(Unary unary, VCode<X64Inst> code) {
    if (unary.op().inPlace()) {
      register(unary.src(), code);
      code.operand(Operand.defReuse(unary.dst(), 0));
      return;
    }
    if (unary.op().sourceInReg()) {
      register(unary.src(), code);
    } else {
      any(unary.src(), code);
    }
    code.operand(Operand.def(unary.dst()));
  }

  private static void select(Select select, VCode<X64Inst> code) {
    code.operand(Operand.use(select.ifFalse()));
    any(select.ifTrue(), code);
    compare(select.compare(), code);
    code.operand(Operand.defReuse(select.dst(), 0));
  }

  /**
   * The left side is in a register, the right side may be anywhere; with an immediate there, the
   * left side may.
   */
  private static void compare(Compare compare, VCode<X64Inst> code) {
    if (compare.right() instanceof Imm) {
      any(compare.left(), code);
    } else {
      register(compare.left(), code);
      if (compare.op() == Compare.Op.BT) {
        register(compare.right(), code);
      } else {
        any(compare.right(), code);
      }
    }
  }

  private static void any(Source source, VCode<X64Inst> code) {
    switch (source) {
      case Reg reg -> code.operand(Operand.useAny(reg.vreg()));
      case Amode amode -> address(amode, code);
      case Imm _, Pool _ -> {}
    }
  }

  /** In memory only if there are at least so many bytes. */
  private static void ofBytes(Source source, int bytes, VCode<X64Inst> code) {
    if (source instanceof Reg reg && code.vregKind(reg.vreg()).bytes() < bytes) {
      code.operand(Operand.use(reg.vreg()));
    } else {
      any(source, code);
    }
  }

  private static void register(Source source, VCode<X64Inst> code) {
    switch (source) {
      case Reg reg -> code.operand(Operand.use(reg.vreg()));
      case Amode amode -> address(amode, code);
      case Imm _, Pool _ -> {}
    }
  }

  private static void address(Amode amode, VCode<X64Inst> code) {
    if (amode.base() >= 0) {
      code.operand(Operand.use(amode.base()));
    }
    if (amode.index() >= 0) {
      code.operand(Operand.use(amode.index()));
    }
  }

  /** An address that is used again when the instruction has written its results. */
  private static void lateAddress(Amode amode, VCode<X64Inst> code) {
    if (amode.base() >= 0) {
      code.operand(Operand.useLate(amode.base()));
    }
    if (amode.index() >= 0) {
      code.operand(Operand.useLate(amode.index()));
    }
  }

  private static void temporary(int vreg, VCode<X64Inst> code) {
    if (vreg >= 0) {
      code.operand(Operand.defEarly(vreg));
    }
  }

  private static void uses(Fixed fixed, VCode<X64Inst> code) {
    for (int i = 0; i < fixed.vregs().length; i++) {
      code.operand(Operand.useFixed(fixed.vregs()[i], fixed.pregs()[i]));
    }
  }

  private static void defs(Fixed fixed, VCode<X64Inst> code) {
    for (int i = 0; i < fixed.vregs().length; i++) {
      code.operand(Operand.defFixed(fixed.vregs()[i], fixed.pregs()[i]));
    }
  }
}
