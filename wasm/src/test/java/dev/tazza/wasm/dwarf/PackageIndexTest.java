package dev.tazza.wasm.dwarf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackageIndexTest {
  private static List<DebugSections> units(int version, int columns, int rows, int slots) {
    ByteBuffer index = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
    index.putInt(version).putInt(columns).putInt(rows).putInt(slots);
    DebugSections file = new DebugSections();
    file.add(PackageIndex.SECTION, index.array());
    return PackageIndex.units(file);
  }

  @Test
  void moreRowsThanSlotsAreAMistake() {
    assertEquals(1, units(5, 0, 1, 1).size());
    assertEquals(0, units(5, 0, 2, 1).size());
    assertEquals(0, units(5, 0, -1, 1).size());
    assertEquals(0, units(2, 0, -1, -1).size());
  }
}
