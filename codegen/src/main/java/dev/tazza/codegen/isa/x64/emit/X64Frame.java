package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.assembler.x64.Place;
import dev.tazza.assembler.x64.Registers;
import dev.tazza.codegen.isa.x64.inst.Abi;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Args;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Call;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Store;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TailCall;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.emit.FrameLayout;
import java.util.Arrays;

/**
 * The stack frame of a function.
 *
 * <pre>
 *   rbp + 16   room for a tail call with more stack arguments than the function's own
 *              stack arguments, then stack results: the caller's
 *   rbp + 8    return address
 *   rbp        the caller's rbp
 *   below      callee-saved registers that are written, those that landing pads set back, spill slots, room for the own
 *              context if a call may have to replace it, what is kept for debuggers, padding to 16 bytes, arguments of
 *              calls (at rsp)
 * </pre>
 *
 * <p>A leaf that needs nothing below rbp has no frame at all; {@link Abi} says how one unwinds from
 * it.
 *
 * <p>The stack check: every function that calls compares rsp with the limit in the pinned context.
 * A frame of up to {@link #UNCHECKED} bytes is not counted, and leaves with such a frame do not
 * check at all: code may thus go that far below the limit, twice (a caller and a leaf), which the
 * room for signal frames below the limit (64 KiB at least) covers.
 */
final class X64Frame implements FrameLayout {
  private static final int UNCHECKED = 1024;
  private static final int FRAME_POINTER_AND_RETURN = 16;

  /** What the stub of such calls puts on the stack, besides results. */
  private static final int CROSSING = 48;

  /** Callee-saved registers to be saved, in the order of the pushes. */
  final int[] saved;

  /**
   * Callee-saved registers that only others may have overwritten, those whose frames an exception
   * passed by on its way to a landing pad of this function. They are stored before the first call
   * with pads, behind the saved ones, and loaded at pads from which the function may return. The
   * own context is always among them if it is not saved; pads find it in its register.
   */
  final int[] guarded;

  /** What is subtracted from rsp after the pushes, without room for the guarded registers. */
  final int size;

  /** Words before the spill slots. */
  private final int padding;

  /** Words of the spill slots and what is before them. */
  private final int slots;

  private final boolean exists;

  final boolean checksStack;

  /** Whether the function does not poll at its start, when references are in registers. */
  final boolean pollsLater;

  /**
   * How far the return address moves down when the function begins, so that the stack arguments of
   * a tail call find room above it: as a rule 0.
   */
  final int growth;

  private final int homes;

  /** What a tail call to another instance may need of the stack, when the frame is gone. */
  private final int crossing;

  private X64Frame(int[] saved, int[] guarded, int padding, int slots, int size, Needs needs) {
    this.saved = saved;
    this.guarded = guarded;
    this.padding = padding;
    this.slots = slots;
    this.size = size;
    growth = needs.growth;
    crossing = needs.crossing;
    int registers = saved.length + guarded.length;
    homes = needs.homes == 0 ? 0 : -8 * (registers + slots) - needs.ownContext - needs.homes;
    // Functions that grow, and call each other in turn, must not come ever further down unnoticed.
    boolean far = checked() > 0 || growth > 0;
    // Who polls is in backtraces.
    exists = needs.calls || needs.polls || below() > 0 || far;
    checksStack = needs.calls || far;
    pollsLater = needs.pollsLater;
  }

  /** What instructions need of the frame, those of which {@link VCode#needsFrame} says so. */
  private static final class Needs {
    boolean calls;
    boolean polls;
    boolean pollsLater;
    int outgoing;
    int ownContext;
    int homes;
    int growth;
    int crossing;

