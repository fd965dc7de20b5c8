package dev.tazza.codegen.ir;

import static dev.tazza.codegen.ir.Opcode.Effect.CALL;
import static dev.tazza.codegen.ir.Opcode.Effect.CHARGES;
import static dev.tazza.codegen.ir.Opcode.Effect.KEEPS;
import static dev.tazza.codegen.ir.Opcode.Effect.POLLS;
import static dev.tazza.codegen.ir.Opcode.Effect.PURE;
import static dev.tazza.codegen.ir.Opcode.Effect.READS;
import static dev.tazza.codegen.ir.Opcode.Effect.SYNCHRONIZES;
import static dev.tazza.codegen.ir.Opcode.Effect.TELLS;
import static dev.tazza.codegen.ir.Opcode.Effect.TERMINATES;
import static dev.tazza.codegen.ir.Opcode.Effect.TRAPS;
import static dev.tazza.codegen.ir.Opcode.Effect.WRITES;

/**
 * The operations of the SSA form. One row each: text, number of operands (-1: varies), effect; of
 * commutative ones only the text.
 *
 * <p>Integer operations take and give the instruction's type unless the row says otherwise. Shift
 * and rotate counts have the type of the value and are taken modulo its width. Comparisons give I32
 * 0 or 1; their operands' type is that of {@code args[0]}.
 */
public enum Opcode {
  // Constants and values that come from outside the block.
  /** Integer constant: {@code imm} (for I32 sign-extended to 64 bits); as REF null, which is 0. */
  ICONST("iconst", 0, PURE),
  /** Float constant: {@code imm} holds the bits (F32: the low 32). */
  FCONST("fconst", 0, PURE),
  /**
   * Block parameter number {@code imm}. Lives in {@link Block#params}, not in the list of
   * instructions.
   */
  PARAM("param", 0, PURE),
  /**
   * Result number {@code imm} of the call {@code args[0]}; follows the call directly, or stands at
   * the start of where it goes on.
   */
  RESULT("result", 1, PURE),
  /** The address of the context that a pinned register holds. */
  CONTEXT("context", 0, PURE),

  // Integer arithmetic.
  ADD("add"),
  SUB("sub", 2, PURE),
  MUL("mul"),
  /** High half of the signed product. */
  MULHI_S("mulhi_s"),
  /** High half of the unsigned product. */
  MULHI_U("mulhi_u"),
  /** Traps when the divisor is zero or the quotient does not fit. */
  DIV_S("div_s", 2, TRAPS),
  /** Traps when the divisor is zero. */
  DIV_U("div_u", 2, TRAPS),
  /** Traps when the divisor is zero; the remainder by -1 is 0. */
  REM_S("rem_s", 2, TRAPS),
  /** Traps when the divisor is zero. */
  REM_U("rem_u", 2, TRAPS),
  AND("and"),
  OR("or"),
  XOR("xor"),
  SHL("shl", 2, PURE),
  SHR_S("shr_s", 2, PURE),
  SHR_U("shr_u", 2, PURE),
  ROTL("rotl", 2, PURE),
  ROTR("rotr", 2, PURE),
  CLZ("clz", 1, PURE),
  CTZ("ctz", 1, PURE),
  POPCNT("popcnt", 1, PURE),
  /** Sign-extends the low 8 bits. */
  EXTEND8_S("extend8_s", 1, PURE),
  /** Sign-extends the low 16 bits. */
  EXTEND16_S("extend16_s", 1, PURE),
  /** I64 only: sign-extends the low 32 bits of an I64. */
  EXTEND32_S("extend32_s", 1, PURE),

  // Between integer types.
  /** I32 to I64 with zeros; free on x86-64, where I32 values are kept zero-extended. */
  UEXTEND("uextend", 1, PURE),
  /** I32 to I64 with the sign. */
  SEXTEND("sextend", 1, PURE),
  /** I64 to I32: the low half. */
  WRAP("wrap", 1, PURE),

  // Integer comparisons.
  ICMP_EQ("icmp.eq"),
  ICMP_NE("icmp.ne"),
  ICMP_LT_S("icmp.lt_s", 2, PURE),
  ICMP_LT_U("icmp.lt_u", 2, PURE),
  ICMP_GT_S("icmp.gt_s", 2, PURE),
  ICMP_GT_U("icmp.gt_u", 2, PURE),
  ICMP_LE_S("icmp.le_s", 2, PURE),
  ICMP_LE_U("icmp.le_u", 2, PURE),
  ICMP_GE_S("icmp.ge_s", 2, PURE),
  ICMP_GE_U("icmp.ge_u", 2, PURE),

