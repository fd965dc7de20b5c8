package dev.tazza.translate;

import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.codegen.ir.Type;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.operator.Operator;

/**
 * Vectors. Loads and stores of less than a vector are those of scalars, or of the lower half with
 * zeros above, and an operation on lanes; instruction selection puts them together again.
 */
final class VectorTranslator {
  private final FunctionState state;
  private final MemoryTranslator memory;
  private final CanonicalNans nans;

  VectorTranslator(FunctionState state, MemoryTranslator memory) {
    this.state = state;
    this.memory = memory;
    this.nans = new CanonicalNans(state);
  }

  void translate(Operator operator) {
    switch (operator) {
      case V128_CONST ->
          state.stack.push(state.builder.vconst(state.reader.v128Low(), state.reader.v128High()));
      case V128_LOAD -> state.stack.push(memory.load(Type.V128, access(16)));
      case V128_STORE -> memory.store(access(16), state.stack.pop());
      case V128_LOAD32_ZERO, V128_LOAD64_ZERO ->
          state.stack.push(memory.load(Type.V128, access(operator.accessBytes())));
      case V128_LOAD8_SPLAT, V128_LOAD16_SPLAT, V128_LOAD32_SPLAT, V128_LOAD64_SPLAT -> {
        Shape shape = shape(operator.accessBytes());
        Inst scalar = memory.load(shape.laneType(), access(shape.laneBytes()));
        state.stack.push(state.builder.lanes(Opcode.VSPLAT, shape, scalar));
      }
      case V128_LOAD8X8_S -> loadExtend(Opcode.VEXTEND_LOW_S, Shape.I16X8);
      case V128_LOAD8X8_U -> loadExtend(Opcode.VEXTEND_LOW_U, Shape.I16X8);
      case V128_LOAD16X4_S -> loadExtend(Opcode.VEXTEND_LOW_S, Shape.I32X4);
      case V128_LOAD16X4_U -> loadExtend(Opcode.VEXTEND_LOW_U, Shape.I32X4);
      case V128_LOAD32X2_S -> loadExtend(Opcode.VEXTEND_LOW_S, Shape.I64X2);
      case V128_LOAD32X2_U -> loadExtend(Opcode.VEXTEND_LOW_U, Shape.I64X2);
      case V128_LOAD8_LANE, V128_LOAD16_LANE, V128_LOAD32_LANE, V128_LOAD64_LANE ->
          loadLane(shape(operator.accessBytes()), state.reader.lane());
      case V128_STORE8_LANE, V128_STORE16_LANE, V128_STORE32_LANE, V128_STORE64_LANE ->
          storeLane(shape(operator.accessBytes()), state.reader.lane());
      default -> compute(operator);
    }
  }

  private static MemoryAccess access(int bytes) {
    return new MemoryAccess(bytes, false, Regions.MEMORY);
  }

  private static Shape shape(int laneBytes) {
    return switch (laneBytes) {
      case 1 -> Shape.I8X16;
      case 2 -> Shape.I16X8;
      case 4 -> Shape.I32X4;
      default -> Shape.I64X2;
    };
  }

  private void loadExtend(Opcode op, Shape shape) {
    Inst half = memory.load(Type.V128, access(8));
    state.stack.push(state.builder.lanes(op, shape, half));
  }

  private void loadLane(Shape shape, int lane) {
    Inst vector = state.stack.pop();
    Inst scalar = memory.load(shape.laneType(), access(shape.laneBytes()));
    state.stack.push(state.builder.lane(Opcode.VREPLACE_LANE, shape, lane, vector, scalar));
  }

  private void storeLane(Shape shape, int lane) {
    Inst vector = state.stack.pop();
    Inst scalar = state.builder.lane(Opcode.VEXTRACT_LANE, shape, lane, vector);
    memory.store(access(shape.laneBytes()), scalar);
  }

  private void compute(Operator operator) {
    Builder builder = state.builder;
    Inst[] args = new Inst[operator.paramCount()];
    for (int i = args.length - 1; i >= 0; i--) {
      args[i] = state.stack.pop();
    }
    if (operator.feature() == Feature.RELAXED_SIMD) {
      state.stack.push(new RelaxedOperations(state, nans).translate(operator, args));
      return;
    }
    Opcode op = VectorOpcodes.of(operator);
    if (op == null) {
      throw Uncompiled.error(operator);
    }
    Shape shape = VectorOpcodes.shape(operator);
    for (int i = 0; i < args.length && shape != null; i++) {
      args[i] = nans.raw(op, shape, args[i]);
    }
    Inst result;
    if (op == Opcode.VSHUFFLE) {
      result = builder.shuffle(args[0], args[1], state.reader.v128Low(), state.reader.v128High());
    } else if (shape == null) {
      result = builder.vector(op, args);
    } else {
      result =
          op.hasLane()
              ? builder.lane(op, shape, state.reader.lane(), args)
              : nans.lanes(op, shape, builder.lanes(op, shape, args));
    }
    state.stack.push(result);
  }
}
