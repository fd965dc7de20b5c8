package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.Trap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/**
 * Loops over bytes do the same as one byte after the other, to the byte at which they trap: at both
 * ends of the memory, and where what is copied overlaps itself.
 */
class ByteLoopTest {
  private static final int PAGE = 1 << 16;
  private static final int OFFSET = 3;
  private static final int TIMES = 20_000;

  private static final String MODULE =
      """
      (module
        (memory (export "m") 1 1)
        (func (export "copy-up") (param $from i32) (param $to i32) (param $left i32) (result i32)
          (loop
            (i32.store8 offset=3 (local.get $to) (i32.load8_u (local.get $from)))
            (local.set $from (i32.add (local.get $from) (i32.const 1)))
            (local.set $to (i32.add (local.get $to) (i32.const 1)))
            (br_if 0 (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
          (local.get $from))
        (func (export "copy-down") (param $from i32) (param $to i32) (param $left i32) (result i32)
          (loop
            (i32.store8 offset=3 (local.get $to) (i32.load8_u (local.get $from)))
            (local.set $from (i32.sub (local.get $from) (i32.const 1)))
            (local.set $to (i32.sub (local.get $to) (i32.const 1)))
            (br_if 0 (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
          (local.get $from))
        (func (export "fill") (param $from i32) (param $to i32) (param $left i32) (result i32)
          (local $end i32)
          (local.set $end (i32.add (local.get $to) (local.get $left)))
          (loop
            (i32.store8 offset=3 (local.get $to) (local.get $from))
            (br_if 0
              (i32.ne (local.tee $to (i32.add (local.get $to) (i32.const 1)))
                (local.get $end))))
          (i32.add (local.get $from) (local.get $left)))
        (func (export "compare") (param $from i32) (param $to i32) (param $left i32) (result i32)
          (block
            (loop
              (br_if 1
                (i32.ne (i32.load8_s (local.get $from)) (i32.load8_s offset=3 (local.get $to))))
              (local.set $from (i32.add (local.get $from) (i32.const 1)))
              (local.set $to (i32.add (local.get $to) (i32.const 1)))
              (br_if 0 (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))
          (local.get $from)))
      """;

  private final byte[] memory = new byte[PAGE];
  private final Random random = new Random(1);

  /** What a loop gives; throws as the memory does when an access is outside of it. */
  private int run(String loop, int from, int to, int left) {
    int step = loop.equals("copy-down") ? -1 : 1;
    IntPredicate round =
        switch (loop) {
          case "fill" ->
              i -> {
                memory[at(to + i, OFFSET)] = (byte) from;
                return true;
              };
          case "compare" -> i -> memory[at(from + i, 0)] == memory[at(to + i, OFFSET)];
          default ->
              i -> {
                byte value = memory[at(from + i * step, 0)];
                memory[at(to + i * step, OFFSET)] = value;
                return true;
              };
        };
    for (int i = 0; i < left; i++) {
      if (!round.test(i)) {
        return from + i;
      }
    }
    return from + left * step;
  }

  private static int at(int index, int offset) {
    return (int) Math.min(Integer.toUnsignedLong(index) + offset, Integer.MAX_VALUE);
  }

  private int place() {
    return switch (random.nextInt(3)) {
      case 0 -> random.nextInt(90) - 10;
      case 1 -> PAGE - random.nextInt(90);
      default -> random.nextInt(PAGE);
    };
  }

  @Test
  void sameAsByteByByte() {
    String[] loops = {"copy-up", "copy-down", "fill", "compare"};
    try (Engine engine = new Engine(new Config().debugVerifier(true));
        Store<Void> store = new Store<>(engine)) {
      Instance instance =
          new Linker<Void>(engine).instantiate(store, Module.compile(engine, MODULE));
      MemorySegment segment = instance.memory("m").segment();
      for (int i = 0; i < PAGE; i++) {
        memory[i] = (byte) (i >> 3);
      }
      MemorySegment.copy(memory, 0, segment, ValueLayout.JAVA_BYTE, 0, PAGE);
      for (int time = 0; time < TIMES; time++) {
        String loop = loops[random.nextInt(loops.length)];
        int from = place();
        int to = random.nextBoolean() ? from - OFFSET + random.nextInt(41) - 20 : place();
        int left = 1 + random.nextInt(80);
        String what = "%s(%d, %d, %d)".formatted(loop, from, to, left);
        String expected;
        try {
          expected = String.valueOf(run(loop, from, to, left));
        } catch (ArrayIndexOutOfBoundsException _) {
          expected = "trap";
        }
        String found;
        try {
          found = String.valueOf(instance.func(loop).call(from, to, left)[0]);
        } catch (Trap _) {
          found = "trap";
        }
        assertEquals(expected, found, what);
        assertArrayEquals(memory, segment.toArray(ValueLayout.JAVA_BYTE), what);
      }
    }
  }
}
