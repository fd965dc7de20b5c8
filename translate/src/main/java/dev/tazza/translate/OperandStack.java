package dev.tazza.translate;

import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import java.util.Arrays;

/**
 * The values of the operand stack during translation. Validation has proved that it never
 * underflows.
 */
final class OperandStack {
  private Inst[] values = new Inst[16];
  private int size;

  int size() {
    return size;
  }

  void push(Inst value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  Inst pop() {
    return values[--size];
  }

  /** Replaces the top. */
  void setTop(Inst value) {
    values[size - 1] = value;
  }

  Inst top() {
    return values[size - 1];
  }

  /** The topmost {@code count} values, the deepest first; they stay. */
  Inst[] top(int count) {
    return count == 0 ? Edge.NO_ARGS : Arrays.copyOfRange(values, size - count, size);
  }

  /** Drops all above {@code height}. */
  void truncate(int height) {
    size = height;
  }
}
