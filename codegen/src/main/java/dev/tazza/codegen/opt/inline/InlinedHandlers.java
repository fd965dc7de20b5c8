package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Signature;
import java.util.Arrays;
import java.util.List;

/**
 * Gives the calls of a body that stands in place of a call the handlers of that call; what the body
 * throws itself becomes a jump, if it is sure where to.
 */
final class InlinedHandlers {
  private static final Signature NOTHING = new Signature(List.of(), List.of());

  private final Function function;
  private final CalleeSource source;

  InlinedHandlers(Function function, CalleeSource source) {
    this.function = function;
    this.source = source;
  }

  /**
   * Looks at {@code inst}, which was appended to {@code block} just now.
   *
   * @param call the one whose place the body takes
   * @return the block that what follows goes to
   */
  Block guard(Block block, Inst inst, Inst call) {
    switch (inst.op) {
      case CALL_DIRECT, CALL_INDIRECT, CALL_REF, CALL_BY_JUMP -> {
        if (inst.op == Opcode.CALL_DIRECT && source.throwsNothing(inst.imm)) {
          return block;
        }
        Block next = newBlock(block);
        makeTry(inst, next, call);
        return next;
      }
      case TRY_CALL, TRY_CALL_INDIRECT, TRY_CALL_REF, TRY_CALL_BY_JUMP -> addHandlers(inst, call);
      case THROW -> raise(block, inst, call);
      default -> {}
    }
    return block;
  }

  private Block newBlock(Block before) {
    Block block = function.newBlock();
    block.cold = before.cold && before != function.entry();
    return block;
  }

  /** Makes a call one with the handlers of {@code call}, which goes on at {@code next}. */
  static void makeTry(Inst inst, Block next, Inst call) {
    inst.op =
        switch (inst.op) {
          case CALL_DIRECT -> Opcode.TRY_CALL;
          case CALL_REF -> Opcode.TRY_CALL_REF;
          case CALL_BY_JUMP -> Opcode.TRY_CALL_BY_JUMP;
          default -> Opcode.TRY_CALL_INDIRECT;
        };
    inst.setTags(call.tags());
    inst.targets = new Edge[call.targets.length];
    inst.targets[0] = new Edge(next);
    for (int i = 1; i < inst.targets.length; i++) {
      inst.targets[i] = copy(call.targets[i]);
    }
  }

  private static Edge copy(Edge edge) {
    return new Edge(edge.target, edge.args.clone());
  }

  /**
   * Adds the handlers of {@code call} behind those of a call, without those for what that handles
   * itself.
   */
  private static void addHandlers(Inst inst, Inst call) {
    int count = inst.tags().length;
    int most = count + call.tags().length;
    int[] tags = Arrays.copyOf(inst.tags(), most);
    Edge[] targets = Arrays.copyOf(inst.targets, most + 1);
    for (int i = 0; i < call.tags().length; i++) {
      if (!handles(inst.tags(), call.tags()[i])) {
        tags[count++] = call.tags()[i];
        targets[count] = copy(call.targets[i + 1]);
      }
    }
    inst.setTags(Arrays.copyOf(tags, count));
    inst.targets = Arrays.copyOf(targets, count + 1);
  }

  private static boolean handles(int[] tags, int tag) {
    for (int each : tags) {
      if (each == tag || each == Inst.ANY_TAG) {
        return true;
      }
    }
    return false;
  }

  private void raise(Block block, Inst inst, Inst call) {
    for (int i = 0; i < call.tags().length; i++) {
      int tag = call.tags()[i];
      if (tag == Inst.ANY_TAG || tag == inst.imm) {
        inst.op = Opcode.JUMP;
        inst.args = Edge.NO_ARGS;
        inst.imm = 0;
        inst.trap = 0;
        inst.targets = new Edge[] {copy(call.targets[i + 1])};
        return;
      }
      if (inst.imm == Inst.ANY_TAG || !source.areApart(tag, (int) inst.imm)) {
        callUnwinder(block, inst, call);
        return;
      }
    }
  }

  /** Which handler it is for is seen when it is thrown. */
  private void callUnwinder(Block block, Inst inst, Inst call) {
    Block next = newBlock(block);
    next.cold = true;
    Inst trap = function.newInst(Opcode.TRAP, inst.type);
    trap.trap = inst.trap;
    trap.loc = inst.loc;
    next.append(trap);
    inst.op = Opcode.CALL_INDIRECT;
    inst.signature = NOTHING;
    inst.imm = 0;
    inst.trap = 0;
    makeTry(inst, next, call);
    // The block was told of no call.
    block.remove(inst);
    block.append(inst);
  }
}
