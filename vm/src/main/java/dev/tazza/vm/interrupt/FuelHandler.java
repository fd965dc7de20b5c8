package dev.tazza.vm.interrupt;

/** Decides what becomes of guest code that needs more fuel than it has. */
@FunctionalInterface
public interface FuelHandler {
  /**
   * The store's fuel is negative. Returns when the guest has got more, so that it is not any more;
   * what this throws surfaces from the call of the guest.
   *
   * @param mayWait whether the guest is in the midst of its code, and may let others have their
   *     turn; else it has just returned
   */
  void usedUp(boolean mayWait);
}
