package dev.tazza.vm.instance;

import dev.tazza.sys.NativeHeap;
import dev.tazza.vm.memory.MemorySource;
import dev.tazza.vm.memory.TableSource;
import dev.tazza.wasm.module.WasmModule;

/**
 * Takes memory from the system when it is wanted.
 *
 * @param memories where memories come from
 */
public record OnDemandAllocator(MemorySource memories) implements InstanceAllocator {
  @Override
  public void check(WasmModule module, BlockSize size) {
    // What the system gives is the only limit.
  }

  @Override
  public long allocate(long bytes, boolean zeroed) {
    return zeroed ? NativeHeap.allocate(bytes) : NativeHeap.allocateUninitialized(bytes);
  }

  @Override
  public void free(long context, long bytes) {
    NativeHeap.free(context);
  }

  @Override
  public TableSource tables() {
    return TableSource.HEAP;
  }

  @Override
  public void retain() {
    // Nothing here is closed.
  }

  @Override
  public void release() {
    // Nothing here is closed.
  }
}
