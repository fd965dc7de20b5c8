package dev.tazza;

import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.operator.OperatorCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.StringJoiner;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The options of an {@link Engine}. Setters return {@code this}. An engine takes a snapshot: later
 * changes do not reach it. Not thread-safe. Sizes are in bytes; a size out of range is an {@link
 * IllegalArgumentException}. By meaning, in the order of the source:
 *
 * <ul>
 *   <li><em>What modules may use:</em> {@link #wasmFeature(Feature, boolean)}, and a setter for
 *       each feature.
 *   <li><em>How they are compiled, and for what:</em> from {@link #flagSet} to {@link
 *       #relaxedSimdDeterministic(boolean)}.
 *   <li><em>What is known of code that runs:</em> from {@link #generateAddressMap(boolean)} to
 *       {@link #reportUnclosed(boolean)}: backtraces, debuggers, profilers.
 *   <li><em>How guests run and what ends them:</em> from {@link #epochInterruption(boolean)} to
 *       {@link #asyncStackZeroing(boolean)}: fuel, signals, asynchronous calls, stacks.
 *   <li><em>Where memories and tables are:</em> from {@link #allocationStrategy} to {@link
 *       #tableLazyInit(boolean)}.
 *   <li><em>Artifacts:</em> {@link #cache(Cache)}, {@link #moduleVersion(ModuleVersionStrategy)}.
 * </ul>
 */
public final class Config extends FeatureSetters {
  private Features features;
  private final TargetSettings target;

  /** All that is no feature. */
  private Tunables tunables;

  private @Nullable Cache cache;
  private InstanceAllocationStrategy allocationStrategy = InstanceAllocationStrategy.ON_DEMAND;
  private @Nullable MemoryCreator hostMemory;
  private ModuleVersionStrategy moduleVersion = ModuleVersionStrategy.RUNTIME_VERSION;

  /** The defaults. */
  public Config() {
    this(Features.DEFAULT, new TargetSettings(), Tunables.DEFAULT);
  }

  private Config(Features features, TargetSettings target, Tunables tunables) {
    this.features = features;
    this.target = target;
    this.tunables = tunables;
  }

  /** What an engine keeps. */
  Config copy() {
    return new Config(features, target.copy(), tunables)
        .cache(cache)
        .moduleVersion(moduleVersion)
        .allocationStrategy(allocationStrategy)
        .withHostMemory(hostMemory);
  }

  /** All options that are no features; they may contradict each other. */
  Tunables tunables() {
    return tunables;
  }

  private Config set(Tunable tunable, long value) {
    tunables = tunables.with(tunable, value);
    return this;
  }

  private Config set(Tunable tunable, boolean value) {
    tunables = tunables.with(tunable, value);
    return this;
  }

  /**
   * Sets one of the options that are a truth, a choice or a number by the name of its setter: what
   * comes from a file or a command line.
   *
   * @param value {@code on} or {@code off}, the name of a constant in either case, a number, or a
   *     size in bytes or with K, M or G behind it
   * @throws IllegalArgumentException when there is no such option, or the value is none of it
   */
  public Config option(String name, String value) {
    Objects.requireNonNull(value, "value");
    Tunable tunable = Tunable.named(Objects.requireNonNull(name, "name"));
    return set(tunable, tunable.parse(value));
  }

  /**
   * Accepts or rejects modules that use {@code feature}, together with what it requires or what
   * requires it. Rejection is a {@link dev.tazza.wasm.ValidationException} that names the feature.
   * Default: {@link Feature#onByDefault()}.
   *
   * <p>Of features that are off by default some can be validated but not compiled yet: a module
   * that uses one is then refused by {@link Module#compile(Engine, byte[])} with an {@link
   * UnsupportedOperationException} that names it.
   */
  @Override
  public Config wasmFeature(Feature feature, boolean enable) {
    features = enable ? features.with(feature) : features.without(feature);
    return this;
  }

  /** Whether modules may use {@code feature}. */
  public boolean wasmFeature(Feature feature) {
    return features.has(feature);
  }

  Features features() {
    return features;
  }

  /**
   * Sets a named setting of the compiler. There is one for each feature of the processor that code
   * may use: {@code has_lzcnt}, {@code has_bmi1}, {@code has_bmi2}, {@code has_avx}, {@code
   * has_avx2}, {@code has_fma} and {@code has_avx512vl}. Default: what this machine's processor
   * has, or with a {@link #target} none. Without AVX, there is no AVX2 and no FMA either, and
   * without AVX2 no AVX-512VL.
   *
   * <p>Those options here that are the compiler's can be set so, too, by the names that they have
   * in other compilers: {@code opt_level}, {@code enable_verifier} ({@link #debugVerifier}), {@code
   * enable_sandbox_verifier}, {@code enable_nan_canonicalization}, {@code enable_address_map}
   * ({@link #generateAddressMap}), {@code enable_heap_access_spectre_mitigation} and {@code
   * enable_table_access_spectre_mitigation}.
   *
   * @param value {@code true} or {@code false}; of {@code opt_level} {@code none}, {@code speed} or
   *     {@code speed_and_size}
   * @throws IllegalArgumentException when there is no such setting, or the value is another
   */
  public Config flagSet(String name, String value) {
    Objects.requireNonNull(value, "value");
    CompilerOptions option = CompilerOptions.find(name);
    if (option == null) {
      target.set(name, value);
    } else {
      tunables = option.set(tunables, value);
    }
    return this;
  }

  /** Sets a named setting of the compiler to {@code true}; see {@link #flagSet}. */
  public Config flagEnable(String name) {
    return flagSet(name, "true");
  }

  /**
   * All settings that {@link #flagSet} knows, with their values on this machine.
   *
   * @throws UnsupportedOperationException when the compiler cannot be used on this machine
   */
  public static List<CompilerSetting> compilerSettings() {
    List<CompilerSetting> settings = new ArrayList<>(HostFeatures.settings());
    settings.addAll(CompilerOptions.settings());
    return settings;
  }

  /**
   * Compiles for {@code triple}, such as {@code x86_64-unknown-linux-gnu}, instead of this machine.
   * What this machine's processor has does not count then: code uses the least that is supported,
   * x86-64-v2, and what is set from now on by {@link #flagSet}; what was set before is void.
   * Modules of such an engine are for {@link Module#serialize}; they can also be run, if this
   * machine has what their code may use. Default: this machine.
   *
   * @throws IllegalArgumentException when that is no triple
   * @throws UnsupportedOperationException when it names something that is not supported
   */
  public Config target(String triple) {
    target.target(triple);
    return this;
  }

  /** What {@link #target(String)} says; null: this machine. */
  public @Nullable String target() {
    return target.triple();
  }

  /**
   * Who decides what this machine's processor has: {@code detector} is asked with names such as
   * {@code avx2} for each feature that the processor claims, and only those count that it says
   * there are. For machines where the claim is not to be believed: under emulators, or where a
   * running process may be moved to another processor. Null, the default: the processor is
   * believed.
   */
  public Config detectHostFeature(@Nullable Predicate<String> detector) {
    target.detector(detector);
    return this;
  }

  /** What {@link #detectHostFeature(Predicate)} says. */
  public @Nullable Predicate<String> detectHostFeature() {
    return target.detector();
  }

  /** Which processors code is for. */
  TargetSettings targetSettings() {
    return target;
  }

  /**
   * Which compiler to use. For one that there is not, {@link Engine#Engine(Config)} throws an
   * {@link UnsupportedOperationException}. Default: {@link Strategy#AUTO}.
   */
  public Config strategy(Strategy strategy) {
    return set(Tunable.STRATEGY, strategy.ordinal());
  }

  /** What {@link #strategy(Strategy)} says. */
  public Strategy strategy() {
    return Strategy.values()[(int) tunables.get(Tunable.STRATEGY)];
  }

  /**
   * Whether the engine compiles. If not, it only loads artifacts ({@link Module#deserialize}) and
   * what is in its {@link #cache}; everything that would take the compiler is refused with an
   * {@link UnsupportedOperationException}. Besides modules these are two things for which code is
   * made when they first come up: a host function that becomes a value of the guest's, and a
   * function of one instance that another one imports. For servers that run what was compiled
   * elsewhere and shall never spend time on compiling, or take modules of unknown origin. Default:
   * true.
   */
  public Config enableCompiler(boolean enable) {
    return set(Tunable.ENABLE_COMPILER, enable);
  }

  /** What {@link #enableCompiler(boolean)} says. */
  public boolean enableCompiler() {
    return tunables.is(Tunable.ENABLE_COMPILER);
  }

  /** How much to optimize. Default: {@link OptLevel#SPEED}. */
  public Config optLevel(OptLevel level) {
    return set(Tunable.OPT_LEVEL, level.ordinal());
  }

  /** What {@link #optLevel(OptLevel)} says. */
  public OptLevel optLevel() {
    return OptLevel.values()[(int) tunables.get(Tunable.OPT_LEVEL)];
  }

  /**
   * Whether the compiler checks its own work after each step, which makes it several times slower;
   * {@link #sandboxVerifier} is the last of these checks. Default: false.
   */
  public Config debugVerifier(boolean enable) {
    return set(Tunable.DEBUG_VERIFIER, enable);
  }

  /** What {@link #debugVerifier(boolean)} says. */
  public boolean debugVerifier() {
    return tunables.is(Tunable.DEBUG_VERIFIER);
  }

  /**
   * Whether all machine code has to be proved to stay in its sandbox before it may run, by a
   * verifier that looks at nothing but the finished code and believes nothing of the compiler. A
   * function that cannot be proved is compiled again without the optimizations that are hard to
   * follow, then without any; if that cannot be proved either, it is a {@code CompilerBug} and the
   * module does not run. Makes compiling take 7 to 10 % longer. Default: true.
   */
  public Config sandboxVerifier(boolean enable) {
    return set(Tunable.SANDBOX_VERIFIER, enable);
  }

  /** What {@link #sandboxVerifier(boolean)} says. */
  public boolean sandboxVerifier() {
    return tunables.is(Tunable.SANDBOX_VERIFIER);
  }

  /**
   * Whether functions are compiled on all processors. The code is the same either way. Default:
   * true.
   */
  public Config parallelCompilation(boolean enable) {
    return set(Tunable.PARALLEL_COMPILATION, enable);
  }

  /** What {@link #parallelCompilation(boolean)} says. */
  public boolean parallelCompilation() {
    return tunables.is(Tunable.PARALLEL_COMPILATION);
  }

  /**
   * Whether every NaN that arithmetic gives is the canonical one (specification, section 3.3.3):
   * the same on all processors, whatever the operands were. Costs two instructions for each
   * operation on floating-point numbers. Default: false.
   */
  public Config nanCanonicalization(boolean enable) {
    return set(Tunable.NAN_CANONICALIZATION, enable);
  }

  /** What {@link #nanCanonicalization(boolean)} says. */
  public boolean nanCanonicalization() {
    return tunables.is(Tunable.NAN_CANONICALIZATION);
  }

  /**
   * Whether relaxed vector operations give the same on all processors: {@code relaxed_madd} and
   * {@code relaxed_nmadd} round the product and then the sum, and are not fused where the processor
   * can. The other ones are the same everywhere in any case. Default: false.
   */
  public Config relaxedSimdDeterministic(boolean enable) {
    return set(Tunable.RELAXED_SIMD_DETERMINISTIC, enable);
  }

  /** What {@link #relaxedSimdDeterministic(boolean)} says. */
  public boolean relaxedSimdDeterministic() {
    return tunables.is(Tunable.RELAXED_SIMD_DETERMINISTIC);
  }

  /**
   * Whether code carries a table from its addresses to offsets in the module; without it backtraces
   * have no offsets. Default: true.
   */
  public Config generateAddressMap(boolean enable) {
    return set(Tunable.GENERATE_ADDRESS_MAP, enable);
  }

  /** What {@link #generateAddressMap(boolean)} says. */
  public boolean generateAddressMap() {
    return tunables.is(Tunable.GENERATE_ADDRESS_MAP);
  }

  /**
   * Whether traps, and exceptions of host functions, carry the guest's backtrace. Default: true.
   */
  public Config wasmBacktrace(boolean enable) {
    return set(Tunable.WASM_BACKTRACE, enable);
  }

  /** What {@link #wasmBacktrace(boolean)} says. */
  public boolean wasmBacktrace() {
    return tunables.is(Tunable.WASM_BACKTRACE);
  }

  /**
   * The most frames that a backtrace has, innermost first: from 0, none, to 1,048,576. Default: 20.
   */
  public Config wasmBacktraceMaxFrames(long frames) {
    return set(Tunable.WASM_BACKTRACE_MAX_FRAMES, frames);
  }

  /** What {@link #wasmBacktraceMaxFrames(long)} says. */
  public long wasmBacktraceMaxFrames() {
    return tunables.get(Tunable.WASM_BACKTRACE_MAX_FRAMES);
  }

  /**
   * Whether the frames of backtraces have {@linkplain Frame#source positions in the source}, for
   * modules with debug information (DWARF). It is read when the first trap wants it; artifacts made
   * by an engine with this option contain it, and become larger by it. Default: {@link
   * BacktraceDetails#ENVIRONMENT}.
   */
  public Config wasmBacktraceDetails(BacktraceDetails details) {
    return set(Tunable.WASM_BACKTRACE_DETAILS, details.ordinal());
  }

  /** What {@link #wasmBacktraceDetails(BacktraceDetails)} says. */
  public BacktraceDetails wasmBacktraceDetails() {
    return BacktraceDetails.values()[(int) tunables.get(Tunable.WASM_BACKTRACE_DETAILS)];
  }

  /**
   * Whether the stack traces of traps, and of what host functions throw, are those of Java with the
   * guest's frames where they belong: {@code wasm//module.function(file:line)} between the host
   * function and who called the guest. Otherwise a trap's stack trace has the guest's frames alone,
   * and other exceptions have them as a suppressed {@link GuestBacktrace}. Traps take some
   * microseconds more. Default: false.
   */
  public Config wasmBacktraceInJava(boolean enable) {
    return set(Tunable.WASM_BACKTRACE_IN_JAVA, enable);
  }

  /** What {@link #wasmBacktraceInJava(boolean)} says. */
  public boolean wasmBacktraceInJava() {
    return tunables.is(Tunable.WASM_BACKTRACE_IN_JAVA);
  }

  /**
   * Whether debuggers see the guests: GDB, attached to the JVM, knows functions, can go through the
   * frames, and for modules with debug information (DWARF) knows the lines of the source and its
   * variables. With {@link OptLevel#NONE} code stays closest to the source, and keeps the locals of
   * functions in their frames, for debuggers and {@linkplain #coredumpOnTrap core dumps}; on other
   * levels locals are known where optimized code has them, but for functions with thousands of
   * them; if the module has debug information, some of it is optimized otherwise than without.
   * Where the system's loader takes no file in memory, compiling a module is an {@link
   * UnsupportedOperationException}. Default: false.
   */
  public Config debugInfo(boolean enable) {
    return set(Tunable.DEBUG_INFO, enable);
  }

  /** What {@link #debugInfo(boolean)} says. */
  public boolean debugInfo() {
    return tunables.is(Tunable.DEBUG_INFO);
  }

  /**
   * Whether traps carry a {@linkplain Trap#coreDump core dump}, which can be written to a file for
   * debuggers. Costs nothing until a guest traps, and little then: the guest's memories are read
   * when the dump is written. Default: false.
   */
  public Config coredumpOnTrap(boolean enable) {
    return set(Tunable.COREDUMP_ON_TRAP, enable);
  }

  /** What {@link #coredumpOnTrap(boolean)} says. */
  public boolean coredumpOnTrap() {
    return tunables.is(Tunable.COREDUMP_ON_TRAP);
  }

  /**
   * How profilers learn about the code of modules. Default: {@link ProfilingStrategy#NONE}. For an
   * engine that cannot have it, {@link Engine#Engine(Config)} throws an {@link
   * UnsupportedOperationException}; when its file cannot be written, a {@link
   * java.io.UncheckedIOException}.
   */
  public Config profiler(ProfilingStrategy strategy) {
    return set(Tunable.PROFILER, strategy.ordinal());
  }

  /** What {@link #profiler(ProfilingStrategy)} says. */
  public ProfilingStrategy profiler() {
    return ProfilingStrategy.values()[(int) tunables.get(Tunable.PROFILER)];
  }

  /**
   * Whether an engine, module or store that becomes unreachable without having been closed is named
   * in a warning, with the stack trace of where it was made, to the {@link System.Logger} {@code
   * dev.tazza}. They are freed in any case. Notes a stack trace for each that is made. Default:
   * false.
   */
  public Config reportUnclosed(boolean enable) {
    return set(Tunable.REPORT_UNCLOSED, enable);
  }

  /** What {@link #reportUnclosed(boolean)} says. */
  public boolean reportUnclosed() {
    return tunables.is(Tunable.REPORT_UNCLOSED);
  }

  /**
   * Whether guests are stopped at deadlines in <em>epochs</em>: {@link Engine#incrementEpoch}
   * begins one, {@link Store#setEpochDeadline} says how many more a store may see. A new store's
   * deadline has come already, so set one before you call. Default: false.
   */
  public Config epochInterruption(boolean enable) {
    return set(Tunable.EPOCH_INTERRUPTION, enable);
  }

  /** What {@link #epochInterruption(boolean)} says. */
  public boolean epochInterruption() {
    return tunables.is(Tunable.EPOCH_INTERRUPTION);
  }

  /**
   * Whether guests trap by the processor's faults, which a signal handler of ours meets: an access
   * beyond a memory needs no check then. If not, compiled code looks itself for everything that
   * traps, and such an engine installs no signal handler; it sets {@link
   * #signalsBasedInterruption(boolean)} to false, too. For processes that may not have other signal
   * handlers than their own, or whose debuggers and crash reporters would be disturbed. Guards of
   * memories stay, but code does not count on them. What it costs is in docs/PERFORMANCE.md.
   * Default: true.
   */
  public Config signalsBasedTraps(boolean enable) {
    if (!enable) {
      signalsBasedInterruption(false);
    }
    return set(Tunable.SIGNALS_BASED_TRAPS, enable);
  }

  /** What {@link #signalsBasedTraps(boolean)} says. */
  public boolean signalsBasedTraps() {
    return tunables.is(Tunable.SIGNALS_BASED_TRAPS);
  }

  /**
   * Whether guests are stopped by a signal ({@code SIGURG}) to the thread that runs them, when an
   * epoch, a timeout or an interruption wants it: compiled code needs nothing for that. If not, it
   * polls: at each loop head, and where functions begin, it compares the stack pointer with a
   * limit, which costs some 5 % of time. Default: true.
   */
  public Config signalsBasedInterruption(boolean enable) {
    return set(Tunable.SIGNALS_BASED_INTERRUPTION, enable);
  }

  /** What {@link #signalsBasedInterruption(boolean)} says. */
  public boolean signalsBasedInterruption() {
    return tunables.is(Tunable.SIGNALS_BASED_INTERRUPTION);
  }

  /**
   * Whether {@link Thread#interrupt} of the thread that calls a guest stops that: it traps with
   * {@link dev.tazza.wasm.TrapCode#INTERRUPT} some milliseconds later, and the thread stays
   * interrupted. Costs a daemon thread that looks at the stores in use each {@value
   * InterruptionWatch#PERIOD_MILLIS} ms. Default: false.
   */
  public Config threadInterruption(boolean enable) {
    return set(Tunable.THREAD_INTERRUPTION, enable);
  }

  /** What {@link #threadInterruption(boolean)} says. */
  public boolean threadInterruption() {
    return tunables.is(Tunable.THREAD_INTERRUPTION);
  }

  /**
   * Whether guests are called by {@link Func#callAsync}, which gives a future, and host functions
   * may give their results later ({@link Linker#funcAsync}). A guest that waits holds no thread,
   * only its stack. Stores of such an engine refuse {@link Func#call} and other calls that block
   * until the guest has returned, and stores of others refuse asynchronous ones.
   *
   * <p>For many guests that wait for others most of their time, on few threads, or under a
   * framework of futures. Where a thread for each guest will do, virtual ones too, calls that block
   * are simpler and a little faster: a virtual thread can wait within a host function without
   * holding its carrier. Default: false.
   */
  public Config asyncSupport(boolean enable) {
    return set(Tunable.ASYNC_SUPPORT, enable);
  }

  /** What {@link #asyncSupport(boolean)} says. */
  public boolean asyncSupport() {
    return tunables.is(Tunable.ASYNC_SUPPORT);
  }

  /**
   * Whether guests use up <em>fuel</em>, of which a store has as much as {@link Store#setFuel} gave
   * it, at first none. A guest that needs more traps with {@link
   * dev.tazza.wasm.TrapCode#OUT_OF_FUEL}. What operators take is {@link #operatorCost}; the same
   * calls with the same fuel end in the same way at the same operator, whatever machine they run on
   * and however their code is optimized.
   *
   * <p>For guests that must come to an end after an amount of work that does not depend on the
   * machine, or that are charged by what they do. For those that shall only not run for too long,
   * {@link #epochInterruption} and timeouts cost less: fuel takes some percent of the time.
   *
   * <p>A guest stops at the first call, branch back to the start of a loop, or operator on many
   * bytes or elements for which, its own cost included, there is not enough. Calls of functions
   * that neither call nor loop are not looked at, so it may do a little more than it has fuel for;
   * but then it comes back neither to the embedder nor to a function of the host. Default: false.
   */
  public Config consumeFuel(boolean enable) {
    return set(Tunable.CONSUME_FUEL, enable);
  }

  /** What {@link #consumeFuel(boolean)} says. */
  public boolean consumeFuel() {
    return tunables.is(Tunable.CONSUME_FUEL);
  }

  /**
   * What operators take of the fuel ({@link #consumeFuel(boolean)}). Compiled into the code, so
   * that modules which were compiled with other costs are refused. For prices of your own: what is
   * to be expensive, or free. Default: {@link OperatorCost#DEFAULT}, 1 for almost all.
   */
  public Config operatorCost(OperatorCost costs) {
    tunables = tunables.with(costs);
    return this;
  }

  /** What {@link #operatorCost(OperatorCost)} says. */
  public OperatorCost operatorCost() {
    return tunables.operatorCost();
  }

  /**
   * How much stack the guest code of a store may use; beyond it a call traps. Default: 512 KiB.
   *
   * @throws IllegalArgumentException when {@code bytes} is not positive or above 1 GiB
   */
  public Config maxWasmStack(long bytes) {
    return set(Tunable.MAX_WASM_STACK, bytes);
  }

  /** What {@link #maxWasmStack(long)} says. */
  public long maxWasmStack() {
    return tunables.get(Tunable.MAX_WASM_STACK);
  }

  /**
   * How large the stacks of an engine with {@link #asyncSupport(boolean)} are. {@link
   * #maxWasmStack} is the guest's part; the rest, at least 128 KiB whatever this says, is for
   * signal handlers and native functions that interrupt the guest or that it calls. It is address
   * space: memory is taken only for what was used. Default: 2 MiB.
   *
   * @throws IllegalArgumentException when {@code bytes} is not positive or above 2 GiB; that it is
   *     below {@link #maxWasmStack} says {@link Engine#Engine(Config)}
   */
  public Config asyncStackSize(long bytes) {
    return set(Tunable.ASYNC_STACK_SIZE, bytes);
  }

  /** What {@link #asyncStackSize(long)} says. */
  public long asyncStackSize() {
    return tunables.get(Tunable.ASYNC_STACK_SIZE);
  }

  /**
   * Whether the stack of a store that is closed is cleared before another store gets it. No valid
   * code reads what it has not written there, so that only a bug of the compiler could show one
   * guest what another one left: a second line of defense. It takes 1 µs for each store. Default:
   * false.
   */
  public Config asyncStackZeroing(boolean enable) {
    return set(Tunable.ASYNC_STACK_ZEROING, enable);
  }

  /** What {@link #asyncStackZeroing(boolean)} says. */
  public boolean asyncStackZeroing() {
    return tunables.is(Tunable.ASYNC_STACK_ZEROING);
  }

  /**
   * Where instances have their memory from: from the system when it is wanted, or from pools of
   * fixed size, {@link InstanceAllocationStrategy#pooling(PoolingConfig)}, which are reserved when
   * the engine is made. Pools are for programs that make and close many instances, of modules that
   * others wrote: there is no system call for most of them, and all instances together cannot have
   * more than was said. Default: {@link InstanceAllocationStrategy#ON_DEMAND}.
   */
  public Config allocationStrategy(InstanceAllocationStrategy strategy) {
    allocationStrategy = Objects.requireNonNull(strategy, "strategy");
    return this;
  }

  /** What {@link #allocationStrategy(InstanceAllocationStrategy)} says. */
  public InstanceAllocationStrategy allocationStrategy() {
    return allocationStrategy;
  }

  /**
   * Who makes memories: those that instances define, unless they are {@linkplain
   * #allocationStrategy(InstanceAllocationStrategy) pooled}, and those of {@link Memory#create};
   * not shared ones. Null: the engine does. Default: null.
   */
  public Config withHostMemory(@Nullable MemoryCreator creator) {
    hostMemory = creator;
    return this;
  }

  /** What {@link #withHostMemory(MemoryCreator)} says. */
  public @Nullable MemoryCreator withHostMemory() {
    return hostMemory;
  }

  /**
   * Memories whose maximum is at or below this are static: they reserve this much address space and
   * never move. 0 makes all dynamic. Rounded up to pages. Default: 4 GiB, which makes all 32-bit
   * memories static.
   */
  public Config staticMemoryMaximumSize(long bytes) {
    return set(Tunable.STATIC_MEMORY_MAXIMUM_SIZE, bytes);
  }

  /** What {@link #staticMemoryMaximumSize(long)} says. */
  public long staticMemoryMaximumSize() {
    return tunables.get(Tunable.STATIC_MEMORY_MAXIMUM_SIZE);
  }

  /**
   * Whether all memories are static; growth then ends at {@link #staticMemoryMaximumSize}. Default:
   * false.
   */
  public Config staticMemoryForced(boolean enable) {
    return set(Tunable.STATIC_MEMORY_FORCED, enable);
  }

  /** What {@link #staticMemoryForced(boolean)} says. */
  public boolean staticMemoryForced() {
    return tunables.is(Tunable.STATIC_MEMORY_FORCED);
  }

  /**
   * Size of the inaccessible range after a static memory: bounds checks disappear for offsets that
   * it covers. Rounded up to pages. Default: 2 GiB.
   */
  public Config staticMemoryGuardSize(long bytes) {
    return set(Tunable.STATIC_MEMORY_GUARD_SIZE, bytes);
  }

  /** What {@link #staticMemoryGuardSize(long)} says. */
  public long staticMemoryGuardSize() {
    return tunables.get(Tunable.STATIC_MEMORY_GUARD_SIZE);
  }

  /**
   * Size of the inaccessible range after a dynamic memory. Raises the static guard when that is
   * smaller. Rounded up to pages. Default: 64 KiB.
   */
  public Config dynamicMemoryGuardSize(long bytes) {
    set(Tunable.DYNAMIC_MEMORY_GUARD_SIZE, bytes);
    return staticMemoryGuardSize(Math.max(staticMemoryGuardSize(), dynamicMemoryGuardSize()));
  }

  /** What {@link #dynamicMemoryGuardSize(long)} says. */
  public long dynamicMemoryGuardSize() {
    return tunables.get(Tunable.DYNAMIC_MEMORY_GUARD_SIZE);
  }

  /**
   * Size of the inaccessible range after a 64-bit memory that may move, if that is more than {@link
   * #dynamicMemoryGuardSize(long)}: indexes that are computed from numbers of 32 bits need no check
   * where it covers them. Each such memory takes so much address space, of which a process has 128
   * TiB; where it may have too little ({@code ulimit -v}), {@link #dynamicMemoryFallback} leaves it
   * out. None of it if there is no dynamic guard. Rounded up to pages. Default: 36 GiB.
   */
  public Config memory64GuardSize(long bytes) {
    return set(Tunable.MEMORY64_GUARD_SIZE, bytes);
  }

  /** What {@link #memory64GuardSize(long)} says. */
  public long memory64GuardSize() {
    return tunables.get(Tunable.MEMORY64_GUARD_SIZE);
  }

  /**
   * Address space reserved after a dynamic memory, so that it rarely has to move when it grows;
   * less where the system has no room. Default: 2 GiB.
   */
  public Config dynamicMemoryReservedForGrowth(long bytes) {
    return set(Tunable.DYNAMIC_MEMORY_RESERVED_FOR_GROWTH, bytes);
  }

  /** What {@link #dynamicMemoryReservedForGrowth(long)} says. */
  public long dynamicMemoryReservedForGrowth() {
    return tunables.get(Tunable.DYNAMIC_MEMORY_RESERVED_FOR_GROWTH);
  }

  /**
   * Whether there is an inaccessible range before each memory too, as a defense against bugs of the
   * compiler. Default: true.
   */
  public Config guardBeforeLinearMemory(boolean enable) {
    return set(Tunable.GUARD_BEFORE_LINEAR_MEMORY, enable);
  }

  /** What {@link #guardBeforeLinearMemory(boolean)} says. */
  public boolean guardBeforeLinearMemory() {
    return tunables.is(Tunable.GUARD_BEFORE_LINEAR_MEMORY);
  }

  /**
   * Whether all memories of an engine are dynamic when the process may not use enough address space
   * ({@code ulimit -v}) for a few static ones at the time when the engine is made. Code then checks
   * each access, and modules that were compiled for static memories are refused. The same holds for
   * {@link #memory64GuardSize}, which is 0 then. Without this such a process cannot make memories
   * at all. No effect on {@link #staticMemoryForced}, nor where memories are {@linkplain
   * #allocationStrategy(InstanceAllocationStrategy) pooled}: there is room for the pools, or there
   * is no engine. Default: true.
   */
  public Config dynamicMemoryFallback(boolean enable) {
    return set(Tunable.DYNAMIC_MEMORY_FALLBACK, enable);
  }

  /** What {@link #dynamicMemoryFallback(boolean)} says. */
  public boolean dynamicMemoryFallback() {
    return tunables.is(Tunable.DYNAMIC_MEMORY_FALLBACK);
  }

  /**
   * Whether a memory's initial contents are mapped, copy-on-write, where they can be: from a file
   * in memory ({@code memfd}) that all instances of a module share. Pages that an instance does not
   * write to take no memory of their own then, and making one takes no longer the more data there
   * is. If not, all data is copied. Data of less than 16 KiB is copied in any case, as is that
   * whose place only the instance knows. Default: true.
   */
  public Config memoryInitCow(boolean enable) {
    return set(Tunable.MEMORY_INIT_COW, enable);
  }

  /** What {@link #memoryInitCow(boolean)} says. */
  public boolean memoryInitCow() {
    return tunables.is(Tunable.MEMORY_INIT_COW);
  }

  /**
   * Whether it is a file in memory also where the file could serve that a module was loaded from:
   * its pages are then read when the first instance is made, and what becomes of the file does not
   * matter to memories any more. Default: false.
   */
  public Config forceMemoryInitMemfd(boolean enable) {
    return set(Tunable.FORCE_MEMORY_INIT_MEMFD, enable);
  }

  /** What {@link #forceMemoryInitMemfd(boolean)} says. */
  public boolean forceMemoryInitMemfd() {
    return tunables.is(Tunable.FORCE_MEMORY_INIT_MEMFD);
  }

  /**
   * Up to this size, from the first byte of initial data to the last, a memory's contents are
   * mapped ({@link #memoryInitCow(boolean)}) however little of it is data. Above, only if there is
   * data in at least half of the pages of 4 KiB: an image that is mostly empty would take memory
   * and time to make. Default: 16 MiB.
   */
  public Config memoryGuaranteedDenseImageSize(long bytes) {
    return set(Tunable.MEMORY_GUARANTEED_DENSE_IMAGE_SIZE, bytes);
  }

  /** What {@link #memoryGuaranteedDenseImageSize(long)} says. */
  public long memoryGuaranteedDenseImageSize() {
    return tunables.get(Tunable.MEMORY_GUARANTEED_DENSE_IMAGE_SIZE);
  }

  /**
   * Whether an access to a memory that is checked by a comparison stays inside the memory also
   * while the processor guesses that comparison wrongly and runs ahead (Spectre, variant 1).
   * Accesses that need no check are not concerned: all of those of 32-bit memories that are static,
   * but for offsets of gigabytes. Default: true.
   */
  public Config heapAccessSpectreMitigation(boolean enable) {
    return set(Tunable.HEAP_ACCESS_SPECTRE_MITIGATION, enable);
  }

  /** What {@link #heapAccessSpectreMitigation(boolean)} says. */
  public boolean heapAccessSpectreMitigation() {
    return tunables.is(Tunable.HEAP_ACCESS_SPECTRE_MITIGATION);
  }

  /**
   * The same for what is found by an index in a table: {@code call_indirect}, {@code table.get} and
   * {@code table.set}, {@code br_table}. Default: true.
   */
  public Config tableAccessSpectreMitigation(boolean enable) {
    return set(Tunable.TABLE_ACCESS_SPECTRE_MITIGATION, enable);
  }

  /** What {@link #tableAccessSpectreMitigation(boolean)} says. */
  public boolean tableAccessSpectreMitigation() {
    return tunables.is(Tunable.TABLE_ACCESS_SPECTRE_MITIGATION);
  }

  /**
   * Whether the elements of a large table of functions, and the references in them, are made when
   * they are first read, and not for each instance beforehand: an instance of a module with ten
   * thousand functions in a table costs as little as one without then. It is a test more for each
   * call through such a table, and through one that is imported. Tables with fewer than 1024
   * elements that segments set are filled beforehand in any case. Default: true.
   */
  public Config tableLazyInit(boolean enable) {
    return set(Tunable.TABLE_LAZY_INIT, enable);
  }

  /** What {@link #tableLazyInit(boolean)} says. */
  public boolean tableLazyInit() {
    return tunables.is(Tunable.TABLE_LAZY_INIT);
  }

  /**
   * Where compiled modules are kept for the next engine or process; null: nowhere. Default: null.
   */
  public Config cache(@Nullable Cache newCache) {
    cache = newCache;
    return this;
  }

  /** What {@link #cache(Cache)} says. */
  public @Nullable Cache cache() {
    return cache;
  }

  /**
   * What {@link Module#deserialize} demands of artifacts, and {@link Module#serialize} puts into
   * them, beside what they have to agree in anyway. Default: {@link
   * ModuleVersionStrategy#RUNTIME_VERSION}.
   */
  public Config moduleVersion(ModuleVersionStrategy strategy) {
    moduleVersion = Objects.requireNonNull(strategy, "strategy");
    return this;
  }

  /** What {@link #moduleVersion(ModuleVersionStrategy)} says. */
  public ModuleVersionStrategy moduleVersion() {
    return moduleVersion;
  }

  /**
   * Opens the {@link #cache} that a TOML file describes:
   *
   * <pre>
   *   [cache]
   *   enabled = true                                  # if not, there is none
   *   directory = "/var/cache/app"
   *   cleanup-interval = "1d"                         # s, m, h, d
   *   file-count-soft-limit = 65536
   *   files-total-size-soft-limit = "512Mi"           # bytes, or with K, Ki, M, Mi, G, Gi
   *   file-count-limit-percent-if-deleting = "70%"
   *   files-total-size-limit-percent-if-deleting = "70%"
   * </pre>
   *
   * What is left out is as in a new {@link CacheConfig}.
   *
   * @throws IOException when the file, or the cache's folder, cannot be read
   * @throws IllegalArgumentException when there is a mistake in the file; the message has line and
   *     key
   * @throws UnsupportedOperationException when the library {@code dev.tazza:tazza-cache-config},
   *     which reads such files, is missing
   */
  public Config cacheConfigLoad(Path file) throws IOException {
    Objects.requireNonNull(file, "file");
    CacheConfigReader reader =
        ServiceLoader.load(CacheConfigReader.class, CacheConfigReader.class.getClassLoader())
            .findFirst()
            .orElseThrow(() ->
                new UnsupportedOperationException(
                    "reading a cache's configuration needs the library"
                        + " dev.tazza:tazza-cache-config"));
    CacheConfig config = reader.read(file);
    return cache(config == null ? null : Cache.open(config));
  }

  /**
   * The same with the file {@code tazza/config.toml} in the folder that the environment variable
   * {@code XDG_CONFIG_HOME} names, or in {@code ~/.config}. If it is not there, the cache is opened
   * with the defaults.
   */
  public Config cacheConfigLoadDefault() throws IOException {
    Path file = CacheConfig.inUsersFolder("XDG_CONFIG_HOME", ".config").resolve("config.toml");
    return Files.exists(file) ? cacheConfigLoad(file) : cache(Cache.open(new CacheConfig()));
  }

  /** The features and options that have a name and not their default. */
  @Override
  public String toString() {
    StringJoiner set = new StringJoiner(", ", "config {", "}");
    for (Feature feature : Feature.values()) {
      if (features.has(feature) != Features.DEFAULT.has(feature)) {
        set.add(feature.title() + " " + (features.has(feature) ? "on" : "off"));
      }
    }
    for (int i = 0; i < Tunable.count(); i++) {
      Tunable tunable = Tunable.of(i);
      if (tunables.get(tunable) != Tunables.DEFAULT.get(tunable)) {
        set.add(tunable.option() + " " + tunable.text(tunables.get(tunable)));
      }
    }
    return set.toString();
  }
}
