package dev.tazza.testkit.fuzz.address;

import dev.tazza.testkit.fuzz.address.BulkStatement.AtomicAdd;
import dev.tazza.testkit.fuzz.address.BulkStatement.CallElement;
import dev.tazza.testkit.fuzz.address.BulkStatement.Fill;
import dev.tazza.testkit.fuzz.address.BulkStatement.GetElement;
import dev.tazza.testkit.fuzz.address.BulkStatement.Init;
import dev.tazza.testkit.fuzz.address.BulkStatement.Move;
import dev.tazza.testkit.fuzz.address.BulkStatement.SetElement;
import dev.tazza.testkit.fuzz.address.BulkStatement.TailLoop;
import dev.tazza.testkit.fuzz.address.Expr.Const;
import dev.tazza.testkit.fuzz.address.Expr.Local;
import dev.tazza.testkit.fuzz.address.Expr.Op;
import dev.tazza.testkit.fuzz.address.Statement.Assign;
import dev.tazza.testkit.fuzz.address.Statement.Copy;
import dev.tazza.testkit.fuzz.address.Statement.DoWhile;
import dev.tazza.testkit.fuzz.address.Statement.Grow;
import dev.tazza.testkit.fuzz.address.Statement.If;
import dev.tazza.testkit.fuzz.address.Statement.Load;
import dev.tazza.testkit.fuzz.address.Statement.Observe;
import dev.tazza.testkit.fuzz.address.Statement.Place;
import dev.tazza.testkit.fuzz.address.Statement.Store;
import dev.tazza.testkit.fuzz.address.Statement.Way;
import dev.tazza.testkit.fuzz.address.Statement.While;
import java.util.ArrayList;
import java.util.List;

/** Shapes of loops over elements, and of what touches much at once. */
final class BulkShapes {
  private static final int[] WIDTHS = {1, 2, 4, 8, 16};

  private final Addresses at;

  BulkShapes(Addresses addresses) {
    at = addresses;
  }

  /** Elements of one to sixteen bytes are copied, set or compared one after the other. */
  List<Statement> elements() {
    int width = WIDTHS[at.random.nextInt(WIDTHS.length)];
    AccessKind kind = AccessKind.moving(width, at.random);
    int step = (at.chance(60) ? width : -width) * (at.chance(90) ? 1 : at.between(0, 3));
    int rounds = at.between(1, at.chance(8) ? 400 / width : 50);
    long travel = (long) step * (rounds - 1);
    long loadOffset = at.chance(70) ? at.between(0, 2) * width : at.offset();
    long storeOffset = at.chance(70) ? at.between(0, 2) * width : at.offset();
    int source = at.start(travel) - (int) loadOffset;
    int target = at.start(travel) - (int) storeOffset;
    if (at.chance(45)) {
      // Over one another, or nearly.
      int distance = at.between(-5, 5) * width + (at.chance(20) ? at.between(-8, 8) : 0);
      target = source + (int) (loadOffset - storeOffset) + distance;
    }
    Expr first = at.chance(50) ? at.param(source) : new Const(source);
    Local from = at.local(first);
    Local to = at.local(new Const(target));
    Expr count = at.chance(50) ? at.param(rounds) : new Const(rounds);
    Local left = at.local(count);
    Local end = at.local(Expr.of(Op.ADD, from, step * rounds));
    List<Statement> body = new ArrayList<>();
    Expr leave = new Const(0);
    Place store = new Place(kind, to, storeOffset, Way.HERE, 0);
    switch (at.random.nextInt(5)) {
      case 0 -> body.add(new Store(store, at.anyParam()));
      case 1 -> body.add(new Store(store, new Const(at.chance(50) ? 0 : at.edge())));
      case 2 -> {
        AccessKind compared = kind.isFloat() ? AccessKind.BYTE : kind;
        leave = new Expr.Differs(compared, from, loadOffset, to, storeOffset);
      }
      default -> body.add(new Copy(store, new Place(kind, from, loadOffset, Way.HERE, 0)));
    }
    List<Statement> next =
        List.of(
            new Assign(from.index(), Expr.of(Op.ADD, from, step)),
            new Assign(to.index(), Expr.of(Op.ADD, to, step)),
            new Assign(left.index(), Expr.of(Op.SUB, left, 1)));
    Expr goesOn =
        switch (at.random.nextInt(4)) {
          case 0 -> Expr.of(Op.NE, from, end);
          case 1 -> Expr.of(step > 0 ? Op.LT_U : Op.GT_U, from, end);
          case 2 -> Expr.of(Op.GT_S, left, 0);
          default -> left;
        };
    Statement loop =
        at.chance(60)
            ? new DoWhile(body, leave, next, goesOn)
            : new While(goesOn, body, leave, next);
    return List.of(
        new Assign(from.index(), first),
        new Assign(to.index(), new Const(target)),
        new Assign(left.index(), count),
        new Assign(end.index(), Expr.of(Op.ADD, from, step * rounds)),
        loop,
        new Observe(from),
        new Observe(to));
  }

