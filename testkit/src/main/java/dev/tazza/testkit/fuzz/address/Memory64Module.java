package dev.tazza.testkit.fuzz.address;

import dev.tazza.testkit.fuzz.address.Memory64Program.Expr;
import dev.tazza.testkit.fuzz.address.Memory64Program.Expr.Binary;
import dev.tazza.testkit.fuzz.address.Memory64Program.Expr.Const;
import dev.tazza.testkit.fuzz.address.Memory64Program.Expr.Local;
import dev.tazza.testkit.fuzz.address.Memory64Program.State;
import dev.tazza.testkit.fuzz.address.Memory64Program.Statement;
import dev.tazza.testkit.fuzz.address.Memory64Program.Statement.Assign;
import dev.tazza.testkit.fuzz.address.Memory64Program.Statement.Bulk;
import dev.tazza.testkit.fuzz.address.Memory64Program.Statement.Grow;
import dev.tazza.testkit.fuzz.address.Memory64Program.Statement.If;
import dev.tazza.testkit.fuzz.address.Memory64Program.Statement.Load;
import dev.tazza.testkit.fuzz.address.Memory64Program.Statement.Loop;
import dev.tazza.testkit.fuzz.address.Memory64Program.Statement.Store;
import dev.tazza.testkit.fuzz.address.Memory64Program.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A module made of a seed: functions f0, f1 … over a memory with 64-bit indexes or pages of one
 * byte, and what an interpreter says that calls of them do.
 *
 * @param accesses how many the calls make
 */
record Memory64Module(String text, List<Call> calls, long accesses) {
  /**
   * A call and what comes of it.
   *
   * @param sum the result; null: it traps
   */
  record Call(int function, long[] arguments, @Nullable Long sum, SparseMemory after) {}

  /** A type of memory. */
  private record Shape(String text, boolean is64, long pages, long maximum, long pageSize) {}

  private static final long PAGE = 1 << 16;
  private static final long EDGE = 1L << 32;

  private static final Shape[] SHAPES = {
    new Shape("i64 1", true, 1, 1L << 31, PAGE),
    new Shape("i64 1 3", true, 1, 3, PAGE),
    new Shape("i64 65537 65540", true, 65537, 65540, PAGE),
    new Shape("i64 65536", true, 65536, 1L << 31, PAGE),
    new Shape("i64 65541 70000 (pagesize 1)", true, 65541, 70000, 1),
    new Shape("65541 70000 (pagesize 1)", false, 65541, 70000, 1),
    new Shape("13 (pagesize 1)", false, 13, EDGE - 1, 1),
  };

  private static final int FUNCTIONS = 3;
  private static final int CALLS = 24;
  private static final int PARAMS = 3;
  private static final int LOCALS = 8;
  private static final int FUEL = 300;
  private static final String[] OPS = {"add", "add", "add", "sub", "mul", "and", "shl", "shr_u"};

  static Memory64Module of(long seed) {
    return new Maker(new Random(seed), new Random(~seed)).make();
  }

  private static final class Maker {
    private final Random random;

    /** For what was added, so that a seed means what it meant otherwise. */
    private final Random more;

    private final Shape shape;
    private long length;

    Maker(Random random, Random more) {
      this.random = random;
      this.more = more;
      shape = SHAPES[random.nextInt(SHAPES.length)];
      length = shape.pages * shape.pageSize;
    }

    Memory64Module make() {
      List<List<Statement>> bodies = new ArrayList<>();
      for (int i = 0; i < FUNCTIONS; i++) {
        bodies.add(block(2, 3 + random.nextInt(6)));
      }
      List<Call> calls = new ArrayList<>();
      SparseMemory memory = new SparseMemory(length);
      long accesses = 0;
      for (int i = 0; i < CALLS; i++) {
        int function = random.nextInt(FUNCTIONS);
        SparseMemory after = new SparseMemory(memory);
        State state = new State(after, shape.is64, shape.maximum, shape.pageSize, LOCALS, FUEL);
        long[] arguments = new long[PARAMS];
        for (int k = 0; k < PARAMS; k++) {
          arguments[k] = place();
          state.locals[k] = arguments[k];
        }
        Long sum = null;
        try {
          Memory64Program.runAll(bodies.get(function), state);
          sum = state.sum;
        } catch (Stop stop) {
          if (stop == Stop.OUT_OF_FUEL) {
            continue;
          }
        }
        accesses += state.accesses;
        calls.add(new Call(function, arguments, sum, after));
        memory = after;
        length = memory.length();
      }
      return new Memory64Module(text(bodies), calls, accesses);
    }

