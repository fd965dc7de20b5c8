package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.assembler.x64.Registers;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.isa.x64.inst.Abi;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Args;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Call;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Fixed;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Poll;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Referred;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Return;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Store;
import dev.tazza.codegen.isa.x64.inst.X64Inst.StoreOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TailCall;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Target;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Trap;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Unary;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.lower.MachineBuffer;
import dev.tazza.codegen.machine.lower.Selection;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Selects what {@link Abi} rules: parameters, calls, returns. */
final class CallSelector {
  private final Selection<X64Inst> selection;
  private final MachineBuffer<X64Inst> buffer;
  private final MemorySelector memory;

  CallSelector(Selection<X64Inst> selection, MemorySelector memory) {
    this.selection = selection;
    this.memory = memory;
    buffer = selection.buffer;
  }

  // The function's own parameters and results.

  /** Defines those parameters that somebody asked for. */
  void parameters(Function function) {
    Block entry = function.entry();
    Abi.Places places = Abi.params(function.signature.params());
    int count = 0;
    for (int i = 0; i < entry.params.size(); i++) {
      count += places.registers()[i] >= 0 && selection.isAskedFor(entry.params.get(i)) ? 1 : 0;
    }
    Fixed fixed = new Fixed(new int[count], new int[count]);
    int at = 0;
    for (int i = 0; i < entry.params.size(); i++) {
      Inst param = entry.params.get(i);
      if (places.registers()[i] >= 0 && selection.isAskedFor(param)) {
        fixed.vregs()[at] = selection.reg(param);
        fixed.pregs()[at++] = places.registers()[i];
      }
    }
    boolean pollsLater = pollsLater(function);
    buffer.add(new Args(fixed, pollsLater));
    for (int i = 0; i < entry.params.size(); i++) {
      Inst param = entry.params.get(i);
      if (places.registers()[i] < 0 && selection.isAskedFor(param)) {
        load(param.type, selection.reg(param), Amode.INCOMING, places.offsets()[i]);
      }
    }
    // What goes back by jump leads from one function to the next, and those poll.
    if (pollsLater && !function.returnsByJump) {
      buffer.add(Poll.ALWAYS);
    }
  }

  /**
   * Whether a function that checks the stack at its start is to poll behind its parameters: there
   * references are in slots, where they are found.
   */
  private boolean pollsLater(Function function) {
    if (!selection.polls() || !function.signature.params().contains(Type.REF)) {
      return false;
    }
    for (Block block : function.blocks) {
      if (block.hasCalls()) {
        return true;
      }
    }
    return false;
  }

  void ret(Inst inst, Signature signature) {
    Abi.Places places = Abi.results(signature.results());
    int popped = Abi.params(signature.params()).stackBytes();
    Fixed fixed = registers(inst.args, places);
    for (int i = 0; i < inst.args.length; i++) {
      if (places.registers()[i] < 0) {
        store(inst.args[i], Amode.INCOMING, popped + places.offsets()[i]);
      }
    }
    boolean byJump = inst.block != null && inst.block.function.returnsByJump;
    buffer.add(new Return(fixed, popped, byJump));
  }

  /** The values that travel in registers. */
  private Fixed registers(Inst[] values, Abi.Places places) {
    int count = 0;
    for (int register : places.registers()) {
      count += register >= 0 ? 1 : 0;
    }
    Fixed fixed = new Fixed(new int[count], new int[count]);
    int at = 0;
    for (int i = 0; i < places.registers().length; i++) {
      if (places.registers()[i] >= 0) {
        fixed.vregs()[at] = selection.reg(values[i]);
        fixed.pregs()[at++] = places.registers()[i];
      }
    }
    return fixed;
  }

  /** Keeps a value for debuggers, as arguments are passed on the stack. */
  void home(Inst inst) {
    store(inst.args[0], Amode.HOMES, (int) inst.imm);
  }

  private void store(Inst inst, int base, int offset) {
    Amode address = Amode.of(base, offset);
    Inst value = selection.value(inst);
    if (Selection.isInt32(value)) {
      buffer.add(new Store(StoreOp.STORE64, address, new Imm((int) value.imm)));
      return;
    }
    StoreOp op =
        switch (inst.type) {
          case I32, I64, REF -> StoreOp.STORE64;
          case F32 -> StoreOp.STORESS;
          case F64 -> StoreOp.STORESD;
          case V128 -> StoreOp.STOREUPS;
          case NONE -> throw new IllegalArgumentException("an argument of no type");
        };
    buffer.add(new Store(op, address, new Source.Reg(selection.reg(inst))));
  }

  private void load(Type type, int dst, int base, int offset) {
    UnaryOp op =
        switch (type) {
          case I32, REF -> UnaryOp.MOV32;
          case I64 -> UnaryOp.MOV64;
          case F32 -> UnaryOp.MOVSS;
          case F64 -> UnaryOp.MOVSD;
          case V128 -> UnaryOp.MOVUPS;
          case NONE -> throw new IllegalArgumentException("a result of no type");
        };
    buffer.add(new Unary(op, dst, Amode.of(base, offset)));
  }

