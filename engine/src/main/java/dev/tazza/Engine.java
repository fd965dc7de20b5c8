package dev.tazza;

import dev.tazza.environ.Tunables;
import dev.tazza.environ.artifact.Artifact;
import dev.tazza.environ.artifact.Origin;
import dev.tazza.vm.call.GuestStackPool;
import dev.tazza.vm.call.StopSignals;
import dev.tazza.vm.instance.Reclaimer;
import dev.tazza.vm.instance.ResourceUse;
import dev.tazza.vm.instance.StoreServices;
import dev.tazza.vm.instance.TypeRegistry;
import dev.tazza.vm.instance.VmSharedMemory;
import dev.tazza.vm.instance.VmStore;
import dev.tazza.vm.interrupt.EpochClock;
import dev.tazza.vm.interrupt.StopRequest;
import dev.tazza.vm.interrupt.Stopper;
import dev.tazza.vm.profile.CodeProfiler;
import dev.tazza.vm.profile.JitDump;
import dev.tazza.vm.profile.PerfMap;
import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.type.MemoryType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Configuration, compiler and what stores share. Expensive to make; one per application is usual.
 * Thread-safe.
 *
 * <p>When it is closed, its modules and stores go on working until they are closed; new ones cannot
 * be made.
 */
public final class Engine implements AutoCloseable {
  /** The version of Tazza. */
  public static final String VERSION = "0.1.0";

  private final Config config;
  private final TypeRegistry types;
  private final StoreAllocation allocation;
  private final PossibleTunables possible;
  private final EngineCompiler compiler;
  private final GuestErrors errors;
  private final CodeProfiler profiler;
  private final EpochClock epochs = new EpochClock();
  private final TimerThread timer = new TimerThread();
  private final InterruptionWatch watch = new InterruptionWatch();
  private final Stopper stopper = new Stopper();
  private final ResourceUse use = new ResourceUse();
  private final Reclaimer reclaimer;
  private final Reclaimer.Handle reclaimed;
  private volatile boolean hostIsReady;
  private volatile boolean closed;

  /** An engine with the default configuration. */
  public Engine() {
    this(new Config());
  }

  /**
   * An engine with a copy of {@code config}.
   *
   * @throws IllegalArgumentException when options contradict each other
   * @throws UnsupportedOperationException when this machine cannot run what the compiler makes
   */
  public Engine(Config config) {
    this(config, true);
  }

  /**
   * The same, but what the first engine of a process waits for, mostly the linking of native calls,
   * is done on another thread meanwhile: its first module can be decoded and compiled. Worth it in
   * a program that lives for a fraction of a second.
   *
   * @throws UnsupportedOperationException when this system cannot run what the compiler makes; when
   *     it is the processor that cannot, the first module or store says so
   */
  public static Engine inBackground(Config config) {
    Preparation.begin(config.signalsBasedTraps());
    return new Engine(config, false);
  }

  /**
   * Begins on another thread what the first engine of a process waits for, mostly the linking of
   * native calls, and returns at once; what stands in its way the engine tells. For the first line
   * of a program that has something else to do until then, 10 to 20 ms. Called again, it does
   * nothing.
   */
  public static void prepare() {
    Preparation.begin(false);
  }

  private Engine(Config config, boolean ready) {
    this.config = withEnvironment(config.copy());
    this.possible = PossibleTunables.of(this.config);
    Tunables tunables = possible.tunables();
    this.errors = new GuestErrors(tunables);
    this.compiler = new EngineCompiler(this.config, tunables);
    this.profiler = profiler(this.config.profiler());
    this.types = new TypeRegistry(compiler.trampolines());
    this.allocation = new StoreAllocation(this.config, tunables);
    this.reclaimer = new Reclaimer(config.reportUnclosed());
    this.reclaimed = reclaimer.register(this, "an engine", new Closing(allocation, profiler));
    if (ready) {
      requireHost();
    }
  }

