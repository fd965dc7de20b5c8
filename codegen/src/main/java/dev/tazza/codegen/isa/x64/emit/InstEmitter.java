package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.assembler.x64.Encoder;
import dev.tazza.assembler.x64.Opcodes;
import dev.tazza.assembler.x64.Place;
import dev.tazza.assembler.x64.Registers;
import dev.tazza.codegen.Settings;
import dev.tazza.codegen.isa.x64.inst.Abi;
import dev.tazza.codegen.isa.x64.inst.AluOp;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Alu;
import dev.tazza.codegen.isa.x64.inst.X64Inst.AluWide;
import dev.tazza.codegen.isa.x64.inst.X64Inst.AndNot;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Args;
import dev.tazza.codegen.isa.x64.inst.X64Inst.BranchIf;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Call;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Charge;
import dev.tazza.codegen.isa.x64.inst.X64Inst.CompareExchange;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Const;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Div;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Exchange;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Fence;
import dev.tazza.codegen.isa.x64.inst.X64Inst.FloatPair;
import dev.tazza.codegen.isa.x64.inst.X64Inst.ImulImm;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Jump;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Landing;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Lea;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Move;
import dev.tazza.codegen.isa.x64.inst.X64Inst.MulWide;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Poll;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Return;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Rmw;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Select;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Sequence;
import dev.tazza.codegen.isa.x64.inst.X64Inst.SetIf;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Shift;
import dev.tazza.codegen.isa.x64.inst.X64Inst.ShiftX;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Sse;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Store;
import dev.tazza.codegen.isa.x64.inst.X64Inst.StoreLane;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Switch;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TableAddress;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TailCall;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Trap;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TrapIf;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Truncate;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Unary;
import dev.tazza.codegen.isa.x64.inst.X64Inst.UpdateLoop;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Vec;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecFma;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecShift;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecTernary;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecUnary;
import dev.tazza.codegen.machine.emit.InstWriter;

/**
 * Writes each instruction with its operands in place: integer formats here, those with flags in
 * {@link FlagEmitter}, floats in {@link FloatEmitter}, vectors in {@link VectorEmitter}, control
 * flow in {@link ControlEmitter}.
 */
public final class InstEmitter implements InstWriter<X64Inst> {
  private static final int MOV_STORE = 0x89;
  private static final int MOV_STORE_BYTE = 0x88;
  private static final int MOV_STORE_IMM = 0xc7;
  private static final int MOV_STORE_IMM_BYTE = 0xc6;
  private static final int LEA = 0x8d;
  private static final int IMUL_IMM32 = 0x69;
  private static final int IMUL_IMM8 = 0x6b;
  private static final int SHIFT_CL = 0xd3;
  private static final int SHIFT_IMM = 0xc1;
  private static final int SHIFT_ONE = 0xd1;
  private static final int ANDN = Opcodes.M0F38 | 0xf2;
  private static final int GROUP3 = 0xf7;
  private static final int MUL_DIGIT = 4;
  private static final int IMUL_DIGIT = 5;
  private static final int ADD_DIGIT = 0;
  private static final int ADC = 0x13;
  private static final int ADC_DIGIT = 2;
  private static final int SBB = 0x1b;
  private static final int SBB_DIGIT = 3;
  private static final int LOAD_TO_STORE = -2;
  private static final int FLOAT_LOAD_TO_STORE = 1;

  private final X64Emission emission;
  private final Encoder encoder;
  private final CodeBuffer out;
  private final Moves moves;
  private final FlagEmitter flags;
  private final FloatEmitter floats;
  private final VectorEmitter vectors;
  private final DivisionEmitter divisions;
  private final AtomicEmitter atomics;
  private final ControlEmitter control;
  private final Place place = new Place();
  private final Place other = new Place();

