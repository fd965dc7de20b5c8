package dev.tazza.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.wasm.ArtifactException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tazza build}: what it makes, when, and what finds it again. */
class BuildTest {
  private static final String ADD =
      """
      (module
        (func (export "add") (param i32 i32) (result i32)
          (i32.add (local.get 0) (local.get 1))))
      """;

  @TempDir Path folder;
  private Path sources;
  private Path classes;
  private String messages = "";

  @BeforeEach
  void project() throws IOException {
    sources = Files.createDirectories(folder.resolve("wasm/com/example"));
    classes = folder.resolve("classes");
  }

  @Test
  void modulesArtifactsAndClassesAreMade() throws Exception {
    Files.writeString(sources.resolve("small-sum.wat"), ADD);
    assertEquals(0, build("--target", "x86-64-v3", "--target", "x86-64-v2+avx"), () -> messages);
    assertEquals(
        Set.of(
            "classes/com/example/small-sum.targets",
            "classes/com/example/small-sum.wasm",
            "classes/com/example/small-sum.x86-64-v2+avx.tazza",
            "classes/com/example/small-sum.x86-64-v3.tazza",
            "java/com/example/SmallSum.java"),
        made());
    assertEquals(
        List.of("small-sum.x86-64-v3.tazza", "small-sum.x86-64-v2+avx.tazza"),
        Files.readAllLines(classes.resolve("com/example/small-sum.targets")));
    Class<?> type = compiled("com.example.SmallSum");
    // Neither compiles.
    try (Engine oldProcessor = new Engine(only().detectHostFeature("avx"::equals));
        Module module = (Module) type.getMethod("load", Engine.class).invoke(null, oldProcessor)) {
      assertEquals(1, module.exports().size());
    }
    try (Engine other = new Engine(only().nanCanonicalization(true))) {
      ArtifactException none =
          assertThrows(ArtifactException.class, () -> Module.ofResource(other, type, "small-sum"));
      assertTrue(none.getMessage().contains("nanCanonicalization"), none::getMessage);
      assertEquals(2, none.getSuppressed().length);
    }
  }

  @Test
  void optionsThatCodeDependsOnAreSet() throws Exception {
    Files.writeString(sources.resolve("sum.wat"), ADD);
    assertEquals(0, build("--option", "consumeFuel=on", "--option", "staticMemoryGuardSize=1M"));
    Class<?> type = compiled("com.example.Sum");
    Config config = only().consumeFuel(true).staticMemoryGuardSize(1 << 20);
    try (Engine engine = new Engine(config)) {
      Module.ofResource(engine, type, "sum").close();
    }
    assertEquals(2, build("--option", "consumeFuel=perhaps"));
    assertTrue(messages.contains("expected on or off but was 'perhaps'"), messages);
    assertEquals(2, build("--option", "nothing=1"));
    assertEquals(2, build("--target", "x86-64-v3+nothing"));
    assertEquals(2, build("--target", "sparc"));
  }

  @Test
  void onlyWhatHasChangedIsMadeAgain() throws Exception {
    Path first = Files.writeString(sources.resolve("first.wat"), ADD);
    Path second = Files.writeString(sources.resolve("second.wat"), ADD);
    assertEquals(0, build());
    assertEquals(2, messages.lines().count(), messages);
    assertEquals(0, build());
    assertEquals("", messages);
    Files.writeString(first, ADD + ";; changed");
    assertEquals(0, build());
    assertEquals(List.of("com/example/first.wat"), files());
    Files.delete(classes.resolve("com/example/second.tazza"));
    assertEquals(0, build());
    assertEquals(List.of("com/example/second.wat"), files());
    assertEquals(0, build("-O", "none"));
    assertEquals(2, messages.lines().count(), messages);
    // A module that is a binary from now on has the same files.
    Files.copy(classes.resolve("com/example/second.wasm"), sources.resolve("second.wasm"));
    Files.delete(second);
    Files.delete(first);
    assertEquals(0, build("-O", "none"));
    assertEquals(List.of("com/example/second.wasm"), files());
    assertEquals(
        Set.of(
            "classes/com/example/second.tazza",
            "classes/com/example/second.wasm",
            "java/com/example/Second.java"),
        made());
  }

  @Test
  void errorsNameFileAndPosition() throws Exception {
    Files.writeString(sources.resolve("a.wat"), "(module\n  (func (export \"x\") i32.what))");
    Files.writeString(sources.resolve("b.wat"), ADD);
    Files.writeString(sources.resolve("c.wat"), "(module\n  (func (result i32)\n    i64.const 1))");
    assertEquals(1, build());
    assertTrue(messages.contains(sources.resolve("a.wat") + ":2:"), messages);
    assertTrue(messages.contains(sources.resolve("c.wat") + ":3:"), messages);
    // The others are made nevertheless.
    assertTrue(Files.exists(classes.resolve("com/example/b.tazza")));
    assertFalse(Files.exists(classes.resolve("com/example/a.wasm")));
  }

  @Test
  void whatIsNoSourceIsLeftOut() throws Exception {
    Files.writeString(sources.resolve("a.wat"), ADD);
    Files.writeString(sources.resolve("b.wat"), ADD);
    Files.writeString(sources.getParent().resolve("c.wat"), ADD);
    Files.writeString(sources.resolve("notes.txt"), "no module");
    assertEquals(0, build("--include", "**/*.wat", "--exclude", "com/example/b.wat"));
    assertEquals(List.of("com/c.wat", "com/example/a.wat"), files().stream().sorted().toList());
  }

  @Test
  void namesThatGiveNoClassesAreRefused() throws Exception {
    Files.writeString(sources.resolve("a-b.wat"), ADD);
    Files.writeString(sources.resolve("a_b.wat"), ADD);
    assertEquals(1, build());
    assertTrue(messages.contains("its class would be com.example.AB"), messages);
    Files.delete(sources.resolve("a_b.wat"));
    Path bad = Files.createDirectories(sources.resolve("no-package"));
    Files.writeString(bad.resolve("a.wat"), ADD);
    assertEquals(1, build());
    assertTrue(messages.contains("com.example.no-package is no name of a package"), messages);
  }

  /** Of an engine that takes artifacts alone. */
  private static Config only() {
    return new Config().enableCompiler(false);
  }

  private int build(String... more) {
    List<String> args = new ArrayList<>();
    args.add("build");
    args.add(folder.resolve("wasm").toString());
    args.addAll(List.of("--classes", classes.toString()));
    args.addAll(List.of("--sources", folder.resolve("java").toString()));
    args.addAll(List.of("--state", folder.resolve("state").toString()));
    args.addAll(List.of(more));
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    PrintStream err = System.err;
    try (PrintStream both = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      System.setOut(both);
      System.setErr(both);
      return Main.execute(args.toArray(String[]::new));
    } finally {
      System.setOut(out);
      System.setErr(err);
      messages = printed.toString(StandardCharsets.UTF_8);
    }
  }

  /** The modules that were said to be made. */
  private List<String> files() {
    return messages.lines().map(line -> line.substring(0, line.indexOf(':'))).toList();
  }

  private Set<String> made() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .filter(file -> file.startsWith("classes") || file.startsWith("java"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private Class<?> compiled(String name) throws Exception {
    Path source = folder.resolve("java").resolve(name.replace('.', '/') + ".java");
    String classPath = System.getProperty("java.class.path");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", classPath, "-d", classes.toString(), source.toString());
    assertEquals(0, status);
    URL[] urls = {classes.toUri().toURL()};
    return new URLClassLoader(urls, BuildTest.class.getClassLoader()).loadClass(name);
  }
}
