package dev.tazza.codegen.machine.emit;

/** Where things are in a function's stack frame, as seen from the frame pointer. */
public interface FrameLayout {
  /** Whether the function makes a frame at all. */
  boolean exists();

  /** Bytes below the frame pointer. */
  int below();

  /**
   * Displacement of the function's own context, which a frame with landing pads keeps for whoever
   * unwinds to them.
   */
  int context();

  /** Displacement of what is kept for debuggers, which goes up from there; 0: nothing is. */
  int homes();

  /** Displacement of a spill slot of {@code bytes}. */
  int slot(int index, int bytes);
}
