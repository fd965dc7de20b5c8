package dev.tazza.codegen.opt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.filetest.Outcome;
import dev.tazza.codegen.filetest.TestWorld;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Printer;
import dev.tazza.codegen.ir.Verifier;
import dev.tazza.codegen.opt.edit.BlockCloner;
import dev.tazza.codegen.opt.edit.SsaUpdater;
import org.junit.jupiter.api.Test;

/**
 * Random functions mean the same when blocks in which ways meet have got a copy, to which every
 * second way leads, and the values of these blocks are given to their users anew.
 */
final class RandomCloneTest {
  private static final int SEEDS = 150;
  private static final long[] ARGS = {TestWorld.BASE, 5, -3, Double.doubleToRawLongBits(2.5)};

  @Test
  void copiedBlocksKeepMeaning() {
    int copied = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Function function = RandomFunction.generate(seed, 20 + seed % 7 * 30);
      Outcome expected = Outcome.interpret(function, ARGS);
      Analyses analyses = new Analyses(function);
      for (int times = 0; times < 6 && copyJoin(analyses, seed + times); times++) {
        copied++;
        Verifier.verify(function, "copies of seed " + seed);
      }
      int number = seed;
      assertEquals(
          expected,
          Outcome.interpret(function, ARGS),
          () -> "seed " + number + "\n" + Printer.print(function));
    }
    assertTrue(copied > SEEDS, "only " + copied + " blocks were copied");
  }

  /** Copies the first block from {@code start} on that can be; whether there is one. */
  private static boolean copyJoin(Analyses analyses, int start) {
    ControlFlow flow = analyses.controlFlow();
    for (int i = 0; i < flow.size(); i++) {
      int number = 1 + (start + i) % Math.max(1, flow.size() - 1);
      if (number < flow.size() && flow.predCount(number) > 1) {
        Inst end = flow.block(number).last;
        if (end != null && !end.op.isCall()) {
          copy(analyses, number, end);
          return true;
        }
      }
    }
    return false;
  }

  private static void copy(Analyses analyses, int number, Inst end) {
    ControlFlow flow = analyses.controlFlow();
    Block block = flow.block(number);
    Function function = analyses.function();
    Block copy = function.newBlock();
    BlockCloner cloner = new BlockCloner(function);
    cloner.copyParams(block, copy);
    cloner.copyBody(block, copy);
    copy.append(cloner.copyEnd(end));
    for (int k = flow.predStart(number) + 1; k < flow.predEnd(number); k += 2) {
      flow.predEdge(k).target = copy;
    }
    SsaUpdater updater = new SsaUpdater(function);
    for (Inst param : block.params) {
      updater.define(param, copy, cloner.of(param));
    }
    for (Inst inst = block.first; inst != null && inst != end; inst = inst.next) {
      if (inst.op != Opcode.STORE) {
        updater.define(inst, copy, cloner.of(inst));
      }
    }
    analyses.invalidate();
    updater.run(analyses);
  }
}
