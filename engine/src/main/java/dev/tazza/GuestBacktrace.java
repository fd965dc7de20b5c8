package dev.tazza;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the guest was when a host function threw: added to that exception as a suppressed one, so
 * that it is printed with it. Never thrown itself.
 */
public final class GuestBacktrace extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private transient List<Frame> frames = List.of();

  GuestBacktrace() {
    super("called from WebAssembly");
  }

  /** Before anybody but its maker sees it. */
  void setFrames(List<Frame> frames) {
    this.frames = List.copyOf(frames);
    setStackTrace(elements(frames));
  }

  /** The guest's frames, innermost first. */
  public List<Frame> frames() {
    return frames;
  }

  static StackTraceElement[] elements(List<Frame> frames) {
    List<StackTraceElement> elements = new ArrayList<>();
    for (Frame frame : frames) {
      elements.addAll(frame.toStackTraceElements());
    }
    return elements.toArray(StackTraceElement[]::new);
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  public Throwable fillInStackTrace() {
    return this;
  }
}
