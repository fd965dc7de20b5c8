package dev.tazza.vm.instance;

import dev.tazza.wasm.type.GlobalType;

/**
 * A global variable.
 *
 * @param address of its 16 bytes
 */
public record VmGlobal(VmStore store, GlobalType type, long address) {}
