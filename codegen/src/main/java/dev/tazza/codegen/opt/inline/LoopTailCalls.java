package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tail recursion elimination: makes tail calls of the function itself jumps to its beginning, which
 * then is a loop in a new first block.
 *
 * <p>Requires nothing. Preserves reducibility. Invalidates all analyses when it changed anything.
 */
public final class LoopTailCalls {
  private LoopTailCalls() {}

  public static void run(Analyses analyses) {
    Function function = analyses.function();
    if (function.symbol < 0) {
      return;
    }
    Block loop = null;
    for (int i = 0; i < function.blocks.size(); i++) {
      Inst call = function.blocks.get(i).last;
      if (call != null && call.op == Opcode.RETURN_CALL && call.imm == function.symbol) {
        loop = loop == null ? beginLoop(function) : loop;
        jump(call, loop);
      }
    }
    if (loop != null) {
      analyses.invalidate();
    }
  }

  /** Puts a new block before the first one; its parameters but the context become the loop's. */
  private static Block beginLoop(Function function) {
    Block loop = function.entry();
    Block entry = function.newBlock();
    function.blocks.removeLast();
    function.blocks.addFirst(entry);
    Inst context = loop.params.removeFirst();
    context.block = entry;
    entry.params.add(context);
    Inst[] first = new Inst[loop.params.size()];
    for (int i = 0; i < first.length; i++) {
      Inst param = loop.params.get(i);
      param.imm = i;
      first[i] = entry.addParam(param.type);
    }
    Inst jump = function.newInst(Opcode.JUMP, Type.NONE);
    jump.targets = new Edge[] {new Edge(loop, first)};
    entry.append(jump);
    return loop;
  }

  private static void jump(Inst call, Block loop) {
    @Nullable Block block = call.block;
    if (block == null) {
      return;
    }
    Inst jump = block.function.newInst(Opcode.JUMP, Type.NONE);
    jump.loc = call.loc;
    jump.targets = new Edge[] {new Edge(loop, Arrays.copyOfRange(call.args, 1, call.args.length))};
    block.remove(call);
    block.append(jump);
  }
}
