package dev.tazza.maven;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.maven.plugin.MojoExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A {@code java} that is new enough, and running the {@code tazza} command with it.
 *
 * @param executable its path
 */
record JavaCommand(String executable) {
  private static final int REQUIRED = 25;
  private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"(\\d+)");
  private static final String MAIN = "dev.tazza.cli.Main";

  /**
   * What was configured, that of the toolchain, or that of this JVM.
   *
   * @throws MojoExecutionException when it is too old
   */
  static JavaCommand choose(@Nullable String configured, @Nullable String toolchain)
      throws MojoExecutionException {
    String own = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String executable = configured != null ? configured : toolchain != null ? toolchain : own;
    int version = version(Path.of(executable));
    if (version != 0 && version < REQUIRED) {
      throw new MojoExecutionException(
          executable
              + " is a Java %d, and %d or newer is needed to compile modules: run Maven with one,"
                  .formatted(version, REQUIRED)
              + " choose it with the goal select-jdk-toolchain of maven-toolchains-plugin, or name"
              + " it in the parameter jvm (-Dtazza.jvm=…)");
    }
    return new JavaCommand(executable);
  }

  /** The feature version of the JDK that a command belongs to; 0: unknown. */
  private static int version(Path executable) {
    try {
      Path folder = executable.toRealPath().getParent();
      Path home = folder == null ? null : folder.getParent();
      if (home == null) {
        return 0;
      }
      Matcher matcher = VERSION.matcher(Files.readString(home.resolve("release")));
      return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    } catch (IOException e) {
      return 0; // it says by itself what is wrong with it
    }
  }

  /**
   * Runs the command and returns its status.
   *
   * @param out gets lines of its output
   * @param err gets lines of its errors, at the end
   */
  int run(
      List<String> jvmArguments,
      List<String> classPath,
      List<String> arguments,
      Consumer<String> out,
      Consumer<String> err)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(executable);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:+UseSerialGC");
    command.add("-Dstderr.encoding=UTF-8");
    command.addAll(jvmArguments);
    command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), MAIN));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).start();
    process.getOutputStream().close();
    List<String> errors = new ArrayList<>();
    Thread reader = new Thread(() -> lines(process.getErrorStream(), errors::add), "tazza errors");
    reader.start();
    lines(process.getInputStream(), out);
    reader.join();
    errors.forEach(err);
    return process.waitFor();
  }

  private static void lines(InputStream in, Consumer<String> each) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        each.accept(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
