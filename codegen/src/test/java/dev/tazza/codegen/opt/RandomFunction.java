package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.AliasRegion;
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
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Generates functions with structured control flow: conditionals, loops that end, switches, loads
 * and stores near a base address of which some fault, calls, checks and divisions. All take (base,
 * I32, I64, F64) and give (I32, I64, F64).
 */
public final class RandomFunction {
  public static final Signature SIGNATURE =
      new Signature(
          List.of(Type.I64, Type.I32, Type.I64, Type.F64), List.of(Type.I32, Type.I64, Type.F64));

  /** Of the functions that are called, as symbols 0 to 2; the first parameter is the base again. */
  public static final Signature CALLED =
      new Signature(List.of(Type.I64, Type.I32), List.of(Type.I32, Type.F64));

  private static final Type[] TYPES = {Type.I32, Type.I32, Type.I64, Type.I64, Type.F64, Type.F32};
  private static final int[] STEPS = {1, 1, 1, 2, 4, 8, -1, -1, -4};
  private static final long[] INTS = {
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    10,
    16,
    24,
    31,
    32,
    48,
    63,
    64,
    100,
    127,
    128,
    255,
    256,
    641,
    65535,
    65536,
    1000000007,
    0x7fffffff,
    0x80000000L,
    0xffffffffL,
    1L << 32,
    1L << 62,
    Long.MAX_VALUE
  };
  private static final Opcode[] BINARY = {
    Opcode.ADD,
    Opcode.SUB,
    Opcode.MUL,
    Opcode.AND,
    Opcode.OR,
    Opcode.XOR,
    Opcode.SHL,
    Opcode.SHR_S,
    Opcode.SHR_U,
    Opcode.ROTL,
    Opcode.ROTR,
    Opcode.MULHI_S,
    Opcode.MULHI_U,
    Opcode.ADD,
    Opcode.AND,
  };
  private static final Opcode[] DIVISION = {Opcode.DIV_S, Opcode.DIV_U, Opcode.REM_S, Opcode.REM_U};
  private static final Opcode[] UNARY = {
    Opcode.CLZ, Opcode.CTZ, Opcode.POPCNT, Opcode.EXTEND8_S, Opcode.EXTEND16_S
  };
  private static final Opcode[] COMPARE = {
    Opcode.ICMP_EQ, Opcode.ICMP_NE, Opcode.ICMP_LT_S, Opcode.ICMP_LT_U, Opcode.ICMP_GT_S,
    Opcode.ICMP_GT_U, Opcode.ICMP_LE_S, Opcode.ICMP_LE_U, Opcode.ICMP_GE_S, Opcode.ICMP_GE_U
  };
  private static final Opcode[] FLOAT_COMPARE = {
    Opcode.FCMP_EQ, Opcode.FCMP_NE, Opcode.FCMP_LT, Opcode.FCMP_GT, Opcode.FCMP_LE, Opcode.FCMP_GE
  };
  private static final Opcode[] FLOAT = {
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
  private static final Opcode[] ATOMICS = {
    Opcode.ATOMIC_LOAD,
    Opcode.ATOMIC_STORE,
    Opcode.ATOMIC_ADD,
    Opcode.ATOMIC_SUB,
    Opcode.ATOMIC_AND,
    Opcode.ATOMIC_OR,
    Opcode.ATOMIC_XOR,
    Opcode.ATOMIC_EXCHANGE,
    Opcode.ATOMIC_COMPARE_EXCHANGE
  };
  private static final AliasRegion[] WRITTEN = {
    TestRegions.MEMORY, TestRegions.MEMORY, TestRegions.MEMORY, TestRegions.GLOBAL
  };

  /** The innermost loop's, if there is a loop around. */
  private @Nullable Inst counter;

  /** What the counter is at least. */
  private int counterLeast;

  private final SplittableRandom random;
  private final Function function;
  private final Builder builder;
  private final Inst base;

  /** Values that dominate the current place. */
  private final List<Inst> scope = new ArrayList<>();

  private int budget;

  private RandomFunction(long seed, int size, Signature signature) {
    random = new SplittableRandom(seed);
    function = new Function("random" + seed, signature, TestRegions.ALL);
    builder = new Builder(function);
    budget = size;
    Block entry = function.newBlock();
    for (Type type : signature.params()) {
      scope.add(entry.addParam(type));
    }
    base = scope.get(0);
    builder.switchTo(entry);
  }

  /** A function that depends on the seed only. */
  public static Function generate(long seed, int size) {
    RandomFunction generator = new RandomFunction(seed, size, SIGNATURE);
    generator.body(0);
    generator.giveBack();
    return generator.function;
  }

  /** One that may be called: it returns in one place, in several or never, or by a tail call. */
  public static Function generateCalled(long seed, int size) {
    RandomFunction generator = new RandomFunction(seed, size, CALLED);
    generator.body(0);
    Builder builder = generator.builder;
    int ends = generator.random.nextInt(8);
    if (ends < 4) {
      Block then = builder.newBlock();
      Block otherwise = builder.newBlock();
      builder.branch(generator.any(Type.I32), new Edge(then), new Edge(otherwise));
      builder.switchTo(then);
      generator.leave();
      builder.switchTo(otherwise);
    }
    if (ends == 0) {
      builder.trap(7);
    } else {
      generator.leave();
    }
    return generator.function;
  }

  /** Returns, or calls another one in its own place. */
  private void leave() {
    if (random.nextInt(3) == 0) {
      builder.returnCall(random.nextInt(3), CALLED, base, any(Type.I32));
    } else {
      giveBack();
    }
  }

  private void giveBack() {
    builder.ret(function.signature.results().stream().map(this::any).toArray(Inst[]::new));
  }

  private void body(int depth) {
    int count = 2 + random.nextInt(8);
    for (int i = 0; i < count && budget > 0; i++) {
      budget--;
      int choice = random.nextInt(depth < 4 ? 30 : 24);
      if (choice < 24) {
        statement(choice);
      } else if (choice < 27) {
        conditional(depth);
      } else if (choice < 29) {
        loop(depth);
      } else if (random.nextBoolean()) {
        switchOn(depth);
      } else {
        dispatch(depth);
      }
    }
  }

  private void statement(int choice) {
    if (choice < 3) {
      load();
    } else if (choice < 5) {
      store();
    } else if (choice == 5) {
      atomic();
    } else if (choice == 6) {
      call();
    } else if (choice == 7) {
      Inst condition = compare();
      if (random.nextBoolean()) {
        builder.trapIf(builder.binary(Opcode.AND, Type.I32, condition, any(Type.I32)), 5);
      } else {
        builder.trapUnless(condition, 6);
      }
    } else if (choice == 8) {
      Type type = intType();
      scope.add(builder.divide(pick(DIVISION), type, any(type), any(type), 7));
    } else {
      scope.add(computation());
    }
  }

  private Type intType() {
    return random.nextBoolean() ? Type.I32 : Type.I64;
  }

  private Inst computation() {
    Type type = pick(TYPES);
    if (type.isFloat()) {
      return floatComputation(type);
    }
    return switch (random.nextInt(10)) {
      case 0 -> builder.unary(pick(UNARY), type, any(type));
      case 1 ->
          type == Type.I32
              ? builder.unary(Opcode.WRAP, type, any(Type.I64))
              : builder.unary(
                  random.nextBoolean() ? Opcode.UEXTEND : Opcode.SEXTEND, type, any(Type.I32));
      case 2 -> builder.select(any(Type.I32), any(type), any(type));
      case 3 -> compare();
      case 4 ->
          random.nextBoolean()
              ? builder.unary(Opcode.TRUNC_SAT_S, type, any(Type.F64))
              : builder.unary(Opcode.EXTEND32_S, Type.I64, any(Type.I64));
      case 5 ->
          random.nextBoolean()
              ? builder.compare(pick(COMPARE), any(type), any(type))
              : clamp(type, intType());
      case 6 -> {
        Opcode op = pick(COMPARE);
        Inst inner = compare();
        yield builder.compare(op, inner, builder.i32(random.nextInt(2)));
      }
      default -> builder.binary(pick(BINARY), type, any(type), any(type));
    };
  }

  private Inst floatComputation(Type type) {
    return switch (random.nextInt(8)) {
      case 0 -> builder.unary(pick(FLOAT_UNARY), type, any(type));
      case 1 -> builder.unary(Opcode.CONVERT_S, type, any(intType()));
      case 2 -> builder.compare(pick(FLOAT_COMPARE), any(type), any(type));
      case 3 ->
          type == Type.F32
              ? builder.unary(Opcode.DEMOTE, type, any(Type.F64))
              : builder.unary(Opcode.PROMOTE, type, any(Type.F32));
      // No NaN: which one an operation gives is open.
      case 4 ->
          builder.unary(
              Opcode.BITCAST,
              Type.F64,
              builder.binary(
                  Opcode.AND, Type.I64, any(Type.I64), builder.i64(0x7fefffffffffffffL)));
      default -> builder.binary(pick(FLOAT), type, any(type), any(type));
    };
  }

  private Inst clamp(Type type, Type tested) {
    if (type == Type.I64 && random.nextInt(3) == 0) {
      return builder.clampMin(any(type), any(type));
    }
    Opcode op = random.nextBoolean() ? Opcode.CLAMP_LT : Opcode.CLAMP_LE;
    return builder.clamp(op, any(type), any(tested), any(tested));
  }

  private Inst compare() {
    Type type = intType();
    return builder.compare(pick(COMPARE), any(type), any(type));
  }

  private <T> T pick(T[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** A value in scope, or a constant. */
  private Inst any(Type type) {
    int start = random.nextInt(scope.size());
    if (random.nextInt(4) != 0) {
      // Mostly what was made lately.
      start = Math.max(start, random.nextInt(scope.size()));
      for (int i = 0; i < scope.size(); i++) {
        Inst value = scope.get((start + scope.size() - i) % scope.size());
        if (value.type == type) {
          return value;
        }
      }
    }
    long constant = INTS[random.nextInt(INTS.length)];
    return switch (type) {
      case F32 -> builder.f32((float) constant / 2);
      case F64 -> builder.f64(random.nextBoolean() ? constant : -constant / 8.0);
      default -> builder.iconst(type, random.nextBoolean() ? constant : -constant);
    };
  }

  private Inst address() {
    if (random.nextInt(3) == 0) {
      return base;
    }
    Inst index = any(Type.I32);
    if (counter != null && random.nextInt(3) != 0) {
      index = nearCounter(counter);
    } else if (random.nextInt(12) != 0) {
      index =
          builder.binary(
              Opcode.AND, Type.I32, index, builder.i32(random.nextBoolean() ? 0x18 : 0xff));
    }
    if (random.nextInt(3) == 0) {
      index = builder.binary(Opcode.ADD, Type.I32, index, builder.i32(random.nextInt(4) * 4));
    }
    return builder.binary(
        Opcode.ADD, Type.I64, base, builder.unary(Opcode.UEXTEND, Type.I64, index));
  }

  /** A small number that follows the innermost loop's counter. */
  private Inst nearCounter(Inst of) {
    int least = random.nextInt(16) - counterLeast;
    Inst index = builder.binary(Opcode.ADD, Type.I32, of, builder.i32(least));
    return random.nextBoolean()
        ? index
        : builder.binary(
            Opcode.ADD,
            Type.I32,
            builder.binary(Opcode.SHL, Type.I32, index, builder.i32(1 + random.nextInt(3))),
            builder.i32(random.nextInt(32)));
  }

  /** Globals are where memory accesses do not come. */
  private long offset(AliasRegion region) {
    if (region == TestRegions.MEMORY) {
      return random.nextInt(6) * 4L;
    }
    return (region == TestRegions.GLOBAL ? 2048 : 3072) + random.nextInt(4) * 8L;
  }

  private void load() {
    AliasRegion region = random.nextInt(8) == 0 ? TestRegions.CONSTANT : pick(WRITTEN);
    Type type = pick(TYPES);
    boolean constant = region == TestRegions.CONSTANT;
    boolean memory = region == TestRegions.MEMORY;
    int bytes =
        type.isInt() && !constant ? 1 << random.nextInt(type == Type.I32 ? 3 : 4) : type.bytes();
    boolean signed = bytes < type.bytes() && random.nextBoolean();
    Inst address = memory ? address() : base;
    scope.add(
        builder.load(
            type,
            new MemoryAccess(bytes, signed, region),
            address,
            offset(region),
            memory ? 3 : 0));
  }

  private void store() {
    AliasRegion region = pick(WRITTEN);
    Type type = pick(TYPES);
    boolean memory = region == TestRegions.MEMORY;
    int bytes = type.isInt() ? 1 << random.nextInt(type == Type.I32 ? 3 : 4) : type.bytes();
    Inst address = memory ? address() : base;
    builder.store(
        new MemoryAccess(bytes, false, region), address, offset(region), any(type), memory ? 3 : 0);
  }

  /** Aligned, as they always are. */
  private void atomic() {
    if (random.nextInt(8) == 0) {
      builder.fence();
      return;
    }
    AliasRegion region = random.nextBoolean() ? TestRegions.MEMORY : TestRegions.GLOBAL;
    boolean memory = region == TestRegions.MEMORY;
    Type type = random.nextBoolean() ? Type.I32 : Type.I64;
    Opcode op = pick(ATOMICS);
    Inst[] args = new Inst[op.arity()];
    args[0] = memory ? builder.binary(Opcode.AND, Type.I64, address(), builder.i64(-8)) : base;
    for (int i = 1; i < args.length; i++) {
      args[i] = random.nextInt(4) == 0 ? builder.iconst(type, random.nextInt(-2, 3)) : any(type);
    }
    MemoryAccess access =
        new MemoryAccess(1 << random.nextInt(type == Type.I32 ? 3 : 4), false, region);
    Type result = op == Opcode.ATOMIC_STORE ? Type.NONE : type;
    Inst inst = builder.atomic(op, result, access, offset(region) & -8, memory ? 3 : 0, args);
    if (result != Type.NONE && random.nextInt(3) > 0) {
      scope.add(inst);
    }
  }

  private void call() {
    // The callee in the test's world writes anywhere: a separate region of constants would not stay
    // constant.
    Inst call = builder.call(random.nextInt(3), CALLED, base, any(Type.I32));
    int used = random.nextInt(4);
    for (int i = 0; i < 2; i++) {
      if ((used >> i & 1) != 0) {
        scope.add(builder.result(call, i));
      }
    }
  }

  private void conditional(int depth) {
    Block then = builder.newBlock();
    Block otherwise = builder.newBlock();
    Block join = builder.newBlock();
    Type[] types = {pick(TYPES), pick(TYPES)};
    Inst condition = random.nextBoolean() ? compare() : any(Type.I32);
    boolean arms = random.nextInt(4) != 0;
    Edge shortcut = arms ? new Edge(otherwise) : new Edge(join, any(types[0]), any(types[1]));
    builder.branch(condition, new Edge(then), shortcut);
    int outer = scope.size();
    builder.switchTo(then);
    body(depth + 1);
    if (random.nextInt(12) == 0) {
      builder.trap(8);
    } else {
      builder.jump(join, any(types[0]), any(types[1]));
    }
    leave(outer);
    if (arms) {
      builder.switchTo(otherwise);
      body(depth + 1);
      builder.jump(join, any(types[0]), any(types[1]));
      leave(outer);
    } else {
      function.blocks.remove(otherwise);
    }
    builder.switchTo(join);
    scope.add(join.addParam(types[0]));
    scope.add(join.addParam(types[1]));
  }

  private void leave(int outer) {
    scope.subList(outer, scope.size()).clear();
  }

  private void loop(int depth) {
    Block header = builder.newBlock();
    Block exit = builder.newBlock();
    boolean testFirst = random.nextBoolean();
    Type type = pick(TYPES);
    Inst invariant = any(type);
    int trips = random.nextInt(5);
    int step = STEPS[random.nextInt(STEPS.length)];
    int first = first(trips * step);
    int limit = first + trips * step;
    builder.jump(header, builder.i32(first), any(type), invariant);
    int outer = scope.size();
    builder.switchTo(header);
    Inst param = header.addParam(Type.I32);
    scope.add(param);
    scope.add(header.addParam(type));
    Inst same = header.addParam(type);
    scope.add(same);
    if (testFirst) {
      Block body = builder.newBlock();
      scope.add(computation());
      Inst more = builder.compare(test(step), param, builder.i32(limit));
      builder.branch(more, new Edge(body), new Edge(exit, any(type)));
      builder.switchTo(body);
    }
    Inst outerCounter = counter;
    int outerLeast = counterLeast;
    counter = param;
    counterLeast = Math.min(first, limit);
    body(depth + 1);
    counter = outerCounter;
    counterLeast = outerLeast;
    Inst next = builder.binary(Opcode.ADD, Type.I32, param, builder.i32(step));
    Inst kept = random.nextInt(3) == 0 ? any(type) : same;
    if (testFirst) {
      builder.jump(header, next, any(type), kept);
    } else {
      Inst more = builder.compare(test(step), next, builder.i32(limit + (trips == 0 ? step : 0)));
      builder.branch(more, new Edge(header, next, any(type), kept), new Edge(exit, any(type)));
    }
    leave(outer);
    builder.switchTo(exit);
    scope.add(exit.addParam(type));
  }

  /** Where to count from: near zero, or where numbers wrap around. */
  private int first(int way) {
    return switch (random.nextInt(8)) {
      case 0 -> -way;
      case 1 -> Integer.MAX_VALUE - random.nextInt(16);
      case 2 -> -random.nextInt(16);
      case 3 -> random.nextInt();
      default -> random.nextInt(8);
    };
  }

  private Opcode test(int step) {
    return switch (random.nextInt(4)) {
      case 0, 1 -> Opcode.ICMP_NE;
      case 2 -> step > 0 ? Opcode.ICMP_LT_S : Opcode.ICMP_GT_S;
      default -> step > 0 ? Opcode.ICMP_LT_U : Opcode.ICMP_GT_U;
    };
  }

  private void switchOn(int depth) {
    Block join = builder.newBlock();
    Type type = pick(TYPES);
    int count = 2 + random.nextInt(3);
    Edge[] edges = new Edge[count + 1];
    Inst index = builder.binary(Opcode.AND, Type.I32, any(Type.I32), builder.i32(3));
    Edge common = new Edge(join, any(type));
    for (int i = 0; i <= count; i++) {
      edges[i] =
          random.nextBoolean() ? new Edge(builder.newBlock()) : new Edge(join, common.args.clone());
    }
    builder.switchOn(index, edges);
    int outer = scope.size();
    for (Edge edge : edges) {
      if (edge.target != join) {
        builder.switchTo(edge.target);
        body(depth + 1);
        builder.jump(join, any(type));
        leave(outer);
      }
    }
    builder.switchTo(join);
    scope.add(join.addParam(type));
  }

  /** A loop around a switch that its cases steer, mostly with constants, which may meet before. */
  private void dispatch(int depth) {
    Block header = builder.newBlock();
    Block join = random.nextBoolean() ? builder.newBlock() : header;
    Block exit = builder.newBlock();
    Type type = pick(TYPES);
    Block[] cases = new Block[2 + random.nextInt(4)];
    Edge[] edges = new Edge[cases.length + 1];
    builder.jump(header, builder.i32(0), state(cases.length), any(type));
    int outer = scope.size();
    builder.switchTo(header);
    Inst counter = header.addParam(Type.I32);
    Inst state = header.addParam(Type.I32);
    scope.add(counter);
    scope.add(state);
    scope.add(header.addParam(type));
    for (int i = 0; i < cases.length; i++) {
      cases[i] = builder.newBlock();
      edges[i] = new Edge(cases[i]);
    }
    edges[cases.length] = new Edge(exit, any(type));
    builder.switchOn(state, edges);
    int inner = scope.size();
    for (int i = 0; i < cases.length; i++) {
      builder.switchTo(cases[i]);
      body(depth + 1);
      Inst next = builder.binary(Opcode.ADD, Type.I32, counter, builder.i32(1));
      Inst more = builder.compare(Opcode.ICMP_LT_S, next, builder.i32(6));
      Edge back = new Edge(join, next, state(cases.length), any(type));
      boolean on = i + 1 < cases.length && random.nextBoolean();
      builder.branch(more, back, on ? new Edge(cases[i + 1]) : new Edge(exit, any(type)));
      leave(inner);
    }
    if (join != header) {
      join(join, header, exit, type);
    }
    leave(outer);
    builder.switchTo(exit);
    scope.add(exit.addParam(type));
  }

  /** What comes between the cases of a loop around a switch and the next round. */
  private void join(Block join, Block header, Block exit, Type type) {
    builder.switchTo(join);
    Inst counter = join.addParam(Type.I32);
    Inst state = join.addParam(Type.I32);
    scope.add(counter);
    scope.add(join.addParam(type));
    scope.add(computation());
    Edge again = new Edge(header, counter, state, any(type));
    builder.branch(any(Type.I32), again, new Edge(exit, any(type)));
  }

  private Inst state(int cases) {
    return random.nextInt(5) == 0
        ? builder.binary(Opcode.AND, Type.I32, any(Type.I32), builder.i32(7))
        : builder.i32(random.nextInt(cases + 1));
  }
}