  InstEmitter(X64Emission emission, Settings settings) {
    this.emission = emission;
    moves = new Moves(emission);
    control = new ControlEmitter(emission, settings);
    encoder = emission.encoder;
    out = emission.out;
    flags = new FlagEmitter(emission, moves);
    floats = new FloatEmitter(emission, flags, moves);
    vectors = new VectorEmitter(emission);
    divisions = new DivisionEmitter(emission, moves);
    atomics = new AtomicEmitter(emission);
  }

  @Override
  public void enter() {
    control.enter();
  }

  @Override
  public void startBlock(int block, int following) {
    control.start(block, following);
    flags.forgetResult();
  }

  @Override
  public void move(int bytes, int from, int to) {
    moves.move(bytes, from, to);
  }

  @Override
  public void repeat(X64Inst inst, int to) {
    moves.constant((Const) inst, to);
  }

  @Override
  public void finish() {
    control.writeTables();
  }

  @Override
  public void emit(X64Inst inst) {
    // The commonest ones first: the switch tries them in order.
    switch (inst) {
      case Unary unary -> unary(unary);
      case Lea lea -> lea(lea);
      case Alu alu -> alu(alu);
      case Const c -> moves.constant(c, emission.nextLoc());
      case Store store -> store(store);
      case BranchIf branch -> control.branchIf(branch, flags);
      case Jump _ -> control.jump();
      case Call call -> {
        control.call(call);
        if (call.ends()) {
          control.jump();
        }
      }
      case Move _ -> moves.move(8, emission.nextLoc(), emission.nextLoc());
      case ImulImm imul -> imulImm(imul);
      case Shift shift -> shift(shift);
      case ShiftX shift -> shiftX(shift);
      case AndNot and -> {
        int left = emission.nextRegister();
        Place right = emission.place(and.right(), place);
        emission.mayFault(right);
        encoder.vex(ANDN, width(and.wide()), emission.result(), left, right);
      }
      case AluWide alu -> aluWide(alu);
      case MulWide mul -> {
        emission.nextRegister();
        emission.encode(
            GROUP3,
            width(mul.wide()),
            mul.signed() ? IMUL_DIGIT : MUL_DIGIT,
            emission.place(mul.right(), place));
      }
      case Div div -> divisions.div(div);
      case Rmw rmw -> rmw(rmw);
      case Exchange exchange -> atomics.exchange(exchange);
      case CompareExchange exchange -> atomics.compareExchange(exchange);
      case UpdateLoop loop -> atomics.update(loop);
      case Fence _ -> atomics.fence();
      case SetIf set -> flags.setIf(set);
      case Select select -> flags.select(select);
      case TrapIf trap -> flags.trapIf(trap);
      case TableAddress table -> {
        int label = emission.pool.tableLabel(table.bytes(), table.values());
        encoder.encode(LEA, Encoder.W, emission.result(), place.label(label));
      }
      case Switch table -> control.switchTable(table);
      case Trap trap -> emission.trap(trap.trap());
      case Poll poll -> control.poll(poll, flags);
      case Charge charge -> charge(charge);
      case Args _, Landing _ -> {}
      case Return ret -> control.ret(ret);
      case TailCall call -> control.tailCall(call);
      case Sse sse -> floats.sse(sse);
      case Vec vec -> vectors.vec(vec);
      case VecFma fma -> vectors.fma(fma);
      case VecTernary logic -> vectors.ternary(logic);
      case VecUnary unary -> vectors.unary(unary);
      case VecShift shift -> vectors.shift(shift);
      case StoreLane store -> vectors.storeLane(store);
      case FloatPair pair -> floats.pair(pair);
      case Truncate truncate -> floats.truncate(truncate);
      case Sequence sequence -> floats.sequence(sequence);
    }
  }

  private void charge(Charge charge) {
    boolean more = charge.more() >= 0;
    if (charge.amount() != 0 || !more) {
      encoder.aluImm(AluOp.SUB.digit, 8, place.register(Abi.FUEL), charge.amount());
    }
    if (more) {
      int amount = emission.nextRegister();
      encoder.encode(AluOp.SUB.opcode, Encoder.W, Abi.FUEL, place.register(amount));
    }
    if (charge.trap() != 0) {
      control.askForFuel();
    }
  }

