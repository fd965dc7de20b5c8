package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.assembler.x64.Encoder;
import dev.tazza.assembler.x64.Place;
import dev.tazza.assembler.x64.Registers;
import dev.tazza.codegen.isa.x64.inst.Abi;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Return;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TailCall;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import java.util.BitSet;

/**
 * Stores the registers that {@link X64Frame#guarded} tells of, and loads them at landing pads.
 *
 * <p>They are stored in one place that comes before every call with landing pads, as far inside of
 * the function as there is one outside of loops: what returns early stores nothing. Where control
 * comes back from a call by itself they are as they were, so nothing loads them there. Whoever
 * cleans up at a pad and throws on, as destructors are run, owes nobody any registers.
 */
final class GuardedRegisters {
  private static final int MOV_STORE = 0x89;

  private final X64Emission emission;
  private final X64Frame frame;
  private final Place place = new Place();

  /** The block that begins with the stores; 0: the function does. */
  private final int storing;

  /** Blocks from which the function may return. */
  private final BitSet returning;

  GuardedRegisters(X64Emission emission) {
    this.emission = emission;
    frame = emission.frame;
    storing = findStoring();
    returning = frame.guarded.length > 0 ? returning(emission.code) : new BitSet();
  }

  /** Mask of the registers that {@code code}, if it overwrites none, has to guard for others. */
  static long of(VCode<X64Inst> code) {
    if (code.beforePads.length == 0) {
      return 0;
    }
    BitSet returning = returning(code);
    for (int b = returning.nextSetBit(0); b >= 0; b = returning.nextSetBit(b + 1)) {
      if (code.block(b).pad) {
        return Abi.CALLEE_SAVED;
      }
    }
    return PReg.mask(Abi.OWN_CONTEXT);
  }

  private static BitSet returning(VCode<X64Inst> code) {
    BitSet found = new BitSet(code.blockCount());
    int[] work = new int[code.blockCount()];
    int count = 0;
    for (int b = 0; b < code.blockCount(); b++) {
      X64Inst last = code.inst(code.block(b).to - 1);
      if (last instanceof Return || last instanceof TailCall) {
        found.set(b);
        work[count++] = b;
      }
    }
    while (count > 0) {
      for (int pred : code.block(work[--count]).preds) {
        if (!found.get(pred)) {
          found.set(pred);
          work[count++] = pred;
        }
      }
    }
    return found;
  }

  private int findStoring() {
    for (int block : emission.code.beforePads) {
      if (!emission.targets().isEmpty(block)) {
        return block;
      }
    }
    return 0;
  }

  /**
   * The function's beginning, behind the pushes of others.
   *
   * @return what to subtract from rsp
   */
  int enter() {
    if (storing != 0) {
      return frame.size + 8 * frame.guarded.length;
    }
    for (int register : frame.guarded) {
      emission.encoder.push(register);
    }
    return frame.size;
  }

  /** What block number {@code number} begins with. */
  void start(int number) {
    VBlock block = emission.code.block(number);
    if (block.pad && returning.get(number)) {
      load(hasContext(block));
    } else if (storing != 0 && number == storing) {
      store();
    }
  }

  private void store() {
    for (int i = 0; i < frame.guarded.length; i++) {
      place.memory(Registers.RBP, frame.guarded(i));
      emission.encoder.encode(MOV_STORE, Encoder.W, frame.guarded[i], place);
    }
  }

  private void load(boolean hasContext) {
    for (int i = 0; i < frame.guarded.length; i++) {
      int register = frame.guarded[i];
      if (register != Abi.OWN_CONTEXT || !hasContext) {
        place.memory(Registers.RBP, frame.guarded(i));
        emission.encoder.encode(UnaryOp.MOV64.opcode, Encoder.W, register, place);
      }
    }
  }

  /** Whether the pad begins with the own context in its register. */
  private boolean hasContext(VBlock pad) {
    return emission.code.operandEnd(pad.from) > emission.code.operandStart(pad.from);
  }
}
