package dev.tazza.bench;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;
import dev.tazza.wasm.type.ValType;
import java.util.Random;

/**
 * Modules with a single function of any size, in the shapes that make compilers slow. The same size
 * and shape give the same bytes.
 */
enum LargeFunction {
  /** One basic block. */
  STRAIGHT(8) {
    @Override
    void piece(BinaryWriter body, Random random, int locals) {
      sum(body, random, locals);
    }
  },
  /** Many small blocks in a row. */
  BRANCHES(8) {
    @Override
    void piece(BinaryWriter body, Random random, int locals) {
      get(body, random.nextInt(locals));
      body.operator(Operator.IF).u8(EMPTY);
      sum(body, random, locals);
      body.operator(Operator.END);
    }
  },
  /** Tables that jump out of many open blocks. */
  TABLES(8) {
    @Override
    void piece(BinaryWriter body, Random random, int locals) {
      int depth = 32;
      for (int i = 0; i < depth; i++) {
        body.operator(Operator.BLOCK).u8(EMPTY);
      }
      get(body, random.nextInt(locals));
      body.operator(Operator.BR_TABLE).u32(depth);
      for (int i = 0; i <= depth; i++) {
        body.u32(random.nextInt(depth));
      }
      for (int i = 0; i < depth; i++) {
        body.operator(Operator.END);
        sum(body, random, locals);
      }
    }
  },
  /** Loops in loops, with a way out of each. */
  NESTED(8) {
    @Override
    void piece(BinaryWriter body, Random random, int locals) {
      int depth = 64;
      for (int i = 0; i < depth; i++) {
        body.operator(Operator.LOOP).u8(EMPTY);
        sum(body, random, locals);
      }
      for (int i = 0; i < depth; i++) {
        sum(body, random, locals);
        get(body, random.nextInt(locals));
        body.operator(Operator.BR_IF).u32(random.nextInt(depth - i));
        body.operator(Operator.END);
      }
    }
  },
  /** Thousands of locals that live through many blocks. */
  LOCALS(12_000) {
    @Override
    void piece(BinaryWriter body, Random random, int locals) {
      BRANCHES.piece(body, random, locals);
    }
  },
  /** Calls of itself, which nobody inlines, with values that live through them. */
  CALLS(8) {
    @Override
    void piece(BinaryWriter body, Random random, int locals) {
      get(body, random.nextInt(locals));
      get(body, random.nextInt(locals));
      body.operator(Operator.CALL).u32(0);
      set(body, random.nextInt(locals));
    }
  };

  private static final int EMPTY = 0x40;

  private final int locals;

  LargeFunction(int locals) {
    this.locals = locals;
  }

  abstract void piece(BinaryWriter body, Random random, int locals);

  /** A module of one function, which has about {@code size} bytes. */
  byte[] module(int size) {
    BinaryWriter types = new BinaryWriter().u32(1).u8(0x60);
    types.u32(2).valType(ValType.I32).valType(ValType.I32);
    types.u32(1).valType(ValType.I32);
    BinaryWriter bodies = new BinaryWriter().u32(1);
    bodies.sized(body(size));
    return new BinaryWriter()
        .header()
        .section(1, types)
        .section(3, new BinaryWriter().u32(1).u32(0))
        .section(5, new BinaryWriter().u32(1).u8(0).u32(1))
        .section(7, new BinaryWriter().u32(1).name("f").u8(0).u32(0))
        .section(10, bodies)
        .toByteArray();
  }

  private BinaryWriter body(int size) {
    Random random = new Random(ordinal());
    BinaryWriter body = new BinaryWriter().u32(1).u32(locals).typeCode(TypeCode.I32);
    for (int i = 2; i < locals; i++) {
      get(body, i & 1);
      body.operator(Operator.I32_CONST).s64(i);
      body.operator(Operator.I32_ADD);
      set(body, i);
    }
    while (body.size() < size) {
      piece(body, random, locals);
    }
    get(body, 0);
    return body.operator(Operator.END);
  }

  private static void get(BinaryWriter body, int local) {
    body.operator(Operator.LOCAL_GET).u32(local);
  }

  private static void set(BinaryWriter body, int local) {
    body.operator(Operator.LOCAL_SET).u32(local);
  }

  /** A local becomes the sum of a word in memory and another local. */
  private static void sum(BinaryWriter body, Random random, int locals) {
    get(body, random.nextInt(locals));
    body.operator(Operator.I32_LOAD).u32(2).u32(8 * random.nextInt(100));
    get(body, random.nextInt(locals));
    body.operator(Operator.I32_ADD);
    set(body, random.nextInt(locals));
  }
}
