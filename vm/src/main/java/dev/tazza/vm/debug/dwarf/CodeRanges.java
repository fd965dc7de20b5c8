package dev.tazza.vm.debug.dwarf;

import dev.tazza.wasm.binary.BinaryWriter;

/**
 * The sections {@code .debug_ranges} and {@code .debug_loc}. Addresses are whole: units have a base
 * of 0.
 */
final class CodeRanges {
  private final BinaryWriter ranges = new BinaryWriter();
  private final BinaryWriter locations = new BinaryWriter();

  /** Tells an entry that is being written its code: one range, or several, or none. */
  void put(EntryWriter out, long[] bounds) {
    if (bounds.length == 2) {
      out.address(Dwarf.AT_LOW_PC, bounds[0]);
      out.address(Dwarf.AT_HIGH_PC, bounds[1]);
    } else if (bounds.length > 2) {
      out.sectionOffset(Dwarf.AT_RANGES, list(bounds));
    }
  }

  /** Adds a list of ranges; gives its offset. */
  int list(long[] bounds) {
    int offset = ranges.size();
    for (long bound : bounds) {
      ranges.fixed64(bound);
    }
    ranges.fixed64(0).fixed64(0);
    return offset;
  }

  /** Where the next list of locations will be. */
  int nextLocations() {
    return locations.size();
  }

  /** Adds expressions to a list of locations, for ranges of code. */
  void location(long[] bounds, byte[] expression) {
    for (int i = 0; i < bounds.length; i += 2) {
      locations.fixed64(bounds[i]).fixed64(bounds[i + 1]);
      locations.u8(expression.length).u8(expression.length >> 8).bytes(expression);
    }
  }

  /** Ends a list of locations. */
  void endLocations() {
    locations.fixed64(0).fixed64(0);
  }

  byte[] ranges() {
    return ranges.toByteArray();
  }

  byte[] locations() {
    return locations.toByteArray();
  }
}
