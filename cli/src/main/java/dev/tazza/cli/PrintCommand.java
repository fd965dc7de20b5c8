package dev.tazza.cli;

import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.text.WatPrinter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints a module as text. */
@Command(
    name = "print",
    mixinStandardHelpOptions = true,
    description = "Prints a module in the text format.%n")
final class PrintCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The module.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    byte[] bytes = Modules.read(file);
    try {
      BufferedWriter out =
          new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
      WatPrinter.print(ModuleReader.read(bytes, Features.DEFAULT), out);
      out.flush();
    } catch (WasmException e) {
      throw new CliException(file + ": " + e.getMessage());
    }
    return 0;
  }
}
