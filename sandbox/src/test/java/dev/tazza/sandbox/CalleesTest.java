package dev.tazza.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.wasm.module.WasmModuleBuilder;
import org.junit.jupiter.api.Test;

/** A callee is found where it begins, from wherever it is called, and nowhere else. */
class CalleesTest {
  private static final int[] OFFSETS = {0, 1, 63, 64, 100, 4096, 4160, 1 << 20};
  private static final int[] FUNCTIONS = {7, 6, ~0, 4, 3, 2, 1, 0};
  private static final int CALLER = 100;

  private final ReferenceTypes types =
      new ReferenceTypes(new WasmModuleBuilder(new byte[0]).build());

  @Test
  void calleesAreFoundWhereTheyBegin() {
    Callees callees = new Callees(OFFSETS, FUNCTIONS, types).copy();
    callees.start(CALLER);
    for (int offset = -200; offset < 5000; offset++) {
      assertEquals(expected(offset), callees.at(offset - CALLER), "at " + offset);
    }
    assertEquals(0, callees.at((1 << 20) - CALLER));
    assertEquals(Callees.NONE, callees.at((1 << 20) + 1 - CALLER));
    assertEquals(Callees.NONE, callees.at((1L << 32) - CALLER));
    assertEquals(Callees.NONE, callees.at((1L << 32) + 64 - CALLER));
    assertEquals(Callees.NONE, callees.at(Long.MIN_VALUE / 2));
  }

  @Test
  void aTextWithoutPiecesHasNoCallees() {
    Callees callees = new Callees(new int[0], new int[0], types);
    callees.start(0);
    assertEquals(Callees.NONE, callees.at(0));
  }

  private static int expected(int offset) {
    for (int i = 0; i < OFFSETS.length; i++) {
      if (OFFSETS[i] == offset) {
        return FUNCTIONS[i];
      }
    }
    return Callees.NONE;
  }
}
