package dev.tazza.vm.pool;

/**
 * How much of the pools is in use, at about the same moment.
 *
 * @param instances in use
 * @param memories in use
 * @param tables slots in use: by tables that have grown, or have no place with their instance
 * @param unusedWarmMemories free, with pages or an image in them
 * @param memoriesTaken so far
 * @param memoriesReused of those taken: what the slot had been used for last was the same
 */
public record PoolUse(
    int instances,
    int memories,
    int tables,
    int unusedWarmMemories,
    long memoriesTaken,
    long memoriesReused) {}