  /** {@code args[0] != 0 ? args[1] : args[2]}; the condition is I32. */
  SELECT("select", 3, PURE),
  /**
   * {@code args[1 + args[0]]}, of constants, which stand in a table: the I32 {@code args[0]} must
   * be less than their number, so that it must not be moved in front of what makes sure of that.
   */
  LOOK_UP("look_up", -1, READS),
  /**
   * {@code args[1] < args[2] ? args[0] : 0}, unsigned, chosen by data and never by a branch. It
   * stands behind a check that says the same, and holds also where the processor guesses that check
   * wrongly and runs ahead: so what branches and checks tell must not simplify it.
   */
  CLAMP_LT("clamp.lt", 3, PURE),
  /** {@code args[1] <= args[2] ? args[0] : 0}; otherwise as {@link #CLAMP_LT}. */
  CLAMP_LE("clamp.le", 3, PURE),
  /**
   * The lesser of two I64s, unsigned; chosen as {@link #CLAMP_LT} chooses. It is a check by itself
   * where an access at {@code args[1]} faults.
   */
  CLAMP_MIN("clamp.min", 2, PURE),

  // Floating point by IEEE 754, rounding to nearest even; which NaN results is open.
  FADD("fadd"),
  FSUB("fsub", 2, PURE),
  FMUL("fmul"),
  FDIV("fdiv", 2, PURE),
  /** NaN if either is; -0 below +0. */
  FMIN("fmin", 2, PURE),
  /** NaN if either is; -0 below +0. */
  FMAX("fmax", 2, PURE),
  FCOPYSIGN("fcopysign", 2, PURE),
  FABS("fabs", 1, PURE),
  FNEG("fneg", 1, PURE),
  FSQRT("fsqrt", 1, PURE),
  FCEIL("fceil", 1, PURE),
  FFLOOR("ffloor", 1, PURE),
  FTRUNC("ftrunc", 1, PURE),
  FNEAREST("fnearest", 1, PURE),
  FCMP_EQ("fcmp.eq"),
  FCMP_NE("fcmp.ne"),
  FCMP_LT("fcmp.lt", 2, PURE),
  FCMP_GT("fcmp.gt", 2, PURE),
  FCMP_LE("fcmp.le", 2, PURE),
  FCMP_GE("fcmp.ge", 2, PURE),

  // Between floats and integers. The source type is that of args[0].
  /** Float to signed integer; NaN traps with {@code trap}, out of range with {@code trap + 1}. */
  TRUNC_S("trunc_s", 1, TRAPS),
  /** Float to unsigned integer; NaN traps with {@code trap}, out of range with {@code trap + 1}. */
  TRUNC_U("trunc_u", 1, TRAPS),
  TRUNC_SAT_S("trunc_sat_s", 1, PURE),
  TRUNC_SAT_U("trunc_sat_u", 1, PURE),
  CONVERT_S("convert_s", 1, PURE),
  CONVERT_U("convert_u", 1, PURE),
  /** F64 to F32. */
  DEMOTE("demote", 1, PURE),
  /** F32 to F64. */
  PROMOTE("promote", 1, PURE),
  /** Same bits, same size, other type. */
  BITCAST("bitcast", 1, PURE),

  // Vectors. Those up to VANY_TRUE see 128 bits, or bytes; the others have a shape, that of the
  // result unless the row says otherwise. Comparisons give lanes of ones or zeros.
  /** Constant: {@code imm} holds the low half, {@code immHigh} the high one. */
  VCONST("vconst", 0, PURE),
  VNOT("vnot", 1, PURE),
  VAND("vand"),
  /** {@code args[0] & ~args[1]}. */
  VANDNOT("vandnot", 2, PURE),
  VOR("vor"),
  VXOR("vxor"),
  /** {@code args[0] & args[2] | args[1] & ~args[2]}. */
  VBITSELECT("vbitselect", 3, PURE),
  /**
   * Bytes of {@code args[0]} (0–15) and {@code args[1]} (16–31), chosen by the constant bytes of
   * {@code imm} and {@code immHigh}.
   */
  VSHUFFLE("vshuffle", 2, PURE),
  /** Bytes of {@code args[0]}, chosen by the bytes of {@code args[1]}; 0 for those above 15. */
  VSWIZZLE("vswizzle", 2, PURE),
  /** I32 1 if any bit is set, else 0. */
  VANY_TRUE("vany_true", 1, PURE),

