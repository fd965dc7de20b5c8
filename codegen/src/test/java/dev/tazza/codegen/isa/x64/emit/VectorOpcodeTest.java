package dev.tazza.codegen.isa.x64.emit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.CompilerBug;
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
import dev.tazza.codegen.ir.Shape;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.ir.VectorEvaluator;
import dev.tazza.codegen.ir.Verifier;
import dev.tazza.codegen.isa.x64.inst.X64Feature;
import dev.tazza.codegen.machine.CpuFeature;
import dev.tazza.codegen.regalloc.SsaAllocator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Every vector operation on corner values, in all the forms that selection knows, with and without
 * AVX, gives what the interpreter says.
 */
final class VectorOpcodeTest {
  private static final AliasRegion GLOBAL = TestRegions.GLOBAL;
  private static final int RESULT = 512;
  private static final int OPERAND = 561;
  private static final Signature SIGNATURE =
      new Signature(
          List.of(Type.I64, Type.I64, Type.I64, Type.I64, Type.I64, Type.I32), List.of(Type.I32));

  /** Pairs of halves. */
  private static final long[][] VECTORS = {
    {0, 0},
    {-1, -1},
    {0x8000_0000_0000_0000L, 0x7fff_ffff_ffff_ffffL},
    {0x0102_0304_0506_0708L, 0x090a_0b0c_0d0e_0f10L},
    {0x8080_8080_7f7f_7f7fL, 0x8000_7fff_8001_0001L},
    {0x8000_0000_7fff_ffffL, 0xffff_ffff_0000_0001L},
    {0x00ff_ff00_00ff_00ffL, 0xff00_ff00_00ff_ff00L},
    {0x1f_1e1d_1c10_0f0eL, 0x8f7f_0080_0102_03ffL},
    floats(1.5f, -0.0f, 0.0f, -2.5f),
    floats(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0.49999997f),
    floats(0x1p31f, -0x1p31f, 0xffffffp8f, 0x1p32f),
    floats(1e10f, -1e10f, 8388609f, -0.75f),
    doubles(1.5, -0.0),
    doubles(Double.NaN, Double.NEGATIVE_INFINITY),
    doubles(2147483647.5, -2147483648.9),
    doubles(4294967295.5, 4294967296.0),
    doubles(-1.0, 1e300),
    doubles(0.0, 0.1),
  };

  private static final NativeExecutor[] EXECUTORS = {
    executor(NativeExecutor.hostFeatures()),
    executor(Set.of()),
    executor(without(X64Feature.AVX2, X64Feature.AVX512VL)),
    executor(without(X64Feature.AVX512VL)),
  };

  private static long[] floats(float a, float b, float c, float d) {
    return new long[] {pair(a, b), pair(c, d)};
  }

  private static long pair(float low, float high) {
    return (long) Float.floatToRawIntBits(high) << 32 | Float.floatToRawIntBits(low) & 0xffff_ffffL;
  }

  private static long[] doubles(double a, double b) {
    return new long[] {Double.doubleToRawLongBits(a), Double.doubleToRawLongBits(b)};
  }

  private static NativeExecutor executor(Set<CpuFeature> features) {
    return new NativeExecutor(new SsaAllocator(), Effort.NONE, features);
  }

  private static Set<CpuFeature> without(CpuFeature... some) {
    Set<CpuFeature> features = new HashSet<>(NativeExecutor.hostFeatures());
    features.removeAll(List.of(some));
    return features;
  }

  /** Where the parts of a function under test come from. */
  private static final class Site {
    final Builder builder;
    final Inst base;
    final Inst a;
    final Inst b;
    final Inst number;

    Site(Builder builder, Block entry) {
      this.builder = builder;
      base = entry.params.get(0);
      a = vector(entry.params.get(1), entry.params.get(2));
      b = vector(entry.params.get(3), entry.params.get(4));
      number = entry.params.get(5);
    }

    private Inst vector(Inst low, Inst high) {
      return builder.lane(
          Opcode.VREPLACE_LANE,
          Shape.I64X2,
          1,
          builder.lanes(Opcode.VSPLAT, Shape.I64X2, low),
          high);
    }

