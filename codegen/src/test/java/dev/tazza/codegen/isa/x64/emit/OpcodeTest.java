package dev.tazza.codegen.isa.x64.emit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.filetest.Outcome;
import dev.tazza.codegen.filetest.TestWorld;
import dev.tazza.codegen.ir.AliasRegion;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Printer;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.machine.CpuFeature;
import dev.tazza.codegen.regalloc.SsaAllocator;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/**
 * Every operation on corner values, in all the forms that selection knows, gives what the
 * interpreter says.
 */
final class OpcodeTest {
  private static final long[] I32S = {
    0,
    1,
    2,
    3,
    5,
    7,
    8,
    31,
    32,
    33,
    63,
    127,
    128,
    255,
    256,
    32767,
    32768,
    65535,
    65536,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    -1,
    -2,
    -3,
    -128,
    -129,
    -32768,
    0x12345678
  };
  private static final long[] I64S = {
    0,
    1,
    2,
    3,
    5,
    9,
    31,
    32,
    63,
    64,
    65,
    127,
    128,
    255,
    65535,
    65536,
    0x7fffffffL,
    0x80000000L,
    0xffffffffL,
    0x100000000L,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    -2,
    -128,
    -129,
    -0x80000000L,
    -0x80000001L,
    0x123456789abcdef0L
  };
  private static final double[] FLOATS = {
    0.0,
    -0.0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    0.1,
    -0.9999999,
    1e10,
    -1e10,
    1e30,
    -1e30,
    1e300,
    4e-320,
    2147483647.0,
    2147483647.5,
    2147483648.0,
    -2147483648.0,
    -2147483648.9,
    -2147483649.0,
    4294967295.0,
    4294967295.9,
    4294967296.0,
    0x1p62,
    0x1p63,
    -0x1p63,
    0x1.fffffffffffffp62,
    0x1p64,
    0x1.fffffffffffffp63,
    -0x1.0000000000001p63,
    8388607.5,
    16777217,
    Double.MAX_VALUE,
    Double.MIN_VALUE,
    Float.MAX_VALUE,
    Float.MIN_VALUE,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };
  private static final Opcode[] BINARY = {
    Opcode.ADD,
    Opcode.SUB,
    Opcode.MUL,
    Opcode.MULHI_S,
    Opcode.MULHI_U,
    Opcode.DIV_S,
    Opcode.DIV_U,
    Opcode.REM_S,
    Opcode.REM_U,
    Opcode.AND,
    Opcode.OR,
    Opcode.XOR,
    Opcode.SHL,
    Opcode.SHR_S,
    Opcode.SHR_U,
    Opcode.ROTL,
    Opcode.ROTR
  };
  private static final Opcode[] FLOAT_BINARY = {
    Opcode.FADD, Opcode.FSUB, Opcode.FMUL, Opcode.FDIV, Opcode.FMIN, Opcode.FMAX, Opcode.FCOPYSIGN
  };
  private static final Opcode[] FLOAT_UNARY = {
    Opcode.FABS,
    Opcode.FNEG,
    Opcode.FSQRT,
    Opcode.FCEIL,
    Opcode.FFLOOR,
    Opcode.FTRUNC,
    Opcode.FNEAREST
  };
  private static final int TRAP = 40;
  private static final AliasRegion GLOBAL = TestRegions.GLOBAL;

  private static final NativeExecutor[] EXECUTORS = {
    new NativeExecutor(new SsaAllocator(), Effort.NONE, NativeExecutor.hostFeatures()),
    new NativeExecutor(new SsaAllocator(), Effort.NONE, Set.<CpuFeature>of())
  };

  private static long[] corners(Type type) {
    return switch (type) {
      case I32 -> I32S;
      case I64 -> I64S;
      case F32 -> {
        long[] bits = new long[FLOATS.length];
        for (int i = 0; i < bits.length; i++) {
          bits[i] = Float.floatToRawIntBits((float) FLOATS[i]) & 0xffff_ffffL;
        }
        yield bits;
      }
      default -> {
        long[] bits = new long[FLOATS.length];
        for (int i = 0; i < bits.length; i++) {
          bits[i] = Double.doubleToRawLongBits(FLOATS[i]);
        }
        yield bits;
      }
    };
  }

  /** What to compute from the two parameters. */
  private interface Body {
    Inst build(Builder builder, Inst a, Inst b);
  }

