package dev.tazza.vm.event;

import dev.tazza.vm.pool.PoolUse;

/**
 * How much of an engine's pools is in use.
 *
 * @param limit how many instances, and as many stacks, there are
 * @param stacks in use
 * @param use of all else
 */
public record PoolSample(int limit, int stacks, PoolUse use) {}