  /** All lanes get the scalar, or the low bits of it. */
  VSPLAT("vsplat", 1, PURE),
  /** Lane {@code imm} as a scalar, narrow ones with zeros above. */
  VEXTRACT_LANE("vextract_lane", 1, PURE),
  /** The same of narrow lanes, sign-extended. */
  VEXTRACT_LANE_S("vextract_lane_s", 1, PURE),
  /** {@code args[0]} with the scalar {@code args[1]} in lane {@code imm}. */
  VREPLACE_LANE("vreplace_lane", 2, PURE),
  /** I32 1 if no lane of the operand is zero, else 0. */
  VALL_TRUE("vall_true", 1, PURE),
  /** I32: the sign bits of the operand's lanes. */
  VBITMASK("vbitmask", 1, PURE),

  VADD("vadd"),
  VSUB("vsub", 2, PURE),
  VMUL("vmul"),
  VNEG("vneg", 1, PURE),
  VABS("vabs", 1, PURE),
  VPOPCNT("vpopcnt", 1, PURE),
  VADD_SAT_S("vadd_sat_s"),
  VADD_SAT_U("vadd_sat_u"),
  VSUB_SAT_S("vsub_sat_s", 2, PURE),
  VSUB_SAT_U("vsub_sat_u", 2, PURE),
  VMIN_S("vmin_s"),
  VMIN_U("vmin_u"),
  VMAX_S("vmax_s"),
  VMAX_U("vmax_u"),
  /** {@code (a + b + 1) / 2}. */
  VAVGR_U("vavgr_u"),
  /** {@code (a * b + 0x4000) >> 15}, saturated. */
  VQ15MULR_SAT_S("vq15mulr_sat_s"),
  /** Sums of neighbouring products of lanes half as wide. */
  VDOT_S("vdot_s"),
  /** The count, the I32 {@code args[1]}, is taken modulo the lanes' width. */
  VSHL("vshl", 2, PURE),
  VSHR_S("vshr_s", 2, PURE),
  VSHR_U("vshr_u", 2, PURE),
  VEQ("veq"),
  VNE("vne"),
  VLT_S("vlt_s", 2, PURE),
  VLT_U("vlt_u", 2, PURE),
  VGT_S("vgt_s", 2, PURE),
  VGT_U("vgt_u", 2, PURE),
  VLE_S("vle_s", 2, PURE),
  VLE_U("vle_u", 2, PURE),
  VGE_S("vge_s", 2, PURE),
  VGE_U("vge_u", 2, PURE),
  /** Of lanes twice as wide, saturated: {@code args[0]} gives the lower half. */
  VNARROW_S("vnarrow_s", 2, PURE),
  VNARROW_U("vnarrow_u", 2, PURE),
  /** Of the lower half of lanes half as wide. */
  VEXTEND_LOW_S("vextend_low_s", 1, PURE),
  VEXTEND_LOW_U("vextend_low_u", 1, PURE),
  VEXTEND_HIGH_S("vextend_high_s", 1, PURE),
  VEXTEND_HIGH_U("vextend_high_u", 1, PURE),
  /** Products of the lower halves, extended. */
  VEXTMUL_LOW_S("vextmul_low_s"),
  VEXTMUL_LOW_U("vextmul_low_u"),
  VEXTMUL_HIGH_S("vextmul_high_s"),
  VEXTMUL_HIGH_U("vextmul_high_u"),
  /** Sums of neighbouring lanes half as wide, extended. */
  VEXTADD_PAIRWISE_S("vextadd_pairwise_s", 1, PURE),
  VEXTADD_PAIRWISE_U("vextadd_pairwise_u", 1, PURE),

