package dev.tazza.cli;

import dev.tazza.Engine;
import dev.tazza.cli.wast.WastReport;
import dev.tazza.cli.wast.WastRunner;
import dev.tazza.wasm.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs test scripts. */
@Command(
    name = "wast",
    mixinStandardHelpOptions = true,
    parameterListHeading = "%n",
    description =
        "Runs scripts in the specification's test language; the status is 1 when an assertion"
            + " fails. For scripts of an older language, switch off what it did not have: what they"
            + " call invalid may be valid otherwise.")
final class WastCommand implements Callable<Integer> {
  @Option(
      names = "--failures",
      paramLabel = "N",
      description = "How many failures to show per file (default: ${DEFAULT-VALUE}).")
  private int shown = 10;

  @Mixin private EngineOptions engineOptions = new EngineOptions();

  @Parameters(paramLabel = "FILES", arity = "1..*", description = "The scripts.")
  private List<Path> files = List.of();

  @Override
  public Integer call() throws IOException {
    long passed = 0;
    long failed = 0;
    try (Engine engine = engineOptions.engine();
        Output out = Output.standard()) {
      for (int i = 0; i < files.size(); i++) {
        Path file = files.get(i);
        WastReport report = report(engine, file, "%d of %d scripts".formatted(i, files.size()));
        print(file, report, out);
        out.flush();
        passed += report.passed();
        failed += report.failures().size();
      }
      out.printf("%d passed, %d failed%n", passed, failed);
    }
    return failed == 0 ? 0 : 1;
  }

  private WastReport report(Engine engine, Path file, String progress) {
    byte[] script = Modules.read(file);
    try (WastRunner runner = new WastRunner(engine, engineOptions.notSwitchedOff());
        Progress _ = Progress.of(() -> progress + ": " + file)) {
      return runner.run(script);
    } catch (MalformedException e) {
      throw new CliException(file + ":" + e.getMessage());
    }
  }

  private void print(Path file, WastReport report, Output out) throws IOException {
    out.printf("%s: %d passed, %d failed%n", file, report.passed(), report.failures().size());
    for (WastReport.Failure failure :
        report.failures().subList(0, Math.min(shown, report.failures().size()))) {
      out.printf("  %s:%d: %s%n", file, failure.line(), failure.message());
    }
  }
}
