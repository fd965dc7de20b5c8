package dev.tazza.testkit.fuzz.address;

import dev.tazza.testkit.fuzz.address.Expr.Binary;
import dev.tazza.testkit.fuzz.address.Expr.Choice;
import dev.tazza.testkit.fuzz.address.Expr.Const;
import dev.tazza.testkit.fuzz.address.Expr.Local;
import dev.tazza.testkit.fuzz.address.Expr.Op;
import dev.tazza.testkit.fuzz.address.Statement.Copy;
import dev.tazza.testkit.fuzz.address.Statement.Load;
import dev.tazza.testkit.fuzz.address.Statement.Observe;
import dev.tazza.testkit.fuzz.address.Statement.Place;
import dev.tazza.testkit.fuzz.address.Statement.Store;
import dev.tazza.testkit.fuzz.address.Statement.Update;
import dev.tazza.testkit.fuzz.address.Statement.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random numbers, addresses and accesses for one function. Addresses are made so that those of the
 * first round, with the arguments that the function is meant for, are where they matter.
 */
final class Addresses {
  static final int PARAMS = 3;
  private static final int LENGTH = AddressMachine.PAGE;

  /** Numbers that arithmetic is easily wrong at; some are added up. */
  private static final int[] EDGES = {
    0, 1, -1, 8, -8, LENGTH, -LENGTH, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 29, 1 << 30, -4096
  };

  private static final Op[] OPERATIONS = {
    Op.ADD, Op.ADD, Op.SUB, Op.MUL, Op.SHL, Op.SHR_U, Op.SHR_S, Op.AND, Op.OR, Op.XOR
  };

  final Random random;

  /** Places of the functions that do nothing but an access. */
  final List<Place> helpers = new ArrayList<>();

  /** Loops that are functions of their own. */
  final List<BulkStatement.TailLoop> tails = new ArrayList<>();

  /** With the values that locals have when they are first used. */
  private final AddressMachine probe = new AddressMachine(new byte[0]);

  private int locals;

  Addresses(Random random) {
    this.random = random;
  }

  /** Begins another function. */
  void begin() {
    locals = PARAMS;
    probe.locals = new int[64];
    for (int i = 0; i < PARAMS; i++) {
      probe.locals[i] = edge();
    }
  }

  /** What to call the function with, first of all. */
  int[] arguments() {
    return java.util.Arrays.copyOf(probe.locals, PARAMS);
  }

  int localCount() {
    return locals;
  }

  /** A new local that begins as {@code first}. */
  Local local(Expr first) {
    Local local = new Local(locals++);
    probe.locals[local.index()] = first.value(probe);
    return local;
  }

  /** A parameter that is meant to be {@code argument}. */
  Local param(int argument) {
    Local param = new Local(random.nextInt(PARAMS));
    probe.locals[param.index()] = argument;
    return param;
  }

  Local anyParam() {
    return new Local(random.nextInt(PARAMS));
  }

  int firstValue(Expr expr) {
    return expr.value(probe);
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** From {@code least} to {@code most}. */
  int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  // Numbers.

  int edge() {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextInt();
      case 1 -> random.nextInt(2 * LENGTH);
      case 2 -> EDGES[random.nextInt(EDGES.length)];
      default -> EDGES[random.nextInt(EDGES.length)] + random.nextInt(-9, 10);
    };
  }

  /** Where to begin so that going {@code travel} bytes, up or down, touches an end or goes past. */
  int start(long travel) {
    int jitter = random.nextInt(-12, 5);
    return switch (random.nextInt(10)) {
      case 0 -> edge();
      case 1, 2 -> random.nextInt(LENGTH);
      case 3, 4 -> travel < 0 ? LENGTH + jitter : random.nextInt(9);
      default -> (int) (travel < 0 ? -travel - jitter : LENGTH - travel + jitter);
    };
  }

  long offset() {
    return switch (random.nextInt(24)) {
          case 0 -> 0xffff_ffffL - random.nextInt(16);
          case 1 -> 0x8000_0000L + random.nextInt(-9, 9);
          case 2 -> LENGTH + random.nextInt(-16, 16);
          case 3 -> random.nextInt();
          case 4, 5, 6 -> random.nextInt(4096);
          case 7, 8, 9, 10, 11 -> random.nextInt(32);
          default -> 0;
        }
        & 0xffff_ffffL;
  }

  // Addresses.

