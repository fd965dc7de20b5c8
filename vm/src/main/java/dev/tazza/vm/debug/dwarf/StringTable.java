package dev.tazza.vm.debug.dwarf;

import dev.tazza.wasm.binary.BinaryWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The section {@code .debug_str}: each text once. */
final class StringTable {
  private final BinaryWriter out = new BinaryWriter();
  private final Map<String, Integer> offsets = new HashMap<>();

  /** Where a text is. */
  int offset(String text) {
    return offsets.computeIfAbsent(
        text,
        t -> {
          int at = out.size();
          terminated(out, t);
          return at;
        });
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }

  /** Writes a text that ends with a zero. */
  static BinaryWriter terminated(BinaryWriter out, String text) {
    return out.bytes(text.replace('\0', '?').getBytes(StandardCharsets.UTF_8)).u8(0);
  }
}
