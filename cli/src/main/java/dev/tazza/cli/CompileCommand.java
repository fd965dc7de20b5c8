package dev.tazza.cli;

import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.cli.build.BuildTarget;
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
    parameterListHeading = "%n",
    description = {
      "Compiles a module to a file, to be run without compiling.",
      "That is done by `tazza run --allow-precompiled`. The file is for this version of Tazza and"
          + " for processors like this one, or for those that --target and -C name."
    })
final class CompileCommand implements Callable<Integer> {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUTPUT",
      description =
          "Where to write (default: FILE with the extension .tazza); - is standard output.")
  private @Nullable Path output;

  @Option(
      names = "--target",
      paramLabel = "TARGET",
      description =
          "Compile for other processors than this one: x86-64-v2, x86-64-v3 or a triple, and what"
              + " they have beyond it, as in x86-64-v2+avx.")
  private @Nullable String target;

  @Mixin private EngineOptions engineOptions = new EngineOptions();

  @Parameters(paramLabel = "FILE", description = "The module; - is standard input.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    Path destination = output == null ? defaultOutput() : output;
    if (Files.isDirectory(destination)) {
      throw new CliException(destination + ": cannot be written: it is a directory");
    }
    try (Engine engine =
            engineOptions.engineForOthers(target == null ? null : BuildTarget.of(target));
        Module module = Modules.load(engine, file, false, false)) {
      byte[] artifact = module.serialize();
      if (Modules.isStandard(destination)) {
        try (Output out = Output.standard()) {
          out.write(artifact);
        }
      } else {
        Files.write(destination, artifact);
      }
    }
    return 0;
  }

  private Path defaultOutput() {
    if (Modules.isStandard(file)) {
      return file;
    }
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return file.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".tazza");
  }
}
