package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.assembler.x64.Cond;
import dev.tazza.assembler.x64.Encoder;
import dev.tazza.assembler.x64.Place;
import dev.tazza.assembler.x64.Registers;
import dev.tazza.codegen.isa.x64.inst.AluOp;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.X64Inst.CompareExchange;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Exchange;
import dev.tazza.codegen.isa.x64.inst.X64Inst.UpdateLoop;

/**
 * Locked instructions: each orders all accesses of its thread (Intel 64 SDM, volume 3, section
 * 9.2.3.9), as a store that is seen by all in one order has to. Loads need nothing then.
 */
final class AtomicEmitter {
  private static final int MOV = 0x8b;

  private final X64Emission emission;
  private final Encoder encoder;
  private final CodeBuffer out;
  private final Place place = new Place();
  private final Place other = new Place();

  AtomicEmitter(X64Emission emission) {
    this.emission = emission;
    encoder = emission.encoder;
    out = emission.out;
  }

  void exchange(Exchange exchange) {
    int register = emission.nextRegister();
    Place address = emission.address(exchange.address(), place);
    emission.mayFault(address);
    if (exchange.op().hasPrefix) {
      encoder.lock();
    }
    encode(exchange.op().opcode, exchange.bytes(), register, address);
  }

  void compareExchange(CompareExchange exchange) {
    emission.nextRegister();
    int register = emission.nextRegister();
    compareExchange(exchange.bytes(), register, emission.address(exchange.address(), place));
  }

  void update(UpdateLoop loop) {
    emission.nextRegister();
    boolean isWide = loop.bytes() == 8;
    int flags = isWide ? Encoder.W : 0;
    int value = loop.src() instanceof Imm ? -1 : emission.nextRegister();
    Place address = emission.address(loop.address(), place);
    int result = emission.nextRegister();
    int start = out.newLabel();
    out.bind(start);
    encoder.encode(MOV, flags, result, other.register(Registers.RAX));
    if (loop.src() instanceof Imm imm) {
      encoder.aluImm(loop.op().digit, isWide ? 8 : 4, other.register(result), imm.value());
    } else {
      encoder.encode(loop.op().opcode, flags, result, other.register(value));
    }
    compareExchange(loop.bytes(), result, address);
    out.jump(Cond.NE.code, start);
  }

  private void compareExchange(int bytes, int register, Place address) {
    emission.mayFault(address);
    encoder.lock();
    encode(CompareExchange.OPCODE, bytes, register, address);
  }

  private void encode(int opcode, int bytes, int register, Place address) {
    encoder.encode(bytes == 1 ? opcode - 1 : opcode, Encoder.sizeFlags(bytes), register, address);
  }

  /**
   * A locked instruction that changes nothing, on the top of the stack, which is in the cache: for
   * memory that is cached normally it does what {@code mfence} does, and takes half the time.
   */
  void fence() {
    encoder.lock();
    encoder.aluImm(AluOp.OR.digit, 4, place.memory(Registers.RSP, 0), 0);
  }
}
