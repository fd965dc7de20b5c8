package dev.tazza.vm.instance;

import dev.tazza.environ.FuncRefLayout;
import dev.tazza.environ.HostFunctionContext;
import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.memory.ExternRefRoots;
import dev.tazza.vm.memory.ExternRefTable;
import dev.tazza.vm.memory.TableStorage;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.ValType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What references in guest code of a store stand for: addresses for functions, handles for Java's
 * objects and exceptions.
 */
public final class StoreReferences {
  private final VmStore store;
  private final TypeRegistry types;
  private final HostFunctions hosts;
  private final List<VmInstance> instances;
  private final ExternRefRoots roots = new ExternRefRoots();
  private final ExternRefTable externs = new ExternRefTable(roots);

  StoreReferences(
      VmStore store, TypeRegistry types, HostFunctions hosts, List<VmInstance> instances) {
    this.store = store;
    this.types = types;
    this.hosts = hosts;
    this.instances = instances;
  }

  /** The Java objects that guest code holds. */
  public ExternRefTable externs() {
    return externs;
  }

  /** The address that stands for {@code function} in guest code; 0 for null. */
  public long reference(@Nullable VmFunction function) {
    if (function == null) {
      return 0;
    }
    if (function.store() != store) {
      throw new IllegalArgumentException("a function of another store cannot be used in this one");
    }
    if (!function.isHost()) {
      return function.reference();
    }
    return hosts.reference(function.host());
  }

  /**
   * Whether a reference to a function of this store is of a heap type.
   *
   * @param heapType a {@link dev.tazza.wasm.type.HeapType#code()} with a number of the engine
   */
  public boolean isReferenceOf(long reference, int heapType) {
    return types
        .matching()
        .heapMatches(NativeMemory.getInt(reference + FuncRefLayout.TYPE_ID), heapType);
  }

  /** The function that a reference in guest code stands for; null for 0. */
  public @Nullable VmFunction function(long reference) {
    if (reference == 0) {
      return null;
    }
    int typeId = NativeMemory.getInt(reference + FuncRefLayout.TYPE_ID);
    long context = NativeMemory.getLong(reference + FuncRefLayout.CONTEXT);
    if (NativeMemory.getInt(context) == HostFunctionContext.MAGIC_VALUE) {
      int host = NativeMemory.getInt(context + HostFunctionContext.INDEX);
      return new VmFunction(store, hosts.type(host), -1, 0, 0, 0, reference, host);
    }
    VmInstance instance = instances.get((int) NativeMemory.getLong(context + VmLayout.INSTANCE));
    return new VmFunction(
        store,
        types.type(typeId),
        typeId,
        NativeMemory.getLong(reference + FuncRefLayout.CODE),
        context,
        instance.loaded.entryTrampoline(typeId),
        reference,
        -1);
  }

  /** Adds a table, if it holds handles. */
  void addTable(ValType elementType, TableStorage table) {
    if (isHandle(elementType)) {
      roots.addTable(table);
    }
  }

  /** Adds a global that lives as long as the store, if it holds a handle. */
  void addGlobal(ValType type, long address) {
    if (isHandle(type)) {
      roots.addGlobal(address);
    }
  }

  /** Whether values of the type are handles of Java objects or exceptions. */
  static boolean isHandle(ValType type) {
    return type instanceof RefType reference
        && (reference.heapType() == AbstractHeapType.EXTERN
            || reference.heapType() == AbstractHeapType.EXN);
  }
}
