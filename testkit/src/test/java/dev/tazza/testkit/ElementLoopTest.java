package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.Trap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Loops that copy and fill elements of any width, with any test, do the same as one element after
 * the other: at both ends of the memory, where counters wrap around, and where what is copied
 * overlaps itself.
 */
class ElementLoopTest {
  private static final int PAGE = 1 << 16;
  private static final int OFFSET = 3;
  private static final int TIMES = 20;
  private static final String[] UP = {"ne", "lt_u", "lt_s", "le_u", "le_s"};
  private static final String[] DOWN = {"ne", "gt_u", "gt_s", "ge_u", "ge_s"};

  /** One loop: what it does, and the operator that says whether it goes on. */
  private record Shape(
      String name, int bytes, boolean fills, int direction, int step, String test, boolean first) {
    String text() {
      String type = bytes == 16 ? "v128" : bytes == 8 ? "i64" : "i32";
      String size = bytes < 4 ? Integer.toString(8 * bytes) : "";
      String load = type + ".load" + size + (bytes < 4 ? "_u" : "") + " (local.get $from)";
      String filling =
          switch (type) {
            case "i32" -> "local.get $from";
            case "i64" -> "i64.extend_i32_s (local.get $from)";
            default -> "i32x4.splat (local.get $from)";
          };
      String body =
          """
          (%s.store%s offset=3 (local.get $to) (%s))
          (local.set $to (i32.add (local.get $to) (i32.const %d)))
          %s
          (local.set $i (i32.add (local.get $i) (i32.const %d)))
          """
              .formatted(
                  type,
                  size,
                  fills ? filling : load,
                  direction * bytes,
                  fills
                      ? ""
                      : "(local.set $from (i32.add (local.get $from) (i32.const "
                          + direction * bytes
                          + ")))",
                  step);
      String goesOn = "(i32." + test + " (local.get $i) (local.get $limit))";
      String loop =
          first
              ? "(block (loop (br_if 1 (i32.eqz " + goesOn + ")) " + body + " (br 0)))"
              : "(loop " + body + " (br_if 0 " + goesOn + "))";
      return "(func (export \""
          + name
          + "\") (param $from i32) (param $to i32) (param $i i32) (param $limit i32) (result i32) "
          + loop
          + " (i32.add (local.get $to) (local.get $i)))\n";
    }

    boolean goesOn(int i, int limit) {
      int unsigned = Integer.compareUnsigned(i, limit);
      return switch (test) {
        case "lt_u" -> unsigned < 0;
        case "le_u" -> unsigned <= 0;
        case "gt_u" -> unsigned > 0;
        case "ge_u" -> unsigned >= 0;
        case "lt_s" -> i < limit;
        case "le_s" -> i <= limit;
        case "gt_s" -> i > limit;
        case "ge_s" -> i >= limit;
        default -> i != limit;
      };
    }

    /** Runs it on {@code memory}; throws as the memory does when an access is outside of it. */
    int run(byte[] memory, int firstFrom, int firstTo, int firstCounter, int limit) {
      int from = firstFrom;
      int to = firstTo;
      int i = firstCounter;
      if (first && !goesOn(i, limit)) {
        return to + i;
      }
      do {
        round(memory, from, to);
        from += fills ? 0 : direction * bytes;
        to += direction * bytes;
        i += step;
      } while (goesOn(i, limit));
      return to + i;
    }

    private void round(byte[] memory, int from, int to) {
      long source = Integer.toUnsignedLong(from);
      long target = Integer.toUnsignedLong(to) + OFFSET;
      if (!fills && source + bytes > PAGE || target + bytes > PAGE) {
        throw new IndexOutOfBoundsException();
      }
      for (int k = 0; fills && k < bytes; k++) {
        boolean sign = bytes == 8 && k >= 4;
        memory[(int) target + k] = (byte) (sign ? from >> 31 : from >> 8 * (k & 3));
      }
      if (!fills) {
        byte[] element = new byte[bytes];
        System.arraycopy(memory, (int) source, element, 0, bytes);
        System.arraycopy(element, 0, memory, (int) target, bytes);
      }
    }
  }

  private final byte[] memory = new byte[PAGE];
  private final Random random = new Random(1);

  private static List<Shape> shapes() {
    List<Shape> shapes = new ArrayList<>();
    for (int bytes = 1; bytes <= 16; bytes *= 2) {
      for (int variant = 0; variant < 8; variant++) {
        boolean fills = (variant & 1) != 0;
        boolean first = (variant & 2) != 0;
        int direction = (variant & 4) != 0 ? 1 : -1;
        for (int step : new int[] {1, -1, bytes * direction}) {
          for (String test : step > 0 ? UP : DOWN) {
            String name = "f" + shapes.size();
            shapes.add(new Shape(name, bytes, fills, direction, step, test, first));
          }
        }
      }
    }
    return shapes;
  }

  private int place() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(160) - 10;
      case 1 -> PAGE - random.nextInt(400);
      default -> random.nextInt(PAGE);
    };
  }

  /** A first counter: somewhere, or where a few steps on it is no longer what it was. */
  private int counter() {
    int near = random.nextInt(200) - 100;
    return switch (random.nextInt(4)) {
      case 0 -> near;
      case 1 -> Integer.MAX_VALUE + near;
      default -> random.nextInt(PAGE);
    };
  }

  @Test
  void sameAsElementByElement() {
    List<Shape> shapes = shapes();
    StringBuilder text = new StringBuilder("(module (memory (export \"m\") 1 1)\n");
    shapes.forEach(shape -> text.append(shape.text()));
    Config config = new Config().debugVerifier(true).sandboxVerifier(true);
    try (Engine engine = new Engine(config);
        Store<Void> store = new Store<>(engine)) {
      Module module = Module.compile(engine, text.append(")").toString());
      Instance instance = new Linker<Void>(engine).instantiate(store, module);
      MemorySegment segment = instance.memory("m").segment();
      for (int i = 0; i < PAGE; i++) {
        memory[i] = (byte) (i * 7 >> 2);
      }
      MemorySegment.copy(memory, 0, segment, ValueLayout.JAVA_BYTE, 0, PAGE);
      for (Shape shape : shapes) {
        for (int time = 0; time < TIMES; time++) {
          check(shape, instance, segment);
        }
      }
    }
  }

  private void check(Shape shape, Instance instance, MemorySegment segment) {
    int from = place();
    int to = random.nextInt(3) == 0 ? from + random.nextInt(80) - 40 : place();
    int i = counter();
    int rounds = random.nextInt(70);
    int limit = i + rounds * shape.step + (random.nextInt(4) == 0 ? random.nextInt(5) - 2 : 0);
    String call = shape + " of " + from + " " + to + " " + i + " " + limit;
    int expected = 0;
    boolean traps = false;
    try {
      expected = shape.run(memory, from, to, i, limit);
    } catch (IndexOutOfBoundsException e) {
      traps = true;
    }
    if (traps) {
      assertThrows(Trap.class, () -> instance.func(shape.name).call(from, to, i, limit), call);
    } else {
      assertEquals(expected, instance.func(shape.name).call(from, to, i, limit)[0], call);
    }
    assertEquals(-1, segment.mismatch(MemorySegment.ofArray(memory)), call);
  }
}
