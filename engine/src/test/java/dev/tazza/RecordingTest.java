package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
    try (RecordingStream stream = new RecordingStream()) {
      stream.setReuse(false);
      for (String name : EVENTS) {
        stream.enable("dev.tazza." + name);
        stream.onEvent("dev.tazza." + name, event -> first.putIfAbsent(name, event));
      }
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
    assertEquals("app::sleep() [recorded]", first.get("GuestCall").getString("function"));
    RecordedEvent trap = first.get("Trap");
    assertEquals("UNREACHABLE", trap.getString("code"));
    assertEquals("crash [recorded]", trap.getString("function"));
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
