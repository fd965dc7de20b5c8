package dev.tazza.testkit.fuzz.address;

import dev.tazza.testkit.fuzz.address.Expr.Binary;
import dev.tazza.testkit.fuzz.address.Expr.Const;
import dev.tazza.testkit.fuzz.address.Expr.Local;
import dev.tazza.testkit.fuzz.address.Expr.Op;
import dev.tazza.testkit.fuzz.address.Statement.Assign;
import dev.tazza.testkit.fuzz.address.Statement.DoWhile;
import dev.tazza.testkit.fuzz.address.Statement.Grow;
import dev.tazza.testkit.fuzz.address.Statement.If;
import dev.tazza.testkit.fuzz.address.Statement.Load;
import dev.tazza.testkit.fuzz.address.Statement.Observe;
import dev.tazza.testkit.fuzz.address.Statement.Place;
import dev.tazza.testkit.fuzz.address.Statement.Store;
import dev.tazza.testkit.fuzz.address.Statement.Switch;
import dev.tazza.testkit.fuzz.address.Statement.Way;
import dev.tazza.testkit.fuzz.address.Statement.While;
import java.util.ArrayList;
import java.util.List;

/** The kinds of loops with accesses: each is for a pass, or a few, that touch addresses. */
final class AddressShapes {
  /** What is made, and for whom. */
  enum Shape {
    /** WidenAddresses, ValueRanges: what was asked for under a deep sum, then used itself. */
    DEEP_SUMS,
    /** LoopCounters, CompareNextValues, WidenAddresses: counters between constants. */
    COUNTED,
    /** LoopCounters: steps and limits that are not known. */
    STEPPED,
    /** LoopCounters of loops in loops, UnrollOpenLoops. */
    NESTED,
    /** WidenElementLoops: copies, fills and comparisons of elements of 1 to 16 bytes. */
    ELEMENTS,
    /** UnrollLoops. */
    FEW_ROUNDS,
    /** HoistInvariants: accesses that may move, and that must not. */
    INVARIANT,
    /** LookUpValues, ThreadJumps, SelectValues: addresses chosen among constants. */
    SWITCHED,
    /** NumberValues, EliminateDeadStores, lowering: accesses over one another. */
    OVERLAPPING,
    /** MemoryVersions: a base and a length that change. */
    GROWING,
    /** Services for memory.copy, fill and init, inlined for small constants; ForwardStore. */
    BULK,
    /** The same while the memory grows. */
    GROWING_BULK,
    /** AtomicTranslator and its selection: accesses that no pass may move. */
    ATOMIC,
    /** CheckedIndexes: elements of a table. */
    TABLE,
    /** LoopTailCalls, and then what is done with loops. */
    TAIL_CALLS,
    /** Algebra, KnownBits, lowering: any arithmetic. */
    MIXED
  }

  private static final int[] STEPS = {
    1, 1, 2, 4, 4, 8, 16, 3, -1, -1, -4, -8, 4096, 1 << 16, 1 << 28
  };
  private static final Op[] UP = {Op.LT_U, Op.LT_S, Op.LE_U, Op.LE_S, Op.NE, Op.NE};
  private static final Op[] DOWN = {Op.GT_U, Op.GT_S, Op.GE_U, Op.GE_S, Op.NE, Op.NE};

  private final Addresses at;
  private final BulkShapes bulk;

  AddressShapes(Addresses addresses) {
    at = addresses;
    bulk = new BulkShapes(addresses);
  }

  List<Statement> make(Shape shape) {
    return switch (shape) {
      case DEEP_SUMS -> deepSums();
      case COUNTED -> counted(at.between(1, at.chance(8) ? 300 : 40));
      case STEPPED -> stepped();
      case NESTED -> nested();
      case ELEMENTS -> bulk.elements();
      case FEW_ROUNDS -> counted(at.between(1, 16));
      case INVARIANT -> invariant();
      case SWITCHED -> switched();
      case OVERLAPPING -> overlapping();
      case GROWING -> growing();
      case BULK -> bulk.bulk(false);
      case GROWING_BULK -> bulk.bulk(true);
      case ATOMIC -> bulk.atomic();
      case TABLE -> bulk.elementsOfTable();
      case TAIL_CALLS -> bulk.tailCalls();
      case MIXED -> mixed();
    };
  }

