package dev.tazza.translate;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.environ.StoreContext;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.environ.VmLayout;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.MemoryType;
import org.jspecify.annotations.Nullable;

/**
 * Where memories are, and what makes sure that addresses are inside of them. Whether an access
 * needs a check, and which, follows from the memory's type and the engine's {@link Tunables}.
 *
 * <ul>
 *   <li>With 4 GiB reserved and a guard behind them a 32-bit index with a small offset cannot leave
 *       the reservation, and touching its unmapped part is the trap.
 *   <li>A 64-bit index has to be one of 32 bits then. It is compared with its own lower half, and
 *       the half is used: no length is loaded, and nothing is clamped.
 *   <li>Otherwise, if the offset is within half of the guard behind the memory, the index alone is
 *       compared with the length: the same comparison for all such offsets, of which one is left in
 *       the end. The compiler is told how long the memory is at least, so that it can find indexes
 *       that need none.
 *   <li>Larger offsets, and memories without a guard right behind their last byte (those with small
 *       pages), need all of the access compared with the length. No sum of 64-bit numbers must wrap
 *       around there, so it is the length that the offset is subtracted from.
 * </ul>
 */
final class MemoryBounds {
  private static final int OUT_OF_BOUNDS = TrapCode.MEMORY_OUT_OF_BOUNDS.code();
  private static final long ALL_INDEXES = 1L << 32;

  /** Beyond all memories, and far enough from where 64-bit numbers wrap around. */
  private static final long NOWHERE = 1L << 62;

  private final FunctionState state;

  /** The memory asked about last, and what there is to know of it. */
  private int lastMemory;

  private @Nullable Known lastKnown;

  private final KnownAddresses addresses = new KnownAddresses();

  MemoryBounds(FunctionState state) {
    this.state = state;
  }

  /**
   * What follows from a memory's type and the {@link Tunables} for all accesses to it.
   *
   * @param staysInPlace whether its base never changes
   * @param isBelow4Gib whether all of its indexes are below 2<sup>32</sup>
   * @param room from the base of a static memory to the end of its guard
   * @param guard how much of the guard is for offsets of accesses
   * @param leastBytes how long it is at least, 0 where it cannot be made
   */
  private record Known(
      MemoryType type,
      boolean is64,
      boolean isGuarded,
      boolean isStatic,
      boolean staysInPlace,
      boolean isBelow4Gib,
      long room,
      long guard,
      long leastBytes) {

    static Known of(MemoryType type, Tunables tunables) {
      boolean is64 = type.limits().is64();
      long bound = tunables.get(Tunable.STATIC_MEMORY_MAXIMUM_SIZE);
      long leastBytes = Tunables.minimumBytes(type);
      return new Known(
          type,
          is64,
          tunables.isGuarded(type),
          tunables.isStatic(type),
          tunables.staysInPlace(type),
          !is64 || Math.min(Tunables.maximumBytes(type), bound) <= ALL_INDEXES,
          tunables.staticMemoryRoom(),
          tunables.guardForOffsets(type),
          leastBytes <= Tunables.LARGEST_MEMORY ? leastBytes : 0);
    }
  }

  private Known known(int memory) {
    Known known = lastKnown;
    if (known == null || memory != lastMemory) {
      known = Known.of(state.env.module.memory(memory), state.env.tunables);
      lastKnown = known;
      lastMemory = memory;
    }
    return known;
  }

  /** An index that may be accessed, clamped where it was compared, with what to add to it. */
  record Inside(Inst index, long offset) {}

  MemoryType type(int memory) {
    return known(memory).type;
  }

  boolean is64(int memory) {
    return known(memory).is64;
  }

  /**
   * Whether any index with this offset is inside the memory or in a place where touching it faults,
   * so that nothing has to be checked. The offset fits a displacement then.
   *
   * @param offset unsigned
   */
  boolean isAlwaysInside(int memory, long offset, int bytes) {
    Known known = known(memory);
    return known.isGuarded
        && known.isStatic
        && known.staysInPlace
        && !known.is64
        && offset >= 0
        && offset <= Integer.MAX_VALUE
        && offset + bytes + ALL_INDEXES - 1 <= known.room;
  }

  /** The address of a 32-bit index of a memory that {@linkplain #isAlwaysInside stays in place}. */
  Inst address(int memory, Inst index) {
    Block block = state.builder.block();
    Inst known = addresses.find(block, memory, index);
    if (known == null) {
      Inst wide = wide(index);
      known = state.builder.binary(Opcode.ADD, Type.I64, base(memory), wide);
      addresses.add(block, memory, index, known);
    }
    return known;
  }

  /** An index, or a number of bytes, as 64 bits. */
  Inst wide(Inst value) {
    return value.type == Type.I64 ? value : state.builder.unary(Opcode.UEXTEND, Type.I64, value);
  }

