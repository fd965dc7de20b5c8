package dev.tazza.cli;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.OptLevel;
import dev.tazza.cli.build.BuildTarget;
import dev.tazza.wasm.Features;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that several commands share: how to compile. */
final class EngineOptions {
  @Option(
      names = {"-O", "--opt-level"},
      paramLabel = "LEVEL",
      converter = LevelConverter.class,
      description = "How much to optimize: none, speed or speed-and-size (default: speed).")
  private OptLevel optLevel = OptLevel.SPEED;

  @Mixin private FeatureOptions features = new FeatureOptions();

  @Option(
      names = "--debug-verifier",
      description = "Let the compiler check its own work after each step.")
  private boolean debugVerifier;

  @Option(
      names = "--no-sandbox-verifier",
      negatable = true,
      description =
          "Run code without a proof that it stays in its sandbox, or only with one (default:"
              + " --sandbox-verifier).")
  private boolean sandboxVerifier = true;

  @Option(
      names = {"-C", "--codegen"},
      paramLabel = "NAME=VALUE",
      description = "Set one of the compiler's settings, which `tazza settings` lists. Repeatable.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--option",
      paramLabel = "NAME=VALUE",
      description =
          "Set one of the engine's options, by the names in docs/CONFIGURATION.md, as in"
              + " consumeFuel=on: an artifact is for engines that have the same. Repeatable.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = {"-D", "--debug"},
      paramLabel = "WHAT",
      converter = DebugConverter.class,
      description = "debug-info: show the code to debuggers, such as gdb. Repeatable.")
  private List<String> debug = new ArrayList<>();

  @Option(
      names = "--profile",
      paramLabel = "KIND",
      converter = ProfileKind.Converter.class,
      description = {
        "Tell Linux's perf about the code: perfmap for names, jitdump for code and lines too.",
        "Or, to `run`, guest[,PATH[,INTERVAL]]: write where the program spends its time, for the"
            + " Firefox Profiler or, if PATH ends with .svg, as a flame graph."
      })
  private ProfileKind profile = ProfileKind.NONE;

  @Option(
      names = "--max-wasm-stack",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Stack for the guest, in bytes or with K or M (default: 512K).")
  private @Nullable Long maxWasmStack;

  @Option(
      names = "--no-dynamic-memory-fallback",
      description = {
        "Fail where there is too little address space (ulimit -v) for memories whose accesses need"
            + " no check."
      })
  private boolean noFallback;

  /** Accepts what there is. */
  static final class DebugConverter implements ITypeConverter<String> {
    @Override
    public String convert(String value) {
      if (!value.equals("debug-info")) {
        throw new TypeConversionException("expected debug-info but was '" + value + "'");
      }
      return value;
    }
  }

  /** Reads {@code speed-and-size} as the constant. */
  static final class LevelConverter implements ITypeConverter<OptLevel> {
    @Override
    public OptLevel convert(String value) {
      try {
        return OptLevel.valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_'));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "expected none, speed or speed-and-size but was '" + value + "'");
      }
    }
  }

  /** What is to be profiled, and how. */
  ProfileKind profile() {
    return profile;
  }

  Engine engine() {
    refuseGuestProfile();
    return engine(!noFallback, UnaryOperator.identity());
  }

  /** One with more that is wanted of its configuration. */
  Engine engine(UnaryOperator<Config> more) {
    return engine(!noFallback, more);
  }

  /** The features of WebAssembly but those that were switched off by name. */
  Features notSwitchedOff() {
    return features.notSwitchedOff();
  }

  /** {@link #engineForOthers(BuildTarget)} for processors like this one. */
  Engine engineForOthers() {
    return engineForOthers(null);
  }

  /**
   * For code that another process is to run: what it is like does not depend on this one.
   *
   * @param target null: processors like this one
   */
  Engine engineForOthers(@Nullable BuildTarget target) {
    refuseGuestProfile();
    Config config = new Config();
    if (target != null) {
      try {
        if (target.triple() != null) {
          config.target(target.triple());
        }
        target.features().forEach(feature -> config.flagEnable("has_" + feature));
      } catch (IllegalArgumentException | UnsupportedOperationException e) {
        throw new UsageException("--target " + target.name() + ": " + e.getMessage());
      }
    }
    return engine(config, false, UnaryOperator.identity());
  }

  private void refuseGuestProfile() {
    if (profile.guest() != null) {
      throw new UsageException("--profile guest: it is `tazza run` that profiles programs");
    }
  }

  private Engine engine(boolean fallback, UnaryOperator<Config> more) {
    return engine(new Config(), fallback, more);
  }

  /**
   * @param base what the options here are added to
   * @param more is applied last
   */
  private Engine engine(Config base, boolean fallback, UnaryOperator<Config> more) {
    Config config =
        features
            .apply(base)
            .optLevel(optLevel)
            .debugVerifier(debugVerifier)
            .sandboxVerifier(sandboxVerifier)
            .profiler(profile.strategy())
            .debugInfo(!debug.isEmpty())
            .dynamicMemoryFallback(fallback);
    try {
      options.forEach(config::option);
      settings.forEach(config::flagSet);
      if (maxWasmStack != null) {
        config.maxWasmStack(maxWasmStack);
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    return Engine.inBackground(more.apply(config));
  }
}
