package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.assembler.x64.Encoder;
import dev.tazza.assembler.x64.Opcodes;
import dev.tazza.assembler.x64.Place;
import dev.tazza.assembler.x64.Registers;
import dev.tazza.codegen.isa.x64.inst.Abi;
import dev.tazza.codegen.isa.x64.inst.Source.Pool;
import dev.tazza.codegen.isa.x64.inst.SseOp;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.VecOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Const;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.PReg;

/**
 * Copies between any two places, and constants into any place. Uses the scratch register where
 * memory meets memory.
 */
public final class Moves {
  private static final int MOV_STORE = 0x89;
  private static final int MOV_STORE_IMM = 0xc7;
  private static final int XOR = 0x33;
  private static final int MOVAPS = Opcodes.M0F | 0x28;
  private static final int MOVUPS = Opcodes.M0F | 0x10;
  private static final int MOVUPS_STORE = Opcodes.M0F | 0x11;
  private static final int MOVQ_LOAD = Opcodes.PF3 | Opcodes.M0F | 0x7e;
  private static final int MOVQ_STORE = Opcodes.P66 | Opcodes.M0F | 0xd6;

  private final X64Emission emission;
  private final Encoder encoder;
  private final Place place = new Place();

  Moves(X64Emission emission) {
    this.emission = emission;
    encoder = emission.encoder;
  }

  /** Copies {@code bytes} (8 or 16) between two places. */
  void move(int bytes, int from, int to) {
    if (from == to) {
      return;
    }
    if (Loc.isReg(from) && Loc.isReg(to)) {
      registers(from, to);
    } else if (Loc.isReg(to)) {
      load(bytes, from, to);
    } else if (Loc.isReg(from)) {
      store(bytes, from, to);
    } else {
      load(bytes, from, Abi.SCRATCH);
      store(bytes, Abi.SCRATCH, to);
    }
  }

  private void registers(int from, int to) {
    int source = PReg.encoding(from);
    int target = PReg.encoding(to);
    if (PReg.isFloat(from) && PReg.isFloat(to)) {
      moveFloat(target, source);
    } else if (PReg.isFloat(from)) {
      encoder.encode(UnaryOp.MOVQ_FROM.opcode, Encoder.W, source, place.register(target));
    } else if (PReg.isFloat(to)) {
      encoder.encode(UnaryOp.MOVQ_TO.opcode, Encoder.W, target, place.register(source));
    } else {
      encoder.encode(UnaryOp.MOV64.opcode, Encoder.W, target, place.register(source));
    }
  }

  private void load(int bytes, int slot, int to) {
    Place memory = place.memory(Registers.RBP, emission.frame.slot(Loc.slotIndex(slot), bytes));
    int target = PReg.encoding(to);
    if (!PReg.isFloat(to)) {
      encoder.encode(UnaryOp.MOV64.opcode, Encoder.W, target, memory);
    } else {
      encoder.encode(bytes == 16 ? MOVUPS : MOVQ_LOAD, 0, target, memory);
    }
  }

  private void store(int bytes, int from, int slot) {
    Place memory = place.memory(Registers.RBP, emission.frame.slot(Loc.slotIndex(slot), bytes));
    int source = PReg.encoding(from);
    if (!PReg.isFloat(from)) {
      encoder.encode(MOV_STORE, Encoder.W, source, memory);
    } else {
      encoder.encode(bytes == 16 ? MOVUPS_STORE : MOVQ_STORE, 0, source, memory);
    }
  }

  /** Copies a float register, by encodings. */
  void moveFloat(int to, int from) {
    if (to != from) {
      encoder.encode(MOVAPS, 0, to, place.register(from));
    }
  }

  /** Zero in an integer register; changes the flags. */
  void zero(int register) {
    encoder.encode(XOR, 0, register, place.register(register));
  }

  /** Makes a constant; may change the flags. */
  void constant(Const constant, int to) {
    if (Loc.isSlot(to)) {
      constantToSlot(constant, to);
      return;
    }
    int target = PReg.encoding(to);
    switch (constant.kind()) {
      case INT -> {
        if (constant.bits() == 0) {
          zero(target);
        } else {
          encoder.moveImm(target, constant.bits());
        }
      }
      case F32, F64 -> {
        if (constant.bits() == 0) {
          encoder.encode(SseOp.XORPS.opcode, 0, target, place.register(target));
        } else {
          loadPool(constant, target);
        }
      }
      case V128 -> vectorConstant(constant, target);
    }
  }

  private void vectorConstant(Const constant, int target) {
    if ((constant.bits() | constant.high()) == 0) {
      encoder.encode(SseOp.XORPS.opcode, 0, target, place.register(target));
    } else if ((constant.bits() & constant.high()) == -1) {
      encoder.encode(VecOp.PCMPEQD.opcode, 0, target, place.register(target));
    } else {
      Pool pool = Pool.vector(constant.bits(), constant.high());
      encoder.encode(MOVAPS, 0, target, place.label(emission.label(pool)));
    }
  }

  private void loadPool(Const constant, int target) {
    boolean single = constant.kind() == Const.Kind.F32;
    Pool pool = single ? Pool.f32((int) constant.bits()) : Pool.f64(constant.bits());
    encoder.encode(
        (single ? UnaryOp.MOVSS : UnaryOp.MOVSD).opcode,
        0,
        target,
        place.label(emission.label(pool)));
  }

  private void constantToSlot(Const constant, int to) {
    long bits = constant.bits();
    if (constant.kind() == Const.Kind.V128) {
      vectorConstant(constant, PReg.encoding(Abi.SCRATCH));
      store(16, Abi.SCRATCH, to);
    } else if (bits == (int) bits) {
      Place memory = place.memory(Registers.RBP, emission.frame.slot(Loc.slotIndex(to), 8));
      encoder.immediate(MOV_STORE_IMM, Encoder.W, 0, 8, memory, (int) bits);
    } else {
      loadPool(new Const(Const.Kind.F64, constant.dst(), bits), PReg.encoding(Abi.SCRATCH));
      store(8, Abi.SCRATCH, to);
    }
  }
}
