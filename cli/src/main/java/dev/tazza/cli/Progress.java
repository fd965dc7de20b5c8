package dev.tazza.cli;

import dev.tazza.CompilationProgress;
import dev.tazza.Engine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A line on the terminal that tells how far long work is, for as long as this is open; nothing is
 * left of it then. Where standard error is no terminal there is none, and none for work that is
 * done within a second.
 */
final class Progress implements AutoCloseable {
  /** The least bytes of a module whose compilation may take long. */
  private static final int LONG = 1 << 20;

  private static final Duration DELAY = Duration.ofSeconds(1);
  private static final Duration PERIOD = Duration.ofMillis(200);

  /** Where Linux tells what standard error is. */
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  /** What erases the line that the cursor is in. */
  private static final String ERASE = "\r\033[K";

  private final PrintStream out;
  private final Supplier<String> line;
  private final Duration delay;
  private final @Nullable Thread thread;
  private volatile boolean shown;

  /**
   * @param out the terminal
   * @param line what to show, asked from another thread
   * @param isShown false: nothing is
   */
  Progress(PrintStream out, Supplier<String> line, Duration delay, boolean isShown) {
    this.out = out;
    this.line = line;
    this.delay = delay;
    thread = isShown ? Thread.ofPlatform().daemon().name("progress").start(this::show) : null;
  }

  /** Shows {@code line} if standard error is a terminal. */
  static Progress of(Supplier<String> line) {
    return new Progress(System.err, line, DELAY, isTerminal());
  }

  /** Shows how many functions of a module are compiled. */
  static Progress ofCompilation(Engine engine, Path file, long size) {
    CompilationProgress before = engine.compilationProgress();
    return new Progress(
        System.err,
        () -> {
          CompilationProgress now = engine.compilationProgress();
          return "compiling %s: %,d of %,d functions"
              .formatted(
                  Modules.name(file),
                  now.compiled() - before.compiled(),
                  now.found() - before.found());
        },
        DELAY,
        size >= LONG && isTerminal());
  }

  static boolean isTerminal() {
    try {
      String file = Files.readSymbolicLink(STANDARD_ERROR).toString();
      return file.startsWith("/dev/pts/")
          || file.startsWith("/dev/tty")
          || file.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private void show() {
    try {
      Thread.sleep(delay);
      shown = true;
      while (true) {
        out.print(ERASE + line.get());
        out.flush();
        Thread.sleep(PERIOD);
      }
    } catch (InterruptedException done) {
      // by close
    }
  }

  /** Ends it and erases the line. */
  @Override
  public void close() {
    if (thread == null) {
      return;
    }
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (shown) {
      out.print(ERASE);
      out.flush();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
