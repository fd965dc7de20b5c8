package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What gdb sees of a guest; left out where there is no gdb. */
class DebuggerTest {
  @TempDir private Path folder;

  /**
   * Calls a function of the module in a file twice, of two engines, with debug information. That
   * code is where code was before makes gdb lose its breakpoints.
   */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws IOException {
      Config config = new Config().debugInfo(true).optLevel(OptLevel.NONE);
      for (int i = 0; i < 2; i++) {
        try (Engine engine = new Engine(config);
            Store<Void> store = new Store<>(engine);
            Module module = Module.compile(engine, Path.of(args[0]))) {
          Func function = Instance.instantiate(store, module, List.of()).func(args[1]);
          System.out.println("result " + function.call(7, 2)[0]);
        }
      }
    }
  }

  private Path program(String resource) throws IOException {
    Path file = folder.resolve(resource);
    try (InputStream in = DebuggerTest.class.getResourceAsStream(resource)) {
      Files.write(file, Objects.requireNonNull(in).readAllBytes());
    }
    return file;
  }

  private static boolean hasGdb() throws InterruptedException {
    try {
      return new ProcessBuilder("gdb", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** What gdb says to these commands, before which the program is not started yet. */
  private String gdb(Path module, String function, String... commands)
      throws IOException, InterruptedException {
    assumeTrue(hasGdb(), "gdb is not installed");
    List<String> script =
        new ArrayList<>(
            List.of(
                "set breakpoint pending on",
                "set pagination off",
                "set debuginfod enabled off",
                "handle SIGSEGV nostop noprint pass"));
    script.addAll(List.of(commands));
    Path file = Files.write(folder.resolve("script.gdb"), script);
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                "gdb",
                "-q",
                "-nx",
                "-batch",
                "-x",
                file.toString(),
                "--args",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                module.toString(),
                function)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(120, TimeUnit.SECONDS), () -> "gdb hangs: " + read(output));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return read(output);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void linesAndFramesOfAGuest() throws Exception {
    String said =
        gdb(
            program("positions.wasm"),
            "inlined",
            "break inlined",
            "run",
            "echo -first\\n",
            "backtrace",
            "next",
            "echo -next\\n",
            "backtrace",
            "info symbol $pc",
            "break positions.c:16",
            "continue",
            "echo -second\\n",
            "info line",
            "delete",
            "continue");
    assertTrue(said.contains("hit Breakpoint 1, inlined () at /source/positions.c:15"), said);
    String first = said.substring(said.indexOf("-first"), said.indexOf("-next"));
    assertTrue(first.contains("#0  inlined () at /source/positions.c:15"), said);
    assertTrue(first.contains(" in entry [i32 i32] -> [i32] ()"), said);
    assertEquals(3, first.lines().filter(line -> line.startsWith("#")).count(), said);
    String next = said.substring(said.indexOf("-next"), said.indexOf("-second"));
    assertTrue(next.contains("#0  inlined () at /source/positions.c:3"), said);
    assertTrue(next.contains(" in section .text of <in-memory@"), said);
    assertTrue(next.contains("hit Breakpoint 2, inlined () at /source/positions.c:16"), said);
    assertTrue(said.substring(said.indexOf("-second")).contains("Line 16 of"), said);
    // The code of the first engine is gone, and both have done their work.
    assertEquals(2, said.lines().filter(line -> line.equals("result 15")).count(), said);
    assertTrue(said.contains("exited normally"), said);
  }

  /** Without debug information there are names and frames. */
  @Test
  void functionsOfAModuleWithoutLines() throws Exception {
    Path module = folder.resolve("names.wat");
    Files.writeString(
        module,
        """
        (module
          (func $_ZN3app5innerEi (param i32) (result i32)
            (i32.div_u (i32.const 100) (local.get 0)))
          (func $outer (export "outer") (param i32 i32) (result i32)
            (i32.add (call $_ZN3app5innerEi (local.get 0)) (local.get 1))))
        """);
    String said =
        gdb(module, "outer", "break app::inner(int)", "run", "backtrace", "delete", "continue");
    assertTrue(said.contains("#1  0x"), said);
    assertTrue(said.contains(" in outer ()"), said);
    assertTrue(said.contains("app::inner"), said);
    assertEquals(2, said.lines().filter(line -> line.equals("result 16")).count(), said);
  }
}
