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
        echo "env $LC_ALL was $TAZZA_LC_ALL" >&9
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

  private static List<String> arguments(List<String> told) {
    return told.stream().filter(line -> line.startsWith("arg ")).map(l -> l.substring(4)).toList();
  }

  /** "Multiple garbage collectors selected", and no heap left beside our young generation. */
  @Test
  void collectorsAndHeapsOfTheUserReplaceOurs() throws Exception {
    assertTrue(arguments(told("$tazza run x")).contains("-XX:+UseSerialGC"));
    assertTrue(arguments(told("$tazza run x")).contains("-Xmn32m"));
    List<String> args = arguments(told("TAZZA_JAVA_OPTS='-XX:+UseZGC -Da=*' $tazza run x"));
    assertEquals(
        1, args.stream().filter(arg -> arg.matches("-XX:.Use.*GC")).count(), args::toString);
    assertTrue(args.contains("-Da=*"), args::toString);
    args = arguments(told("TAZZA_JAVA_OPTS=-Xmx32m $tazza run x"));
    assertTrue(args.containsAll(List.of("-XX:+UseSerialGC", "-Xmx32m")), args::toString);
    assertEquals(0, args.stream().filter(arg -> arg.startsWith("-Xmn")).count(), args::toString);
  }

  /** With its own handlers the JVM waits 0.3 s for a guest that computes. */
  @Test
  void signalsAreTheKernels() throws Exception {
    assertTrue(arguments(told("$tazza run x")).contains("-Xrs"));
  }

  @Test
  void theLocaleIsUtf8WhateverItWas() throws Exception {
    assertTrue(told("LC_ALL=C $tazza run x").containsAll(List.of("env C.UTF-8 was C")));
    assertTrue(told("unset LC_ALL; $tazza run x").contains("env C.UTF-8 was "));
    assertTrue(arguments(told("LC_ALL=C $tazza run ü")).contains("ü"));
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
