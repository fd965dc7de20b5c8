package dev.tazza.codegen.ir;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What types each operation takes and gives. */
final class TypeRules {
  private TypeRules() {}

  /** What is wrong with the types, results or trap code of {@code inst}, or null. */
  static @Nullable String check(Function function, Inst inst) {
    Type type = inst.type;
    if (!mayTakeReferences(inst.op) && anyReference(inst)) {
      return "a reference takes no part in arithmetic";
    }
    return switch (inst.op) {
      case ICONST -> {
        if (type == Type.REF) {
          yield expect(inst.imm == 0, "the only constant reference is null");
        }
        boolean normal = type == Type.I64 || inst.imm == (int) inst.imm;
        yield type.isInt() && normal ? null : "not an integer of its type";
      }
      case FCONST -> expect(type.isFloat(), "not a float type");
      case PARAM -> "parameter among the instructions";
      case RESULT -> result(inst);
      case CONTEXT -> expect(type == Type.I64, "an address is i64");
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
          EXTEND16_S ->
          expect(type.isInt() && allArgs(inst, type), "not the same integer type");
      case EXTEND32_S -> expect(type == Type.I64 && allArgs(inst, type), "i64 only");
      case UEXTEND, SEXTEND -> expect(type == Type.I64 && allArgs(inst, Type.I32), "i32 to i64");
      case WRAP -> expect(type == Type.I32 && allArgs(inst, Type.I64), "i64 to i32");
      case SELECT -> {
        boolean good = inst.args[0].type == Type.I32 && type != Type.NONE;
        yield expect(
            good && inst.args[1].type == type && inst.args[2].type == type, "types of select");
      }
      case LOOK_UP -> lookUp(inst);
      case CLAMP_LT, CLAMP_LE ->
          expect(
              type.isInt()
                  && inst.args[0].type == type
                  && inst.args[1].type.isInt()
                  && inst.args[1].type == inst.args[2].type,
              "types of clamp");
      case CLAMP_MIN -> expect(type == Type.I64 && allArgs(inst, type), "i64 only");
      case FADD,
          FSUB,
          FMUL,
          FDIV,
          FMIN,
          FMAX,
          FCOPYSIGN,
          FABS,
          FNEG,
          FSQRT,
          FCEIL,
          FFLOOR,
          FTRUNC,
          FNEAREST ->
          expect(type.isFloat() && allArgs(inst, type), "not the same float type");
      case TRUNC_S, TRUNC_U, TRUNC_SAT_S, TRUNC_SAT_U ->
          expect(type.isInt() && inst.args[0].type.isFloat(), "float to integer");
      case CONVERT_S, CONVERT_U ->
          expect(type.isFloat() && inst.args[0].type.isInt(), "integer to float");
      case DEMOTE -> expect(type == Type.F32 && allArgs(inst, Type.F64), "f64 to f32");
      case PROMOTE -> expect(type == Type.F64 && allArgs(inst, Type.F32), "f32 to f64");
      case BITCAST ->
          expect(
              !type.isVector() && type != Type.REF && type.bytes() == inst.args[0].type.bytes(),
              "sizes differ");
      case LOAD -> access(inst, type);
      case LOAD_FIELD -> field(inst, type);
      case STORE_FIELD -> field(inst, inst.args[2].type);
      case STORE -> access(inst, inst.args[1].type);
      case ATOMIC_LOAD,
          ATOMIC_STORE,
          ATOMIC_ADD,
          ATOMIC_SUB,
          ATOMIC_AND,
          ATOMIC_OR,
          ATOMIC_XOR,
          ATOMIC_EXCHANGE,
          ATOMIC_COMPARE_EXCHANGE ->
          atomic(inst);
      case TRAP_IF, TRAP_UNLESS ->
          expect(allArgs(inst, Type.I32) && inst.trap != 0, "an i32 and a trap code expected");
      case CALL_DIRECT, CALL_INDIRECT, CALL_REF, CALL_BY_JUMP, CALL_NATIVE -> call(inst);
      case TRY_CALL, TRY_CALL_INDIRECT, TRY_CALL_REF, TRY_CALL_BY_JUMP ->
          inst.targets.length > 1 && inst.tags().length == inst.targets.length - 1
              ? call(inst)
              : "a target, and one for each tag, expected";
      case RETURN_CALL, RETURN_CALL_REF -> tailCall(function, inst);
      case JUMP -> expect(inst.args.length == 0 && inst.targets.length == 1, "one target expected");
      case BRANCH -> expect(allArgs(inst, Type.I32) && inst.targets.length == 2, "two targets");
      case SWITCH -> expect(allArgs(inst, Type.I32) && inst.targets.length > 0, "no target");
      case RETURN -> expect(types(inst.args, 0, function.signature.results()), "wrong results");
      case TRAP -> expect(inst.trap != 0, "no trap code");
      case THROW ->
          expect(allArgs(inst, Type.I64) && inst.trap != 0, "an address and a trap code expected");
      case FENCE -> expect(type == Type.NONE, "a fence gives nothing");
      case POLL ->
          expect(
              type == Type.NONE
                  && (inst.args.length == 0
                      || inst.args.length == 1 && inst.args[0].type.isInt() && inst.imm > 0),
              "at most an integer and a mask expected");
      case CHARGE ->
          expect(
              type == Type.NONE && inst.args.length <= 1 && allArgs(inst, Type.I64),
              "at most an i64 expected");
      case HOME ->
          expect(type == Type.NONE && inst.args[0].type != Type.NONE, "one value expected");
      case LABEL ->
          expect(
              type == Type.NONE
                  && (inst.args.length == 0
                      || inst.args.length == 1 && inst.args[0].type != Type.NONE),
              "at most one value expected");
      default -> inst.op.isVector() ? vector(inst) : comparison(inst);
    };
  }