  // Calls.

  void tryCall(Inst inst) {
    if (inst.op == Opcode.TRY_CALL) {
      direct(inst);
    } else {
      indirect(inst);
    }
  }

  /** Defines those results of a call that ends a block that somebody asked for. */
  void resultsOf(Inst call) {
    Signature signature = signature(call);
    Abi.Places places = Abi.results(signature.results());
    @Nullable Inst[] given = results(call, signature);
    int count = 0;
    for (int i = 0; i < given.length; i++) {
      count += places.registers()[i] >= 0 && isAskedFor(given[i]) ? 1 : 0;
    }
    Fixed fixed = new Fixed(new int[count], new int[count]);
    int at = 0;
    for (int i = 0; i < given.length; i++) {
      Inst value = given[i];
      if (value != null && places.registers()[i] >= 0 && isAskedFor(value)) {
        fixed.vregs()[at] = selection.def(value);
        fixed.pregs()[at++] = places.registers()[i];
      }
    }
    buffer.add(new Args(fixed, false));
    int popped = Abi.params(signature.params()).stackBytes();
    for (int i = 0; i < given.length; i++) {
      Inst value = given[i];
      if (value != null && places.registers()[i] < 0 && isAskedFor(value)) {
        Type type = signature.results().get(i);
        load(type, selection.def(value), Amode.OUTGOING, popped + places.offsets()[i]);
      }
    }
  }

  private boolean isAskedFor(@Nullable Inst value) {
    return value != null && selection.isAskedFor(value);
  }

  void direct(Inst inst) {
    call(inst, (int) inst.imm, null, inst.args);
  }

  void indirect(Inst inst) {
    int loc = buffer.loc();
    Inst[] args = Arrays.copyOfRange(inst.args, 1, inst.args.length);
    Inst own = probableContext(inst);
    Source context = null;
    if (own != null) {
      context = memory.loadOrReg(args[0], Type.I64);
      args[0] = own;
    }
    Source address =
        inst.op.isCallByReference()
            ? memory.address(inst)
            : memory.loadOrReg(inst.args[0], Type.I64);
    if (own != null && address instanceof Amode amode && isIn(amode, selection.reg(own))) {
      // It could not be addressed any more when the callee's context has taken the register.
      int register = selection.newInt();
      buffer.add(new Unary(UnaryOp.MOV64, register, amode));
      address = new Source.Reg(register);
    }
    // The return address is looked up under the call's own position.
    buffer.setLoc(loc);
    boolean byJump = inst.op == Opcode.CALL_BY_JUMP || inst.op == Opcode.TRY_CALL_BY_JUMP;
    call(inst, 0, new Target(address, context, byJump), args);
  }

  /**
   * The function's own context, if that is most probably the callee's: in a call by reference. What
   * references in the own context refer to is about others.
   */
  private @Nullable Inst probableContext(Inst call) {
    if (!call.op.isCallByReference() || call.args.length < 2 || call.block == null) {
      return null;
    }
    List<Inst> params = call.block.function.entry().params;
    if (params.isEmpty() || params.get(0).type != Type.I64) {
      return null;
    }
    Inst own = params.get(0);
    Inst reference = selection.value(call.args[0]);
    boolean isInOwn =
        reference == own
            || reference.op == Opcode.ADD
                && (selection.value(reference.args[0]) == own
                    || selection.value(reference.args[1]) == own);
    return isInOwn ? null : own;
  }

  /** The trap also makes sure that at the return address nothing stands that tells of the call. */
  void raise(Inst inst) {
    int loc = buffer.loc();
    Target target = new Target(memory.loadOrReg(inst.args[0], Type.I64), null, false);
    buffer.setLoc(loc);
    buffer.add(new Call(0, target, Fixed.NONE, Fixed.NONE, 0, 0, false));
    buffer.add(new Trap(inst.trap));
  }

  private static boolean isIn(Amode amode, int register) {
    return amode.base() == register || amode.index() == register;
  }

  /**
   * A call in place of this function. Stack arguments are written over the function's own, which
   * have been loaded when it began.
   */
  void tailCall(Inst inst) {
    Signature signature = signature(inst);
    boolean direct = inst.op.isDirectCall();
    Inst[] values = direct ? inst.args : Arrays.copyOfRange(inst.args, 1, inst.args.length);
    Abi.Places params = Abi.params(signature.params());
    int popped = Abi.params(selection.function.signature.params()).stackBytes();
    for (int i = 0; i < params.registers().length; i++) {
      if (params.registers()[i] < 0) {
        int offset = popped - params.stackBytes() + params.offsets()[i];
        store(values[i], Amode.INCOMING, offset);
      }
    }
    int results = bytesUsed(Abi.results(signature.results()), signature.results());
    Referred callee = direct ? null : new Referred((int) inst.imm, (int) inst.immHigh(), inst.trap);
    Fixed args = direct ? withoutContext(values, params) : withReference(inst, values, params);
    buffer.add(new TailCall((int) inst.imm, callee, args, popped, params.stackBytes(), results));
  }

