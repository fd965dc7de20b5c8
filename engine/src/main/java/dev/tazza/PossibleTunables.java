package dev.tazza;

import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.vm.memory.AddressSpace;
import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.Feature;

/**
 * The tunables that a configuration wants, or, where a process may not use enough address space
 * ({@code ulimit -v}), what is possible there instead: see {@link Config#dynamicMemoryFallback}.
 *
 * @param tunables to be used
 * @param haveFallenBack whether they are not those of the configuration
 */
record PossibleTunables(Tunables tunables, boolean haveFallenBack) {
  /** What so many memories at once have no room for, none gets. */
  private static final int LEAST_MEMORIES = 4;

  /** Many memories, and all else, have to share what there is. */
  private static final long ROOM_OF_FALLBACK = 16 << 20;

  /**
   * Those of a configuration.
   *
   * @throws IllegalArgumentException when they contradict each other
   */
  static PossibleTunables of(Config config) {
    Tunables wanted = config.tunables().requireConsistent();
    if (!canFallBack(config, wanted) || !AddressSpace.mayBeLimited()) {
      return new PossibleTunables(wanted, false);
    }
    Preparation.require(config.signalsBasedTraps());
    Tunables tunables = hasRoom(wanted) ? wanted : withoutStaticMemories(wanted);
    if (config.features().has(Feature.MEMORY64) && !hasRoomForGuards(tunables)) {
      tunables = tunables.with(Tunable.MEMORY64_GUARD_SIZE, 0);
    }
    return new PossibleTunables(tunables, !tunables.equals(wanted));
  }

  private static boolean canFallBack(Config config, Tunables wanted) {
    return wanted.is(Tunable.DYNAMIC_MEMORY_FALLBACK)
        && !wanted.is(Tunable.STATIC_MEMORY_FORCED)
        && !(config.allocationStrategy() instanceof InstanceAllocationStrategy.Pooling);
  }

  private static boolean hasRoom(Tunables wanted) {
    return wanted.get(Tunable.STATIC_MEMORY_MAXIMUM_SIZE) == 0
        || AddressSpace.hasRoom(wanted.staticMemoryReservation(), LEAST_MEMORIES);
  }

  private static boolean hasRoomForGuards(Tunables wanted) {
    long guard = wanted.get(Tunable.MEMORY64_GUARD_SIZE);
    return guard == 0 || AddressSpace.hasRoom(guard, LEAST_MEMORIES);
  }

  private static Tunables withoutStaticMemories(Tunables wanted) {
    long room = wanted.get(Tunable.DYNAMIC_MEMORY_RESERVED_FOR_GROWTH);
    return wanted
        .withDynamicMemories()
        .with(Tunable.DYNAMIC_MEMORY_RESERVED_FOR_GROWTH, Math.min(room, ROOM_OF_FALLBACK));
  }

  /** Why an artifact was refused, if that is because of this process. */
  ArtifactException explain(ArtifactException refused) {
    if (!haveFallenBack) {
      return refused;
    }
    return new ArtifactException(
        refused.getMessage()
            + "; this process may not use enough address space for them (ulimit -v), so that its"
            + " engine does with less: see Config.dynamicMemoryFallback");
  }
}
