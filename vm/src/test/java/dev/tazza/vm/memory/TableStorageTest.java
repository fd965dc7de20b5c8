package dev.tazza.vm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeMemory;
import dev.tazza.wasm.ResourceLimitException;
import org.junit.jupiter.api.Test;

class TableStorageTest {

  @Test
  void growsToItsMaximum() {
    try (TableStorage table = new TableStorage(2, 10)) {
      long definition = table.definition();
      table.set(1, 7);
      assertEquals(2, table.grow(3, 9));
      assertEquals(5, table.length());
      assertEquals(0, table.get(0));
      assertEquals(7, table.get(1));
      assertEquals(9, table.get(2));
      assertEquals(9, table.get(4));
      assertEquals(-1, table.grow(6, 0));
      assertEquals(-1, table.grow(-1, 0));
      assertEquals(5, table.grow(5, 0));
      assertEquals(10, table.grow(0, 0));
      assertEquals(0, table.get(9));
      assertEquals(table.base(), NativeMemory.getLong(definition + VmLayout.TABLE_BASE));
      assertEquals(10, NativeMemory.getLong(definition + VmLayout.TABLE_LENGTH));
    }
  }

  @Test
  void unlimitedTablesEndSomewhere() {
    try (TableStorage table = new TableStorage(0, -1)) {
      assertEquals(-1, table.grow(1L << 40, 0));
      assertEquals(0, table.grow(1000, 3));
      assertEquals(3, table.get(999));
    }
    assertThrows(ResourceLimitException.class, () -> new TableStorage(1L << 32, -1));
    assertThrows(ResourceLimitException.class, () -> new TableStorage(-1, -1));
  }

  @Test
  void rangesAreUnsigned() {
    try (TableStorage table = new TableStorage(5, 5)) {
      assertTrue(table.contains(0, 5));
      assertTrue(table.contains(5, 0));
      assertFalse(table.contains(6, 0));
      assertFalse(table.contains(4, 2));
      assertFalse(table.contains(1, -1));
      assertFalse(table.contains(-1, 2));
    }
  }

  @Test
  void copiesMayOverlap() {
    try (TableStorage table = new TableStorage(6, 6);
        TableStorage other = new TableStorage(2, 2)) {
      for (int i = 0; i < 6; i++) {
        table.set(i, i);
      }
      table.copy(1, table, 0, 5);
      assertEquals(0, table.get(0));
      assertEquals(0, table.get(1));
      assertEquals(4, table.get(5));
      table.fill(2, 8, 2);
      other.copy(0, table, 3, 2);
      assertEquals(8, other.get(0));
      assertEquals(3, other.get(1));
    }
  }

  @Test
  void closedTablesDoNotGrow() {
    TableStorage table = new TableStorage(1, 10);
    table.close();
    table.close();
    assertThrows(IllegalStateException.class, () -> table.grow(1, 0));
  }
}