  /** {@code n} rounds of {@code body}, with a counter from {@code first} on. */
  private List<Statement> loop(Local counter, Expr first, int step, int n, List<Statement> body) {
    int limit = at.firstValue(first) + step * n + (at.chance(10) ? at.between(-3, 3) : 0);
    Op[] tests = step > 0 ? UP : DOWN;
    Op test = tests[at.random.nextInt(tests.length)];
    Statement next = new Assign(counter.index(), Expr.of(Op.ADD, counter, step));
    List<Statement> all = new ArrayList<>(body);
    boolean before = at.chance(25);
    if (before) {
      all.addFirst(next);
    } else {
      all.add(next);
    }
    boolean zero = limit == 0 && test == Op.NE && at.chance(80);
    Expr goesOn = zero ? counter : Expr.of(test, counter, limit);
    Statement loop =
        at.chance(65)
            ? new DoWhile(all, leave(counter, step, n), List.of(), goesOn)
            : new While(goesOn, body, leave(counter, step, n), List.of(next));
    return List.of(new Assign(counter.index(), first), loop);
  }

  /** Never, or after some rounds, which may be more than the test at the end allows. */
  private Expr leave(Local counter, int step, int n) {
    if (at.chance(60)) {
      return new Const(0);
    }
    int last = at.firstValue(counter) + step * at.between(0, 2 * n + 20);
    return Expr.of(Op.EQ, counter, at.chance(50) ? at.param(last) : new Const(last));
  }

  private int step() {
    return STEPS[at.random.nextInt(STEPS.length)];
  }

  private List<Statement> accesses(Expr counter, int step, int rounds) {
    List<Statement> body = new ArrayList<>();
    for (int i = at.between(1, 4); i > 0; i--) {
      Expr scaled = at.scaled(counter);
      int ahead = at.firstValue(counter) + step;
      long factor = scale(scaled, counter);
      long travel = factor * step * (rounds - 1);
      body.add(at.access(ahead == 0 && at.chance(20) ? counter : scaled, travel));
    }
    return body;
  }

  /** By how much {@code expr} goes on when {@code counter} does by one. */
  private static long scale(Expr expr, Expr counter) {
    if (expr == counter) {
      return 1;
    }
    return switch (expr) {
      case Binary(Op op, Expr left, Const(int c)) when op == Op.SHL ->
          scale(left, counter) << (c & 31);
      case Binary(Op op, Expr left, Const(int c)) when op == Op.MUL -> scale(left, counter) * c;
      case Binary(_, Expr left, _) -> scale(left, counter);
      default -> 1;
    };
  }

  private List<Statement> deepSums() {
    Expr first = at.chance(70) ? new Const(at.edge()) : at.anyParam();
    Local counter = at.local(first);
    int target = at.chance(70) ? at.between(0, AddressMachine.PAGE) : at.edge();
    int shift = at.between(1, 3);
    int c = at.edge();
    Local param = at.anyParam();
    Expr value =
        switch (at.random.nextInt(6)) {
          case 0 -> Expr.of(Op.SHL, at.param(target >>> shift | at.edge() << 32 - shift), shift);
          case 1 -> Expr.of(Op.ADD, at.param(target - c), c);
          case 2 -> Expr.of(Op.SUB, at.param(target + c), c);
          case 3 ->
              Expr.of(Op.MUL, at.param(target >>> shift | at.edge() << 32 - shift), 1 << shift);
          case 4 -> {
            int mask = (1 << at.between(0, 31)) - 1;
            yield Expr.of(Op.ADD, Expr.of(Op.AND, param, mask), at.chance(50) ? ~mask : target);
          }
          default -> Expr.of(Op.SUB, Expr.of(Op.SHL, param, shift), counter);
        };
    Local v = at.local(value);
    Expr deep = at.deep(v, counter, at.random.nextInt(13));
    List<Statement> body = new ArrayList<>();
    body.add(new Assign(v.index(), value));
    int step = step();
    Expr above = at.scaled(deep);
    body.add(at.chance(50) ? new Observe(above) : at.access(above, step));
    for (int i = at.between(1, 3); i > 0; i--) {
      body.add(at.chance(30) ? new Observe(v) : at.exactly(v));
    }
    return loop(counter, first, step, at.between(1, 40), body);
  }

