package dev.tazza.testkit.fuzz.thread;

import java.util.Locale;

/** What a thread does in each round, as text and by itself. */
sealed interface ThreadOperation {
  /** Behind what a thread may write at all. */
  int LIMIT = 1 << 16;

  /** Does it on what only this thread sees; what is shared may be anything that is possible. */
  void run(Model model);

  String text();

  /**
   * What a thread knows while it runs.
   *
   * @param memory little-endian; in the end that of both threads
   */
  final class Model {
    static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;
    final byte[] memory;
    final int thread;
    final long[] handed;
    int turn;
    int tickets;
    long round;
    long sum;

    Model(byte[] memory, int thread, long[] handed) {
      this.memory = memory;
      this.thread = thread;
      this.handed = handed;
    }

    long load(int address, int bytes) {
      long value = 0;
      for (int i = bytes - 1; i >= 0; i--) {
        value = value << 8 | memory[address + i] & 0xff;
      }
      return value;
    }

    void store(int address, int bytes, long value) {
      for (int i = 0; i < bytes; i++) {
        memory[address + i] = (byte) (value >>> 8 * i);
      }
    }

    void observe(long value) {
      sum = (sum + value) * FACTOR;
    }
  }

  private static String observed(String value) {
    return "(local.set $sum (i64.mul (i64.add (local.get $sum) %s) (i64.const %d)))"
        .formatted(value, Model.FACTOR);
  }

  private static String bits(int bytes) {
    return bytes == 8 ? "" : Integer.toString(8 * bytes);
  }

  private static String extended(int bytes) {
    return bytes == 8 ? "" : "_u";
  }

  /** A number that depends on the round: {@code constant + factor * round}. */
  record Amount(long constant, long factor) {
    long value(Model model) {
      return constant + factor * model.round;
    }

    String text() {
      return "(i64.add (i64.const %d) (i64.mul (i64.const %d) (local.get $round)))"
          .formatted(constant, factor);
    }
  }

  /** What may be done to a cell in any order. */
  enum Commutative {
    ADD,
    SUB,
    AND,
    OR,
    XOR;

    long apply(long a, long b) {
      return switch (this) {
        case ADD -> a + b;
        case SUB -> a - b;
        case AND -> a & b;
        case OR -> a | b;
        case XOR -> a ^ b;
      };
    }
  }

  /** An operation on a cell of both threads; what it gives is left alone. */
  record Shared(int address, int bytes, Commutative operation, Amount value)
      implements ThreadOperation {
    @Override
    public void run(Model model) {
      long old = model.load(address, bytes);
      model.store(address, bytes, operation.apply(old, value.value(model)));
    }

    @Override
    public String text() {
      String name = operation.name().toLowerCase(Locale.ROOT);
      return "(drop (i64.atomic.rmw%s.%s%s offset=%d (i32.const 0) %s))"
          .formatted(bits(bytes), name, extended(bytes), address, value.text());
    }
  }

  /** The same by compare-and-exchange in a loop. */
  record Exchanged(int address, int bytes, Commutative operation, Amount value)
      implements ThreadOperation {
    @Override
    public void run(Model model) {
      new Shared(address, bytes, operation, value).run(model);
    }

    @Override
    public String text() {
      String name = operation.name().toLowerCase(Locale.ROOT);
      String suffix = extended(bytes);
      return """
      (local.set $old (i64.atomic.load%1$s%2$s offset=%3$d (i32.const 0)))
      (loop $again
        (local.set $seen (local.get $old))
        (local.set $old (i64.atomic.rmw%1$s.cmpxchg%2$s offset=%3$d (i32.const 0)
          (local.get $seen) (i64.and (i64.const %4$d) (i64.%5$s (local.get $seen) %6$s))))
        (br_if $again (i64.ne (local.get $old) (local.get $seen))))
      """
          .formatted(
              bits(bytes),
              suffix,
              address,
              bytes == 8 ? -1 : (1L << 8 * bytes) - 1,
              name,
              value.text());
    }
  }

  /** A store to what only this thread touches, and perhaps a load of it. */
  record Own(int address, int bytes, Amount value, boolean isAtomic, boolean observes)
      implements ThreadOperation {
    @Override
    public void run(Model model) {
      long old = model.load(address, bytes);
      model.store(address, bytes, old + value.value(model));
      if (observes) {
        model.observe(model.load(address, bytes));
      }
    }

    @Override
    public String text() {
      String prefix = isAtomic ? "i64.atomic." : "i64.";
      String load =
          "(%sload%s%s offset=%d (local.get $zero))"
              .formatted(prefix, bits(bytes), extended(bytes), address);
      String store =
          "(%sstore%s offset=%d (i32.const 0) (i64.add %s %s))"
              .formatted(prefix, bits(bytes), address, load, value.text());
      return observes ? store + observed(load) : store;
    }
  }

