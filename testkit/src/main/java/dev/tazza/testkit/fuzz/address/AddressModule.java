package dev.tazza.testkit.fuzz.address;

import dev.tazza.testkit.fuzz.address.AddressShapes.Shape;
import dev.tazza.testkit.fuzz.address.Statement.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A module made of a seed, with calls and what the interpreter says they give. It exports functions
 * as f0, f1 … and its memory as memory.
 *
 * @param memory what the memory begins with
 * @param accesses how many accesses the calls make
 */
record AddressModule(long seed, String text, byte[] memory, List<Call> calls, long accesses) {

  /**
   * A call and what comes of it.
   *
   * @param outcome the result, or the message of the trap
   * @param memory afterwards
   */
  record Call(int function, int[] arguments, String outcome, byte[] memory) {}

  private static final int FUNCTIONS = 4;
  private static final int CALLS_PER_FUNCTION = 16;

  /** Rounds of loops in one call. */
  private static final int FUEL = 4000;

  private record Body(List<Statement> statements, int localCount, int[] arguments) {}

  /** The module of this seed, of some shapes. */
  static AddressModule of(long seed, List<Shape> all) {
    Random random = new Random(seed);
    Addresses addresses = new Addresses(random);
    AddressShapes shapes = new AddressShapes(addresses);
    List<Body> bodies = new ArrayList<>();
    for (int i = 0; i < FUNCTIONS; i++) {
      addresses.begin();
      Shape shape = all.get(random.nextInt(all.size()));
      List<Statement> statements = new ArrayList<>(shapes.make(shape));
      if (addresses.chance(25)) {
        statements.addAll(shapes.make(all.get(random.nextInt(all.size()))));
      }
      bodies.add(new Body(statements, addresses.localCount(), addresses.arguments()));
    }
    AddressMachine machine = new AddressMachine(memory(random));
    byte[] first = machine.memory;
    List<Call> calls = new ArrayList<>();
    for (int k = 0; k < CALLS_PER_FUNCTION; k++) {
      for (int i = 0; i < FUNCTIONS; i++) {
        int[] arguments = bodies.get(i).arguments.clone();
        if (k > 0) {
          arguments[random.nextInt(arguments.length)] += random.nextInt(-40, 41);
        }
        if (k > 3) {
          arguments[random.nextInt(arguments.length)] = addresses.edge();
        }
        Call call = call(machine, i, bodies.get(i), arguments);
        if (call != null) {
          calls.add(call);
        }
      }
    }
    return new AddressModule(seed, text(bodies, addresses), first, calls, machine.accesses);
  }

  /** Mostly zeros, so that comparisons go on. */
  private static byte[] memory(Random random) {
    byte[] memory = new byte[AddressMachine.PAGE];
    for (int i = 0; i < 64; i++) {
      byte[] some = new byte[random.nextInt(1, 400)];
      random.nextBytes(some);
      System.arraycopy(some, 0, memory, random.nextInt(memory.length - some.length), some.length);
    }
    return memory;
  }

  /** Null if it does not end soon: then it leaves no trace. */
  private static @Nullable Call call(
      AddressMachine machine, int number, Body body, int[] arguments) {
    byte[] before = machine.memory;
    boolean[] elements = machine.table.clone();
    long accesses = machine.accesses;
    machine.memory = before.clone();
    machine.start(body.localCount, arguments, FUEL);
    try {
      Statement.run(body.statements, machine);
    } catch (AddressMachine.Stop stop) {
      if (stop == AddressMachine.Stop.OUT_OF_FUEL) {
        machine.memory = before;
        machine.table = elements;
        machine.accesses = accesses;
        return null;
      }
      return new Call(number, arguments, stop.getMessage(), machine.memory);
    }
    return new Call(number, arguments, Long.toString(machine.sum), machine.memory);
  }

  private static String text(List<Body> bodies, Addresses addresses) {
    List<Place> helpers = addresses.helpers;
    StringBuilder out = new StringBuilder("(module\n");
    out.append("(type $load (func (param i32) (result i64)))\n");
    out.append("(type $store (func (param i32 i32)))\n");
    out.append("(memory (export \"memory\") 1 ").append(AddressMachine.MOST_PAGES).append(")\n");
    out.append("(type $seven (func (result i64)))\n");
    out.append("(func $seven (type $seven) (i64.const 7))\n(elem declare func $seven)\n");
    out.append("(data $segment \"");
    for (byte each : AddressMachine.SEGMENT) {
      out.append("\\%02x".formatted(each));
    }
    out.append("\")\n");
    int elements = Math.max(1, 2 * helpers.size());
    out.append("(table %1$d %1$d funcref)\n(elem (i32.const 0) func".formatted(elements));
    for (int i = 0; i < helpers.size(); i++) {
      out.append(" $load%1$d $store%1$d".formatted(i));
    }
    out.append(")\n");
    out.append("(table $elements %1$d %1$d funcref)\n".formatted(AddressMachine.ELEMENTS));
    addresses.tails.forEach(tail -> tail.function(out));
    for (int i = 0; i < helpers.size(); i++) {
      helper(i, helpers.get(i), out);
    }
    for (int i = 0; i < bodies.size(); i++) {
      Body body = bodies.get(i);
      out.append("(func (export \"f%d\") (param i32 i32 i32) (result i64)".formatted(i));
      out.append(" (local").append(" i32".repeat(body.localCount - Addresses.PARAMS));
      out.append(") (local $sum i64) (local $v v128)\n");
      Statement.text(body.statements, out);
      out.append("(local.get $sum))\n");
    }
    return out.append(")\n").toString();
  }

  private static void helper(int number, Place place, StringBuilder out) {
    AccessKind kind = place.kind();
    out.append(
        "(func $load%d (type $load) (local $v v128) %s(local.get 0)%s)\n"
            .formatted(number, kind.loadBefore(place.offset()), kind.loadAfter()));
    out.append(
        "(func $store%d (type $store) %s(local.get 0)%s(local.get 1)%s))\n"
            .formatted(
                number, kind.storeBefore(place.offset()), kind.valueBefore(), kind.valueAfter()));
  }
}
