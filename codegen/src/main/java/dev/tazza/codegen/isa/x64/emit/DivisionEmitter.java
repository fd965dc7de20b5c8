package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.assembler.x64.Cond;
import dev.tazza.assembler.x64.Encoder;
import dev.tazza.assembler.x64.Place;
import dev.tazza.assembler.x64.Registers;
import dev.tazza.codegen.Settings.TrapCalls;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Div;

/**
 * Writes integer divisions. The processor faults when the divisor is zero, and for the least number
 * divided by -1: that is the trap, or it is looked for before where faults are none.
 */
final class DivisionEmitter {
  private static final int TEST = 0x85;
  private static final int CMP_DIGIT = 7;

  /** {@code cdq}, with a prefix {@code cqo}: the dividend's sign to rdx. */
  private static final int EXTEND_SIGN = 0x99;

  private static final int REX_W = 0x48;
  private static final int GROUP3 = 0xf7;
  private static final int NEG_DIGIT = 3;
  private static final int DIV_DIGIT = 6;
  private static final int IDIV_DIGIT = 7;

  private final X64Emission emission;
  private final Encoder encoder;
  private final CodeBuffer out;
  private final Moves moves;
  private final Place place = new Place();

  DivisionEmitter(X64Emission emission, Moves moves) {
    this.emission = emission;
    this.moves = moves;
    encoder = emission.encoder;
    out = emission.out;
  }

  void div(Div div) {
    emission.nextRegister(); // rax
    int divisor = emission.nextRegister();
    int done = -1;
    TrapCalls calls = emission.trapCalls;
    if (calls != null && div.trap() != 0) {
      jumpIfZero(div, divisor, calls);
      if (div.op().signed) {
        done = jumpIfMinusOne(div, divisor, calls);
      }
    } else if (div.op().guarded) {
      done = remainderByMinusOne(div, divisor);
    }
    if (div.op().signed) {
      if (div.op().wide) {
        out.byte1(REX_W);
      }
      out.byte1(EXTEND_SIGN);
    } else {
      moves.zero(Registers.RDX);
    }
    if (calls == null && div.trap() != 0) {
      emission.traps(div.trap());
    }
    encoder.encode(
        GROUP3, width(div), div.op().signed ? IDIV_DIGIT : DIV_DIGIT, place.register(divisor));
    if (done >= 0) {
      out.bind(done);
    }
  }

  private static int width(Div div) {
    return div.op().wide ? Encoder.W : 0;
  }

  private void compareWithMinusOne(Div div, int divisor) {
    encoder.aluImm(CMP_DIGIT, div.op().wide ? 8 : 4, place.register(divisor), -1);
  }

  /** The remainder by -1 is 0, also where the quotient would not fit. Gives where to go on. */
  private int remainderByMinusOne(Div div, int divisor) {
    int done = out.newLabel();
    int divide = out.newLabel();
    compareWithMinusOne(div, divisor);
    out.jump(Cond.NE.code, divide);
    moves.zero(Registers.RDX);
    out.jump(done);
    out.bind(divide);
    return done;
  }

  /** The sandbox verifier knows this and what follows by its form. */
  private void jumpIfZero(Div div, int divisor, TrapCalls calls) {
    encoder.encode(TEST, width(div), divisor, place.register(divisor));
    out.jump(Cond.E.code, emission.trapLabel(withCode(div, calls.divisionByZero())));
  }

  /** Division by -1 out of line: the sign changes, or there is none. Gives where to go on. */
  private int jumpIfMinusOne(Div div, int divisor, TrapCalls calls) {
    int done = out.newLabel();
    compareWithMinusOne(div, divisor);
    int negate =
        emission.outOfLine(() -> {
          if (div.op().guarded) {
            moves.zero(Registers.RDX);
          } else {
            encoder.encode(GROUP3, width(div), NEG_DIGIT, place.register(Registers.RAX));
            out.jump(Cond.O.code, emission.trapLabel(withCode(div, calls.divisionOverflow())));
          }
          out.jump(done);
        });
    out.jump(Cond.E.code, negate);
    return done;
  }

  /** The entry for the table of traps with another trap code. */
  private static int withCode(Div div, int code) {
    return div.trap() >> Inst.FUEL_SHIFT << Inst.FUEL_SHIFT | code;
  }
}
