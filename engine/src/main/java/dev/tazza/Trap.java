package dev.tazza;

import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.TrapException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Guest code was aborted. The stack trace is the guest's: {@link #frames} as Java stack trace
 * elements, innermost first; with {@link Config#wasmBacktraceInJava} it is that of Java, with those
 * elements in it. Can be serialized whole, but for the {@link #coreDump}.
 */
public final class Trap extends TrapException {
  private static final long serialVersionUID = 1L;

  private final TrapCode code;
  private final Frame[] frames;
  private final transient @Nullable CoreDump coreDump;

  Trap(TrapCode code, String message, List<Frame> frames, @Nullable CoreDump coreDump) {
    super(message, true);
    this.code = code;
    this.frames = frames.toArray(new Frame[0]);
    this.coreDump = coreDump;
    setStackTrace(GuestBacktrace.elements(frames));
  }

  /** Why. */
  public TrapCode code() {
    return code;
  }

  /** The guest's frames, innermost first; empty when backtraces are off. */
  public List<Frame> frames() {
    return List.of(frames);
  }

  /** What debuggers want to know, if {@link Config#coredumpOnTrap} is on; null otherwise. */
  public @Nullable CoreDump coreDump() {
    return coreDump;
  }

  /** Does nothing: the Java frames say little, and walking them is slow. */
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  public Throwable fillInStackTrace() {
    return this;
  }
}
