package dev.tazza;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.LocalHomes;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.call.Backtrace;
import dev.tazza.vm.instance.VmInstance;
import dev.tazza.vm.instance.VmStore;
import org.jspecify.annotations.Nullable;

/**
 * What a frame has kept of its function's locals, copied while it was there.
 *
 * @param instance whose function it is
 * @param types of the locals, parameters first: {@link dev.tazza.wasm.type.TypeCode}
 * @param values of the locals; those of vectors and references are left out
 */
record KeptLocals(VmInstance instance, int[] types, long[] values) {

  /**
   * Those of a frame; null when it keeps none, or has not come to it yet.
   *
   * @param place the function of the frame, and where it is
   */
  static @Nullable KeptLocals of(VmStore store, Backtrace backtrace, int frame, CodePlace place) {
    boolean isBeforeBody = frame == 0 && backtrace.fault() && place.offset() < 0;
    CodeSymbol symbol = place.loaded().symbolAt(CodePlace.pc(backtrace, frame));
    if (isBeforeBody || symbol == null || symbol.homes() == 0) {
      return null;
    }
    LocalHomes homes = LocalHomes.of(place.loaded().module(), symbol.functionIndex());
    long start = backtrace.framePointers()[frame] + symbol.homes();
    if (homes == null || !store.isOnStack(start, homes.size())) {
      return null;
    }
    VmInstance instance = instance(store, NativeMemory.getLong(start + LocalHomes.CONTEXT));
    if (instance == null || instance.loaded() != place.loaded()) {
      return null;
    }
    int[] types = new int[homes.count()];
    long[] values = new long[types.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = homes.type(i);
      values[i] = NativeMemory.getLong(start + homes.offset(i));
    }
    return new KeptLocals(instance, types, values);
  }

  private static @Nullable VmInstance instance(VmStore store, long context) {
    for (VmInstance instance : store.instances()) {
      if (instance.isAt(context)) {
        return instance;
      }
    }
    return null;
  }
}