    /** A scalar of a type from the second vector. */
    Inst scalar(Shape shape) {
      return builder.lane(Opcode.VEXTRACT_LANE, shape, 0, b);
    }

    /** The value after a trip through memory, which selection can turn into a memory operand. */
    Inst throughMemory(Inst value, int bytes) {
      builder.store(MemoryAccess.full(value.type, GLOBAL), base, OPERAND, value, 0);
      return builder.load(value.type, new MemoryAccess(bytes, false, GLOBAL), base, OPERAND, 0);
    }
  }

  /** What to compute. */
  private interface Body {
    Inst build(Site site);
  }

  private static Function function(Body body) {
    Function function = new Function("test", SIGNATURE, TestRegions.ALL);
    Block entry = function.newBlock();
    SIGNATURE.params().forEach(entry::addParam);
    Builder builder = new Builder(function);
    builder.switchTo(entry);
    Site site = new Site(builder, entry);
    Inst value = body.build(site);
    if (builder.block().terminator() != null) {
      return function;
    }
    if (value.type == Type.I32) {
      builder.ret(value);
      return function;
    }
    Inst stored = value;
    if (value.type == Type.V128 && value.shape() != null && value.shape().isFloat()) {
      // Which NaN comes out is open.
      Inst number = builder.lanes(Opcode.VFEQ, value.shape(), value, value);
      stored = builder.vector(Opcode.VAND, value, number);
    }
    builder.store(MemoryAccess.full(value.type, GLOBAL), site.base, RESULT, stored, 0);
    builder.ret(builder.i32(0));
    return function;
  }

  private static void check(Body body) {
    Function reference = function(body);
    Verifier.verify(reference, "test");
    String text = Printer.print(reference);
    for (NativeExecutor executor : EXECUTORS) {
      NativeExecutor.Loaded loaded = executor.new Loaded(function(body));
      for (int i = 0; i < VECTORS.length; i++) {
        for (int k = 0; k < VECTORS.length; k++) {
          if (i == k || (i * 7 + k) % 5 == 0) {
            long[] a = VECTORS[i];
            long[] b = VECTORS[k];
            long[] args = {TestWorld.BASE, a[0], a[1], b[0], b[1], 5 * i + k};
            assertEquals(
                Outcome.interpret(reference, args),
                loaded.run(args),
                () -> "%s%x %x, %x %x, %d".formatted(text, a[0], a[1], b[0], b[1], args[5]));
          }
        }
      }
    }
  }

  /** All vector operations that have one result, with the lanes that they have. */
  private static List<Inst> operations() {
    List<Inst> found = new ArrayList<>();
    for (Opcode op : Opcode.values()) {
      if (!VectorEvaluator.canEval(op)) {
        continue;
      }
      for (Shape shape : op.hasShape() ? Shape.values() : new Shape[1]) {
        try {
          Body body = site -> operation(site, op, shape, site.a, site.b);
          Verifier.verify(function(body), "test");
          Inst inst = new Function("test", SIGNATURE, TestRegions.ALL).newInst(op, Type.V128);
          inst.setShape(shape);
          found.add(inst);
        } catch (CompilerBug _) {
          // Not for these lanes.
        }
      }
    }
    return found;
  }

  private static Inst operation(Site site, Opcode op, Shape shape, Inst a, Inst b) {
    Builder builder = site.builder;
    return switch (op) {
      case VBITSELECT -> builder.vector(op, a, b, builder.vector(Opcode.VXOR, a, b));
      case VSHUFFLE -> builder.shuffle(a, b, 0x0112_1304_0506_1718L, 0x1f0f_0e1d_0203_0414L);
      case VANY_TRUE, VNOT -> builder.vector(op, a);
      case VSPLAT -> builder.lanes(op, shape, site.scalar(shape));
      case VREPLACE_LANE -> builder.lane(op, shape, 1, a, site.scalar(shape));
      case VEXTRACT_LANE, VEXTRACT_LANE_S -> builder.lane(op, shape, 1, a);
      case VSHL, VSHR_S, VSHR_U -> builder.lanes(op, shape, a, site.number);
      default -> {
        if (shape == null) {
          yield builder.vector(op, a, b);
        }
        yield op.arity() == 1 ? builder.lanes(op, shape, a) : builder.lanes(op, shape, a, b);
      }
    };
  }

