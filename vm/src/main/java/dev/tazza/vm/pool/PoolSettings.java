package dev.tazza.vm.pool;

import java.time.Duration;

/**
 * Sizes and manners of all pools. Sizes in bytes.
 *
 * @param strategy which free slot of memory is taken
 * @param count the most instances at a time, and the most stacks
 * @param contextSize of an instance
 * @param tables of an instance, at most
 * @param tableElements of a table, at most
 * @param memories of an instance, at most
 * @param memorySize of a memory, at most
 * @param maxUnusedWarmSlots so many free slots of a pool stay warm
 * @param decommitBatchSize so many slots wait until pages are given back, at least 1
 * @param memoryKeepResident so much of a memory is set back by writing
 * @param tableKeepResident the same of a table
 * @param scansPages whether the system is asked which pages were modified
 * @param acquireTimeout how long to wait for an instance or stack when all are in use
 */
public record PoolSettings(
    SlotStrategy strategy,
    int count,
    long contextSize,
    int tables,
    int tableElements,
    int memories,
    long memorySize,
    int maxUnusedWarmSlots,
    int decommitBatchSize,
    long memoryKeepResident,
    long tableKeepResident,
    boolean scansPages,
    Duration acquireTimeout) {}
