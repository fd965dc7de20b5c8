package dev.tazza.codegen.isa.x64.inst;

import dev.tazza.assembler.x64.Cond;
import dev.tazza.assembler.x64.Opcodes;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import org.jspecify.annotations.Nullable;

/**
 * The machine instructions by format: each record is one shape of operands, what it does is in its
 * enum. Some are fixed sequences. Ints named after values are virtual registers.
 *
 * <p>Three functions know all formats: {@link Operands} (for the register allocator), {@link
 * Printer}, and the emitter's {@code InstEmitter}. They agree on the order of the operands: that of
 * {@link Operands}.
 */
public sealed interface X64Inst {
  /**
   * A constant, by {@code kind}; can be repeated anywhere.
   *
   * @param high upper half of a vector
   */
  record Const(Kind kind, int dst, long bits, long high) implements X64Inst {
    /** One of at most 64 bits. */
    public Const(Kind kind, int dst, long bits) {
      this(kind, dst, bits, 0);
    }

    public enum Kind {
      INT("iconst"),
      F32("f32const"),
      F64("f64const"),
      V128("v128const");

      public final String text;

      Kind(String text) {
        this.text = text;
      }
    }
  }

  /** Copies a register. */
  record Move(boolean isFloat, int dst, int src) implements X64Inst {}

  record Alu(AluOp op, boolean wide, int dst, int left, Source right) implements X64Inst {}

  /** {@code dst = src * imm}. */
  record ImulImm(boolean wide, int dst, Source src, int imm) implements X64Inst {}

  record Unary(UnaryOp op, int dst, Source src) implements X64Inst {}

  /** An address or any sum of that shape; becomes an {@code add} where the registers allow. */
  record Lea(boolean wide, int dst, Amode address) implements X64Inst {}

  /** The address of a table of integers of {@code bytes} each, behind the code. */
  record TableAddress(int dst, int bytes, long[] values) implements X64Inst {}

  /** The count is an immediate, or a register, which is then rcx. */
  record Shift(ShiftOp op, boolean wide, int dst, int src, Source count) implements X64Inst {}

  /** BMI2: any registers, flags untouched. */
  record ShiftX(ShiftOp op, boolean wide, int dst, Source src, int count) implements X64Inst {}

  /** BMI1: {@code dst = ~left & right}. */
  record AndNot(boolean wide, int dst, int left, Source right) implements X64Inst {}

  /** {@code high:low = left * right}, in rdx:rax. */
  record MulWide(boolean signed, boolean wide, int low, int high, int left, Source right)
      implements X64Inst {}

  /**
   * {@code high:low = leftHigh:left + rightHigh:right}, 64 bits each, or the difference.
   *
   * @param rightHigh register or immediate
   */
  record AluWide(
      boolean subtract, int low, int high, int left, int leftHigh, Source right, Source rightHigh)
      implements X64Inst {}

  /**
   * Division in rdx:rax by a register.
   *
   * @param trap 0: cannot
   */
  record Div(DivOp op, int quotient, int remainder, int dividend, int divisor, int trap)
      implements X64Inst {}

  enum DivOp {
    DIV32("div32", false, false, false),
    DIV64("div64", true, false, false),
    IDIV32("idiv32", false, true, false),
    IDIV64("idiv64", true, true, false),
    /** Signed remainder whose divisor may be -1. */
    IREM32("irem32", false, true, true),
    IREM64("irem64", true, true, true);

    public final String text;
    public final boolean wide;
    public final boolean signed;
    public final boolean guarded;

    DivOp(String text, boolean wide, boolean signed, boolean guarded) {
      this.text = text;
      this.wide = wide;
      this.signed = signed;
      this.guarded = guarded;
    }
  }

  /** Stores a register or an immediate. */
  record Store(StoreOp op, Amode address, Source src) implements X64Inst {}

  enum StoreOp {
    STORE8("store8", 1),
    STORE16("store16", 2),
    STORE32("store32", 4),
    STORE64("store64", 8),
    STORESS("storess", 4),
    STORESD("storesd", 8),
    STOREUPS("storeups", 16);

    public final String text;
    public final int bytes;

    StoreOp(String text, int bytes) {
      this.text = text;
      this.bytes = bytes;
    }

    public boolean isFloat() {
      return this == STORESS || this == STORESD || this == STOREUPS;
    }
  }

  /**
   * {@code [address] = [address] op src}.
   *
   * @param locked whether no other processor comes between
   */
  record Rmw(AluOp op, int bytes, Amode address, Source src, boolean locked) implements X64Inst {}

  /** Writes {@code src}, or adds it, and gives what was there: {@code dst} is its register. */
  record Exchange(ExchangeOp op, int bytes, int dst, int src, Amode address) implements X64Inst {}

  enum ExchangeOp {
    /** Locks by itself. */
    XCHG("xchg", 0x87, false),
    XADD("xadd", Opcodes.M0F | 0xc1, true);

    public final String text;

    /** Of more than a byte; that of bytes is one less. */
    public final int opcode;

    public final boolean hasPrefix;