  @Test
  void everyOperation() {
    List<Inst> operations = operations();
    assertTrue(operations.size() > 180, () -> operations.size() + " operations");
    for (Inst each : operations) {
      check(site -> operation(site, each.op, each.shape(), site.a, site.b));
    }
  }

  /** One instruction with AVX-512VL, and what only looks like that. */
  @Test
  void rotationsAndLogic() {
    for (Shape shape : new Shape[] {Shape.I16X8, Shape.I32X4, Shape.I64X2}) {
      for (int up : new int[] {0, 1, 7, 16, 31}) {
        for (int down : new int[] {shape.laneBits() - up, 9}) {
          check(site -> {
            Builder builder = site.builder;
            Inst left = builder.lanes(Opcode.VSHL, shape, site.a, builder.i32(up));
            Inst right = builder.lanes(Opcode.VSHR_U, shape, site.a, builder.i32(down));
            return builder.vector(Opcode.VOR, down == 9 ? right : left, down == 9 ? left : right);
          });
        }
      }
    }
    Opcode[] logic = {Opcode.VAND, Opcode.VOR, Opcode.VXOR, Opcode.VANDNOT};
    for (Opcode inner : logic) {
      for (Opcode outer : logic) {
        check(site -> three(site, inner, outer, true));
        check(site -> three(site, inner, outer, false));
      }
    }
  }

  private static Inst three(Site site, Opcode inner, Opcode outer, boolean isLeft) {
    Builder builder = site.builder;
    Inst c = builder.lanes(Opcode.VADD, Shape.I32X4, site.a, site.b);
    Inst first = builder.vector(inner, site.a, site.b);
    return isLeft ? builder.vector(outer, first, c) : builder.vector(outer, c, first);
  }

  /** Of small numbers, so that it does not matter how often is rounded. */
  @Test
  void productsAndSums() {
    for (Shape shape : new Shape[] {Shape.F32X4, Shape.F64X2}) {
      for (Opcode op : new Opcode[] {Opcode.VMADD, Opcode.VNMADD}) {
        for (int inMemory = 0; inMemory < 4; inMemory++) {
          int which = inMemory;
          check(site -> {
            Inst both = site.builder.vector(Opcode.VXOR, site.a, site.b);
            Inst[] args = {
              small(site, shape, site.a), small(site, shape, site.b), small(site, shape, both)
            };
            if (which > 0) {
              args[which - 1] = site.throughMemory(args[which - 1], 16);
            }
            return site.builder.lanes(op, shape, args[0], args[1], args[2]);
          });
        }
      }
    }
  }

  private static Inst small(Site site, Shape shape, Inst vector) {
    Builder builder = site.builder;
    Inst bits = builder.vconst(0x0000_03ff_0000_01ffL, 0x0000_00ff_0000_07ffL);
    return builder.lanes(Opcode.VCONVERT_S, shape, builder.vector(Opcode.VAND, vector, bits));
  }

  @Test
  void operandsInMemory() {
    for (Inst each : operations()) {
      check(site -> operation(site, each.op, each.shape(), site.a, site.throughMemory(site.b, 16)));
      check(site -> operation(site, each.op, each.shape(), site.throughMemory(site.a, 16), site.b));
    }
  }

  @Test
  void constants() {
    for (Inst each : operations()) {
      for (int i = 3; i < VECTORS.length; i += 7) {
        long[] constant = VECTORS[i];
        check(site ->
            operation(
                site,
                each.op,
                each.shape(),
                site.a,
                site.builder.vconst(constant[0], constant[1])));
        check(site ->
            operation(
                site,
                each.op,
                each.shape(),
                site.builder.vconst(constant[0], constant[1]),
                site.b));
      }
    }
  }

  @Test
  void sameOperandTwice() {
    for (Inst each : operations()) {
      check(site -> operation(site, each.op, each.shape(), site.a, site.a));
    }
  }

