package dev.tazza.testkit.fuzz.address;

import java.util.List;

/** Something that is done, and the text for it. */
interface Statement {
  void run(AddressMachine machine);

  void text(StringBuilder out);

  /** How an access comes about. */
  enum Way {
    HERE,
    /** By a function that does nothing else, and is inlined. */
    CALL,
    /** By that function, through a table. */
    TABLE
  }

  /**
   * What is accessed.
   *
   * @param offset the constant in the access, unsigned
   * @param helper the number of the function that does it where that is asked for
   */
  record Place(AccessKind kind, Expr address, long offset, Way way, int helper) {
    private void before(StringBuilder out, String what, String here) {
      switch (way) {
        case HERE -> out.append(here);
        case CALL -> out.append("(call $%s%d ".formatted(what, helper));
        case TABLE -> out.append("(call_indirect (type $%s) ".formatted(what));
      }
      address.text(out);
    }

    private void after(StringBuilder out, int element, String here) {
      switch (way) {
        case HERE -> out.append(here);
        case CALL -> out.append(')');
        case TABLE -> out.append("(i32.const ").append(element).append("))");
      }
    }
  }

  static void run(List<Statement> body, AddressMachine machine) {
    for (Statement statement : body) {
      statement.run(machine);
    }
  }

  static void text(List<Statement> body, StringBuilder out) {
    for (Statement statement : body) {
      statement.text(out);
      out.append('\n');
    }
  }

  /** {@code local.set}. */
  record Assign(int local, Expr value) implements Statement {
    @Override
    public void run(AddressMachine machine) {
      machine.locals[local] = value.value(machine);
    }

    @Override
    public void text(StringBuilder out) {
      out.append("(local.set ").append(local).append(' ');
      value.text(out);
      out.append(')');
    }
  }

  /** Takes note of a number, as 64 bits. */
  record Observe(Expr value) implements Statement {
    @Override
    public void run(AddressMachine machine) {
      machine.observe(value.value(machine) & 0xffff_ffffL);
    }

    @Override
    public void text(StringBuilder out) {
      out.append(AddressMachine.observeBefore()).append("(i64.extend_i32_u ");
      value.text(out);
      out.append(')').append(AddressMachine.observeAfter());
    }
  }

  /** Takes note of what is loaded. */
  record Load(Place place) implements Statement {
    @Override
    public void run(AddressMachine machine) {
      int address = place.address.value(machine);
      machine.observe(machine.load(place.kind, address, place.offset));
    }

    @Override
    public void text(StringBuilder out) {
      out.append(AddressMachine.observeBefore());
      place.before(out, "load", place.kind.loadBefore(place.offset));
      place.after(out, 2 * place.helper, place.kind.loadAfter());
      out.append(AddressMachine.observeAfter());
    }
  }

  /** Stores a number. */
  record Store(Place place, Expr value) implements Statement {
    @Override
    public void run(AddressMachine machine) {
      int address = place.address.value(machine);
      machine.store(place.kind, address, place.offset, value.value(machine));
    }

    @Override
    public void text(StringBuilder out) {
      boolean here = place.way == Way.HERE;
      place.before(out, "store", place.kind.storeBefore(place.offset));
      out.append(here ? place.kind.valueBefore() : "");
      value.text(out);
      out.append(here ? place.kind.valueAfter() : "");
      place.after(out, 2 * place.helper + 1, ")");
    }
  }

  /** Copies what is loaded, as it is; both are of one kind. */
  record Copy(Place to, Place from) implements Statement {
    @Override
    public void run(AddressMachine machine) {
      int target = to.address.value(machine);
      machine.copy(to.kind, target, to.offset, from.address.value(machine), from.offset);
    }

    @Override
    public void text(StringBuilder out) {
      out.append(to.kind.storeBefore(to.offset));
      to.address.text(out);
      String load = "(" + from.kind.type() + "." + from.kind.load();
      out.append(load).append(" offset=").append(from.offset).append(' ');
      from.address.text(out);
      out.append("))");
    }
  }

  /** {@code [a] = [a] op x}, of an integer kind that is one of I32. */
  record Update(Place place, Expr.Op op, Expr by) implements Statement {
    @Override
    public void run(AddressMachine machine) {
      int address = place.address.value(machine);
      int old = (int) machine.load(place.kind, address, place.offset);
      machine.store(place.kind, address, place.offset, op.apply(old, by.value(machine)));
    }