    void add(X64Inst inst) {
      if (inst instanceof Call call) {
        calls = true;
        // The callee writes all results, also those that nobody reads.
        outgoing = Math.max(outgoing, call.popped() + call.returned());
        if (call.target() != null && call.target().context() != null) {
          ownContext = 8;
        }
      } else if (inst instanceof TailCall call) {
        growth = Math.max(growth, call.passed() - call.popped());
        if (call.callee() != null) {
          crossing = Math.max(crossing, CROSSING + call.results());
        }
      } else if (inst instanceof X64Inst.Poll
          || inst instanceof X64Inst.Charge charge && charge.trap() != 0) {
        polls = true;
      } else if (inst instanceof Args args) {
        pollsLater |= args.pollsLater();
      } else if (inst instanceof Store store) {
        int end = store.address().disp() + Math.max(8, store.op().bytes);
        switch (store.address().base()) {
          case Source.Amode.OUTGOING -> outgoing = Math.max(outgoing, end);
          case Source.Amode.HOMES -> homes = Math.max(homes, end);
          default -> {}
        }
      } else if (inst instanceof X64Inst.Unary unary
          && unary.src() instanceof Source.Amode amode
          && amode.base() == Source.Amode.OUTGOING) {
        outgoing = Math.max(outgoing, amode.disp() + (unary.op() == UnaryOp.MOVUPS ? 16 : 8));
      }
    }
  }

  static X64Frame of(VCode<X64Inst> code, Allocation allocation, boolean usesFuel) {
    Needs needs = new Needs();
    for (int i = 0; i < code.instCount(); i++) {
      if (code.needsFrame(i)) {
        needs.add(code.inst(i));
      }
    }
    // The function's context arrives in a callee-saved register, and there it is in place.
    long preserved = Abi.CALLEE_SAVED & ~(usesFuel ? PReg.mask(Abi.FUEL) : 0);
    int[] saved = registers(allocation.usedRegs() & preserved);
    int[] guarded = registers(GuardedRegisters.of(code) & preserved & ~allocation.usedRegs());
    int registers = saved.length + guarded.length;
    // Slots of vectors have even numbers: with an even number of registers before them, they are
    // aligned to 16 bytes as rbp is.
    int padding = allocation.slots() > 0 && code.hasVectors() ? registers & 1 : 0;
    int slots = padding + allocation.slots();
    int bytes = 8 * (registers + slots) + needs.ownContext + needs.homes + needs.outgoing;
    int aligned = bytes + 15 & -16;
    return new X64Frame(saved, guarded, padding, slots, aligned - 8 * registers, needs);
  }

  private static int[] registers(long mask) {
    int[] registers = new int[Long.bitCount(mask)];
    int count = 0;
    for (int register = 0; register < 16; register++) {
      if ((mask >> register & 1) != 0) {
        registers[count++] = register;
      }
    }
    return registers;
  }

  @Override
  public boolean exists() {
    return exists;
  }

  @Override
  public int below() {
    return size + 8 * (saved.length + guarded.length);
  }

  /** Displacement of a guarded register, by its place among them. */
  int guarded(int index) {
    return -8 * (saved.length + index + 1);
  }

  @Override
  public int context() {
    int at = Arrays.binarySearch(guarded, Abi.OWN_CONTEXT);
    return at >= 0 ? guarded(at) : -8 * (Arrays.binarySearch(saved, Abi.OWN_CONTEXT) + 1);
  }

  @Override
  public int homes() {
    return homes;
  }

  /** Whether the stack is to be checked before the return address is moved. */
  boolean growsFar() {
    return growth > UNCHECKED;
  }

  /** How much of the frame the stack check has to count. */
  int checked() {
    int reach = Math.max(below(), crossing);
    return reach > UNCHECKED ? reach : 0;
  }

  @Override
  public int slot(int index, int bytes) {
    return -8 * (saved.length + guarded.length + padding + index) - bytes;
  }

  /** Displacement from rbp of the room for the own context. */
  int ownContext() {
    return slot(slots - padding, 8);
  }

  /** Sets {@code place} to {@code disp} bytes into the stack arguments. */
  Place incoming(Place place, int disp) {
    return exists
        ? place.memory(Registers.RBP, FRAME_POINTER_AND_RETURN + growth + disp)
        : place.memory(Registers.RSP, 8 + disp);
  }
}
