package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.RegisterAllocator;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import dev.tazza.codegen.machine.VRegKind;
import java.util.Arrays;

/**
 * The simplest correct allocation: every value lives in a slot of its own and is in a register only
 * within an instruction.
 */
public final class SpillEverywhere implements RegisterAllocator {
  @Override
  public Allocation allocate(VCode<?> code, RegisterFile registers) {
    return new Run(code, registers).run();
  }

  private static final class Run {
    private final VCode<?> code;
    private final RegisterFile registers;
    private final int[] locs;
    private final int[] slotOf;
    private final EditBuffer edits;
    private int slots;
    private long usedRegs;
    private long early;
    private long late;

    Run(VCode<?> code, RegisterFile registers) {
      this.code = code;
      this.registers = registers;
      this.edits = new EditBuffer(code);
      this.locs = new int[code.operandCount()];
      this.slotOf = new int[code.vregCount()];
    }

    Allocation run() {
      Arrays.fill(locs, Loc.NONE);
      for (int v = 0; v < slotOf.length; v++) {
        slotOf[v] = newSlot(code.vregKind(v));
      }
      for (int b = 0; b < code.blockCount(); b++) {
        VBlock block = code.block(b);
        for (int i = block.from; i < block.to; i++) {
          instruction(i);
        }
        for (int s = 0; s < block.succs.length; s++) {
          boolean atEnd = block.succs.length == 1;
          VBlock succ = code.block(block.succs[s]);
          edge(atEnd ? 2 * (block.to - 1) : 2 * succ.from, block.args[s], succ.params);
        }
      }
      return edits.finish(locs, slots, usedRegs, RefMaps.find(code, slotOf));
    }

    private int newSlot(VRegKind kind) {
      int words = kind.bytes() / 8;
      slots = (slots + words - 1) / words * words;
      slots += words;
      return Loc.slot(slots - words);
    }

    /** Copies through shadow slots, so that the order does not matter. */
    private void edge(int point, int[] args, int[] params) {
      int[] shadow = new int[params.length];
      for (int j = 0; j < params.length; j++) {
        VRegKind kind = code.vregKind(params[j]);
        shadow[j] = newSlot(kind);
        edits.add(point, slotOf[args[j]], shadow[j], kind);
      }
      for (int j = 0; j < params.length; j++) {
        edits.add(point, shadow[j], slotOf[params[j]], code.vregKind(params[j]));
      }
    }

    private void instruction(int i) {
      int from = code.operandStart(i);
      int to = code.operandEnd(i);
      early = 0;
      late = code.clobbers(i);
      for (int o = from; o < to; o++) {
        long operand = code.operandAt(o);
        if (Operand.constraint(operand) == Operand.FIXED) {
          place(o, Operand.preg(operand), !isLateDef(operand), !isEarlyUse(operand));
        } else if (Operand.constraint(operand) == Operand.ANY) {
          locs[o] = slotOf[Operand.vreg(operand)];
        }
      }
      for (int o = from; o < to; o++) {
        long operand = code.operandAt(o);
        if (Operand.constraint(operand) == Operand.REUSE) {
          int used = from + Operand.reused(operand);
          place(used, free(used, ~(early | late)), true, true);
          place(o, locs[used], true, true);
        } else if (Operand.constraint(operand) == Operand.REG
            && !isLateDef(operand)
            && !isEarlyUse(operand)) {
          place(o, free(o, ~(early | late)), true, true);
        }
      }
      for (int o = from; o < to; o++) {
        long operand = code.operandAt(o);
        if (Operand.constraint(operand) == Operand.REG && locs[o] == Loc.NONE) {
          boolean use = isEarlyUse(operand);
          place(o, free(o, use ? ~early : ~late), use, !use);
        }
      }
      move(i);
    }

    private void move(int i) {
      for (int o = code.operandStart(i); o < code.operandEnd(i); o++) {
        long operand = code.operandAt(o);
        int v = Operand.vreg(operand);
        if (Operand.constraint(operand) == Operand.ANY) {
          continue;
        }
        if (Operand.isDef(operand)) {
          edits.add(2 * i + 1, locs[o], slotOf[v], code.vregKind(v));
        } else {
          edits.add(2 * i, slotOf[v], locs[o], code.vregKind(v));
        }
      }
    }

    private void place(int o, int reg, boolean isEarly, boolean isLate) {
      locs[o] = reg;
      usedRegs |= PReg.mask(reg);
      early |= isEarly ? PReg.mask(reg) : 0;
      late |= isLate ? PReg.mask(reg) : 0;
    }

    private int free(int o, long mask) {
      boolean isFloat = code.vregKind(Operand.vreg(code.operandAt(o))).isFloat();
      for (int r : isFloat ? registers.floatOrder() : registers.intOrder()) {
        if ((mask & PReg.mask(r)) != 0) {
          return r;
        }
      }
      throw new IllegalStateException("too many operands");
    }

    private static boolean isLateDef(long operand) {
      return Operand.isDef(operand) && Operand.isLate(operand);
    }

    private static boolean isEarlyUse(long operand) {
      return !Operand.isDef(operand) && !Operand.isLate(operand);
    }
  }
}
