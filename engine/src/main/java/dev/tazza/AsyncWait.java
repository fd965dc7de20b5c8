package dev.tazza;

import dev.tazza.vm.instance.WaitSuspender;
import dev.tazza.vm.memory.ParkingLot.Waiter;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One wait of an asynchronous call's guest at a shared memory, in which it holds no thread: it goes
 * on, on the store's executor, when it is notified or the time is over.
 */
final class AsyncWait implements WaitSuspender.Suspension {
  private static final FuncType TYPE = new FuncType(List.of(), List.of(NumType.I32));

  private final Engine engine;
  private final AsyncCall call;
  private final CompletableFuture<@Nullable Object @Nullable []> result = new CompletableFuture<>();

  /** For the guest that runs in {@code store} now. */
  AsyncWait(Store<?> store) {
    engine = store.engine();
    call = store.asyncCalls().running();
  }

  @Override
  public void begin(Waiter waiter, long timeout) {
    Future<?> alarm = timeout < 0 ? null : engine.after(timeout, () -> end(waiter));
    call.waitFor(new AsyncAnswer(TYPE, result, () -> leave(waiter, alarm)));
    if (alarm != null) {
      result.whenComplete((_, _) -> alarm.cancel(false));
    }
  }

  /** The time is over. */
  private void end(Waiter waiter) {
    if (!waiter.leave()) {
      result.complete(new @Nullable Object[] {WaitResult.TIMED_OUT.ordinal()});
    }
  }

  /** The call ends without the result. */
  private static void leave(Waiter waiter, @Nullable Future<?> alarm) {
    waiter.leave();
    if (alarm != null) {
      alarm.cancel(false);
    }
  }

  @Override
  public void wake() {
    result.complete(new @Nullable Object[] {WaitResult.WOKEN.ordinal()});
  }
}
