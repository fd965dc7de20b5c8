package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.assembler.x64.Encoder;
import dev.tazza.assembler.x64.Place;
import dev.tazza.assembler.x64.Registers;
import dev.tazza.assembler.x64.X64Branches;
import dev.tazza.codegen.Settings;
import dev.tazza.codegen.Settings.TrapCalls;
import dev.tazza.codegen.isa.x64.inst.Operands;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.Source.Pool;
import dev.tazza.codegen.isa.x64.inst.Source.Reg;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.emit.Emission;
import org.jspecify.annotations.Nullable;

/** Emission with what x86-64 makes of operands and traps. */
final class X64Emission extends Emission<X64Inst> {
  private static final int UD2 = 0x0b0f;

  /** DWARF's numbers of integer registers, by encoding (System V ABI, figure 3.36). */
  private static final int[] DEBUGGERS = {0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};

  private static final int DEBUGGERS_FIRST_FLOAT = 17;

  private static final int GROUP5 = 0xff;
  private static final int CALL_DIGIT = 2;

  final Encoder encoder;
  final X64Frame frame;

  /** Null: the processor's faults are traps. */
  final @Nullable TrapCalls trapCalls;

  X64Emission(VCode<X64Inst> code, Allocation allocation, Settings settings) {
    this(
        code, allocation, X64Frame.of(code, allocation, settings.usesFuel()), settings.trapCalls());
  }

  private X64Emission(
      VCode<X64Inst> code, Allocation allocation, X64Frame frame, @Nullable TrapCalls trapCalls) {
    super(code, allocation, frame, X64Branches.INSTANCE, Operands.INSTANCE.jump());
    this.frame = frame;
    this.trapCalls = trapCalls;
    encoder = new Encoder(out);
  }

  @Override
  protected int debuggersNumber(int preg) {
    int encoding = PReg.encoding(preg);
    return PReg.isFloat(preg) ? DEBUGGERS_FIRST_FLOAT + encoding : DEBUGGERS[encoding];
  }

  /** Takes the operands of {@code source} and says where it is. */
  Place place(Source source, Place place) {
    return switch (source) {
      case Reg reg -> place(nextLoc(), bytes(reg.vreg()), place);
      case Amode amode -> address(amode, place);
      case Pool constant -> place.label(label(constant));
      case Imm _ -> throw new IllegalArgumentException("an immediate has no place");
    };
  }

  /** The label of a constant behind the code. */
  int label(Pool constant) {
    return pool.label(constant.bytes(), constant.low(), constant.high());
  }

  private Place place(int where, int bytes, Place place) {
    return Loc.isReg(where)
        ? place.register(PReg.encoding(where))
        : place.memory(Registers.RBP, frame.slot(Loc.slotIndex(where), bytes));
  }

  Place address(Amode amode, Place place) {
    int base =
        switch (amode.base()) {
          case Amode.CONTEXT -> Registers.R15;
          case Amode.OUTGOING -> Registers.RSP;
          case Amode.HOMES -> Registers.RBP;
          case Amode.NONE, Amode.INCOMING -> Place.NO_REGISTER;
          default -> nextRegister();
        };
    if (amode.base() == Amode.INCOMING) {
      frame.incoming(place, amode.disp());
    } else {
      int index = amode.index() == Amode.NONE ? Place.NO_REGISTER : nextRegister();
      int start = amode.base() == Amode.HOMES ? frame.homes() : 0;
      place.memory(base, index, amode.shift(), start + amode.disp());
    }
    place.trap = amode.trap();
    return place;
  }

  /** An instruction that may fault at {@code rm}. */
  void encode(int opcode, int flags, int reg, Place rm, int tail) {
    mayFault(rm);
    encoder.encode(opcode, flags, reg, rm, tail);
  }

  void encode(int opcode, int flags, int reg, Place rm) {
    mayFault(rm);
    encoder.encode(opcode, flags, reg, rm, 0);
  }

  /** To be called right before an instruction that accesses {@code place}. */
  void mayFault(Place place) {
    if (place.trap != 0) {
      traps.add(out.mark(), place.trap);
    }
  }

  /** The label of an out-of-line trap. */
  int trapLabel(int trap) {
    return outOfLine(() -> trap(trap));
  }

  void trap(int trap) {
    traps(trap);
    TrapCalls calls = trapCalls;
    if (calls == null) {
      out.int16(UD2);
    } else {
      encoder.encode(GROUP5, 0, CALL_DIGIT, new Place().memory(Registers.R15, calls.stub()));
    }
  }
}
