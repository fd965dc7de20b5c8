package dev.tazza;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.environ.Tunable;
import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.ResourceLimitException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that may use little address space. */
class AddressSpaceTest {
  private static final String MODULE =
      """
      (module
        (memory 2)
        (func (export "f") (param i32) (result i32)
          (drop (memory.grow (i32.const 3)))
          (i32.store (local.get 0) (i32.const 7))
          (i32.load (local.get 0))))
      """;

  private static final String MODULE64 =
      MODULE
          .replace("(memory 2)", "(memory i64 2)")
          .replace("(memory.grow (i32.const 3))", "(memory.grow (i64.const 3))")
          .replace("(param i32)", "(param i64)");

  /** Enough for static memories, but not for the guards of several of 64 bits. */
  private static final int KILOBYTES_WITHOUT_GUARDS = 100_000_000;

  /** Enough for a JVM with a small heap and one static memory, but not for several. */
  private static final int KILOBYTES = 16_000_000;

  @Test
  void memoriesAreDynamicWhereThereIsNoRoom() throws Exception {
    assertEquals("7 out of bounds memory access", run(8_000_000, "run"));
    assertEquals("7 out of bounds memory access", run(KILOBYTES, "run"));
  }

  @Test
  void largeGuardsAreLeftOutWhereThereIsNoRoom() throws Exception {
    assertEquals(
        "static 0 7 out of bounds memory access", run(KILOBYTES_WITHOUT_GUARDS, "memory64"));
    assertEquals("dynamic 0 7 out of bounds memory access", run(8_000_000, "memory64"));
  }

  @Test
  void manyMemoriesShareLittleRoom() throws Exception {
    assertEquals("20 memories", run(8_000_000, "many"));
  }

  @Test
  void fallingBackCanBeForbidden() throws Exception {
    String output = run(8_000_000, "static");
    assertTrue(output.startsWith("no room for a memory of 131072 bytes"), output);
  }

  @Test
  void poolsNeedRoom() throws Exception {
    String output = run(8_000_000, "pool", "10", String.valueOf(4L << 30));
    assertTrue(output.startsWith("no room for a pool of 10 memories"), output);
    assertTrue(output.contains("it takes a smaller InstanceLimits.count"), output);
    String small = run(8_000_000, "pool", "10", String.valueOf(10 << 20));
    assertEquals("7 out of bounds memory access", small);
  }

  @Test
  void artifactsForStaticMemoriesAreRefusedWithTheReason(@TempDir Path folder) throws Exception {
    Path artifact = folder.resolve("artifact");
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, MODULE)) {
      Files.write(artifact, module.serialize());
    }
    String output = run(8_000_000, "artifact", artifact.toString());
    assertTrue(
        output.contains("staticMemoryMaximumSize 4 GiB")
            && output.contains("ulimit -v")
            && output.contains("Config.dynamicMemoryFallback"),
        output);
  }

  private static String run(int kilobytes, String... args) throws Exception {
    List<String> command = new ArrayList<>();
    String limited = "ulimit -v " + kilobytes + " && exec \"$@\"";
    command.addAll(List.of("sh", "-c", limited, "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:ReservedCodeCacheSize=64m"));
    command.addAll(List.of("-XX:CompressedClassSpaceSize=64m"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName()));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  /** What runs with the limit. */
  static final class Program {
    public static void main(String[] args) throws Exception {
      Config config = new Config().dynamicMemoryFallback(!args[0].equals("static"));
      if (args[0].equals("pool")) {
        pool(config, Integer.parseInt(args[1]), Long.parseLong(args[2]));
      }
      try (Engine engine = new Engine(config);
          Store<Void> store = new Store<>(engine)) {
        boolean is64 = args[0].equals("memory64");
        if (is64) {
          boolean isStatic = engine.tunables().get(Tunable.STATIC_MEMORY_MAXIMUM_SIZE) != 0;
          System.out.print(isStatic ? "static " : "dynamic ");
          System.out.print(engine.tunables().get(Tunable.MEMORY64_GUARD_SIZE) + " ");
        }
        Module module =
            args[0].equals("artifact")
                ? Module.deserialize(engine, Path.of(args[1]))
                : Module.compile(engine, is64 ? MODULE64 : MODULE);
        Linker<Void> linker = new Linker<>(engine);
        if (args[0].equals("many")) {
          many(engine, linker, module);
          return;
        }
        Func function = linker.instantiate(store, module).func("f");
        System.out.print(call(function, is64, 5 * 65536 - 4));
        System.out.print(" ");
        call(function, is64, 8 * 65536 - 3);
      } catch (Trap | ResourceLimitException | ArtifactException expected) {
        System.out.println(expected.getMessage().split("\n", 2)[0]);
      }
    }

    private static Object call(Func function, boolean is64, int address) {
      return is64 ? function.call((long) address)[0] : function.call(address)[0];
    }

    private static void pool(Config config, int count, long room) {
      InstanceLimits limits = new InstanceLimits().count(count);
      config
          .staticMemoryMaximumSize(room)
          .dynamicMemoryGuardSize(1 << 16)
          .staticMemoryGuardSize(1 << 16)
          .allocationStrategy(
              InstanceAllocationStrategy.pooling(new PoolingConfig().instanceLimits(limits)));
    }

    /** All at once, and then again and again. */
    private static void many(Engine engine, Linker<Void> linker, Module module) {
      List<Store<Void>> stores = new ArrayList<>();
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 20; i++) {
          Store<Void> store = new Store<>(engine);
          stores.add(store);
          linker.instantiate(store, module).func("f").call(0);
        }
        if (round == 2) {
          System.out.println(stores.size() + " memories");
        }
        stores.forEach(Store::close);
        stores.clear();
      }
    }
  }
}
