package dev.tazza.vm.memory;

import dev.tazza.sys.Os;
import dev.tazza.sys.SysException;

/** How much address space this process may use. */
public final class AddressSpace {
  private AddressSpace() {}

  /**
   * Whether a limit is set for it ({@code ulimit -v}), or it is not known that none is. Takes no
   * native call.
   */
  public static boolean mayBeLimited() {
    return Os.addressSpaceMayBeLimited();
  }

  /** Whether {@code count} reservations of {@code bytes} each would succeed now. */
  public static boolean hasRoom(long bytes, int count) {
    Os os = Os.host();
    long size = os.roundToPages(bytes);
    long[] reserved = new long[count];
    int done = 0;
    try {
      while (done < count) {
        reserved[done] = os.reserve(size);
        done++;
      }
      return true;
    } catch (SysException refused) {
      return false;
    } finally {
      for (int i = 0; i < done; i++) {
        os.unmap(reserved[i], size);
      }
    }
  }
}
