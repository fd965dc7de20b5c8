package dev.tazza.vm.instance;

import dev.tazza.environ.FuncRefLayout;
import dev.tazza.environ.HostFunctionContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.wasm.type.FuncType;
import java.util.Arrays;

/**
 * The host functions of a store, by number, and what guest code holds of them: a context for each
 * import, and a reference where one is used as a value. Used by one thread at a time, as the store.
 */
final class HostFunctions {
  private static final int FIRST_CAPACITY = 16;

  private final TypeRegistry typeRegistry;
  private final StoreResources resources;
  private VmHostFunction[] functions = {};
  private FuncType[] types = {};

  /** Addresses; 0 where none was asked for yet. */
  private long[] references = {};

  private int count;

  HostFunctions(TypeRegistry typeRegistry, StoreResources resources) {
    this.typeRegistry = typeRegistry;
    this.resources = resources;
  }

  /** Adds one; returns its number. */
  int add(FuncType type, VmHostFunction function) {
    if (count == functions.length) {
      int capacity = Math.max(FIRST_CAPACITY, count * 2);
      functions = Arrays.copyOf(functions, capacity);
      types = Arrays.copyOf(types, capacity);
      references = Arrays.copyOf(references, capacity);
    }
    functions[count] = function;
    types[count] = type;
    return count++;
  }

  VmHostFunction get(int number) {
    return functions[number];
  }

  FuncType type(int number) {
    return types[number];
  }

  /**
   * A context for the code that exits to the function.
   *
   * @param caller one more than the number of the instance that imports it, 0 for none
   * @return its address
   */
  long newContext(int number, int caller) {
    long context = resources.allocate(HostFunctionContext.SIZE);
    NativeMemory.putInt(context + HostFunctionContext.MAGIC, HostFunctionContext.MAGIC_VALUE);
    NativeMemory.putInt(context + HostFunctionContext.INDEX, number);
    NativeMemory.putLong(context + HostFunctionContext.CALLER, caller);
    return context;
  }

  /** The address that stands for the function in guest code; always the same. */
  long reference(int number) {
    if (references[number] == 0) {
      references[number] = newReference(number);
    }
    return references[number];
  }

  private long newReference(int number) {
    TypeRegistry registry = typeRegistry;
    int type = registry.acquire(types[number]);
    resources.add(() -> registry.release(type));
    long reference = resources.allocate(FuncRefLayout.SIZE);
    NativeMemory.putLong(reference + FuncRefLayout.CODE, registry.exitTrampoline(type));
    NativeMemory.putInt(reference + FuncRefLayout.TYPE_ID, type);
    NativeMemory.putLong(reference + FuncRefLayout.CONTEXT, newContext(number, 0));
    return reference;
  }
}