  private static Function function(Type a, Type b, Type result, Body body) {
    return functionOf(a, b, result, (builder, params) -> body.build(builder, params[1], params[2]));
  }

  private static Function functionOf(
      Type a, Type b, Type result, BiFunction<Builder, Inst[], Inst> body) {
    Signature signature = new Signature(List.of(Type.I64, a, b), List.of(result));
    Function function = new Function("test", signature, TestRegions.ALL);
    Block entry = function.newBlock();
    Inst[] params = {entry.addParam(Type.I64), entry.addParam(a), entry.addParam(b)};
    Builder builder = new Builder(function);
    builder.switchTo(entry);
    Inst value = body.apply(builder, params);
    if (builder.block().terminator() == null) {
      builder.ret(value);
    }
    return function;
  }

  private static void check(Type a, Type b, Type result, Body body) {
    checkOf(a, b, result, (builder, params) -> body.build(builder, params[1], params[2]));
  }

  static void checkOf(Type a, Type b, Type result, BiFunction<Builder, Inst[], Inst> body) {
    Function reference = functionOf(a, b, result, body);
    String text = Printer.print(reference);
    long[] lefts = corners(a);
    long[] rights = b == a ? corners(b) : new long[] {7};
    for (NativeExecutor executor : EXECUTORS) {
      NativeExecutor.Loaded loaded = executor.new Loaded(functionOf(a, b, result, body));
      for (int i = 0; i < lefts.length; i++) {
        for (int k = 0; k < rights.length; k++) {
          // Equal ones and a third of the others.
          if (i == k || (i * 7 + k) % 3 == 0) {
            long[] args = {TestWorld.BASE, lefts[i], rights[k]};
            Outcome expected = Outcome.interpret(reference, args);
            assertEquals(expected, loaded.run(args), () -> text + args[1] + ", " + args[2]);
          }
        }
      }
    }
  }

  /** Only over the first parameter. */
  private static void checkUnary(Type a, Type result, Body body) {
    Function reference = function(a, Type.I32, result, body);
    String text = Printer.print(reference);
    for (NativeExecutor executor : EXECUTORS) {
      NativeExecutor.Loaded loaded = executor.new Loaded(function(a, Type.I32, result, body));
      for (long left : corners(a)) {
        long[] args = {TestWorld.BASE, left, 0};
        assertEquals(Outcome.interpret(reference, args), loaded.run(args), () -> text + left);
      }
    }
  }

  private static Inst binary(Builder builder, Opcode op, Type type, Inst a, Inst b) {
    return switch (op) {
      case DIV_S, DIV_U, REM_S, REM_U -> builder.divide(op, type, a, b, TRAP);
      default -> builder.binary(op, type, a, b);
    };
  }

  private static Inst constant(Builder builder, Type type, long bits) {
    return type.isInt() ? builder.iconst(type, bits) : builder.fconst(type, bits);
  }

  /** The value after a trip through memory, which selection can turn into a memory operand. */
  private static Inst throughMemory(Builder builder, Inst base, Inst value) {
    MemoryAccess access = MemoryAccess.full(value.type, GLOBAL);
    builder.store(access, base, 512, value, 0);
    return builder.load(value.type, access, base, 512, 0);
  }

  @Test
  void intBinary() {
    for (Type type : List.of(Type.I32, Type.I64)) {
      for (Opcode op : BINARY) {
        check(type, type, type, (builder, a, b) -> binary(builder, op, type, a, b));
      }
    }
  }

  @Test
  void intBinaryWithConstant() {
    for (Type type : List.of(Type.I32, Type.I64)) {
      for (Opcode op : BINARY) {
        for (long c : corners(type)) {
          checkUnary(
              type, type, (builder, a, _) -> binary(builder, op, type, a, builder.iconst(type, c)));
          checkUnary(
              type, type, (builder, a, _) -> binary(builder, op, type, builder.iconst(type, c), a));
        }
      }
    }
  }

  @Test
  void intBinaryWithMemory() {
    for (Type type : List.of(Type.I32, Type.I64)) {
      for (Opcode op : BINARY) {
        checkOf(
            type,
            type,
            type,
            (builder, p) -> binary(builder, op, type, p[1], throughMemory(builder, p[0], p[2])));
        checkOf(
            type,
            type,
            type,
            (builder, p) -> binary(builder, op, type, throughMemory(builder, p[0], p[1]), p[2]));
      }
    }
  }

