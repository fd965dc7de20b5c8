package dev.tazza.codegen.opt.edit;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Copies instructions and blocks into a function, from itself or from another one. It remembers
 * what stands for each value that was copied; operands and arguments of later copies have that in
 * place of the original, and other values as they are.
 */
public final class BlockCloner {
  private final Function function;

  /** By instruction id of an original: what stands for it. */
  private @Nullable Inst[] copies = {};

  /** The ids of those originals. */
  private int[] known = new int[16];

  private int knownCount;

  public BlockCloner(Function function) {
    this.function = function;
  }

  /** Forgets all copies: what follows stands on its own. */
  public void clear() {
    for (int i = 0; i < knownCount; i++) {
      copies[known[i]] = null;
    }
    knownCount = 0;
  }

  /** {@code copy} stands for {@code original} from now on. */
  public void put(Inst original, Inst copy) {
    int id = original.id;
    if (id >= copies.length) {
      copies = Arrays.copyOf(copies, Math.max(id + 1, Math.max(64, copies.length * 2)));
    }
    if (copies[id] == null) {
      if (knownCount == known.length) {
        known = Arrays.copyOf(known, knownCount * 2);
      }
      known[knownCount++] = id;
    }
    copies[id] = copy;
  }

  /** {@code values[i]} stands for parameter {@code i} of {@code block}. */
  public void putParams(Block block, Inst[] values) {
    for (int i = 0; i < values.length; i++) {
      put(block.params.get(i), values[i]);
    }
  }

  /** What stands for {@code value}: its newest copy, or itself. */
  public Inst of(Inst value) {
    Inst copy = value.id < copies.length ? copies[value.id] : null;
    return copy == null ? value : copy;
  }

  /** The same for each of {@code values}. */
  public Inst[] of(Inst[] values) {
    if (values.length == 0) {
      return values;
    }
    Inst[] result = new Inst[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = of(values[i]);
    }
    return result;
  }

  /** An edge to the same block with what stands for the arguments. */
  public Edge of(Edge edge) {
    return new Edge(edge.target, of(edge.args));
  }

  /** A copy of {@code inst} without its targets, in no block yet. */
  public Inst copy(Inst inst) {
    Inst copy = function.newCopy(inst, of(inst.args));
    put(inst, copy);
    return copy;
  }

  /** A copy of the end of a block, which leads where the original does. */
  public Inst copyEnd(Inst end) {
    Inst copy = copy(end);
    copy.targets = new Edge[end.targets.length];
    for (int i = 0; i < copy.targets.length; i++) {
      copy.targets[i] = of(end.targets[i]);
    }
    return copy;
  }

  /** Gives {@code to} copies of the parameters of {@code from}. */
  public void copyParams(Block from, Block to) {
    for (Inst param : from.params) {
      put(param, to.addParam(param.type));
    }
  }

  /** Appends copies of the instructions of {@code from} without its end. */
  public void copyBody(Block from, Block to) {
    Inst end = from.last;
    for (Inst inst = from.first; inst != null && inst != end; inst = inst.next) {
      to.append(copy(inst));
    }
  }
}