    ExchangeOp(String text, int opcode, boolean hasPrefix) {
      this.text = text;
      this.opcode = opcode;
      this.hasPrefix = hasPrefix;
    }
  }

  /**
   * Writes {@code src} if {@code expected} is there. Both that and {@code dst}, what was there, are
   * rax, of which more than {@code bytes} are as they were if it is written.
   */
  record CompareExchange(int bytes, int dst, int expected, int src, Amode address)
      implements X64Inst {
    /** Of more than a byte; that of bytes is one less. */
    public static final int OPCODE = Opcodes.M0F | 0xb1;
  }

  /**
   * {@code [address] = [address] op src} by comparing and exchanging until nobody came between.
   *
   * @param dst what was there, in rax
   * @param guess what is tried first, in rax
   */
  record UpdateLoop(AluOp op, int bytes, int dst, int guess, Source src, int tmp, Amode address)
      implements X64Inst {}

  /** Nothing behind it is seen before what is in front of it. */
  record Fence() implements X64Inst {
    public static final Fence FENCE = new Fence();
  }

  /** {@code dst = cond ? 1 : 0}; {@code tmp} for the conditions of two flags, else -1. */
  record SetIf(Cond cond, Compare compare, int dst, int tmp) implements X64Inst {}

  /**
   * A conditional move.
   *
   * @param trap if not 0, what it traps with where the condition does not hold: the move is what
   *     happens there while the processor guesses that it will
   */
  record Select(
      Cond cond, Compare compare, Kind kind, int dst, Source ifTrue, int ifFalse, int trap)
      implements X64Inst {
    public Select(Cond cond, Compare compare, Kind kind, int dst, Source ifTrue, int ifFalse) {
      this(cond, compare, kind, dst, ifTrue, ifFalse, 0);
    }

    public enum Kind {
      I32("select32"),
      I64("select64"),
      FLOAT("selectf"),
      VECTOR("selectv");

      public final String text;

      Kind(String text) {
        this.text = text;
      }
    }
  }

  /** To the first successor when {@code cond}, else to the second one. */
  record BranchIf(Cond cond, Compare compare) implements X64Inst {}

  record TrapIf(Cond cond, Compare compare, int trap) implements X64Inst {}

  record Jump() implements X64Inst {
    public static final Jump JUMP = new Jump();
  }

  /**
   * How many elements a table has whose indexes are masked: the next power of two.
   *
   * @param used how many are found by a valid index, at least 1
   */
  static int tableSize(int used) {
    return used == 1 ? 1 : Integer.highestOneBit(used - 1) << 1;
  }

  /**
   * Multiway branch on an unsigned 32-bit index: comparisons for few cases, else a table.
   *
   * @param base and {@code tmp}: used by a table; else -1
   * @param targets numbers of successors; the last one is for all greater values
   * @param clamped whether a table is only read where it is, whatever the processor guesses
   */
  record Switch(int index, int base, int tmp, int[] targets, boolean clamped) implements X64Inst {
    /** Up to this many cases are compared one by one. */
    static final int FEW_CASES = 4;

    public static boolean isTable(int[] targets) {
      return targets.length - 1 > FEW_CASES;
    }
  }

  record Trap(int trap) implements X64Inst {}

  /**
   * A safepoint poll: changes nothing but the flags.
   *
   * @param counter a register, or -1 for a poll each time
   * @param mask it polls only where none of these bits is set in the counter
   */
  record Poll(int counter, int mask) implements X64Inst {
    public static final Poll ALWAYS = new Poll(-1, 0);
  }

  /**
   * Takes fuel.
   *
   * @param more a register whose value is taken besides {@code amount}, or -1
   * @param trap code if the fuel is negative then; 0: does not look
   */
  record Charge(int amount, int more, int trap) implements X64Inst {}

  /** Virtual registers that have to be in given physical ones. */
  record Fixed(int[] vregs, int[] pregs) {
    public static final Fixed NONE = new Fixed(new int[0], new int[0]);
  }

  /**
   * @param symbol the function, when there is no {@code target}
   * @param popped bytes of stack arguments, which are gone after the call
   * @param returned bytes of stack results, for which there is room behind the arguments
   * @param ends whether it goes on at the first successor; the results are defined there
   */
  record Call(
      int symbol,
      @Nullable Target target,
      Fixed args,
      Fixed results,
      int popped,
      int returned,
      boolean ends)
      implements X64Inst {
    boolean byJump() {
      return target != null && target.byJump;
    }
  }

  /**
   * What an indirect call calls.
   *
   * @param address a register or memory that holds the address
   * @param context where the callee's context is, if the arguments have the caller's own for it: in
   *     the rare case that they differ, the right one takes its place during the call
   * @param byJump whether the processor should not remember where to return to: what is called
   *     returns by jump
   */
  record Target(Source address, @Nullable Source context, boolean byJump) {}

  /**
   * The start of a landing pad: no register holds what it did.
   *
   * @param context in memory here, or -1
   */
  record Landing(int context) implements X64Inst {}

