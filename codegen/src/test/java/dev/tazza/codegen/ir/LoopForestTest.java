package dev.tazza.codegen.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Loops and dominators of random graphs, of which many are irreducible, against definitions. */
class LoopForestTest {
  private static final int GRAPHS = 3000;

  @Test
  void agreesWithDefinitions() {
    int irreducible = 0;
    int nested = 0;
    for (int seed = 0; seed < GRAPHS; seed++) {
      Function function = randomFunction(new Random(seed));
      Analyses analyses = new Analyses(function);
      LoopForest loops = analyses.loops();
      ControlFlow flow = analyses.controlFlow();
      boolean[][] dominates = dominates(flow);
      for (int a = 0; a < flow.size(); a++) {
        for (int b = 0; b < flow.size(); b++) {
          assertEquals(dominates[a][b], analyses.dominators().dominates(a, b), "seed " + seed);
        }
      }
      int at = 0;
      for (int header = 0; header < flow.size(); header++) {
        boolean[] body = body(flow, dominates, header);
        if (body[header]) {
          assertEquals(header, loops.header(at), "seed " + seed);
          for (int block = 0; block < flow.size(); block++) {
            assertEquals(body[block], loops.contains(at, block), "seed " + seed);
            assertTrue(!body[block] || loops.mayUseLoopValues(block), "seed " + seed);
          }
          nested += loops.depth(at) > 1 ? 1 : 0;
          at++;
        }
        irreducible += isEnteredTwice(flow, dominates, header) ? 1 : 0;
      }
      assertEquals(at, loops.count(), "seed " + seed);
    }
    assertTrue(irreducible > GRAPHS / 10 && nested > GRAPHS / 10, irreducible + " " + nested);
  }

  private static Function randomFunction(Random random) {
    Function function =
        new Function("f", new Signature(List.of(Type.I32), List.of()), TestRegions.ALL);
    Builder builder = new Builder(function);
    int size = 2 + random.nextInt(12);
    for (int i = 0; i < size; i++) {
      function.newBlock();
    }
    Inst condition = function.entry().addParam(Type.I32);
    for (int i = 0; i < size; i++) {
      builder.switchTo(function.blocks.get(i));
      Edge next = new Edge(function.blocks.get(Math.min(i + 1, size - 1)));
      Edge other = new Edge(function.blocks.get(1 + random.nextInt(size - 1)));
      switch (i == size - 1 ? 3 : random.nextInt(4)) {
        case 0 -> builder.jump(next);
        case 1 -> builder.branch(condition, next, other);
        case 2 -> builder.branch(condition, other, next);
        default -> {
          if (random.nextBoolean()) {
            builder.ret();
          } else {
            builder.jump(other);
          }
        }
      }
    }
    return function;
  }

  /** {@code a} dominates {@code b} if that cannot be reached without it. */
  private static boolean[][] dominates(ControlFlow flow) {
    boolean[][] result = new boolean[flow.size()][flow.size()];
    for (int a = 0; a < flow.size(); a++) {
      boolean[] reached = new boolean[flow.size()];
      reached[0] = a != 0;
      for (int round = 0; round < flow.size(); round++) {
        for (int b = 1; b < flow.size(); b++) {
          for (int i = flow.predStart(b); i < flow.predEnd(b); i++) {
            reached[b] |= b != a && reached[flow.pred(i)];
          }
        }
      }
      for (int b = 0; b < flow.size(); b++) {
        result[a][b] = !reached[b];
      }
    }
    return result;
  }

  /** What reaches an edge back to {@code header} from a block that it dominates, without it. */
  private static boolean[] body(ControlFlow flow, boolean[][] dominates, int header) {
    boolean[] body = new boolean[flow.size()];
    for (int i = flow.predStart(header); i < flow.predEnd(header); i++) {
      if (dominates[header][flow.pred(i)]) {
        body[flow.pred(i)] = true;
        body[header] = true;
      }
    }
    for (int round = 0; round < flow.size(); round++) {
      for (int b = 0; b < flow.size(); b++) {
        for (int i = flow.predStart(b); i < flow.predEnd(b); i++) {
          body[flow.pred(i)] |= b != header && body[b] && dominates[header][flow.pred(i)];
        }
      }
    }
    return body;
  }

  private static boolean isEnteredTwice(ControlFlow flow, boolean[][] dominates, int block) {
    for (int i = flow.predStart(block); i < flow.predEnd(block); i++) {
      if (flow.pred(i) >= block && !dominates[block][flow.pred(i)]) {
        return true;
      }
    }
    return false;
  }
}