    @Override
    public void text(StringBuilder out) {
      out.append(place.kind.storeBefore(place.offset));
      place.address.text(out);
      out.append('(').append(op.text());
      out.append(" (i32.%s offset=%d ".formatted(place.kind.load(), place.offset));
      place.address.text(out);
      out.append(')');
      by.text(out);
      out.append("))");
    }
  }

  /** {@code if}. */
  record If(Expr condition, List<Statement> then, List<Statement> otherwise) implements Statement {
    @Override
    public void run(AddressMachine machine) {
      Statement.run(condition.value(machine) != 0 ? then : otherwise, machine);
    }

    @Override
    public void text(StringBuilder out) {
      out.append("(if ");
      condition.text(out);
      out.append("(then ");
      Statement.text(then, out);
      out.append(')');
      if (!otherwise.isEmpty()) {
        out.append("(else ");
        Statement.text(otherwise, out);
        out.append(')');
      }
      out.append(')');
    }
  }

  /** A loop that asks at its end whether to go on, and may be left in its midst. */
  record DoWhile(List<Statement> body, Expr leave, List<Statement> rest, Expr condition)
      implements Statement {
    @Override
    public void run(AddressMachine machine) {
      do {
        machine.useFuel();
        Statement.run(body, machine);
        if (leave.value(machine) != 0) {
          return;
        }
        Statement.run(rest, machine);
      } while (condition.value(machine) != 0);
    }

    @Override
    public void text(StringBuilder out) {
      out.append("(block (loop ");
      Statement.text(body, out);
      leaveIf(leave, out);
      Statement.text(rest, out);
      out.append("(br_if 0 ");
      condition.text(out);
      out.append(")))");
    }
  }

  private static void leaveIf(Expr condition, StringBuilder out) {
    if (!(condition instanceof Expr.Const)) {
      out.append("(br_if 1 ");
      condition.text(out);
      out.append(')');
    }
  }

  /** A loop that asks at its start, and may be left in its midst. */
  record While(Expr condition, List<Statement> body, Expr leave, List<Statement> rest)
      implements Statement {
    @Override
    public void run(AddressMachine machine) {
      while (condition.value(machine) != 0) {
        machine.useFuel();
        Statement.run(body, machine);
        if (leave.value(machine) != 0) {
          return;
        }
        Statement.run(rest, machine);
      }
    }

    @Override
    public void text(StringBuilder out) {
      out.append("(block (loop (br_if 1 (i32.eqz ");
      condition.text(out);
      out.append("))");
      Statement.text(body, out);
      leaveIf(leave, out);
      Statement.text(rest, out);
      out.append("(br 0)))");
    }
  }

  /** Assigns one of several numbers, the last for all greater indexes. */
  record Switch(Expr index, int local, List<Integer> numbers) implements Statement {
    @Override
    public void run(AddressMachine machine) {
      int last = numbers.size() - 1;
      int at = index.value(machine);
      machine.locals[local] = numbers.get(Integer.compareUnsigned(at, last) < 0 ? at : last);
    }

    @Override
    public void text(StringBuilder out) {
      int count = numbers.size();
      out.append("(block ").append("(block ".repeat(count)).append("(br_table ");
      for (int i = 0; i < count; i++) {
        out.append(i).append(' ');
      }
      index.text(out);
      out.append("))");
      for (int i = 0; i < count; i++) {
        out.append("(local.set %d (i32.const %d))".formatted(local, numbers.get(i)));
        out.append(i < count - 1 ? "(br %d))".formatted(count - 1 - i) : ")");
      }
    }
  }

  /** Takes note of what {@code memory.grow} gives. */
  record Grow(Expr pages) implements Statement {
    @Override
    public void run(AddressMachine machine) {
      machine.observe(machine.grow(pages.value(machine)));
    }

    @Override
    public void text(StringBuilder out) {
      out.append(AddressMachine.observeBefore()).append("(i64.extend_i32_s (memory.grow ");
      pages.text(out);
      out.append("))").append(AddressMachine.observeAfter());
    }
  }
}
