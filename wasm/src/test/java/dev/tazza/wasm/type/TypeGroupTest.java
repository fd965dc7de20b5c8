package dev.tazza.wasm.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TypeGroupTest {
  private static final int[] NONE = {};

  private static TypeGroup alone(SubType type) {
    return TypeGroup.of(List.of(type), 0, 1, NONE);
  }

  private static SubType function(String text) {
    return SubType.of(FuncType.parse(text));
  }

  @Test
  void differentTypesAreDifferentGroups() {
    List<SubType> types = new ArrayList<>();
    for (String text :
        List.of(
            "() -> ()",
            "i32 -> ()",
            "() -> i32",
            "(i32 i32) -> ()",
            "i32 -> i32",
            "() -> (i32 i32)",
            "i64 -> i32",
            "funcref -> v128")) {
      types.add(function(text));
    }
    types.add(new SubType(false, SubType.NONE, FuncType.parse("() -> ()")));
    types.add(SubType.of(new StructType(List.of())));
    Set<TypeGroup> groups = new HashSet<>();
    for (SubType type : types) {
      assertTrue(groups.add(alone(type)), type + " is another type");
      assertFalse(groups.add(alone(type)), type + " is the same type");
      assertFalse(alone(type).refersToTypes(), type + " refers to no type");
    }
  }

  /** Wherever they stand in their module; not if they are two of a group. */
  @Test
  void equalTypesAreEqualGroups() {
    SubType type = function("(i32 externref) -> f64");
    List<SubType> types = List.of(function("() -> ()"), type, type);
    assertEquals(alone(type), TypeGroup.of(types, 1, 2, NONE));
    assertEquals(alone(type).hashCode(), TypeGroup.of(types, 1, 2, NONE).hashCode());
    assertNotEquals(alone(type), TypeGroup.of(types, 1, 3, NONE));
  }

  @Test
  void referencesToTypesCountByTheirNumbers() {
    RefType first = new RefType(true, new ConcreteHeapType(0));
    SubType taking = SubType.of(new FuncType(List.of(ValType.I32, first), List.of()));
    List<SubType> types = List.of(function("() -> ()"), taking);
    TypeGroup as7 = TypeGroup.of(types, 1, 2, new int[] {7, 0});
    assertTrue(as7.refersToTypes());
    assertEquals(as7, TypeGroup.of(types, 1, 2, new int[] {7, 0}));
    assertNotEquals(as7, TypeGroup.of(types, 1, 2, new int[] {8, 0}));
    SubType itself = SubType.of(new FuncType(List.of(first), List.of()));
    assertTrue(alone(itself).refersToTypes());
  }
}
