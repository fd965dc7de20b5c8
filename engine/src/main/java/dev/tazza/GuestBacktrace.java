package dev.tazza;

import java.util.List;

/**
 * Where the guest was when a host function threw: added to that exception as a suppressed one, so
 * that it is printed with it. Never thrown itself.
 */
public final class GuestBacktrace extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Frame> frames;

  GuestBacktrace(List<Frame> frames) {
    super("called from WebAssembly");
    this.frames = List.copyOf(frames);
    setStackTrace(elements(frames));
  }

  /** The guest's frames, innermost first. */
  public List<Frame> frames() {
    return frames;
  }

  static StackTraceElement[] elements(List<Frame> frames) {
    StackTraceElement[] elements = new StackTraceElement[frames.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = frames.get(i).toStackTraceElement();
    }
    return elements;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  public Throwable fillInStackTrace() {
    return this;
  }
}
