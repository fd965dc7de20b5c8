package dev.tazza.vm.interrupt;

/** Decides at a poll whether guest code goes on. */
@FunctionalInterface
public interface PollHandler {
  /** Returns when it does; what this throws surfaces from the call of the guest. */
  void poll();
}
