package dev.tazza;

import dev.tazza.vm.instance.VmStore;
import dev.tazza.vm.interrupt.FuelHandler;
import dev.tazza.wasm.TrapCode;

/**
 * The fuel of a store. The guest has all of it at once, or, where it is to let others have their
 * turn now and then, a portion for each turn while the rest is kept here. Used by the thread that
 * uses the store.
 */
final class FuelSupply implements FuelHandler {
  private final VmStore vm;

  /** What the guest gets for a turn; 0: everything. */
  private long interval;

  /** What the guest has not got yet. */
  private long kept;

  FuelSupply(VmStore vm) {
    this.vm = vm;
    vm.onFuelUsedUp(this);
  }

  /** What is left, negative when more was used up than there was. */
  long left() {
    return vm.fuel() + kept;
  }

  void set(long amount) {
    long portion = interval == 0 ? amount : Math.min(amount, interval);
    kept = amount - portion;
    vm.setFuel(portion);
  }

  /** Keeps the amount that there is. */
  void setInterval(long amount) {
    interval = amount;
    long all = left();
    if (all >= 0) {
      set(all);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The next portion also pays what the last one lacked, so that the guest ends at the same
   * operator, whatever the portions are.
   */
  @Override
  public void usedUp(boolean mayWait) {
    long lacks = -vm.fuel();
    long portion = Math.min(kept, Math.max(interval, lacks));
    kept -= portion;
    vm.setFuel(portion - lacks);
    if (portion < lacks) {
      throw vm.trap(TrapCode.OUT_OF_FUEL, TrapCode.OUT_OF_FUEL.message());
    }
    if (mayWait) {
      vm.letWait();
    }
  }
}
