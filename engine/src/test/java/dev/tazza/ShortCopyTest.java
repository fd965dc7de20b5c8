package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.wasm.TrapCode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Copies of a number of bytes that the module says: around all widths, over one another. */
class ShortCopyTest {
  private static final int MOST = 140;
  private static final int SIZE = 65536;

  /** All up to two registers and a bit more, then some. */
  private static int next(int count) {
    return count < 36 || count > 126 && count < 130 ? count + 1 : count + 7;
  }

  private static String module() {
    StringBuilder text = new StringBuilder("(module (memory (export \"memory\") 1)\n");
    for (int count = 0; count <= MOST; count = next(count)) {
      text.append("(func (export \"%d\") (param i32 i32)".formatted(count));
      text.append("(memory.copy (local.get 0) (local.get 1) (i32.const %d)))%n".formatted(count));
    }
    return text.append(")").toString();
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void copiesAsManyBytes(OptLevel level) {
    Config config = new Config().optLevel(level).sandboxVerifier(true);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, module());
        Store<Void> store = new Store<>(engine)) {
      Instance instance = Instance.instantiate(store, module, List.of());
      MemorySegment bytes = instance.memory("memory").segment();
      Random random = new Random(1);
      byte[] expected = new byte[SIZE];
      random.nextBytes(expected);
      MemorySegment.copy(expected, 0, bytes, ValueLayout.JAVA_BYTE, 0, SIZE);
      for (int count = 0; count <= MOST; count = next(count)) {
        Func copy = instance.func(Integer.toString(count));
        for (int round = 0; round < 20; round++) {
          int to = 1000 + random.nextInt(300);
          int from = to + random.nextInt(2 * MOST) - MOST;
          System.arraycopy(expected, from, expected, to, count);
          copy.call(to, from);
        }
        System.arraycopy(expected, SIZE - count, expected, 0, count);
        copy.call(0, SIZE - count);
        System.arraycopy(expected, 0, expected, SIZE - count, count);
        copy.call(SIZE - count, 0);
        int outside = SIZE - count + 1;
        assertEquals(
            TrapCode.MEMORY_OUT_OF_BOUNDS,
            assertThrows(Trap.class, () -> copy.call(outside, 0)).code());
        assertThrows(Trap.class, () -> copy.call(0, outside));
        assertThrows(Trap.class, () -> copy.call(-1, 0));
        assertArrayEquals(
            expected, bytes.toArray(ValueLayout.JAVA_BYTE), "copies of " + count + " bytes");
      }
    }
  }
}
