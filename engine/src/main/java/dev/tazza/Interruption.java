package dev.tazza;

import dev.tazza.vm.instance.VmStore;
import dev.tazza.vm.interrupt.EpochClock;
import dev.tazza.vm.interrupt.StopHandler;
import dev.tazza.wasm.TrapCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can stop the guest of one store: its epoch deadline, the timeouts of calls under
 * way, the interruption of the thread that calls, and its termination. Used by the thread that uses
 * the store, but for {@link #terminate}.
 */
final class Interruption<T extends @Nullable Object> implements StopHandler {
  private final Store<T> store;
  private final VmStore vm;
  private final boolean byThread;

  /** Null: epochs are off. */
  private final EpochClock.@Nullable Deadline deadline;

  /** Null: the guest traps. */
  private @Nullable Function<? super Store<T>, UpdateDeadline> callback;

  /** For how many epochs the guest goes on when it has its turn; 0: it does not wait for that. */
  private long ticksOfTurn;

  /** The ends, by {@link System#nanoTime}, of the calls under way that have one. */
  private final Deque<Long> timeouts = new ArrayDeque<>(0);

  /** Null: nobody profiles. */
  private @Nullable GuestSampler sampler;

  Interruption(Store<T> store, VmStore vm, Config config, EpochClock clock) {
    this.store = store;
    this.vm = vm;
    byThread = config.threadInterruption();
    if (config.epochInterruption()) {
      EpochClock.Deadline made = clock.newDeadline(vm.stop());
      vm.own(made::close);
      deadline = made;
    } else {
      deadline = null;
    }
    vm.onStop(this);
  }

  /** Whether the guest is to run no more. */
  private volatile boolean terminated;

  /** Ends the guest for good. Any thread. */
  void terminate() {
    terminated = true;
    vm.stop().raise();
  }

  // Timeouts.

  void begin(long end) {
    timeouts.push(end);
  }

  void end() {
    timeouts.pop();
  }

  // Profiling.

  void sampleBy(GuestSampler newSampler) {
    if (sampler != null) {
      throw new IllegalStateException("the store is profiled already");
    }
    sampler = newSampler;
  }

  void endSampling(GuestSampler ending) {
    sampler = sampler == ending ? null : sampler;
  }

  // Epochs.

  void setDeadline(long ticks) {
    EpochClock.Deadline set = deadline;
    if (set == null) {
      throw new IllegalStateException(
          "epochs are off; turn them on with Config.epochInterruption(true)");
    }
    set.set(ticks);
  }

  void setCallback(@Nullable Function<? super Store<T>, UpdateDeadline> function) {
    callback = function;
  }

  /** A guest that let others have their turn has its own. */
  void beginTurn() {
    EpochClock.Deadline reached = deadline;
    if (reached != null && ticksOfTurn != 0) {
      reached.set(ticksOfTurn);
      ticksOfTurn = 0;
    }
  }

  // The decision.

  @Override
  public void stopped() {
    GuestSampler profiling = sampler;
    if (profiling != null) {
      profiling.stopped();
    }
    store.asyncCalls().checkCancelled();
    if (terminated) {
      throw interrupt("the guest was terminated");
    }
    if (byThread && Thread.currentThread().isInterrupted()) {
      throw interrupt("the calling thread was interrupted");
    }
    if (!timeouts.isEmpty()) {
      long now = System.nanoTime();
      for (long end : timeouts) {
        if (end - now <= 0) {
          throw interrupt("the time for the call is over");
        }
      }
    }
    EpochClock.Deadline reached = deadline;
    if (reached != null && reached.isReached()) {
      reached(reached);
    }
  }

  private void reached(EpochClock.Deadline reached) {
    Function<? super Store<T>, UpdateDeadline> decide = callback;
    UpdateDeadline update = decide == null ? UpdateDeadline.trap() : decide.apply(store);
    switch (update) {
      case UpdateDeadline.ContinueWith more -> reached.set(more.ticks());
      case UpdateDeadline.Yield later -> {
        store.requireAsync();
        ticksOfTurn = later.ticks();
        vm.letWait();
      }
      case UpdateDeadline.Interrupt _ -> throw interrupt("the epoch deadline was reached");
    }
  }

  private RuntimeException interrupt(String reason) {
    return vm.trap(TrapCode.INTERRUPT, TrapCode.INTERRUPT.message() + ": " + reason);
  }
}
