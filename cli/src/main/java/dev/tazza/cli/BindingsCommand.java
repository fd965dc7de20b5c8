package dev.tazza.cli;

import dev.tazza.cli.bindings.JavaBindings;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.module.WasmModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a Java class for a module. */
@Command(
    name = "bindings",
    mixinStandardHelpOptions = true,
    parameterListHeading = "%n",
    description = {
      "Writes a Java class for a module: its exports as an interface, its imports as others.",
      "The class loads the module from beside it: the artifact NAME.tazza if that fits, or else"
          + " NAME.wasm."
    })
final class BindingsCommand implements Callable<Integer> {
  @Option(
      names = "--class",
      required = true,
      paramLabel = "NAME",
      description = "The class, with its package, such as com.example.Parser.")
  private String className = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      description = "The folder of sources in which the class is to be (default: standard output).")
  private @Nullable Path output;

  @Parameters(paramLabel = "FILE", description = "The module; - is standard input.")
  private Path file = Path.of("");

  @Mixin private FeatureOptions features = new FeatureOptions();

  @Override
  public Integer call() throws IOException {
    if (!SourceVersion.isName(className)) {
      throw new UsageException("--class wants the name of a class, not '" + className + "'");
    }
    String source = source(className.lastIndexOf('.'));
    if (output == null) {
      try (Output out = Output.standard()) {
        out.append(source);
      }
      return 0;
    }
    Path target = output.resolve(className.replace('.', '/') + ".java");
    Files.createDirectories(target.toAbsolutePath().getParent());
    Files.writeString(target, source);
    return 0;
  }

  private String source(int dot) {
    String name = Modules.isStandard(file) ? "module" : String.valueOf(file.getFileName());
    int extension = name.lastIndexOf('.');
    String resource = extension > 0 ? name.substring(0, extension) : name;
    try {
      WasmModule module = ModuleReader.read(Modules.read(file), features.notSwitchedOff());
      return JavaBindings.of(
          module,
          name,
          resource,
          dot < 0 ? "" : className.substring(0, dot),
          className.substring(dot + 1));
    } catch (WasmException e) {
      throw Modules.refused(file, e);
    }
  }
}