  @Test
  void readModifyWrite() {
    Opcode[] ops = {Opcode.ADD, Opcode.SUB, Opcode.AND, Opcode.OR, Opcode.XOR, Opcode.SHL};
    for (Type type : List.of(Type.I32, Type.I64)) {
      for (Opcode op : ops) {
        for (int bytes = 1; bytes <= type.bytes(); bytes *= 2) {
          MemoryAccess access = new MemoryAccess(bytes, false, GLOBAL);
          checkOf(
              type,
              type,
              type,
              (builder, p) -> {
                builder.store(MemoryAccess.full(type, GLOBAL), p[0], 512, p[1], 0);
                Inst old = builder.load(type, access, p[0], 512, 0);
                builder.store(access, p[0], 512, builder.binary(op, type, old, p[2]), 0);
                Inst again = builder.load(type, access, p[0], 512, 0);
                Inst changed = builder.binary(op, type, again, builder.iconst(type, 77));
                builder.store(access, p[0], 512, changed, 0);
                return builder.load(type, MemoryAccess.full(type, GLOBAL), p[0], 512, 0);
              });
        }
      }
    }
  }

  @Test
  void intUnary() {
    Opcode[] ops = {Opcode.CLZ, Opcode.CTZ, Opcode.POPCNT, Opcode.EXTEND8_S, Opcode.EXTEND16_S};
    for (Type type : List.of(Type.I32, Type.I64)) {
      for (Opcode op : ops) {
        checkUnary(type, type, (builder, a, _) -> builder.unary(op, type, a));
      }
    }
    checkUnary(
        Type.I64, Type.I64, (builder, a, _) -> builder.unary(Opcode.EXTEND32_S, Type.I64, a));
    checkUnary(Type.I32, Type.I64, (builder, a, _) -> builder.unary(Opcode.SEXTEND, Type.I64, a));
    checkUnary(Type.I32, Type.I64, (builder, a, _) -> builder.unary(Opcode.UEXTEND, Type.I64, a));
    checkUnary(Type.I64, Type.I32, (builder, a, _) -> builder.unary(Opcode.WRAP, Type.I32, a));
    checkUnary(
        Type.I64,
        Type.I64,
        (builder, a, _) ->
            builder.unary(
                Opcode.UEXTEND,
                Type.I64,
                builder.binary(
                    Opcode.ADD,
                    Type.I32,
                    builder.unary(Opcode.WRAP, Type.I32, a),
                    builder.i32(1))));
  }

  @Test
  void bitTricks() {
    for (Type type : List.of(Type.I32, Type.I64)) {
      check(
          type,
          type,
          type,
          (b, x, y) ->
              b.binary(Opcode.AND, type, x, b.binary(Opcode.XOR, type, y, b.iconst(type, -1))));
      checkUnary(
          type,
          type,
          (b, x, _) ->
              b.binary(Opcode.AND, type, x, b.binary(Opcode.SUB, type, x, b.iconst(type, 1))));
      checkUnary(
          type,
          type,
          (b, x, _) ->
              b.binary(Opcode.AND, type, x, b.binary(Opcode.ADD, type, x, b.iconst(type, -1))));
      checkUnary(
          type,
          type,
          (b, x, _) ->
              b.binary(Opcode.AND, type, b.binary(Opcode.SUB, type, b.iconst(type, 0), x), x));
      check(
          type,
          type,
          type,
          (b, x, y) ->
              b.binary(
                  Opcode.ADD,
                  type,
                  b.binary(Opcode.ADD, type, x, b.binary(Opcode.SHL, type, y, b.iconst(type, 3))),
                  b.iconst(type, -9)));
      check(
          type,
          type,
          type,
          (b, x, y) ->
              b.binary(
                  Opcode.SHL,
                  type,
                  x,
                  b.binary(Opcode.AND, type, y, b.iconst(type, type.bits() - 1))));
    }
  }

