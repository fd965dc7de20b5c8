package dev.tazza.vm.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GuestStackPoolTest {
  private static final long SECRET = 0x5ec2e7_5ec2e7L;

  /** Bytes of the stack, and whether it is cleared. */
  static List<Arguments> pools() {
    return List.of(
        arguments(1L << 20, true),
        arguments(1L << 20, false),
        arguments(64L << 10, true),
        arguments(4L << 10, true));
  }

  @ParameterizedTest
  @MethodSource("pools")
  void clearedStacksKeepNothing(long size, boolean zeroing) {
    try (GuestStackPool pool = new GuestStackPool(StackSize.of(size), 1, zeroing)) {
      GuestStack stack = pool.acquire();
      long lowest = stack.limit() - StackSize.LEAST_HEADROOM;
      for (long at = lowest; at < stack.top(); at += 8) {
        NativeMemory.putLong(at, SECRET);
      }
      pool.release(stack);
      GuestStack again = pool.acquire();
      assertSame(stack, again);
      long left = 0;
      for (long at = lowest; at < again.top(); at += 8) {
        left += NativeMemory.getLong(at) == 0 ? 0 : 8;
      }
      assertEquals(zeroing ? 0 : 64 << 10, left, "bytes left");
      pool.release(again);
    }
  }

  /** The slots for values are cleared as far as somebody said that they are used. */
  @Test
  void nothingIsLeftInTheStoreContext() {
    try (GuestStackPool pool = new GuestStackPool(1 << 16, 1)) {
      GuestStack stack = pool.acquire();
      stack.useValues(1000);
      stack.useValues(3);
      int used = StoreContext.VALUES + 1000 * StoreContext.VALUE_SIZE;
      NativeMemory.fill(stack.context(), used, (byte) 7);
      pool.release(stack);
      assertSame(stack, pool.acquire());
      for (int i = 0; i < StoreContext.SIZE; i++) {
        assertEquals(0, NativeMemory.getByte(stack.context() + i));
      }
      pool.release(stack);
    }
  }

  /** What is far below the top is given back when it was used, whether it is cleared or not. */
  @Test
  void deepUseIsFoundOut() {
    try (GuestStackPool pool = new GuestStackPool(1 << 20, 1)) {
      GuestStack stack = pool.acquire();
      long deep = stack.top() - (200 << 10);
      for (int round = 0; round < 3; round++) {
        for (long at = deep; at < stack.top(); at += 512) {
          NativeMemory.putLong(at, SECRET);
        }
        pool.release(stack);
        assertSame(stack, pool.acquire());
        assertEquals(0, NativeMemory.getLong(deep));
      }
      pool.release(stack);
    }
  }
}
