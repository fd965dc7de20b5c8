package dev.tazza.testkit.fuzz.thread;

import dev.tazza.testkit.fuzz.thread.ThreadOperation.Amount;
import dev.tazza.testkit.fuzz.thread.ThreadOperation.Commutative;
import dev.tazza.testkit.fuzz.thread.ThreadOperation.Exchanged;
import dev.tazza.testkit.fuzz.thread.ThreadOperation.Locked;
import dev.tazza.testkit.fuzz.thread.ThreadOperation.Model;
import dev.tazza.testkit.fuzz.thread.ThreadOperation.Own;
import dev.tazza.testkit.fuzz.thread.ThreadOperation.OwnAtomic;
import dev.tazza.testkit.fuzz.thread.ThreadOperation.Plain;
import dev.tazza.testkit.fuzz.thread.ThreadOperation.Shared;
import dev.tazza.testkit.fuzz.thread.ThreadOperation.Ticket;
import dev.tazza.testkit.fuzz.thread.ThreadOperation.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A module made of a seed, whose functions {@code run0} and {@code run1} are for two threads at the
 * same time, and what must come of it.
 *
 * @param sums what the functions give
 * @param memory afterwards, but for where tickets decide
 * @param tickets how many each thread takes
 */
record ThreadProgram(
    String text, long[] sums, byte[] memory, int[] tickets, int rounds, int operations) {
  static final int THREADS = 2;
  static final int PLACES = 1 << 15;
  static final int MOST_PLACES = ThreadOperation.LIMIT - PLACES;

  private static final int STARTED = 96;
  private static final int TOKEN = 128;
  private static final int HANDED = 136;
  private static final int TICKETS = 192;
  private static final int LOCK = 256;
  private static final int LOCKED = 264;
  private static final int SHARED = 1024;
  private static final int CELLS = 12;
  private static final int OWN = 4096;
  private static final int LAST_OWN = 64;
  private static final int[] WIDTHS = {1, 2, 4, 8};

  static ThreadProgram of(long seed) {
    return new Maker(new Random(seed)).make();
  }

  private static final class Maker {
    private final Random random;

    Maker(Random random) {
      this.random = random;
    }

    ThreadProgram make() {
      int rounds = 1 + random.nextInt(random.nextInt(4) == 0 ? 10_000 : 300);
      int turns = random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0;
      List<List<ThreadOperation>> bodies = new ArrayList<>();
      List<List<Turn>> handing = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        List<ThreadOperation> body = new ArrayList<>();
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
          body.add(operation(thread, rounds));
        }
        List<Turn> own = new ArrayList<>();
        for (int i = 0; i < turns; i++) {
          own.add(new Turn(TOKEN, HANDED, random.nextLong() | 1, random.nextLong()));
        }
        // They keep their order among one another.
        int at = 0;
        for (Turn turn : own) {
          at += random.nextInt(body.size() - at + 1);
          body.add(at++, turn);
        }
        bodies.add(body);
        handing.add(own);
      }
      return program(bodies, handing, rounds);
    }

    private ThreadOperation operation(int thread, int rounds) {
      Amount value = new Amount(random.nextInt(-5, 300), random.nextInt(-3, 70000));
      int width = WIDTHS[random.nextInt(WIDTHS.length)];
      int cell = random.nextInt(CELLS);
      Commutative group = Commutative.values()[cell % 5 == 1 ? 0 : cell % 5];
      Commutative either =
          group == Commutative.ADD && random.nextBoolean() ? Commutative.SUB : group;
      // Each cell is of one width, which its number decides.
      int shared = SHARED + 8 * cell;
      int cellWidth = WIDTHS[cell % 4];
      return switch (random.nextInt(16)) {
        case 0, 1, 2 -> new Shared(shared, cellWidth, either, value);
        case 3, 4 -> new Exchanged(shared, cellWidth, either, value);
        case 5, 6 -> {
          // The elements of both threads alternate.
          int index = random.nextInt(LAST_OWN);
          yield new OwnAtomic(own(thread, index, width), width, either, value);
        }
        case 7 ->
            rounds <= 400
                ? new Ticket(TICKETS, PLACES)
                : new Plain("(drop (memory.atomic.notify offset=64 (i32.const 0) (i32.const 1)))");
        case 8, 9 -> new Locked(LOCK, LOCKED, LOCKED + 8, value, random.nextBoolean());
        case 10 -> new Plain("(atomic.fence)");
        case 11 -> new Plain("(drop (memory.size))");
        default -> {
          int index = random.nextInt(LAST_OWN);
          int address = own(thread, index, width);
          yield new Own(address, width, value, random.nextInt(4) == 0, random.nextBoolean());
        }
      };
    }

    private static int own(int thread, int index, int width) {
      // An area for each width, so that nobody's wide elements cover another one's narrow ones.
      return OWN + 2048 * Integer.numberOfTrailingZeros(width) + width * (2 * index + thread);
    }
  }

  private static ThreadProgram program(
      List<List<ThreadOperation>> bodies, List<List<Turn>> handing, int rounds) {
    byte[] memory = new byte[ThreadOperation.LIMIT];
    long[][] handed = handed(handing, rounds, memory);
    long[] sums = new long[THREADS];
    int[] tickets = new int[THREADS];
    int operations = 0;
    StringBuilder text =
        new StringBuilder("(module (import \"env\" \"memory\" (memory 1 16 shared))\n");
    for (int thread = 0; thread < THREADS; thread++) {
      List<ThreadOperation> body = bodies.get(thread);
      Model model = new Model(memory, thread, handed[thread]);
      for (int round = 0; round < rounds; round++) {
        model.round = round;
        body.forEach(operation -> operation.run(model));
      }
      sums[thread] = model.sum;
      tickets[thread] = model.tickets;
      operations += rounds * body.size();
      text.append(function(thread, body, rounds));
    }
    memory[STARTED] = THREADS;
    memory[TICKETS] = (byte) (tickets[0] + tickets[1]);
    memory[TICKETS + 1] = (byte) (tickets[0] + tickets[1] >> 8);
    return new ThreadProgram(
        text.append(")\n").toString(), sums, memory, tickets, rounds, operations);
  }

  /** What each thread finds when its turns come, and in the end. */
  private static long[][] handed(List<List<Turn>> handing, int rounds, byte[] memory) {
    int turns = handing.getFirst().size();
    long[][] handed = new long[THREADS][rounds * turns];
    long value = 0;
    for (int i = 0; i < rounds * turns; i++) {
      for (int thread = 0; thread < THREADS; thread++) {
        handed[thread][i] = value;
        Turn turn = handing.get(thread).get(i % turns);
        value = value * turn.factor() + turn.addend();
      }
    }
    new Model(memory, 0, handed[0]).store(HANDED, 8, value);
    return handed;
  }

  private static String function(int thread, List<ThreadOperation> body, int rounds) {
    StringBuilder text = new StringBuilder();
    text.append("(func (export \"run%d\") (param $zero i32) (result i64)\n".formatted(thread));
    text.append("(local $thread i32) (local $tickets i32) (local $other i32)\n");
    text.append("(local $round i64) (local $sum i64) (local $old i64) (local $seen i64)\n");
    text.append(
        """
        (drop (i32.atomic.rmw.add offset=%1$d (i32.const 0) (i32.const 1)))
        (loop $both (br_if $both (i32.lt_u (i32.atomic.load offset=%1$d (i32.const 0)) (i32.const 2))))
        (local.set $thread (i32.const %2$d))
        (loop $next
        """
            .formatted(STARTED, thread));
    body.forEach(operation -> text.append(operation.text()).append('\n'));
    text.append("(local.set $round (i64.add (local.get $round) (i64.const 1)))\n");
    text.append("(br_if $next (i64.lt_u (local.get $round) (i64.const %d))))\n".formatted(rounds));
    return text.append("(local.get $sum))\n").toString();
  }
}
