package dev.tazza.cli;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Func;
import dev.tazza.GuestProfiler;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.Trap;
import dev.tazza.wasi.Access;
import dev.tazza.wasi.Wasi;
import dev.tazza.wasi.WasiConfig;
import dev.tazza.wasi.WasiExit;
import dev.tazza.wasi.WasiThreads;
import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.type.FuncType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    parameterListHeading = "%n",
    sortOptions = false,
    description = {
      "Runs a WebAssembly program.",
      "The status is the program's own; 134 when it traps, 124 when its --timeout is over, 152 when"
          + " it used up its --fuel, 1 when it cannot be loaded or run, 2 for a mistake in the"
          + " command line, 141 when nobody reads what --invoke prints."
    })
final class RunCommand implements Callable<Integer> {
  private static final FuncType NOTHING = new FuncType(List.of(), List.of());

  @Option(
      names = "--dir",
      paramLabel = "HOST[::GUEST]",
      description =
          "Let the program use a directory, under another name if one is given. Repeatable.")
  private List<String> directories = new ArrayList<>();

  @Option(
      names = "--dir-read-only",
      paramLabel = "HOST[::GUEST]",
      description = "As --dir, but the program can change nothing in it. Repeatable.")
  private List<String> readOnlyDirectories = new ArrayList<>();

  @Option(
      names = "--env",
      paramLabel = "NAME[=VALUE]",
      description =
          "Set an environment variable for the program; without a value it gets yours, if you have"
              + " one. Repeatable.")
  private List<String> environment = new ArrayList<>();

  @Option(
      names = "--argv0",
      paramLabel = "NAME",
      description = "What the program is told that it is called (default: the name of FILE).")
  private @Nullable String programName;

  /** Parts of the system that a program does not have unless it is said so. */
  private enum WasiPart {
    /** wasi-threads. */
    threads
  }

  @Option(
      names = "--wasi",
      paramLabel = "PART",
      description = "Let the program use this part of the system as well: threads.")
  private Set<WasiPart> wasiParts = new LinkedHashSet<>();

