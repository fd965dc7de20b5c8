package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Atomic accesses of all widths on corner values: as {@link OpcodeTest}. */
final class AtomicOpcodeTest {
  private static final int CELL = 512;
  private static final Opcode[] UPDATES = {
    Opcode.ATOMIC_ADD,
    Opcode.ATOMIC_SUB,
    Opcode.ATOMIC_AND,
    Opcode.ATOMIC_OR,
    Opcode.ATOMIC_XOR,
    Opcode.ATOMIC_EXCHANGE
  };
  private static final long[] CONSTANTS = {0, 1, -1, 127, 128, -129, 0x12345, Integer.MIN_VALUE};

  /** Something to do with what {@code cell} has. */
  private interface Step {
    Inst build(Builder builder, MemoryAccess cell, Inst base, Inst value);
  }

  /** A cell has the first parameter, and is changed with the second one. */
  private static void check(Step step) {
    for (Type type : List.of(Type.I32, Type.I64)) {
      for (int bytes = 1; bytes <= type.bytes(); bytes *= 2) {
        MemoryAccess cell = new MemoryAccess(bytes, false, TestRegions.MEMORY);
        MemoryAccess whole = MemoryAccess.full(type, TestRegions.MEMORY);
        OpcodeTest.checkOf(
            type,
            type,
            type,
            (builder, p) -> {
              builder.store(whole, p[0], CELL, p[1], 0);
              Inst given = step.build(builder, cell, p[0], p[2]);
              Inst after = builder.load(type, whole, p[0], CELL, 0);
              Inst turned = builder.binary(Opcode.ROTL, type, after, builder.iconst(type, 9));
              return builder.binary(Opcode.XOR, type, given, turned);
            });
      }
    }
  }

  private static Inst atomic(
      Builder builder, Opcode op, MemoryAccess cell, Inst base, Inst... values) {
    Inst[] args = new Inst[values.length + 1];
    args[0] = base;
    System.arraycopy(values, 0, args, 1, values.length);
    Type type = op == Opcode.ATOMIC_STORE ? Type.NONE : values[0].type;
    return builder.atomic(op, type, cell, CELL, 0, args);
  }

  @Test
  void updates() {
    for (Opcode op : UPDATES) {
      check((builder, cell, base, value) -> atomic(builder, op, cell, base, value));
    }
  }

  @Test
  void updatesThatNobodyLooksAt() {
    for (Opcode op : UPDATES) {
      check((builder, cell, base, value) -> {
        atomic(builder, op, cell, base, value);
        return value;
      });
    }
  }

  @Test
  void updatesWithConstants() {
    for (Opcode op : UPDATES) {
      for (long constant : CONSTANTS) {
        check((builder, cell, base, value) -> {
          Inst operand = builder.iconst(value.type, constant);
          Inst before = atomic(builder, op, cell, base, operand);
          atomic(builder, op, cell, base, operand);
          return before;
        });
      }
    }
  }

  @Test
  void loadsAndStores() {
    check((builder, cell, base, value) -> {
      Inst before = builder.atomic(Opcode.ATOMIC_LOAD, value.type, cell, CELL, 0, base);
      atomic(builder, Opcode.ATOMIC_STORE, cell, base, value);
      builder.fence();
      return before;
    });
  }

  /** The other values come from the second parameter, so that some are there and some are not. */
  @Test
  void compareExchange() {
    check((builder, cell, base, value) -> {
      Inst other = builder.binary(Opcode.ADD, value.type, value, builder.iconst(value.type, 7));
      return atomic(builder, Opcode.ATOMIC_COMPARE_EXCHANGE, cell, base, value, other);
    });
    check((builder, cell, base, value) -> {
      Inst there = builder.load(value.type, cell, base, CELL, 0);
      return atomic(builder, Opcode.ATOMIC_COMPARE_EXCHANGE, cell, base, there, value);
    });
  }

  /** The upper half of a register that something narrower is taken from must not come along. */
  @Test
  void lowHalves() {
    MemoryAccess cell = new MemoryAccess(4, false, TestRegions.MEMORY);
    for (Opcode op : UPDATES) {
      OpcodeTest.checkOf(
          Type.I64,
          Type.I64,
          Type.I64,
          (builder, p) -> {
            Inst low = builder.unary(Opcode.WRAP, Type.I32, p[1]);
            Inst before = atomic(builder, op, cell, p[0], low);
            return builder.unary(Opcode.UEXTEND, Type.I64, before);
          });
    }
    OpcodeTest.checkOf(
        Type.I64,
        Type.I64,
        Type.I64,
        (builder, p) -> {
          Inst low = builder.unary(Opcode.WRAP, Type.I32, p[1]);
          builder.store(cell, p[0], CELL, low, 0);
          Inst other = builder.unary(Opcode.WRAP, Type.I32, p[2]);
          Inst before = atomic(builder, Opcode.ATOMIC_COMPARE_EXCHANGE, cell, p[0], low, other);
          return builder.unary(Opcode.UEXTEND, Type.I64, before);
        });
  }
}
