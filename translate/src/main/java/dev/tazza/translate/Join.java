package dev.tazza.translate;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Type;
import java.util.Arrays;

/**
 * A block that is not simply the next one: the end of a construct, an else part, or a loop header.
 * It has the ways in, each with its moment ({@link LocalVariables}), and the locals for which it
 * got a parameter, with a value for each way. Their parameters follow those of the operand stack.
 */
final class Join {
  private static final int[] NO_INTS = {};
  private static final Inst[][] NO_ARGS = {};

  final Block block;

  /** Whether it is a loop header: ways into it are added while its parameters are in use. */
  final boolean isLoop;

  private Edge[] edges = new Edge[2];
  private int[] moments = new int[2];
  private int edgeCount;
  private int firstMoment = Integer.MAX_VALUE;

  /** Of a loop header, by edge: how many parameters it has a value for. */
  private int[] filled = NO_INTS;

  private int[] locals = NO_INTS;

  /** By parameter for a local, and by edge. */
  private Inst[][] args = NO_ARGS;

  private int paramCount;

  Join(Block block, boolean isLoop) {
    this.block = block;
    this.isLoop = isLoop;
  }

  /** Adds a way in and returns its number. */
  int add(Edge edge, int moment) {
    if (edgeCount == edges.length) {
      edges = Arrays.copyOf(edges, edgeCount * 2);
      moments = Arrays.copyOf(moments, edgeCount * 2);
    }
    edges[edgeCount] = edge;
    moments[edgeCount] = moment;
    firstMoment = Math.min(firstMoment, moment);
    return edgeCount++;
  }

  int edgeCount() {
    return edgeCount;
  }

  int moment(int edge) {
    return moments[edge];
  }

  /** The moment of the way that was left first. */
  int firstMoment() {
    return firstMoment;
  }

  int paramCount() {
    return paramCount;
  }

  /**
   * The local that parameter {@code param}, not counting those of the operand stack, stands for.
   */
  int local(int param) {
    return locals[param];
  }

  /**
   * Adds a parameter for {@code local}.
   *
   * @param values what it is given, by edge; of a loop header still to be found ({@link #fill})
   */
  Inst addParam(int local, Type type, Inst[] values) {
    if (paramCount == locals.length) {
      int size = Math.max(4, paramCount * 2);
      locals = Arrays.copyOf(locals, size);
      args = Arrays.copyOf(args, size);
    }
    locals[paramCount] = local;
    args[paramCount++] = values;
    return block.addParam(type);
  }

  /** Of a loop header: the first parameter that {@code edge} has no value for. */
  int unfilled(int edge) {
    return edge < filled.length ? filled[edge] : 0;
  }

  /** Of a loop header: what {@code edge} gives to the first parameter that it has no value for. */
  void fill(int edge, Inst value) {
    if (edge >= filled.length) {
      filled = Arrays.copyOf(filled, edges.length);
    }
    int param = filled[edge]++;
    if (edge >= args[param].length) {
      args[param] = Arrays.copyOf(args[param], edges.length);
    }
    args[param][edge] = value;
  }

  /** Gives the edges the arguments for the locals' parameters; tells how many these are in all. */
  int finish() {
    for (int edge = 0; edge < edgeCount; edge++) {
      Inst[] operands = edges[edge].args;
      Inst[] all = Arrays.copyOf(operands, operands.length + paramCount);
      for (int param = 0; param < paramCount; param++) {
        all[operands.length + param] = args[param][edge];
      }
      edges[edge].args = all;
    }
    return edgeCount * paramCount;
  }
}
