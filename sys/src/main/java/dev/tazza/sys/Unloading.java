package dev.tazza.sys;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Cleaner;

/**
 * What happens when a copy of this library is unloaded with its class loader: in a container that
 * loads applications again and again. What it does must not be code of the copy, or it would keep
 * it; so it is made of method handles that call C functions.
 */
public final class Unloading {
  private Unloading() {}

  /** Whether this copy can be unloaded while the process goes on. */
  public static boolean isPossible() {
    ClassLoader own = Unloading.class.getClassLoader();
    return own != null
        && own != ClassLoader.getSystemClassLoader()
        && own != ClassLoader.getPlatformClassLoader();
  }

  /**
   * Arranges that some bytes are zeroed and then a range is unmapped when this copy is unloaded. To
   * be called only if that is possible.
   *
   * @param owner something that is reachable as long as the copy is
   */
  public static void zeroAndUnmap(Object owner, long zeroed, long bytes, long unmapped, long size) {
    MethodHandle zero = call("memset", zeroed, 0, bytes);
    MethodHandle unmap = call("munmap", unmapped, size, 0);
    Runnable action =
        MethodHandleProxies.asInterfaceInstance(
            Runnable.class, MethodHandles.foldArguments(unmap, zero));
    // Its thread lives as long as there is something to do.
    Cleaner.create().register(owner, action);
  }

  private static MethodHandle call(String function, long a0, long a1, long a2) {
    MemorySegment address = MemorySegment.ofAddress(NativeCall.symbol(function));
    return MethodHandles.insertArguments(NativeCall.sixLongs(), 0, address, a0, a1, a2, 0L, 0L, 0L)
        .asType(MethodType.methodType(void.class));
  }
}