  private static int width(boolean wide) {
    return wide ? Encoder.W : 0;
  }

  private void alu(Alu alu) {
    int left = emission.nextRegister();
    if (alu.right() instanceof Imm imm) {
      encoder.aluImm(alu.op().digit, alu.wide() ? 8 : 4, place.register(left), imm.value());
    } else {
      emission.encode(alu.op().opcode, width(alu.wide()), left, emission.place(alu.right(), place));
    }
    switch (alu.op()) {
      case ADD, SUB -> flags.tellOf(left, alu.wide(), false);
      case AND, OR, XOR -> flags.tellOf(left, alu.wide(), true);
      case IMUL -> {}
    }
  }

  private void aluWide(AluWide alu) {
    int left = emission.nextRegister();
    int leftHigh = emission.nextRegister();
    AluOp op = alu.subtract() ? AluOp.SUB : AluOp.ADD;
    if (alu.right() instanceof Imm imm) {
      encoder.aluImm(op.digit, 8, place.register(left), imm.value());
    } else {
      emission.encode(op.opcode, Encoder.W, left, emission.place(alu.right(), place));
    }
    if (alu.rightHigh() instanceof Imm imm) {
      int digit = alu.subtract() ? SBB_DIGIT : ADC_DIGIT;
      encoder.aluImm(digit, 8, place.register(leftHigh), imm.value());
    } else {
      int opcode = alu.subtract() ? SBB : ADC;
      encoder.encode(opcode, Encoder.W, leftHigh, emission.place(alu.rightHigh(), place));
    }
  }

  private void imulImm(ImulImm imul) {
    Place src = emission.place(imul.src(), place);
    boolean small = imul.imm() == (byte) imul.imm();
    emission.encode(
        small ? IMUL_IMM8 : IMUL_IMM32, width(imul.wide()), emission.result(), src, small ? 1 : 4);
    if (small) {
      out.byte1(imul.imm());
    } else {
      out.int32(imul.imm());
    }
  }

  private void unary(Unary unary) {
    UnaryOp op = unary.op();
    Place src = emission.place(unary.src(), place);
    int dst = emission.result();
    int bits = width(op.wide()) | (op.readsByte() ? Encoder.BYTE_RM : 0);
    if (op.inPlace()) {
      encoder.encode(op.opcode, bits, op.number, src);
    } else if (op.resultInVvvv()) {
      emission.mayFault(src);
      encoder.vex(op.opcode, bits, op.number, dst, src);
    } else if (op.sourceInReg()) {
      encoder.encode(op.opcode, bits, src.register, other.register(dst));
    } else if (!op.hasImmediate()) {
      if (op.waitsForFloatResult() && !(op.floatSource() && src.isRegister(dst))) {
        floats.clear(dst);
      } else if (op.waitsForIntResult() && !uses(src, dst)) {
        moves.zero(dst);
      }
      emission.encode(op.opcode, bits, dst, src);
    } else {
      if (!src.isRegister(dst)) {
        floats.clear(dst);
      }
      emission.encode(op.opcode, bits, dst, src, 1);
      out.byte1(op.number);
    }
  }

  private static boolean uses(Place src, int register) {
    return switch (src.kind) {
      case REGISTER -> src.register == register;
      case MEMORY -> src.base == register || src.index == register;
      case LABEL -> false;
    };
  }

