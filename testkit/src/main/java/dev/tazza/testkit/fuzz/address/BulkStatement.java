package dev.tazza.testkit.fuzz.address;

import java.util.List;

/** Statements that touch many bytes, elements of a table, or what threads might share. */
interface BulkStatement extends Statement {
  private static void text(String operator, StringBuilder out, Expr... operands) {
    out.append('(').append(operator).append(' ');
    for (Expr operand : operands) {
      operand.text(out);
    }
    out.append(')');
  }

  /** {@code memory.fill}. */
  record Fill(Expr to, Expr value, Expr count) implements BulkStatement {
    @Override
    public void run(AddressMachine machine) {
      int start = to.value(machine);
      byte filling = (byte) value.value(machine);
      int bytes = count.value(machine);
      start = machine.area(start, bytes, machine.memory.length);
      java.util.Arrays.fill(machine.memory, start, start + bytes, filling);
    }

    @Override
    public void text(StringBuilder out) {
      BulkStatement.text("memory.fill", out, to, value, count);
    }
  }

  /** {@code memory.copy}. */
  record Move(Expr to, Expr from, Expr count) implements BulkStatement {
    @Override
    public void run(AddressMachine machine) {
      int target = to.value(machine);
      int source = from.value(machine);
      int bytes = count.value(machine);
      source = machine.area(source, bytes, machine.memory.length);
      target = machine.area(target, bytes, machine.memory.length);
      System.arraycopy(machine.memory, source, machine.memory, target, bytes);
    }

    @Override
    public void text(StringBuilder out) {
      BulkStatement.text("memory.copy", out, to, from, count);
    }
  }

  /** {@code memory.init}, of the one segment. */
  record Init(Expr to, Expr from, Expr count) implements BulkStatement {
    @Override
    public void run(AddressMachine machine) {
      int target = to.value(machine);
      int source = from.value(machine);
      int bytes = count.value(machine);
      source = machine.area(source, bytes, AddressMachine.SEGMENT.length);
      target = machine.area(target, bytes, machine.memory.length);
      System.arraycopy(AddressMachine.SEGMENT, source, machine.memory, target, bytes);
    }

    @Override
    public void text(StringBuilder out) {
      BulkStatement.text("memory.init $segment", out, to, from, count);
    }
  }

  /** Takes note of what {@code rmw.add} gives; the address is a multiple of the size. */
  record AtomicAdd(AccessKind kind, Expr address, long offset, Expr by) implements BulkStatement {
    @Override
    public void run(AddressMachine machine) {
      int at = address.value(machine);
      int addend = by.value(machine);
      long old = machine.load(kind, at, offset);
      machine.store(kind, at, offset, old + addend);
      machine.observe(old);
    }

    @Override
    public void text(StringBuilder out) {
      boolean isWide = kind.type().equals("i64");
      String narrow = kind.bytes() < (isWide ? 8 : 4) ? 8 * kind.bytes() + "" : "";
      String add =
          "(%s.atomic.rmw%s.add%s offset=%d "
              .formatted(kind.type(), narrow, narrow.isEmpty() ? "" : "_u", offset);
      out.append(AddressMachine.observeBefore()).append(isWide ? add : "(i64.extend_i32_u " + add);
      address.text(out);
      out.append(kind.valueBefore());
      by.text(out);
      out.append(kind.valueAfter())
          .append(isWide ? ")" : "))")
          .append(AddressMachine.observeAfter());
    }
  }

  /** {@code table.set}: a function, or null. */
  record SetElement(Expr index, Expr isFunction) implements BulkStatement {
    @Override
    public void run(AddressMachine machine) {
      int at = index.value(machine);
      boolean value = isFunction.value(machine) != 0;
      machine.table[machine.element(at, AddressMachine.Stop.OUT_OF_TABLE)] = value;
    }

    @Override
    public void text(StringBuilder out) {
      out.append("(table.set $elements ");
      index.text(out);
      out.append("(select (result funcref) (ref.func $seven) (ref.null func) ");
      isFunction.text(out);
      out.append("))");
    }
  }

  /** Takes note of whether {@code table.get} gives null. */
  record GetElement(Expr index) implements BulkStatement {
    @Override
    public void run(AddressMachine machine) {
      int at = machine.element(index.value(machine), AddressMachine.Stop.OUT_OF_TABLE);
      machine.observe(machine.table[at] ? 0 : 1);
    }

    @Override
    public void text(StringBuilder out) {
      out.append(AddressMachine.observeBefore());
      out.append("(i64.extend_i32_u (ref.is_null (table.get $elements ");
      index.text(out);
      out.append(")))").append(AddressMachine.observeAfter());
    }
  }

  /** Takes note of what {@code call_indirect} gives. */
  record CallElement(Expr index) implements BulkStatement {
    @Override
    public void run(AddressMachine machine) {
      int at = machine.element(index.value(machine), AddressMachine.Stop.UNDEFINED);
      if (!machine.table[at]) {
        throw AddressMachine.Stop.UNINITIALIZED;
      }
      machine.observe(7);
    }

    @Override
    public void text(StringBuilder out) {
      out.append(AddressMachine.observeBefore()).append("(call_indirect $elements (type $seven) ");
      index.text(out);
      out.append(')').append(AddressMachine.observeAfter());
    }
  }

  /**
   * A loop that asks at its end whether to go on, as a function that calls itself last.
   *
   * @param number of the function
   * @param locals how many there are for it
   */
  record TailLoop(int number, int locals, List<Statement> body, Expr condition)
      implements BulkStatement {
    @Override
    public void run(AddressMachine machine) {
      do {
        machine.useFuel();
        Statement.run(body, machine);
      } while (condition.value(machine) != 0);
    }

    @Override
    public void text(StringBuilder out) {
      out.append("(call $tail").append(number);
      gets(out);
      out.append(")(local.set $sum)");
      for (int i = locals - 1; i >= 0; i--) {
        out.append("(local.set ").append(i).append(')');
      }
    }

    private void gets(StringBuilder out) {
      for (int i = 0; i < locals; i++) {
        out.append("(local.get ").append(i).append(')');
      }
      out.append("(local.get $sum)");
    }

    /** The text of the function. */
    void function(StringBuilder out) {
      String kinds = " i32".repeat(locals);
      out.append("(func $tail%d (param%s) (param $sum i64)".formatted(number, kinds));
      out.append(" (result%s i64) (local $v v128)\n".formatted(kinds));
      Statement.text(body, out);
      out.append("(if ");
      condition.text(out);
      out.append("(then (return_call $tail").append(number);
      gets(out);
      out.append(")))");
      gets(out);
      out.append(")\n");
    }
  }
}
