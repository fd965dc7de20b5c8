package dev.tazza.testkit.fuzz.address;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.Trap;
import dev.tazza.wasm.Feature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link Memory64Module}s under configurations that check accesses in different ways, at both
 * levels of optimization, some of them with the sandbox verifier. Not thread-safe.
 */
public final class Memory64Fuzzer implements AccessFuzzer, AutoCloseable {
  private record Setting(String name, Engine engine) {}

  private final List<Setting> settings = new ArrayList<>();
  private long accesses;
  private long calls;

  public Memory64Fuzzer() {
    for (OptLevel level : new OptLevel[] {OptLevel.SPEED, OptLevel.NONE}) {
      boolean verifies = level == OptLevel.NONE;
      add("guards", new Config().sandboxVerifier(verifies), level);
      add("unclamped", new Config().heapAccessSpectreMitigation(false), level);
      Config unguarded = new Config().staticMemoryGuardSize(0).dynamicMemoryGuardSize(0);
      add("no guards", unguarded.sandboxVerifier(verifies), level);
      Config large = new Config().staticMemoryMaximumSize(8L << 30).staticMemoryForced(true);
      add("static", large, level);
      Config moving = new Config().staticMemoryMaximumSize(0).dynamicMemoryReservedForGrowth(0);
      add("moving", moving, level);
      add("small guards", new Config().memory64GuardSize(0), level);
    }
  }

  /** The module of a seed. */
  public static String text(long seed) {
    return Memory64Module.of(seed).text();
  }

  private void add(String name, Config config, OptLevel level) {
    config.wasmFeature(Feature.CUSTOM_PAGE_SIZES, true).optLevel(level).wasmBacktrace(false);
    Engine engine = new Engine(config.parallelCompilation(false));
    settings.add(new Setting(name + ", " + level, engine));
  }

  /** How many accesses were compared, by each of the configurations. */
  @Override
  public long accesses() {
    return accesses;
  }

  /** The first difference that the module of a seed shows, or null if it shows none. */
  @Override
  public @Nullable String check(long seed) {
    Memory64Module module = Memory64Module.of(seed);
    accesses += module.accesses();
    calls += module.calls().size();
    for (Setting setting : settings) {
      String difference = check(setting, module);
      if (difference != null) {
        return "seed " + seed + ", " + setting.name + ": " + difference + "\n" + module.text();
      }
    }
    return null;
  }

  private static @Nullable String check(Setting setting, Memory64Module module) {
    try (Module compiled = Module.compile(setting.engine, module.text());
        Store<Void> store = new Store<>(setting.engine)) {
      Instance instance = new Linker<Void>(setting.engine).instantiate(store, compiled);
      for (Memory64Module.Call call : module.calls()) {
        String difference = difference(instance, call);
        if (difference != null) {
          return "f" + call.function() + Arrays.toString(call.arguments()) + ": " + difference;
        }
      }
      return null;
    } catch (RuntimeException failure) {
      return failure.toString();
    }
  }

  private static @Nullable String difference(Instance instance, Memory64Module.Call call) {
    long[] arguments = call.arguments();
    String expected = call.sum() == null ? "out of bounds memory access" : call.sum().toString();
    String actual;
    try {
      @Nullable Object[] results =
          instance.func("f" + call.function()).call(arguments[0], arguments[1], arguments[2]);
      actual = String.valueOf(results[0]);
    } catch (Trap trap) {
      actual = trap.getMessage();
    }
    if (!expected.equals(actual)) {
      return "expected " + expected + ", was " + actual;
    }
    Long at = call.after().difference(instance.memory("memory").segment());
    return at == null ? null : "the memory differs at " + at;
  }

  /** From a seed on, so many accesses: {@code Memory64Fuzzer 1 1000000}. */
  public static void main(String[] args) {
    long seed = Long.parseLong(args[0]);
    long count = Long.parseLong(args[1]);
    try (Memory64Fuzzer fuzzer = new Memory64Fuzzer()) {
      fuzzer.run(seed, count);
    }
  }

  @Override
  public long calls() {
    return calls;
  }

  @Override
  public int configurations() {
    return settings.size();
  }

  @Override
  public void close() {
    settings.forEach(setting -> setting.engine.close());
  }
}
