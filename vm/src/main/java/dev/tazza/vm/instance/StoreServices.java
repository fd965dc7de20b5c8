package dev.tazza.vm.instance;

import dev.tazza.vm.call.GuestStackPool;
import dev.tazza.vm.interrupt.Stopper;
import dev.tazza.vm.memory.MemoryRegions;
import dev.tazza.vm.memory.MemorySource;

/**
 * What all stores of an engine work with.
 *
 * @param types the types of functions
 * @param stacks where their stacks come from
 * @param instances where their instances come from
 * @param regions where shared memories come from
 * @param hostMemories where other memories come from that no instance defines
 * @param stopper stops their guests on request
 * @param reclaimer frees those that nobody closed
 * @param use counts what they take
 */
public record StoreServices(
    TypeRegistry types,
    GuestStackPool stacks,
    InstanceAllocator instances,
    MemoryRegions regions,
    MemorySource hostMemories,
    Stopper stopper,
    Reclaimer reclaimer,
    ResourceUse use) {}
