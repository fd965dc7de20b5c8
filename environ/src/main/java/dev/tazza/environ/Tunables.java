package dev.tazza.environ;

import dev.tazza.wasm.operator.OperatorCost;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A value for each {@link Tunable}. Immutable. */
public final class Tunables {
  /** What each row has as its default. */
  public static final Tunables DEFAULT = new Tunables(defaults(), OperatorCost.DEFAULT);

  /** The first choice of {@link Tunable#OPT_LEVEL}. */
  private static final int OPT_NONE = 0;

  /** Few offsets are larger. */
  private static final long MOST_FOR_OFFSETS = 2L << 30;

  /** No memory has more bytes: programs do not get more address space. */
  public static final long LARGEST_MEMORY = 1L << 47;

  private final long[] values;
  private final OperatorCost operatorCost;

  private Tunables(long[] values, OperatorCost operatorCost) {
    this.values = values;
    this.operatorCost = operatorCost;
  }

  private static long[] defaults() {
    long[] values = new long[Tunable.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Tunable.of(i).byDefault();
    }
    return values;
  }

  /** A value: of a truth 0 or 1, of a choice its number, of a size bytes. */
  public long get(Tunable tunable) {
    return values[tunable.ordinal()];
  }

  /** A truth. */
  public boolean is(Tunable tunable) {
    return get(tunable) != 0;
  }

  /**
   * The same but for one value.
   *
   * @throws IllegalArgumentException when it is out of range
   */
  public Tunables with(Tunable tunable, long value) {
    long[] changed = values.clone();
    changed[tunable.ordinal()] = tunable.checked(value);
    return new Tunables(changed, operatorCost);
  }

  /** The same but for what operators cost. */
  public Tunables with(OperatorCost costs) {
    return new Tunables(with(Tunable.OPERATOR_COST, costs.digest()).values, costs);
  }

  /** What operators cost, if they do: see {@link Tunable#CONSUME_FUEL}. */
  public OperatorCost operatorCost() {
    return operatorCost;
  }

  /** The same but for one truth. */
  public Tunables with(Tunable tunable, boolean value) {
    return with(tunable, value ? 1 : 0);
  }

  /**
   * These.
   *
   * @throws IllegalArgumentException when some contradict each other
   */
  public Tunables requireConsistent() {
    long guard = get(Tunable.STATIC_MEMORY_GUARD_SIZE);
    long dynamicGuard = get(Tunable.DYNAMIC_MEMORY_GUARD_SIZE);
    if (guard < dynamicGuard) {
      throw new IllegalArgumentException(
          "staticMemoryGuardSize ("
              + guard
              + ") must not be smaller than dynamicMemoryGuardSize ("
              + dynamicGuard
              + ")");
    }
    long stack = get(Tunable.MAX_WASM_STACK);
    long asyncStack = get(Tunable.ASYNC_STACK_SIZE);
    if (is(Tunable.ASYNC_SUPPORT) && stack > asyncStack) {
      throw new IllegalArgumentException(
          "maxWasmStack (" + stack + ") must not be above asyncStackSize (" + asyncStack + ")");
    }
    if (!trapsBySignal() && !polls()) {
      throw new IllegalArgumentException(
          "signalsBasedInterruption needs the signal handlers that signalsBasedTraps(false)"
              + " excludes: guests have to poll then");
    }
    return this;
  }

