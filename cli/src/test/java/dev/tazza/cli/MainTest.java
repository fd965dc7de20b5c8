package dev.tazza.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a user types it: status, output, and one clear line for each mistake. */
class MainTest {
  private static final String MODULE =
      """
      (module $m
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func (export "_start") (call $exit (i32.const 42)))
        (func (export "add") (param i32 i64) (result i64)
          (i64.add (i64.extend_i32_u (local.get 0)) (local.get 1)))
        (func (export "floats") (param f32 f64) (result f32 f64) (local.get 0) (local.get 1))
        (func $bad (export "bad") unreachable))
      """;

  @TempDir private Path folder;

  private record Result(int status, String out, String err) {}

  private static Result tazza(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      int status = Main.execute(args);
      System.out.flush();
      return new Result(
          status,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static void assertOneLine(int status, String expected, Result result) {
    assertEquals(status, result.status, result.err);
    assertTrue(result.err.contains(expected), result.err);
    assertTrue(result.err.startsWith("tazza: "), result.err);
    assertFalse(result.err.contains("\tat "), result.err);
    assertTrue(result.err.lines().count() <= 2, result.err);
  }

  @Test
  void theStatusIsTheGuests() throws IOException {
    assertEquals(42, tazza("run", file("m.wat", MODULE)).status);
  }

  @Test
  void invokedFunctionsPrintTheirResults() throws IOException {
    String module = file("m.wat", MODULE);
    assertEquals("-1\n", tazza("run", "--invoke", "add", module, "1", "-2").out);
    assertEquals("4294967295\n", tazza("run", "--invoke", "add", module, "0xffffffff", "0").out);
    assertEquals("1.5\n-inf\n", tazza("run", "--invoke", "floats", module, "1.5", "-inf").out);
    assertOneLine(1, "i32", tazza("run", "--invoke", "add", module, "x", "0"));
    assertOneLine(1, "2 arguments", tazza("run", "--invoke", "add", module, "1"));
    assertOneLine(1, "nothere", tazza("run", "--invoke", "nothere", module));
  }

  @Test
  void trapsEndWith134AndABacktrace() throws IOException {
    Result result = tazza("run", "--invoke", "bad", file("m.wat", MODULE));
    assertEquals(134, result.status);
    assertTrue(result.err.contains("wasm trap: unreachable"), result.err);
    assertTrue(result.err.contains("at bad (m, 0x"), result.err);
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    assertOneLine(1, "no such file", tazza("run", folder.resolve("none.wasm").toString()));
    assertOneLine(1, "1:10", tazza("run", file("bad.wat", "(module (fun))")));
    assertOneLine(1, "type mismatch", tazza("run", file("type.wat", "(module (func i32.add))")));
    assertOneLine(
        1,
        "imp.wat: unknown import: a.b",
        tazza("run", file("imp.wat", "(module (import \"a\" \"b\" (func)))")));
    assertOneLine(2, "--nonsense", tazza("run", "--nonsense", "x.wasm"));
    assertOneLine(2, "FILE", tazza("run"));
    assertOneLine(2, "--opt-level", tazza("run", "-O", "fast", "x.wasm"));
    assertOneLine(
        1,
        "tazza: cannot open the directory",
        tazza("run", "--dir", folder.resolve("none").toString(), file("m.wat", MODULE)));
  }

  @Test
  void unknownImportsCanTrapOrBeDefaults() throws IOException {
    String module =
        file(
            "imp.wat",
            "(module (import \"a\" \"b\" (func $b (result i32))) (func (export \"f\") (result i32)"
                + " call $b))");
    assertEquals("0\n", tazza("run", "--unknown-imports-default", "--invoke", "f", module).out);
    assertEquals(134, tazza("run", "--unknown-imports-trap", "--invoke", "f", module).status);
  }

  @Test
  void preloadedModulesAreImported() throws IOException {
    String library = file("lib.wat", "(module (func (export \"one\") (result i32) i32.const 1))");
    String module =
        file(
            "user.wat",
            "(module (import \"lib\" \"one\" (func $one (result i32))) (func (export \"f\") (result"
                + " i32) call $one))");
    assertEquals("1\n", tazza("run", "--preload", "lib=" + library, "--invoke", "f", module).out);
  }

  @Test
  void compiledFilesRunWhenAllowed() throws IOException {
    String module = file("m.wat", MODULE);
    String artifact = folder.resolve("m.tazza").toString();
    assertEquals(0, tazza("compile", module, "-o", artifact).status);
    assertOneLine(1, "--allow-precompiled", tazza("run", artifact));
    assertEquals(42, tazza("run", "--allow-precompiled", artifact).status);
    assertTrue(tazza("objdump", artifact).out.contains("<bad>"));
    Files.write(Path.of(artifact), new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 9});
    assertOneLine(1, "not an artifact", tazza("run", "--allow-precompiled", artifact));
  }

  /** {@code run} reads plain arguments itself; what it takes must be what picocli makes of it. */
  @Test
  void plainArgumentsMeanWhatTheyMeanToPicocli() throws IOException {
    for (String line :
        List.of(
            "m.wasm",
            "m.wasm --dir x -h @file",
            "--dir a --dir b::c m.wasm 1 2",
            "--env A=b=c --env D= --allow-precompiled m.wasm",
            "--invoke f --env A=1 m.wasm -1 --2",
            "--allow-precompiled --invoke add @m.wasm")) {
      String[] args = line.split(" ");
      RunCommand expected = new RunCommand();
      Main.runCommandLine(expected).parseArgs(args);
      RunCommand plain = RunCommand.plain(args);
      assertNotNull(plain, line);
      assertEquals(expected.arguments(), plain.arguments(), line);
    }
  }

  @Test
  void argumentsThatAreNotPlainAreLeftToPicocli() {
    for (String line :
        List.of(
            "",
            "--help",
            "-O none m.wasm",
            "--dir=a m.wasm",
            "--dir --env m.wasm",
            "--env A m.wasm",
            "--env A=\"b\" m.wasm",
            "--invoke f --invoke g m.wasm",
            "--invoke f",
            "--nonsense m.wasm",
            "-- m.wasm")) {
      assertNull(RunCommand.plain(line.isEmpty() ? new String[0] : line.split(" ")), line);
    }
  }

  @Test
  void otherCommands() throws IOException {
    String module = file("m.wat", MODULE);
    assertEquals(0, tazza("validate", module).status);
    assertEquals(1, tazza("validate", module, file("bad.wat", "(module (func i32.add))")).status);
    assertTrue(tazza("print", module).out.contains("i64.extend_i32_u"));
    assertTrue(tazza("objdump", module).out.contains("; traps: unreachable"));
    assertTrue(tazza("--version").out.startsWith("tazza "));
    assertTrue(tazza("--help").out.contains("tazza run hello.wasm"));
  }

  @Test
  void scriptsReportWhatFails() throws IOException {
    String good =
        file(
            "good.wast",
            MODULE.replace(
                    "(import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))",
                    "(func $exit (param i32))")
                + "(assert_return (invoke \"add\" (i32.const 1) (i64.const 2)) (i64.const 3))");
    assertTrue(tazza("wast", good).out.contains("0 failed"), () -> tazza("wast", good).out);
    Result bad =
        tazza(
            "wast",
            file(
                "bad.wast",
                "(module (func (export \"f\")))\n(assert_trap (invoke \"f\") \"unreachable\")"));
    assertEquals(1, bad.status);
    assertTrue(bad.out.contains("bad.wast:2:"), bad.out);
  }
}
