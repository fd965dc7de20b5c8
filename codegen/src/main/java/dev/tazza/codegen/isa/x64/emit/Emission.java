package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.codegen.isa.x64.inst.Abi;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is known while one function is written out: the bytes, the constants, the tables, the cold
 * code to come, and the operands of the current instruction, which are taken one by one in their
 * order.
 */
final class Emission {
  /** Code out of line: written after all blocks. */
  private record Stub(int label, int loc, Runnable body) {}

  /** Offsets with a value each, ascending. */
  static final class Table {
    private long[] marks = new long[16];
    private int[] values = new int[16];
    private int count;

    void add(long mark, int value) {
      if (count == marks.length) {
        marks = Arrays.copyOf(marks, count * 2);
        values = Arrays.copyOf(values, count * 2);
      }
      marks[count] = mark;
      values[count++] = value;
    }

    int[] values() {
      return Arrays.copyOf(values, count);
    }

    /** After the layout. */
    int[] offsets(CodeBuffer out) {
      int[] offsets = new int[count];
      for (int i = 0; i < count; i++) {
        offsets[i] = out.address(marks[i]);
      }
      return offsets;
    }
  }

  final CodeBuffer out;
  final Encoder encoder;
  final ConstantPool pool;
  final Frame frame;
  final Table traps = new Table();
  final Table calls = new Table();
  final Table locs = new Table();

  private final VCode<X64Inst> code;
  private final int[] places;
  private final List<Stub> stubs = new ArrayList<>();
  private int next;
  private int last;
  private int loc = -1;

  Emission(VCode<X64Inst> code, Allocation allocation, Frame frame) {
    this.code = code;
    this.frame = frame;
    places = allocation.locs();
    out = new CodeBuffer(code.blockCount() + 16);
    encoder = new Encoder(out);
    pool = new ConstantPool(out);
    for (int i = 0; i < code.blockCount(); i++) {
      out.newLabel();
    }
  }

  /** Starts on instruction {@code inst}. */
  void start(int inst) {
    next = code.operandStart(inst);
    last = code.operandEnd(inst) - 1;
    at(code.loc(inst));
  }

  /** Code from here on belongs to this source position. */
  void at(int position) {
    if (position != loc) {
      loc = position;
      locs.add(out.mark(), position);
    }
  }

  /** Place of the next operand. */
  int nextLoc() {
    return places[next++];
  }

  /** Encoding of the next operand, which is in a register. */
  int nextRegister() {
    return PReg.encoding(places[next++]);
  }

  /** Whether the next operand is in the register of this encoding. */
  boolean isNext(int register) {
    return Loc.isReg(places[next]) && PReg.encoding(places[next]) == register;
  }

  /** Place of the last operand: by convention the result. */
  int resultLoc() {
    return places[last];
  }

  /** Encoding of the last operand, which is in a register. */
  int result() {
    return PReg.encoding(places[last]);
  }

  /** Whether {@code where} is also the place of one of the operands before the result. */
  boolean isAmongNext(int where) {
    for (int i = next; i < last; i++) {
      if (places[i] == where) {
        return true;
      }
    }
    return false;
  }

  /** Takes the operands of {@code source} and says where it is. */
  Place place(Source source, Place place) {
    return switch (source) {
      case Reg reg -> place(nextLoc(), code.vregKind(reg.vreg()).bytes(), place);
      case Amode amode -> address(amode, place);
      case Pool constant -> place.label(pool.label(constant));
      case Imm _ -> throw new IllegalArgumentException("an immediate has no place");
    };
  }

  private Place place(int where, int bytes, Place place) {
    return Loc.isReg(where)
        ? place.register(PReg.encoding(where))
        : place.memory(Abi.RBP, frame.slot(Loc.slotIndex(where), bytes));
  }

  Place address(Amode amode, Place place) {
    int base =
        switch (amode.base()) {
          case Amode.CONTEXT -> Abi.R15;
          case Amode.OUTGOING -> Abi.RSP;
          case Amode.NONE, Amode.INCOMING -> Place.NO_REGISTER;
          default -> nextRegister();
        };
    if (amode.base() == Amode.INCOMING) {
      frame.incoming(place, amode.disp());
    } else {
      int index = amode.index() == Amode.NONE ? Place.NO_REGISTER : nextRegister();
      place.memory(base, index, amode.shift(), amode.disp());
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

  /** The next instruction traps with this code. */
  void traps(int trap) {
    traps.add(out.mark(), trap);
  }

  /**
   * Code to be written out of line, at the source position of the current instruction; gives its
   * label.
   */
  int outOfLine(Runnable body) {
    int label = out.newLabel();
    stubs.add(new Stub(label, loc, body));
    return label;
  }

  /** The label of an out-of-line trap. */
  int trapLabel(int trap) {
    return outOfLine(() -> trap(trap));
  }

  void trap(int trap) {
    traps(trap);
    out.int16(0x0b0f);
  }

  /** Writes the out-of-line code, also what that asks for on its own. */
  void writeStubs() {
    for (int i = 0; i < stubs.size(); i++) {
      Stub stub = stubs.get(i);
      at(stub.loc());
      out.bind(stub.label());
      stub.body().run();
    }
    stubs.clear();
  }
}