    private String text(List<List<Statement>> bodies) {
      StringBuilder out = new StringBuilder("(module (memory (export \"memory\") ");
      out.append(shape.text).append(")\n");
      for (int i = 0; i < bodies.size(); i++) {
        out.append("(func (export \"f%d\") (param i64 i64 i64) (result i64)".formatted(i));
        out.append(" (local").append(" i64".repeat(LOCALS - PARAMS)).append(") (local $sum i64)\n");
        out.append(Memory64Program.textOf(bodies.get(i), shape.is64));
        out.append("(local.get $sum))\n");
      }
      return out.append(")\n").toString();
    }

    /** A number where something ends, or nearly. */
    private long place() {
      long near = random.nextInt(-24, 9);
      return switch (random.nextInt(12)) {
        case 0 -> near;
        case 1 -> EDGE + near;
        case 2 -> Long.MIN_VALUE + near;
        case 3 -> random.nextLong();
        case 4 -> random.nextInt(1 << 16);
        case 5 -> length - PAGE + near;
        case 6 -> -PAGE + near;
        default -> length + near - random.nextInt(64);
      };
    }

    private long offset() {
      long offset =
          switch (random.nextInt(20)) {
            case 0 -> PAGE - random.nextInt(20);
            case 1 -> PAGE + random.nextInt(20);
            case 2 -> length - random.nextInt(40);
            case 3 -> EDGE - random.nextInt(20);
            case 4 -> -1L - random.nextInt(40);
            case 5 -> Long.MAX_VALUE - random.nextInt(8);
            case 6, 7, 8, 9, 10 -> random.nextInt(32);
            default -> 0;
          };
      return shape.is64 ? offset : offset & 0xffff_ffffL;
    }

    private int local() {
      return random.nextInt(LOCALS - 1);
    }

    private Expr sum(Expr base) {
      return switch (random.nextInt(8)) {
        case 0, 1, 2 -> new Binary("add", base, new Const(random.nextInt(40)));
        case 3 -> new Binary("sub", base, new Const(random.nextInt(24)));
        case 4 -> new Binary("add", sum(base), new Const(random.nextInt(-16, 4096)));
        case 5 -> random.nextInt(3) == 0 ? new Const(place()) : base;
        default -> base;
      };
    }

    private Expr any() {
      Expr left = new Local(local());
      Expr right = random.nextBoolean() ? new Local(local()) : new Const(place());
      String op = OPS[random.nextInt(OPS.length)];
      boolean shifts = op.startsWith("sh");
      return new Binary(op, left, shifts ? new Const(random.nextInt(66)) : right);
    }

    private Statement access(Expr index) {
      int bytes = 1 << random.nextInt(4);
      return random.nextInt(3) == 0
          ? new Store(index, offset(), bytes, new Local(local()))
          : new Load(index, offset(), bytes);
    }

    private List<Statement> block(int depth, int count) {
      List<Statement> all = new ArrayList<>();
      int base = local();
      for (int i = 0; i < count; i++) {
        switch (random.nextInt(14)) {
          case 12 -> {
            if (depth > 0) {
              all.addAll(walk());
            }
          }
          case 13 -> {
            if (depth > 0) {
              all.add(counted());
            }
          }
          case 0 -> all.add(new Assign(local(), any()));
          case 1 -> {
            base = local();
            all.add(new Assign(base, sum(new Local(random.nextInt(PARAMS)))));
          }
          case 2 -> all.add(bulk());
          case 3 -> all.add(new Grow(random.nextInt(3)));
          case 4, 5 -> {
            if (depth > 0) {
              Expr bit = new Local(local());
              all.add(new If(bit, block(depth - 1, 3), block(depth - 1, 2)));
            }
          }
          case 6 -> {
            if (depth > 0) {
              List<Statement> body = block(0, 3);
              int step = random.nextInt(-8, 9);
              body.add(new Assign(base, new Binary("add", new Local(base), new Const(step))));
              // The last local counts, and nothing else writes it.
              all.add(new Loop(LOCALS - 1, 1 + random.nextInt(20), body));
            }
          }
          default -> all.add(access(sum(new Local(base))));
        }
      }
      if (more.nextInt(3) == 0) {
        all.add(more.nextInt(all.size() + 1), narrow());
      }
      return all;
    }

