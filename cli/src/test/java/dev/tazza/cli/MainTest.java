package dev.tazza.cli;

import static dev.tazza.cli.Tazza.assertOneLine;
import static dev.tazza.cli.Tazza.tazza;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.cli.Tazza.Result;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
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
        (func (export "vector") (param v128) (result v128)
          (i32x4.add (local.get 0) (local.get 0)))
        (func $bad (export "bad") unreachable))
      """;

  @TempDir private Path folder;

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void theStatusIsTheGuests() throws IOException {
    assertEquals(42, tazza("run", file("m.wat", MODULE)).status());
  }

  @Test
  void featuresAreSwitched() throws IOException {
    String legacy =
        file("legacy.wat", "(module (func (export \"_start\") (try (do) (catch_all))))");
    assertOneLine(1, "legacy exceptions not enabled", tazza("run", legacy));
    assertOneLine(1, "legacy exceptions not enabled", tazza("validate", legacy));
    assertEquals(0, tazza("run", "-W", "legacy-exceptions=y", legacy).status());
    assertEquals(0, tazza("validate", "-Wlegacy-exceptions=y", legacy).status());
    assertOneLine(2, "there is no feature 'legacy'", tazza("run", "-W", "legacy=y", legacy));
    assertOneLine(2, "expected y or n", tazza("run", "-W", "simd=yes", legacy));
  }

  @Test
  void eachFileIsValidated() throws IOException {
    String empty = file("empty.wasm", "");
    String bad = file("bad.wat", "(module (func (result i32)))");
    String none = folder.resolve("none.wasm").toString();
    Result result = tazza("validate", empty, none, file("m.wat", MODULE), bad);
    assertEquals(1, result.status());
    List<String> lines = result.err().lines().toList();
    assertEquals(3, lines.size(), result.err());
    assertTrue(lines.get(0).startsWith("tazza: " + empty), result.err());
    assertTrue(lines.get(1).startsWith("tazza: " + none), result.err());
    assertTrue(lines.get(2).startsWith("tazza: " + bad), result.err());
  }

  @Test
  void aDirectoryWithoutANameIsNotTheWorkingDirectory() throws IOException {
    String module = file("m.wat", MODULE);
    assertOneLine(2, "--dir: expected HOST", tazza("run", "--dir", "", module));
    assertOneLine(2, "--dir: expected HOST", tazza("run", "--dir=::/", module));
    assertOneLine(2, "expected HOST", tazza("run", "--dir-read-only=", module));
  }

  @Test
  void anUncaughtExceptionIsReportedWithItsPayload() throws IOException {
    String module =
        file(
            "throws.wat",
            "(module (tag $e (param i32 f64)) (func $f (throw $e (i32.const 7) (f64.const 0.5)))"
                + " (func (export \"_start\") (call $f)))");
    Result result = tazza("run", module);
    assertEquals(134, result.status());
    assertTrue(result.err().startsWith("tazza: uncaught exception"), result.err());
    assertTrue(result.err().lines().findFirst().orElse("").endsWith(": 7, 0.5"), result.err());
    assertTrue(result.err().contains("    at"), result.err());
  }

  @Test
  void aProgramThatRunsTooLongIsStopped() throws IOException {
    String module = file("endless.wat", "(module (func (export \"_start\") (loop br 0)))");
    Result result = tazza("run", "--timeout", "50ms", module);
    assertEquals(124, result.status());
    assertTrue(
        result.err().startsWith("tazza: wasm trap: interrupt: the time for the call is over"));
    assertEquals(42, tazza("run", "--timeout", "1h", file("m.wat", MODULE)).status());
    for (String time : List.of("0s", "-1s", "2", "1.5s", "s", "9999999999999s", "1d")) {
      assertOneLine(2, "expected a time such as", tazza("run", "--timeout=" + time, module));
    }
  }

  @Test
  void guestsAreProfiled() throws IOException {
    String module = file("m.wat", MODULE);
    Path json = folder.resolve("profile.json");
    assertEquals(42, tazza("run", "--profile=guest," + json, module).status());
    assertTrue(Files.readString(json).contains("preprocessedProfileVersion"));
    Path picture = folder.resolve("profile.svg");
    assertEquals(42, tazza("run", "--profile=guest," + picture + ",5ms", module).status());
    assertTrue(Files.readString(picture).contains("<svg"));
    assertOneLine(2, "`tazza run`", tazza("wast", "--profile=guest", file("m.wast", "")));
    assertOneLine(2, "expected perfmap", tazza("run", "--profile=gprof", module));
    assertOneLine(1, "VTune", tazza("run", "--profile=vtune", module));
  }

  @Test
  void modulesAreExplored() throws IOException {
    String module =
        file(
            "m.wat",
            "(module (func $\"<b>&\" (export \"f\") (result i32) (i32.const 7)) (func (export"
                + " \"g\")))");
    Path page = folder.resolve("page.html");
    Result result = tazza("explore", "-o", page.toString(), module);
    assertEquals(0, result.status(), result.err());
    String html = Files.readString(page);
    assertTrue(html.contains("<b>&lt;b&gt;&amp;</b>"), html);
    assertTrue(html.contains("i32.const 7)</span>"), html);
    assertTrue(html.contains("<b>g</b>"), html);
    tazza("explore", "-o", page.toString(), "--function", "1", module);
    assertFalse(Files.readString(page).contains("i32.const 7"));
    assertOneLine(
        1, "no function", tazza("explore", "-o", page.toString(), "--function=no", module));
    assertOneLine(1, "no such file", tazza("explore", folder.resolve("none.wasm").toString()));
  }

  @Test
  void coreDumpsAreWritten() throws IOException {
    String module = file("m.wat", "(module $m (memory 1) (func (export \"_start\") unreachable))");
    Path dump = folder.resolve("core.wasm");
    Result result = tazza("run", "--coredump", dump.toString(), module);
    assertEquals(134, result.status());
    assertTrue(Files.readString(dump, StandardCharsets.ISO_8859_1).contains("corestack"));
    Files.delete(dump);
    assertEquals(42, tazza("run", "--coredump", dump.toString(), file("f.wat", MODULE)).status());
    assertTrue(Files.notExists(dump));
    Path nowhere = folder.resolve("none/core.wasm");
    result = tazza("run", "--coredump", nowhere.toString(), module);
    assertEquals(134, result.status(), "the trap counts");
    assertTrue(result.err().contains("wasm trap: unreachable"), result.err());
  }

  @Test
  void aProgramThatUsesUpItsFuelIsStopped() throws IOException {
    String module = file("endless.wat", "(module (func (export \"_start\") (loop br 0)))");
    Result result = tazza("run", "--fuel", "100000", module);
    assertEquals(152, result.status());
    assertTrue(result.err().startsWith("tazza: wasm trap: all fuel consumed"), result.err());
    assertEquals(42, tazza("run", "--fuel", "1000", file("m.wat", MODULE)).status());
    assertOneLine(2, "from 0 on", tazza("run", "--fuel=-1", module));
    Result much = tazza("run", "--fuel=much", module);
    assertEquals(2, much.status());
    assertTrue(much.err().contains("'--fuel': expected a number but was 'much'"), much.err());
  }

  @Test
  void settingsOfTheCompilerAreListedAndSet() throws IOException {
    Result listed = tazza("settings");
    assertEquals(0, listed.status());
    assertTrue(listed.out().contains("has_avx2="), listed.out());
    String module = file("m.wat", MODULE);
    for (String line : listed.out().split("\n")) {
      String setting = line.substring(0, line.indexOf('='));
      String value = setting.equals("opt_level") ? "speed_and_size" : "false";
      assertEquals(42, tazza("run", "-C", setting + "=" + value, module).status(), setting);
    }
    assertTrue(listed.out().contains("enable_nan_canonicalization=false"), listed.out());
    assertOneLine(2, "one of none, speed", tazza("run", "-C", "opt_level=much", module));
    assertOneLine(2, "did you mean has_avx2?", tazza("run", "-C", "has-awx2=true", module));
    assertOneLine(2, "did you mean opt_level?", tazza("run", "-C", "optlevel=none", module));
    assertOneLine(2, "no compiler setting 'x'; there are", tazza("run", "-C", "x=true", module));
    assertOneLine(2, "true or false", tazza("run", "-C", "has_avx=maybe", module));
  }

  @Test
  void modulesAreCompiledForOtherProcessors() throws IOException {
    String module = file("m.wat", MODULE);
    String artifact = folder.resolve("m.tazza").toString();
    String triple = "x86_64-unknown-linux-gnu";
    assertEquals(0, tazza("compile", "--target", triple, "-o", artifact, module).status());
    assertEquals(42, tazza("run", "--allow-precompiled", artifact).status());
    String vectors = "-Chas_avx2=true";
    assertEquals(0, tazza("compile", "--target", triple, vectors, "-o", artifact, module).status());
    assertOneLine(1, "has_avx2", tazza("run", "-Chas_avx=false", "--allow-precompiled", artifact));
    assertOneLine(2, "so far", tazza("compile", "--target", "aarch64-linux", module));
    assertOneLine(2, "expected a triple", tazza("compile", "--target", "x", module));
  }

  @Test
  void whatIsOffIsRefusedByItsName() throws IOException {
    String tail =
        file(
            "tail.wat",
            "(module (func $f (result i32) (i32.const 1))"
                + " (func (export \"_start\") (drop (call $g)))"
                + " (func $g (result i32) (return_call $f)))");
    String wide =
        file(
            "wide.wat",
            "(module (func (export \"_start\") i64.const 1 i64.const 2 i64.mul_wide_u drop drop))");
    for (String command : new String[] {"run", "validate"}) {
      assertEquals(0, tazza(command, tail).status(), command);
      Result off = tazza(command, "-W", "tail-calls=n", tail);
      assertOneLine(1, "tail.wat: ", off);
      assertTrue(off.err().contains("tail calls not enabled: return_call"), off.err());
      assertOneLine(1, "wide arithmetic not enabled: i64.mul_wide_u", tazza(command, wide));
      assertEquals(0, tazza(command, "-W", "wide-arithmetic=y", wide).status(), command);
    }
    assertOneLine(1, "Tazza runs core modules", tazza("run", file("c.wat", "(component)")));
  }

  @Test
  void profilersAreTold() throws IOException {
    String module = file("m.wat", MODULE);
    Path map = Path.of("/tmp/perf-" + ProcessHandle.current().pid() + ".map");
    try {
      assertEquals(42, tazza("run", "--profile", "perfmap", module).status());
      assertTrue(Files.readString(map).contains("wasm::bad [m]"));
    } finally {
      Files.deleteIfExists(map);
    }
    assertOneLine(2, "perfmap, jitdump or guest", tazza("run", "--profile", "all", module));
  }

  @Test
  void trapsEndWith134AndABacktrace() throws IOException {
    Result result = tazza("run", "--invoke", "bad", file("m.wat", MODULE));
    assertEquals(134, result.status());
    assertTrue(result.err().contains("wasm trap: unreachable"), result.err());
    assertTrue(result.err().contains("at bad (m, 0x"), result.err());
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
    assertEquals("0\n", tazza("run", "--unknown-imports-default", "--invoke", "f", module).out());
    assertEquals(134, tazza("run", "--unknown-imports-trap", "--invoke", "f", module).status());
  }

  @Test
  void preloadedModulesAreImported() throws IOException {
    String library = file("lib.wat", "(module (func (export \"one\") (result i32) i32.const 1))");
    String module =
        file(
            "user.wat",
            "(module (import \"lib\" \"one\" (func $one (result i32))) (func (export \"f\") (result"
                + " i32) call $one))");
    assertEquals("1\n", tazza("run", "--preload", "lib=" + library, "--invoke", "f", module).out());
  }

  @Test
  void aSnapshotIsReadyAlready() throws IOException {
    String module =
        file(
            "slow.wat",
            """
            (module
              (global $ready (mut i32) (i32.const 0))
              (func (export "wizer.initialize") (global.set $ready (i32.const 42)))
              (func (export "get_ready") (param i32))
              (func (export "ready") (result i32) (global.get $ready)))
            """);
    String ready = folder.resolve("ready.wasm").toString();
    assertEquals(0, tazza("snapshot", module, "-o", ready).status());
    assertEquals("42\n", tazza("run", "--invoke", "ready", ready).out());
    assertOneLine(1, "--init names another", tazza("snapshot", ready, "-o", ready));
    assertOneLine(
        1, "without parameters", tazza("snapshot", "--init=get_ready", module, "-o", ready));
  }

  @Test
  void compiledFilesRunWhenAllowed() throws IOException {
    String module = file("m.wat", MODULE);
    String artifact = folder.resolve("m.tazza").toString();
    assertEquals(0, tazza("compile", module, "-o", artifact).status());
    assertOneLine(1, "--allow-precompiled", tazza("run", artifact));
    assertEquals(42, tazza("run", "--allow-precompiled", artifact).status());
    assertTrue(tazza("objdump", artifact).out().contains("<bad>"));
    Files.write(Path.of(artifact), new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 9});
    assertOneLine(1, "not an artifact", tazza("run", "--allow-precompiled", artifact));
  }

  private static final String LIBRARY =
      "(module (func (export \"one\") (result i32) i32.const 1) (func (export \"two\")))";

  @Test
  void standardInputAndOutput() throws IOException {
    InputStream in = System.in;
    try {
      System.setIn(new ByteArrayInputStream(MODULE.getBytes(StandardCharsets.UTF_8)));
      assertEquals(42, tazza("run", "-").status());
      System.setIn(new ByteArrayInputStream(new byte[0]));
      assertOneLine(1, "standard input: there is no module in it", tazza("run", "-"));
      System.setIn(new ByteArrayInputStream("(module (func))".getBytes(StandardCharsets.UTF_8)));
      assertTrue(tazza("print", "-").out().contains("(func"));
      System.setIn(new ByteArrayInputStream("(module (func))".getBytes(StandardCharsets.UTF_8)));
      assertTrue(tazza("compile", "-").out().startsWith("\u007fELF"));
    } finally {
      System.setIn(in);
    }
    assertTrue(tazza("compile", file("m.wat", MODULE), "-o", "-").out().startsWith("\u007fELF"));
  }

  @Test
  void whatDoesNothingIsNoSuccess() throws IOException {
    for (String command : List.of("run", "compile", "print", "objdump", "validate")) {
      assertOneLine(
          1, "empty.wasm: there is no module in it", tazza(command, file("empty.wasm", "")));
    }
    assertOneLine(1, "--invoke: one, two", tazza("run", file("lib.wat", LIBRARY)));
    assertOneLine(1, "nor any other", tazza("run", file("none.wat", "(module)")));
    String reactor = "(module (func (export \"_initialize\")) (func (export \"f\")))";
    assertOneLine(0, "note: ", tazza("run", file("reactor.wat", reactor)));
    // A start function is a program, too.
    assertEquals("", tazza("run", file("start.wat", "(module (func $f) (start $f))")).err());
  }

  @Test
  void startFunctionsOfAnotherTypeAreOneLine() throws IOException {
    String module = "(module (func (export \"_start\") (param i32)))";
    assertOneLine(1, "--invoke _start", tazza("run", file("m.wat", module)));
    assertEquals(0, tazza("run", "--invoke", "_start", file("m.wat", module), "1").status());
    String library = "(module (func (export \"_initialize\") (result i32) i32.const 0))";
    assertOneLine(1, "_initialize", tazza("run", file("m.wat", library)));
  }

  @Test
  void exitCodesThatAStatusCannotExpress() throws IOException {
    String module = file("m.wat", MODULE.replace("i32.const 42", "i32.const 256"));
    assertOneLine(255, "exit code 256", tazza("run", module));
    assertEquals(255, tazza("run", file("m.wat", MODULE.replace("const 42", "const -1"))).status());
    assertEquals(1, tazza("run", file("m.wat", MODULE.replace("const 42", "const 257"))).status());
  }

  /** Prints its arguments and environment: the sizes that WASI tells, as the status. */
  private static final String SIZES =
      """
      (module
        (import "wasi_snapshot_preview1" "FUNCTION" (func $sizes (param i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "size") (result i32)
          (drop (call $sizes (i32.const 0) (i32.const 4))) (i32.load (i32.const 4))))
      """;

  @Test
  void theEnvironmentAndTheProgramsName() throws IOException {
    String environ = file("env.wat", SIZES.replace("FUNCTION", "environ_sizes_get"));
    String path = System.getenv("PATH");
    int expected = "PATH=".length() + path.getBytes(StandardCharsets.UTF_8).length + 1;
    Result result = tazza("run", "--env", "PATH", "--invoke", "size", environ);
    assertEquals(expected + "\n", result.out());
    assertEquals("0\n", tazza("run", "--env", "NOT_SET_AT_ALL", "--invoke", "size", environ).out());
    assertEquals("4\n", tazza("run", "--env", "A=b", "--invoke", "size", environ).out());
    assertOneLine(2, "--env", tazza("run", "--env", "=b", environ));
    String arguments = file("args.wat", SIZES.replace("FUNCTION", "args_sizes_get"));
    assertEquals("9\n", tazza("run", "--invoke", "size", arguments).out());
    assertEquals("3\n", tazza("run", "--argv0", "ab", "--invoke", "size", arguments).out());
  }

  /** Makes a directory in the first preopened one; the error is the result. */
  private static final String MAKE_DIRECTORY =
      """
      (module
        (import "wasi_snapshot_preview1" "path_create_directory"
          (func $make (param i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "made")
        (func (export "make") (result i32)
          (call $make (i32.const 3) (i32.const 0) (i32.const 4))))
      """;

  @Test
  void directoriesCanBeReadOnly() throws IOException {
    String module = file("make.wat", MAKE_DIRECTORY);
    String box = Files.createDirectory(folder.resolve("box")).toString();
    assertEquals("76\n", tazza("run", "--dir-read-only", box, "--invoke", "make", module).out());
    assertFalse(Files.exists(Path.of(box, "made")));
    assertEquals("0\n", tazza("run", "--dir", box, "--invoke", "make", module).out());
    assertTrue(Files.exists(Path.of(box, "made")));
  }

  @Test
  void outputThatCannotBeWrittenIsAFailure() throws IOException {
    String module = file("m.wat", MODULE);
    PrintStream out = System.out;
    for (List<String> line :
        List.of(
            List.of("print", module),
            List.of("objdump", module),
            List.of("compile", module, "-o", "-"),
            List.of("run", "--invoke", "add", module, "1", "2"),
            List.of("run", "--help"),
            List.of("--version"),
            List.of("--help"))) {
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      PrintStream errBefore = System.err;
      try (PrintStream full = new PrintStream(new FileOutputStream("/dev/full"))) {
        System.setOut(full);
        System.setErr(new PrintStream(err, true));
        assertEquals(1, Main.execute(line.toArray(String[]::new)), line.toString());
      } finally {
        System.setOut(out);
        System.setErr(errBefore);
      }
      assertTrue(err.toString().startsWith("tazza: cannot write the output"), err.toString());
    }
  }

  @Test
  void filesThatCannotBeWritten() throws IOException {
    String module = file("m.wat", MODULE);
    assertOneLine(1, "it is a directory", tazza("compile", module, "-o", folder.toString()));
    assertOneLine(
        1,
        "there is no directory " + folder + "/none",
        tazza("compile", module, "-o", folder + "/none/x"));
    assertOneLine(2, "expected a number of bytes", tazza("run", "--max-wasm-stack", "1X", module));
    assertEquals(42, tazza("run", "--max-wasm-stack", "1M", module).status());
  }

  @Test
  void memoriesAndTablesHaveBounds() throws IOException {
    String module =
        file(
            "grows.wat",
            """
            (module (memory 2) (table 3 funcref)
              (func (export "memory") (param i32) (result i32) (memory.grow (local.get 0)))
              (func (export "table") (param i32) (result i32)
                (table.grow (ref.null func) (local.get 0))))
            """);
    assertEquals("2\n", grown(module, "--max-memory-size=256K", "memory", "2"));
    assertEquals("-1\n", grown(module, "--max-memory-size=256K", "memory", "3"));
    assertEquals("3\n", grown(module, "--max-table-elements=10", "table", "7"));
    assertEquals("-1\n", grown(module, "--max-table-elements=10", "table", "8"));
    assertOneLine(
        1,
        "grows.wat: a memory of 131072 bytes, which the store's limiter refuses",
        tazza("run", "--max-memory-size=128000", "--invoke=memory", module, "0"));
    assertOneLine(2, "must not be negative", tazza("run", "--max-table-elements=-1", module));
    assertOneLine(
        2, "expected a number of bytes", tazza("run", "--max-memory-size", "much", module));
  }

  private static String grown(String module, String limit, String function, String by) {
    Result result = tazza("run", limit, "--invoke", function, module, by);
    assertEquals(0, result.status(), result.err());
    return result.out();
  }

  /** {@code run} reads plain arguments itself; what it takes must be what picocli makes of it. */
  @Test
  void plainArgumentsMeanWhatTheyMeanToPicocli() throws IOException {
    for (String line :
        List.of(
            "m.wasm",
            "m.wasm --dir x -h @file",
            "--dir a --dir b::c m.wasm 1 2",
            "--env A=b=c --env D= --env E --allow-precompiled m.wasm",
            "--invoke f --env A=1 m.wasm -1 --2",
            "--invoke f m.wasm -- -1",
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
            "--env A=\"b\" m.wasm",
            "--argv0 a m.wasm",
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
    assertEquals(0, tazza("validate", module).status());
    assertEquals(1, tazza("validate", module, file("bad.wat", "(module (func i32.add))")).status());
    assertTrue(tazza("print", module).out().contains("i64.extend_i32_u"));
    assertTrue(tazza("objdump", module).out().contains("; traps: unreachable"));
    assertTrue(tazza("--version").out().startsWith("tazza "));
    assertTrue(tazza("--help").out().contains("tazza run hello.wasm"));
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
    assertTrue(tazza("wast", good).out().contains("0 failed"), () -> tazza("wast", good).out());
    Result bad =
        tazza(
            "wast",
            file(
                "bad.wast",
                "(module (func (export \"f\")))\n(assert_trap (invoke \"f\") \"unreachable\")"));
    assertEquals(1, bad.status());
    assertTrue(bad.out().contains("bad.wast:2:"), bad.out());
  }
}
