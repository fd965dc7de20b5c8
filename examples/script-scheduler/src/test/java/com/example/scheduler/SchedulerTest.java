package com.example.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.example.scheduler.Outcome.End;
import dev.tazza.wasm.WasmException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private static final long PLENTY = 1L << 40;

  private final Scheduler scheduler = new Scheduler(3, 10_000_000, Duration.ofMinutes(10));

  @AfterEach
  void close() {
    scheduler.close();
  }

  private static void add(Scheduler to, String script) {
    try (InputStream in = SchedulerTest.class.getResourceAsStream("/scripts/" + script + ".wat")) {
      to.add(script, in.readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Outcome run(String script, int argument) {
    add(scheduler, script);
    return scheduler.submit(new Tenant("tenant", PLENTY), script, argument).join();
  }

  @Test
  void anHonestScriptIsDoneForTheSameFuelEachTime() {
    Outcome first = run("primes", 10_000);
    assertEquals(1229, first.result());
    assertTrue(first.fuel() > 100_000, first::toString);
    assertEquals(first, run("primes", 10_000));
  }

  @Test
  void anEndlessScriptUsesUpTheFuelOfOneRun() {
    Outcome outcome = run("endless", 0);
    assertEquals(End.OUT_OF_FUEL, outcome.end());
    assertEquals(10_000_000, outcome.fuel(), 100);
  }

  @Test
  void orItsTime() {
    try (Scheduler quick = new Scheduler(1, PLENTY, Duration.ofMillis(50))) {
      add(quick, "endless");
      Outcome outcome = quick.submit(new Tenant("tenant", PLENTY), "endless", 0).join();
      assertEquals(End.OUT_OF_TIME, outcome.end());
    }
  }

  @Test
  void memoryAndStackHaveBounds() {
    assertEquals(32, run("greedy", 0).result());
    assertEquals(End.FAILED, run("deep", 0).end());
    assertEquals(End.REFUSED, run("huge", 0).end());
  }

  @Test
  void aTenantPaysUntilThereIsNothingLeft() {
    add(scheduler, "primes");
    Tenant tenant = new Tenant("poor", 3_000_000);
    Outcome first = scheduler.submit(tenant, "primes", 5_000).join();
    assertEquals(End.DONE, first.end());
    assertEquals(3_000_000 - first.fuel(), tenant.fuel());
    Outcome second = scheduler.submit(tenant, "primes", 100_000).join();
    assertEquals(End.OUT_OF_FUEL, second.end());
    assertEquals(0, tenant.fuel());
  }

  @Test
  void nobodySeesWhatOthersLeft() {
    add(scheduler, "curious");
    List<CompletableFuture<Outcome>> runs = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      runs.add(scheduler.submit(new Tenant("tenant " + i, PLENTY), "curious", 0));
    }
    runs.forEach(run -> assertEquals(0, run.join().result()));
  }

  /** Who has submitted a thousand endless scripts does not keep others waiting for all of them. */
  @Test
  void tenantsTakeTurns() {
    add(scheduler, "endless");
    add(scheduler, "primes");
    Tenant bad = new Tenant("bad", PLENTY);
    List<CompletableFuture<Outcome>> endless =
        IntStream.range(0, 50).mapToObj(_ -> scheduler.submit(bad, "endless", 0)).toList();
    assertEquals(
        End.DONE, scheduler.submit(new Tenant("good", PLENTY), "primes", 100).join().end());
    assertTrue(endless.stream().anyMatch(run -> !run.isDone()));
    endless.forEach(CompletableFuture::join);
  }

  @Test
  void whatIsNoScriptIsRefused() {
    assertThrows(WasmException.class, () -> scheduler.add("text", new byte[] {1, 2, 3}));
    assertEquals(End.REFUSED, scheduler.submit(new Tenant("t", 1), "none", 0).join().end());
    scheduler.add("other", "(module (func (export \"run\")))".getBytes(StandardCharsets.UTF_8));
    assertEquals(End.REFUSED, scheduler.submit(new Tenant("t", 1), "other", 0).join().end());
    byte[] imports = "(module (import \"a\" \"b\" (func)))".getBytes(StandardCharsets.UTF_8);
    scheduler.add("imports", imports);
    assertEquals(End.REFUSED, scheduler.submit(new Tenant("t", 1), "imports", 0).join().end());
  }
}