  /**
   * Defines the parameters at the function's start, or the results of a call where it goes on.
   *
   * @param pollsLater whether the function does not poll where it checks the stack, in front of
   *     them, but behind them if at all
   */
  record Args(Fixed params, boolean pollsLater) implements X64Inst {}

  /**
   * Leaves the function, popping its stack arguments; {@code byJump}: see {@code
   * Function.returnsByJump}.
   */
  record Return(Fixed results, int popped, boolean byJump) implements X64Inst {}

  /**
   * Leaves the function for another one, which returns in its place.
   *
   * @param symbol the function, when there is no {@code callee}
   * @param args those in registers: with a callee the own context in r14, and the reference in r11
   * @param popped bytes of the function's own stack arguments
   * @param passed bytes of the callee's, which stand where those end
   * @param results bytes of the results that are on the stack
   */
  record TailCall(
      int symbol, @Nullable Referred callee, Fixed args, int popped, int passed, int results)
      implements X64Inst {}

  /**
   * A callee that the reference in r11 refers to.
   *
   * @param code distance of its address from the reference
   * @param context distance of its context
   * @param trap when the reference may be null, else 0
   */
  record Referred(int code, int context, int trap) {}

  /** {@code left} and {@code dst} are one register unless {@code avx}. */
  record Sse(SseOp op, boolean avx, int dst, int left, Source right) implements X64Inst {}

  /**
   * A vector operation; {@code left} and {@code dst} are one register unless {@code avx}. Without
   * AVX, what is read of memory as a whole has to be aligned.
   *
   * @param imm where {@code op} has an immediate
   */
  record Vec(VecOp op, boolean avx, int dst, int left, Source right, int imm) implements X64Inst {}

  /**
   * {@code addend + left * right}, rounded once; {@code addend} and {@code dst} are one register.
   */
  record VecFma(FmaOp op, int dst, int addend, int left, Source right) implements X64Inst {}

  /**
   * Any bitwise operation on three vectors ({@code vpternlogd}); {@code first} and {@code dst} are
   * one register.
   *
   * @param table bit {@code 4 * a + 2 * b + c} is what it gives for bits a, b and c of the operands
   */
  record VecTernary(int dst, int first, int second, int third, int table) implements X64Inst {}

  /** A vector operation on one operand. */
  record VecUnary(VecUnaryOp op, boolean avx, int dst, Source src, int imm) implements X64Inst {}

  /** {@code src} and {@code dst} are one register unless {@code avx}. */
  record VecShift(VecShiftOp op, boolean avx, int dst, int src, int imm) implements X64Inst {}

  /** Stores a lane of a vector. */
  record StoreLane(StoreLaneOp op, Amode address, int src, int lane) implements X64Inst {}

  enum StoreLaneOp {
    PEXTRB("pextrb", VecUnaryOp.PEXTRB.opcode, true),
    PEXTRW("pextrw", VecUnaryOp.PEXTRW.opcode, true),
    PEXTRD("pextrd", VecUnaryOp.PEXTRD.opcode, true),
    /** The upper half: lane 1. */
    MOVHPS("movhps", Opcodes.NP | Opcodes.M0F | 0x17, false);

    public final String text;
    public final int opcode;
    public final boolean hasImmediate;

    StoreLaneOp(String text, int opcode, boolean hasImmediate) {
      this.text = text;
      this.opcode = opcode;
      this.hasImmediate = hasImmediate;
    }
  }

  /** Sequences of two floats, the first of which becomes the result. */
  record FloatPair(PairOp op, boolean wide, int dst, int left, int right) implements X64Inst {}

  enum PairOp {
    MIN("fmin"),
    MAX("fmax"),
    COPYSIGN("fcopysign");

    public final String text;

    PairOp(String text) {
      this.text = text;
    }
  }

  /**
   * Float to integer.
   *
   * @param fromDouble F64, otherwise F32
   * @param tmp for U32, else -1
   * @param trap code for NaN, the next one for out of range; 0: saturate
   */
  record Truncate(TruncOp op, boolean fromDouble, int dst, int src, int tmp, int trap)
      implements X64Inst {}

  enum TruncOp {
    S32("trunc.s32"),
    U32("trunc.u32"),
    S64("trunc.s64"),
    U64("trunc.u64");

    public final String text;

    TruncOp(String text) {
      this.text = text;
    }

    boolean signed() {
      return this == S32 || this == S64;
    }

    public boolean wide() {
      return this == S64 || this == U64;
    }
  }

  /**
   * Sequences of one value, for what the baseline has no instruction; {@code tmp} -1 when not
   * needed.
   */
  record Sequence(SequenceOp op, int dst, int src, int tmp) implements X64Inst {}

  enum SequenceOp {
    CLZ32("clz32"),
    CLZ64("clz64"),
    CTZ32("ctz32"),
    CTZ64("ctz64"),
    U64_TO_F32("u64.to.f32"),
    U64_TO_F64("u64.to.f64"),

    // AVX-512.
    VCVTUSI2SS("vcvtusi2ss"),
    VCVTUSI2SD("vcvtusi2sd");

    public final String text;

    SequenceOp(String text) {
      this.text = text;
    }
  }
}