  @Test
  void intCompare() {
    for (Type type : List.of(Type.I32, Type.I64)) {
      for (Opcode op : Opcode.values()) {
        if (op.isIntCompare()) {
          compareForms(type, type, (builder, a, b) -> builder.compare(op, a, b));
          for (long c : corners(type)) {
            checkUnary(
                type, Type.I32, (builder, a, _) -> builder.compare(op, a, builder.iconst(type, c)));
            checkUnary(
                type, Type.I32, (builder, a, _) -> builder.compare(op, builder.iconst(type, c), a));
          }
          checkOf(
              type,
              type,
              Type.I32,
              (builder, p) -> builder.compare(op, throughMemory(builder, p[0], p[1]), p[2]));
          checkOf(
              type,
              type,
              Type.I32,
              (builder, p) -> builder.compare(op, p[1], throughMemory(builder, p[0], p[2])));
        }
      }
    }
  }

  @Test
  void narrowCompare() {
    for (Opcode op : Opcode.values()) {
      if (op.isIntCompare()) {
        for (int bytes = 1; bytes <= 2; bytes++) {
          for (boolean signed : new boolean[] {false, true}) {
            for (int constant :
                new int[] {0, 1, 127, 128, 200, 255, 32767, 40000, 65535, -1, -128}) {
              MemoryAccess access = new MemoryAccess(bytes, signed, GLOBAL);
              checkUnary(
                  Type.I32,
                  Type.I32,
                  (builder, x, _) -> {
                    Inst base = builder.function().entry().params.get(0);
                    builder.store(new MemoryAccess(4, false, GLOBAL), base, 512, x, 0);
                    Inst load = builder.load(Type.I32, access, base, 512, 0);
                    return builder.compare(op, load, builder.i32(constant));
                  });
            }
          }
        }
      }
    }
  }

  @Test
  void floatCompare() {
    for (Type type : List.of(Type.F32, Type.F64)) {
      for (Opcode op : Opcode.values()) {
        if (op.isFloatCompare()) {
          compareForms(type, type, (builder, a, b) -> builder.compare(op, a, b));
        }
      }
    }
  }

  @Test
  void bitTests() {
    for (Type type : List.of(Type.I32, Type.I64)) {
      for (Opcode op : List.of(Opcode.ICMP_EQ, Opcode.ICMP_NE)) {
        compareForms(
            type,
            type,
            (b, x, y) -> b.compare(op, b.binary(Opcode.AND, type, x, y), b.iconst(type, 0)));
        compareForms(
            type,
            type,
            (b, x, y) ->
                b.compare(
                    op,
                    b.binary(Opcode.AND, type, x, b.binary(Opcode.SHL, type, b.iconst(type, 1), y)),
                    b.iconst(type, 0)));
        compareForms(
            type,
            type,
            (b, x, y) ->
                b.compare(
                    op,
                    b.binary(
                        Opcode.AND, type, b.binary(Opcode.SHR_U, type, x, y), b.iconst(type, 1)),
                    b.iconst(type, 0)));
        for (long mask : corners(type)) {
          checkUnary(
              type,
              Type.I32,
              (b, x, _) ->
                  b.compare(
                      op, b.binary(Opcode.AND, type, x, b.iconst(type, mask)), b.iconst(type, 0)));
        }
      }
    }
  }

  /** The comparison as a value, for a branch, selects, a trap, negated, and used twice. */
  private static void compareForms(Type a, Type b, Body compare) {
    check(a, b, Type.I32, compare);
    check(
        a,
        b,
        Type.I32,
        (builder, x, y) -> {
          Block then = builder.newBlock();
          Block otherwise = builder.newBlock();
          builder.branch(compare.build(builder, x, y), new Edge(then), new Edge(otherwise));
          builder.switchTo(then);
          builder.ret(builder.i32(11));
          builder.switchTo(otherwise);
          builder.ret(builder.i32(22));
          return x;
        });
    for (Type type : List.of(Type.I32, Type.I64, Type.F64)) {
      check(
          a,
          b,
          type,
          (builder, x, y) ->
              builder.select(
                  compare.build(builder, x, y),
                  constant(builder, type, 5),
                  constant(builder, type, 6)));
    }
    check(
        a,
        b,
        Type.I32,
        (builder, x, y) ->
            builder.compare(Opcode.ICMP_EQ, compare.build(builder, x, y), builder.i32(0)));
    check(
        a,
        b,
        a,
        (builder, x, y) -> builder.select(compare.build(builder, x, y), x, a == b ? y : x));
    check(
        a,
        b,
        Type.I32,
        (builder, x, y) -> {
          Inst condition = compare.build(builder, x, y);
          builder.trapIf(condition, TRAP);
          builder.trapUnless(condition, TRAP + 1);
          return condition;
        });
  }

