package dev.tazza.vm.call;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.interrupt.Stopper;
import java.util.function.LongConsumer;

/** A store for tests: host calls go to a lambda, faults become {@link Fault}. */
final class Guest implements AutoCloseable, ExitHandler {
  private final CallSpace space;
  final CallLoop loop;
  LongConsumer host = context -> {};
  Runnable stopped =
      () -> {
        throw new AssertionError("nobody asked for it");
      };
  int lastService;

  Guest(GuestStackPool pool) {
    TrapSignals.install();
    space = new CallSpace(pool, new Stopper(), false);
    loop = new CallLoop(space, this);
  }

  @Override
  public boolean hostCall(long context) {
    host.accept(context);
    return false;
  }

  @Override
  public RuntimeException uncaught() {
    return new IllegalStateException("nobody catches it");
  }

  @Override
  public void serve(int exitCode, long context) {
    lastService = exitCode;
    host.accept(context);
  }

  @Override
  public void stopped() {
    stopped.run();
  }

  @Override
  public RuntimeException trap() {
    return new Fault(loop);
  }

  @Override
  public boolean waits() {
    return false;
  }

  @Override
  public boolean complete(Activation.Answer answer) {
    throw new IllegalStateException("nothing waits");
  }

  @Override
  public void usedUpFuel(boolean inMidst) {
    throw new IllegalStateException("no fuel is used");
  }

  @Override
  public int returnAddressDepth(long pc) {
    return -1;
  }

  long get(int slot) {
    return NativeMemory.getLong(loop.context() + StoreContext.value(slot));
  }

  void set(int slot, long value) {
    NativeMemory.putLong(loop.context() + StoreContext.value(slot), value);
  }

  long stackPointer() {
    return loop.begin();
  }

  @Override
  public void close() {
    loop.close();
    space.close();
  }
}