  private static Config withEnvironment(Config config) {
    if (config.wasmBacktraceDetails() != BacktraceDetails.ENVIRONMENT) {
      return config;
    }
    boolean wanted = "1".equals(System.getenv(BacktraceDetails.VARIABLE));
    return config.wasmBacktraceDetails(wanted ? BacktraceDetails.ENABLE : BacktraceDetails.DISABLE);
  }

  private static CodeProfiler profiler(ProfilingStrategy strategy) {
    return switch (strategy) {
      case NONE -> CodeProfiler.NONE;
      case PERFMAP -> new PerfMap(Path.of("/tmp")); // the only place where perf looks
      case JITDUMP -> new JitDump(Path.of(System.getenv().getOrDefault("JITDUMPDIR", "")));
      case VTUNE ->
          throw new UnsupportedOperationException("VTune's agent is not supported; try JITDUMP");
    };
  }

  /** Told of all code. */
  CodeProfiler profiler() {
    return profiler;
  }

  /**
   * Whether modules should have their debug information (DWARF): backtraces with details, a
   * debugger, a profiler or core dumps want it.
   */
  public boolean wantsDebugInfo() {
    return tunables().keepsDebugInfo();
  }

  /** What makes exceptions of what happens in guest code. */
  GuestErrors errors() {
    return errors;
  }

  /** Why an artifact was refused, if that is because of this process. */
  ArtifactException explain(ArtifactException refused) {
    return possible.explain(refused);
  }

  /**
   * The artifact of a module, as {@link Module#serialize} makes it, without loading the module
   * here.
   *
   * @param module the binary format, or the text format in UTF-8
   * @throws WasmException when it is malformed, invalid or beyond a limit
   * @throws UnsupportedOperationException when it uses a feature that cannot be compiled yet
   */
  public byte[] precompileModule(byte[] module) {
    return Module.precompile(this, module);
  }

  /**
   * Whether these are, by their first bytes, an artifact: what {@link #precompileModule} and {@link
   * Module#serialize} make. Whether it fits an engine is seen when it is loaded.
   */
  public static boolean detectPrecompiled(byte[] bytes) {
    return Artifact.isArtifact(bytes);
  }

