package dev.tazza.testkit.fuzz;

import dev.tazza.wasm.operator.Family;
import dev.tazza.wasm.operator.Immediate;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.TypeCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Atomic accesses, from the table of operators; waiting that ends at once, and notifying nobody. An
 * address is unaligned or outside of the memory now and then, but never both: engines do not agree
 * on which of them is said first.
 */
final class AtomicGenerator {
  /** By result: what gives it, and what gives nothing. */
  private static final List<Operator> I32 = operators(TypeCode.I32);

  private static final List<Operator> I64 = operators(TypeCode.I64);
  private static final List<Operator> STORES = operators(-1);

  private final ExpressionGenerator body;
  private final Random random;

  AtomicGenerator(ExpressionGenerator body) {
    this.body = body;
    random = body.random;
  }

  /** Whether the modules of a seed have any. */
  static boolean areIn(long seed) {
    return (seed >> 3 & 3) == 2;
  }

  /** What follows the size of the memory in the modules of a seed: half of them share it. */
  static String sharing(long seed) {
    return areIn(seed) && (seed >> 5 & 1) == 0 ? " shared" : "";
  }

  /** Operators with one result of this type code, or with none for -1. */
  private static List<Operator> operators(int result) {
    List<Operator> found = new ArrayList<>();
    for (Operator operator : Operator.values()) {
      int given = operator.resultCount() == 0 ? -1 : operator.result(0);
      if (operator.family() == Family.ATOMIC && given == result) {
        found.add(operator);
      }
    }
    return found;
  }

  /** Leaves a value on the stack. */
  void value(NumType wanted) {
    operation(ExpressionGenerator.pick(random, wanted == NumType.I32 ? I32 : I64));
  }

  /** Leaves nothing. */
  void statement() {
    switch (random.nextInt(3)) {
      case 0 -> operation(ExpressionGenerator.pick(random, STORES));
      case 1 -> {
        value(NumType.I32);
        body.line("drop");
      }
      default -> {
        value(NumType.I64);
        body.line("drop");
      }
    }
  }

  private void operation(Operator operator) {
    if (operator.immediate() != Immediate.MEMARG) {
      body.line(operator.mnemonic());
      return;
    }
    boolean isUnaligned = body.chance(2);
    body.expression(NumType.I32);
    if (isUnaligned) {
      body.line("i32.const 0xff");
      body.line("i32.and");
    } else {
      body.line("i32.const %d", body.chance(3) ? -8 : body.chance(50) ? 0x38 : 0x7ff8);
      body.line("i32.and");
    }
    for (int i = 1; i < operator.paramCount(); i++) {
      operand(operator, i);
    }
    int offset = 8 * random.nextInt(!isUnaligned && body.chance(3) ? 9000 : 8);
    body.line("%s offset=%d", operator.mnemonic(), offset + (isUnaligned ? 1 : 0));
  }

  private void operand(Operator operator, int index) {
    NumType type = operator.param(index) == TypeCode.I32 ? NumType.I32 : NumType.I64;
    boolean isTime = operator.mnemonic().contains("wait") && index == operator.paramCount() - 1;
    if (isTime) {
      body.line("i64.const 0");
    } else if (body.chance(40)) {
      body.line("%s.const %d", Vocabulary.text(type), random.nextInt(-2, 3));
    } else {
      body.expression(type);
    }
  }
}