  /** Bytes of what is on the stack, not rounded up: a caller has no more room for results. */
  private static int bytesUsed(Abi.Places places, List<Type> types) {
    int end = 0;
    for (int i = 0; i < types.size(); i++) {
      if (places.registers()[i] < 0) {
        end = Math.max(end, places.offsets()[i] + Math.max(8, types.get(i).bytes()));
      }
    }
    return end;
  }

  /** The own context is in its register when the frame is gone. */
  private Fixed withoutContext(Inst[] values, Abi.Places params) {
    Inst[] others = Arrays.copyOfRange(values, 1, values.length);
    int[] registers = Arrays.copyOfRange(params.registers(), 1, values.length);
    return registers(others, new Abi.Places(registers, params.offsets(), params.stackBytes()));
  }

  private Fixed withReference(Inst call, Inst[] values, Abi.Places params) {
    Fixed args = registers(values, params);
    int count = args.vregs().length;
    int[] vregs = Arrays.copyOf(args.vregs(), count + 1);
    int[] pregs = Arrays.copyOf(args.pregs(), count + 1);
    vregs[count] = selection.reg(call.args[0]);
    pregs[count] = PReg.ofInt(Registers.R11);
    return new Fixed(vregs, pregs);
  }

  private static Signature signature(Inst call) {
    Signature signature = call.signature;
    if (signature == null) {
      throw new IllegalArgumentException("a call without signature");
    }
    return signature;
  }

  private void call(Inst inst, int symbol, @Nullable Target target, Inst[] values) {
    Signature signature = signature(inst);
    Abi.Places params = Abi.params(signature.params());
    Abi.Places results = Abi.results(signature.results());
    for (int i = 0; i < params.registers().length; i++) {
      if (params.registers()[i] < 0) {
        store(values[i], Amode.OUTGOING, params.offsets()[i]);
      }
    }
    Fixed args = registers(values, params);
    if (inst.op.isTryCall()) {
      buffer.add(
          new Call(
              symbol, target, args, Fixed.NONE, params.stackBytes(), results.stackBytes(), true));
      return;
    }
    @Nullable Inst[] given = results(inst, signature);
    Fixed defined = results(given, signature, results);
    buffer.add(
        new Call(symbol, target, args, defined, params.stackBytes(), results.stackBytes(), false));
    for (int i = 0; i < given.length; i++) {
      if (results.registers()[i] < 0) {
        int dst = given[i] == null ? newReg(signature.results().get(i)) : selection.def(given[i]);
        load(
            signature.results().get(i),
            dst,
            Amode.OUTGOING,
            params.stackBytes() + results.offsets()[i]);
      }
    }
  }

  /** The RESULT instructions behind a call by number, null for those that there are not. */
  private static @Nullable Inst[] results(Inst call, Signature signature) {
    @Nullable Inst[] values = new Inst[signature.results().size()];
    Inst next = call.op.isTryCall() ? call.targets[0].target.first : call.next;
    while (next != null && next.op == Opcode.RESULT && next.args[0] == call) {
      values[(int) next.imm] = next;
      next = next.next;
    }
    return values;
  }

  private Fixed results(@Nullable Inst[] values, Signature signature, Abi.Places places) {
    int count = 0;
    for (int register : places.registers()) {
      count += register >= 0 ? 1 : 0;
    }
    Fixed fixed = new Fixed(new int[count], new int[count]);
    int at = 0;
    for (int i = 0; i < values.length; i++) {
      if (places.registers()[i] >= 0) {
        Inst value = values[i];
        fixed.vregs()[at] =
            value == null ? newReg(signature.results().get(i)) : selection.def(value);
        fixed.pregs()[at++] = places.registers()[i];
      }
    }
    return fixed;
  }

  private int newReg(Type type) {
    return selection.newReg(type);
  }

  /** A call by the C convention. */
  void nativeCall(Inst inst) {
    Signature signature = signature(inst);
    int loc = buffer.loc();
    Target target = new Target(memory.loadOrReg(inst.args[0], Type.I64), null, false);
    buffer.setLoc(loc);
    int count = inst.args.length - 1;
    Fixed args = new Fixed(new int[count], new int[count]);
    for (int i = 0; i < count; i++) {
      args.vregs()[i] = selection.reg(inst.args[i + 1]);
      args.pregs()[i] = Abi.nativeParam(i);
    }
    @Nullable Inst[] values = results(inst, signature);
    if (values.length == 0) {
      buffer.add(new Call(0, target, args, Fixed.NONE, 0, 0, false));
      return;
    }
    Inst value = values[0];
    int result = value == null ? selection.newInt() : selection.def(value);
    boolean extend = signature.results().get(0) == Type.I32;
    int raw = extend ? selection.newInt() : result;
    Fixed defined = new Fixed(new int[] {raw}, new int[] {PReg.ofInt(Registers.RAX)});
    buffer.add(new Call(0, target, args, defined, 0, 0, false));
    if (extend) {
      buffer.add(new Unary(UnaryOp.MOV32, result, new Source.Reg(raw)));
    }
  }
}
