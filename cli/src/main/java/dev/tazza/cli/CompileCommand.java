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
      paramLabel = "TRIPLE",
      description =
          "Compile for x86_64-unknown-linux-gnu with what -C has_avx2=true and the like add,"
              + " instead of this machine.")
  private @Nullable String targetTriple;

  @Mixin private EngineOptions engineOptions = new EngineOptions();

  @Parameters(paramLabel = "FILE", description = "The module; - is standard input.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    Path target = output == null ? defaultOutput() : output;
    if (Files.isDirectory(target)) {
      throw new CliException(target + ": cannot be written: it is a directory");
    }
    try (Engine engine = engineOptions.engineForOthers(targetTriple);
        Module module = Modules.load(engine, file, false, false)) {
      byte[] artifact = module.serialize();
      if (Modules.isStandard(target)) {
        try (Output out = Output.standard()) {
          out.write(artifact);
        }
      } else {
        Files.write(target, artifact);
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