  /**
   * Traps unless {@code bytes} bytes at {@code given + offset} are inside the memory or in a place
   * where touching them faults.
   *
   * @param given of the memory's type of indexes
   * @param offset unsigned
   */
  Inside check(int memory, Inst given, long offset, int bytes) {
    Inst index = wide(given);
    // No memory is so large: what is beyond traps, whatever it is.
    long end = offset < 0 || offset > Tunables.LARGEST_MEMORY ? NOWHERE : offset + bytes;
    Known known = known(memory);
    if (given.isConst() && isInLeast(known, given, end)) {
      return new Inside(index, offset);
    }
    if (known.isGuarded) {
      long beyond = known.room - end - (ALL_INDEXES - 1);
      if (known.isStatic && beyond >= 0 && known.isBelow4Gib) {
        return known.is64 ? near(memory, index, offset, beyond, true) : new Inside(index, offset);
      }
      if (known.isStatic && !known.is64 && end <= known.room) {
        // Beyond the reservation and its guard lies memory of others.
        Inst limit = state.builder.i64(known.room - end);
        return new Inside(trapUnlessAtMost(index, index, limit), offset);
      }
      // The rest is for indexes that are not compared: see MemoryAccess.Length.
      if (end <= known.guard) {
        return known.is64
            ? near(memory, index, offset, known.guard - end, false)
            : new Inside(belowLength(memory, index), offset);
      }
    }
    return known.is64 || end <= known.leastBytes
        ? exactlyByRest(memory, index, offset, end)
        : exactly(memory, index, offset, end);
  }

  /**
   * An index that was checked, or is now.
   *
   * @param room how much farther the access may reach
   * @param isHalf whether it is compared with its lower half, else with the length
   */
  private Inside near(int memory, Inst index, long offset, long room, boolean isHalf) {
    int way = 2 * memory + (isHalf ? 1 : 0);
    Inside known = state.checked.find(way, index, room);
    if (known != null) {
      return new Inside(known.index, known.offset + offset);
    }
    Inst checked = isHalf ? lowerHalf(index) : belowLength(memory, index);
    state.checked.add(way, index, checked);
    return new Inside(checked, offset);
  }

  /**
   * An index where accesses with offsets that the guard covers are what {@code index} says, or
   * trap.
   */
  private Inst belowLength(int memory, Inst index) {
    Inst length = knownLength(memory);
    boolean clamps = state.env.tunables.is(Tunable.HEAP_ACCESS_SPECTRE_MITIGATION);
    // What other threads let grow may have something at the length by the time of the access.
    return clamps && !type(memory).limits().shared()
        ? state.builder.clampMin(index, length)
        : trapUnlessBelow(index, length);
  }

  /** Whether a constant is inside of the memory however small that is. */
  private static boolean isInLeast(Known known, Inst given, long end) {
    long index = given.type == Type.I32 ? Integer.toUnsignedLong((int) given.imm) : given.imm;
    return index >= 0 && end <= known.leastBytes && index <= known.leastBytes - end;
  }

  private long leastBytes(int memory) {
    return known(memory).leastBytes;
  }

  private Inst lowerHalf(Inst index) {
    Builder builder = state.builder;
    Inst half = builder.unary(Opcode.WRAP, Type.I32, index);
    Inst low = builder.unary(Opcode.UEXTEND, Type.I64, half);
    builder.trapIf(builder.compare(Opcode.ICMP_NE, index, low), OUT_OF_BOUNDS);
    return low;
  }

  private Inside exactly(int memory, Inst index, long offset, long end) {
    Builder builder = state.builder;
    // index < 2^32 and end <= 2^32 + 16: no overflow.
    Inst last = builder.binary(Opcode.ADD, Type.I64, index, builder.i64(end));
    // The offset may lead out of the memory on its own: it is clamped with the index.
    Inst far = builder.binary(Opcode.ADD, Type.I64, index, builder.i64(offset));
    return new Inside(trapUnlessAtMost(far, last, knownLength(memory)), 0);
  }

  private Inside exactlyByRest(int memory, Inst index, long offset, long end) {
    Builder builder = state.builder;
    Inst length = knownLength(memory);
    boolean isFar = end > leastBytes(memory);
    if (isFar) {
      Inst least = builder.i64(end);
      builder.trapIf(builder.compare(Opcode.ICMP_GT_U, least, length), OUT_OF_BOUNDS);
    }
    // An index below this many: that is, the access ends at the length.
    Inst count = builder.binary(Opcode.ADD, Type.I64, length, builder.i64(1 - end));
    if (!isFar) {
      return new Inside(trapUnlessBelow(index, count), offset);
    }
    boolean clamps = state.env.tunables.is(Tunable.HEAP_ACCESS_SPECTRE_MITIGATION);
    if (clamps) {
      // No index is below zero.
      count = builder.clamp(Opcode.CLAMP_LE, count, builder.i64(end), length);
    }
    builder.trapIf(builder.compare(Opcode.ICMP_GE_U, index, count), OUT_OF_BOUNDS);
    // The offset may lead out of the memory on its own: it is clamped with the index.
    Inst far = builder.binary(Opcode.ADD, Type.I64, index, builder.i64(offset));
    return new Inside(clamps ? builder.clamp(Opcode.CLAMP_LT, far, index, count) : far, 0);
  }

