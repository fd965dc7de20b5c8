package dev.tazza.codegen.machine;

import java.util.ArrayList;
import java.util.List;

/**
 * What debuggers are to be told of a client's variables, while a function is machine instructions:
 * at which instructions a variable becomes another value. Ordered by instruction.
 */
public final class Labels {
  /** In place of a virtual register: nobody knows. */
  public static final int UNKNOWN = -1;

  /** In place of a virtual register: it is a constant. */
  public static final int CONSTANT = -2;

  /**
   * Before instruction {@code inst}, the variable becomes what {@code vreg} holds.
   *
   * @param position where in the source it does
   * @param vreg or {@link #UNKNOWN}, {@link #CONSTANT}
   * @param bits of the constant
   * @param base another virtual register, or -1, that is less by {@code offset}
   */
  public record Label(
      int inst, int variable, int position, int vreg, long bits, int base, int offset) {
    /** The same before another instruction. */
    public Label at(int otherInst) {
      return new Label(otherInst, variable, position, vreg, bits, base, offset);
    }

    /** Whether it says anything. */
    public boolean isKnown() {
      return vreg != UNKNOWN || base >= 0;
    }

    /** Whether both say the same of a variable. */
    public boolean isSame(Label other) {
      return variable == other.variable
          && position == other.position
          && vreg == other.vreg
          && bits == other.bits
          && base == other.base
          && offset == other.offset;
    }
  }

  private final List<Label> labels = new ArrayList<>();

  /** Whether one of them is true of an instruction. */
  @FunctionalInterface
  public interface Scope {
    /**
     * Whether a label says what its variable is at an instruction from {@code position} of the
     * source; -1: from nowhere.
     */
    boolean holds(Label label, int position);
  }

  /** What code was moved to where a label does not speak of it. */
  public Scope scope = (_, _) -> true;

  /** Adds one at or behind the last. */
  public void add(Label label) {
    labels.add(label);
  }

  public int count() {
    return labels.size();
  }

  public Label get(int index) {
    return labels.get(index);
  }
}
