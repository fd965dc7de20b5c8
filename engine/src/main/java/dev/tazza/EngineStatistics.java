package dev.tazza;

import org.jspecify.annotations.Nullable;

/**
 * How much the stores and modules of an engine take, at about the same moment.
 *
 * @param stores that are not closed
 * @param instances in them
 * @param memoryBytes sizes of the memories in them, in bytes, but for shared ones; what of it is
 *     resident is what guests have touched
 * @param modules whose code is mapped: those that are open, and those that instances still need
 * @param codeBytes bytes of their code
 * @param pool how much of its pools is in use; null when it has none
 */
public record EngineStatistics(
    long stores,
    long instances,
    long memoryBytes,
    long modules,
    long codeBytes,
    @Nullable PoolMetrics pool) {}
