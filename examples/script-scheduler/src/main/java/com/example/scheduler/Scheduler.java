package com.example.scheduler;

import com.example.scheduler.Outcome.End;
import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.EpochTicker;
import dev.tazza.Instance;
import dev.tazza.InstanceAllocationStrategy;
import dev.tazza.InstanceLimits;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.PoolingConfig;
import dev.tazza.Store;
import dev.tazza.Trap;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.type.FuncType;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Runs scripts of people whom nobody trusts, many at a time, each within bounds:
 *
 * <ul>
 *   <li>fuel, which the tenant has paid for, and of which one run gets a share at most: the same
 *       script uses the same everywhere;
 *   <li>time, in epochs of 10 ms: whoever got enough fuel still ends when the machine is slow;
 *   <li>memory, stack and the number of scripts at a time, by a pool: what does not fit is refused
 *       before it runs, and nobody sees what the last one left in its slot.
 * </ul>
 *
 * <p>A script is a module that exports {@code run: i32 → i32} and may import {@code
 * scheduler.print: i32 → ()}. Thread-safe.
 */
public final class Scheduler implements AutoCloseable {
  private static final Duration EPOCH = Duration.ofMillis(10);
  private static final int MEMORY_PAGES = 32; // of 64 KiB
  private static final int STACK = 256 << 10;

  private final Engine engine;
  private final EpochTicker ticker;
  private final Linker<Tenant> linker;
  private final ExecutorService threads;
  private final long fuelPerRun;
  private final int epochsPerRun;
  private final Map<String, Module> modules = new ConcurrentHashMap<>();

  /**
   * @param scripts how many run at a time; others wait
   * @param fuelPerRun what a run may use up at most
   * @param timePerRun how long it may take at most; a multiple of 10 ms
   */
  public Scheduler(int scripts, long fuelPerRun, Duration timePerRun) {
    this.fuelPerRun = fuelPerRun;
    epochsPerRun = Math.toIntExact(Math.max(1, timePerRun.dividedBy(EPOCH)));
    threads = Executors.newFixedThreadPool(scripts);
    engine = new Engine(config(scripts));
    ticker = engine.startEpochTicker(EPOCH);
    linker = new Linker<>(engine);
    linker.func(
        "scheduler",
        "print",
        FuncType.parse("i32 -> ()"),
        (caller, values) -> System.out.println(caller.data().name() + " prints " + values.i32(0)));
  }

  private static Config config(int scripts) {
    InstanceLimits limits =
        new InstanceLimits().count(scripts).memories(1).memoryPages(MEMORY_PAGES).tables(1);
    PoolingConfig pool = new PoolingConfig().instanceLimits(limits);
    return new Config()
        .consumeFuel(true)
        .epochInterruption(true)
        .maxWasmStack(STACK)
        .allocationStrategy(InstanceAllocationStrategy.pooling(pool));
  }

  /**
   * Takes a script, under a name by which tenants run it.
   *
   * @throws WasmException when it is no script
   */
  public void add(String script, byte[] module) {
    Module old = modules.put(script, Module.compile(engine, module));
    if (old != null) {
      old.close(); // whoever runs it keeps what is needed
    }
  }

  /** Runs a script when it is its turn: tenants take turns, whoever has how many scripts. */
  public CompletableFuture<Outcome> submit(Tenant tenant, String script, int argument) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    boolean isFirst =
        tenant.await(() -> {
          try {
            outcome.complete(run(tenant, script, argument));
          } catch (RuntimeException | Error e) {
            outcome.completeExceptionally(e);
          }
        });
    if (isFirst) {
      threads.execute(() -> turn(tenant));
    }
    return outcome;
  }

  /** One script of the tenant; the next one comes after all who are waiting now. */
  private void turn(Tenant tenant) {
    if (tenant.runNext()) {
      threads.execute(() -> turn(tenant));
    }
  }

  private Outcome run(Tenant tenant, String script, int argument) {
    Module module = modules.get(script);
    if (module == null) {
      return new Outcome(End.REFUSED, 0, 0, "there is no script " + script);
    }
    try (Store<Tenant> store = new Store<>(engine, tenant)) {
      long fuel = tenant.take(fuelPerRun);
      store.setFuel(fuel);
      store.setEpochDeadline(epochsPerRun);
      Outcome outcome = run(store, module, argument, fuel);
      tenant.giveBack(store.getFuel());
      return outcome;
    }
  }

  private Outcome run(Store<Tenant> store, Module module, int argument, long fuel) {
    try {
      Instance instance = linker.instantiate(store, module);
      int result = (int) instance.func("run").call(argument)[0];
      return new Outcome(End.DONE, result, fuel - store.getFuel(), "");
    } catch (Trap trap) {
      End end =
          switch (trap.code()) {
            case OUT_OF_FUEL -> End.OUT_OF_FUEL;
            case INTERRUPT -> End.OUT_OF_TIME;
            default -> End.FAILED;
          };
      return new Outcome(end, 0, fuel - store.getFuel(), trap.getMessage());
    } catch (WasmException | IllegalArgumentException refused) {
      // It imports what there is not, has no run, or does not fit into the pool.
      return new Outcome(End.REFUSED, 0, fuel - store.getFuel(), refused.getMessage());
    }
  }

  /** To be called when what was submitted is over. */
  @Override
  public void close() {
    threads.close();
    ticker.close();
    modules.values().forEach(Module::close);
    engine.close();
  }
}
