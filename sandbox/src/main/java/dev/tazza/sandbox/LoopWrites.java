package dev.tazza.sandbox;

import java.util.BitSet;

/**
 * The places that instructions of a loop write, as far as that is seen at a glance: the others
 * probably hold the same in all rounds. A guess, which the loop's ways back prove right or wrong;
 * certain is only which values the loop does not name anew.
 */
final class LoopWrites {
  private final QuickMachine quick;
  private final QuickLabels labels;
  private final Instructions code;
  private final BitSet written = new BitSet();
  private int first;
  private int last;

  LoopWrites(QuickMachine quick, QuickLabels labels) {
    this.quick = quick;
    this.labels = labels;
    code = quick.code;
  }

  /**
   * Looks at the instructions {@code from} to {@code to}.
   *
   * @param frame place of the slot to which rbp points
   */
  void find(int from, int to, int frame) {
    first = from;
    last = to;
    written.clear();
    written.set(State.COPY_REGISTER);
    look(from, to, frame);
    for (int detour = 0; detour < labels.detours(); detour++) {
      int start = labels.startOfDetour(detour);
      if (isInside(start)) {
        look(start, labels.endOfDetour(detour), frame);
      }
    }
  }

  private void look(int from, int to, int frame) {
    for (int i = from; i <= to; i++) {
      int kind = code.kind(i);
      int reg = code.reg(i);
      if (Liveness.writesReg(kind) && reg < Instructions.VECTOR && !isComparison(i)) {
        written.set(reg);
      } else if (Liveness.writesRm(kind) && !isComparison(i)) {
        writeOperand(i, frame);
      }
      switch (kind) {
        case Kind.CALL, Kind.CALL_RM -> written.or(Liveness.CALL_WRITES);
        case Kind.MUL, Kind.DIV, Kind.IDIV, Kind.SIGN -> {
          written.set(0);
          written.set(2);
        }
        case Kind.LOWEST_BIT -> written.set(code.third(i));
        default -> {}
      }
    }
  }

  private void writeOperand(int i, int frame) {
    if (!code.isMemory(i)) {
      if (code.rm(i) < Instructions.VECTOR) {
        written.set(code.rm(i));
      }
    } else if (code.base(i) == Machine.RBP && code.index(i) == Instructions.NO_REGISTER) {
      int place = frame - (code.disp[i] >> 3);
      if (place >= State.FIRST_SLOT) {
        written.set(place);
      }
    }
  }

  private boolean isComparison(int i) {
    int kind = code.kind(i);
    boolean isAlu = kind == Kind.ALU_REG || kind == Kind.ALU_RM || kind == Kind.ALU_IMM;
    return isAlu && (code.sub(i) == Kind.CMP || code.sub(i) == Kind.TEST);
  }

  boolean isWritten(int place) {
    return written.get(place);
  }

  /**
   * Whether this id is given to something in the loop: in another round that is something else. No
   * guess: control that comes to an instruction once more has jumped back over it meanwhile, which
   * leads to the head of a loop that the instruction is in.
   */
  boolean names(int id) {
    int instruction = quick.instructionOf(id);
    return instruction >= 0 && isInside(instruction);
  }

  private boolean isInside(int instruction) {
    int place = labels.inOrder(instruction);
    return place >= first && place <= last;
  }
}
