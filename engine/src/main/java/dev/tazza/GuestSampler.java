package dev.tazza;

import dev.tazza.vm.instance.VmStore;
import dev.tazza.vm.profile.CallTree;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Samples the stack of a store's guest: another thread asks for it, by stopping the guest as
 * deadlines do, and the guest's own thread takes it. While the guest is in a host function it waits
 * for that to come back, and counts for all that were asked for meanwhile.
 */
final class GuestSampler {
  /** Callers that are further out are not seen. */
  private static final int MOST_FRAMES = 4096;

  private final VmStore store;
  private final CallTree<CodePlace> tree = new CallTree<>();
  private final long begin = System.nanoTime();

  /** How many were asked for and not taken. */
  private final AtomicInteger due = new AtomicInteger();

  GuestSampler(VmStore store) {
    this.store = store;
  }

  /** Asks for a sample, if anybody uses the store. On any thread. */
  void ask() {
    if (store.calls().user() != null) {
      due.incrementAndGet();
      store.stop().raise();
    }
  }

  /** The guest has stopped, maybe for another reason. On the thread that uses the store. */
  void stopped() {
    int weight = due.getAndSet(0);
    if (weight > 0) {
      var stack = CodePlace.of(store.backtrace(MOST_FRAMES), MOST_FRAMES);
      if (!stack.isEmpty()) { // it may have been called just now
        tree.add(stack, weight, System.nanoTime() - begin);
      }
    }
  }

  /** What was sampled. */
  CallTree<CodePlace> tree() {
    return tree;
  }
}
