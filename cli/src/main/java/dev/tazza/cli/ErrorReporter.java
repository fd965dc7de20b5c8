package dev.tazza.cli;

import dev.tazza.Frame;
import dev.tazza.GuestBacktrace;
import dev.tazza.Trap;
import dev.tazza.codegen.CompilerBug;
import dev.tazza.wasi.WasiExit;
import dev.tazza.wasm.WasmException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Turns exceptions into messages and statuses: the guest's own status, 134 for a trap, 1 for a bad
 * module or file.
 */
final class ErrorReporter implements IExecutionExceptionHandler {
  /** What a shell reports for a process that aborted. */
  private static final int ABORTED = 134;

  private static final int FAILED = 1;

  @Override
  public int handleExecutionException(
      Exception exception, CommandLine commandLine, ParseResult result) {
    return report(exception, commandLine.getErr());
  }

  /** Writes what the user should know, and returns the status. */
  static int report(Exception exception, PrintWriter err) {
    int status = write(exception, err);
    err.flush();
    return status;
  }

  private static int write(Exception exception, PrintWriter err) {
    switch (exception) {
      case WasiExit exit -> {
        return exit.code();
      }
      case Trap trap -> {
        err.println("tazza: wasm trap: " + trap.getMessage());
        backtrace(trap.frames(), err);
        return ABORTED;
      }
      case WasmException error -> err.println("tazza: " + error.getMessage());
      case CliException error -> err.println("tazza: " + error.getMessage());
      case NoSuchFileException error -> err.println("tazza: no such file: " + error.getFile());
      case java.io.IOException error -> err.println("tazza: " + message(error));
      case UnsupportedOperationException error -> err.println("tazza: " + error.getMessage());
      case CompilerBug bug -> {
        err.println("tazza: " + bug.getMessage());
        err.println("Please report this with the module and the following:");
        err.println(bug.dump());
      }
      default -> {
        hostBacktrace(exception, err);
        exception.printStackTrace(err);
      }
    }
    return FAILED;
  }

  /** Subclasses often have a file's name for a message, and say by their own what is wrong. */
  private static String message(java.io.IOException error) {
    boolean plain = error.getClass() == java.io.IOException.class && error.getMessage() != null;
    return plain ? String.valueOf(error.getMessage()) : error.toString();
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
