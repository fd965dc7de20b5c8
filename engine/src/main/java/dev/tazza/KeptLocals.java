package dev.tazza;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.LocalHomes;
import dev.tazza.environ.LocalPlaces;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.call.Backtrace;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.vm.instance.VmInstance;
import dev.tazza.vm.instance.VmStore;
import dev.tazza.wasm.type.TypeCode;
import org.jspecify.annotations.Nullable;

/**
 * What a frame has of its function's locals, copied while it was there.
 *
 * @param instance whose function it is, or null when the frame does not tell
 * @param types of the locals, parameters first: {@link TypeCode}
 * @param known which of them have a value here
 * @param values of the locals; those of vectors and references are left out
 */
record KeptLocals(@Nullable VmInstance instance, int[] types, boolean[] known, long[] values) {

  /**
   * Those of a frame; null when it has none, or has not come to it yet.
   *
   * @param place the function of the frame, and where it is
   */
  static @Nullable KeptLocals of(VmStore store, Backtrace backtrace, int frame, CodePlace place) {
    boolean isBeforeBody = frame == 0 && backtrace.fault() && place.offset() < 0;
    long pc = CodePlace.pc(backtrace, frame);
    CodeSymbol symbol = place.loaded().symbolAt(pc);
    if (isBeforeBody || symbol == null) {
      return null;
    }
    LocalHomes homes = LocalHomes.of(place.loaded().module(), symbol.functionIndex());
    if (homes == null) {
      return null;
    }
    long framePointer = backtrace.framePointers()[frame];
    return symbol.homes() == 0
        ? placed(store, place.loaded(), homes, symbol, pc, framePointer)
        : kept(store, place.loaded(), homes, framePointer + symbol.homes());
  }

  /** In their homes. */
  private static @Nullable KeptLocals kept(
      VmStore store, LoadedModule loaded, LocalHomes homes, long start) {
    if (!store.isOnStack(start, homes.size())) {
      return null;
    }
    VmInstance instance = instance(store, NativeMemory.getLong(start + LocalHomes.CONTEXT));
    if (instance == null || instance.loaded() != loaded) {
      return null;
    }
    KeptLocals locals = unknown(instance, homes);
    for (int i = 0; i < homes.count(); i++) {
      locals.known[i] = true;
      locals.values[i] = NativeMemory.getLong(start + homes.offset(i));
    }
    return locals;
  }

  /** Where optimized code has them: in the frame, or as constants. Registers are gone. */
  private static @Nullable KeptLocals placed(
      VmStore store,
      LoadedModule loaded,
      LocalHomes homes,
      CodeSymbol symbol,
      long pc,
      long framePointer) {
    LocalPlaces places = loaded.compiled().tables().locals();
    int offset = (int) (pc - loaded.address());
    KeptLocals locals = unknown(null, homes);
    boolean isAny = false;
    int end = places.firstOf(symbol.offset() + symbol.size());
    for (int row = places.firstOf(symbol.offset()); row < end; row++) {
      int local = places.local()[row];
      boolean isHere = places.from()[row] <= offset && places.to()[row] > offset;
      if (!isHere || local >= homes.count()) {
        continue;
      }
      long address = framePointer + places.low()[row];
      if (places.kind()[row] == LocalPlaces.CONSTANT) {
        locals.values[local] = places.bits(row);
        locals.known[local] = true;
      } else if (places.kind()[row] == LocalPlaces.FRAME && store.isOnStack(address, Long.BYTES)) {
        locals.values[local] = NativeMemory.getLong(address) + places.high()[row];
        locals.known[local] = true;
      }
      isAny |= locals.known[local];
    }
    return isAny ? locals : null;
  }

  private static KeptLocals unknown(@Nullable VmInstance instance, LocalHomes homes) {
    int[] types = new int[homes.count()];
    for (int i = 0; i < types.length; i++) {
      types[i] = homes.type(i);
    }
    return new KeptLocals(instance, types, new boolean[types.length], new long[types.length]);
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
