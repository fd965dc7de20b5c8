package dev.tazza.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The programs in {@code examples}, run by the command in a JVM of its own, as a user would. */
class ExamplesTest {
  @Test
  void hello() throws Exception {
    assertEquals(List.of("Hello from WebAssembly."), run("hello.wat"));
  }

  @Test
  void mandelbrotIsAsWideAsAskedForAndSymmetric() throws Exception {
    List<String> picture = run("mandelbrot.wat", "50");
    assertEquals(21, picture.size(), "rows");
    for (int i = 0; i < picture.size(); i++) {
      assertEquals(50, picture.get(i).length(), "columns of row " + i);
      assertEquals(
          picture.get(picture.size() - 1 - i),
          picture.get(i),
          "row " + i + " and its mirror image");
    }
    assertTrue(picture.get(10).contains("@@@@@@"), "the middle is inside of the set");
  }

  @Test
  void mandelbrotIgnoresWhatIsNoWidth() throws Exception {
    assertEquals(78, run("mandelbrot.wat", "wide").getFirst().length());
  }

  private static List<String> run(String example, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("dev.tazza.cli.Main");
    command.add("run");
    command.add(Codebase.ROOT.resolve("examples").resolve(example).toString());
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> "exit status; it printed:\n" + output);
    return output.lines().toList();
  }
}