  private List<Statement> counted(int rounds) {
    int step = step();
    Expr first = new Const(at.chance(30) ? -rounds * step : at.edge());
    if (at.chance(25)) {
      int mask = (1 << at.between(1, 12)) - 1;
      first = Expr.of(Op.AND, at.param(at.edge()), at.chance(70) ? mask : ~mask);
    }
    Local counter = at.local(first);
    return loop(counter, first, step, rounds, accesses(counter, step, rounds));
  }

  private List<Statement> stepped() {
    int usual = at.between(1, 64);
    int rounds = at.between(1, 60);
    Expr first = at.chance(50) ? new Const(at.between(0, 64)) : at.anyParam();
    Local counter = at.local(first);
    Expr step = at.param(usual);
    if (at.chance(50)) {
      step = Expr.of(Op.AND, step, at.chance(80) ? 255 : at.edge());
    }
    int limit = at.firstValue(first) + usual * rounds;
    Expr end = at.chance(60) ? at.param(limit) : new Const(limit);
    if (at.chance(40)) {
      end = Expr.of(Op.AND, end, AddressMachine.PAGE - 1);
    }
    Op test = UP[at.random.nextInt(4)];
    List<Statement> body = accesses(counter, usual, rounds);
    Local stepLocal = at.local(step);
    Local endLocal = at.local(end);
    body.add(new Assign(counter.index(), Expr.of(Op.ADD, counter, stepLocal)));
    Expr goesOn = Expr.of(test, counter, endLocal);
    Statement loop =
        at.chance(50)
            ? new DoWhile(body, new Const(0), List.of(), goesOn)
            : new While(goesOn, body, new Const(0), List.of());
    return List.of(
        new Assign(stepLocal.index(), step),
        new Assign(endLocal.index(), end),
        new Assign(counter.index(), first),
        loop);
  }

  private List<Statement> nested() {
    int stride = at.chance(70) ? 1 << at.between(2, 10) : at.between(-200, 200);
    int rounds = at.between(1, 20);
    int innerRounds = at.between(1, 12);
    Expr first = at.chance(70) ? new Const(at.chance(60) ? 0 : at.edge()) : at.anyParam();
    Local row = at.local(first);
    Expr start = at.chance(50) ? new Const(0) : Expr.of(Op.MUL, row, stride);
    Local column = at.local(start);
    boolean independent = start instanceof Const;
    Expr index = independent ? Expr.of(Op.ADD, Expr.of(Op.MUL, row, stride), column) : column;
    int step = at.chance(80) ? 1 : at.between(-4, 8) | 1;
    List<Statement> body = new ArrayList<>();
    body.add(at.access(index, (long) stride * (rounds - 1) + (long) step * (innerRounds - 1)));
    if (at.chance(40)) {
      body.add(at.access(at.scaled(column), step * (innerRounds - 1)));
    }
    List<Statement> outer = new ArrayList<>();
    if (at.chance(40)) {
      outer.add(at.access(at.scaled(row), rounds));
    }
    if (independent && at.chance(60)) {
      outer.addAll(loop(column, start, step, innerRounds, body));
    } else {
      // How often is not known before.
      Local limit = at.local(Expr.of(Op.ADD, start, step * innerRounds));
      outer.add(new Assign(limit.index(), Expr.of(Op.ADD, start, step * innerRounds)));
      outer.add(new Assign(column.index(), start));
      body.add(new Assign(column.index(), Expr.of(Op.ADD, column, step)));
      outer.add(new DoWhile(body, new Const(0), List.of(), Expr.of(Op.NE, column, limit)));
    }
    return loop(row, first, 1, rounds, outer);
  }

  private List<Statement> invariant() {
    Local counter = at.local(new Const(0));
    int rounds = at.between(1, 30);
    List<Statement> body = new ArrayList<>();
    Statement fixed = at.access(at.scaled(at.anyParam()), 0);
    if (at.chance(50)) {
      body.add(fixed);
      body.addAll(accesses(counter, 1, rounds));
    } else {
      body.addAll(accesses(counter, 1, rounds));
      Expr condition =
          at.chance(50)
              ? Expr.of(Op.GT_S, counter, at.between(0, rounds + 4))
              : Expr.of(Op.LT_U, at.anyParam(), AddressMachine.PAGE);
      List<Statement> otherwise = at.chance(30) ? List.of(new Observe(counter)) : List.of();
      body.add(new If(condition, List.of(fixed), otherwise));
    }
    return loop(counter, new Const(0), 1, rounds, body);
  }