  VFADD("vfadd"),
  VFSUB("vfsub", 2, PURE),
  VFMUL("vfmul"),
  VFDIV("vfdiv", 2, PURE),
  /** As {@link #FMIN}. */
  VFMIN("vfmin", 2, PURE),
  VFMAX("vfmax", 2, PURE),
  /** {@code b < a ? b : a}. */
  VFPMIN("vfpmin", 2, PURE),
  /** {@code a < b ? b : a}. */
  VFPMAX("vfpmax", 2, PURE),
  /** {@code a * b + c}; whether the product is rounded before the sum is the processor's choice. */
  VMADD("vmadd", 3, PURE),
  /** The same of {@code -(a * b) + c}. */
  VNMADD("vnmadd", 3, PURE),
  VFABS("vfabs", 1, PURE),
  VFNEG("vfneg", 1, PURE),
  VFSQRT("vfsqrt", 1, PURE),
  VFCEIL("vfceil", 1, PURE),
  VFFLOOR("vffloor", 1, PURE),
  VFTRUNC("vftrunc", 1, PURE),
  VFNEAREST("vfnearest", 1, PURE),
  VFEQ("vfeq"),
  VFNE("vfne"),
  VFLT("vflt", 2, PURE),
  VFGT("vfgt", 2, PURE),
  VFLE("vfle", 2, PURE),
  VFGE("vfge", 2, PURE),
  /** F32 to I32; NaN gives 0. */
  VTRUNC_SAT_S("vtrunc_sat_s", 1, PURE),
  VTRUNC_SAT_U("vtrunc_sat_u", 1, PURE),
  /** F64 to I32; the upper half of the result is zero. */
  VTRUNC_SAT_ZERO_S("vtrunc_sat_zero_s", 1, PURE),
  VTRUNC_SAT_ZERO_U("vtrunc_sat_zero_u", 1, PURE),
  /** I32 to float; to F64 of the lower half. */
  VCONVERT_S("vconvert_s", 1, PURE),
  VCONVERT_U("vconvert_u", 1, PURE),
  /** F64 to F32; the upper half of the result is zero. */
  VDEMOTE_ZERO("vdemote_zero", 1, PURE),
  /** F32 to F64, of the lower half. */
  VPROMOTE_LOW("vpromote_low", 1, PURE),

  // Memory. The address is args[0] + imm, an I64.
  /**
   * Loads {@code access} at {@code args[0] + imm}; may fault with {@code trap} unless that is 0. A
   * vector has zeros above what is loaded.
   */
  LOAD("load", 1, READS),
  /**
   * Stores {@code args[1]} at {@code args[0] + imm}; may fault with {@code trap} unless that is 0.
   */
  STORE("store", 2, WRITES),

  // Memory that references refer to. The address is args[0] + args[1] + imm, of which args[0] is an
  // I64 and args[1] a REF; no sum of the two is ever a value, which a call would leave wrong.
  /** Loads {@code access}; may fault with {@code trap} unless that is 0. */
  LOAD_FIELD("load_field", 2, READS),
  /** Stores {@code args[2]}; may fault with {@code trap} unless that is 0. */
  STORE_FIELD("store_field", 3, WRITES),

  // Atomic access, in one order that all threads agree on. The address is args[0] + imm, an I64,
  // and a multiple of the size; what is narrower than the type is the low part of operands, and has
  // zeros above it in results, which are what was there before. May fault with {@code trap} unless
  // that is 0.
  ATOMIC_LOAD("atomic_load", 1, SYNCHRONIZES),
  ATOMIC_STORE("atomic_store", 2, SYNCHRONIZES),
  ATOMIC_ADD("atomic_add", 2, SYNCHRONIZES),
  ATOMIC_SUB("atomic_sub", 2, SYNCHRONIZES),
  ATOMIC_AND("atomic_and", 2, SYNCHRONIZES),
  ATOMIC_OR("atomic_or", 2, SYNCHRONIZES),
  ATOMIC_XOR("atomic_xor", 2, SYNCHRONIZES),
  /** Stores {@code args[1]}. */
  ATOMIC_EXCHANGE("atomic_exchange", 2, SYNCHRONIZES),
  /** Stores {@code args[2]} if {@code args[1]} was there. */
  ATOMIC_COMPARE_EXCHANGE("atomic_compare_exchange", 3, SYNCHRONIZES),
  /** Orders all accesses before it before all behind it. */
  FENCE("fence", 0, SYNCHRONIZES),

  // Checks.
  /** Traps with {@code trap} when the I32 {@code args[0]} is not zero. */
  TRAP_IF("trap_if", 1, TRAPS),
  /** Traps with {@code trap} when the I32 {@code args[0]} is zero. */
  TRAP_UNLESS("trap_unless", 1, TRAPS),

  /**
   * A safepoint poll: where the runtime may stop the function, for a while or for good. Nothing
   * that the function can see changes meanwhile, so that loads may be moved over it, but what was
   * stored before has to be there. With an operand it is one only where no bit is set that both the
   * low half of {@code args[0]} and {@code imm} have.
   */
  POLL("poll", -1, POLLS),

