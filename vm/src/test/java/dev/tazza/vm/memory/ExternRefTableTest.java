package dev.tazza.vm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExternRefTableTest {
  private final ExternRefTable table = new ExternRefTable();

  @Test
  void theSameObjectHasTheSameHandle() {
    String one = new String("x");
    String equal = new String("x");
    long handle = table.handle(one);
    assertEquals(handle, table.handle(one));
    assertNotEquals(handle, table.handle(equal));
    assertSame(one, table.object(handle));
  }

  @Test
  void nullIsZero() {
    assertEquals(0, table.handle(null));
    assertNull(table.object(0));
  }

  @Test
  void manyObjects() {
    List<Object> objects = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      objects.add(new Object());
      assertEquals(i + 1, table.handle(objects.get(i)));
    }
    for (int i = 0; i < 10_000; i++) {
      assertEquals(i + 1, table.handle(objects.get(i)));
      assertSame(objects.get(i), table.object(i + 1));
    }
    assertEquals(10_000, table.size());
    table.clear();
    assertEquals(0, table.size());
    assertThrows(IllegalArgumentException.class, () -> table.object(1));
  }

  @Test
  void unknownHandlesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> table.object(-1));
    assertThrows(IllegalArgumentException.class, () -> table.object(1L << 32));
  }
}
