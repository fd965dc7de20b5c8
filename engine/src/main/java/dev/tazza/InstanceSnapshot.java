package dev.tazza;

import dev.tazza.environ.FunctionReferences;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.instance.VmInstance;
import dev.tazza.wasm.binary.InstanceState;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.ValType;
import dev.tazza.wasm.type.VecType;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** The state of an instance, by the indexes of its module. Used while nothing changes it. */
final class InstanceSnapshot implements InstanceState {
  private final Store<?> store;
  private final VmInstance vm;
  private final Map<Func, Integer> functions = new HashMap<>();

  InstanceSnapshot(Store<?> store, VmInstance vm) {
    this.store = store;
    this.vm = vm;
    FunctionReferences references = vm.loaded().compiled().references();
    for (int i = 0; i < references.count(); i++) {
      int index = references.function(i);
      functions.put(new Func(store, vm.function(index)), index);
    }
  }

  @Override
  public MemorySegment memory(int memory) {
    if (vm.module().memory(memory).limits().shared()) {
      throw new UnsupportedOperationException(
          "a shared memory cannot be in a snapshot: other threads may be changing it");
    }
    return vm.memory(memory).storage().segment();
  }

  @Override
  public long tableSize(int table) {
    return vm.table(table).storage().length();
  }

  @Override
  public int element(int table, long index) {
    long handle = vm.table(table).storage().get(index);
    RefType type = vm.table(table).type().elementType();
    int function = function(type, handle, "element " + index + " of table " + table);
    if (function == NULL && vm.module().tableInit(table) != null) {
      throw new UnsupportedOperationException(
          "table %d has a value for new elements, but null at %d".formatted(table, index));
    }
    return function;
  }

  @Override
  public long[] global(int global) {
    ValType type = vm.module().global(global).valueType();
    long address = vm.global(global).address();
    long low = NativeMemory.getLong(address);
    return switch (type) {
      case VecType _ -> new long[] {low, NativeMemory.getLong(address + 8)};
      case RefType reference -> new long[] {function(reference, low, "global " + global)};
      default -> new long[] {low};
    };
  }

  private int function(RefType type, long handle, String where) {
    Object value = ReferenceValues.object(store, type, handle);
    if (value == null) {
      return NULL;
    }
    Integer index = value instanceof Func func ? functions.get(func) : null;
    if (index == null) {
      throw new UnsupportedOperationException(
          where + " refers to what is not of the module, which a snapshot cannot have");
    }
    return index;
  }
}
