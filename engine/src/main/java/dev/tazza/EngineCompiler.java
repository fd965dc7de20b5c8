package dev.tazza;

import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.Observer;
import dev.tazza.codegen.Settings;
import dev.tazza.codegen.machine.CpuFeature;
import dev.tazza.codegen.regalloc.SsaAllocator;
import dev.tazza.environ.StoreContext;
import dev.tazza.environ.Tunables;
import dev.tazza.environ.artifact.Origin;
import dev.tazza.translate.GeneratorDigest;
import dev.tazza.translate.ModuleCompiler;
import dev.tazza.vm.instance.TrampolineCompiler;
import dev.tazza.wasm.TrapCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What makes an engine's code: the compiler of modules and of trampolines with the settings that
 * its configuration asks for, and what artifacts are told apart by. Thread-safe.
 */
final class EngineCompiler {
  private final Config config;
  private final Tunables tunables;
  private final TargetFeatures features;
  private final Settings settings;
  private final ModuleCompiler modules;
  private volatile @Nullable Origin origin;

  /**
   * @param config not to be changed any more
   * @param tunables those of the configuration, or what is possible instead
   * @throws UnsupportedOperationException when the configuration asks for another compiler
   */
  EngineCompiler(Config config, Tunables tunables) {
    requireStrategy(config.strategy());
    this.config = config;
    this.tunables = tunables;
    this.features = new TargetFeatures(config.targetSettings());
    this.settings = settings(config, features);
    this.modules =
        new ModuleCompiler(
            functions(Observer.NONE),
            tunables,
            config.parallelCompilation(),
            config.sandboxVerifier() || config.debugVerifier());
  }

  private static void requireStrategy(Strategy strategy) {
    if (strategy == Strategy.BASELINE) {
      throw new UnsupportedOperationException(
          "strategy BASELINE: there is no baseline compiler; optLevel NONE compiles fastest");
    }
  }

  private static Settings settings(Config config, TargetFeatures features) {
    return new Settings(
        Settings.Effort.valueOf(config.optLevel().name()),
        config.debugVerifier(),
        features,
        StoreContext.STACK_LIMIT,
        TrapCode.STACK_OVERFLOW.code(),
        config.tableAccessSpectreMitigation(),
        config.tunables().polls()
            ? new Settings.Polls(StoreContext.POLL_STUB, StoreContext.STACK_END)
            : null,
        StoreContext.CROSSING_STUB,
        config.consumeFuel() ? StoreContext.FUEL_STUB : Settings.NO_FUEL,
        config.signalsBasedTraps()
            ? null
            : new Settings.TrapCalls(
                StoreContext.TRAP_STUB,
                TrapCode.INTEGER_DIVIDE_BY_ZERO.code(),
                TrapCode.INTEGER_OVERFLOW.code()));
  }

  private Compiler functions(Observer observer) {
    return new Compiler(Target.host(), new SsaAllocator(), settings, observer);
  }

  /**
   * That of modules.
   *
   * @throws UnsupportedOperationException when it is switched off
   */
  ModuleCompiler modules() {
    if (!config.enableCompiler()) {
      throw isOff("load an artifact with Module.deserialize");
    }
    return modules;
  }

  /** One of modules that somebody looks on to. */
  ModuleCompiler observed(Observer observer) {
    return new ModuleCompiler(functions(observer), tunables, config.parallelCompilation(), false);
  }

  /** That of the code between the guest and others. */
  TrampolineCompiler trampolines() {
    return new TrampolineCode(modules, config.enableCompiler());
  }

  static UnsupportedOperationException isOff(String what) {
    return new UnsupportedOperationException(
        "the compiler of this engine is switched off (Config.enableCompiler(false)): " + what);
  }

  /** How far it is; it only grows. */
  CompilationProgress progress() {
    long compiled = modules.count().compiledFunctions();
    return new CompilationProgress(compiled, modules.count().foundFunctions());
  }

  /** What artifacts are made by, and what others have to fit. */
  Origin origin() {
    Origin known = origin;
    if (known == null) {
      known = newOrigin();
      origin = known; // two threads may both make one: they are equal
    }
    return known;
  }

  private Origin newOrigin() {
    List<String> cpuFeatures = new ArrayList<>();
    for (CpuFeature feature : settings.cpuFeatures()) {
      cpuFeatures.add(HostFeatures.flag(feature));
    }
    return new Origin(
        Engine.VERSION,
        GeneratorDigest.layouts(),
        GeneratorDigest.generator(),
        config.features(),
        tunables,
        cpuFeatures,
        config.moduleVersion().version());
  }

  /**
   * Finds out what the code may use of the processor, if that is not known yet.
   *
   * @throws UnsupportedOperationException when the processor lacks what settings say that it has
   */
  void findFeatures() {
    settings.cpuFeatures();
  }

  /**
   * Checks that this machine can run the code.
   *
   * @throws UnsupportedOperationException when it cannot, with what it lacks
   */
  void requireHost() {
    features.requireHost();
  }
}
