package dev.tazza.cli;

import dev.tazza.Engine;
import dev.tazza.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compiles a module to an artifact. */
@Command(
    name = "compile",
    mixinStandardHelpOptions = true,
    description = {
      "Compiles a module to a file that `tazza run --allow-precompiled` executes without"
          + " compiling.",
      "The file is for this version of Tazza and for processors like this one.%n"
    })
final class CompileCommand implements Callable<Integer> {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUTPUT",
      description = "Where to write (default: FILE with the extension .tazza).")
  private @Nullable Path output;

  @Mixin private EngineOptions engineOptions = new EngineOptions();

  @Parameters(paramLabel = "FILE", description = "The module.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    try (Engine engine = engineOptions.engineForOthers();
        Module module = Modules.load(engine, file, false)) {
      Files.write(output == null ? defaultOutput() : output, module.serialize());
    }
    return 0;
  }

  private Path defaultOutput() {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return file.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".tazza");
  }
}
