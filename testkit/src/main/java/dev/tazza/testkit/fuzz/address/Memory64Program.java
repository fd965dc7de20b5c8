package dev.tazza.testkit.fuzz.address;

import java.util.List;

/**
 * A function over three 64-bit parameters that accesses memory near its ends: what it is as text,
 * and what it does. In memories with 32-bit indexes, the lower halves of numbers are the indexes.
 */
final class Memory64Program {
  private Memory64Program() {}

  /** What the interpreter works on. */
  static final class State {
    final long[] locals;
    final SparseMemory memory;
    final boolean is64;
    final long maximum;
    final long pageSize;
    long sum;
    long accesses;
    private int fuel;

    State(SparseMemory memory, boolean is64, long maximum, long pageSize, int locals, int fuel) {
      this.memory = memory;
      this.is64 = is64;
      this.maximum = maximum;
      this.pageSize = pageSize;
      this.locals = new long[locals];
      this.fuel = fuel;
    }

    long index(Expr expr) {
      long value = expr.value(locals);
      return is64 ? value : value & 0xffff_ffffL;
    }

    /** The address of an access that is inside of the memory; otherwise it traps. */
    long address(long index, long offset, long bytes) {
      accesses++;
      if (!memory.contains(index, offset, bytes)) {
        throw Stop.OUT_OF_BOUNDS;
      }
      return index + offset;
    }

    void step() {
      if (fuel-- == 0) {
        throw Stop.OUT_OF_FUEL;
      }
    }
  }

  /** Why a function does not come to its end. */
  static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1;
    static final Stop OUT_OF_BOUNDS = new Stop("out of bounds");
    static final Stop OUT_OF_FUEL = new Stop("out of fuel");

