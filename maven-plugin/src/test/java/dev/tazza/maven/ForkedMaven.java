package dev.tazza.maven;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * Builds projects outside of this one, as a user would, with the Maven that runs this build and
 * what is in its local repository: nothing is downloaded if that has all the project needs. What
 * Tazza consists of is installed to a repository in a folder of the test's; all else in there are
 * links to the user's.
 */
final class ForkedMaven implements AutoCloseable {
  private static final List<String> MODULES =
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
          "wasi",
          "cacheconfig",
          "cli",
          "maven-plugin");

  private static final int MINUTES = 10;

  private final Path maven;
  private final Path repository;
  private final Path root;

  /** What a process has printed, and its status. */
  record Result(int status, String output) {}

  private ForkedMaven(Path maven, Path repository, Path root) {
    this.maven = maven;
    this.repository = repository;
    this.root = root;
  }

  /** Whether there is a Maven to run: where this build is not by Maven, there may be none. */
  static boolean isThere() {
    String home = System.getProperty("outer.maven.home");
    return home != null && Files.isExecutable(Path.of(home, "bin", "mvn"));
  }

  /** Installs Tazza, as compiled now, to a repository in {@code folder}. */
  static ForkedMaven in(Path folder) throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve(".mvn"))) {
      root = root.getParent();
    }
    String user =
        System.getProperty("maven.repo.local", System.getProperty("outer.repository", ""));
    Path repository = Files.createDirectories(folder.resolve("repository"));
    Files.createDirectories(repository.resolve("dev/tazza"));
    link(Path.of(user), repository, "dev");
    link(Path.of(user, "dev"), repository.resolve("dev"), "tazza");
    ForkedMaven forked =
        new ForkedMaven(Path.of(System.getProperty("outer.maven.home")), repository, root);
    forked.install(root.resolve("pom.xml"), null);
    for (String module : MODULES) {
      forked.install(root.resolve(module).resolve("pom.xml"), root.resolve(module));
    }
    return forked;
  }

  private static void link(Path from, Path to, String but) throws IOException {
    if (!Files.isDirectory(from)) {
      return;
    }
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.toList()) {
        if (!entry.getFileName().toString().equals(but)) {
          Files.createSymbolicLink(to.resolve(entry.getFileName()), entry.toRealPath());
        }
      }
    }
  }

  private void install(Path pom, Path module) throws IOException {
    String text = Files.readString(pom);
    String own = text.replaceAll("(?s)<parent>.*?</parent>", "");
    String name = own.replaceAll("(?s).*?<artifactId>([^<]*)<.*", "$1");
    String version = text.replaceAll("(?s).*?<version>([^<]*)<.*", "$1");
    Path folder = repository.resolve("dev/tazza").resolve(name).resolve(version);
    Files.createDirectories(folder);
    Files.copy(pom, folder.resolve(name + "-" + version + ".pom"));
    if (module != null) {
      pack(module.resolve("target/classes"), folder.resolve(name + "-" + version + ".jar"));
    }
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      packed.setLevel(1);
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        packed.putNextEntry(
            new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
        Files.copy(file, packed);
        packed.closeEntry();
      }
    }
  }

  /** Removes the links. */
  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(repository, 2)) {
      for (Path file : files.filter(Files::isSymbolicLink).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The folder of Tazza's sources. */
  Path root() {
    return root;
  }

  /** The jars of Tazza and what it needs, for a class path. */
  String classPath() throws IOException {
    try (Stream<Path> files = Files.walk(repository.resolve("dev/tazza"))) {
      List<String> jars =
          files
              .map(Path::toString)
              .filter(file -> file.endsWith(".jar") && !file.contains("plugin"))
              .toList();
      return String.join(File.pathSeparator, jars);
    }
  }

  /** Copies a project, without what was built there. */
  static Path copy(Path project, Path to) throws IOException {
    Files.walkFileTree(
        project,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            if (folder.endsWith("target")) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(project.relativize(folder).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, to.resolve(project.relativize(file).toString()));
            return FileVisitResult.CONTINUE;
          }
        });
    return to;
  }

  /** Runs {@code mvn} in a project. */
  Result build(Path project, String... goals) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(maven.resolve("bin/mvn").toString());
    command.addAll(List.of("-B", "-ntp", "-Dstyle.color=never"));
    command.add("-Dmaven.repo.local=" + repository);
    command.addAll(List.of(System.getProperty("outer.versions", "").split(" ")));
    command.addAll(List.of(goals));
    return run(project, command);
  }

  /** Runs {@code java} in a project. */
  static Result java(Path project, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    return run(project, command);
  }

  private static Result run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("MAVEN_OPTS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1");
    builder.environment().remove("MAVEN_ARGS");
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    process.getOutputStream().close();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException("it does not end: " + command + "\n" + Files.readString(output));
    }
    return new Result(process.exitValue(), Files.readString(output));
  }
}
