package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Replaces block parameters that get one and the same value on all edges, or themselves. For the
 * reducible graphs of structured programs that leaves minimal SSA form (M. Braun et al., "Simple
 * and efficient construction of static single assignment form", 2013).
 *
 * <p>Requires nothing. Preserves all analyses. Invalidates nothing.
 */
public final class RemoveRedundantParams {
  private final ControlFlow flow;
  private final Analyses analyses;
  private final Replacements replacements;

  /**
   * For each parameter, by id, the range in {@link #users} of the parameters that it is an argument
   * for.
   */
  private final int[] userStart;

  private final Inst[] users;

  private RemoveRedundantParams(Analyses analyses) {
    this.analyses = analyses;
    flow = analyses.controlFlow();
    replacements = new Replacements(analyses.function());
    userStart = new int[analyses.function().instCount() + 2];
    users = collectUsers();
  }

  public static void run(Analyses analyses) {
    new RemoveRedundantParams(analyses).run();
  }

  private Inst[] collectUsers() {
    for (int pass = 0; ; pass++) {
      Inst[] found = pass == 0 ? new Inst[0] : new Inst[userStart[userStart.length - 1]];
      for (int i = 0; i < flow.size(); i++) {
        for (Edge edge : flow.block(i).successors()) {
          collectUsers(edge, found, pass);
        }
      }
      if (pass == 1) {
        return found;
      }
      // Counts become ends; filling moves them down to the starts.
      for (int i = 1; i < userStart.length; i++) {
        userStart[i] += userStart[i - 1];
      }
    }
  }

  private void collectUsers(Edge edge, Inst[] found, int pass) {
    for (int k = 0; k < edge.args.length; k++) {
      Inst arg = edge.args[k];
      if (arg.op == Opcode.PARAM) {
        if (pass == 0) {
          userStart[arg.id]++;
        } else {
          found[--userStart[arg.id]] = edge.target.params.get(k);
        }
      }
    }
  }

  private void run() {
    Inst[] work = new Inst[16];
    int size = 0;
    for (int i = flow.size() - 1; i > 0; i--) {
      for (Inst param : flow.block(i).params) {
        if (size == work.length) {
          work = Arrays.copyOf(work, size * 2);
        }
        work[size++] = param;
      }
    }
    while (size > 0) {
      Inst param = work[--size];
      Inst value = replacements.isReplaced(param) ? null : onlyValue(param);
      if (value == null) {
        continue;
      }
      replacements.replace(param, value);
      for (int i = userStart[param.id]; i < userStart[param.id + 1]; i++) {
        if (size == work.length) {
          work = Arrays.copyOf(work, size * 2);
        }
        work[size++] = users[i];
      }
    }
    if (!replacements.isEmpty()) {
      removeParams();
    }
  }

  /** The value that all edges give to {@code param}, or null when they differ. */
  private @Nullable Inst onlyValue(Inst param) {
    Block block = param.block;
    Inst value = null;
    int number = block == null ? -1 : flow.number(block);
    for (int i = flow.predStart(number); i < flow.predEnd(number); i++) {
      Inst arg = replacements.resolve(flow.predEdge(i).args[(int) param.imm]);
      if (arg != param) {
        if (value != null && arg != value) {
          return null;
        }
        value = arg;
      }
    }
    return value;
  }

  private void removeParams() {
    boolean[] remove = new boolean[analyses.function().instCount()];
    for (int i = 1; i < flow.size(); i++) {
      boolean any = false;
      for (Inst param : flow.block(i).params) {
        boolean replaced = replacements.isReplaced(param);
        remove[param.id] = replaced;
        any |= replaced;
      }
      if (any) {
        BlockParams.remove(flow, i, remove);
      }
    }
    replacements.resolveEverywhere(analyses);
  }
}
