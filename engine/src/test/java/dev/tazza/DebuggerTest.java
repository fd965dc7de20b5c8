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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
      String level = System.getenv().getOrDefault("LEVEL", "NONE");
      Config config = new Config().debugInfo(true).optLevel(OptLevel.valueOf(level));
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
            "step",
            "step",
            "echo -next\\n",
            "backtrace",
            "info symbol $pc",
            "break positions.c:16",
            "continue",
            "echo -second\\n",
            "info line",
            "delete",
            "continue");
    assertTrue(said.contains("hit Breakpoint 1, inlined ("), said);
    String first = said.substring(said.indexOf("-first"), said.indexOf("-next"));
    assertTrue(first.contains("#0  inlined (a=<optimized out>, b=2) at positions.c:15"), said);
    assertTrue(first.contains(" in entry [i32 i32] -> [i32] ()"), said);
    assertEquals(3, first.lines().filter(line -> line.startsWith("#")).count(), said);
    String next = said.substring(said.indexOf("-next"), said.indexOf("-second"));
    // A call that the module's compiler has inlined.
    assertTrue(next.contains("#0  twice (a=<optimized out>, b=2) at positions.c:7"), said);
    assertTrue(next.contains("#1  inlined (a=<optimized out>, b=2) at positions.c:16"), said);
    assertTrue(next.contains(" in section .text of <in-memory@"), said);
    assertTrue(next.contains("hit Breakpoint 2, inlined ("), said);
    assertTrue(said.substring(said.indexOf("-second")).contains("Line 16 of"), said);
    // The code of the first engine is gone, and both have done their work.
    assertEquals(2, said.lines().filter(line -> line.equals("result 15")).count(), said);
    assertTrue(said.contains("exited normally"), said);
  }

  /** What gdb has said after a word that it was told to say. */
  private static String after(String said, String word) {
    int at = said.indexOf("-" + word + "\n");
    assertTrue(at >= 0, said);
    return said.substring(at + word.length() + 2, said.indexOf("-end\n", at));
  }

  private static void addPart(List<String> script, String name, String... commands) {
    script.add("echo -" + name + "\\n");
    script.addAll(List.of(commands));
    script.add("echo -end\\n");
  }

  /** In the module, or in a package of split units, of version 5 and of 4. */
  @ParameterizedTest
  @ValueSource(strings = {"variables", "variables-split", "variables-split4"})
  void variablesOfTheSource(String module) throws Exception {
    if (!module.equals("variables")) {
      program(module + ".dwp");
    }
    List<String> script = new ArrayList<>(List.of("break -qualified measure", "run"));
    addPart(script, "arguments", "info args");
    script.addAll(List.of("break -qualified sum_list", "continue"));
    addPart(script, "inner", "info args", "print *list", "print list->next->at", "print calls");
    addPart(script, "text", "print *list->next->name", "print list->color", "print list->tag[1]");
    addPart(script, "outer", "up", "info locals", "print **where", "print *first->next");
    addPart(script, "types", "ptype head.at", "whatis half", "print sizeof(head)");
    addPart(script, "written", "print head.at.y = 77", "print first->at.y");
    addPart(script, "value", "down", "next", "next", "next", "info locals", "finish");
    script.addAll(List.of("delete", "continue"));
    String said = gdb(program(module + ".wasm"), "measure", script.toArray(String[]::new));

    assertEquals("count = 7\nfactor = 2\n", after(said, "arguments"), said);
    String inner = after(said, "inner");
    assertTrue(inner.contains("list = 0x"), said);
    assertTrue(inner.contains("factor = 2\n"), said);
    assertTrue(
        inner.contains("{at = {x = 7, y = -2}, color = GREEN, weight = 0.25, next = 0x"), said);
    assertTrue(inner.contains(" = {x = 5, y = 6}\n"), said);
    assertTrue(inner.contains(" = 40\n"), said);
    String text = after(said, "text");
    assertTrue(text.contains(" = \"last\"\n"), said);
    assertTrue(text.contains(" = GREEN\n"), said);
    assertTrue(text.contains(" = 8 '\\b'\n"), said);
    String outer = after(said, "outer");
    assertTrue(outer.contains("squares = {0, 1, 4, 9}\n"), said);
    assertTrue(outer.contains("word = {number = 1, bits = 1065353216}\n"), said);
    assertTrue(outer.contains("half = 0.5\n"), said);
    assertTrue(outer.contains("result = 0\n"), said);
    assertTrue(outer.contains("color = BLUE, weight = 2.5, next = 0x0"), said);
    String types = after(said, "types");
    assertTrue(types.contains("type = struct point {\n    int x;\n    int y;\n}\n"), said);
    assertTrue(types.contains("type = float\n"), said);
    assertTrue(types.contains(" = 40\n"), said);
    assertEquals(2, after(said, "written").lines().filter(l -> l.endsWith(" = 77")).count(), said);
    assertTrue(after(said, "value").contains("Value returned is "), said);
    assertTrue(after(said, "value").contains(" = 24\n"), said);
    // The variable was changed after its last use.
    assertEquals(2, said.lines().filter(line -> line.equals("result 33")).count(), said);
  }

  /** Optimized code has a variable somewhere, or it is said to be nowhere. */
  @Test
  void variablesOfOptimizedCode() throws Exception {
    List<String> script =
        new ArrayList<>(List.of("set environment LEVEL=SPEED", "break -qualified measure", "run"));
    addPart(script, "start", "info args", "print last", "print calls");
    addPart(script, "round", "next", "next", "next", "next", "next", "next", "next", "info locals");
    script.addAll(List.of("break variables.c:48", "continue"));
    addPart(script, "filled", "info locals");
    script.addAll(List.of("break variables.c:31", "continue"));
    addPart(script, "inner", "info args");
    addPart(script, "outer", "up", "info args", "info locals");
    script.addAll(List.of("delete", "continue"));
    String said = gdb(program("variables.wasm"), "measure", script.toArray(String[]::new));
    String start = after(said, "start");
    assertTrue(start.contains("count = 7\nfactor = 2\n"), said);
    assertTrue(start.contains("color = BLUE, weight = 2.5, next = 0x0"), said);
    assertTrue(start.contains(" = 40\n"), said);
    String round = after(said, "round");
    assertTrue(round.contains("\ni = 1\n"), said); // of a loop that is unrolled
    assertTrue(round.contains("squares = {0, 0, 0, 0}\n"), said);
    String head = "head = {at = {x = 7, y = -2}, color = GREEN, weight = 0.25, next = 0x";
    for (String part : List.of(after(said, "filled"), after(said, "outer"))) {
      assertTrue(part.contains(head), said);
      assertTrue(part.contains("squares = {0, 1, 4, 9}\n"), said);
      assertTrue(part.contains("half = 0.5\n"), said);
      assertTrue(part.contains("result = 0\n"), said);
    }
    // Addresses are computed from a register that the frame's base is in no longer.
    assertTrue(after(said, "inner").contains("list = <optimized out>\n"), said);
    assertTrue(after(said, "outer").contains("count = 7\nfactor = 2\n"), said);
    assertEquals(2, said.lines().filter(line -> line.equals("result 33")).count(), said);
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