    private Stop(String message) {
      super(message, null, false, false);
    }
  }

  /** A number of 64 bits. */
  sealed interface Expr {
    long value(long[] locals);

    String text();

    record Local(int index) implements Expr {
      @Override
      public long value(long[] locals) {
        return locals[index];
      }

      @Override
      public String text() {
        return "(local.get " + index + ")";
      }
    }

    record Const(long number) implements Expr {
      @Override
      public long value(long[] locals) {
        return number;
      }

      @Override
      public String text() {
        return "(i64.const " + number + ")";
      }
    }

    /** {@code op} is the mnemonic behind {@code i64.}. */
    record Binary(String op, Expr left, Expr right) implements Expr {
      @Override
      public long value(long[] locals) {
        long a = left.value(locals);
        long b = right.value(locals);
        return switch (op) {
          case "add" -> a + b;
          case "sub" -> a - b;
          case "mul" -> a * b;
          case "and" -> a & b;
          case "shl" -> a << b;
          case "shr_u" -> a >>> b;
          default -> throw new IllegalArgumentException(op);
        };
      }

      @Override
      public String text() {
        return "(i64." + op + " " + left.text() + " " + right.text() + ")";
      }
    }
  }

  /** What is done. */
  sealed interface Statement {
    void run(State state);

    String text(boolean is64);

    /** {@code local = value}. */
    record Assign(int local, Expr value) implements Statement {
      @Override
      public void run(State state) {
        state.locals[local] = value.value(state.locals);
      }

      @Override
      public String text(boolean is64) {
        return "(local.set %d %s)".formatted(local, value.text());
      }
    }

    /** Adds what it loads to the sum. */
    record Load(Expr index, long offset, int bytes) implements Statement {
      @Override
      public void run(State state) {
        long address = state.address(state.index(index), offset, bytes);
        state.sum = state.sum * 31 + state.memory.load(address, bytes);
      }

      @Override
      public String text(boolean is64) {
        String load = bytes == 8 ? "i64.load" : "i64.load" + 8 * bytes + "_u";
        return "(local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 31)) (%s offset=%s %s)))"
            .formatted(load, Long.toUnsignedString(offset), indexText(index, is64));
      }
    }

    record Store(Expr index, long offset, int bytes, Expr value) implements Statement {
      @Override
      public void run(State state) {
        long address = state.address(state.index(index), offset, bytes);
        state.memory.store(address, bytes, value.value(state.locals));
      }

      @Override
      public String text(boolean is64) {
        String store = bytes == 8 ? "i64.store" : "i64.store" + 8 * bytes;
        return "(%s offset=%s %s %s)"
            .formatted(store, Long.toUnsignedString(offset), indexText(index, is64), value.text());
      }
    }

    /** {@code memory.fill}, or {@code memory.copy} if there is a source. */
    record Bulk(Expr to, List<Expr> from, Expr count) implements Statement {
      @Override
      public void run(State state) {
        long bytes = state.index(count);
        if (bytes < 0) {
          throw Stop.OUT_OF_BOUNDS;
        }
        for (Expr source : from) {
          state.address(state.index(source), 0, bytes);
        }
        long address = state.address(state.index(to), 0, bytes);
        if (bytes > 4096) {
          throw Stop.OUT_OF_FUEL;
        }
        if (from.isEmpty()) {
          state.memory.fill(address, bytes, 0x5a);
        } else {
          state.memory.copy(address, state.index(from.getFirst()), bytes);
        }
      }

      @Override
      public String text(boolean is64) {
        return from.isEmpty()
            ? "(memory.fill %s (i32.const 0x5a) %s)"
                .formatted(indexText(to, is64), indexText(count, is64))
            : "(memory.copy %s %s %s)"
                .formatted(
                    indexText(to, is64), indexText(from.getFirst(), is64), indexText(count, is64));
      }
    }

    /** Adds the number of pages before to the sum. */
    record Grow(long pages) implements Statement {
      @Override
      public void run(State state) {
        long before = state.memory.length() / state.pageSize;
        boolean fits = pages <= state.maximum - before;
        if (fits) {
          state.memory.grow(pages * state.pageSize);
        }
        state.sum += fits ? before : -1;
      }

      @Override
      public String text(boolean is64) {
        String type = is64 ? "i64" : "i32";
        String grown = "(memory.grow (%s.const %d))".formatted(type, pages);
        return "(local.set $sum (i64.add (local.get $sum) %s))"
            .formatted(is64 ? grown : "(i64.extend_i32_s " + grown + ")");
      }
    }

    record If(Expr bit, List<Statement> then, List<Statement> otherwise) implements Statement {
      @Override
      public void run(State state) {
        runAll((bit.value(state.locals) & 1) != 0 ? then : otherwise, state);
      }

      @Override
      public String text(boolean is64) {
        return "(if (i32.wrap_i64 (i64.and %s (i64.const 1))) (then %s) (else %s))"
            .formatted(bit.text(), textOf(then, is64), textOf(otherwise, is64));
      }
    }

    /** So many rounds. */
    record Loop(int counter, int rounds, List<Statement> body) implements Statement {
      @Override
      public void run(State state) {
        state.locals[counter] = 0;
        do {
          state.step();
          runAll(body, state);
          state.locals[counter]++;
        } while (state.locals[counter] != rounds);
      }

      @Override
      public String text(boolean is64) {
        return """
        (local.set %1$d (i64.const 0))
        (loop %3$s
          (local.set %1$d (i64.add (local.get %1$d) (i64.const 1)))
          (br_if 0 (i64.ne (local.get %1$d) (i64.const %2$d))))
        """
            .formatted(counter, rounds, textOf(body, is64));
      }
    }
  }

  private static String indexText(Expr index, boolean is64) {
    return is64 ? index.text() : "(i32.wrap_i64 " + index.text() + ")";
  }

  static void runAll(List<Statement> statements, State state) {
    for (Statement statement : statements) {
      statement.run(state);
    }
  }

  static String textOf(List<Statement> statements, boolean is64) {
    StringBuilder out = new StringBuilder();
    for (Statement statement : statements) {
      out.append(statement.text(is64)).append('\n');
    }
    return out.toString();
  }
}
