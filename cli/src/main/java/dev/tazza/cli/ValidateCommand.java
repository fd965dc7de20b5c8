package dev.tazza.cli;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.wasm.WasmException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Checks modules. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    parameterListHeading = "%n",
    description = "Checks modules without compiling them; the status is 1 when one is not valid.")
final class ValidateCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILES",
      arity = "1..*",
      description = "The modules; - is standard input.")
  private List<Path> files = List.of();

  @Mixin private FeatureOptions features = new FeatureOptions();

  @Override
  public Integer call() throws IOException {
    int status = 0;
    try (Engine engine = new Engine(features.apply(new Config()))) {
      for (Path file : files) {
        try {
          Module.validate(engine, Modules.read(file));
        } catch (WasmException e) {
          status = failed(Modules.refused(file, e));
        } catch (CliException e) {
          status = failed(e);
        }
      }
    }
    return status;
  }

  /** Says what is wrong with a file; the others may be right. */
  private static int failed(CliException problem) {
    System.err.println("tazza: " + problem.getMessage());
    return 1;
  }
}
