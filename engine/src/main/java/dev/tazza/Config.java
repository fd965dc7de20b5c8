package dev.tazza;

import dev.tazza.codegen.Settings;
import dev.tazza.environ.OperatorCost;
import dev.tazza.environ.Tunables;
import dev.tazza.vm.instance.StoreOptions;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The options of an {@link Engine}. Setters return {@code this}. An engine takes a snapshot: later
 * changes do not reach it. Not thread-safe. Sizes are in bytes.
 */
public final class Config {
  /** The most frames of a backtrace. */
  static final int MAXIMUM_FRAMES = 100;

  private static final long PAGE = 4096;

  private Features features = Features.DEFAULT;
  private final Map<Settings.CpuFeature, Boolean> cpuFeatures =
      new EnumMap<>(Settings.CpuFeature.class);
  private OptLevel optLevel = OptLevel.SPEED;
  private boolean debugVerifier;
  private boolean sandboxVerifier;
  private boolean parallelCompilation = true;
  private boolean generateAddressMap = true;
  private boolean wasmBacktrace = true;
  private boolean epochInterruption;
  private boolean signalsBasedInterruption = true;
  private boolean threadInterruption;
  private boolean consumeFuel;
  private OperatorCost operatorCost = OperatorCost.DEFAULT;
  private long maxWasmStack = 512 << 10;
  private boolean asyncStackZeroing;
  private long staticMemoryMaximumSize = Tunables.DEFAULT.staticMemoryMaximumSize();
  private boolean staticMemoryForced;
  private long staticMemoryGuardSize = Tunables.DEFAULT.staticMemoryGuardSize();
  private long dynamicMemoryGuardSize = Tunables.DEFAULT.dynamicMemoryGuardSize();
  private long dynamicMemoryReservedForGrowth = 2L << 30;
  private boolean guardBeforeLinearMemory = true;
  private boolean dynamicMemoryFallback = true;
  private boolean heapAccessSpectreMitigation = true;
  private boolean tableAccessSpectreMitigation = true;
  private boolean reportUnclosed;

  /** The defaults. */
  public Config() {}