  /** Traps unless {@code index < bound}; gives the index, clamped. */
  private Inst trapUnlessBelow(Inst index, Inst bound) {
    Builder builder = state.builder;
    builder.trapIf(builder.compare(Opcode.ICMP_GE_U, index, bound), OUT_OF_BOUNDS);
    return state.env.tunables.is(Tunable.HEAP_ACCESS_SPECTRE_MITIGATION)
        ? builder.clamp(Opcode.CLAMP_LT, index, index, bound)
        : index;
  }

  /** Traps unless {@code tested} is at most {@code limit}; gives {@code value}, clamped. */
  private Inst trapUnlessAtMost(Inst value, Inst tested, Inst limit) {
    Builder builder = state.builder;
    builder.trapIf(builder.compare(Opcode.ICMP_GT_U, tested, limit), OUT_OF_BOUNDS);
    return state.env.tunables.is(Tunable.HEAP_ACCESS_SPECTRE_MITIGATION)
        ? builder.clamp(Opcode.CLAMP_LE, value, tested, limit)
        : value;
  }

  /**
   * Traps unless a memory can have so many bytes, when a 64-bit sum with that number could wrap
   * around; to be done before {@link #range}. Gives {@code count}, clamped.
   */
  Inst count(int memory, Inst count) {
    return is64(memory) ? trapUnlessAtMost(count, count, length(memory)) : count;
  }

  /**
   * The address of {@code given}; traps unless {@code count} bytes from there are inside the
   * memory.
   *
   * @param count was given to {@link #count}
   */
  Inst range(int memory, Inst given, Inst count) {
    Builder builder = state.builder;
    Inst index = wide(given);
    Inst inside;
    if (is64(memory)) {
      Inst last = builder.binary(Opcode.SUB, Type.I64, length(memory), count);
      inside = trapUnlessAtMost(index, index, last);
    } else {
      Inst end = builder.binary(Opcode.ADD, Type.I64, index, count);
      if (reachesNothingElse(memory)) {
        builder.trapIf(builder.compare(Opcode.ICMP_GT_U, end, length(memory)), OUT_OF_BOUNDS);
        inside = index;
      } else {
        inside = trapUnlessAtMost(index, end, length(memory));
      }
    }
    return builder.binary(Opcode.ADD, Type.I64, base(memory), inside);
  }

  /**
   * Whether the processor, guessing that a range is inside, cannot touch what is not the memory's:
   * any 32-bit index begins it in the reservation, and the functions that copy and fill go no
   * farther ahead than the guard.
   */
  boolean reachesNothingElse(int memory) {
    Known known = known(memory);
    return !known.is64
        && known.isGuarded
        && known.isStatic
        && known.room - ALL_INDEXES >= StoreContext.MEMORY_REACH;
  }

  /** Address of byte 0. */
  Inst base(int memory) {
    if (!known(memory).staysInPlace) {
      return base(memory, Fields.VARIABLE);
    }
    Block block = state.builder.block();
    Inst known = addresses.findBase(block, memory);
    if (known == null) {
      known = base(memory, Fields.CONSTANT);
      addresses.addBase(block, memory, known);
    }
    return known;
  }

  private Inst base(int memory, MemoryAccess access) {
    return state.builder.load(
        Type.I64, access, definition(memory), field(memory) + VmLayout.MEMORY_BASE, 0);
  }

  /** Current length in bytes. */
  Inst length(int memory) {
    return length(memory, Fields.VARIABLE);
  }

  /** The same, for accesses that end in the first half of the guard, if there is one. */
  private Inst knownLength(int memory) {
    MemoryType type = type(memory);
    Tunables tunables = state.env.tunables;
    boolean isGuarded = tunables.isGuarded(type);
    long guard = isGuarded ? tunables.guardSize(type) - tunables.guardForOffsets(type) : 0;
    return length(memory, Fields.length(leastBytes(memory), guard));
  }

  private Inst length(int memory, MemoryAccess access) {
    return state.builder.load(
        Type.I64, access, definition(memory), field(memory) + VmLayout.MEMORY_LENGTH, 0);
  }

  /** What {@link #field} is relative to. */
  private Inst definition(int memory) {
    int imported = state.env.module.importedMemoryCount();
    if (!isElsewhere(memory)) {
      return state.vmctx;
    }
    int pointer =
        memory < imported
            ? state.env.layout.importedMemory(memory)
            : state.env.layout.memory(memory - imported);
    return state.builder.load(Type.I64, Fields.CONSTANT, state.vmctx, pointer, 0);
  }

  private int field(int memory) {
    int imported = state.env.module.importedMemoryCount();
    return isElsewhere(memory) ? 0 : state.env.layout.memory(memory - imported);
  }

  /** Whether the context has the address of the definition in place of it. */
  private boolean isElsewhere(int memory) {
    return memory < state.env.module.importedMemoryCount() || type(memory).limits().shared();
  }
}
