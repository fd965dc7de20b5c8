package dev.tazza.cli;

import dev.tazza.Frame;
import dev.tazza.GuestBacktrace;
import dev.tazza.TaggedException;
import dev.tazza.Trap;
import dev.tazza.codegen.CompilerBug;
import dev.tazza.wasi.WasiExit;
import dev.tazza.wasm.WasmException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Turns exceptions into messages and statuses: the guest's own status, 134 for a trap, 124 for a
 * timeout, 152 when its fuel was used up, 2 for a mistake in the command line, 1 for a bad module
 * or file. A Java stack trace is shown only when {@code TAZZA_STACK_TRACE} is set.
 */
final class ErrorReporter implements IExecutionExceptionHandler {
  /** What a shell reports for a process that aborted. */
  private static final int ABORTED = 134;

  /** What the command {@code timeout} reports for what it had to stop. */
  private static final int TIMED_OUT = 124;

  /** What a shell reports for a process that had no processor time left (SIGXCPU). */
  private static final int OUT_OF_FUEL = 152;

  /** What a shell reports for a process whose output nobody reads any more (SIGPIPE). */
  private static final int BROKEN_PIPE = 141;

  private static final int FAILED = 1;

  /** For exit codes that a status cannot tell from success. */
  private static final int OUT_OF_RANGE = 255;

  private static final String STACK_TRACE = "TAZZA_STACK_TRACE";

  @Override
  public int handleExecutionException(
      Exception exception, CommandLine commandLine, ParseResult result) {
    return report(exception, commandLine.getErr());
  }

  /** Writes what the user should know, and returns the status. */
  static int report(Throwable thrown, PrintWriter err) {
    int status = write(thrown, err);
    if (System.getenv(STACK_TRACE) != null && !(thrown instanceof WasiExit)) {
      thrown.printStackTrace(err);
    }
    err.flush();
    return status;
  }

  private static int write(Throwable thrown, PrintWriter err) {
    switch (thrown) {
      case WasiExit exit -> {
        return status(exit.code(), err);
      }
      case Trap trap -> {
        err.println("tazza: wasm trap: " + trap.getMessage());
        backtrace(trap.frames(), err);
        return switch (trap.code()) {
          case INTERRUPT -> TIMED_OUT;
          case OUT_OF_FUEL -> OUT_OF_FUEL;
          default -> ABORTED;
        };
      }
      case TaggedException exception -> {
        err.println("tazza: uncaught " + exception.getMessage());
        backtrace(exception.frames(), err);
        return ABORTED;
      }
      case OutputException error when error.isBrokenPipe() -> {
        return BROKEN_PIPE;
      }
      case WasmException error -> err.println("tazza: " + error.getMessage());
      case UsageException error -> {
        err.println("tazza: " + error.getMessage());
        return CommandLine.ExitCode.USAGE;
      }
      case CliException error -> err.println("tazza: " + error.getMessage());
      case IOException error -> err.println("tazza: " + message(error));
      case UncheckedIOException error -> {
        IOException cause = Objects.requireNonNull(error.getCause());
        err.println("tazza: " + error.getMessage() + ": " + message(cause));
      }
      case UnsupportedOperationException error -> err.println("tazza: " + error.getMessage());
      case InvalidPathException error ->
          err.println("tazza: not a file's name: '" + error.getInput() + "': " + error.getReason());
      case OutOfMemoryError _ -> err.println("tazza: " + outOfMemory());
      case CompilerBug bug -> {
        err.println("tazza: " + bug.getMessage());
        err.println("Please report this with the module and the following:");
        err.println(bug.dump());
      }
      default -> {
        err.println("tazza: internal error: " + thrown);
        hostBacktrace(thrown, err);
        err.println("Please report this, with what " + STACK_TRACE + "=1 adds to it.");
      }
    }
    return FAILED;
  }

  /** A process has only the lowest eight bits. They must not say that all went well. */
  private static int status(int code, PrintWriter err) {
    if (code != 0 && (code & 0xff) == 0) {
      err.println(
          "tazza: the program's exit code "
              + Integer.toUnsignedString(code)
              + " is no status of a process; the status is "
              + OUT_OF_RANGE);
      return OUT_OF_RANGE;
    }
    return code & 0xff;
  }

  static String outOfMemory() {
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    return "out of memory: the Java heap is limited to %d MB; allow more with TAZZA_JAVA_OPTS=-Xmx%dm"
        .formatted(heap, Math.max(256, 4 * heap));
  }

  /** Subclasses often have a file's name for a message, and say by their own what is wrong. */
  static String message(IOException error) {
    return switch (error) {
      case NoSuchFileException e -> missing(e.getFile());
      case AccessDeniedException e when e.getReason() == null ->
          e.getFile() + ": permission denied";
      case FileSystemException e when e.getReason() != null -> e.getFile() + ": " + e.getReason();
      case OutputException e -> String.valueOf(e.getMessage());
      default -> {
        boolean plain = error.getClass() == IOException.class && error.getMessage() != null;
        yield plain ? String.valueOf(error.getMessage()) : error.toString();
      }
    };
  }

  /** A file that is to be written may well be missing, but not its folder. */
  private static String missing(String file) {
    Path folder = Path.of(file).toAbsolutePath().getParent();
    return folder == null || Files.isDirectory(folder)
        ? file + ": no such file"
        : file + ": there is no directory " + folder;
  }

  private static void hostBacktrace(Throwable thrown, PrintWriter err) {
    for (Throwable suppressed : thrown.getSuppressed()) {
      if (suppressed instanceof GuestBacktrace backtrace) {
        backtrace(backtrace.frames(), err);
      }
    }
  }

  private static void backtrace(List<Frame> frames, PrintWriter err) {
    for (Frame frame : frames) {
      err.println("    at " + frame);
    }
  }
}