  // Fuel. It is in a register of its own, which no value of the function is in. What a function has
  // used up by some place is what has been charged on the way there, and {@link Inst#fuel} more.
  /**
   * Takes {@code imm}, and the unsigned I64 {@code args[0]} if there is one, from the fuel; then
   * traps with {@code trap}, unless that is 0, if the fuel is negative.
   */
  CHARGE("charge", -1, CHARGES),

  /**
   * Keeps {@code args[0]} in the frame, {@code imm} bytes into what is there for debuggers ({@code
   * MachineCode.homes}); the function itself never reads it.
   */
  HOME("home", 1, KEEPS),
  /**
   * From here on the client's variable {@code imm} is {@code args[0]}; without an operand it is not
   * known what it is. For debuggers: no code is made of it, and no value is kept for it.
   */
  LABEL("label", -1, TELLS),

  // Calls. Results are RESULT instructions that follow.
  /**
   * Calls symbol {@code imm} with signature {@code aux}; args are the parameters, context first.
   */
  CALL_DIRECT("call", -1, CALL),
  /** Calls the address args[0] with signature {@code aux}; args[1..] are the parameters. */
  CALL_INDIRECT("call_indirect", -1, CALL),
  /**
   * Calls the address in the I64 at args[0] + {@code imm}, which never changes; may fault with
   * {@code trap} unless that is 0. args[1..] are the parameters, the first of which is most
   * probably the caller's own context: args[0] is a reference to a function, and tells it from
   * others.
   */
  CALL_REF("call_ref", -1, CALL),
  /**
   * As CALL_INDIRECT, of what {@link Function#returnsByJump returns by jump}. The result is the
   * same if it does not, but then the processor predicts returns wrongly from there on.
   */
  CALL_BY_JUMP("call_by_jump", -1, CALL),
  /**
   * Calls the C function at address args[0] with the platform's C convention; args[1..] are the
   * parameters (integers and addresses only, at most six), at most one integer result.
   */
  CALL_NATIVE("call_native", -1, CALL),

  // Calls that may also come back elsewhere, and end their block. An exception, of which the callee
  // told nothing but the tag, continues at the first target behind the normal one whose tag, in
  // Inst.tags, is the same or ANY_TAG; without any it leaves this function, too. Results are RESULT
  // instructions at the start of targets[0], which then has no other predecessor and no parameters.
  /** As CALL_DIRECT. */
  TRY_CALL("try_call", -1, CALL),
  /** As CALL_INDIRECT. */
  TRY_CALL_INDIRECT("try_call_indirect", -1, CALL),
  /** As CALL_REF. */
  TRY_CALL_REF("try_call_ref", -1, CALL),
  /** As CALL_BY_JUMP. */
  TRY_CALL_BY_JUMP("try_call_by_jump", -1, CALL),

  // Tail calls: they end the function, whose frame is gone when the callee begins, and whose
  // results
  // are the callee's. The context among the parameters is the function's own.
  /** Calls symbol {@code imm} with signature {@code aux} in place of this function. */
  RETURN_CALL("return_call", -1, CALL),
  /**
   * The same, of what the reference args[0], an address, refers to: at {@code imm} from it is the
   * address of the code, at {@code immHigh} the context that takes the place of the own one; may
   * fault with {@code trap} unless that is 0. args[1..] are the parameters.
   */
  RETURN_CALL_REF("return_call_ref", -1, CALL),

  // Terminators: the last instruction of a block and only there.
  JUMP("jump", 0, TERMINATES),
  /** To {@code targets[0]} when the I32 {@code args[0]} is not zero, else to {@code targets[1]}. */
  BRANCH("branch", 1, TERMINATES),
  /**
   * To {@code targets[args[0]]}, unsigned; the last target is the default for all greater values.
   * At least two targets.
   */
  SWITCH("switch", 1, TERMINATES),
  /** Returns args. */
  RETURN("return", -1, TERMINATES),
  /**
   * Leaves for the handler of an exception with the tag {@code imm}, or of any if that is {@link
   * Inst#ANY_TAG}, in one of the callers: by the code at the address {@code args[0]}, which finds
   * it. What is thrown is in memory. No handler of the function itself is for it.
   */
  THROW("throw", 1, TERMINATES),
  /** Traps with {@code trap}, always. */
  TRAP("trap", 0, TERMINATES);

