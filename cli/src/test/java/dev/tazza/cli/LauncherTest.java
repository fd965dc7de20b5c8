package dev.tazza.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code ./tazza}: what it hands to the JVM, in whose place a script tells us. */
class LauncherTest {
  @TempDir private Path folder;
  private Path launcher;

  /** Lays out a source tree in which everything has been built. */
  @BeforeEach
  void lay() throws IOException {
    Path source = Path.of("").toAbsolutePath();
    while (!Files.exists(source.resolve("tazza"))) {
      source = source.getParent();
    }
    launcher = Files.copy(source.resolve("tazza"), folder.resolve("tazza"));
    Path home = Files.createDirectories(folder.resolve("cli/target/launcher"));
    Path java = home.resolve("fake-java");
    Files.writeString(
        java,
        """
        #!/bin/sh
        exec 9>"%s"
        for fd in 0 1 2; do
          mode=$(sed -n 's/^flags:.*\\(.\\)$/\\1/p' /proc/$$/fdinfo/$fd 9>&-)
          echo "fd $fd $(readlink /proc/$$/fd/$fd) $mode" >&9
        done
        for arg; do
          echo "arg $arg" >&9
        done
        """
            .formatted(folder.resolve("told")));
    assertTrue(java.toFile().setExecutable(true));
    Files.writeString(home.resolve("java"), java + "\n\n");
    Files.createFile(home.resolve("tazza.jar"));
    Files.createFile(home.resolve("stamp"));
  }

  /** Runs a command line of the shell, in which {@code $tazza} is the launcher. */
  private List<String> told(String line) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", line);
    builder.environment().put("tazza", "sh " + launcher);
    builder.environment().remove("JAVA_HOME");
    builder.environment().remove("TAZZA_JAVA_OPTS");
    builder.redirectErrorStream(true);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), output);
    return new ArrayList<>(Files.readAllLines(folder.resolve("told")));
  }

  /** The JVM's first file used to get the number, and a guest read it as its input. */
  @Test
  void descriptorsThatAreClosedAreNotLeftToTheJvm() throws Exception {
    List<String> told = told("$tazza run x.wasm <&- >&- 2>&-");
    // 0 is for reading, 1 for writing: using them fails, as it would have.
    assertEquals("fd 0 /dev/null 1", told.get(0));
    assertEquals("fd 1 /dev/null 0", told.get(1));
    assertEquals("fd 2 /dev/null 0", told.get(2));
    told = told("$tazza run x.wasm < " + launcher + " >&-");
    assertEquals("fd 0 " + launcher + " 0", told.get(0));
    assertEquals("fd 1 /dev/null 0", told.get(1));
    assertTrue(told.get(2).startsWith("fd 2 pipe:"), told.get(2));
  }
}
