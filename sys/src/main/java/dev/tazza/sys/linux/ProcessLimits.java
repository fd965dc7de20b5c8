package dev.tazza.sys.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What the kernel lets this process have. */
public final class ProcessLimits {
  private static final String LIMITS = "/proc/self/limits";
  private static final String LIMIT = "Max address space";
  private static final String UNLIMITED = "unlimited";

  private ProcessLimits() {}

  /** See {@link dev.tazza.sys.Os#addressSpaceMayBeLimited}. */
  public static boolean addressSpaceMayBeLimited() {
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
}