  private static @Nullable String comparison(Inst inst) {
    return expect(
        inst.type == Type.I32
            && inst.args[0].type == inst.args[1].type
            && (inst.op.isIntCompare()
                ? inst.args[0].type.isInt() || isSameness(inst)
                : inst.op.isFloatCompare() && inst.args[0].type.isFloat()),
        "types of a comparison");
  }

  /** What an operation with a shape gives. */
  static Type shapedResult(Opcode op, Shape shape) {
    return switch (op) {
      case VEXTRACT_LANE, VEXTRACT_LANE_S -> shape.laneType();
      case VALL_TRUE, VBITMASK -> Type.I32;
      default -> Type.V128;
    };
  }

  private static @Nullable String vector(Inst inst) {
    Opcode op = inst.op;
    Shape shape = inst.shape();
    if (!op.hasShape()) {
      Type result = op == Opcode.VANY_TRUE ? Type.I32 : Type.V128;
      boolean good = shape == null && inst.type == result && allArgs(inst, Type.V128);
      return expect(good && hasGoodLanes(inst), "not vectors");
    }
    if (shape == null || !VectorShapes.fits(op, shape)) {
      return "not for lanes of this shape";
    }
    boolean scalar = op == Opcode.VSPLAT || op == Opcode.VREPLACE_LANE;
    boolean shift = op == Opcode.VSHL || op == Opcode.VSHR_S || op == Opcode.VSHR_U;
    for (int i = 0; i < inst.args.length; i++) {
      Type wanted = Type.V128;
      if (i == inst.args.length - 1 && (scalar || shift)) {
        wanted = scalar ? shape.laneType() : Type.I32;
      }
      if (inst.args[i].type != wanted) {
        return "operand " + i + " is not " + wanted;
      }
    }
    boolean lane = !op.hasLane() || inst.imm >= 0 && inst.imm < shape.lanes();
    return expect(lane && inst.type == shapedResult(op, shape), "no such lane, or wrong result");
  }

  private static boolean hasGoodLanes(Inst inst) {
    long tooHigh = 0xe0e0_e0e0_e0e0_e0e0L;
    return inst.op != Opcode.VSHUFFLE || ((inst.imm | inst.immHigh()) & tooHigh) == 0;
  }

  /**
   * What references may be operands of: everything else would make values of them that stay behind
   * when they change.
   */
  private static boolean mayTakeReferences(Opcode op) {
    return switch (op) {
      case STORE,
          HOME,
          LABEL,
          LOAD_FIELD,
          STORE_FIELD,
          SELECT,
          ICMP_EQ,
          ICMP_NE,
          CALL_DIRECT,
          CALL_INDIRECT,
          CALL_REF,
          CALL_BY_JUMP,
          TRY_CALL,
          TRY_CALL_INDIRECT,
          TRY_CALL_BY_JUMP,
          TRY_CALL_REF,
          RETURN_CALL,
          RETURN_CALL_REF,
          RETURN ->
          true;
      default -> false;
    };
  }