  /** Bulk operations in a loop that goes towards an end of memory, which may move. */
  List<Statement> bulk(boolean grows) {
    int step = at.chance(30) ? -at.between(1, 64) : at.between(0, 600);
    int rounds = at.between(1, 24);
    Expr first = at.chance(50) ? at.anyParam() : new Const(at.between(0, 64));
    Local counter = at.local(first);
    List<Statement> body = new ArrayList<>();
    for (int i = at.between(1, 3); i > 0; i--) {
      body.add(operation(counter, (long) step * (rounds - 1)));
    }
    if (at.chance(50)) {
      body.add(at.access(counter, (long) step * rounds));
    }
    if (grows) {
      Expr moment = Expr.of(Op.EQ, Expr.of(Op.AND, counter, at.between(0, 7)), 0);
      Statement grow = new Grow(new Const(at.chance(80) ? 1 : at.between(-1, 3)));
      body.add(at.between(0, body.size()), new If(moment, List.of(grow), List.of()));
    }
    return counted(body, rounds, counter, first, step);
  }

  private Statement operation(Local counter, long travel) {
    int usual = at.chance(30) ? at.between(0, 20) : at.between(0, 5000);
    Expr count = at.moved(at.chance(50) ? counter : at.anyParam(), usual);
    if (at.chance(30)) {
      count = Expr.of(Op.AND, count, (1 << at.between(1, 13)) - 1);
    } else if (at.chance(30)) {
      count = new Const(at.chance(80) ? usual : at.edge());
    }
    int bytes = at.firstValue(count);
    Expr to = at.moved(at.scaled(counter), at.start(travel + bytes));
    return switch (at.random.nextInt(5)) {
      case 0 -> new Fill(to, at.anyParam(), count);
      case 1 -> {
        int most = AddressMachine.SEGMENT.length;
        Expr some = at.chance(50) ? Expr.of(Op.AND, count, 255) : count;
        int start = most - at.firstValue(some) + at.between(-300, 3);
        yield new Init(to, at.moved(at.anyParam(), start), some);
      }
      case 2 -> {
        // Over one another; as many bytes as the module says, or computed.
        Expr from = Expr.of(Op.ADD, to, at.between(-40, 40));
        yield new Move(to, from, at.chance(50) ? new Const(at.between(0, 140)) : count);
      }
      default -> {
        Expr from = at.moved(at.scaled(counter), at.start(travel + bytes));
        yield new Move(to, from, at.chance(30) ? new Const(at.between(0, 140)) : count);
      }
    };
  }