  /** Where the result is one of the terms, {@code add} is shorter and runs on more units. */
  private void lea(Lea lea) {
    Place sum = emission.address(lea.address(), place);
    int dst = emission.result();
    int bits = width(lea.wide());
    boolean twoRegisters = sum.base != Place.NO_REGISTER && sum.index != Place.NO_REGISTER;
    if (twoRegisters && sum.disp == 0 && sum.shift == 0 && sum.index == dst) {
      encoder.encode(AluOp.ADD.opcode, bits, dst, other.register(sum.base));
      flags.tellOf(dst, lea.wide(), false);
    } else if (twoRegisters && sum.disp == 0 && sum.shift == 0 && sum.base == dst) {
      encoder.encode(AluOp.ADD.opcode, bits, dst, other.register(sum.index));
      flags.tellOf(dst, lea.wide(), false);
    } else if (sum.index == Place.NO_REGISTER && sum.base == dst) {
      encoder.aluImm(ADD_DIGIT, lea.wide() ? 8 : 4, other.register(dst), sum.disp);
      flags.tellOf(dst, lea.wide(), false);
    } else if (twoRegisters && sum.shift == 0 && sum.disp == 0 && (sum.base & 7) == Registers.RBP) {
      // r13 as base would cost a displacement.
      encoder.encode(LEA, bits, dst, other.memory(sum.index, sum.base, 0, 0));
    } else if (sum.base == Place.NO_REGISTER && sum.shift == 0) {
      encoder.encode(LEA, bits, dst, other.memory(sum.index, sum.disp));
    } else if (sum.base == Place.NO_REGISTER && sum.shift == 1) {
      encoder.encode(LEA, bits, dst, other.memory(sum.index, sum.index, 0, sum.disp));
    } else {
      encoder.encode(LEA, bits, dst, sum);
    }
  }

  private void shift(Shift shift) {
    int dst = emission.nextRegister();
    int bits = width(shift.wide());
    int digit = shift.op().digit;
    if (!(shift.count() instanceof Imm imm)) {
      encoder.encode(SHIFT_CL, bits, digit, place.register(dst));
    } else if (imm.value() == 1) {
      encoder.encode(SHIFT_ONE, bits, digit, place.register(dst));
    } else {
      encoder.encode(SHIFT_IMM, bits, digit, place.register(dst), 1);
      out.byte1(imm.value());
    }
  }

  private void shiftX(ShiftX shift) {
    Place src = emission.place(shift.src(), place);
    int count = emission.nextRegister();
    emission.mayFault(src);
    encoder.vex(shift.op().vex, width(shift.wide()), emission.result(), count, src);
  }

  private void store(Store store) {
    Place address = emission.address(store.address(), place);
    int bytes = store.op().bytes;
    if (store.src() instanceof Imm imm) {
      emission.mayFault(address);
      encoder.immediate(
          bytes == 1 ? MOV_STORE_IMM_BYTE : MOV_STORE_IMM,
          Encoder.sizeFlags(bytes) & ~Encoder.BYTE_REG,
          0,
          bytes,
          address,
          imm.value());
    } else if (store.op().isFloat()) {
      int opcode =
          switch (store.op()) {
            case STORESS -> UnaryOp.MOVSS.opcode;
            case STORESD -> UnaryOp.MOVSD.opcode;
            default -> UnaryOp.MOVUPS.opcode;
          };
      emission.encode(opcode + FLOAT_LOAD_TO_STORE, 0, emission.nextRegister(), address);
    } else {
      emission.encode(
          bytes == 1 ? MOV_STORE_BYTE : MOV_STORE,
          Encoder.sizeFlags(bytes),
          emission.nextRegister(),
          address);
    }
  }

  private void rmw(Rmw rmw) {
    Place address = emission.address(rmw.address(), place);
    int bytes = rmw.bytes();
    emission.mayFault(address);
    if (rmw.locked()) {
      encoder.lock();
    }
    if (rmw.src() instanceof Imm imm) {
      encoder.aluImm(rmw.op().digit, bytes, address, imm.value());
    } else {
      int opcode = rmw.op().opcode + LOAD_TO_STORE - (bytes == 1 ? 1 : 0);
      encoder.encode(opcode, Encoder.sizeFlags(bytes), emission.nextRegister(), address);
    }
  }
}
