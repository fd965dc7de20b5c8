package dev.tazza.cli;

import dev.tazza.Engine;
import dev.tazza.cli.bindings.JavaBindings;
import dev.tazza.cli.build.BuildState;
import dev.tazza.cli.build.BuildTarget;
import dev.tazza.cli.build.SourceModule;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.text.Wat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes what belongs to the modules among a project's sources: what build tools run. */
@Command(
    name = "build",
    mixinStandardHelpOptions = true,
    parameterListHeading = "%n",
    description = {
      "Compiles the modules in a folder for a jar, and writes Java classes for them.",
      "The folder has subfolders as packages: com/example/parser.wat becomes parser.wasm and"
          + " artifacts in com/example below --classes, and com/example/Parser.java below"
          + " --sources, which loads what fits (see `tazza bindings`). Errors begin with"
          + " FILE:LINE:COLUMN where that is known."
    })
final class BuildCommand implements Callable<Integer> {
  /** What begins messages about texts. */
  private static final Pattern POSITION = Pattern.compile("\\d+:\\d+: ");

  @Option(
      names = "--classes",
      paramLabel = "FOLDER",
      description = "Where modules and artifacts go: into the folder of compiled classes.")
  private @Nullable Path classes;

  @Option(
      names = "--sources",
      paramLabel = "FOLDER",
      description = "Where Java sources go: into a folder of generated sources.")
  private @Nullable Path sources;

  @Option(
      names = "--package",
      paramLabel = "NAME",
      description = "The package that the folder stands for (default: none).")
  private String packageName = "";

  @Option(
      names = "--include",
      paramLabel = "GLOB",
      description = "Only these files, as in **/*.wat (default: *.wasm and *.wat). Repeatable.")
  private List<String> includes = new ArrayList<>();

  @Option(names = "--exclude", paramLabel = "GLOB", description = "Not these files. Repeatable.")
  private List<String> excludes = new ArrayList<>();

  @Option(
      names = "--target",
      paramLabel = "TARGET",
      description =
          "Processors to compile for, the ones to prefer first: native, x86-64-v2, x86-64-v3 or a"
              + " triple, and what they have beyond it, as in x86-64-v2+avx (default:"
              + " x86-64-v3). On others modules are compiled when they are loaded. Repeatable.")
  private List<String> targetNames = new ArrayList<>();

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "Keep in this file what was made from what: what is up to date is not made again, what"
              + " has no source any more is deleted.")
  private @Nullable Path stateFile;

  @Mixin private EngineOptions engineOptions = new EngineOptions();

  @Parameters(paramLabel = "FOLDER", description = "The modules of the project: src/main/wasm.")
  private Path folder = Path.of("");

  private final Map<BuildTarget, Engine> engines = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException {
    if (classes == null && sources == null) {
      throw new UsageException("--classes or --sources says what to make");
    }
    if (!Files.isDirectory(folder)) {
      throw new CliException(folder + ": there is no such folder");
    }
    BuildState state = new BuildState(stateFile);
    try (Output out = Output.standard()) {
      openEngines();
      boolean failed = false;
      for (SourceModule module : modules()) {
        failed |= !isMade(module, state, out);
      }
      state.finish();
      return failed ? 1 : 0;
    } finally {
      engines.values().forEach(Engine::close);
    }
  }

  private List<SourceModule> modules() throws IOException {
    try {
      return SourceModule.find(folder, packageName, includes, excludes);
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()));
    }
  }

  private void openEngines() {
    List<String> names = targetNames.isEmpty() ? List.of("x86-64-v3") : targetNames;
    for (String name : classes == null ? List.<String>of() : names) {
      BuildTarget target = BuildTarget.of(name);
      if (!engines.containsKey(target)) {
        engines.put(target, engineOptions.engineForOthers(target));
      }
    }
  }

  /** False when there was an error, which was told. */
  private boolean isMade(SourceModule module, BuildState state, Output out) throws IOException {
    byte[] source = Modules.read(module.file());
    String digest = BuildState.digest(source, dependencies(module));
    if (state.isUpToDate(module.path(), digest)) {
      return true;
    }
    try (Progress _ = Progress.of(this::compilation)) {
      Map<Path, byte[]> files = new LinkedHashMap<>();
      if (sources != null) {
        files.put(sources.resolve(module.source()), bindings(module, source));
      }
      if (classes != null) {
        compile(module, source, classes, files);
      }
      for (Map.Entry<Path, byte[]> file : files.entrySet()) {
        write(file.getKey(), file.getValue());
      }
      state.made(module.path(), digest, List.copyOf(files.keySet()));
      out.printf("%s: %s%n", module.path(), sizes(files));
      return true;
    } catch (WasmException | UnsupportedOperationException e) {
      String message = FeatureOptions.withHint(e);
      String separator = POSITION.matcher(message).lookingAt() ? ":" : ": ";
      System.err.println("tazza: " + module.file() + separator + message);
      return false;
    }
  }

  private String compilation() {
    long compiled = 0;
    for (Engine engine : engines.values()) {
      compiled += engine.compilationProgress().compiled();
    }
    return "%s: %,d functions compiled".formatted(folder, compiled);
  }

  /** All that the files of a module depend on beside it. */
  private String dependencies(SourceModule module) {
    StringBuilder text = new StringBuilder(Engine.VERSION);
    text.append(' ').append(module.packageName()).append(' ').append(classes).append(' ');
    text.append(sources);
    engines.forEach((target, engine) ->
        text.append(' ').append(target.name()).append(engine.precompileCompatibilityHash()));
    return text.toString();
  }

  private static byte[] bindings(SourceModule module, byte[] source) {
    WasmModule read = ModuleReader.read(source, Features.of(Feature.values()));
    String file = module.path();
    return JavaBindings.of(read, file, module.name(), module.packageName(), module.className())
        .getBytes(StandardCharsets.UTF_8);
  }

  private void compile(SourceModule module, byte[] source, Path out, Map<Path, byte[]> files) {
    List<BuildTarget> targets = List.copyOf(engines.keySet());
    engines.forEach((target, engine) ->
        files.put(out.resolve(module.artifact(target, targets)), engine.precompileModule(source)));
    files.put(out.resolve(module.resource()), Wat.toBinary(source));
    if (targets.size() > 1) {
      byte[] names = module.targetNames(targets).getBytes(StandardCharsets.UTF_8);
      files.put(out.resolve(module.targets()), names);
    }
  }

  /** Leaves what is the same as it is, with its time, for the next one who looks at that. */
  private static void write(Path file, byte[] content) throws IOException {
    if (!Files.isRegularFile(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, content);
    }
  }

  private static String sizes(Map<Path, byte[]> files) {
    List<String> sizes = new ArrayList<>();
    files.forEach((file, content) ->
        sizes.add("%s (%,d bytes)".formatted(file.getFileName(), content.length)));
    return String.join(", ", sizes);
  }
}
