package dev.tazza.codegen.opt.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Parser;
import dev.tazza.codegen.ir.Printer;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Verifier;
import org.junit.jupiter.api.Test;

/** Where definitions meet there is one parameter, and none where only one comes. */
final class SsaUpdaterTest {
  /** What b2 defines is used in a loop and behind it. */
  private static final String INPUT =
      """
      function f(i32) -> (i32) {
      b0(v0: i32):
        branch v0, b1, b2
      b1:
        jump b2
      b2:
        v1 = add.i32 v0, v0
        jump b3
      b3:
        branch v1, b3, b4
      b4:
        return v1
      }
      """;

  @Test
  void definitionsMeetOnce() {
    Function function = Parser.parse(INPUT, TestRegions.ALL);
    Block copy = otherWay(function);
    SsaUpdater updater = new SsaUpdater(function);
    updater.define(sum(function), copy, copy.params.get(0));
    updater.run(new Analyses(function));
    Verifier.verify(function, "test");
    assertEquals(
        """
        function f(i32) -> (i32) {
        b0(v0: i32):
          branch v0, b1, b2
        b1:
          jump b5(v0)
        b2:
          v1 = add.i32 v0, v0
          jump b3(v1)
        b3(v9: i32):
          branch v9, b3(v9), b4
        b4:
          return v9
        b5(v7: i32):
          jump b3(v7)
        }
        """,
        Printer.print(function));
  }

  @Test
  void whatIsNotDefinedOnAllWaysIsRefused() {
    Function function = Parser.parse(INPUT, TestRegions.ALL);
    otherWay(function);
    SsaUpdater updater = new SsaUpdater(function);
    updater.define(sum(function), function.blocks.get(4), sum(function));
    assertThrows(IllegalStateException.class, () -> updater.run(new Analyses(function)));
  }

  /** A block between b1 and b3, with a parameter that is v0. */
  private static Block otherWay(Function function) {
    Block block = function.newBlock();
    Inst given = function.entry().params.get(0);
    block.addParam(given.type);
    block.jump(new Edge(function.blocks.get(3)), -1);
    Edge way = function.blocks.get(1).successors()[0];
    way.target = block;
    way.args = new Inst[] {given};
    return block;
  }

  private static Inst sum(Function function) {
    Inst sum = function.blocks.get(2).first;
    if (sum == null) {
      throw new IllegalStateException("b2 is empty");
    }
    return sum;
  }
}
