package dev.tazza;

/**
 * How much of an engine's pools is in use, at about the same moment.
 *
 * @param count how many instances, and as many stacks, there are: {@link InstanceLimits#count}
 * @param instances in use
 * @param stacks in use, one for each store
 * @param memories in use
 * @param tables slots in use, by tables that have grown or have no place with their instance
 * @param unusedWarmMemories free slots that keep pages or initial contents
 * @param memoriesTaken since the engine was made
 * @param memoriesReused of {@code memoriesTaken}, those that found in their slot what they begin
 *     with
 */
public record PoolMetrics(
    int count,
    int instances,
    int stacks,
    int memories,
    int tables,
    int unusedWarmMemories,
    long memoriesTaken,
    long memoriesReused) {}
