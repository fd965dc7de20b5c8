package dev.tazza.codegen.ir;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What blocks know of their instructions, however those come to stand there. */
final class BlockTest {
  private final Function function =
      new Function("test", new Signature(List.of(), List.of()), TestRegions.ALL);

  private Inst poll() {
    return function.newInst(Opcode.POLL, Type.NONE);
  }

  @Test
  void knowsThatItMayPoll() {
    Block appended = function.newBlock();
    assertFalse(appended.hasPolls());
    appended.append(poll());
    assertTrue(appended.hasPolls());
    Block prepended = function.newBlock();
    prepended.append(function.newInst(Opcode.RETURN, Type.NONE));
    assertFalse(prepended.hasPolls());
    prepended.prepend(poll());
    assertTrue(prepended.hasPolls());
  }

  @Test
  void pollsMoveWithTheInstructions() {
    Block from = function.newBlock();
    Block to = function.newBlock();
    from.append(poll());
    to.appendAll(from);
    assertTrue(to.hasPolls());
    assertFalse(from.hasPolls());
    to.clear();
    assertFalse(to.hasPolls());
  }
}
