package dev.tazza.translate;

import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.operator.OperatorCost;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the operators of a function cost while they are translated, and has it charged where
 * control flow parts or others look. What traps in between is told how much has been counted.
 *
 * <p>The guest has to have the fuel where it might run for ever: at calls, branches back to the
 * start of a loop, and where many bytes or elements are copied at once. So it stops at one of these
 * operators, whatever becomes of the code, with that operator's own cost charged.
 */
final class FuelMeter {
  /** What is charged later has to fit into the tables of traps. */
  private static final int MOST = 1 << 20;

  private final @Nullable OperatorCost costs;
  private final Builder builder;
  private int pending;

  /**
   * @param costs null: nothing costs anything, and nothing is charged
   */
  FuelMeter(@Nullable OperatorCost costs, Builder builder) {
    this.costs = costs;
    this.builder = builder;
  }

  /** Whether anything costs anything. */
  boolean isMetered() {
    return costs != null;
  }

  /** {@code operator} is about to be translated. */
  void count(Operator operator) {
    if (costs == null) {
      return;
    }
    pending += costs.of(operator);
    if (pending > MOST) {
      settle(false);
    }
    builder.setFuel(pending);
  }

  /**
   * Charges what has been counted.
   *
   * @param checked whether the guest has to have that much
   */
  void settle(boolean checked) {
    if (costs != null && (checked || pending != 0)) {
      builder.charge(pending, checked ? TrapCode.OUT_OF_FUEL.code() : 0);
    }
    forget();
  }

  /** The same, checked, with what {@code bytes} bytes cost that are copied at once. */
  void settleBytes(Inst bytes) {
    settleMany(bytes, costs == null ? 0 : costs.perByte());
  }

  /** The same with {@code elements} elements of tables. */
  void settleElements(Inst elements) {
    settleMany(elements, costs == null ? 0 : costs.perElement());
  }

  private void settleMany(Inst count, int each) {
    if (each == 0) {
      return;
    }
    Inst wide = count.type == Type.I64 ? count : builder.unary(Opcode.UEXTEND, Type.I64, count);
    Inst cost = each == 1 ? wide : builder.binary(Opcode.MUL, Type.I64, wide, builder.i64(each));
    builder.charge(pending, TrapCode.OUT_OF_FUEL.code(), cost);
    forget();
  }

  /** The guest traps at this point in any case. */
  void forget() {
    pending = 0;
    builder.setFuel(0);
  }
}
