package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.assembler.x64.Cond;
import dev.tazza.assembler.x64.Encoder;
import dev.tazza.assembler.x64.Opcodes;
import dev.tazza.assembler.x64.Place;
import dev.tazza.codegen.isa.x64.inst.Abi;
import dev.tazza.codegen.isa.x64.inst.Source.Pool;
import dev.tazza.codegen.isa.x64.inst.SseOp;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.FloatPair;
import dev.tazza.codegen.isa.x64.inst.X64Inst.PairOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Sequence;
import dev.tazza.codegen.isa.x64.inst.X64Inst.SequenceOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Sse;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Truncate;
import dev.tazza.codegen.machine.PReg;

/**
 * Writes float arithmetic and the sequences for what the opcodes define and the processor does not.
 */
final class FloatEmitter {
  private static final int SCRATCH = PReg.encoding(Abi.SCRATCH);
  private static final int SHR_DIGIT = 5;
  private static final int SHIFT_ONE = 0xd1;
  private static final int OR_DIGIT = 1;
  private static final int XOR_DIGIT = 6;
  private static final int CMP_DIGIT = 7;
  private static final int BT_IMM = Opcodes.M0F | 0xba;
  private static final int BTC_DIGIT = 7;
  private static final int BSF = Opcodes.M0F | 0xbc;
  private static final int BSR = Opcodes.M0F | 0xbd;
  private static final int VCVTUSI2SS = Opcodes.PF3 | Opcodes.M0F | 0x7b;
  private static final int VCVTUSI2SD = Opcodes.PF2 | Opcodes.M0F | 0x7b;

  private static final float TWO63F = 0x1p63f;

  private static final double TWO63 = 0x1p63;

  private final X64Emission emission;
  private final Encoder encoder;
  private final CodeBuffer out;
  private final FlagEmitter flags;
  private final Moves moves;
  private final Place place = new Place();

  FloatEmitter(X64Emission emission, FlagEmitter flags, Moves moves) {
    this.emission = emission;
    this.flags = flags;
    this.moves = moves;
    encoder = emission.encoder;
    out = emission.out;
  }

  /** Zero in a float register. */
  void clear(int register) {
    encoder.encode(SseOp.XORPS.opcode, 0, register, place.register(register));
  }

  void sse(Sse sse) {
    int left = emission.nextRegister();
    Place right = emission.place(sse.right(), place);
    if (sse.avx()) {
      emission.mayFault(right);
      encoder.vex(sse.op().opcode, 0, emission.result(), left, right);
    } else {
      emission.encode(sse.op().opcode, 0, left, right);
    }
  }

  private void sse(SseOp op, int left, int right) {
    encoder.encode(op.opcode, 0, left, place.register(right));
  }

  private void sse(SseOp op, int left, Pool right) {
    encoder.encode(op.opcode, 0, left, place.label(emission.label(right)));
  }

  void pair(FloatPair pair) {
    int left = emission.nextRegister();
    int right = emission.nextRegister();
    if (pair.op() == PairOp.COPYSIGN) {
      copySign(pair.wide(), left, right);
    } else {
      minMax(pair.op() == PairOp.MIN, pair.wide(), left, right);
    }
  }

  private void copySign(boolean wide, int left, int right) {
    moves.moveFloat(SCRATCH, right);
    sse(SseOp.ANDPS, SCRATCH, Pool.signMask(wide));
    sse(SseOp.ANDPS, left, Pool.magnitudeMask(wide));
    sse(SseOp.ORPS, left, SCRATCH);
  }

  /**
   * minsd and maxsd give the second operand when one is NaN or both are zeros; those cases (the
   * compare says "equal") go out of line: a NaN comes out of an addition, for zeros the signs are
   * merged.
   */
  private void minMax(boolean min, boolean wide, int left, int right) {
    int done = out.newLabel();
    flags.compareFloats(wide, left, right);
    int equal =
        emission.outOfLine(() -> {
          int nan = out.newLabel();
          out.jump(Cond.P.code, nan);
          sse(min ? SseOp.ORPS : SseOp.ANDPS, left, right);
          out.jump(done);
          out.bind(nan);
          sse(wide ? SseOp.ADDSD : SseOp.ADDSS, left, right);
          out.jump(done);
        });
    out.jump(Cond.E.code, equal);
    SseOp op;
    if (min) {
      op = wide ? SseOp.MINSD : SseOp.MINSS;
    } else {
      op = wide ? SseOp.MAXSD : SseOp.MAXSS;
    }
    sse(op, left, right);
    out.bind(done);
  }

