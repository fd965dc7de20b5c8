package dev.tazza.vm.interrupt;

/** Decides whether guest code that was stopped goes on. */
@FunctionalInterface
public interface StopHandler {
  /** Returns when it does; what this throws surfaces from the call of the guest. */
  void stopped();
}
