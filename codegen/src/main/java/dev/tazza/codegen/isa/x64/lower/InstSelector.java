package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import dev.tazza.codegen.isa.x64.inst.SseOp;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Charge;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Const;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Fence;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Lea;
import dev.tazza.codegen.isa.x64.inst.X64Inst.PairOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Poll;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Switch;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Trap;
import dev.tazza.codegen.machine.lower.Selection;
import dev.tazza.codegen.machine.lower.Selector;

/** Gives each SSA instruction that needs code to the selector of its family. */
final class InstSelector implements Selector {
  private final Selection<X64Inst> selection;
  private final MemorySelector memory;
  private final AtomicSelector atomics;
  private final IntSelector ints;
  private final FloatSelector floats;
  private final VectorSelector vectors;
  private final ConditionSelector conditions;
  private final CallSelector calls;

  InstSelector(Selection<X64Inst> selection) {
    this.selection = selection;
    AddressSelector addresses = new AddressSelector(selection);
    memory = new MemorySelector(selection, addresses);
    atomics = new AtomicSelector(selection, memory);
    Carries carries = new Carries(selection, memory);
    ints = new IntSelector(selection, addresses, memory, carries);
    floats = new FloatSelector(selection, memory);
    vectors = new VectorSelector(selection, memory);
    conditions = new ConditionSelector(selection, memory, vectors, carries);
    calls = new CallSelector(selection, memory);
  }

  @Override
  public void parameters(Function function) {
    calls.parameters(function);
  }

  @Override
  public void branch(Inst inst) {
    conditions.branch(inst);
  }

  @Override
  public void tryCall(Inst inst) {
    calls.tryCall(inst);
  }

  @Override
  public void tailCall(Inst inst) {
    calls.tailCall(inst);
  }

  @Override
  public void results(Inst call) {
    calls.resultsOf(call);
  }

  @Override
  public void switchTable(Inst inst, int[] targets) {
    boolean table = Switch.isTable(targets);
    selection.buffer.add(
        new Switch(
            selection.reg(inst.args[0]),
            table ? selection.newInt() : -1,
            table ? selection.newInt() : -1,
            targets,
            selection.clampsTables()));
  }

  @Override
  public void ret(Inst inst, Signature signature) {
    calls.ret(inst, signature);
  }

  @Override
  public void trap(Inst inst) {
    selection.buffer.add(new Trap(inst.trapEntry()));
  }

  @Override
  public void raise(Inst inst) {
    calls.raise(inst);
  }

  @Override
  public void select(Inst inst) {
    if (inst.op.isIntCompare() || inst.op.isFloatCompare()) {
      conditions.compare(inst);
      return;
    }
    switch (inst.op) {
      case ICONST, FCONST, VCONST -> constant(inst);
      case VANY_TRUE, VALL_TRUE -> conditions.compare(inst);
      case CONTEXT ->
          selection.buffer.add(new Lea(true, selection.def(inst), Amode.of(Amode.CONTEXT, 0)));
      case UEXTEND, RESULT, PARAM -> {}
      case SELECT -> conditions.select(inst);
      case CLAMP_LT, CLAMP_LE -> conditions.clamp(inst);
      case CLAMP_MIN -> conditions.clampMin(inst);
      case LOOK_UP -> memory.lookUp(inst);
      case LOAD -> memory.load(inst);
      case STORE -> memory.store(inst);
      case LOAD_FIELD -> memory.loadField(inst);
      case STORE_FIELD -> memory.storeField(inst);
      case ATOMIC_LOAD -> memory.load(inst);
      case ATOMIC_STORE -> atomics.store(inst);
      case ATOMIC_ADD, ATOMIC_SUB, ATOMIC_AND, ATOMIC_OR, ATOMIC_XOR -> atomics.update(inst);
      case ATOMIC_EXCHANGE -> atomics.exchange(inst);
      case ATOMIC_COMPARE_EXCHANGE -> atomics.compareExchange(inst);
      case FENCE -> selection.buffer.add(Fence.FENCE);
      case TRAP_IF -> conditions.trap(inst, true);
      case TRAP_UNLESS -> conditions.trap(inst, false);
      case POLL -> poll(inst);
      case HOME -> calls.home(inst);
      case CHARGE ->
          selection.buffer.add(
              new Charge(
                  (int) inst.imm,
                  inst.args.length == 0 ? -1 : selection.reg(inst.args[0]),
                  inst.trapEntry()));
      case CALL_DIRECT -> calls.direct(inst);
      case CALL_INDIRECT, CALL_REF, CALL_BY_JUMP -> calls.indirect(inst);
      case CALL_NATIVE -> calls.nativeCall(inst);
      case ADD,
          SUB,
          MUL,
          MULHI_S,
          MULHI_U,
          DIV_S,
          DIV_U,
          REM_S,
          REM_U,
          AND,
          OR,
          XOR,
          SHL,
          SHR_S,
          SHR_U,
          ROTL,
          ROTR,
          CLZ,
          CTZ,
          POPCNT,
          EXTEND8_S,
          EXTEND16_S,
          EXTEND32_S,
          SEXTEND,
          WRAP ->
          integer(inst);
      default -> {
        if (inst.op.isVector()) {
          vectors.select(inst);
        } else {
          floating(inst);
        }
      }
    }
  }