  void truncate(Truncate truncate) {
    int src = emission.nextRegister();
    switch (truncate.op()) {
      case S32, S64 -> truncateSigned(truncate, emission.result(), src);
      case U32 -> truncateU32(truncate, src, emission.nextRegister(), emission.result());
      case U64 -> truncateU64(truncate, emission.result(), src);
    }
  }

  private void convert(boolean fromDouble, boolean wide, int dst, int src) {
    UnaryOp op;
    if (wide) {
      op = fromDouble ? UnaryOp.CVTTSD2SI64 : UnaryOp.CVTTSS2SI64;
    } else {
      op = fromDouble ? UnaryOp.CVTTSD2SI32 : UnaryOp.CVTTSS2SI32;
    }
    encoder.encode(op.opcode, op.wide() ? Encoder.W : 0, dst, place.register(src));
  }

  /**
   * The conversion gives the least integer for all that does not fit; that one is looked at out of
   * line.
   */
  private void truncateSigned(Truncate truncate, int dst, int src) {
    boolean wide = truncate.op().wide();
    boolean fromDouble = truncate.fromDouble();
    int done = out.newLabel();
    convert(fromDouble, wide, dst, src);
    encoder.aluImm(CMP_DIGIT, wide ? 8 : 4, place.register(dst), 1);
    int least =
        emission.outOfLine(() -> {
          if (truncate.trap() == 0) {
            saturateSigned(truncate, dst, src, done);
          } else {
            trapUnlessLeast(truncate, src, done);
          }
        });
    out.jump(Cond.O.code, least);
    out.bind(done);
  }

  private void saturateSigned(Truncate truncate, int dst, int src, int done) {
    int number = out.newLabel();
    flags.compareFloats(truncate.fromDouble(), src, src);
    out.jump(Cond.NP.code, number);
    moves.zero(dst);
    out.jump(done);
    out.bind(number);
    clear(SCRATCH);
    flags.compareFloats(truncate.fromDouble(), src, SCRATCH);
    out.jump(Cond.B.code, done);
    encoder.moveImm(dst, truncate.op().wide() ? Long.MAX_VALUE : Integer.MAX_VALUE);
    out.jump(done);
  }

  /** Falls to a trap unless the source truncates to the least integer. */
  private void trapUnlessLeast(Truncate truncate, int src, int done) {
    boolean fromDouble = truncate.fromDouble();
    int nan = out.newLabel();
    int outside = out.newLabel();
    flags.compareFloats(fromDouble, src, src);
    out.jump(Cond.P.code, nan);
    boolean strict = false;
    Pool bound;
    if (truncate.op().wide()) {
      bound = fromDouble ? f64(-TWO63) : f32(-TWO63F);
    } else if (fromDouble) {
      // The doubles between this and -2^31 truncate to it.
      bound = f64(-0x1p31 - 1);
      strict = true;
    } else {
      bound = f32(-0x1p31f);
    }
    flags.compareFloats(fromDouble, src, place.label(emission.label(bound)));
    out.jump((strict ? Cond.BE : Cond.B).code, outside);
    clear(SCRATCH);
    flags.compareFloats(fromDouble, src, SCRATCH);
    out.jump(Cond.B.code, done);
    out.bind(outside);
    emission.trap(truncate.trap() + 1);
    out.bind(nan);
    emission.trap(truncate.trap());
  }

  private static Pool f32(float value) {
    return Pool.f32(Float.floatToRawIntBits(value));
  }

  private static Pool f64(double value) {
    return Pool.f64(Double.doubleToRawLongBits(value));
  }

  private void trapByNan(Truncate truncate, int src) {
    int nan = out.newLabel();
    flags.compareFloats(truncate.fromDouble(), src, src);
    out.jump(Cond.P.code, nan);
    emission.trap(truncate.trap() + 1);
    out.bind(nan);
    emission.trap(truncate.trap());
  }

  /** Through 64 bits: what does not fit into the low half is out of range. */
  private void truncateU32(Truncate truncate, int src, int tmp, int dst) {
    int done = out.newLabel();
    convert(truncate.fromDouble(), true, dst, src);
    encoder.encode(UnaryOp.MOV32.opcode, 0, tmp, place.register(dst));
    encoder.encode(FlagEmitter.CMP, Encoder.W, tmp, place.register(dst));
    int outside =
        emission.outOfLine(() -> {
          if (truncate.trap() != 0) {
            trapByNan(truncate, src);
            return;
          }
          clear(SCRATCH);
          flags.compareFloats(truncate.fromDouble(), src, SCRATCH);
          encoder.moveImm(dst, 0);
          out.jump(Cond.BE.code, done);
          encoder.moveImm(dst, 0xffff_ffffL);
          out.jump(done);
        });
    out.jump(Cond.NE.code, outside);
    out.bind(done);
  }

