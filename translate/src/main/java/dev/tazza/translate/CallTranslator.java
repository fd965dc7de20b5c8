package dev.tazza.translate;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.Type;
import dev.tazza.environ.FuncRefLayout;
import dev.tazza.environ.RuntimeService;
import dev.tazza.environ.VmLayout;
import dev.tazza.wasm.TrapCode;

/** Calls: within the module directly, to imports and through tables by address and context. */
final class CallTranslator {
  private final FunctionState state;
  private final TableTranslator tables;
  private final ExceptionTranslator exceptions;

  CallTranslator(FunctionState state, ExceptionTranslator exceptions) {
    this.state = state;
    this.exceptions = exceptions;
    this.tables = new TableTranslator(state);
  }

  void call(int functionIndex) {
    Signature signature = state.env.functionSignature(functionIndex);
    int params = signature.params().size() - 1;
    if (functionIndex >= state.env.module.importedFunctionCount()) {
      Inst[] args = arguments(params, 1);
      args[0] = state.vmctx;
      pushResults(state.builder.call(functionIndex, signature, args));
      return;
    }
    int field = state.env.layout.importedFunction(functionIndex);
    Inst[] args = arguments(params, 2);
    args[0] = constantField(state.vmctx, field + VmLayout.IMPORT_CODE);
    args[1] = constantField(state.vmctx, field + VmLayout.IMPORT_CONTEXT);
    // What is imported returns by jump: see VmLayout.IMPORT_CODE.
    pushResults(state.builder.callByJump(signature, args));
  }

  void callIndirect(int typeIndex, int tableIndex) {
    Inst reference = checkedElement(typeIndex, tableIndex);
    Signature signature = state.env.signature(typeIndex);
    Inst[] args = arguments(signature.params().size() - 1, 2);
    args[0] = reference;
    args[1] = constantField(reference, FuncRefLayout.CONTEXT);
    pushResults(state.builder.callRef(signature, FuncRefLayout.CODE, 0, args));
  }

  /** The function reference at the index on the stack, of which the type is right. */
  private Inst checkedElement(int typeIndex, int tableIndex) {
    Builder builder = state.builder;
    Inst index = state.stack.pop();
    Inst reference = tables.element(tableIndex, index, TrapCode.UNDEFINED_ELEMENT);
    trapIfNull(reference, TrapCode.UNINITIALIZED_ELEMENT);
    Inst actual =
        builder.load(
            Type.I32,
            Fields.CONSTANT_U32,
            reference,
            FuncRefLayout.TYPE_ID,
            TrapCode.UNINITIALIZED_ELEMENT.code());
    Inst expected =
        builder.load(
            Type.I32, Fields.CONSTANT_U32, state.vmctx, state.env.layout.typeId(typeIndex), 0);
    Inst differs = builder.compare(Opcode.ICMP_NE, actual, expected);
    if (state.env.module.subType(typeIndex).isFinal()) {
      builder.trapIf(differs, TrapCode.INDIRECT_CALL_TYPE_MISMATCH.code());
    } else {
      checkSubtype(differs, actual, typeIndex);
    }
    return reference;
  }

  /**
   * A null reference faults at whichever of its fields is loaded first, since address 0 is never
   * mapped; where faults are no traps, it has to be looked for.
   */
  private void trapIfNull(Inst reference, TrapCode trap) {
    if (!state.env.tunables.trapsBySignal()) {
      Builder builder = state.builder;
      Inst isNull = builder.compare(Opcode.ICMP_EQ, reference, builder.i64(0));
      builder.trapIf(isNull, trap.code());
    }
  }