  /** A copy of {@code other}. */
  Config(Config other) {
    features = other.features;
    cpuFeatures.putAll(other.cpuFeatures);
    optLevel = other.optLevel;
    debugVerifier = other.debugVerifier;
    sandboxVerifier = other.sandboxVerifier;
    parallelCompilation = other.parallelCompilation;
    generateAddressMap = other.generateAddressMap;
    wasmBacktrace = other.wasmBacktrace;
    epochInterruption = other.epochInterruption;
    signalsBasedInterruption = other.signalsBasedInterruption;
    threadInterruption = other.threadInterruption;
    consumeFuel = other.consumeFuel;
    operatorCost = other.operatorCost;
    maxWasmStack = other.maxWasmStack;
    asyncStackZeroing = other.asyncStackZeroing;
    staticMemoryMaximumSize = other.staticMemoryMaximumSize;
    staticMemoryForced = other.staticMemoryForced;
    staticMemoryGuardSize = other.staticMemoryGuardSize;
    dynamicMemoryGuardSize = other.dynamicMemoryGuardSize;
    dynamicMemoryReservedForGrowth = other.dynamicMemoryReservedForGrowth;
    guardBeforeLinearMemory = other.guardBeforeLinearMemory;
    dynamicMemoryFallback = other.dynamicMemoryFallback;
    heapAccessSpectreMitigation = other.heapAccessSpectreMitigation;
    tableAccessSpectreMitigation = other.tableAccessSpectreMitigation;
    reportUnclosed = other.reportUnclosed;
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
  public Config wasmFeature(Feature feature, boolean enable) {
    features = enable ? features.with(feature) : features.without(feature);
    return this;
  }

  /** {@link #wasmFeature} for {@link Feature#THREADS}. */
  public Config wasmThreads(boolean enable) {
    return wasmFeature(Feature.THREADS, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#REFERENCE_TYPES}. */
  public Config wasmReferenceTypes(boolean enable) {
    return wasmFeature(Feature.REFERENCE_TYPES, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#SIMD}. */
  public Config wasmSimd(boolean enable) {
    return wasmFeature(Feature.SIMD, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#RELAXED_SIMD}. */
  public Config wasmRelaxedSimd(boolean enable) {
    return wasmFeature(Feature.RELAXED_SIMD, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#BULK_MEMORY}. */
  public Config wasmBulkMemory(boolean enable) {
    return wasmFeature(Feature.BULK_MEMORY, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#MULTI_VALUE}. */
  public Config wasmMultiValue(boolean enable) {
    return wasmFeature(Feature.MULTI_VALUE, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#MULTI_MEMORY}. */
  public Config wasmMultiMemory(boolean enable) {
    return wasmFeature(Feature.MULTI_MEMORY, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#MEMORY64}. */
  public Config wasmMemory64(boolean enable) {
    return wasmFeature(Feature.MEMORY64, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#TAIL_CALLS}. */
  public Config wasmTailCalls(boolean enable) {
    return wasmFeature(Feature.TAIL_CALLS, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#EXTENDED_CONST}. */
  public Config wasmExtendedConst(boolean enable) {
    return wasmFeature(Feature.EXTENDED_CONST, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#FUNCTION_REFERENCES}. */
  public Config wasmFunctionReferences(boolean enable) {
    return wasmFeature(Feature.FUNCTION_REFERENCES, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#EXCEPTIONS}. */
  public Config wasmExceptions(boolean enable) {
    return wasmFeature(Feature.EXCEPTIONS, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#LEGACY_EXCEPTIONS}. */
  public Config wasmLegacyExceptions(boolean enable) {
    return wasmFeature(Feature.LEGACY_EXCEPTIONS, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#GC}. */
  public Config wasmGc(boolean enable) {
    return wasmFeature(Feature.GC, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#WIDE_ARITHMETIC}. */
  public Config wasmWideArithmetic(boolean enable) {
    return wasmFeature(Feature.WIDE_ARITHMETIC, enable);
  }

  /** {@link #wasmFeature} for {@link Feature#CUSTOM_PAGE_SIZES}. */
  public Config wasmCustomPageSizes(boolean enable) {
    return wasmFeature(Feature.CUSTOM_PAGE_SIZES, enable);
  }

  Features features() {
    return features;
  }

  /**
   * Sets a named setting of the compiler. There is one for each feature of the processor that code
   * may use: {@code has_lzcnt}, {@code has_bmi1}, {@code has_bmi2}, {@code has_avx}, {@code
   * has_avx2} and {@code has_fma}. Default: what this machine's processor has. Without AVX, there
   * is no AVX2 and no FMA either.
   *
   * @param value {@code true} or {@code false}
   * @throws IllegalArgumentException when there is no such setting, or the value is another
   */
  public Config flagSet(String name, String value) {
    Settings.CpuFeature found = null;
    for (Settings.CpuFeature feature : Settings.CpuFeature.values()) {
      found = name.equals(HostFeatures.flag(feature)) ? feature : found;
    }
    if (found == null) {
      throw new IllegalArgumentException(
          "no compiler setting '" + name + "'; there are " + HostFeatures.flags());
    }
    if (!value.equals("true") && !value.equals("false")) {
      throw new IllegalArgumentException(
          "the setting " + name + " is true or false, not '" + value + "'");
    }
    cpuFeatures.put(found, value.equals("true"));
    return this;
  }

  /** Sets a named setting of the compiler to {@code true}; see {@link #flagSet}. */
  public Config flagEnable(String name) {
    return flagSet(name, "true");
  }

  /** Features of the processor that are said to be there, or not. */
  Map<Settings.CpuFeature, Boolean> cpuFeatures() {
    return cpuFeatures;
  }

  /** How much to optimize. Default: {@link OptLevel#SPEED}. */
  public Config optLevel(OptLevel level) {
    optLevel = level;
    return this;
  }

  OptLevel optLevel() {
    return optLevel;
  }

  /**
   * Whether the compiler checks its own work after each step, which makes it several times slower.
   * Default: false.
   */
  public Config debugVerifier(boolean enable) {
    debugVerifier = enable;
    return this;
  }

  boolean debugVerifier() {
    return debugVerifier;
  }

  /**
   * Whether all machine code has to be proved to stay in its sandbox before it may run, by a
   * verifier that looks at nothing but the finished code and believes nothing of the compiler. A
   * function that cannot be proved is compiled again without the optimizations that are hard to
   * follow; if that cannot be proved either, it is a {@code CompilerBug} and the module does not
   * run. Takes 13 to 20 % of the time of compilation. Not followed yet, and refused in this way:
   * polls ({@link #signalsBasedInterruption}), and, of modules whose memories are checked
   * explicitly, about one in a thousand. Default: false.
   */
  public Config sandboxVerifier(boolean enable) {
    sandboxVerifier = enable;
    return this;
  }

  boolean sandboxVerifier() {
    return sandboxVerifier;
  }

  /**
   * Whether functions are compiled on all processors. The code is the same either way. Default:
   * true.
   */
  public Config parallelCompilation(boolean enable) {
    parallelCompilation = enable;
    return this;
  }

  boolean parallelCompilation() {
    return parallelCompilation;
  }

  /**
   * Whether code carries a table from its addresses to offsets in the module; without it backtraces
   * have no offsets. Default: true.
   */
  public Config generateAddressMap(boolean enable) {
    generateAddressMap = enable;
    return this;
  }

  /**
   * Whether traps, and exceptions of host functions, carry the guest's backtrace. Default: true.
   */
  public Config wasmBacktrace(boolean enable) {
    wasmBacktrace = enable;
    return this;
  }

  /**
   * Whether guests are stopped at deadlines in <em>epochs</em>: {@link Engine#incrementEpoch}
   * begins one, {@link Store#setEpochDeadline} says how many more a store may see. A new store's
   * deadline has come already, so set one before you call. Default: false.
   */
  public Config epochInterruption(boolean enable) {
    epochInterruption = enable;
    return this;
  }

  boolean epochInterruption() {
    return epochInterruption;
  }

  /**
   * Whether guests are stopped by a signal ({@code SIGURG}) to the thread that runs them, when an
   * epoch, a timeout or an interruption wants it: compiled code needs nothing for that. If not, it
   * polls: at each loop head, and where functions begin, it compares the stack pointer with a
   * limit, which costs some 5 % of time. Default: true.
   */
  public Config signalsBasedInterruption(boolean enable) {
    signalsBasedInterruption = enable;
    return this;
  }

  /** Whether code polls. */
  boolean polls() {
    return !signalsBasedInterruption;
  }

  /**
   * Whether {@link Thread#interrupt} of the thread that calls a guest stops that: it traps with
   * {@link dev.tazza.environ.TrapCode#INTERRUPT} some milliseconds later, and the thread stays
   * interrupted. Costs a daemon thread that looks at the stores in use each {@value
   * InterruptionWatch#PERIOD_MILLIS} ms. Default: false.
   */
  public Config threadInterruption(boolean enable) {
    threadInterruption = enable;
    return this;
  }

  boolean threadInterruption() {
    return threadInterruption;
  }

  /**
   * Whether guests use up <em>fuel</em>, of which a store has as much as {@link Store#setFuel} gave
   * it, at first none. A guest that needs more traps with {@link
   * dev.tazza.environ.TrapCode#OUT_OF_FUEL}. What operators take is {@link #operatorCost}; the same
   * calls with the same fuel end in the same way at the same operator, whatever machine they run on
   * and however their code is optimized.
   *
   * <p>For guests that must come to an end after an amount of work that does not depend on the
   * machine, or that are charged by what they do. For those that shall only not run for too long,
   * {@link #epochInterruption} and timeouts cost less: fuel takes some percent of the time.
   *
   * <p>A guest stops at the first call, branch back to the start of a loop, or operator on many
   * bytes or elements for which, its own cost included, there is not enough. Calls of functions that
   * neither call nor loop are not looked at, so it may do a little more than it has fuel for; but
   * then it comes back neither from a call of the embedder nor to one of the host. Default: false.
   */
  public Config consumeFuel(boolean enable) {
    consumeFuel = enable;
    return this;
  }

  boolean consumeFuel() {
    return consumeFuel;
  }

  /**
   * What operators take of the fuel ({@link #consumeFuel}). Compiled into the code, so that modules
   * which were compiled with other costs are refused. For prices of your own: what is to be
   * expensive, or free. Default: {@link OperatorCost#DEFAULT}, 1 for almost all.
   */
  public Config operatorCost(OperatorCost costs) {
    operatorCost = Objects.requireNonNull(costs, "costs");
    return this;
  }

  /**
   * How much stack the guest code of a store may use; beyond it a call traps. Default: 512 KiB.
   *
   * @throws IllegalArgumentException when {@code bytes} is not positive or above 1 GiB
   */
  public Config maxWasmStack(long bytes) {
    if (bytes <= 0 || bytes > 1L << 30) {
      throw new IllegalArgumentException(
          "maxWasmStack must be from 1 byte to 1 GiB, but is " + bytes);
    }
    maxWasmStack = bytes;
    return this;
  }

  long maxWasmStack() {
    return maxWasmStack;
  }

  /**
   * Whether the stack of a store that is closed is cleared before another store gets it. No valid
   * code reads what it has not written there, so that only a bug of the compiler could show one
   * guest what another one left: a second line of defense. It takes 1 µs for each store. Default:
   * false.
   */
  public Config asyncStackZeroing(boolean enable) {
    asyncStackZeroing = enable;
    return this;
  }

  boolean asyncStackZeroing() {
    return asyncStackZeroing;
  }

  /**
   * Memories whose maximum is at or below this are static: they reserve this much address space and
   * never move. 0 makes all dynamic. Rounded up to pages. Default: 4 GiB, which makes all 32-bit
   * memories static.
   */
  public Config staticMemoryMaximumSize(long bytes) {
    staticMemoryMaximumSize = size("staticMemoryMaximumSize", bytes);
    return this;
  }

  /**
   * Whether all memories are static; growth then ends at {@link #staticMemoryMaximumSize}. Default:
   * false.
   */
  public Config staticMemoryForced(boolean enable) {
    staticMemoryForced = enable;
    return this;
  }

  /**
   * Size of the inaccessible range after a static memory: bounds checks disappear for offsets that
   * it covers. Rounded up to pages. Default: 2 GiB.
   */
  public Config staticMemoryGuardSize(long bytes) {
    staticMemoryGuardSize = size("staticMemoryGuardSize", bytes);
    return this;
  }

  /**
   * Size of the inaccessible range after a dynamic memory. Raises the static guard when that is
   * smaller. Rounded up to pages. Default: 64 KiB.
   */
  public Config dynamicMemoryGuardSize(long bytes) {
    dynamicMemoryGuardSize = size("dynamicMemoryGuardSize", bytes);
    staticMemoryGuardSize = Math.max(staticMemoryGuardSize, dynamicMemoryGuardSize);
    return this;
  }

  /**
   * Address space reserved after a dynamic memory, so that it rarely has to move when it grows;
   * less where the system has no room. Default: 2 GiB.
   */
  public Config dynamicMemoryReservedForGrowth(long bytes) {
    dynamicMemoryReservedForGrowth = size("dynamicMemoryReservedForGrowth", bytes);
    return this;
  }

  long dynamicMemoryReservedForGrowth() {
    return dynamicMemoryReservedForGrowth;
  }

  /**
   * Whether there is an inaccessible range before each memory too, as a defense against bugs of the
   * compiler. Default: true.
   */
  public Config guardBeforeLinearMemory(boolean enable) {
    guardBeforeLinearMemory = enable;
    return this;
  }

  /**
   * Whether all memories of an engine are dynamic when the process may not use enough address space
   * ({@code ulimit -v}) for a few static ones at the time when the engine is made. Code then checks
   * each access, and modules that were compiled for static memories are refused. Without this such
   * a process cannot make memories at all. No effect on {@link #staticMemoryForced}. Default: true.
   */
  public Config dynamicMemoryFallback(boolean enable) {
    dynamicMemoryFallback = enable;
    return this;
  }

  boolean dynamicMemoryFallback() {
    return dynamicMemoryFallback;
  }

  /**
   * Whether an access to a memory that is checked by a comparison stays inside the memory also
   * while the processor guesses that comparison wrongly and runs ahead (Spectre, variant 1).
   * Accesses that need no check are not concerned: all of those of 32-bit memories that are static,
   * but for offsets of gigabytes. Default: true.
   */
  public Config heapAccessSpectreMitigation(boolean enable) {
    heapAccessSpectreMitigation = enable;
    return this;
  }

  /**
   * The same for what is found by an index in a table: {@code call_indirect}, {@code table.get} and
   * {@code table.set}, {@code br_table}. Default: true.
   */
  public Config tableAccessSpectreMitigation(boolean enable) {
    tableAccessSpectreMitigation = enable;
    return this;
  }

  boolean tableAccessSpectreMitigation() {
    return tableAccessSpectreMitigation;
  }

  /** Address space that a static memory takes. */
  long staticMemoryReservation() {
    long guards = guardBeforeLinearMemory ? 2 * staticMemoryGuardSize : staticMemoryGuardSize;
    return staticMemoryMaximumSize + guards;
  }

  /**
   * Whether an engine, module or store that becomes unreachable without having been closed is named
   * in a warning, with the stack trace of where it was made, to the {@link System.Logger} {@code
   * dev.tazza}. They are freed in any case. Notes a stack trace for each that is made. Default:
   * false.
   */
  public Config reportUnclosed(boolean enable) {
    reportUnclosed = enable;
    return this;
  }

  boolean reportUnclosed() {
    return reportUnclosed;
  }

  private static long size(String option, long bytes) {
    if (bytes < 0 || bytes > 1L << 40) {
      throw new IllegalArgumentException(option + " must be from 0 to 1 TiB, but is " + bytes);
    }
    return bytes + PAGE - 1 & -PAGE;
  }

  Tunables tunables() {
    if (staticMemoryGuardSize < dynamicMemoryGuardSize) {
      throw new IllegalArgumentException(
          "staticMemoryGuardSize (%d) must not be smaller than dynamicMemoryGuardSize (%d)"
              .formatted(staticMemoryGuardSize, dynamicMemoryGuardSize));
    }
    return new Tunables(
        staticMemoryMaximumSize,
        staticMemoryForced,
        staticMemoryGuardSize,
        dynamicMemoryGuardSize,
        generateAddressMap,
        polls(),
        heapAccessSpectreMitigation,
        tableAccessSpectreMitigation,
        consumeFuel ? operatorCost : null);
  }

  /**
   * @param tunables {@link #tunables}, or what an engine has instead
   * @param room {@link #dynamicMemoryReservedForGrowth}, or what an engine has instead
   */
  StoreOptions storeOptions(Tunables tunables, long room) {
    return new StoreOptions(
        tunables, guardBeforeLinearMemory, room, wasmBacktrace ? MAXIMUM_FRAMES : 0);
  }
}
