package dev.tazza.maven;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Component;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.apache.maven.toolchain.Toolchain;
import org.apache.maven.toolchain.ToolchainManager;
import org.codehaus.plexus.build.BuildContext;
import org.jspecify.annotations.Nullable;

/** What the goals have in common: which modules there are, and what runs the command. */
abstract class ModulesMojo extends AbstractMojo {
  /**
   * The folder of the modules. Its subfolders are packages: {@code com/example/parser.wat} belongs
   * to the class {@code com.example.Parser}.
   */
  @Parameter(
      property = "tazza.sourceDirectory",
      defaultValue = "${project.basedir}/src/main/wasm",
      required = true)
  private File sourceDirectory;

  /** Only these files of it, such as {@code **}{@code /*.wat}. Default: *.wasm and *.wat. */
  @Parameter private List<String> includes = List.of();

  /** Not these. */
  @Parameter private List<String> excludes = List.of();

  /** The package that the folder itself stands for. Default: none. */
  @Parameter(property = "tazza.packageName")
  private @Nullable String packageName;

  /**
   * The Java command that compiles, 25 or newer. Default: that of the JDK toolchain, or else of
   * Maven itself.
   */
  @Parameter(property = "tazza.jvm")
  private @Nullable File jvm;

  /** Options for that JVM, such as {@code -Xmx4g}. */
  @Parameter private List<String> jvmArguments = List.of();

  /** Leaves everything as it is. */
  @Parameter(property = "tazza.skip", defaultValue = "false")
  private boolean skip;

  @Parameter(defaultValue = "${project}", readonly = true, required = true)
  private MavenProject project;

  @Parameter(defaultValue = "${session}", readonly = true, required = true)
  private MavenSession session;

  @Parameter(defaultValue = "${plugin.artifacts}", readonly = true, required = true)
  private List<Artifact> pluginArtifacts;

  @Parameter(defaultValue = "${project.build.directory}/tazza", readonly = true, required = true)
  private File stateDirectory;

  @Component private ToolchainManager toolchains;

  @Component private BuildContext context;

  final MavenProject project() {
    return project;
  }

  final void refresh(File folder) {
    context.refresh(folder);
  }

  /**
   * Runs {@code tazza build}.
   *
   * @param goal each has a state of its own
   * @param what is to be made
   * @return whether there was something to do
   */
  final boolean build(String goal, List<String> what)
      throws MojoExecutionException, MojoFailureException {
    if (skip || !sourceDirectory.isDirectory()) {
      getLog().debug(skip ? "skipped" : "there is no " + sourceDirectory);
      return false;
    }
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("build", sourceDirectory.getPath()));
    arguments.addAll(List.of("--state", new File(stateDirectory, goal).getPath()));
    if (packageName != null) {
      arguments.addAll(List.of("--package", packageName));
    }
    includes.forEach(glob -> arguments.addAll(List.of("--include", glob)));
    excludes.forEach(glob -> arguments.addAll(List.of("--exclude", glob)));
    arguments.addAll(what);
    run(arguments);
    return true;
  }

  private void run(List<String> arguments) throws MojoExecutionException, MojoFailureException {
    context.removeMessages(sourceDirectory);
    JavaCommand java = JavaCommand.choose(jvm == null ? null : jvm.getPath(), toolchainJava());
    List<String> classPath = new ArrayList<>();
    for (Artifact artifact : pluginArtifacts) {
      classPath.add(artifact.getFile().getPath());
    }
    try {
      int status =
          java.run(jvmArguments, classPath, arguments, line -> getLog().info(line), this::error);
      if (status != 0) {
        throw new MojoFailureException("modules in " + sourceDirectory + " could not be built");
      }
    } catch (IOException e) {
      throw new MojoExecutionException("cannot run " + java.executable() + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MojoExecutionException("interrupted", e);
    }
  }

  private @Nullable String toolchainJava() {
    Toolchain toolchain = toolchains.getToolchainFromBuildContext("jdk", session);
    return toolchain == null ? null : toolchain.findTool("java");
  }

  private void error(String line) {
    ErrorLine error = ErrorLine.of(line);
    if (error.file() == null) {
      getLog().error(error.message());
    } else {
      // Maven prints it, an IDE marks the place.
      context.addMessage(
          error.file(),
          error.line(),
          error.column(),
          error.message(),
          BuildContext.SEVERITY_ERROR,
          null);
    }
  }
}