  /** Most functions are of the very type; for others the runtime looks at their supertypes. */
  private void checkSubtype(Inst differs, Inst actual, int typeIndex) {
    Builder builder = state.builder;
    Block other = state.function.newBlock();
    Block next = state.function.newBlock();
    builder.branch(differs, new Edge(other), new Edge(next));
    builder.switchTo(other);
    other.cold = true;
    Inst call = state.callService(RuntimeService.IS_SUBTYPE, actual, builder.i32(typeIndex));
    Inst no = builder.compare(Opcode.ICMP_EQ, builder.result(call, 0), builder.i32(0));
    builder.trapIf(no, TrapCode.INDIRECT_CALL_TYPE_MISMATCH.code());
    builder.jump(new Edge(next));
    builder.switchTo(next);
  }

  /** {@code call_ref}: validation has seen to the type. */
  void callRef(int typeIndex) {
    Inst reference = state.stack.pop();
    trapIfNull(reference, TrapCode.NULL_FUNCTION_REFERENCE);
    int trap = TrapCode.NULL_FUNCTION_REFERENCE.code();
    Signature signature = state.env.signature(typeIndex);
    Inst[] args = arguments(signature.params().size() - 1, 2);
    args[0] = reference;
    args[1] = constantField(reference, FuncRefLayout.CONTEXT, trap);
    pushResults(state.builder.callRef(signature, FuncRefLayout.CODE, trap, args));
  }

  // Tail calls.

  void returnCall(int functionIndex) {
    poll();
    Signature signature = state.env.functionSignature(functionIndex);
    if (functionIndex >= state.env.module.importedFunctionCount()) {
      Inst[] args = arguments(signature.params().size() - 1, 1);
      args[0] = state.vmctx;
      state.builder.returnCall(functionIndex, signature, args);
      return;
    }
    int field = state.env.layout.importedFunction(functionIndex) + VmLayout.IMPORT_CONTEXT;
    Inst context = constantField(state.vmctx, field);
    Inst offset = state.builder.i64(VmLayout.IMPORT_REFERENCE);
    Inst reference = state.builder.binary(Opcode.ADD, Type.I64, context, offset);
    returnCallRef(reference, signature, 0);
  }

  void returnCallIndirect(int typeIndex, int tableIndex) {
    poll();
    Inst reference = checkedElement(typeIndex, tableIndex);
    returnCallRef(reference, state.env.signature(typeIndex), 0);
  }

  void returnCallRef(int typeIndex) {
    poll();
    Inst reference = state.stack.pop();
    trapIfNull(reference, TrapCode.NULL_FUNCTION_REFERENCE);
    int trap = TrapCode.NULL_FUNCTION_REFERENCE.code();
    returnCallRef(reference, state.env.signature(typeIndex), trap);
  }

  private void returnCallRef(Inst reference, Signature signature, int trap) {
    Inst[] args = arguments(signature.params().size() - 1, 2);
    args[0] = reference;
    args[1] = state.vmctx;
    state.builder.returnCallRef(signature, FuncRefLayout.CODE, FuncRefLayout.CONTEXT, trap, args);
  }

  /**
   * Functions that call each other like this for ever are a loop. The poll stands before what is
   * checked of the callee, so that nothing comes between the check and the call.
   */
  private void poll() {
    if (state.env.tunables.polls()) {
      state.builder.poll();
    }
  }

  private Inst constantField(Inst base, int offset) {
    return constantField(base, offset, 0);
  }

  private Inst constantField(Inst base, int offset, int trap) {
    return state.builder.load(Type.I64, Fields.CONSTANT, base, offset, trap);
  }

  /** Pops {@code count} arguments; {@code room} elements stay free before them. */
  private Inst[] arguments(int count, int room) {
    state.size.addOperands(count);
    Inst[] args = new Inst[count + room];
    System.arraycopy(state.stack.top(count), 0, args, room, count);
    state.stack.truncate(state.stack.size() - count);
    return args;
  }

  private void pushResults(Inst call) {
    exceptions.guard(call);
    int count = call.signature == null ? 0 : call.signature.results().size();
    for (int i = 0; i < count; i++) {
      state.stack.push(state.builder.result(call, i));
    }
  }
}