  private List<Statement> switched() {
    List<Integer> numbers = new ArrayList<>();
    for (int i = at.between(2, 9); i > 0; i--) {
      numbers.add(at.chance(80) ? at.between(0, AddressMachine.PAGE) : at.edge());
    }
    Local counter = at.local(new Const(0));
    Local chosen = at.local(new Const(numbers.getFirst()));
    Expr index = at.chance(60) ? Expr.of(Op.AND, counter, 7) : at.scaled(counter);
    List<Statement> body = new ArrayList<>();
    if (at.chance(35)) {
      // One of two, which needs no branch.
      Statement one = new Assign(chosen.index(), at.param(numbers.get(0)));
      Statement other = new Assign(chosen.index(), at.chance(50) ? counter : at.anyParam());
      body.add(new If(index, List.of(one), at.chance(50) ? List.of(other) : List.of()));
    } else {
      body.add(new Switch(index, chosen.index(), numbers));
    }
    body.add(at.exactly(at.chance(60) ? chosen : Expr.of(Op.ADD, chosen, at.scaled(counter))));
    if (at.chance(50)) {
      Expr either = new Expr.Choice(chosen, counter, Expr.of(Op.AND, counter, 3));
      body.add(at.exactly(either));
    }
    return loop(counter, new Const(at.chance(70) ? 0 : at.edge()), 1, at.between(1, 40), body);
  }

  private List<Statement> overlapping() {
    Expr base = at.chance(50) ? at.anyParam() : at.scaled(at.anyParam());
    int end = at.chance(70) ? AddressMachine.PAGE : at.edge();
    Local pointer = at.local(at.moved(base, end - at.between(0, 40)));
    List<Statement> body = new ArrayList<>();
    for (int i = at.between(3, 9); i > 0; i--) {
      AccessKind kind = AccessKind.ALL.get(at.random.nextInt(AccessKind.ALL.size()));
      Place place = new Place(kind, pointer, at.between(0, 24), Way.HERE, 0);
      body.add(at.chance(60) ? new Store(place, at.anyParam()) : new Load(place));
    }
    body.add(new Assign(pointer.index(), Expr.of(Op.ADD, pointer, at.between(-8, 8))));
    Local counter = at.local(new Const(0));
    List<Statement> result = new ArrayList<>();
    result.add(new Assign(pointer.index(), at.moved(base, end - at.between(0, 40))));
    result.addAll(loop(counter, new Const(0), 1, at.between(1, 8), body));
    return result;
  }

  private List<Statement> growing() {
    int step = 1 << at.between(2, 13);
    int rounds = at.between(1, 60);
    Local counter = at.local(new Const(0));
    List<Statement> body = accesses(counter, step, rounds);
    Expr moment =
        Expr.of(
            Op.EQ, Expr.of(Op.AND, counter, at.between(0, 31) * step), at.chance(50) ? 0 : step);
    Statement grow = new Grow(new Const(at.chance(80) ? 1 : at.between(-1, 3)));
    body.add(at.between(0, body.size()), new If(moment, List.of(grow), List.of()));
    if (at.chance(50)) {
      body.add(at.access(counter, (long) step * rounds));
    }
    return loop(counter, new Const(0), step, rounds, body);
  }

  private List<Statement> mixed() {
    Expr first = at.chance(50) ? new Const(at.edge()) : at.anyParam();
    Local counter = at.local(first);
    List<Statement> body = new ArrayList<>();
    for (int i = at.between(1, 4); i > 0; i--) {
      Expr any = at.mixed(counter, at.between(1, 5));
      if (at.chance(40)) {
        any = Expr.of(Op.AND, any, at.chance(50) ? 0xffff : 0x1fff8);
      }
      body.add(at.chance(50) ? at.access(any, 64) : at.exactly(any));
    }
    return loop(counter, first, step(), at.between(1, 40), body);
  }
}
