package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.assembler.x64.Cond;
import dev.tazza.assembler.x64.Encoder;
import dev.tazza.assembler.x64.Place;
import dev.tazza.assembler.x64.Registers;
import dev.tazza.codegen.Settings;
import dev.tazza.codegen.Settings.Polls;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.BranchIf;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Call;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Poll;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Referred;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Return;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Switch;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TailCall;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Target;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.emit.BlockTargets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Writes branches between blocks, calls, and the function's beginning and end. */
final class ControlEmitter {
  private static final int CALL_RELATIVE = 0xe8;

  private static final int GROUP5 = 0xff;
  private static final int REX_B = 0x41;

  /** The operand byte of {@code jmp r11}. */
  private static final int JUMP_R11 = 0xe3;

  private static final int CALL_DIGIT = 2;
  private static final int JUMP_DIGIT = 4;
  private static final int PUSH_DIGIT = 6;
  private static final int PUSH_IMM = 0x68;
  private static final int POP_RM = 0x8f;
  private static final int JUMP_RELATIVE = 0xe9;
  private static final int CMP = 0x3b;
  private static final int CMP_DIGIT = 7;
  private static final int LEA = 0x8d;
  private static final int MOV_STORE = 0x89;
  private static final int MOVSXD = 0x63;
  private static final int ADD = 0x03;
  private static final int MOV = 0x8b;
  private static final int AND_DIGIT = 4;
  private static final int ADD_DIGIT = 0;
  private static final int SUB_DIGIT = 5;

  /** {@code nop [rax + rax + d32]} up to the displacement, in the order of the bytes. */
  private static final int NOP_WITH_DISTANCE = 0x00841f0f;

  /** Bytes in which the stub for tail calls counts stack arguments, and those for results. */
  private static final int ARGUMENTS_UNIT = 16;

  private static final int RESULTS_UNIT = 8;

  private static final int RET = 0xc3;
  private static final int RET_POP = 0xc2;

  /** A jump table to be written behind the code. */
  private record JumpTable(int label, int[] targets) {}

  private final X64Emission emission;
  private final Encoder encoder;
  private final CodeBuffer out;
  private final BlockTargets targets;
  private final Settings settings;
  private final GuardedRegisters guards;
  private final List<JumpTable> tables = new ArrayList<>();
  private final Place place = new Place();
  private VCode.VBlock block = new VCode.VBlock();
  private int following = -1;

  ControlEmitter(X64Emission emission, Settings settings) {
    this.emission = emission;
    this.settings = settings;
    targets = emission.targets();
    encoder = emission.encoder;
    out = emission.out;
    guards = new GuardedRegisters(emission);
  }

  /**
   * What follows is in block number {@code number}.
   *
   * @param following the block that is written next, or -1
   */
  void start(int number, int following) {
    block = emission.code.block(number);
    this.following = following;
    guards.start(number);
  }

  private int successor(int index) {
    return targets.target(block.succs[index]);
  }

  void jump() {
    jumpTo(successor(0));
  }

  private void jumpTo(int target) {
    if (target != following) {
      out.jump(target);
    }
  }

  void branchIf(BranchIf branch, FlagEmitter flags) {
    flags.compareFor(branch.cond(), branch.compare());
    int taken = successor(0);
    int other = successor(1);
    if (taken == other) {
      jumpTo(taken);
      return;
    }
    Cond cond = branch.cond();
    if (taken == following) {
      cond = cond.negate();
      int swap = taken;
      taken = other;
      other = swap;
    }
    switch (cond) {
      case NE_OR_P -> {
        out.jump(Cond.P.code, taken);
        out.jump(Cond.NE.code, taken);
        jumpTo(other);
      }
      case E_AND_NP -> {
        out.jump(Cond.P.code, other);
        if (other == following) {
          out.jump(Cond.E.code, taken);
        } else {
          out.jump(Cond.NE.code, other);
          jumpTo(taken);
        }
      }
      default -> {
        out.jump(cond.code, taken);
        jumpTo(other);
      }
    }
  }