  private static boolean anyReference(Inst inst) {
    for (Inst arg : inst.args) {
      if (arg.type == Type.REF) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSameness(Inst compare) {
    boolean sameness = compare.op == Opcode.ICMP_EQ || compare.op == Opcode.ICMP_NE;
    return sameness && compare.args[0].type == Type.REF;
  }

  private static @Nullable String field(Inst inst, Type type) {
    return inst.args[1].type == Type.REF ? access(inst, type) : "the second operand must be ref";
  }

  private static @Nullable String expect(boolean condition, String message) {
    return condition ? null : message;
  }

  private static boolean allArgs(Inst inst, Type type) {
    for (Inst arg : inst.args) {
      if (arg.type != type) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String result(Inst inst) {
    Inst call = inst.args[0];
    Inst previous = inst.prev;
    while (previous != null && previous.op == Opcode.RESULT) {
      if (previous.imm == inst.imm) {
        return "the same result twice";
      }
      previous = previous.prev;
    }
    Signature signature = call.signature;
    Block block = inst.block;
    boolean atTarget =
        previous == null
            && call.op.isTryCall()
            && call.targets[0].target == block
            && block != null
            && block.params.isEmpty();
    if (previous != call && !atTarget || signature == null) {
      return "does not follow its call";
    }
    boolean good = inst.imm >= 0 && inst.imm < signature.results().size();
    return expect(
        good && signature.results().get((int) inst.imm) == inst.type, "not a result of the call");
  }

  private static @Nullable String lookUp(Inst inst) {
    boolean good = inst.args.length > 1 && inst.args[0].type == Type.I32;
    for (int i = 1; i < inst.args.length; i++) {
      good &= inst.args[i].isConst() && inst.args[i].type == inst.type;
    }
    return expect(good, "an i32 and constants of its type expected");
  }

  private static @Nullable String access(Inst inst, Type type) {
    MemoryAccess access = inst.access;
    if (access == null || inst.args[0].type != Type.I64) {
      return "the address must be i64";
    }
    boolean store = inst.op == Opcode.STORE || inst.op == Opcode.STORE_FIELD;
    if (store && inst.type != Type.NONE) {
      return "a store gives nothing";
    }
    int bytes = access.bytes();
    boolean size = Integer.bitCount(bytes) == 1 && bytes <= type.bytes();
    boolean narrow = type.isInt() || type.isVector() && bytes >= 4 && inst.op == Opcode.LOAD;
    return expect(size && (narrow || bytes == type.bytes()), "size does not fit the type");
  }

  /** Integers only, and all of one type. */
  private static @Nullable String atomic(Inst inst) {
    boolean isStore = inst.op == Opcode.ATOMIC_STORE;
    if (isStore && inst.type != Type.NONE) {
      return "a store gives nothing";
    }
    Type type = isStore ? inst.args[1].type : inst.type;
    boolean isSigned = inst.access != null && inst.access.signed();
    boolean good = (type == Type.I32 || type == Type.I64) && !isSigned;
    for (int i = 1; i < inst.args.length; i++) {
      good &= inst.args[i].type == type;
    }
    return good ? access(inst, type) : "integers of one type, with zeros above, expected";
  }

  private static @Nullable String call(Inst inst) {
    Signature signature = inst.signature;
    boolean direct = inst.op.isDirectCall();
    if (signature == null || inst.type != Type.NONE) {
      return "a call needs a signature and gives nothing itself";
    }
    if (!direct && (inst.args.length == 0 || inst.args[0].type != Type.I64)) {
      return "no address to call";
    }
    if (inst.op == Opcode.CALL_NATIVE && signature.results().contains(Type.REF)) {
      return "native code knows no references";
    }
    return expect(types(inst.args, direct ? 0 : 1, signature.params()), "wrong arguments");
  }

  private static @Nullable String tailCall(Function function, Inst inst) {
    Signature signature = inst.signature;
    if (signature != null && !signature.results().equals(function.signature.results())) {
      return "not the results of the function";
    }
    int context = inst.op.isDirectCall() ? 0 : 1;
    List<Inst> params = function.entry().params;
    boolean own =
        inst.args.length > context && !params.isEmpty() && inst.args[context] == params.get(0);
    return own ? call(inst) : "the context must be the function's own";
  }

  private static boolean types(Inst[] values, int from, List<Type> types) {
    if (values.length - from != types.size()) {
      return false;
    }
    for (int i = 0; i < types.size(); i++) {
      if (values[from + i].type != types.get(i)) {
        return false;
      }
    }
    return true;
  }
}
