package dev.tazza.vm.instance;

import dev.tazza.environ.RuntimeService;
import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.type.TypeCode;

/**
 * What instances do at the request of their code: an arm for each {@link RuntimeService}. The same
 * at instantiation.
 */
final class ServiceCalls {
  /** Elements that are copied or filled at once: a fraction of a millisecond. */
  private static final long PIECE = 1 << 16;

  private ServiceCalls() {}

  /** Serves one exit: arguments and results in the value slots. */
  static void serve(RuntimeService service, VmInstance instance, long slots) {
    long result = serve(instance, new Arguments(service, slots));
    if (!service.type().results().isEmpty()) {
      NativeMemory.putLong(slots, result);
    }
  }

  /** Gives the result; 0 if the service has none. */
  private static long serve(VmInstance instance, Arguments args) {
    return switch (args.service) {
      case MEMORY_GROW -> {
        VmMemory memory = memory(instance, args);
        long pages = args.i64(1);
        yield instance.store.growth().request(() -> memory.grow(pages));
      }
      case MEMORY_INIT -> {
        initMemory(instance, args.i32(0), args.i32(1), args.i64(2), args.i32(3), args.i32(4));
        yield 0;
      }
      case DATA_DROP -> {
        instance.dropData(args.i32(0));
        yield 0;
      }
      case TABLE_GROW -> {
        VmTable table = instance.tables[args.i32(0)];
        long elements = args.i64(2);
        long element = args.reference(1);
        yield instance.store.growth().request(() -> table.grow(elements, element));
      }
      // Does not wait: a reference that nothing but this call has might be forgotten meanwhile.
      case TABLE_GROW_REF -> instance.tables[args.i32(0)].grow(args.i64(2), args.reference(1));
      case TABLE_FILL, TABLE_FILL_REF -> {
        fillTable(instance, args.i32(0), args.i64(1), args.reference(2), args.i64(3));
        yield 0;
      }
      case TABLE_COPY -> {
        copyTable(instance, args.i32(0), args.i32(1), args.i64(2), args.i64(3), args.i64(4));
        yield 0;
      }
      case TABLE_INIT -> {
        initTable(instance, args.i32(0), args.i32(1), args.i64(2), args.i32(3), args.i32(4));
        yield 0;
      }
      case TABLE_ELEMENT -> element(instance, args.i32(0), args.i64(1));
      case ELEM_DROP -> {
        instance.dropElements(args.i32(0));
        yield 0;
      }
      case IS_SUBTYPE -> isSubtype(instance, args.i32(0), args.i32(1));
      case CATCH_REFERENCE -> instance.store.exceptions().reference();
      case MEMORY_ATOMIC_NOTIFY ->
          instance
              .store
              .waits()
              .notify(memory(instance, args), args.i64(1), args.i64(2), args.i32(3));
      case MEMORY_ATOMIC_WAIT32 ->
          instance
              .store
              .waits()
              .wait32(memory(instance, args), args.i64(1), args.i64(2), args.i32(3), args.i64(4));
      case MEMORY_ATOMIC_WAIT64 ->
          instance
              .store
              .waits()
              .wait64(memory(instance, args), args.i64(1), args.i64(2), args.i64(3), args.i64(4));
      case THROW_REFERENCE -> {
        instance.store.exceptions().raise(args.reference(0));
        yield 0;
      }
    };
  }

  private static VmMemory memory(VmInstance instance, Arguments args) {
    return instance.memories[args.i32(0)];
  }

  /** The arguments of a service, which are what its row says: anything else is refused. */
  private record Arguments(RuntimeService service, long slots) {
    int i32(int index) {
      return (int) get(index, TypeCode.I32);
    }

    long i64(int index) {
      return get(index, TypeCode.I64);
    }

    /** A reference of any kind. */
    long reference(int index) {
      return get(index, TypeCode.FUNCREF);
    }

