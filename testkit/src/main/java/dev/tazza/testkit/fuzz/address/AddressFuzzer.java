package dev.tazza.testkit.fuzz.address;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Memory;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.Trap;
import dev.tazza.testkit.fuzz.address.AddressShapes.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link AddressModule}s under configurations that check accesses in different ways, at both
 * levels of optimization. Not thread-safe.
 */
public final class AddressFuzzer implements AccessFuzzer, AutoCloseable {
  private static final int MORE_THAN_A_MEMORY = 4 * AddressMachine.PAGE;

  private record Setting(String name, Engine engine) {}

  private final List<Shape> shapes;
  private final List<Setting> settings = new ArrayList<>();
  private long accesses;
  private long calls;

  public AddressFuzzer() {
    this(allShapes());
  }

  private AddressFuzzer(List<Shape> shapes) {
    this.shapes = shapes;
    for (OptLevel level : new OptLevel[] {OptLevel.SPEED, OptLevel.NONE}) {
      add("guards", new Config(), level);
      add("no guards", new Config().staticMemoryGuardSize(0).dynamicMemoryGuardSize(0), level);
      add(
          "small reservations",
          new Config()
              .staticMemoryMaximumSize(MORE_THAN_A_MEMORY)
              .staticMemoryGuardSize(0)
              .dynamicMemoryGuardSize(0),
          level);
      add("moving", new Config().staticMemoryMaximumSize(0), level);
      add(
          "moving, no guards",
          new Config()
              .staticMemoryMaximumSize(0)
              .dynamicMemoryGuardSize(0)
              .dynamicMemoryReservedForGrowth(0),
          level);
    }
  }

  /** The module of a seed, of all shapes. */
  public static String text(long seed) {
    return AddressModule.of(seed, allShapes()).text();
  }

  /** Deep sums have so many forms that they take several times their share. */
  private static List<Shape> allShapes() {
    List<Shape> all = new ArrayList<>(List.of(Shape.values()));
    all.add(Shape.DEEP_SUMS);
    all.add(Shape.DEEP_SUMS);
    all.add(Shape.MIXED);
    return all;
  }

  private void add(String name, Config config, OptLevel level) {
    Engine engine = new Engine(config.optLevel(level).wasmThreads(true).parallelCompilation(false));
    settings.add(new Setting(name + ", " + level, engine));
  }

  /** How many accesses were compared, by each of the configurations. */
  @Override
  public long accesses() {
    return accesses;
  }

  /** How many calls were compared, by each of the configurations. */
  @Override
  public long calls() {
    return calls;
  }

  /** The number of configurations. */
  public int settings() {
    return settings.size();
  }

  /** The first difference that the module of a seed shows, or null if it shows none. */
  @Override
  public @Nullable String check(long seed) {
    AddressModule module = AddressModule.of(seed, shapes);
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

  private static @Nullable String check(Setting setting, AddressModule module) {
    try (Module compiled = Module.compile(setting.engine, module.text());
        Store<Void> store = new Store<>(setting.engine)) {
      Instance instance = new Linker<Void>(setting.engine).instantiate(store, compiled);
      Memory memory = instance.memory("memory");
      MemorySegment.copy(
          MemorySegment.ofArray(module.memory()), 0, memory.segment(), 0, AddressMachine.PAGE);
      for (AddressModule.Call call : module.calls()) {
        String difference = difference(instance, memory, call);
        if (difference != null) {
          return "f" + call.function() + Arrays.toString(call.arguments()) + ": " + difference;
        }
      }
      return null;
    }
  }

  private static @Nullable String difference(
      Instance instance, Memory memory, AddressModule.Call call) {
    int[] arguments = call.arguments();
    String expected = call.outcome();
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
    MemorySegment after = MemorySegment.ofArray(call.memory());
    long at = after.mismatch(memory.segment());
    return at < 0 ? null : "the memory differs at " + at;
  }

  /**
   * From a seed on, so many accesses, of all shapes or certain ones: {@code AddressFuzzer 1
   * 10000000 COUNTED ELEMENTS}.
   */
  public static void main(String[] args) {
    long seed = Long.parseLong(args[0]);
    long count = Long.parseLong(args[1]);
    List<Shape> shapes = new ArrayList<>();
    for (int i = 2; i < args.length; i++) {
      shapes.add(Shape.valueOf(args[i]));
    }
    try (AddressFuzzer fuzzer =
        shapes.isEmpty() ? new AddressFuzzer() : new AddressFuzzer(shapes)) {
      fuzzer.run(seed, count);
    }
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
