package dev.tazza.cli;

import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.text.WatPrinter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Prints a module as text. */
@Command(
    name = "print",
    mixinStandardHelpOptions = true,
    parameterListHeading = "%n",
    description = "Prints a module in the text format.")
final class PrintCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The module; - is standard input.")
  private Path file = Path.of("");

  @Mixin private FeatureOptions features = new FeatureOptions();

  @Override
  public Integer call() throws IOException {
    byte[] bytes = Modules.read(file);
    try (Output out = Output.standard()) {
      WatPrinter.print(ModuleReader.read(bytes, features.notSwitchedOff()), out);
    } catch (WasmException e) {
      throw Modules.refused(file, e);
    }
    return 0;
  }
}
