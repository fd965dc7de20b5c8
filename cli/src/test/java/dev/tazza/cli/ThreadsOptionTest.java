package dev.tazza.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code tazza run --wasi threads}. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThreadsOptionTest {
  /** Exits with 30 and how many of three threads it could start. */
  private static final String PROGRAM =
      """
      (module
        (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "env" "memory" (memory 1 1 shared))
        (func (export "wasi_thread_start") (param i32 i32)
          (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
        (func $started (result i32) (i32.gt_s (call $spawn (i32.const 0)) (i32.const 0)))
        (func (export "_start")
          (call $exit (i32.add (i32.const 30) (i32.add (call $started)
            (i32.add (call $started) (call $started)))))))
      """;

  @TempDir private Path folder;

  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  private int run(String... options) throws IOException {
    String[] args = new String[options.length + 2];
    args[0] = "run";
    System.arraycopy(options, 0, args, 1, options.length);
    Path file = Files.writeString(folder.resolve("program.wat"), PROGRAM);
    args[args.length - 1] = file.toString();
    PrintStream err = System.err;
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
    try {
      return Main.execute(args);
    } finally {
      System.setErr(err);
    }
  }

  private void assertError(String expected) {
    String text = errors.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains(expected), text);
  }

  @Test
  void threadsAreThere() throws IOException {
    assertEquals(33, run("--wasi", "threads"));
    assertEquals(32, run("--wasi", "threads", "--max-threads", "2", "--fuel", "1000"));
    assertEquals("", errors.toString(StandardCharsets.UTF_8));
  }

  @Test
  void otherwiseTheyAreRefusedByName() throws IOException {
    assertEquals(1, run());
    assertError("threads not enabled");
  }

  @Test
  void mistakesOfTheCommandLine() throws IOException {
    assertEquals(2, run("--wasi", "threads", "--max-threads", "-1"));
    assertError("--max-threads");
    assertEquals(2, run("--wasi", "theads"));
    assertError("expected one of [threads]");
    Path other = Files.writeString(folder.resolve("other.wat"), "(module)");
    assertEquals(2, run("--wasi", "threads", "--preload", "other=" + other));
    assertError("--preload does not go with --wasi threads");
  }

  @Test
  void limitsCountForTheSharedMemory() throws IOException {
    assertEquals(1, run("--wasi", "threads", "--max-memory-size", "1K"));
    assertError("which the store's limiter refuses");
  }
}
