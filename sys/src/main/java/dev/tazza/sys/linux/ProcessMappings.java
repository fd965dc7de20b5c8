package dev.tazza.sys.linux;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What the kernel says of this process's mappings. */
final class ProcessMappings {
  /** The kernel's own default ({@code DEFAULT_MAX_MAP_COUNT}). */
  private static final int DEFAULT_LIMIT = 65_530;

  private static final int PIECE = 1 << 16;

  private ProcessMappings() {}

  /** Counts them; 0 when the system does not tell. */
  static int count() {
    int lines = 0;
    byte[] piece = new byte[PIECE];
    try (FileInputStream in = new FileInputStream("/proc/self/maps")) {
      int count = in.read(piece);
      while (count > 0) {
        for (int i = 0; i < count; i++) {
          lines += piece[i] == '\n' ? 1 : 0;
        }
        count = in.read(piece);
      }
    } catch (IOException unknown) {
      return 0;
    }
    return lines;
  }

  static int limit() {
    byte[] text = new byte[64];
    // By a single read: such a file gives nothing from its second byte on.
    try (FileInputStream in = new FileInputStream("/proc/sys/vm/max_map_count")) {
      int count = Math.max(in.read(text), 0);
      return Integer.parseInt(new String(text, 0, count, StandardCharsets.US_ASCII).strip());
    } catch (IOException | NumberFormatException unknown) {
      return DEFAULT_LIMIT;
    }
  }
}
