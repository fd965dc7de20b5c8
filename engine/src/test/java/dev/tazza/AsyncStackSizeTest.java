package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.sys.Os;
import dev.tazza.vm.call.GuestStack;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Config#asyncStackSize}: what is left of the stacks below the guest's part. */
class AsyncStackSizeTest {
  private static final long GUESTS = 256 << 10;
  private static final long LEAST_HEADROOM = 128 << 10;

  @ParameterizedTest
  @ValueSource(longs = {256 << 10, 300 << 10, 1 << 20, 2 << 20, 64 << 20})
  void whatTheGuestDoesNotGetIsHeadroom(long size) {
    Config config = new Config().maxWasmStack(GUESTS).asyncStackSize(size);
    assertHeadroom(LEAST_HEADROOM, config);
    assertHeadroom(Math.max(LEAST_HEADROOM, size - GUESTS), config.asyncSupport(true));
  }

  private static void assertHeadroom(long expected, Config config) {
    try (Engine engine = new Engine(config)) {
      GuestStack stack = engine.stacks().acquire();
      try {
        assertEquals(GUESTS, stack.top() - stack.limit());
        assertTrue(stack.contains(stack.limit() - expected, 8));
        assertFalse(stack.contains(stack.limit() - expected - Os.host().pageSize(), 8));
      } finally {
        engine.stacks().release(stack);
      }
    }
  }

  @Test
  void theGuestsPartHasToFit() {
    Config config = new Config().maxWasmStack(4 << 20);
    new Engine(config).close();
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> new Engine(config.asyncSupport(true)).close())
            .getMessage();
    assertEquals("maxWasmStack (4194304) must not be above asyncStackSize (2097152)", message);
    new Engine(config.asyncStackSize(4 << 20)).close();
  }

  @Test
  void sizesHaveBounds() {
    assertThrows(IllegalArgumentException.class, () -> new Config().asyncStackSize(0));
    assertThrows(IllegalArgumentException.class, () -> new Config().asyncStackSize(3L << 30));
    assertThrows(IllegalArgumentException.class, () -> new Config().maxWasmStack(0));
  }
}