    private long get(int index, int type) {
      int actual = service.type().params().get(index).code();
      if (actual != type && !(TypeCode.isReference(actual) && TypeCode.isReference(type))) {
        throw new IllegalArgumentException("argument " + index + " of " + service);
      }
      return NativeMemory.getLong(slots + (long) StoreContext.VALUE_SIZE * index);
    }
  }

  /**
   * Copies from a data segment to memory; traps when either range is outside.
   *
   * @param destination unsigned
   */
  static void initMemory(
      VmInstance instance, int memory, int segment, long destination, int source, int count) {
    DataSegment data = instance.module().dataSegments().get(segment);
    long size = instance.isDataDropped(segment) ? 0 : data.size();
    long from = Integer.toUnsignedLong(source);
    long length = Integer.toUnsignedLong(count);
    var storage = instance.memories[memory].storage();
    if (from + length > size || !fits(destination, length, storage.length())) {
      throw instance.store.trap(TrapCode.MEMORY_OUT_OF_BOUNDS);
    }
    storage.write(destination, instance.module().bytes(), data.start() + source, count);
  }

  private static boolean fits(long start, long length, long limit) {
    return start >= 0 && start <= limit && length <= limit - start;
  }

  /**
   * Copies from an element segment to a table; traps when either range is outside.
   *
   * @param destination unsigned
   */
  static void initTable(
      VmInstance instance, int tableIndex, int segment, long destination, int source, int count) {
    ElementSegment elements = instance.module().elementSegments().get(segment);
    long size = instance.areElementsDropped(segment) ? 0 : elements.items().count();
    long from = Integer.toUnsignedLong(source);
    long length = Integer.toUnsignedLong(count);
    var storage = instance.tables[tableIndex].storage();
    if (from + length > size || !storage.contains(destination, length)) {
      throw instance.store.trap(TrapCode.TABLE_OUT_OF_BOUNDS);
    }
    switch (elements.items()) {
      case ElementSegment.Functions items -> {
        for (int i = 0; i < count; i++) {
          storage.set(destination + i, instance.functionReference(items.indexes()[source + i]));
        }
      }
      case ElementSegment.Expressions items -> {
        for (int i = 0; i < count; i++) {
          ConstExpr expression = items.expressions()[source + i];
          storage.set(destination + i, ConstantExpressions.reference(instance, expression));
        }
      }
    }
  }

  private static long element(VmInstance instance, int table, long index) {
    var storage = instance.tables[table].storage();
    if (!storage.contains(index, 1)) {
      throw instance.store.trap(TrapCode.TABLE_OUT_OF_BOUNDS);
    }
    return storage.get(index);
  }

  private static void fillTable(
      VmInstance instance, int table, long start, long element, long count) {
    var storage = instance.tables[table].storage();
    if (!storage.contains(start, count)) {
      throw instance.store.trap(TrapCode.TABLE_OUT_OF_BOUNDS);
    }
    for (long done = 0; done < count; done += PIECE) {
      instance.store.stopIfAsked();
      storage.fill(start + done, element, Math.min(PIECE, count - done));
    }
  }

  private static void copyTable(
      VmInstance instance, int toTable, int fromTable, long destination, long source, long count) {
    var to = instance.tables[toTable].storage();
    var from = instance.tables[fromTable].storage();
    if (!to.contains(destination, count) || !from.contains(source, count)) {
      throw instance.store.trap(TrapCode.TABLE_OUT_OF_BOUNDS);
    }
    boolean downwards = to == from && destination > source;
    for (long done = 0; done < count; done += PIECE) {
      instance.store.stopIfAsked();
      long elements = Math.min(PIECE, count - done);
      long at = downwards ? count - done - elements : done;
      to.copy(destination + at, from, source + at, elements);
    }
  }

  private static long isSubtype(VmInstance instance, int type, int typeIndex) {
    int wanted = instance.loaded.typeId(typeIndex);
    return instance.store.types().isDeclaredSubtype(type, wanted) ? 1 : 0;
  }
}