  /** Accesses that are atomic, at multiples of their size. */
  List<Statement> atomic() {
    int step = at.chance(70) ? 1 << at.between(0, 4) : at.between(-16, 16);
    int rounds = at.between(1, 30);
    Expr first = at.chance(50) ? at.anyParam() : new Const(at.edge());
    Local counter = at.local(first);
    List<Statement> body = new ArrayList<>();
    for (int i = at.between(1, 4); i > 0; i--) {
      AccessKind kind = AccessKind.ATOMIC.get(at.random.nextInt(AccessKind.ATOMIC.size()));
      long offset = at.offset() & -kind.bytes() & 0xffff_ffffL;
      int target = at.start((long) step * (rounds - 1)) - (int) offset;
      Expr address = Expr.of(Op.AND, at.moved(at.scaled(counter), target), -kind.bytes());
      Place place = new Place(kind, address, offset, Way.HERE, 0);
      body.add(
          switch (at.random.nextInt(4)) {
            case 0 -> new Load(place);
            case 1 -> new Store(place, at.anyParam());
            case 2 -> at.exactly(address);
            default -> new AtomicAdd(kind, address, offset, at.anyParam());
          });
    }
    return counted(body, rounds, counter, first, step);
  }

  /** Indexes near the ends of a table. */
  List<Statement> elementsOfTable() {
    int step = at.chance(80) ? at.between(1, 3) : at.between(-3, 1 << 29);
    int rounds = at.between(1, 30);
    Expr first = at.chance(50) ? new Const(0) : at.param(at.between(-2, AddressMachine.ELEMENTS));
    Local counter = at.local(first);
    List<Statement> body = new ArrayList<>();
    for (int i = at.between(1, 4); i > 0; i--) {
      int target = at.chance(60) ? at.between(0, 6) : at.between(-2, AddressMachine.ELEMENTS + 1);
      Expr index = at.moved(at.chance(60) ? counter : at.scaled(counter), target);
      if (at.chance(40)) {
        index = Expr.of(Op.AND, index, at.chance(70) ? 15 : 31);
      }
      body.add(
          switch (at.random.nextInt(5)) {
            case 0, 1 -> new SetElement(index, at.chance(80) ? new Const(1) : at.anyParam());
            case 2 -> new CallElement(index);
            default -> new GetElement(index);
          });
    }
    return counted(body, rounds, counter, first, step);
  }

  /** {@code body} in {@code rounds} rounds, while {@code counter} goes on by {@code step}. */
  private List<Statement> counted(
      List<Statement> body, int rounds, Local counter, Expr first, int step) {
    Local left = at.local(new Const(rounds));
    body.add(new Assign(counter.index(), Expr.of(Op.ADD, counter, step)));
    body.add(new Assign(left.index(), Expr.of(Op.SUB, left, 1)));
    return List.of(
        new Assign(counter.index(), first),
        new Assign(left.index(), new Const(rounds)),
        new DoWhile(body, new Const(0), List.of(), left));
  }

  /** The same as loops, by functions that call themselves last. */
  List<Statement> tailCalls() {
    int step = at.chance(70) ? 1 << at.between(0, 4) : at.between(-64, 64);
    int rounds = at.between(1, 40);
    Expr first = at.chance(50) ? new Const(at.edge()) : at.anyParam();
    Local counter = at.local(first);
    List<Statement> body = new ArrayList<>();
    for (int i = at.between(1, 3); i > 0; i--) {
      body.add(at.access(at.scaled(counter), (long) step * (rounds - 1)));
    }
    body.add(new Assign(counter.index(), Expr.of(Op.ADD, counter, step)));
    int limit = at.firstValue(first) + step * rounds;
    Op test = at.chance(50) ? Op.NE : step > 0 ? Op.LT_U : Op.GT_U;
    Expr goesOn = Expr.of(test, counter, at.chance(50) ? at.param(limit) : new Const(limit));
    TailLoop loop = new TailLoop(at.tails.size(), at.localCount(), body, goesOn);
    at.tails.add(loop);
    return List.of(new Assign(counter.index(), first), loop);
  }
}
