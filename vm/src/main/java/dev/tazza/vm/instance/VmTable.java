package dev.tazza.vm.instance;

import dev.tazza.vm.memory.TableStorage;
import dev.tazza.wasm.type.TableType;

/** A table with its type. */
public record VmTable(VmStore store, TableType type, TableStorage storage) {}