  /** Atomic arithmetic on what only this thread touches: what it gives is known. */
  record OwnAtomic(int address, int bytes, Commutative operation, Amount value)
      implements ThreadOperation {
    @Override
    public void run(Model model) {
      model.observe(model.load(address, bytes));
      new Shared(address, bytes, operation, value).run(model);
    }

    @Override
    public String text() {
      String name = operation.name().toLowerCase(Locale.ROOT);
      return observed(
          "(i64.atomic.rmw%s.%s%s offset=%d (i32.const 0) %s)"
              .formatted(bits(bytes), name, extended(bytes), address, value.text()));
    }
  }

  /** Takes a ticket, and stores at the place that it is for who did, and which one it is of his. */
  record Ticket(int counter, int places) implements ThreadOperation {
    @Override
    public void run(Model model) {
      model.tickets++;
    }

    @Override
    public String text() {
      return """
      (i32.store offset=%d
        (i32.shl (i32.atomic.rmw.add offset=%d (i32.const 0) (i32.const 1)) (i32.const 2))
        (i32.or (i32.shl (local.get $thread) (i32.const 24)) (local.get $tickets)))
      (local.set $tickets (i32.add (local.get $tickets) (i32.const 1)))
      """
          .formatted(places, counter);
    }
  }

  /**
   * Adds to two cells that are always equal when nobody holds the lock, and looks whether they are.
   */
  record Locked(int lock, int first, int second, Amount value, boolean waits)
      implements ThreadOperation {
    @Override
    public void run(Model model) {
      model.store(first, 8, model.load(first, 8) + value.value(model));
      model.store(second, 8, model.load(second, 8) + value.value(model));
    }

    @Override
    public String text() {
      String wait =
          "(drop (memory.atomic.wait32 offset=%d (i32.const 0) (i32.const 1) (i64.const %d)))";
      return """
      (loop $locking
        (if (i32.atomic.rmw.cmpxchg offset=%1$d (i32.const 0) (i32.const 0) (i32.const 1))
          (then %2$s (br $locking))))
      (if (i64.ne (i64.load offset=%3$d (i32.const 0)) (i64.load offset=%4$d (i32.const 0)))
        (then (unreachable)))
      (i64.store offset=%3$d (i32.const 0)
        (i64.add (i64.load offset=%3$d (i32.const 0)) %5$s))
      (i64.store offset=%4$d (i32.const 0)
        (i64.add (i64.load offset=%4$d (i32.const 0)) %5$s))
      (i32.atomic.store offset=%1$d (i32.const 0) (i32.const 0))
      (drop (memory.atomic.notify offset=%1$d (i32.const 0) (i32.const 1)))
      """
          .formatted(lock, wait.formatted(lock, waits ? -1 : 1000), first, second, value.text());
    }
  }

  /** Waits for its turn, does what depends on the order, and gives the turn to the other thread. */
  record Turn(int token, int cell, long factor, long addend) implements ThreadOperation {
    @Override
    public void run(Model model) {
      model.observe(model.handed[model.turn++]);
    }

    @Override
    public String text() {
      return """
      (loop $turn
        (local.set $other (i32.atomic.load offset=%1$d (i32.const 0)))
        (if (i32.ne (local.get $other) (local.get $thread))
          (then
            (drop
              (memory.atomic.wait32 offset=%1$d (i32.const 0) (local.get $other) (i64.const -1)))
            (br $turn))))
      %2$s
      (i64.store offset=%3$d (i32.const 0)
        (i64.add (i64.mul (i64.load offset=%3$d (i32.const 0)) (i64.const %4$d)) (i64.const %5$d)))
      (i32.atomic.store offset=%1$d (i32.const 0) (i32.xor (local.get $thread) (i32.const 1)))
      (drop (memory.atomic.notify offset=%1$d (i32.const 0) (i32.const -1)))
      """
          .formatted(
              token,
              observed("(i64.load offset=" + cell + " (i32.const 0))"),
              cell,
              factor,
              addend);
    }
  }

  /** Does nothing that could be seen. */
  record Plain(String text) implements ThreadOperation {
    @Override
    public void run(Model model) {}
  }
}