  /** {@code expr} plus what makes it {@code target} at first. */
  Expr moved(Expr expr, int target) {
    int distance = target - expr.value(probe);
    if (distance == 0 && chance(80)) {
      return expr;
    }
    return chance(85) ? Expr.of(Op.ADD, expr, distance) : Expr.of(Op.SUB, expr, -distance);
  }

  /** A multiple of {@code expr}, in one of the ways in which it is written. */
  Expr scaled(Expr expr) {
    return switch (random.nextInt(9)) {
      case 0 -> Expr.of(Op.SHL, expr, between(1, 3));
      case 1 -> Expr.of(Op.MUL, expr, 1 << between(1, 3));
      case 2 -> Expr.of(Op.MUL, expr, between(-4, 24));
      case 3 -> Expr.of(Op.SHL, Expr.of(Op.ADD, expr, edge()), between(1, 4));
      case 4 -> Expr.of(Op.SHL, expr, between(0, 33));
      case 5 -> Expr.of(Op.ADD, expr, edge());
      default -> expr;
    };
  }

  /** Another {@code depth} operations on {@code expr}, mostly sums. */
  Expr deep(Expr expr, Expr other, int depth) {
    Expr result = expr;
    for (int i = 0; i < depth; i++) {
      Expr operand = chance(60) ? other : chance(50) ? anyParam() : new Const(edge());
      Op op = chance(90) ? Op.ADD : Op.SUB;
      result = chance(80) ? Expr.of(op, result, operand) : Expr.of(op, operand, result);
    }
    return result;
  }

  /** Anything at all. */
  Expr mixed(Expr leaf, int depth) {
    if (depth == 0 || chance(15)) {
      return switch (random.nextInt(4)) {
        case 0 -> new Const(edge());
        case 1 -> anyParam();
        default -> leaf;
      };
    }
    if (chance(10)) {
      return new Choice(mixed(leaf, depth - 1), mixed(leaf, depth - 1), mixed(leaf, depth - 1));
    }
    Op op = OPERATIONS[random.nextInt(OPERATIONS.length)];
    Expr left = mixed(leaf, depth - 1);
    if (chance(15)) {
      return new Expr.LowHalf(chance(50) ? Op.MUL : Op.ADD, left, mixed(leaf, depth - 1));
    }
    boolean constant = op != Op.ADD && op != Op.SUB && chance(80) || chance(40);
    return new Binary(op, left, constant ? operand(op) : mixed(leaf, depth - 1));
  }

  private Const operand(Op op) {
    boolean shift = op == Op.SHL || op == Op.SHR_S || op == Op.SHR_U;
    return new Const(shift ? between(0, 32) : edge());
  }

  // Accesses.

  /** An access at {@code base} plus a constant, where {@code base} will go on by {@code travel}. */
  Statement access(Expr base, long travel) {
    if (chance(25)) {
      // As a number, which may come to where it wraps around.
      return new Observe(moved(base, between(-3, 3) - (int) travel));
    }
    long offset = offset();
    int target = start(travel) - (int) offset;
    return exactly(moved(base, target), offset);
  }

  /** An access at {@code address}. */
  Statement exactly(Expr address) {
    return exactly(address, chance(70) ? 0 : offset());
  }

  private Statement exactly(Expr address, long offset) {
    AccessKind kind = AccessKind.ALL.get(random.nextInt(AccessKind.ALL.size()));
    return switch (random.nextInt(9)) {
      case 0, 1, 2 -> new Store(place(kind, address, offset), value(address));
      case 3 -> {
        AccessKind integer = AccessKind.ALL.get(random.nextInt(5));
        Place place = new Place(integer, address, offset, Way.HERE, 0);
        yield new Update(place, OPERATIONS[random.nextInt(3)], value(address));
      }
      case 4 -> {
        Place from = new Place(kind, address, offset, Way.HERE, 0);
        Place to = new Place(kind, moved(address, random.nextInt(LENGTH)), 0, Way.HERE, 0);
        yield new Copy(chance(50) ? to : from, from);
      }
      case 5 -> new Observe(address);
      default -> new Load(place(kind, address, offset));
    };
  }

  private Expr value(Expr address) {
    return chance(50) ? address : anyParam();
  }

  private Place place(AccessKind kind, Expr address, long offset) {
    Way way = chance(85) ? Way.HERE : chance(60) ? Way.CALL : Way.TABLE;
    Place place = new Place(kind, address, offset, way, helpers.size());
    if (way != Way.HERE) {
      helpers.add(place);
    }
    return place;
  }
}