  private void poll(Inst inst) {
    if (selection.polls()) {
      boolean always = inst.args.length == 0;
      selection.buffer.add(
          always ? Poll.ALWAYS : new Poll(selection.reg(inst.args[0]), (int) inst.imm));
    }
  }

  private void constant(Inst inst) {
    Const.Kind kind =
        switch (inst.type) {
          case I32, I64, REF -> Const.Kind.INT;
          case F32 -> Const.Kind.F32;
          case F64 -> Const.Kind.F64;
          case V128 -> Const.Kind.V128;
          case NONE -> throw new IllegalArgumentException("a constant of no type");
        };
    // In registers, 32-bit values are zero-extended.
    long bits = inst.type.bytes() == 4 ? inst.imm & 0xffff_ffffL : inst.imm;
    selection.buffer.add(new Const(kind, selection.def(inst), bits, inst.immHigh()));
  }

  private void integer(Inst inst) {
    switch (inst.op) {
      case ADD -> ints.add(inst);
      case SUB -> ints.sub(inst);
      case MUL -> ints.mul(inst);
      case MULHI_S, MULHI_U -> ints.mulHigh(inst);
      case DIV_S, DIV_U, REM_S, REM_U -> ints.divide(inst);
      case AND -> ints.and(inst);
      case OR -> ints.or(inst);
      case XOR -> ints.xor(inst);
      case SHL, SHR_S, SHR_U, ROTL, ROTR -> ints.shift(inst);
      case CLZ -> ints.clz(inst);
      case CTZ -> ints.ctz(inst);
      case POPCNT -> ints.popcnt(inst);
      case EXTEND8_S -> ints.extend(inst, 1);
      case EXTEND16_S -> ints.extend(inst, 2);
      case EXTEND32_S, SEXTEND -> ints.extend(inst, 4);
      case WRAP -> ints.wrap(inst);
      default -> throw new IllegalArgumentException(inst.op.text());
    }
  }

  private void floating(Inst inst) {
    switch (inst.op) {
      case FADD -> floats.arithmetic(inst, SseOp.ADDSS, SseOp.ADDSD);
      case FSUB -> floats.arithmetic(inst, SseOp.SUBSS, SseOp.SUBSD);
      case FMUL -> floats.arithmetic(inst, SseOp.MULSS, SseOp.MULSD);
      case FDIV -> floats.arithmetic(inst, SseOp.DIVSS, SseOp.DIVSD);
      case FMIN -> floats.pair(inst, PairOp.MIN);
      case FMAX -> floats.pair(inst, PairOp.MAX);
      case FCOPYSIGN -> floats.pair(inst, PairOp.COPYSIGN);
      case FABS -> floats.abs(inst);
      case FNEG -> floats.neg(inst);
      case FSQRT -> floats.unary(inst, UnaryOp.SQRTSS, UnaryOp.SQRTSD);
      case FCEIL -> floats.unary(inst, UnaryOp.CEILSS, UnaryOp.CEILSD);
      case FFLOOR -> floats.unary(inst, UnaryOp.FLOORSS, UnaryOp.FLOORSD);
      case FTRUNC -> floats.unary(inst, UnaryOp.TRUNCSS, UnaryOp.TRUNCSD);
      case FNEAREST -> floats.unary(inst, UnaryOp.NEARSS, UnaryOp.NEARSD);
      case DEMOTE -> floats.unary(inst, UnaryOp.CVTSD2SS, UnaryOp.CVTSD2SS);
      case PROMOTE -> floats.unary(inst, UnaryOp.CVTSS2SD, UnaryOp.CVTSS2SD);
      case TRUNC_S -> floats.truncate(inst, true, true);
      case TRUNC_U -> floats.truncate(inst, false, true);
      case TRUNC_SAT_S -> floats.truncate(inst, true, false);
      case TRUNC_SAT_U -> floats.truncate(inst, false, false);
      case CONVERT_S -> floats.convert(inst, true);
      case CONVERT_U -> floats.convert(inst, false);
      case BITCAST -> floats.bitcast(inst);
      default -> throw new IllegalArgumentException(inst.op.text());
    }
  }
}
