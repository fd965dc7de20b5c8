package dev.tazza;

import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.vm.memory.AddressSpace;
import dev.tazza.wasm.ArtifactException;

/**
 * The tunables that a configuration wants, or, where a process may not use enough address space
 * ({@code ulimit -v}), what is possible there instead: see {@link Config#dynamicMemoryFallback}.
 *
 * @param tunables to be used
 * @param haveFallenBack whether they are not those of the configuration
 */
record PossibleTunables(Tunables tunables, boolean haveFallenBack) {
  /** Where there is no room for so many static memories at once, none is static. */
  private static final int LEAST_STATIC_MEMORIES = 4;

  /** Many memories, and all else, have to share what there is. */
  private static final long ROOM_OF_FALLBACK = 16 << 20;

  /**
   * Those of a configuration.
   *
   * @throws IllegalArgumentException when they contradict each other
   */
  static PossibleTunables of(Config config) {
    Tunables wanted = config.tunables().requireConsistent();
    return canFallBack(config, wanted) && !hasRoom(config, wanted)
        ? new PossibleTunables(withoutStaticMemories(wanted), true)
        : new PossibleTunables(wanted, false);
  }

  private static boolean canFallBack(Config config, Tunables wanted) {
    return wanted.is(Tunable.DYNAMIC_MEMORY_FALLBACK)
        && !wanted.is(Tunable.STATIC_MEMORY_FORCED)
        && wanted.get(Tunable.STATIC_MEMORY_MAXIMUM_SIZE) != 0
        && !(config.allocationStrategy() instanceof InstanceAllocationStrategy.Pooling);
  }

  private static boolean hasRoom(Config config, Tunables wanted) {
    if (!AddressSpace.mayBeLimited()) {
      return true;
    }
    Preparation.require(config.signalsBasedTraps());
    return AddressSpace.hasRoom(wanted.staticMemoryReservation(), LEAST_STATIC_MEMORIES);
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
            + "; this process may not use enough address space for static memories (ulimit -v), so"
            + " that its engine has dynamic ones: see Config.dynamicMemoryFallback");
  }
}
