package dev.tazza.codegen.opt;

import dev.tazza.codegen.Pass;
import dev.tazza.codegen.PassList;
import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.ir.Verifier;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Functions of extreme shapes and tens of thousands of blocks pass through all passes: no
 * recursion, nothing quadratic. The limit is some hundred times what they take.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class HugeFunctionTest {
  private static final int BLOCKS = 40_000;
  private static final MemoryAccess WORD = MemoryAccess.full(Type.I32, TestRegions.MEMORY);

  private final Function function =
      new Function(
          "huge", new Signature(List.of(Type.I64, Type.I32), List.of(Type.I32)), TestRegions.ALL);
  private final Builder builder = new Builder(function);
  private final Inst base;
  private final Inst number;

  HugeFunctionTest() {
    Block entry = builder.newBlock();
    base = entry.addParam(Type.I64);
    number = entry.addParam(Type.I32);
    builder.switchTo(entry);
  }

  /** Each block may leave for the one exit. */
  @Test
  void manyWaysToOneExit() {
    Block exit = builder.newBlock();
    Inst result = exit.addParam(Type.I32);
    Inst at = number;
    for (int i = 0; i < BLOCKS; i++) {
      Block next = builder.newBlock();
      at = builder.binary(Opcode.ADD, Type.I32, at, builder.load(Type.I32, WORD, base, i * 4L, 1));
      builder.branch(at, new Edge(exit, at), new Edge(next));
      builder.switchTo(next);
    }
    builder.jump(exit, at);
    builder.switchTo(exit);
    builder.ret(result);
    runPasses();
  }

  /** As from blocks nested in each other: exits that fall through from one to the next. */
  @Test
  void nestedExits() {
    int depth = BLOCKS / 2;
    Block[] exits = new Block[depth];
    for (int i = 0; i < depth; i++) {
      exits[i] = builder.newBlock();
    }
    for (int i = 0; i < depth; i++) {
      Block next = builder.newBlock();
      builder.branch(
          builder.binary(Opcode.AND, Type.I32, number, builder.i32(i)),
          new Edge(exits[i]),
          new Edge(next));
      builder.switchTo(next);
    }
    for (int i = depth - 1; i >= 0; i--) {
      builder.jump(exits[i]);
      builder.switchTo(exits[i]);
      builder.store(WORD, base, i * 4L, number, 1);
    }
    builder.ret(number);
    runPasses();
  }

  /** Loops nested in each other, each with a parameter. */
  @Test
  void nestedLoops() {
    int depth = 5_000;
    Block[] headers = new Block[depth];
    Inst[] params = new Inst[depth];
    Inst at = number;
    for (int i = 0; i < depth; i++) {
      headers[i] = builder.newBlock();
      builder.jump(headers[i], at);
      params[i] = headers[i].addParam(Type.I32);
      builder.switchTo(headers[i]);
      at = builder.binary(Opcode.MUL, Type.I32, params[i], number);
    }
    for (int i = depth - 1; i >= 0; i--) {
      Block after = builder.newBlock();
      builder.store(WORD, base, i * 4L, at, 1);
      builder.branch(at, new Edge(headers[i], params[i]), new Edge(after));
      builder.switchTo(after);
    }
    builder.ret(at);
    runPasses();
  }

  /** One switch with many targets, which all join. */
  @Test
  void bigSwitch() {
    Block join = builder.newBlock();
    Inst result = join.addParam(Type.I32);
    Edge[] edges = new Edge[BLOCKS];
    Block block = builder.block();
    for (int i = 0; i < BLOCKS; i++) {
      edges[i] = i % 2 == 0 ? new Edge(join, number) : new Edge(builder.newBlock());
    }
    builder.switchOn(number, edges);
    for (Edge edge : edges) {
      if (edge.target != join) {
        builder.switchTo(edge.target);
        builder.jump(join, builder.i32(edge.target.id));
      }
    }
    builder.switchTo(join);
    builder.ret(result);
    builder.switchTo(block);
    runPasses();
  }

  /** A switch in a loop whose cases name the next case, forwards and far back. */
  @Test
  void dispatchLoop() {
    Block header = builder.newBlock();
    int cases = BLOCKS / 4;
    Edge[] edges = new Edge[cases];
    builder.jump(header, number, number, number, number);
    builder.switchTo(header);
    Inst state = header.addParam(Type.I32);
    Inst[] values = new Inst[3];
    for (int i = 0; i < values.length; i++) {
      values[i] = header.addParam(Type.I32);
    }
    for (int i = 0; i < cases; i++) {
      edges[i] = new Edge(builder.newBlock());
    }
    builder.switchOn(state, edges);
    for (int i = 0; i < cases - 1; i++) {
      builder.switchTo(edges[i].target);
      Inst next = builder.binary(Opcode.ADD, Type.I32, values[i % 3], values[(i + 1) % 3]);
      builder.branch(
          next,
          new Edge(header, builder.i32(i + 1), next, values[1], values[2]),
          new Edge(header, builder.i32(i * 7 % cases), values[0], next, values[2]));
    }
    builder.switchTo(edges[cases - 1].target);
    builder.ret(values[2]);
    runPasses();
  }

  /** One block with very many instructions that depend on each other. */
  @Test
  void longBlock() {
    Inst at = number;
    for (int i = 0; i < 5 * BLOCKS; i++) {
      at = builder.binary(i % 3 == 0 ? Opcode.AND : Opcode.OR, Type.I32, at, builder.i32(i * 77));
      at = builder.binary(Opcode.ADD, Type.I32, at, number);
    }
    builder.ret(at);
    runPasses();
  }

  private void runPasses() {
    Verifier.verify(function, "input");
    Analyses analyses = new Analyses(function);
    for (Pass pass : PassList.of(Effort.SPEED).passes()) {
      pass.run(analyses);
    }
    Verifier.verify(function, "all passes");
  }
}
