package dev.tazza.cli;

import dev.tazza.CodeExplorer;
import dev.tazza.CodeExplorer.FunctionView;
import dev.tazza.Engine;
import dev.tazza.wasm.WasmException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what becomes of a module on its way to machine code. */
@Command(
    name = "explore",
    mixinStandardHelpOptions = true,
    optionListHeading = "%n",
    parameterListHeading = "%n",
    description = {
      "Writes a page (HTML) with text, intermediate form and machine code of a module side by"
          + " side.",
      "Each function has its part. What belongs together lights up under the mouse."
    })
final class ExploreCommand implements Callable<Integer> {
  private static final String ENDING = ".explore.html";

  @Option(names = "--function", paramLabel = "NAME|INDEX", description = "Only this function.")
  private @Nullable String function;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where the page goes (default: the module's name with " + ENDING + ").")
  private @Nullable Path output;

  @Mixin private EngineOptions engineOptions = new EngineOptions();

  @Parameters(paramLabel = "FILE", description = "The module; - is standard input.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    byte[] module = Modules.read(file);
    try (Engine engine = engineOptions.engineForOthers()) {
      List<FunctionView> views =
          CodeExplorer.explore(engine, module).stream().filter(this::isWanted).toList();
      if (views.isEmpty() && function != null) {
        throw new CliException(Modules.name(file) + ": there is no function \"" + function + "\"");
      }
      Path page = page();
      try (Writer out = Files.newBufferedWriter(page)) {
        ExplorePage.write(out, Modules.name(file), views);
      }
      System.err.println("tazza: " + page + " written; a browser shows it");
    } catch (WasmException e) {
      throw Modules.refused(file, e);
    }
    return 0;
  }

  private boolean isWanted(FunctionView view) {
    return function == null
        || function.equals(view.name())
        || function.equals(Integer.toString(view.index()));
  }

  private Path page() {
    if (output != null) {
      return output;
    }
    String name = Modules.isStandard(file) ? "module" : String.valueOf(file.getFileName());
    return Path.of(name.replaceFirst("\\.wa(sm|t)$", "") + ENDING);
  }
}
