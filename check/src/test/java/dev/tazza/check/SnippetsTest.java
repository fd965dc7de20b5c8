package dev.tazza.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Java programs in the documents: each is a whole one, compiled and run as it stands, and the
 * block of text behind it is what it prints.
 */
class SnippetsTest {
  private static final Pattern PROGRAM =
      Pattern.compile("(?s)```java\\n(.*?)```(?:\\s*```text\\n(.*?)```)?");

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> programs() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path document : DocumentationTest.documents()) {
      Matcher matcher = PROGRAM.matcher(Files.readString(document));
      for (int number = 1; matcher.find(); number++) {
        String name = document.getFileName() + "-" + number;
        String program = matcher.group(1);
        String output = matcher.group(2);
        tests.add(DynamicTest.dynamicTest(name, () -> check(name, program, output)));
      }
    }
    assertTrue(tests.size() >= 2, "README.md has Java programs");
    return tests.stream();
  }

  private void check(String name, String program, String output) throws Exception {
    assertTrue(output != null, name + ": a text block behind it must tell what it prints");
    Path classes = Files.createDirectory(folder.resolve(name));
    Path source = Files.writeString(classes.resolve("Example.java"), program);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      List<String> options =
          List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
      boolean compiled =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertTrue(compiled, () -> name + " does not compile:\n" + messages);
    }
    assertEquals(output.strip(), run(classes).strip(), "what it prints");
  }

  /** Runs the compiled class {@code Example} and returns what it prints. */
  private static String run(Path folder) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      Class<?> example = loader.loadClass("Example");
      Constructor<?> constructor = example.getDeclaredConstructor();
      Method main = example.getDeclaredMethod("main");
      constructor.setAccessible(true);
      main.setAccessible(true);
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      main.invoke(constructor.newInstance());
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
