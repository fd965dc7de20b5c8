package dev.tazza.wasm.binary;

import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.ConstInstr;
import dev.tazza.wasm.operator.Operator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes constant expressions (specification, section 3.3.10). An instruction that can never occur
 * in one is refused here; whether one that can is allowed, and the types fit, is for validation to
 * say.
 */
final class ConstExprDecoder {

  private static final int I32_CONST = 0x41;
  private static final int I64_CONST = 0x42;
  private static final int END = 0x0B;

  private final OperatorReader operators;
  private final List<ConstInstr> instructions = new ArrayList<>();

  ConstExprDecoder(byte[] bytes) {
    this.operators = new OperatorReader(bytes);
  }

  /**
   * Reads an expression up to and including its {@code end}. Nearly all are one {@code i32.const}
   * or {@code i64.const}: those do without the table of operators, which takes a starting process
   * 1.3 ms to make.
   */
  ConstExpr decode(BinaryReader in) {
    int start = in.position();
    ConstInstr number = number(in);
    if (number != null && in.remaining() > 0 && in.u8() == END) {
      return new ConstExpr(start, in.position(), List.of(number));
    }
    return decode(in, start);
  }

  /** Reads what may be the only instruction; null if it is not of those two. */
  private static @Nullable ConstInstr number(BinaryReader in) {
    return switch (in.remaining() > 0 ? in.u8() : END) {
      case I32_CONST -> new ConstInstr.I32(in.s32());
      case I64_CONST -> new ConstInstr.I64(in.s64());
      default -> null;
    };
  }

  private ConstExpr decode(BinaryReader in, int start) {
    operators.reset(start, in.position() + in.remaining());
    instructions.clear();
    for (ConstInstr next = instruction(); next != null; next = instruction()) {
      instructions.add(next);
    }
    int end = operators.position();
    in.reset(end, end + operators.remaining());
    return new ConstExpr(start, end, instructions);
  }

  /** The next instruction, or null at the end. */
  private @Nullable ConstInstr instruction() {
    Operator operator = operators.next();
    return switch (operator) {
      case END -> null;
      case I32_CONST -> new ConstInstr.I32(operators.i32());
      case I64_CONST -> new ConstInstr.I64(operators.i64());
      case F32_CONST -> new ConstInstr.F32(operators.f32Bits());
      case F64_CONST -> new ConstInstr.F64(operators.f64Bits());
      case V128_CONST -> new ConstInstr.V128(operators.v128Low(), operators.v128High());
      case REF_NULL -> new ConstInstr.RefNull(operators.heapTypeCode());
      case REF_FUNC -> new ConstInstr.RefFunc(operators.functionIndex());
      case GLOBAL_GET -> new ConstInstr.GlobalGet(operators.globalIndex());
      case I32_ADD,
          I32_SUB,
          I32_MUL,
          I64_ADD,
          I64_SUB,
          I64_MUL,
          REF_I31,
          ANY_CONVERT_EXTERN,
          EXTERN_CONVERT_ANY ->
          new ConstInstr.Compute(operator);
      case STRUCT_NEW, STRUCT_NEW_DEFAULT, ARRAY_NEW, ARRAY_NEW_DEFAULT, ARRAY_NEW_FIXED ->
          new ConstInstr.Allocate(operator, operators.typeIndex(), operators.elementCount());
      default ->
          throw new ValidationException(
              "constant expression required: " + operator + " is not constant",
              operators.operatorOffset());
    };
  }
}
