package com.example.scheduler;

import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Runs honest scripts beside all kinds of others, and tells what became of each. */
public final class Main {
  private static final List<String> SCRIPTS =
      List.of("primes", "endless", "greedy", "huge", "deep", "curious");

  private Main() {}

  public static void main(String[] args) throws Exception {
    try (Scheduler scheduler = new Scheduler(4, 50_000_000, Duration.ofSeconds(2))) {
      for (String script : SCRIPTS) {
        try (InputStream in = Main.class.getResourceAsStream("/scripts/" + script + ".wat")) {
          scheduler.add(script, in.readAllBytes());
        }
      }
      Map<String, CompletableFuture<Outcome>> outcomes = new LinkedHashMap<>();
      for (String script : SCRIPTS) {
        Tenant tenant = new Tenant(script + "'s owner", 1_000_000_000);
        outcomes.put(script, scheduler.submit(tenant, script, 100_000));
      }
      outcomes.forEach((script, outcome) -> System.out.println(script + ": " + outcome.join()));
    }
  }
}