  /** What moving, merging or deleting an instruction has to respect. */
  public enum Effect {
    /** Depends on its operands alone. */
    PURE,
    /** Reads memory (and may trap). */
    READS,
    /** May trap, otherwise pure: may be merged, not hoisted above other effects, not deleted. */
    TRAPS,
    /** Writes memory (and may trap). */
    WRITES,
    /**
     * Takes part in the order that all threads agree on (and may trap): what they write may be
     * different after it, in the regions that they {@link AliasRegion#isShared share}.
     */
    SYNCHRONIZES,
    /** Lets the world look at memory, and may never come back; otherwise pure. */
    POLLS,
    /** Touches nothing but the fuel, and may trap. */
    CHARGES,
    /** Writes nothing but what is in the frame for debuggers. */
    KEEPS,
    /** Does nothing, but tells of the place at which it stands. */
    TELLS,
    /** May do anything. */
    CALL,
    /** Ends the block. */
    TERMINATES
  }

  private final String text;
  private final int arity;
  private final Effect effect;
  private final boolean commutative;

  Opcode(String text, int arity, Effect effect) {
    this(text, arity, effect, false);
  }

  /** A pure operation on two operands in any order. */
  Opcode(String text) {
    this(text, 2, PURE, true);
  }

  Opcode(String text, int arity, Effect effect, boolean commutative) {
    this.text = text;
    this.arity = arity;
    this.effect = effect;
    this.commutative = commutative;
  }

  /** The name in printed IR. */
  public String text() {
    return text;
  }

  /** Number of operands, -1 when it varies. */
  public int arity() {
    return arity;
  }

  public Effect effect() {
    return effect;
  }

  /** Whether the result is the same when its two operands are exchanged. */
  public boolean isCommutative() {
    return commutative;
  }

  /** Whether the result is a number that the instruction has in itself. */
  public boolean isConst() {
    return this == ICONST || this == FCONST || this == VCONST;
  }

  public boolean isPure() {
    return effect == PURE;
  }

  public boolean isTerminator() {
    return effect == TERMINATES || effect == CALL && (isTryCall() || isTailCall());
  }

  /** Whether it is a call that ends its block. */
  public boolean isTryCall() {
    return switch (this) {
      case TRY_CALL, TRY_CALL_INDIRECT, TRY_CALL_REF, TRY_CALL_BY_JUMP -> true;
      default -> false;
    };
  }

  /** Whether it is a call that ends the function. */
  public boolean isTailCall() {
    return this == RETURN_CALL || this == RETURN_CALL_REF;
  }

  /** Whether it calls a symbol; else the address, or where it stands, is the first operand. */
  public boolean isDirectCall() {
    return this == CALL_DIRECT || this == TRY_CALL || this == RETURN_CALL;
  }

  /** Whether it calls what a reference, its first operand, refers to. */
  public boolean isCallByReference() {
    return this == CALL_REF || this == TRY_CALL_REF;
  }

  public boolean isCall() {
    return effect == CALL;
  }

  /** Whether it reads or writes memory as {@link Inst#access} says. */
  public boolean hasAccess() {
    return switch (this) {
      case LOAD, STORE, LOAD_FIELD, STORE_FIELD -> true;
      default -> isAtomic();
    };
  }

  /** Whether it is an atomic access. */
  public boolean isAtomic() {
    return effect == SYNCHRONIZES && this != FENCE;
  }

  /** Whether it computes with vectors: takes or gives at least one. */
  public boolean isVector() {
    return ordinal() >= VCONST.ordinal() && ordinal() <= VPROMOTE_LOW.ordinal();
  }

  /** Whether its instructions have a {@link Shape}. */
  public boolean hasShape() {
    return ordinal() >= VSPLAT.ordinal() && ordinal() <= VPROMOTE_LOW.ordinal();
  }

  /** Whether {@link Inst#imm} is the number of a lane. */
  public boolean hasLane() {
    return this == VEXTRACT_LANE || this == VEXTRACT_LANE_S || this == VREPLACE_LANE;
  }

  /** Whether it is a store or a call, or lets others write. */
  public boolean mayWrite() {
    return effect == WRITES || effect == CALL || effect == SYNCHRONIZES;
  }

  public boolean isIntCompare() {
    return ordinal() >= ICMP_EQ.ordinal() && ordinal() <= ICMP_GE_U.ordinal();
  }

  public boolean isFloatCompare() {
    return ordinal() >= FCMP_EQ.ordinal() && ordinal() <= FCMP_GE.ordinal();
  }

  @Override
  public String toString() {
    return text;
  }
}