  /** The same for a file, of which only the beginning is read. */
  public static boolean detectPrecompiled(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Artifact.isArtifact(in.readNBytes(4));
    }
  }

  /** Its options: those of the configuration, or what is possible instead. */
  Tunables tunables() {
    return possible.tunables();
  }

  /** The stacks of its stores. */
  GuestStackPool stacks() {
    return allocation.stacks();
  }

  /** Returns when guest code can be loaded and run in this process. */
  void requireHost() {
    if (!hostIsReady) {
      Preparation.require(config.signalsBasedTraps());
      compiler.findFeatures();
      hostIsReady = true;
    }
  }

  /** What artifacts of this engine are made by, and what others have to fit. */
  Origin origin() {
    return compiler.origin();
  }

  /**
   * A number that stands for all that artifacts of this engine have to agree in with the engine
   * that loads them: who has two of them need not try. Two engines may load each other's artifacts
   * with other numbers, too: what is made for less of a processor runs on more of it.
   */
  public long precompileCompatibilityHash() {
    checkOpen();
    return Artifact.fingerprint(origin());
  }

  /** Whether modules may use a feature. */
  public boolean isEnabled(Feature feature) {
    return config.features().has(feature);
  }

  Config config() {
    return config;
  }

  /**
   * What makes its code.
   *
   * @throws IllegalStateException when the engine is closed
   */
  EngineCompiler compiler() {
    checkOpen();
    return compiler;
  }

  Reclaimer reclaimer() {
    return reclaimer;
  }

  TypeRegistry types() {
    return types;
  }

  VmStore newStore() {
    checkOpen();
    requireHost();
    compiler.requireHost();
    return new VmStore(services(), tunables(), errors);
  }

  private StoreServices services() {
    return new StoreServices(
        types,
        allocation.stacks(),
        allocation.instances(),
        allocation.regions(),
        allocation.hostMemories(),
        stopper,
        reclaimer,
        use);
  }

  /** With one user, the caller. */
  VmSharedMemory newSharedMemory(MemoryType type) {
    checkOpen();
    requireThreads();
    requireHost();
    return new VmSharedMemory(services(), tunables(), type);
  }

  void requireThreads() {
    if (!isEnabled(Feature.THREADS)) {
      throw new IllegalStateException(
          "shared memories are off; turn them on with Config.wasmThreads(true)");
    }
  }

  // Interruption.

  /**
   * Begins the next epoch: guests of stores whose deadline it is are stopped. Takes some
   * microseconds for each of those stores. Call it from any thread; {@link #startEpochTicker} does
   * so regularly.
   */
  public void incrementEpoch() {
    epochs.advance();
  }

  /**
   * Begins an epoch each {@code period} from now on, until the result or the engine is closed.
   *
   * @throws IllegalArgumentException when {@code period} is not positive
   */
  public EpochTicker startEpochTicker(Duration period) {
    checkOpen();
    return new EpochTicker(this, epochs, period);
  }

  <T extends @Nullable Object> Interruption<T> newInterruption(Store<T> store, VmStore vm) {
    if (config.threadInterruption()) {
      requireStops();
      watch.add(vm);
    }
    if (config.epochInterruption() || config.asyncSupport()) {
      requireStops();
    }
    return new Interruption<>(store, vm, config, epochs);
  }

  Timeout timeout(StopRequest request, Interruption<?> interruption, Duration timeout) {
    requireStops();
    return new Timeout(timer.executor(), request, interruption, timeout);
  }

  /** Has something short done on the thread of the timeouts. */
  Future<?> after(long nanos, Runnable action) {
    return timer.executor().schedule(action, nanos, TimeUnit.NANOSECONDS);
  }

  /** Does something regularly, on a thread that others wait for: it should be quick. */
  Future<?> repeat(Duration period, Runnable action) {
    long nanos = Nanos.of(period);
    return timer.executor().scheduleAtFixedRate(action, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * Says so when guests cannot be stopped.
   *
   * @throws UnsupportedOperationException in that case
   */
  void requireStops() {
    if (!tunables().polls() && !StopSignals.install()) {
      throw new UnsupportedOperationException(
          "guests cannot be stopped by signals here: where this C library keeps the ids of threads"
              + " is not known; use Config.signalsBasedInterruption(false)");
    }
  }

  /** How much its stores and modules take. May be called by any thread at any time. */
  public EngineStatistics statistics() {
    return new EngineStatistics(
        use.stores(),
        use.instances(),
        use.memoryBytes(),
        use.modules(),
        use.codeBytes(),
        allocation.metrics());
  }

  /**
   * How far it is with compiling; it only grows. May be called by any thread at any time, such as
   * one that shows it while another compiles.
   */
  public CompilationProgress compilationProgress() {
    return compiler.progress();
  }

  ResourceUse use() {
    return use;
  }

  /**
   * How much of the pools is in use from which instances and stacks are taken.
   *
   * @throws IllegalStateException when there are none: see {@link Config#allocationStrategy}
   */
  public PoolMetrics poolMetrics() {
    PoolMetrics metrics = allocation.metrics();
    if (metrics == null) {
      throw new IllegalStateException(
          "the engine has no pools; see Config.allocationStrategy(InstanceAllocationStrategy)");
    }
    return metrics;
  }

  boolean isClosed() {
    return closed;
  }

  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
  }

  /**
   * Frees what is kept for the next store. What its stores and modules use, they keep until they
   * are closed. May be called by any thread at any time, and again.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      new Closing(allocation, profiler).run();
      reclaimed.close();
    }
  }

  /** What is freed when an engine is closed, or unreachable. */
  private record Closing(StoreAllocation allocation, CodeProfiler profiler) implements Runnable {
    @Override
    public void run() {
      try {
        allocation.close();
      } finally {
        profiler.close();
      }
    }
  }

  @Override
  public String toString() {
    return "%s of Tazza %s with %d stores and %d modules"
        .formatted(closed ? "closed engine" : "engine", VERSION, use.stores(), use.modules());
  }
}
