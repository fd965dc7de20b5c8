package dev.tazza.maven;

import java.io.File;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Writes a Java class for each module: its exports as an interface, what it imports as others, and
 * a method that loads the module. They belong to the sources that the project compiles.
 */
@Mojo(name = "bindings", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class BindingsMojo extends ModulesMojo {
  /** The folder of the classes' sources. */
  @Parameter(
      property = "tazza.generatedSourcesDirectory",
      defaultValue = "${project.build.directory}/generated-sources/wasm")
  private File generatedSourcesDirectory;

  @Override
  public void execute() throws MojoExecutionException, MojoFailureException {
    if (build("bindings", List.of("--sources", generatedSourcesDirectory.getPath()))) {
      project().addCompileSourceRoot(generatedSourcesDirectory.getPath());
      refresh(generatedSourcesDirectory);
    }
  }
}
