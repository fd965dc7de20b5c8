package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import java.util.Arrays;

/** Copies of another function's instructions in {@code function}, one body at a time. */
public final class InstCopies {
  private final Function function;

  /** By instruction of the other function: what stands for it here. */
  private Inst[] copies = new Inst[0];

  public InstCopies(Function function) {
    this.function = function;
  }

  /** Starts with a function of {@code instCount} instructions. */
  public void start(int instCount) {
    if (copies.length < instCount) {
      copies = Arrays.copyOf(copies, Math.max(instCount, copies.length * 2));
    }
  }

  /** {@code copy} stands for {@code original} here. */
  public void put(Inst original, Inst copy) {
    copies[original.id] = copy;
  }

  /** A copy of {@code inst} without its targets, in no block yet. */
  public Inst copy(Inst inst) {
    Inst copy = function.newCopy(inst, of(inst.args));
    copies[inst.id] = copy;
    return copy;
  }

  public Inst[] of(Inst[] values) {
    if (values.length == 0) {
      return values;
    }
    Inst[] result = new Inst[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = copies[values[i].id];
    }
    return result;
  }
}
