package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import org.jspecify.annotations.Nullable;

/**
 * Text for people of machine code over virtual registers, with its allocation if there is one.
 *
 * <pre>
 *   block1 (v4, v5) depth 1:               ; from block0 block2
 *     r2 = slot3                           ; an edit
 *     7: add  use v4@r0 use v9@r2 def v6=#0@r0
 * </pre>
 *
 * <p>Integer registers print as {@code r0}, float registers as {@code x0}.
 */
public final class AllocationPrinter {
  private static final String[] CONSTRAINTS = {":any", "", "", ""};

  private AllocationPrinter() {}

  /** Prints a function. */
  public static String print(VCode<?> code, @Nullable Allocation allocation) {
    StringBuilder out = new StringBuilder();
    int edit = 0;
    for (int b = 0; b < code.blockCount(); b++) {
      VBlock block = code.block(b);
      header(out, b, block);
      for (int i = block.from; i < block.to; i++) {
        edit = edits(out, allocation, edit, 2 * i);
        out.append("  ").append(i).append(": ");
        instruction(out, code, allocation, i);
        edit = edits(out, allocation, edit, 2 * i + 1);
      }
      for (int s = 0; s < block.succs.length; s++) {
        out.append("  -> block").append(block.succs[s]);
        list(out, s < block.args.length ? block.args[s] : new int[0]);
        out.append('\n');
      }
    }
    if (allocation != null) {
      out.append("slots ").append(allocation.slots());
      out.append(", used ").append(registers(allocation.usedRegs())).append('\n');
    }
    return out.toString();
  }

  private static void header(StringBuilder out, int b, VBlock block) {
    out.append("block").append(b);
    list(out, block.params);
    out.append(" depth ").append(block.loopDepth).append(block.cold ? " cold:" : ":");
    if (block.preds.length > 0) {
      out.append("  ; from");
      for (int p : block.preds) {
        out.append(" block").append(p);
      }
    }
    out.append('\n');
  }

  private static void list(StringBuilder out, int[] vregs) {
    if (vregs.length == 0) {
      return;
    }
    char separator = '(';
    out.append(' ');
    for (int v : vregs) {
      out.append(separator).append('v').append(v);
      separator = ' ';
    }
    out.append(')');
  }

  private static int edits(StringBuilder out, @Nullable Allocation a, int edit, int point) {
    if (a == null) {
      return edit;
    }
    for (; edit < a.editCount() && a.editPoint()[edit] <= point; edit++) {
      int from = a.editFrom()[edit];
      out.append("      ").append(place(a.editTo()[edit])).append(" = ");
      out.append(from < 0 ? "repeat " + (-1 - from) : place(from)).append('\n');
    }
    return edit;
  }

  private static void instruction(
      StringBuilder out, VCode<?> code, @Nullable Allocation allocation, int i) {
    out.append((Object) code.inst(i));
    for (int o = code.operandStart(i); o < code.operandEnd(i); o++) {
      long operand = code.operandAt(o);
      out.append(Operand.isDef(operand) ? " def v" : " use v").append(Operand.vreg(operand));
      boolean usual = Operand.isDef(operand) == Operand.isLate(operand);
      out.append(usual ? "" : Operand.isLate(operand) ? ":late" : ":early");
      out.append(CONSTRAINTS[Operand.constraint(operand)]);
      if (Operand.constraint(operand) == Operand.FIXED) {
        out.append(':').append(place(Operand.preg(operand)));
      } else if (Operand.constraint(operand) == Operand.REUSE) {
        out.append("=#").append(Operand.reused(operand));
      }
      if (allocation != null) {
        out.append('@').append(place(allocation.locs()[o]));
      }
    }
    if (code.clobbers(i) != 0) {
      out.append(" clobbers ").append(registers(code.clobbers(i)));
    }
    out.append('\n');
  }

  /** A {@link Loc} as text. */
  static String place(int loc) {
    if (Loc.isReg(loc)) {
      return (PReg.isFloat(loc) ? "x" : "r") + PReg.encoding(loc);
    }
    return Loc.isSlot(loc) ? "slot" + Loc.slotIndex(loc) : "none";
  }

  /** A register mask as text. */
  static String registers(long mask) {
    StringBuilder out = new StringBuilder("{");
    for (long m = mask; m != 0; m &= m - 1) {
      out.append(out.length() > 1 ? " " : "").append(place(Long.numberOfTrailingZeros(m)));
    }
    return out.append('}').toString();
  }

  /** A set of virtual registers as text. */
  static String set(int[] vregs) {
    StringBuilder out = new StringBuilder("{");
    for (int v : vregs) {
      out.append(out.length() > 1 ? " " : "").append('v').append(v);
    }
    return out.append('}').toString();
  }
}
