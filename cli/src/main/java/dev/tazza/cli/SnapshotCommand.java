package dev.tazza.cli;

import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.wasi.Access;
import dev.tazza.wasi.Wasi;
import dev.tazza.wasi.WasiConfig;
import dev.tazza.wasm.WasmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a module that is ready already. */
@Command(
    name = "snapshot",
    mixinStandardHelpOptions = true,
    parameterListHeading = "%n",
    description = {
      "Calls a function of a program that gets it ready, and writes the program as it is then.",
      "It has the memories, tables and globals of that moment, and no start function. What is"
          + " outside of it, such as open files, it has not."
    })
final class SnapshotCommand implements Callable<Integer> {
  @Option(
      names = "--init",
      paramLabel = "FUNCTION",
      description =
          "The exported function that gets it ready; the result does not export it (default:"
              + " wizer.initialize).")
  private String initializer = "wizer.initialize";

  @Option(
      names = "--dir",
      paramLabel = "HOST[::GUEST]",
      description = "Let it use a directory meanwhile, as `tazza run` does. Repeatable.")
  private List<String> directories = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUTPUT",
      description = "Where to write the module, in the binary format; - is standard output.")
  private Path output = Path.of("");

  @Mixin private EngineOptions engineOptions = new EngineOptions();

  @Parameters(paramLabel = "FILE", description = "The module; - is standard input.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    byte[] bytes = Modules.read(file);
    WasiConfig config = new WasiConfig().args(Modules.name(file)).inheritStderr();
    directories.forEach(each -> Preopens.add(config, each, Access.READ_WRITE));
    byte[] snapshot;
    try (Engine engine = engineOptions.engine();
        Module module = Module.compile(engine, bytes);
        Store<Void> store = new Store<>(engine);
        Wasi wasi = Wasi.open(config)) {
      Linker<Void> linker = new Linker<>(engine);
      wasi.addTo(linker);
      linker.defineUnknownImportsAsTraps(module);
      Instance instance = linker.instantiate(store, module);
      initializer(instance).call();
      snapshot = instance.snapshot(bytes, initializer);
    } catch (WasmException e) {
      throw Modules.refused(file, e);
    } catch (UnsupportedOperationException e) {
      throw new CliException(Modules.name(file) + ": " + e.getMessage());
    }
    if (Modules.isStandard(output)) {
      try (Output out = Output.standard()) {
        out.write(snapshot);
      }
    } else {
      Files.write(output, snapshot);
    }
    return 0;
  }

  private Func initializer(Instance instance) {
    if (instance.findExport(initializer) instanceof Func function
        && function.type().params().isEmpty()) {
      return function;
    }
    throw new CliException(
        "%s exports no function \"%s\" without parameters; --init names another"
            .formatted(Modules.name(file), initializer));
  }
}
