package dev.tazza.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a module outside of Tazza can do on the module path, and what it cannot. */
class ModuleBoundaryTest {
  private static final List<String> FOLDERS =
      List.of(
          "assembler",
          "wasm",
          "codegen",
          "environ",
          "sandbox",
          "translate",
          "sys",
          "vm",
          "engine",
          "wasi");

  @TempDir Path folder;

  static String modulePath() {
    List<String> paths = new ArrayList<>();
    for (String module : FOLDERS) {
      paths.add(Codebase.ROOT.resolve(module).resolve("target/classes").toString());
    }
    return String.join(File.pathSeparator, paths);
  }

  /** Compiles a module of one class; returns the compiler's messages, empty if it succeeds. */
  private String compile(String requires, String body) throws IOException {
    Path info = folder.resolve("module-info.java");
    Files.writeString(info, "module outside { " + requires + " exports outside; }");
    Path source = Files.createDirectories(folder.resolve("outside")).resolve("Main.java");
    Files.writeString(source, "package outside; public class Main { " + body + " }");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of("--module-path", modulePath(), "-d", folder.resolve("classes").toString());
    try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      boolean success =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(info, source))
              .call();
      assertEquals(success, messages.toString().isEmpty(), messages::toString);
    }
    return messages.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "long x = dev.tazza.sys.NativeMemory.getLong(0);",
        "long x = dev.tazza.sys.NativeCall.invoke(0, 0, 0, 0);",
        "dev.tazza.sys.fs.Beneath x;",
        "dev.tazza.vm.code.CodeRange x;",
        "dev.tazza.vm.call.CallLoop x;",
        "dev.tazza.vm.instance.VmStore x;",
        "dev.tazza.vm.memory.LinearMemory x;",
        "dev.tazza.translate.ModuleCompiler x;",
        "dev.tazza.environ.CompiledModule x;",
        "dev.tazza.codegen.ir.Function x;"
      })
  void internalPackagesAreNotVisible(String use) throws IOException {
    String requires =
        "requires dev.tazza.engine; requires dev.tazza.sys; requires dev.tazza.vm;"
            + " requires dev.tazza.environ; requires dev.tazza.translate;"
            + " requires dev.tazza.codegen;";
    String messages = compile(requires, use);
    assertTrue(messages.contains("is not visible"), messages);
  }

  @Test
  void whatUsersNeedIsVisible() throws IOException {
    String messages =
        compile(
            "requires dev.tazza; requires dev.tazza.codegen;",
            """
            dev.tazza.Engine engine;
            dev.tazza.wasm.TrapCode code(dev.tazza.Trap trap) { return trap.code(); }
            dev.tazza.wasm.ArtifactException artifact;
            dev.tazza.wasm.WasmException wasm;
            dev.tazza.wasm.type.FuncType type;
            dev.tazza.wasi.Wasi wasi;
            dev.tazza.codegen.CompilerBug bug;
            """);
    assertEquals("", messages);
  }

  /** Not by reflection either. */
  @Test
  void nativeMemoryCannotBeReachedByReflection() throws Exception {
    String messages =
        compile(
            "requires dev.tazza.engine;",
            """
            public static void main(String[] args) throws Exception {
              Class<?> memory =
                  Class.forName("dev.tazza.sys.NativeMemory", false, Main.class.getClassLoader());
              try {
                memory.getMethod("getLong", long.class).invoke(null, 0L);
                System.out.println("reached");
              } catch (IllegalAccessException refused) {
                System.out.println("refused");
              }
            }
            """);
    assertEquals("", messages);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                modulePath() + File.pathSeparator + folder.resolve("classes"),
                "-m",
                "outside/outside.Main")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertEquals("refused", output.strip());
  }
}