  @Test
  void shiftsByConstants() {
    for (Shape shape : List.of(Shape.I8X16, Shape.I16X8, Shape.I32X4, Shape.I64X2)) {
      for (Opcode op : List.of(Opcode.VSHL, Opcode.VSHR_S, Opcode.VSHR_U)) {
        for (int count : new int[] {0, 1, 3, 7, 8, 15, 17, 31, 33, 63, 64, -1}) {
          check(site -> site.builder.lanes(op, shape, site.a, site.builder.i32(count)));
        }
      }
    }
  }

  @Test
  void lanes() {
    for (Shape shape : Shape.values()) {
      for (int i = 0; i < shape.lanes(); i++) {
        int lane = i;
        check(site -> site.builder.lane(Opcode.VEXTRACT_LANE, shape, lane, site.a));
        check(site ->
            site.builder.lane(Opcode.VREPLACE_LANE, shape, lane, site.a, site.scalar(shape)));
        // Loads and stores of lanes.
        check(site -> {
          MemoryAccess access = new MemoryAccess(shape.laneBytes(), false, GLOBAL);
          Inst loaded = site.builder.load(shape.laneType(), access, site.base, OPERAND, 0);
          return site.builder.lane(Opcode.VREPLACE_LANE, shape, lane, site.a, loaded);
        });
        check(site -> {
          Inst value = site.builder.lane(Opcode.VEXTRACT_LANE, shape, lane, site.a);
          MemoryAccess access = new MemoryAccess(shape.laneBytes(), false, GLOBAL);
          site.builder.store(access, site.base, RESULT + 16, value, 0);
          return site.number;
        });
      }
    }
  }

  @Test
  void partialLoads() {
    for (Shape shape : Shape.values()) {
      check(site -> {
        MemoryAccess access = new MemoryAccess(shape.laneBytes(), false, GLOBAL);
        Inst loaded = site.builder.load(shape.laneType(), access, site.base, OPERAND, 0);
        return site.builder.lanes(Opcode.VSPLAT, shape, loaded);
      });
    }
    for (int bytes : new int[] {4, 8}) {
      check(site ->
          site.builder.load(
              Type.V128, new MemoryAccess(bytes, false, GLOBAL), site.base, OPERAND, 0));
    }
    for (Shape shape : List.of(Shape.I16X8, Shape.I32X4, Shape.I64X2)) {
      for (Opcode op : List.of(Opcode.VEXTEND_LOW_S, Opcode.VEXTEND_LOW_U)) {
        check(site -> site.builder.lanes(op, shape, site.throughMemory(site.a, 8)));
      }
    }
  }

