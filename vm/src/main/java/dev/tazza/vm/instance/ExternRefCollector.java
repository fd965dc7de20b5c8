package dev.tazza.vm.instance;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.call.CallLoop;
import dev.tazza.vm.memory.ExternRefTable;
import dev.tazza.vm.memory.HandleSet;
import dev.tazza.wasm.type.FuncType;
import org.jspecify.annotations.Nullable;

/**
 * Forgets external references that a guest has dropped while it runs on. A guest gets new ones from
 * host functions with such a result, so the beginning of one is a good moment: all guest code waits
 * at calls, whose frames tell what they hold.
 *
 * <p>A host function that is not over may have set its result before it called the guest again;
 * within one that has such a result nothing is forgotten.
 */
final class ExternRefCollector {
  private static final int[] NONE = {};

  private final CallLoop loop;
  private final ExternRefTable externs;

  /** How many host functions that give external references are not over. */
  private int active;

  ExternRefCollector(CallLoop loop, ExternRefTable externs) {
    this.loop = loop;
    this.externs = externs;
  }

  /** The function with a collection before it, if it is one that gives external references. */
  VmHostFunction collectsBefore(FuncType type, VmHostFunction function) {
    if (type.results().stream().noneMatch(StoreReferences::isHandle)) {
      return function;
    }
    int[] arguments = externs(type);
    return (slots, caller) -> call(function, arguments, slots, caller);
  }

  private static int[] externs(FuncType type) {
    IntCollector numbers = new IntCollector();
    for (int i = 0; i < type.params().size(); i++) {
      if (StoreReferences.isHandle(type.params().get(i))) {
        numbers.add(i);
      }
    }
    return numbers.toArray();
  }

  private void call(
      VmHostFunction function, int[] arguments, long slots, @Nullable VmInstance caller)
      throws Throwable {
    if (active == 0 && externs.isCrowded()) {
      collect(arguments, slots);
    }
    int outer = active;
    active = outer + 1;
    try {
      function.call(slots, caller);
    } finally {
      active = outer;
    }
  }

  /** Collects at an exit that has no reference in hand, if it is time. */
  void poll() {
    if (active == 0 && externs.isCrowded()) {
      collect(NONE, 0);
    }
  }

  /** Whether no host function is active that may have a result that nothing else has. */
  boolean isIdle() {
    return active == 0;
  }

  private void collect(int[] arguments, long slots) {
    HandleSet reachable = externs.newSet();
    for (int argument : arguments) {
      reachable.add(NativeMemory.getLong(slots + (long) StoreContext.VALUE_SIZE * argument));
    }
    externs.sweep(reachable, loop.findReferences(reachable::add));
  }
}
