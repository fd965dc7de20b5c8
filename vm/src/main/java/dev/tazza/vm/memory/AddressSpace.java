package dev.tazza.vm.memory;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tazza.sys.Os;
import dev.tazza.sys.SysException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/** How much address space this process may use. */
public final class AddressSpace {
  private static final String LIMITS = "/proc/self/limits";
  private static final String LIMIT = "Max address space";
  private static final String UNLIMITED = "unlimited";

  private AddressSpace() {}

  /**
   * Whether a limit is set for it ({@code ulimit -v}), or it is not known that none is. Takes no
   * native call.
   */
  public static boolean mayBeLimited() {
    String limits;
    // java.nio.file would initialize ten times as many classes.
    try (InputStream in = new FileInputStream(LIMITS)) {
      limits = new String(in.readAllBytes(), US_ASCII);
    } catch (IOException notThere) {
      return true;
    }
    int at = limits.indexOf(LIMIT);
    if (at < 0) {
      return true;
    }
    at += LIMIT.length();
    while (at < limits.length() && limits.charAt(at) == ' ') {
      at++;
    }
    return !limits.startsWith(UNLIMITED, at);
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
