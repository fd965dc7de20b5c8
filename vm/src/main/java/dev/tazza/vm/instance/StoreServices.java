package dev.tazza.vm.instance;

import dev.tazza.vm.call.GuestStackPool;
import dev.tazza.vm.interrupt.Stopper;
import dev.tazza.vm.memory.MemoryRegions;

/**
 * What all stores of an engine work with.
 *
 * @param types the types of functions
 * @param stacks where their stacks come from
 * @param regions where their memories come from
 * @param stopper stops their guests on request
 * @param reclaimer frees those that nobody closed
 */
public record StoreServices(
    TypeRegistry types,
    GuestStackPool stacks,
    MemoryRegions regions,
    Stopper stopper,
    Reclaimer reclaimer) {}
