package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.opt.edit.BlockParams;
import dev.tazza.codegen.opt.edit.Replacements;
import java.util.Arrays;
import java.util.List;

/**
 * Elimination of redundant phis: replaces block parameters that get one and the same value on all
 * edges, or themselves. For the reducible graphs of structured programs that leaves minimal SSA
 * form (M. Braun et al., "Simple and efficient construction of static single assignment form",
 * 2013).
 *
 * <p>Requires nothing. Preserves all analyses. Invalidates nothing.
 */
public final class RemoveRedundantParams {
  private static final boolean[] EVERYWHERE = {};

  private final ControlFlow flow;
  private final Replacements replacements;

  /** By number of a block: whether it loses parameters. */
  private final boolean[] loses;

  /**
   * By instruction id: where in {@link #users} the newest of those is that are to be looked at
   * again when the parameter is replaced, 0 for none.
   */
  private final int[] lastUser;

  /** Parameters that watch others; the first is not used. */
  private Inst[] users = new Inst[64];

  /** By index in {@link #users}: the one before that watches the same. */
  private int[] previousUser = new int[64];

  private int userCount = 1;

  private RemoveRedundantParams(Analyses analyses) {
    flow = analyses.controlFlow();
    replacements = new Replacements(analyses.function());
    loses = new boolean[flow.size()];
    lastUser = new int[analyses.function().instCount()];
  }

  public static void run(Analyses analyses) {
    run(analyses, EVERYWHERE);
  }

  /**
   * The same, faster where it is mostly parameters of some blocks that are redundant.
   *
   * @param uses by block id: the blocks that may use what parameters of these blocks give; all with
   *     greater ids are among them
   */
  static void run(Analyses analyses, boolean[] uses) {
    new RemoveRedundantParams(analyses).removeAll(uses);
  }

  private void removeAll(boolean[] uses) {
    Inst[] replaced = new Inst[16];
    int size = 0;
    for (int i = 1; i < flow.size(); i++) {
      List<Inst> params = flow.block(i).params;
      for (int k = 0; k < params.size(); k++) {
        Inst param = params.get(k);
        if (replace(param, i)) {
          if (size == replaced.length) {
            replaced = Arrays.copyOf(replaced, size * 2);
          }
          replaced[size++] = param;
        }
      }
    }
    // What was looked at before its argument was replaced may have one value now.
    while (size > 0) {
      int user = lastUser[replaced[--size].id];
      for (; user != 0; user = previousUser[user]) {
        Inst param = users[user];
        Block block = param.block;
        if (block != null && replace(param, flow.number(block))) {
          if (size == replaced.length) {
            replaced = Arrays.copyOf(replaced, size * 2);
          }
          replaced[size++] = param;
        }
      }
    }
    if (!replacements.isEmpty()) {
      boolean everywhere = false;
      for (int i = 1; i < loses.length; i++) {
        if (loses[i]) {
          BlockParams.remove(flow, i);
          everywhere |= !contains(uses, flow.block(i));
        }
      }
      for (int i = 0; i < loses.length; i++) {
        if (everywhere || contains(uses, flow.block(i))) {
          replacements.resolveIn(flow.block(i));
        }
      }
    }
  }

  private static boolean contains(boolean[] blocks, Block block) {
    return block.id >= blocks.length || blocks[block.id];
  }

  /**
   * Replaces {@code param} if all edges give it the same value. As long as there are two values
   * they do not, so only these are watched.
   */
  private boolean replace(Inst param, int number) {
    int position = (int) param.imm;
    Inst value = null;
    for (int i = flow.predStart(number); i < flow.predEnd(number); i++) {
      Inst arg = replacements.resolve(flow.predEdge(i).args[position]);
      if (arg != param && arg != value) {
        if (value != null) {
          watch(value, param);
          watch(arg, param);
          return false;
        }
        value = arg;
      }
    }
    if (value == null) {
      return false;
    }
    replacements.replace(param, value);
    param.block = null;
    loses[number] = true;
    return true;
  }

  private void watch(Inst value, Inst user) {
    if (value.op != Opcode.PARAM) {
      return;
    }
    if (userCount == users.length) {
      users = Arrays.copyOf(users, userCount * 2);
      previousUser = Arrays.copyOf(previousUser, userCount * 2);
    }
    users[userCount] = user;
    previousUser[userCount] = lastUser[value.id];
    lastUser[value.id] = userCount++;
  }
}
