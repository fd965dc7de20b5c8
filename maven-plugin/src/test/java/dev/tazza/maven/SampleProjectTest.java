package dev.tazza.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project that has the plugin, built by a Maven of its own. */
class SampleProjectTest {
  private static final String MODULE = "src/main/wasm/com/example/word-count.wat";

  @TempDir Path folder;

  @Test
  void aProjectIsBuiltRunAndBuiltAgain() throws Exception {
    assumeTrue(ForkedMaven.isThere(), "there is no Maven to build the sample project with");
    try (ForkedMaven maven = ForkedMaven.in(folder)) {
      buildRunAndBuildAgain(maven);
    }
  }

  private void buildRunAndBuildAgain(ForkedMaven maven) throws Exception {
    Path project =
        ForkedMaven.copy(
            maven.root().resolve("maven-plugin/src/test/projects/sample"),
            folder.resolve("sample"));

    ForkedMaven.Result first = maven.build(project, "package");
    assertEquals(0, first.status(), first.output());
    Path jar = project.resolve("target/sample-1.0.0.jar");
    assertEquals(
        Set.of(
            "word-count.targets",
            "word-count.wasm",
            "word-count.x86-64-v2.tazza",
            "word-count.x86-64-v3.tazza"),
        resources(jar));
    String classPath = jar + File.pathSeparator + maven.classPath();
    ForkedMaven.Result ran =
        ForkedMaven.java(
            project, "--enable-native-access=ALL-UNNAMED", "-cp", classPath, "com.example.Main");
    assertEquals("a word ends at 5\na word ends at 11\n3\n", ran.output());

    // Nothing to do; then an error, with its place.
    Path module = project.resolve(MODULE);
    String text = Files.readString(module);
    List<String> goals = List.of("generate-sources", "tazza:compile");
    ForkedMaven.Result again = maven.build(project, goals.toArray(String[]::new));
    assertEquals(0, again.status(), again.output());
    assertFalse(again.output().contains("word-count.x86-64-v3.tazza ("), again.output());
    Files.writeString(module, text.replace("i32.eqz", "i32.eqs"));
    ForkedMaven.Result wrong = maven.build(project, "generate-sources");
    assertEquals(1, wrong.status(), wrong.output());
    assertTrue(wrong.output().contains("word-count.wat [8:10]"), wrong.output());
    assertTrue(wrong.output().contains("i32.eqs"), wrong.output());
  }

  private static Set<String> resources(Path jar) throws Exception {
    try (JarFile packed = new JarFile(jar.toFile())) {
      return packed.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.contains("word-count"))
          .map(name -> name.substring(name.lastIndexOf('/') + 1))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