  @Test
  void floatBinary() {
    for (Type type : List.of(Type.F32, Type.F64)) {
      for (Opcode op : FLOAT_BINARY) {
        check(type, type, type, (builder, a, b) -> builder.binary(op, type, a, b));
        checkOf(
            type,
            type,
            type,
            (builder, p) -> builder.binary(op, type, throughMemory(builder, p[0], p[1]), p[2]));
        for (long c : corners(type)) {
          checkUnary(
              type, type, (builder, a, _) -> builder.binary(op, type, a, builder.fconst(type, c)));
          checkUnary(
              type, type, (builder, a, _) -> builder.binary(op, type, builder.fconst(type, c), a));
        }
      }
    }
  }

  @Test
  void floatUnary() {
    for (Type type : List.of(Type.F32, Type.F64)) {
      for (Opcode op : FLOAT_UNARY) {
        checkUnary(type, type, (builder, a, _) -> builder.unary(op, type, a));
        checkOf(
            type,
            Type.I32,
            type,
            (builder, p) -> builder.unary(op, type, throughMemory(builder, p[0], p[1])));
      }
    }
    checkUnary(Type.F64, Type.F32, (builder, a, _) -> builder.unary(Opcode.DEMOTE, Type.F32, a));
    checkUnary(Type.F32, Type.F64, (builder, a, _) -> builder.unary(Opcode.PROMOTE, Type.F64, a));
  }

  @Test
  void conversions() {
    for (Type from : List.of(Type.F32, Type.F64)) {
      for (Type to : List.of(Type.I32, Type.I64)) {
        for (Opcode op : List.of(Opcode.TRUNC_S, Opcode.TRUNC_U)) {
          checkUnary(from, to, (builder, a, _) -> builder.truncate(op, to, a, TRAP));
        }
        for (Opcode op : List.of(Opcode.TRUNC_SAT_S, Opcode.TRUNC_SAT_U)) {
          checkUnary(from, to, (builder, a, _) -> builder.unary(op, to, a));
        }
        for (Opcode op : List.of(Opcode.CONVERT_S, Opcode.CONVERT_U)) {
          checkUnary(to, from, (builder, a, _) -> builder.unary(op, from, a));
          checkOf(
              to,
              Type.I32,
              from,
              (builder, p) -> builder.unary(op, from, throughMemory(builder, p[0], p[1])));
        }
      }
    }
    Type[][] pairs = {{Type.I32, Type.F32}, {Type.I64, Type.F64}};
    for (Type[] pair : pairs) {
      checkUnary(pair[0], pair[1], (builder, a, _) -> builder.unary(Opcode.BITCAST, pair[1], a));
      checkUnary(pair[1], pair[0], (builder, a, _) -> builder.unary(Opcode.BITCAST, pair[0], a));
      checkOf(
          pair[0],
          Type.I32,
          pair[1],
          (builder, p) ->
              builder.unary(Opcode.BITCAST, pair[1], throughMemory(builder, p[0], p[1])));
    }
  }

  @Test
  void loads() {
    for (Type type : List.of(Type.I32, Type.I64)) {
      for (int bytes = 1; bytes <= type.bytes(); bytes *= 2) {
        for (boolean signed : new boolean[] {false, true}) {
          MemoryAccess access = new MemoryAccess(bytes, signed, GLOBAL);
          checkOf(
              type,
              Type.I32,
              type,
              (builder, p) -> {
                builder.store(MemoryAccess.full(type, GLOBAL), p[0], 512, p[1], 0);
                return builder.load(type, access, p[0], 512, 0);
              });
        }
      }
    }
  }

  @Test
  void switches() {
    for (int count : new int[] {1, 3, 4, 5, 20}) {
      checkUnary(
          Type.I32,
          Type.I32,
          (builder, a, _) -> {
            Edge[] edges = new Edge[count + 1];
            Block shared = builder.newBlock();
            for (int i = 0; i <= count; i++) {
              edges[i] = new Edge(i % 3 == 1 ? shared : builder.newBlock());
            }
            builder.switchOn(a, edges);
            builder.switchTo(shared);
            builder.ret(builder.i32(-5));
            for (int i = 0; i <= count; i++) {
              if (edges[i].target != shared) {
                builder.switchTo(edges[i].target);
                builder.ret(builder.i32(100 + i));
              }
            }
            return a;
          });
    }
  }
}
