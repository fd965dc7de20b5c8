package dev.tazza.maven;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Compiles each module for the processors that are wanted. The artifacts go into the jar, and the
 * module, for all other processors.
 */
@Mojo(name = "compile", defaultPhase = LifecyclePhase.PROCESS_RESOURCES, threadSafe = true)
public final class CompileMojo extends ModulesMojo {
  /** The folder of what becomes the jar. */
  @Parameter(defaultValue = "${project.build.outputDirectory}", required = true)
  private File outputDirectory;

  /**
   * Processors to compile for, the ones to prefer first: {@code native} (this machine), {@code
   * x86-64-v2}, {@code x86-64-v3} or a triple, and what they have beyond it, as in {@code
   * x86-64-v2+avx}. Default: {@code x86-64-v3}.
   */
  @Parameter(property = "tazza.targets")
  private List<String> targets = List.of();

  /**
   * Options that code depends on and that the application's {@code Config} sets, by their names:
   * {@code <consumeFuel>on</consumeFuel>}. With others than the application's, artifacts do not
   * fit.
   */
  @Parameter private Map<String, String> options = Map.of();

  /**
   * Features of WebAssembly that the application's {@code Config} switches, by their names: {@code
   * <threads>true</threads>}.
   */
  @Parameter private Map<String, Boolean> features = Map.of();

  /** How much is optimized: {@code none}, {@code speed} or {@code speed-and-size}. */
  @Parameter(property = "tazza.optLevel", defaultValue = "speed")
  private String optLevel;

  @Override
  public void execute() throws MojoExecutionException, MojoFailureException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--classes", outputDirectory.getPath(), "-O", optLevel));
    targets.forEach(target -> arguments.addAll(List.of("--target", target)));
    options.forEach((name, value) -> arguments.addAll(List.of("--option", name + "=" + value)));
    features.forEach((name, on) -> arguments.addAll(List.of("-W", name + "=" + (on ? "y" : "n"))));
    if (build("compile", arguments)) {
      refresh(outputDirectory);
    }
  }
}
