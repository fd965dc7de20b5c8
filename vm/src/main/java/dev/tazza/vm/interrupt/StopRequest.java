package dev.tazza.vm.interrupt;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Asks the guest code of one store to stop, whether it runs now or is called later. Thread-safe.
 */
public final class StopRequest {
  /** Above all stacks, unsigned. */
  private static final long ABOVE = -1;

  private final Stopper stopper;
  private final long context;
  private final long stackEnd;
  private final boolean byPolls;
  private boolean closed; // guarded by this, as are the fields in the context

  /** Waits, in place of the guest, for something else than a signal. */
  private volatile @Nullable Thread parked;

  /** How often the stopper has found nobody to signal; guarded by that. */
  int looksInVain;

  /**
   * @param context address of the {@link StoreContext}
   * @param stackEnd the limit of its stack
   * @param byPolls whether the code polls; otherwise it takes a signal to stop it
   */
  public StopRequest(Stopper stopper, long context, long stackEnd, boolean byPolls) {
    this.stopper = stopper;
    this.context = context;
    this.stackEnd = stackEnd;
    this.byPolls = byPolls;
    lower();
  }

  /** Asks. */
  public void raise() {
    put(1, byPolls ? ABOVE : stackEnd);
    // A thread that parks notes itself and then looks whether it may: one of the two sees the
    // other.
    Thread waiting = parked;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
    if (!byPolls) {
      stopper.pursue(this);
    }
  }

  /** Takes the request back. Reasons to stop are looked at after this, or one might get lost. */
  public void lower() {
    put(0, stackEnd);
  }

  /**
   * Unparks a thread, from now on, each time that the guest is asked to stop; null: none. The
   * thread then looks whether the request {@link #isRaised}, before it parks and whenever it wakes.
   */
  public void unparks(@Nullable Thread thread) {
    parked = thread;
  }

  /** Whether the guest is asked to stop. */
  public synchronized boolean isRaised() {
    return !closed && NativeMemory.getInt(context + StoreContext.STOP) != 0;
  }

  private synchronized void put(int stop, long limit) {
    if (!closed) {
      NativeMemory.putInt(context + StoreContext.STOP, stop);
      NativeMemory.putLong(context + StoreContext.STACK_LIMIT, limit);
    }
  }

  /** Signals the thread that runs the guest; false if it does not run, or has stopped already. */
  synchronized boolean signal() {
    if (closed || NativeMemory.getInt(context + StoreContext.STOP) == 0) {
      return false;
    }
    int thread = NativeMemory.getInt(context + StoreContext.HOST_THREAD);
    if (thread == 0) {
      return false;
    }
    Os os = Os.host();
    os.signalThread(thread, os.signals().urgent(), context);
    return true;
  }

  /** The context is about to be freed: nothing touches it afterwards. */
  public synchronized void close() {
    closed = true;
  }
}
