package dev.tazza.wasm;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can go wrong with a module or its execution and that is not a bug of this engine.
 *
 * <p>The family is closed, so a caller can tell the causes apart with one {@code switch}:
 *
 * <ul>
 *   <li>{@link MalformedException}: the bytes or the text are no WebAssembly module;
 *   <li>{@link ValidationException}: a well-formed module breaks a typing rule or uses a feature
 *       that is switched off;
 *   <li>{@link LinkException}: an import is missing or of the wrong type;
 *   <li>{@link TrapException}: execution of the guest was aborted;
 *   <li>{@link ThrownException}: the guest threw an exception that nobody caught;
 *   <li>{@link ResourceLimitException}: an implementation or configured limit was exceeded.
 * </ul>
 */
public abstract sealed class WasmException extends RuntimeException
    permits MalformedException,
        ValidationException,
        LinkException,
        TrapException,
        ThrownException,
        ResourceLimitException {

  private static final long serialVersionUID = 1L;

  /** The value of {@link #offset()} when no position in a binary is known. */
  public static final long NO_OFFSET = -1;

  private final long offset;

  WasmException(String message, long offset) {
    Objects.requireNonNull(message, "message");
    super(offset < 0 ? message : message + " (at offset 0x" + Long.toHexString(offset) + ")");
    this.offset = offset < 0 ? NO_OFFSET : offset;
  }

  WasmException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.offset = NO_OFFSET;
  }

  WasmException(@Nullable String message, boolean writableStackTrace) {
    super(message, null, true, writableStackTrace);
    this.offset = NO_OFFSET;
  }

  /** The byte offset in the module's binary that the message is about, or {@link #NO_OFFSET}. */
  public final long offset() {
    return offset;
  }
}
