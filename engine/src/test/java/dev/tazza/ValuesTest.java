package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Values that somebody keeps. */
class ValuesTest {
  private static final FuncType TYPE = new FuncType(List.of(ValType.I32), List.of(ValType.I32));

  private final Engine engine = new Engine();
  private final AtomicReference<@Nullable Values> kept = new AtomicReference<>();

  private Func keeper(Store<Void> store) {
    return Func.wrap(
        store,
        TYPE,
        (_, values) -> {
          kept.set(values);
          values.setI32(0, values.i32(0) + 1);
        });
  }

  private Values kept() {
    Values values = kept.get();
    assertTrue(values != null);
    return values;
  }

  private static void refuses(Values values) {
    assertThrows(IllegalStateException.class, () -> values.i32(0));
    assertThrows(IllegalStateException.class, () -> values.setI32(0, 1));
  }

  @Test
  void afterTheCallTheyAreRefused() {
    Store<Void> store = new Store<>(engine);
    assertEquals(8, keeper(store).call(7)[0]);
    refuses(kept());
    assertEquals(9, keeper(store).call(8)[0]);
    store.close();
    refuses(kept());
    engine.close();
  }

  @Test
  void anotherThreadIsRefusedDuringTheCallToo() throws InterruptedException {
    Store<Void> store = new Store<>(engine);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Func f =
        Func.wrap(
            store,
            TYPE,
            (_, values) -> {
              Thread other = new Thread(() -> refuses(values));
              other.setUncaughtExceptionHandler((_, thrown) -> failure.set(thrown));
              other.start();
              other.join();
              values.setI32(0, values.i32(0));
            });
    assertEquals(5, f.call(5)[0]);
    if (failure.get() instanceof Throwable thrown) {
      throw new AssertionError(thrown);
    }
    store.close();
    engine.close();
  }

  /** What a loop in compiled code has seen once must not count for later. */
  @Test
  void aLoopThatGoesOnAfterTheCallIsRefused() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      Store<Void> store = new Store<>(engine);
      long[] result = new long[2];
      Func f =
          Func.wrap(
              store,
              TYPE,
              (_, values) -> {
                Thread other = new Thread(() -> result[0] = write(values, 1_000_000));
                other.start();
                result[1] = write(values, 100_000);
                other.join();
              });
      f.call(1);
      assertEquals(0, result[0]);
      assertEquals(100_000, result[1]);
      store.close();
    }
    engine.close();
  }

  /** How often it can be read and written. */
  private static long write(Values values, int times) {
    long written = 0;
    try {
      for (int i = 0; i < times; i++) {
        values.setI32(0, values.i32(0) + i);
        written++;
      }
    } catch (IllegalStateException refused) {
      assertTrue(refused.getMessage().contains("during the call"), refused.getMessage());
    }
    return written;
  }

  @Test
  void callsWithinCallsHaveTheirOwn() {
    Store<Void> store = new Store<>(engine);
    AtomicReference<@Nullable Func> self = new AtomicReference<>();
    Func f =
        Func.wrap(
            store,
            TYPE,
            (_, values) -> {
              int n = values.i32(0);
              int rest = 0;
              if (n > 0 && self.get() instanceof Func again) {
                rest = (int) again.call(n - 1)[0];
              }
              values.setI32(0, n + rest);
            });
    self.set(f);
    assertEquals(55, f.call(10)[0]);
    store.close();
    engine.close();
  }

  /** A leased store, whose use is noted in another way. */
  @Test
  void underALeaseToo() {
    Store<Void> store = new Store<>(engine);
    Func f = keeper(store);
    for (int i = 0; i < 5000; i++) {
      assertEquals(i + 1, f.call(i)[0]);
    }
    refuses(kept());
    store.close();
    refuses(kept());
    engine.close();
  }
}