  void switchTable(Switch table) {
    int index = emission.nextRegister();
    int[] successors = table.targets();
    int cases = successors.length - 1;
    int otherwise = successor(successors[cases]);
    if (!Switch.isTable(successors)) {
      for (int i = 0; i < cases; i++) {
        compare(index, i);
        out.jump(Cond.E.code, successor(successors[i]));
      }
      jumpTo(otherwise);
      return;
    }
    int base = emission.nextRegister();
    int tmp = emission.nextRegister();
    int label = out.newLabel();
    int[] labels = new int[table.clamped() ? X64Inst.tableSize(cases) : cases];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i < cases ? successor(successors[i]) : otherwise;
    }
    tables.add(new JumpTable(label, labels));
    compare(index, cases);
    out.jump(Cond.AE.code, otherwise);
    if (table.clamped()) {
      // A processor that guesses the jump wrongly reads no more than the table.
      encoder.aluImm(AND_DIGIT, 4, place.register(index), labels.length - 1);
    }
    encoder.encode(LEA, Encoder.W, base, place.label(label));
    encoder.encode(MOVSXD, Encoder.W, tmp, place.memory(base, index, 2, 0));
    encoder.encode(ADD, Encoder.W, tmp, place.register(base));
    encoder.encode(GROUP5, 0, JUMP_DIGIT, place.register(tmp));
  }

  private void compare(int register, int value) {
    encoder.aluImm(CMP_DIGIT, 4, place.register(register), value);
  }

  /** Writes the jump tables: distances from the table's start. */
  void writeTables() {
    if (tables.isEmpty()) {
      return;
    }
    out.align(4);
    for (JumpTable table : tables) {
      out.bind(table.label());
      for (int target : table.targets()) {
        out.difference(table.label(), target);
      }
    }
  }

  void call(Call call) {
    for (int i = 0; i < call.args().vregs().length; i++) {
      emission.nextLoc();
    }
    Target target = call.target();
    int record = emission.callRecord();
    if (target == null) {
      out.byte1(CALL_RELATIVE);
      emission.calls.add(out.mark(), call.symbol());
      out.int32(0);
      returned(record);
    } else {
      emission.place(target.address(), place);
      int scratch = target.byJump() ? scratch(call) : Place.NO_REGISTER;
      if (scratch != Place.NO_REGISTER) {
        callByJump(scratch, record);
      } else if (target.context() != null) {
        callInContext(target, record);
      } else {
        emission.encode(GROUP5, 0, CALL_DIGIT, place);
        returned(record);
      }
    }
    if (call.popped() > 0) {
      encoder.aluImm(SUB_DIGIT, 8, place.register(Registers.RSP), call.popped());
    }
  }

  /**
   * At a return address of a call or poll of which there is something to tell, an instruction that
   * does nothing has the distance to its record, from its own end.
   */
  private void returned(int record) {
    if (record >= 0) {
      int label = emission.returnsHere(record);
      out.int32(NOP_WITH_DISTANCE);
      out.relative(label, 0);
    }
  }

  /**
   * Calls the target in {@link #place}, whose context is most probably the one in r14 already. Were
   * it loaded into r14, everything that the callee loads would wait for that; a branch is guessed.
   */
  private void callInContext(Target target, int record) {
    Place address = place.copy();
    Place context = emission.place(Objects.requireNonNull(target.context()), new Place());
    int back = out.newLabel();
    int other =
        emission.outOfLine(() -> {
          Place own = new Place().memory(Registers.RBP, emission.frame.ownContext());
          encoder.encode(MOV_STORE, Encoder.W, Registers.R14, own);
          encoder.encode(UnaryOp.MOV64.opcode, Encoder.W, Registers.R14, context);
          emission.encode(GROUP5, 0, CALL_DIGIT, address);
          returned(record);
          encoder.encode(UnaryOp.MOV64.opcode, Encoder.W, Registers.R14, own);
          out.jump(back);
        });
    emission.encode(CMP, Encoder.W, Registers.R14, context);
    out.jump(Cond.NE.code, other);
    emission.encode(GROUP5, 0, CALL_DIGIT, address);
    returned(record);
    out.bind(back);
  }

  /** A register that neither the arguments nor the target in {@link #place} are in, if any. */
  private int scratch(Call call) {
    for (int register = Registers.R11; register >= Registers.R10; register--) {
      boolean free = !place.uses(register);
      for (int arg : call.args().pregs()) {
        free &= arg != PReg.ofInt(register);
      }
      if (free) {
        return register;
      }
    }
    return Place.NO_REGISTER;
  }

  private void callByJump(int scratch, int record) {
    int after = out.newLabel();
    encoder.encode(LEA, Encoder.W, scratch, new Place().label(after));
    encoder.push(scratch);
    emission.encode(GROUP5, 0, JUMP_DIGIT, place);
    out.bind(after);
    returned(record);
  }

  /**
   * A safepoint poll: whoever wants the function to stop has set the stack limit above its stack.
   * Measured beside a flag of its own, and a load from a page that is made inaccessible: see
   * docs/rationale/stopping.md. Where a counter tells that it is not time yet, that is not looked
   * at.
   */
  void poll(Poll poll, FlagEmitter flags) {
    Polls polls = settings.polls();
    if (polls == null) {
      throw new IllegalStateException("a poll, but the settings say that there are none");
    }
    int record = emission.callRecord();
    int back = out.newLabel();
    int stop =
        emission.outOfLine(() -> {
          callPollStub(polls);
          returned(record);
          out.jump(back);
        });
    if (poll.counter() < 0) {
      checkStack(Registers.RSP, settings.stackLimitOffset(), stop);
    } else {
      int time =
          emission.outOfLine(() -> {
            checkStack(Registers.RSP, settings.stackLimitOffset(), stop);
            out.jump(back);
          });
      flags.testBits(emission.nextRegister(), poll.mask());
      out.jump(Cond.E.code, time);
    }
    out.bind(back);
  }

  private void callPollStub(Polls polls) {
    encoder.encode(GROUP5, 0, CALL_DIGIT, place.memory(Registers.R15, polls.stub()));
  }

  /** Jumps if the stack down to the address in {@code lowest} goes below a limit. */
  private void checkStack(int lowest, int limitOffset, int label) {
    encoder.encode(CMP, Encoder.W, lowest, place.memory(Registers.R15, limitOffset));
    out.jump(Cond.B.code, label);
  }

  /**
   * Where a function goes on that came below the stack limit, which may mean that it is to poll.
   */
  private int belowLimit(int lowest, int back) {
    Polls polls = settings.polls();
    int trap = settings.stackOverflowTrap();
    if (polls == null) {
      return emission.trapLabel(trap);
    }
    return emission.outOfLine(() -> {
      checkStack(lowest, polls.stackEndOffset(), emission.trapLabel(trap));
      callPollStub(polls);
      out.jump(back);
    });
  }

  /** Behind what took fuel: if there was too little, whoever can give more is asked. */
  void askForFuel() {
    int back = out.newLabel();
    int lacking =
        emission.outOfLine(() -> {
          encoder.encode(GROUP5, 0, CALL_DIGIT, place.memory(Registers.R15, settings.fuelStub()));
          out.jump(back);
        });
    out.jump(Cond.L.code, lacking);
    out.bind(back);
  }

  /** The function's beginning. */
  void enter() {
    X64Frame frame = emission.frame;
    if (!frame.exists()) {
      return;
    }
    if (frame.growsFar()) {
      // A trap finds a frame.
      link();
      checkStack(frame.growth + frame.checked());
      encoder.pop(Registers.RBP);
    }
    if (frame.growth > 0) {
      encoder.aluImm(SUB_DIGIT, 8, place.register(Registers.RSP), frame.growth - 8);
      encoder.encode(GROUP5, 0, PUSH_DIGIT, place.memory(Registers.RSP, frame.growth - 8));
    }
    link();
    if (frame.checksStack && !frame.growsFar()) {
      checkStack(frame.checked());
    }
    for (int register : frame.saved) {
      encoder.push(register);
    }
    int size = guards.enter();
    if (size > 0) {
      encoder.aluImm(SUB_DIGIT, 8, place.register(Registers.RSP), size);
    }
  }

  private void link() {
    encoder.push(Registers.RBP);
    encoder.encode(UnaryOp.MOV64.opcode, Encoder.W, Registers.RBP, place.register(Registers.RSP));
  }

  /**
   * Traps, or polls, if {@code bytes} below the stack pointer are below the limit. Not with
   * references in registers, which nobody would find there: they have a poll of their own.
   */
  private void checkStack(int bytes) {
    int lowest = Registers.RSP;
    if (bytes > 0) {
      // r11 holds no parameter.
      lowest = Registers.R11;
      encoder.encode(LEA, Encoder.W, lowest, place.memory(Registers.RSP, -bytes));
    }
    Polls polls = settings.polls();
    if (polls != null && emission.frame.pollsLater) {
      checkStack(lowest, polls.stackEndOffset(), emission.trapLabel(settings.stackOverflowTrap()));
      return;
    }
    int back = out.newLabel();
    checkStack(lowest, settings.stackLimitOffset(), belowLimit(lowest, back));
    out.bind(back);
  }

  void ret(Return ret) {
    dropFrame();
    int popped = ret.popped() + emission.frame.growth;
    if (ret.byJump()) {
      // No result is in r11.
      encoder.pop(Registers.R11);
      if (popped != 0) {
        encoder.aluImm(ADD_DIGIT, 8, place.register(Registers.RSP), popped);
      }
      out.byte1(REX_B);
      out.byte1(GROUP5);
      out.byte1(JUMP_R11);
    } else if (popped == 0) {
      out.byte1(RET);
    } else {
      out.byte1(RET_POP);
      out.int16(popped);
    }
  }

  private void dropFrame() {
    X64Frame frame = emission.frame;
    if (frame.exists()) {
      int size = frame.size + 8 * frame.guarded.length;
      if (size > 0) {
        encoder.aluImm(ADD_DIGIT, 8, place.register(Registers.RSP), size);
      }
      for (int i = frame.saved.length - 1; i >= 0; i--) {
        encoder.pop(frame.saved[i]);
      }
      encoder.pop(Registers.RBP);
    }
  }

  /**
   * Leaves for another function. One of another instance, which is rare, is reached by a stub: it
   * sees to it that the caller gets its own context back.
   */
  void tailCall(TailCall call) {
    Referred callee = call.callee();
    if (callee == null) {
      leaveFor(call);
      out.byte1(JUMP_RELATIVE);
      emission.calls.add(out.mark(), call.symbol());
      out.int32(0);
      return;
    }
    int other =
        emission.outOfLine(() -> {
          leaveFor(call);
          out.byte1(PUSH_IMM);
          out.int32(call.passed() / ARGUMENTS_UNIT | call.results() / RESULTS_UNIT << 16);
          encoder.encode(
              GROUP5, 0, JUMP_DIGIT, place.memory(Registers.R15, settings.crossingStub()));
        });
    place.memory(Registers.R11, callee.context()).trap = callee.trap();
    emission.encode(CMP, Encoder.W, Registers.R14, place);
    out.jump(Cond.NE.code, other);
    leaveFor(call);
    encoder.encode(GROUP5, 0, JUMP_DIGIT, place.memory(Registers.R11, callee.code()));
  }

  /** Drops the frame, and puts the return address below the callee's stack arguments. */
  private void leaveFor(TailCall call) {
    dropFrame();
    int up = call.popped() + emission.frame.growth - call.passed();
    if (up > 0) {
      // The address is computed when rsp has been increased.
      encoder.encode(POP_RM, 0, 0, place.memory(Registers.RSP, up - 8));
      encoder.aluImm(ADD_DIGIT, 8, place.register(Registers.RSP), up - 8);
    }
  }
}