  /** Shuffles that are one instruction, and some that are not. */
  @Test
  void shuffles() {
    List<int[]> patterns = new ArrayList<>();
    for (int start = 0; start < 32; start++) {
      int from = start;
      patterns.add(pattern(i -> from + i & 31));
      patterns.add(pattern(i -> from + i & 15));
    }
    for (int bytes = 1; bytes <= 8; bytes *= 2) {
      int width = bytes;
      for (int half = 0; half < 16; half += 8) {
        int from = half;
        for (int swap = 0; swap < 32; swap += 16) {
          int order = swap;
          patterns.add(
              pattern(i ->
                  i / (2 * width) * width
                      + i % width
                      + from
                      + (i / width % 2 == 0 ? order : 16 - order)));
          patterns.add(pattern(i -> i / (2 * width) * width + i % width + from));
        }
      }
    }
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 60; i++) {
      int range = i % 2 == 0 ? 32 : 16;
      int width = 1 << i / 2 % 4;
      int[] numbers = random.ints(16, 0, range).toArray();
      patterns.add(pattern(k -> numbers[k / width] / width * width + k % width));
      patterns.add(pattern(k -> (numbers[k] & 16) + k));
    }
    for (int[] pattern : patterns) {
      long[] numbers = new long[2];
      for (int i = 0; i < 16; i++) {
        numbers[i / 8] |= (long) pattern[i] << 8 * (i % 8);
      }
      check(site -> site.builder.shuffle(site.a, site.b, numbers[0], numbers[1]));
      check(site -> site.builder.shuffle(site.a, site.a, numbers[0], numbers[1]));
      check(
          site -> site.builder.shuffle(site.a, site.builder.vconst(0, 0), numbers[0], numbers[1]));
    }
  }

  private static int[] pattern(java.util.function.IntUnaryOperator number) {
    int[] pattern = new int[16];
    for (int i = 0; i < 16; i++) {
      pattern[i] = number.applyAsInt(i);
    }
    return pattern;
  }

  @Test
  void swizzleByMaskedNumbers() {
    check(site -> {
      Inst mask = site.builder.vconst(0x0f0f_0f0f_0f0f_0f0fL, 0x8f8f_8f8f_8f8f_8f8fL);
      Inst numbers = site.builder.vector(Opcode.VAND, site.b, mask);
      return site.builder.vector(Opcode.VSWIZZLE, site.a, numbers);
    });
  }

  @Test
  void conditions() {
    List<Body> tests = new ArrayList<>();
    tests.add(site -> site.builder.vector(Opcode.VANY_TRUE, site.a));
    for (Shape shape : List.of(Shape.I8X16, Shape.I16X8, Shape.I32X4, Shape.I64X2)) {
      tests.add(site -> site.builder.lanes(Opcode.VALL_TRUE, shape, site.a));
    }
    for (Body test : tests) {
      check(site -> site.builder.select(test.build(site), site.a, site.b));
      check(site -> {
        Builder builder = site.builder;
        Block then = builder.newBlock();
        Block otherwise = builder.newBlock();
        Inst zero = builder.i32(0);
        Inst not = builder.compare(Opcode.ICMP_EQ, test.build(site), zero);
        builder.branch(not, new Edge(then), new Edge(otherwise));
        builder.switchTo(then);
        builder.ret(builder.i32(3));
        builder.switchTo(otherwise);
        builder.ret(site.number);
        return zero;
      });
    }
  }

  /** More vectors than registers, and callee-saved registers besides: slots must be aligned. */
  @Test
  void spilled() {
    for (int ints = 0; ints < 4; ints++) {
      int saved = ints;
      check(site -> {
        Builder builder = site.builder;
        List<Inst> numbers = new ArrayList<>();
        for (int i = 0; i < saved; i++) {
          numbers.add(builder.binary(Opcode.MUL, Type.I32, site.number, builder.i32(12345 + i)));
        }
        List<Inst> vectors = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          vectors.add(
              builder.lanes(
                  Opcode.VSHL, Shape.I16X8, i % 2 == 0 ? site.a : site.b, builder.i32(i % 15 + 1)));
        }
        Signature called = new Signature(List.of(Type.I64, Type.V128), List.of(Type.V128));
        Inst call = builder.call(7, called, site.base, vectors.get(3));
        Inst sum = builder.result(call, 0);
        for (Inst each : vectors) {
          sum = builder.lanes(Opcode.VADD, Shape.I8X16, sum, each);
        }
        for (Inst each : numbers) {
          sum =
              builder.lanes(
                  Opcode.VADD, Shape.I32X4, sum, builder.lanes(Opcode.VSPLAT, Shape.I32X4, each));
        }
        return sum;
      });
    }
  }

  /** Vectors as parameters and results, in registers and on the stack. */
  @Test
  void passedOnTheStack() {
    check(site -> {
      Builder builder = site.builder;
      List<Type> types = new ArrayList<>(List.of(Type.I64));
      List<Inst> args = new ArrayList<>(List.of(site.base));
      for (int i = 0; i < 12; i++) {
        types.add(i % 3 == 2 ? Type.F32 : Type.V128);
        args.add(
            i % 3 == 2
                ? builder.f32(i)
                : builder.lanes(Opcode.VSHL, Shape.I32X4, site.a, builder.i32(i)));
      }
      Signature called = new Signature(types, types.subList(1, 12));
      Inst call = builder.call(7, called, args.toArray(new Inst[0]));
      Inst[] results = new Inst[11];
      for (int i = 0; i < results.length; i++) {
        results[i] = builder.result(call, i);
      }
      Inst sum = site.b;
      for (Inst each : results) {
        Inst vector =
            each.type == Type.V128 ? each : builder.lanes(Opcode.VSPLAT, Shape.F32X4, each);
        sum = builder.vector(Opcode.VXOR, sum, vector);
      }
      return sum;
    });
  }
}