  @Option(
      names = "--max-threads",
      paramLabel = "N",
      description = "How many threads the program may have besides the main one (default: 256).")
  private @Nullable Integer maxThreads;

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
      names = "--timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Stop the program after this time: 500ms, 2s, 5m, 1h.")
  private @Nullable Duration timeout;

  @Option(
      names = "--fuel",
      paramLabel = "N",
      description =
          "Let the program use up so much fuel, about one for each instruction: where it ends then"
              + " depends on nothing else.")
  private @Nullable Long fuel;

  @Option(
      names = "--coredump",
      paramLabel = "FILE",
      description = "When the program traps, write a core dump for debuggers to this file.")
  private @Nullable Path coreDump;

  @Option(
      names = "--allow-precompiled",
      description = "Run files that `tazza compile` made. Their code runs as it is: trust them.")
  private boolean allowPrecompiled;

  @Option(
      names = "--no-cache",
      description = "Compile anew: do not look into the cache, see `tazza cache --help`.")
  private boolean noCache;

  @Mixin private LimitOptions limits = new LimitOptions();

  @Mixin private EngineOptions engineOptions = new EngineOptions();

  @Parameters(index = "0", paramLabel = "FILE", description = "The module; - is standard input.")
  private Path file = Path.of("");

  @Parameters(
      index = "1..*",
      paramLabel = "ARGS",
      description =
          "The program's arguments; everything after FILE is passed on. With --invoke the"
              + " function's, which a -- may precede; one without parameters leaves them to a"
              + " program that asks for its arguments.")
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
      case "--env" -> environment.add(value);
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
        readOnlyDirectories,
        environment,
        programName,
        wasiParts,
        maxThreads,
        invoke,
        preloads,
        unknownImportsTrap,
        unknownImportsDefault,
        timeout,
        fuel,
        coreDump,
        allowPrecompiled,
        noCache,
        limits.arguments(),
        file,
        args);
  }

  @Override
  public Integer call() throws IOException {
    if (maxThreads != null && maxThreads < 0) {
      throw new UsageException("--max-threads: expected a number from 0 on but was " + maxThreads);
    }
    if (fuel != null && fuel < 0) {
      throw new UsageException("--fuel: expected a number from 0 on but was " + fuel);
    }
    try (Engine engine = engineOptions.engine(this::configure);
        Module module = Modules.load(engine, file, allowPrecompiled, !noCache);
        Wasi wasi = Wasi.open(wasiConfig(module));
        Store<Void> store = new Store<>(engine)) {
      prepare(store);
      Linker<Void> linker = new Linker<>(engine);
      if (wasiParts.contains(WasiPart.threads)) {
        wasi.shareAmongThreads();
      }
      wasi.addTo(linker);
      List<Module> others = new ArrayList<>();
      try {
        profileAndRun(module, linker, store, others);
      } catch (Trap trap) {
        if (coreDump != null) {
          CoreDumpFile.write(trap, coreDump, programName());
        }
        throw trap;
      } finally {
        others.forEach(Module::close);
      }
    }
    return 0;
  }

  private Config configure(Config config) {
    if (wasiParts.contains(WasiPart.threads)) {
      config.wasmThreads(true);
    }
    return config.consumeFuel(fuel != null).coredumpOnTrap(coreDump != null);
  }

  private void profileAndRun(
      Module module, Linker<Void> linker, Store<Void> store, List<Module> others)
      throws IOException {
    ProfileKind profile = engineOptions.profile();
    Path profileFile = profile.guest();
    if (profileFile == null) {
      runInTime(module, linker, store, others);
      return;
    }
    GuestProfiler profiler = GuestProfiler.start(store, profile.interval());
    try (var _ = new GuestProfileFile(profiler, profileFile, programName())) {
      runInTime(module, linker, store, others);
    }
  }

  private void runInTime(Module module, Linker<Void> linker, Store<Void> store, List<Module> others)
      throws IOException {
    if (timeout == null) {
      run(module, linker, store, others);
      return;
    }
    store.callWithTimeout(
        timeout,
        () -> {
          run(module, linker, store, others);
          return 0;
        });
  }

  private void run(Module module, Linker<Void> linker, Store<Void> store, List<Module> others)
      throws IOException {
    if (wasiParts.contains(WasiPart.threads)) {
      runWithThreads(module, linker, store);
      return;
    }
    preload(store.engine(), store, linker, others);
    start(module, instantiate(linker, store, module, file));
  }

  private void runWithThreads(Module module, Linker<Void> linker, Store<Void> store)
      throws IOException {
    if (!preloads.isEmpty()) {
      throw new UsageException(
          "--preload does not go with --wasi threads: one thread's instance is not the others'");
    }
    defineUnknownImports(linker, module);
    try (WasiThreads<Void> threads = WasiThreads.addTo(linker, module)) {
      threads.forEachStore(this::prepare);
      if (maxThreads != null) {
        threads.maxThreads(maxThreads);
      }
      int status = threads.run(store, instance -> startUnchecked(module, instance));
      if (status != 0) {
        throw new WasiExit(status);
      }
    } catch (LinkException | ResourceLimitException e) {
      throw new CliException(Modules.name(file) + ": " + e.getMessage());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void startUnchecked(Module module, Instance instance) {
    try {
      start(module, instance);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void prepare(Store<Void> store) {
    limits.limit(store);
    if (fuel != null) {
      store.setFuel(fuel);
    }
  }

  private String programName() {
    return programName == null ? String.valueOf(file.getFileName()) : programName;
  }

  private WasiConfig wasiConfig(Module module) {
    WasiConfig config = new WasiConfig().inheritStdio();
    List<String> arguments = new ArrayList<>();
    arguments.add(programName());
    if (invoke == null) {
      arguments.addAll(args);
    } else if (Invocation.leavesArguments(module, invoke)) {
      arguments.addAll(values());
    }
    config.args(arguments);
    environment.forEach(variable -> setVariable(config, variable));
    directories.forEach(each -> Preopens.add(config, each, Access.READ_WRITE));
    readOnlyDirectories.forEach(each -> Preopens.add(config, each, Access.READ_ONLY));
    return config;
  }

  private static void setVariable(WasiConfig config, String variable) {
    int equals = variable.indexOf('=');
    if (variable.isEmpty() || equals == 0) {
      throw new UsageException("--env: expected NAME=VALUE or NAME but was '" + variable + "'");
    }
    if (equals > 0) {
      config.env(variable.substring(0, equals), variable.substring(equals + 1));
      return;
    }
    String inherited = System.getenv(variable);
    String replaced = System.getenv("TAZZA_" + variable);
    if (variable.equals("LC_ALL") && replaced != null) {
      // ./tazza has set another; what it found is empty if there was none.
      inherited = replaced.isEmpty() ? null : replaced;
    }
    if (inherited != null) {
      config.env(variable, inherited);
    }
  }

  private void preload(Engine engine, Store<Void> store, Linker<Void> linker, List<Module> others)
      throws IOException {
    for (Map.Entry<String, Path> preload : preloads.entrySet()) {
      Module module = Modules.load(engine, preload.getValue(), allowPrecompiled, !noCache);
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
    } catch (LinkException | ResourceLimitException e) {
      throw new CliException(Modules.name(origin) + ": " + e.getMessage());
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

  private void start(Module module, Instance instance) throws IOException {
    boolean initialized = callPlain(instance, "_initialize");
    if (invoke != null) {
      call(module, instance, invoke);
    } else if (!callPlain(instance, "_start")) {
      boolean ran = initialized || module.compiled().module().startFunction() >= 0;
      if (!ran || !args.isEmpty()) {
        throw new CliException(
            Modules.name(file)
                + ": the module exports no function _start"
                + Invocation.offers(module));
      }
      if (initialized) {
        System.err.println(
            "tazza: note: "
                + Modules.name(file)
                + " has been initialized; it is a library without _start"
                + Invocation.offers(module));
      }
    }
  }

  /** Calls a function that starts something, if there is one. */
  private boolean callPlain(Instance instance, String name) {
    if (!(instance.findExport(name) instanceof Func function)
        || name.equals("_start") && invoke != null) {
      return false;
    }
    if (!function.type().equals(NOTHING)) {
      throw new CliException(
          "%s: %s is a function %s, not one that takes and returns nothing; call it with --invoke %s"
              .formatted(Modules.name(file), name, function.type(), name));
    }
    function.call();
    return true;
  }

  /**
   * What a function is called with: no value looks like the {@code --} that other commands want
   * before negative numbers.
   */
  private List<String> values() {
    return !args.isEmpty() && args.getFirst().equals("--") ? args.subList(1, args.size()) : args;
  }

  private void call(Module module, Instance instance, String name) throws IOException {
    if (!(instance.findExport(name) instanceof Func function)) {
      throw new CliException(Modules.name(file) + ": " + Invocation.missing(module, name));
    }
    List<String> values = Invocation.leavesArguments(module, name) ? List.of() : values();
    @Nullable Object[] results = function.call(TextValues.parse(name, function.type(), values));
    try (Output out = Output.standard()) {
      for (@Nullable Object result : results) {
        out.println(TextValues.print(result));
      }
    }
  }
}
