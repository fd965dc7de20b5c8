package dev.tazza.codegen.opt.loop;

import static org.junit.jupiter.api.Assertions.assertSame;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LoopCountersTest {
  /** So many that what a counter reaches, times 2^20, does not fit a long. */
  private static final int LOOPS = (1 << 11) + 8;

  private final Function function =
      new Function("nested", new Signature(List.of(Type.I64), List.of()), TestRegions.ALL);
  private final Builder builder = new Builder(function);

  /** A counter goes on from that of the loop around it, 2^32 times in each of many loops. */
  @Test
  void boundsBeyondAllNumbersAreNone() {
    Block entry = builder.newBlock();
    Inst base = entry.addParam(Type.I64);
    builder.switchTo(entry);
    Inst[] rounds = new Inst[LOOPS];
    Inst[] counters = new Inst[LOOPS];
    Block[] headers = new Block[LOOPS];
    Inst counter = builder.i32(0);
    for (int i = 0; i < LOOPS; i++) {
      headers[i] = builder.newBlock();
      rounds[i] = headers[i].addParam(Type.I32);
      counters[i] = headers[i].addParam(Type.I32);
      builder.jump(headers[i], builder.i32(Integer.MIN_VALUE), counter);
      builder.switchTo(headers[i]);
      counter = counters[i];
    }
    Inst shifted = builder.binary(Opcode.SHL, Type.I32, counter, builder.i32(20));
    Inst index = builder.binary(Opcode.ADD, Type.I32, shifted, builder.i32(1 << 20));
    Inst wide = builder.unary(Opcode.UEXTEND, Type.I64, index);
    Inst address = builder.binary(Opcode.ADD, Type.I64, base, wide);
    MemoryAccess access = MemoryAccess.full(Type.I32, TestRegions.MEMORY);
    builder.store(access, address, 0, counter, 1);
    for (int i = LOOPS - 1; i >= 0; i--) {
      Block after = builder.newBlock();
      Inst next = builder.binary(Opcode.ADD, Type.I32, rounds[i], builder.i32(1));
      Inst nextCounter = builder.binary(Opcode.ADD, Type.I32, counters[i], builder.i32(1));
      Inst goesOn = builder.compare(Opcode.ICMP_NE, next, builder.i32(Integer.MAX_VALUE));
      builder.branch(goesOn, new Edge(headers[i], next, nextCounter), new Edge(after));
      builder.switchTo(after);
    }
    builder.ret();
    WidenAddresses.run(new Analyses(function));
    assertSame(wide, address.args[1], "the sum wraps around");
  }
}