    /** For HoistBoundsChecks: a pointer goes through memory, and perhaps out of it. */
    private List<Statement> walk() {
      int pointer = local();
      int rounds = 1 + random.nextInt(20);
      int step = random.nextInt(6) == 0 ? random.nextInt(-8, 50_000) : 1 << random.nextInt(5);
      long back = (long) step * random.nextInt(2 * rounds);
      Expr start = new Binary("sub", new Local(random.nextInt(PARAMS)), new Const(back));
      boolean isKnown = more.nextInt(3) == 0;
      if (isKnown) {
        start = new Const(more.nextInt(4) == 0 ? more.nextInt(-40, 9) : length - back);
      }
      List<Statement> body = new ArrayList<>();
      int first = random.nextInt(3) == 0 ? random.nextInt(-16, 40) : 0;
      first += isKnown ? more.nextInt(24) : 0;
      for (int i = random.nextInt(4); i >= 0; i--) {
        Expr index = new Binary("add", new Local(pointer), new Const(first));
        Statement access = access(index);
        boolean always = random.nextInt(4) != 0;
        body.add(always ? access : new If(new Local(local()), List.of(access), List.of()));
        first += random.nextInt(-4, 24) - (isKnown ? more.nextInt(24) : 0);
      }
      if (random.nextInt(8) == 0) {
        body.add(random.nextInt(body.size()), new Grow(random.nextInt(2)));
      }
      body.add(new Assign(pointer, new Binary("add", new Local(pointer), new Const(step))));
      return List.of(new Assign(pointer, start), new Loop(LOCALS - 1, rounds, body));
    }

    /** For EliminateBoundsChecks: indexes that constants bound, near the end of the memory. */
    private Statement counted() {
      int rounds = 1 + random.nextInt(20);
      int scale = random.nextInt(12);
      Expr counter = new Local(LOCALS - 1);
      if (random.nextInt(3) == 0) {
        counter = new Binary("and", new Local(local()), new Const((1 << random.nextInt(12)) - 1));
      }
      long end = ((long) rounds << scale) + random.nextInt(-20, 9);
      Expr scaled = new Binary("shl", counter, new Const(scale));
      List<Statement> body = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        Expr index = new Binary("add", scaled, new Const(length - end + random.nextInt(-9, 9)));
        body.add(access(index));
      }
      return new Loop(LOCALS - 1, rounds, body);
    }

    /** Indexes that come from numbers of 32 bits, which the guard of a 64-bit memory covers. */
    private Statement narrow() {
      int scale = more.nextInt(5);
      Expr number = new Binary("shr_u", new Local(more.nextInt(LOCALS - 1)), new Const(scale));
      number = new Binary("and", number, new Const(EDGE - 1));
      Expr index = new Binary("shl", number, new Const(scale));
      index = new Binary("add", index, new Const(more.nextInt(6) == 0 ? -8 : more.nextInt(40)));
      long offset =
          switch (more.nextInt(6)) {
            case 0 -> EDGE / 2 - more.nextInt(24);
            case 1 -> EDGE - more.nextInt(24);
            case 2 -> more.nextInt(1 << 20);
            default -> more.nextInt(16);
          };
      offset = shape.is64 ? offset : offset & EDGE - 1;
      int bytes = 1 << more.nextInt(4);
      return more.nextInt(3) == 0
          ? new Store(index, offset, bytes, new Local(more.nextInt(LOCALS - 1)))
          : new Load(index, offset, bytes);
    }

    private Statement bulk() {
      Expr count = random.nextInt(4) == 0 ? any() : new Const(random.nextInt(200));
      List<Expr> from = random.nextBoolean() ? List.of() : List.of(sum(new Local(local())));
      return new Bulk(sum(new Local(local())), from, count);
    }
  }
}
