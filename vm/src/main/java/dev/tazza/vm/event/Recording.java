package dev.tazza.vm.event;

import jdk.jfr.FlightRecorder;

/** Whether somebody may be recording events. Thread-safe. */
public final class Recording {
  /** A JVM may be without the recorder; then none of its classes may be touched. */
  private static final boolean POSSIBLE = isPossible();

  private Recording() {}

  private static boolean isPossible() {
    ModuleLayer layer = Recording.class.getModule().getLayer();
    Module recorder =
        (layer == null ? ModuleLayer.boot() : layer).findModule("jdk.jfr").orElse(null);
    return recorder != null && Recording.class.getModule().canRead(recorder);
  }

  /** Whether the recorder has been started in this process; it may record nothing of ours. */
  public static boolean isOn() {
    return POSSIBLE && FlightRecorder.isInitialized();
  }
}