  /** Below 2^63 as signed, from there on less 2^63 as signed. */
  private void truncateU64(Truncate truncate, int dst, int src) {
    boolean fromDouble = truncate.fromDouble();
    Pool two63 = fromDouble ? f64(TWO63) : f32(TWO63F);
    int done = out.newLabel();
    flags.compareFloats(fromDouble, src, place.label(emission.label(two63)));
    int large = emission.outOfLine(() -> truncateLarge(truncate, dst, src, two63, done));
    out.jump(Cond.AE.code, large);
    convert(fromDouble, true, dst, src);
    flags.testWide(dst);
    int outside =
        emission.outOfLine(() -> {
          if (truncate.trap() != 0) {
            trapByNan(truncate, src);
          } else {
            moves.zero(dst);
            out.jump(done);
          }
        });
    out.jump(Cond.S.code, outside);
    out.bind(done);
  }

  private void truncateLarge(Truncate truncate, int dst, int src, Pool two63, int done) {
    int outside = out.newLabel();
    moves.moveFloat(SCRATCH, src);
    sse(truncate.fromDouble() ? SseOp.SUBSD : SseOp.SUBSS, SCRATCH, two63);
    convert(truncate.fromDouble(), true, dst, SCRATCH);
    flags.testWide(dst);
    out.jump(Cond.S.code, outside);
    encoder.encode(BT_IMM, Encoder.W, BTC_DIGIT, place.register(dst), 1);
    out.byte1(63);
    out.jump(done);
    out.bind(outside);
    if (truncate.trap() != 0) {
      emission.trap(truncate.trap() + 1);
    } else {
      encoder.moveImm(dst, -1);
      out.jump(done);
    }
  }

  void sequence(Sequence sequence) {
    int src = emission.nextRegister();
    switch (sequence.op()) {
      case CLZ32, CLZ64, CTZ32, CTZ64 -> bitScan(sequence.op(), emission.result(), src);
      case U64_TO_F32, U64_TO_F64 ->
          fromU64(
              sequence.op() == SequenceOp.U64_TO_F64,
              src,
              emission.nextRegister(),
              emission.result());
      case VCVTUSI2SS -> fromUnsigned(VCVTUSI2SS, src, emission.result());
      case VCVTUSI2SD -> fromUnsigned(VCVTUSI2SD, src, emission.result());
    }
  }

  /** The lanes above the result come from a register: its own, of which nothing is waited for. */
  private void fromUnsigned(int opcode, int src, int dst) {
    clear(dst);
    encoder.evex(opcode, Encoder.W, dst, dst, place.register(src));
  }

  /** bsr and bsf leave the result undefined for zero. */
  private void bitScan(SequenceOp op, int dst, int src) {
    boolean wide = op == SequenceOp.CLZ64 || op == SequenceOp.CTZ64;
    boolean leading = op == SequenceOp.CLZ32 || op == SequenceOp.CLZ64;
    int bits = wide ? 64 : 32;
    int found = out.newLabel();
    encoder.encode(leading ? BSR : BSF, wide ? Encoder.W : 0, dst, place.register(src));
    out.jump(Cond.NE.code, found);
    encoder.moveImm(dst, leading ? 2 * bits - 1 : bits);
    out.bind(found);
    if (leading) {
      encoder.aluImm(XOR_DIGIT, 4, place.register(dst), bits - 1);
    }
  }

  /**
   * From 2^63 on: half of it, the lost bit kept sticky so that the rounding is right, then doubled.
   */
  private void fromU64(boolean toDouble, int src, int tmp, int dst) {
    UnaryOp op = toDouble ? UnaryOp.CVTSI2SD64 : UnaryOp.CVTSI2SS64;
    int done = out.newLabel();
    clear(dst);
    flags.testWide(src);
    int large =
        emission.outOfLine(() -> {
          int even = out.newLabel();
          encoder.encode(UnaryOp.MOV64.opcode, Encoder.W, tmp, place.register(src));
          encoder.encode(SHIFT_ONE, Encoder.W, SHR_DIGIT, place.register(tmp));
          out.jump(Cond.AE.code, even);
          encoder.aluImm(OR_DIGIT, 8, place.register(tmp), 1);
          out.bind(even);
          encoder.encode(op.opcode, Encoder.W, dst, place.register(tmp));
          sse(toDouble ? SseOp.ADDSD : SseOp.ADDSS, dst, dst);
          out.jump(done);
        });
    out.jump(Cond.S.code, large);
    encoder.encode(op.opcode, Encoder.W, dst, place.register(src));
    out.bind(done);
  }
}
