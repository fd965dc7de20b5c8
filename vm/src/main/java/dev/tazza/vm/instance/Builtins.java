package dev.tazza.vm.instance;

import dev.tazza.environ.ExitReason;
import dev.tazza.environ.StoreContext;
import dev.tazza.environ.TrapCode;
import dev.tazza.sys.NativeMemory;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.ElementSegment;

/**
 * What instances do at the request of their code, see {@link ExitReason}, and the same at
 * instantiation.
 */
final class Builtins {
  private Builtins() {}

  /** Serves one exit: arguments and results in the value slots. */
  static void serve(ExitReason reason, VmInstance instance, long slots) {
    switch (reason) {
      case MEMORY_GROW -> {
        long before = instance.memories[u32(slots, 0)].grow(i64(slots, 1));
        result(slots, before);
      }
      case MEMORY_INIT ->
          initMemory(
              instance, u32(slots, 0), u32(slots, 1), i64(slots, 2), u32(slots, 3), u32(slots, 4));
      case DATA_DROP -> instance.dropData(u32(slots, 0));
      case TABLE_GROW -> {
        VmTable table = instance.tables[u32(slots, 0)];
        result(slots, table.storage().grow(i64(slots, 2), i64(slots, 1)));
      }
      case TABLE_FILL -> fillTable(instance, slots);
      case TABLE_COPY -> copyTable(instance, slots);
      case TABLE_INIT ->
          initTable(
              instance, u32(slots, 0), u32(slots, 1), i64(slots, 2), u32(slots, 3), u32(slots, 4));
      case ELEM_DROP -> instance.dropElements(u32(slots, 0));
      case IS_SUBTYPE -> {
        int wanted = instance.loaded.typeId(u32(slots, 1));
        boolean is = instance.store.types().isDeclaredSubtype(u32(slots, 0), wanted);
        result(slots, is ? 1 : 0);
      }
      default -> throw new IllegalStateException("exit for " + reason);
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

  private static void fillTable(VmInstance instance, long slots) {
    var storage = instance.tables[u32(slots, 0)].storage();
    long start = i64(slots, 1);
    long count = i64(slots, 3);
    if (!storage.contains(start, count)) {
      throw instance.store.trap(TrapCode.TABLE_OUT_OF_BOUNDS);
    }
    storage.fill(start, i64(slots, 2), count);
  }

  private static void copyTable(VmInstance instance, long slots) {
    var to = instance.tables[u32(slots, 0)].storage();
    var from = instance.tables[u32(slots, 1)].storage();
    long destination = i64(slots, 2);
    long source = i64(slots, 3);
    long count = i64(slots, 4);
    if (!to.contains(destination, count) || !from.contains(source, count)) {
      throw instance.store.trap(TrapCode.TABLE_OUT_OF_BOUNDS);
    }
    to.copy(destination, from, source, count);
  }

  private static int u32(long slots, int index) {
    return NativeMemory.getInt(slots + (long) StoreContext.VALUE_SIZE * index);
  }

  private static long i64(long slots, int index) {
    return NativeMemory.getLong(slots + (long) StoreContext.VALUE_SIZE * index);
  }

  private static void result(long slots, long value) {
    NativeMemory.putLong(slots, value);
  }
}
