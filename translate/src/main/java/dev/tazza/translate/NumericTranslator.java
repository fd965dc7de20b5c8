package dev.tazza.translate;

import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.GlobalType;

/** Numbers, variables, {@code drop} and {@code select}. */
final class NumericTranslator {
  private final FunctionState state;
  private final CanonicalNans nans;
  private final WideTranslator wide;

  NumericTranslator(FunctionState state) {
    this.state = state;
    this.nans = new CanonicalNans(state);
    this.wide = new WideTranslator(state);
  }

  void numeric(Operator operator) {
    Builder builder = state.builder;
    switch (operator) {
      case I32_CONST -> state.stack.push(builder.i32(state.reader.i32()));
      case I64_CONST -> state.stack.push(builder.i64(state.reader.i64()));
      case F32_CONST ->
          state.stack.push(
              builder.fconst(Type.F32, Integer.toUnsignedLong(state.reader.f32Bits())));
      case F64_CONST -> state.stack.push(builder.fconst(Type.F64, state.reader.f64Bits()));
      case I32_EQZ, I64_EQZ -> {
        Inst value = state.stack.top();
        Inst zero = builder.iconst(value.type, 0);
        state.stack.setTop(builder.compare(Opcode.ICMP_EQ, value, zero));
      }
      default -> compute(operator);
    }
  }

  private void compute(Operator operator) {
    Opcode op = NumericOpcodes.of(operator);
    if (op == null) {
      if (!wide.translate(operator)) {
        throw Uncompiled.error(operator);
      }
      return;
    }
    Builder builder = state.builder;
    Type type = ModuleEnvironment.type(operator.result(0));
    if (operator.paramCount() == 1) {
      Inst value = nans.raw(op, state.stack.top());
      state.stack.setTop(
          op == Opcode.TRUNC_S || op == Opcode.TRUNC_U
              ? builder.truncate(op, type, value, TrapCode.INVALID_CONVERSION_TO_INTEGER.code())
              : nans.number(op, builder.unary(op, type, value)));
      return;
    }
    Inst b = nans.raw(op, state.stack.pop());
    Inst a = nans.raw(op, state.stack.top());
    state.stack.setTop(
        switch (op) {
          case DIV_S -> builder.divide(op, type, a, b, TrapCode.INTEGER_DIVISION.code());
          case DIV_U, REM_S, REM_U ->
              builder.divide(op, type, a, b, TrapCode.INTEGER_DIVIDE_BY_ZERO.code());
          default -> nans.number(op, builder.binary(op, type, a, b));
        });
  }

  void parametric(Operator operator) {
    if (operator == Operator.DROP) {
      state.stack.pop();
      return;
    }
    Inst condition = state.stack.pop();
    Inst otherwise = state.stack.pop();
    state.stack.setTop(state.builder.select(condition, state.stack.top(), otherwise));
  }

  void variable(Operator operator) {
    switch (operator) {
      case LOCAL_GET -> state.stack.push(state.locals.get(state.reader.localIndex()));
      case LOCAL_SET -> state.setLocal(state.stack.pop());
      case LOCAL_TEE -> state.setLocal(state.stack.top());
      case GLOBAL_GET -> globalGet(state.reader.globalIndex());
      case GLOBAL_SET -> globalSet(state.reader.globalIndex(), state.stack.pop());
      default -> throw Uncompiled.error(operator);
    }
  }

  private void globalGet(int index) {
    GlobalType global = state.env.module.global(index);
    Type type = state.env.valueType(global.valueType().code());
    MemoryAccess access =
        MemoryAccess.full(type, global.mutable() ? Regions.GLOBAL : Regions.CONSTANT);
    state.stack.push(state.builder.load(type, access, holder(index), field(index), 0));
  }

  private void globalSet(int index, Inst value) {
    MemoryAccess access = MemoryAccess.full(value.type, Regions.GLOBAL);
    state.builder.store(access, holder(index), field(index), value, 0);
  }

  private Inst holder(int index) {
    if (index >= state.env.module.importedGlobalCount()) {
      return state.vmctx;
    }
    int pointer = state.env.layout.importedGlobal(index);
    return state.builder.load(Type.I64, Fields.CONSTANT, state.vmctx, pointer, 0);
  }

  private int field(int index) {
    int imported = state.env.module.importedGlobalCount();
    return index < imported ? 0 : state.env.layout.global(index - imported);
  }
}
