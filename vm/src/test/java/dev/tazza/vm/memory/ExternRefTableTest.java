package dev.tazza.vm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExternRefTableTest {
  private final ExternRefTable table = new ExternRefTable(new ExternRefRoots());

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

  /** Random scopes, against a map. */
  @Test
  void onlyObjectsOfTheScopeAreForgotten() {
    Random random = new Random(7);
    List<Object> outer = new ArrayList<>();
    List<Long> handles = new ArrayList<>();
    for (int round = 0; round < 200; round++) {
      if (random.nextInt(3) == 0) {
        outer.add(new Object());
        handles.add(table.handle(outer.getLast()));
      }
      int position = table.position();
      for (int i = random.nextInt(50); i > 0; i--) {
        table.handle(random.nextBoolean() || outer.isEmpty() ? new Object() : outer.getFirst());
      }
      table.endScope(position, false);
      assertEquals(outer.size(), table.size());
      for (int i = 0; i < outer.size(); i++) {
        assertSame(outer.get(i), table.object(handles.get(i)));
        assertEquals(handles.get(i), table.handle(outer.get(i)));
      }
    }
    table.endScope(table.position(), true);
    assertEquals(0, table.size());
  }
}