  /** Whether those that code depends on are the same. */
  public boolean agreeInCode(Tunables other) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] != other.values[i] && Tunable.of(i).isInCode()) {
        return false;
      }
    }
    return true;
  }

  /** Writes those that code depends on; eight bytes for each option all the same. */
  public void write(ByteBuffer out) {
    for (int i = 0; i < values.length; i++) {
      Tunable tunable = Tunable.of(i);
      out.putLong(tunable.isInCode() ? values[i] : tunable.byDefault());
    }
  }

  /**
   * What {@link #write} wrote, for comparison: nothing checks that values are in range, and of what
   * operators cost there is the digest only.
   */
  public static Tunables read(ByteBuffer in) {
    long[] values = new long[Tunable.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getLong();
    }
    return new Tunables(values, OperatorCost.DEFAULT);
  }

  // What follows from them.

  /** Whether code uses up fuel. */
  public boolean usesFuel() {
    return is(Tunable.CONSUME_FUEL);
  }

  /** What operators cost, or null if they cost nothing. */
  public @Nullable OperatorCost fuel() {
    return usesFuel() ? operatorCost : null;
  }

  /** Whether code polls at loop heads and function entries. */
  public boolean polls() {
    return !is(Tunable.SIGNALS_BASED_INTERRUPTION);
  }

  /** Whether frames keep the values of locals, for debuggers and core dumps. */
  public boolean keepsLocals() {
    return is(Tunable.DEBUG_INFO) && get(Tunable.OPT_LEVEL) == OPT_NONE;
  }

  /** Whether debuggers are told where optimized code has locals. */
  public boolean tellsLocals() {
    return is(Tunable.DEBUG_INFO) && get(Tunable.OPT_LEVEL) != OPT_NONE;
  }

  /** Whether the processor's faults are traps; if not, code checks everything itself. */
  public boolean trapsBySignal() {
    return is(Tunable.SIGNALS_BASED_TRAPS);
  }

  /**
   * Whether modules keep their debug information, and where their functions were: backtraces, a
   * profiler, debuggers or core dumps need it.
   */
  public boolean keepsDebugInfo() {
    return is(Tunable.WASM_BACKTRACE_DETAILS)
        || is(Tunable.PROFILER)
        || is(Tunable.DEBUG_INFO)
        || is(Tunable.COREDUMP_ON_TRAP);
  }

  /**
   * Whether a memory of this type is static: its reservation holds all it can ever grow to, so its
   * base never moves. Known from the type alone, so that code can rely on it for imported memories
   * too: an import's maximum is at or below the declared one.
   */
  public boolean isStatic(MemoryType type) {
    return is(Tunable.STATIC_MEMORY_FORCED)
        || maximumBytes(type) <= get(Tunable.STATIC_MEMORY_MAXIMUM_SIZE);
  }

  /** Whether the base of such a memory never moves: a shared one reserves its maximum. */
  public boolean staysInPlace(MemoryType type) {
    return isStatic(type) || type.limits().shared();
  }

  /** Address space that a static memory takes. */
  public long staticMemoryReservation() {
    long guard = get(Tunable.STATIC_MEMORY_GUARD_SIZE);
    long before = is(Tunable.GUARD_BEFORE_LINEAR_MEMORY) ? guard : 0;
    return before + get(Tunable.STATIC_MEMORY_MAXIMUM_SIZE) + guard;
  }

  /**
   * Whether the guard begins right behind the last byte of such a memory, so that it stands for
   * checks: not if the length need not be whole pages of the system, or faults are no traps.
   */
  public boolean isGuarded(MemoryType type) {
    return trapsBySignal() && type.pageSizeLog2() >= MemoryType.DEFAULT_PAGE_SIZE_LOG2;
  }

  /** Size of the guard behind memories of this type. */
  public long guardSize(MemoryType type) {
    if (isStatic(type)) {
      return get(Tunable.STATIC_MEMORY_GUARD_SIZE);
    }
    long guard = get(Tunable.DYNAMIC_MEMORY_GUARD_SIZE);
    boolean isLarge = type.limits().is64() && guard != 0 && isGuarded(type);
    return isLarge ? Math.max(guard, get(Tunable.MEMORY64_GUARD_SIZE)) : guard;
  }

  /**
   * How much of the guard behind a dynamic memory is for the offsets of accesses; the rest is for
   * indexes.
   */
  public long guardForOffsets(MemoryType type) {
    return Math.min(guardSize(type) / 2, MOST_FOR_OFFSETS);
  }

  /** From the base of a static memory to the end of its guard. */
  public long staticMemoryRoom() {
    return get(Tunable.STATIC_MEMORY_MAXIMUM_SIZE) + get(Tunable.STATIC_MEMORY_GUARD_SIZE);
  }

  /** The same with dynamic memories only. */
  public Tunables withDynamicMemories() {
    return with(Tunable.STATIC_MEMORY_MAXIMUM_SIZE, 0)
        .with(Tunable.STATIC_MEMORY_FORCED, false)
        .with(Tunable.MEMORY64_GUARD_SIZE, 0);
  }

  /**
   * The most bytes that a memory of this type can have, {@code Long.MAX_VALUE} when that is no
   * signed number. The runtime makes none that is larger than {@link #LARGEST_MEMORY}.
   */
  public static long maximumBytes(MemoryType type) {
    Limits limits = type.limits();
    if (limits.hasMaximum()) {
      return bytes(type, limits.maximum());
    }
    // Without a maximum the number of pages must be one that memory.size can give, too.
    boolean isByteSized = type.pageSizeLog2() == 0;
    return limits.is64() ? Long.MAX_VALUE : isByteSized ? (1L << 32) - 1 : 1L << 32;
  }

  /** The least bytes that a memory of this type has, as {@link #maximumBytes}. */
  public static long minimumBytes(MemoryType type) {
    return bytes(type, type.limits().minimum());
  }

  private static long bytes(MemoryType type, long pages) {
    int shift = type.pageSizeLog2();
    return pages < 0 || pages > Long.MAX_VALUE >>> shift ? Long.MAX_VALUE : pages << shift;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Tunables that && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }
}
