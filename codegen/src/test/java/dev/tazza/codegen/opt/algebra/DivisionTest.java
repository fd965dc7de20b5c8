package dev.tazza.codegen.opt.algebra;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tazza.codegen.filetest.TestWorld;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Evaluator;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Interpreter;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Type;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Division and remainder by constants give what the division gives. */
final class DivisionTest {
  private static final Opcode[] OPS = {Opcode.DIV_S, Opcode.DIV_U, Opcode.REM_S, Opcode.REM_U};

  @Test
  void divisionByConstants() {
    SplittableRandom random = new SplittableRandom(42);
    for (Type type : List.of(Type.I32, Type.I64)) {
      for (Opcode op : OPS) {
        for (long divisor = -70; divisor <= 70; divisor++) {
          check(op, type, divisor, random);
        }
        for (int i = 0; i < 300; i++) {
          long wide = random.nextLong() >> random.nextInt(type.bits());
          long edge = (1L << random.nextInt(type.bits())) + random.nextInt(3) - 1;
          check(op, type, normalize(type, wide), random);
          check(op, type, normalize(type, edge), random);
          check(op, type, normalize(type, -edge), random);
        }
      }
    }
  }

  private static void check(Opcode op, Type type, long divisor, SplittableRandom random) {
    if (divisor == 0) {
      return;
    }
    Function function =
        new Function("divide", new Signature(List.of(type), List.of(type)), TestRegions.ALL);
    Builder builder = new Builder(function, Algebra.INSTANCE);
    builder.switchTo(builder.newBlock());
    Inst x = builder.block().addParam(type);
    Inst result = builder.divide(op, type, x, builder.iconst(type, divisor), 1);
    builder.ret(result);
    assertFalse(Evaluator.isDivision(result.op) && divisor != -1, () -> op + " by " + divisor);
    Interpreter interpreter = new Interpreter(new TestWorld(), Long.MAX_VALUE);
    for (int i = 0; i < 40; i++) {
      long value = i < 20 ? special(i, type, divisor) : random.nextLong() >> random.nextInt(64);
      value = normalize(type, value);
      if (Evaluator.traps(op, type, type, value, divisor) < 0) {
        long expected = Evaluator.eval(op, type, type, value, divisor);
        String message = value + " " + op + "." + type + " " + divisor;
        assertArrayEquals(new long[] {expected}, interpreter.run(function, value), message);
      }
    }
  }

  private static long special(int index, Type type, long divisor) {
    long minimum = -1L << type.bits() - 1;
    return switch (index) {
      case 0 -> 0;
      case 1 -> minimum;
      case 2 -> minimum + 1;
      case 3 -> -1 - minimum;
      case 4 -> -1;
      case 5 -> 1;
      default -> divisor * (index - 12) + (index & 1) - (index >> 1 & 1);
    };
  }

  private static long normalize(Type type, long value) {
    return type == Type.I32 ? (int) value : value;
  }
}
