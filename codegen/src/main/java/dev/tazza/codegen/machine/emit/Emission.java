package dev.tazza.codegen.machine.emit;

import dev.tazza.assembler.Branches;
import dev.tazza.assembler.CodeBuffer;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known while one function is written out: the bytes, the constants, the tables, the cold
 * code to come, and the operands of the current instruction, which are taken one by one in their
 * order. A target extends it by what operands become in its instructions.
 *
 * @param <I> the target's instructions
 */
public abstract class Emission<I> {
  /** Code out of line: written after all blocks. */
  private record Stub(int label, int loc, Runnable body) {}

  public final CodeBuffer out;
  public final ConstantPool pool;
  public final OffsetTable traps = new OffsetTable();
  public final OffsetTable calls = new OffsetTable();
  final OffsetTable locs = new OffsetTable();
  public final VCode<I> code;
  final Allocation allocation;
  final FrameLayout frame;
  final CallSiteTable sites;
  private final int[] places;
  private final List<Stub> stubs = new ArrayList<>();
  private int next;
  private int last;
  private int loc = -1;
  private int current;
  private VCode.VBlock block = new VCode.VBlock();
  private final BlockTargets targets;

  /**
   * @param jump the instruction that only jumps
   */
  protected Emission(
      VCode<I> code, Allocation allocation, FrameLayout frame, Branches branches, Object jump) {
    this.code = code;
    this.allocation = allocation;
    places = allocation.locs();
    out = new CodeBuffer(code.blockCount() + 16, branches);
    pool = new ConstantPool(out);
    this.frame = frame;
    targets = new BlockTargets(code, allocation, jump);
    sites = new CallSiteTable(allocation, frame, out);
    for (int i = 0; i < code.blockCount(); i++) {
      out.newLabel();
    }
  }

  /** Starts on instruction {@code inst}. */
  final void start(int inst) {
    current = inst;
    next = code.operandStart(inst);
    last = code.operandEnd(inst) - 1;
    at(code.loc(inst));
  }

  /** Code from here on belongs to this source position. */
  final void at(int position) {
    if (position != loc) {
      loc = position;
      locs.add(out.mark(), position);
    }
  }

  /** What follows is in this block. */
  final void enter(VCode.VBlock entered) {
    block = entered;
  }

  /** Where jumps end up. */
  public final BlockTargets targets() {
    return targets;
  }

  /**
   * The record of the current instruction, a call or a poll, to be {@linkplain #returnsHere
   * announced} at each of its return addresses; -1: there is nothing to tell.
   */
  public final int callRecord() {
    return sites.row(current, block, targets);
  }

  /**
   * This position is a return address of a call with a {@linkplain #callRecord record}, and the
   * next instruction must tell how far away the record is.
   *
   * @return the record's label
   */
  public final int returnsHere(int record) {
    sites.returnsHere(record);
    return sites.label(record);
  }

  /** Size in bytes of the spill slot that a virtual register would have. */
  protected final int bytes(int vreg) {
    return code.vregKind(vreg).bytes();
  }

  /** What debuggers call a register. */
  protected abstract int debuggersNumber(int preg);

  /** Place of the next operand. */
  public final int nextLoc() {
    return places[next++];
  }

  /** Encoding of the next operand, which is in a register. */
  public final int nextRegister() {
    return PReg.encoding(places[next++]);
  }

  /** Whether the next operand is in the register of this encoding. */
  public final boolean isNext(int register) {
    return Loc.isReg(places[next]) && PReg.encoding(places[next]) == register;
  }

  /** Place of the last operand: by convention the result. */
  public final int resultLoc() {
    return places[last];
  }

  /** Encoding of the last operand, which is in a register. */
  public final int result() {
    return PReg.encoding(places[last]);
  }

  /** Whether {@code where} is also the place of one of the operands before the result. */
  public final boolean isAmongNext(int where) {
    for (int i = next; i < last; i++) {
      if (places[i] == where) {
        return true;
      }
    }
    return false;
  }

  /** The next instruction traps with this code. */
  public final void traps(int trap) {
    traps.add(out.mark(), trap);
  }

  /**
   * Code to be written out of line, at the source position of the current instruction; gives its
   * label.
   */
  public final int outOfLine(Runnable body) {
    int label = out.newLabel();
    stubs.add(new Stub(label, loc, body));
    return label;
  }

  /** Writes the out-of-line code, also what that asks for on its own. */
  final void writeStubs() {
    for (int i = 0; i < stubs.size(); i++) {
      Stub stub = stubs.get(i);
      at(stub.loc());
      out.bind(stub.label());
      stub.body().run();
    }
    stubs.clear();
  }
}
