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
import dev.tazza.wasm.LinkException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a program, or calls one function of a module. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs a WebAssembly program.",
      "The status is the program's; 134 when it traps, 1 when it cannot be loaded.%n"
    })
final class RunCommand implements Callable<Integer> {
  @Option(
      names = "--dir",
      paramLabel = "HOST[::GUEST]",
      description =
          "Let the program use a directory, under another name if one is given. Repeatable.")
  private List<String> directories = new ArrayList<>();

  @Option(
      names = "--env",
      paramLabel = "NAME=VALUE",
      description = "Set an environment variable for the program. Repeatable.")
  private Map<String, String> environment = new LinkedHashMap<>();

  @Option(
      names = "--invoke",
      paramLabel = "FUNCTION",
      description = "Call this exported function with ARGS and print its results, one a line.")
  private @Nullable String invoke;

  @Option(
      names = "--preload",
      paramLabel = "NAME=FILE",
      description = "Instantiate another module first, for imports from NAME. Repeatable.")
  private Map<String, Path> preloads = new LinkedHashMap<>();

  @Option(
      names = "--unknown-imports-trap",
      description = "Functions that are imported but not there trap when they are called.")
  private boolean unknownImportsTrap;

  @Option(
      names = "--unknown-imports-default",
      description = "What is imported but not there is a function that returns 0, or is empty.")
  private boolean unknownImportsDefault;

  @Option(
      names = "--allow-precompiled",
      description = "Run files that `tazza compile` made. Their code runs as it is: trust them.")
  private boolean allowPrecompiled;

  @Mixin private EngineOptions engineOptions = new EngineOptions();

  @Parameters(index = "0", paramLabel = "FILE", description = "The module.")
  private Path file = Path.of("");

  @Parameters(
      index = "1..*",
      paramLabel = "ARGS",
      description = "The program's arguments; everything after FILE is passed on.")
  private List<String> args = new ArrayList<>();

  /**
   * The command for the plainest arguments: some of {@code --dir}, {@code --env}, {@code --invoke}
   * and {@code --allow-precompiled}, then the file. Null for everything else, mistakes and {@code
   * --help} among it: that is for picocli, whose start takes as long as that of the JVM.
   *
   * @param args without the word {@code run}
   */
  static @Nullable RunCommand plain(String[] args) {
    RunCommand command = new RunCommand();
    int i = 0;
    while (i < args.length && args[i].startsWith("--")) {
      if (args[i].equals("--allow-precompiled")) {
        command.allowPrecompiled = true;
        i++;
      } else if (i + 1 < args.length && command.takePlain(args[i], args[i + 1])) {
        i += 2;
      } else {
        return null;
      }
    }
    if (i == args.length || args[i].isEmpty() || args[i].startsWith("-")) {
      return null;
    }
    command.file = Path.of(args[i]);
    command.args.addAll(Arrays.asList(args).subList(i + 1, args.length));
    return command;
  }

  /** Whether an option has a value and both are surely what picocli would make of them. */
  private boolean takePlain(String option, String value) {
    if (value.isEmpty() || value.startsWith("-") || value.indexOf('"') >= 0) {
      return false;
    }
    switch (option) {
      case "--dir" -> directories.add(value);
      case "--invoke" -> {
        if (invoke != null) {
          return false;
        }
        invoke = value;
      }
      case "--env" -> {
        int equals = value.indexOf('=');
        if (equals <= 0) {
          return false;
        }
        environment.put(value.substring(0, equals), value.substring(equals + 1));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** All that arguments can set, for comparison. */
  List<Object> arguments() {
    return Arrays.asList(
        directories,
        environment,
        invoke,
        preloads,
        unknownImportsTrap,
        unknownImportsDefault,
        allowPrecompiled,
        file,
        args);
  }

  @Override
  public Integer call() throws IOException {
    try (Engine engine = engineOptions.engine();
        Module module = Modules.load(engine, file, allowPrecompiled);
        Wasi wasi = Wasi.open(wasiConfig());
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = new Linker<>(engine);
      wasi.addTo(linker);
      List<Module> others = new ArrayList<>();
      try {
        preload(engine, store, linker, others);
        start(instantiate(linker, store, module, file));
      } finally {
        others.forEach(Module::close);
      }
    }
    return 0;
  }

  private WasiConfig wasiConfig() {
    WasiConfig config = new WasiConfig().inheritStdio();
    List<String> arguments = new ArrayList<>();
    arguments.add(String.valueOf(file.getFileName()));
    if (invoke == null) {
      arguments.addAll(args);
    }
    config.args(arguments);
    config.env(environment);
    for (String directory : directories) {
      int separator = directory.indexOf("::");
      String host = separator < 0 ? directory : directory.substring(0, separator);
      String guest = separator < 0 ? directory : directory.substring(separator + 2);
      config.preopen(Path.of(host), guest, Access.READ_WRITE);
    }
    return config;
  }

  private void preload(Engine engine, Store<Void> store, Linker<Void> linker, List<Module> others)
      throws IOException {
    for (Map.Entry<String, Path> preload : preloads.entrySet()) {
      Module module = Modules.load(engine, preload.getValue(), allowPrecompiled);
      others.add(module);
      Instance instance = instantiate(linker, store, module, preload.getValue());
      if (instance.findExport("_initialize") instanceof Func initialize) {
        initialize.call();
      }
      linker.instance(preload.getKey(), instance);
    }
  }

  private Instance instantiate(Linker<Void> linker, Store<Void> store, Module module, Path origin) {
    defineUnknownImports(linker, module);
    try {
      return linker.instantiate(store, module);
    } catch (LinkException e) {
      throw new CliException(origin + ": " + e.getMessage());
    }
  }

  private void defineUnknownImports(Linker<Void> linker, Module module) {
    if (unknownImportsDefault) {
      linker.defineUnknownImportsAsDefaultValues(module);
    }
    if (unknownImportsTrap) {
      linker.defineUnknownImportsAsTraps(module);
    }
  }

  private void start(Instance instance) {
    if (invoke != null) {
      if (instance.findExport("_initialize") instanceof Func initialize) {
        initialize.call();
      }
      call(instance, invoke);
    } else if (instance.findExport("_start") instanceof Func main) {
      main.call();
    } else if (instance.findExport("_initialize") instanceof Func initialize) {
      initialize.call();
    } else if (!args.isEmpty()) {
      throw new CliException(
          file + ": the module exports no function _start; name one with --invoke");
    }
  }

  private void call(Instance instance, String name) {
    if (!(instance.findExport(name) instanceof Func function)) {
      throw new CliException(
          "%s: no exported function \"%s\"; it exports %s"
              .formatted(file, name, instance.exportNames()));
    }
    for (Object result : function.call(TextValues.parse(name, function.type(), args))) {
      System.out.println(TextValues.print(result));
    }
  }
}
