package dev.tazza.codegen.opt.edit;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import org.jspecify.annotations.Nullable;

/** The RESULT instructions right behind a call that something else takes the place of. */
public final class CallResults {
  private CallResults() {}

  /**
   * Replaces the results of {@code call} by {@code values}.
   *
   * @param after what followed the call when it still stood in its block
   */
  public static void replace(
      Inst call, @Nullable Inst after, Inst[] values, Replacements replacements) {
    Inst at = after;
    while (at != null && isResult(at, call)) {
      replacements.replace(at, values[(int) at.imm]);
      at = at.next;
    }
  }

  /** Takes the results of {@code call} off the start of {@code block}, where it went on. */
  public static void remove(Inst call, Block block) {
    Inst at = block.first;
    while (at != null && isResult(at, call)) {
      Inst next = at.next;
      block.remove(at);
      at = next;
    }
  }

  private static boolean isResult(Inst at, Inst call) {
    return at.op == Opcode.RESULT && at.args[0] == call;
  }

  /** What follows the results of {@code call}, given what followed the call itself. */
  public static @Nullable Inst skip(Inst call, @Nullable Inst after) {
    Inst at = after;
    while (at != null && isResult(at, call)) {
      at = at.next;
    }
    return at;
  }
}
