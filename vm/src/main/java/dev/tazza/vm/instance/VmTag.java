package dev.tazza.vm.instance;

import dev.tazza.wasm.type.FuncType;

/**
 * A tag: what tells exceptions apart. Two of the same type are two tags.
 *
 * @param type its parameters are what exceptions carry; has no results
 * @param typeId the engine-wide number of the type
 * @param number in the store, by which guest code knows it
 */
public record VmTag(VmStore store, FuncType type, int typeId, int number) {}
