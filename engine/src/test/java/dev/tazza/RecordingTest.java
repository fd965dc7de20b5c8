package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.PoolExhaustedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;

/** Events for the JDK Flight Recorder, as a stream of them has them. */
class RecordingTest {
  private static final String MODULE =
      """
      (module $recorded
        (import "host" "sleep" (func $sleep))
        (memory 1 2)
        (func $grow (export "grow") (result i32) (memory.grow (i32.const 1)))
        (func $_ZN3app5sleepEv (export "sleep") (call $sleep))
        (func $crash (export "crash") unreachable))
      """;

  private static final List<String> EVENTS =
      List.of("Compile", "Instantiate", "MemoryGrowth", "HostCall", "GuestCall", "Trap");

  /** What a guest does that has all the events happen. */
  private static void work() {
    try (Engine engine = new Engine(new Config().optLevel(OptLevel.NONE));
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = new Linker<>(engine);
      linker.func(
          "host",
          "sleep",
          Runnable.class,
          () -> LockSupport.parkNanos(Duration.ofMillis(40).toNanos()));
      Instance instance = linker.instantiate(store, Module.compile(engine, MODULE));
      assertEquals(1, instance.func("grow").call()[0]);
      assertEquals(-1, instance.func("grow").call()[0]);
      for (int i = 0; i < 3; i++) { // one is enough; sleep may end early
        instance.func("sleep").call();
      }
      assertThrows(Trap.class, instance.func("crash")::call);
    }
  }

  @Test
  void eventsAreRecorded() throws InterruptedException {
    Map<String, RecordedEvent> first = new ConcurrentHashMap<>();
    Map<Boolean, RecordedEvent> growths = new ConcurrentHashMap<>();
    Set<String> calls = ConcurrentHashMap.newKeySet(); // others may be slow, too
    try (RecordingStream stream = new RecordingStream()) {
      stream.setReuse(false);
      for (String name : EVENTS) {
        stream.enable("dev.tazza." + name);
        stream.onEvent("dev.tazza." + name, event -> first.putIfAbsent(name, event));
      }
      stream.onEvent("dev.tazza.GuestCall", event -> calls.add(event.getString("function")));
      stream.onEvent(
          "dev.tazza.MemoryGrowth", event -> growths.put(event.getBoolean("hasGrown"), event));
      stream.startAsync();
      work();
      stream.stop();
    }
    assertEquals(EVENTS.stream().sorted().toList(), first.keySet().stream().sorted().toList());
    RecordedEvent compile = first.get("Compile");
    assertEquals("recorded", compile.getString("module"));
    assertEquals(3, compile.getInt("functions"));
    assertTrue(compile.getLong("codeSize") > 0 && !compile.getDuration().isZero());
    assertEquals("recorded", first.get("Instantiate").getString("module"));
    assertEquals(2, growths.size());
    assertEquals(1 << 16, growths.get(true).getLong("before"));
    assertEquals(2 << 16, growths.get(true).getLong("wanted"));
    RecordedEvent host = first.get("HostCall");
    assertEquals("app::sleep() [recorded]", host.getString("caller"));
    assertTrue(host.getDuration().compareTo(Duration.ofMillis(20)) >= 0);
    assertTrue(calls.contains("app::sleep() [recorded]"), calls.toString());
    RecordedEvent trap = first.get("Trap");
    assertEquals("UNREACHABLE", trap.getString("code"));
    assertEquals("crash [recorded]", trap.getString("function"));
  }

  @Test
  void poolsAreRecorded() throws InterruptedException {
    Map<String, RecordedEvent> refused = new ConcurrentHashMap<>();
    CountDownLatch sampled = new CountDownLatch(1);
    try (RecordingStream stream = new RecordingStream()) {
      stream.setReuse(false);
      stream.enable("dev.tazza.PoolExhausted");
      stream.enable("dev.tazza.PoolStatistics").withPeriod(Duration.ofMillis(20));
      stream.onEvent("dev.tazza.PoolExhausted", e -> refused.put(e.getString("kind"), e));
      stream.onEvent(
          "dev.tazza.PoolStatistics",
          event -> {
            if (event.getInt("limit") == 2
                && event.getInt("instances") == 2
                && event.getInt("stacks") == 2
                && event.getLong("memoriesTaken") == 2) {
              sampled.countDown();
            }
          });
      stream.startAsync();
      PoolingConfig pools = new PoolingConfig().instanceLimits(new InstanceLimits().count(2));
      Config config =
          new Config().allocationStrategy(new InstanceAllocationStrategy.Pooling(pools));
      try (Engine engine = new Engine(config);
          Module module = Module.compile(engine, "(module (memory 1))");
          Store<Void> first = new Store<>(engine);
          Store<Void> second = new Store<>(engine)) {
        Instance.instantiate(first, module, List.of());
        Instance.instantiate(first, module, List.of());
        assertThrows(
            PoolExhaustedException.class, () -> Instance.instantiate(second, module, List.of()));
        assertThrows(PoolExhaustedException.class, () -> new Store<Void>(engine));
        assertTrue(sampled.await(60, TimeUnit.SECONDS));
      }
      stream.stop();
    }
    assertEquals(Set.of("instance", "stack"), refused.keySet());
    assertEquals(2, refused.get("stack").getInt("limit"));
  }

  /** What runs where there is no recorder. */
  static final class WithoutRecorder {
    private WithoutRecorder() {}

    public static void main(String[] args) {
      assertTrue(ModuleLayer.boot().findModule("jdk.jfr").isEmpty());
      work();
      System.out.println("done");
    }
  }

  @Test
  void worksWithoutTheRecorder() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--limit-modules=java.base,java.logging",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                WithoutRecorder.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals("done", output.strip());
  }
}
