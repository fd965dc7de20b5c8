package dev.tazza.wasm.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypeCodeTest {

  private static List<ValType> types() {
    List<ValType> types = new ArrayList<>(List.of(NumType.values()));
    types.add(ValType.V128);
    for (boolean nullable : new boolean[] {false, true}) {
      for (AbstractHeapType heapType : AbstractHeapType.values()) {
        types.add(new RefType(nullable, heapType));
      }
      for (int index : new int[] {0, 1, 0x63, 0x7F, 0x100, TypeCode.MAX_TYPE_INDEX - 1}) {
        types.add(new RefType(nullable, new ConcreteHeapType(index)));
      }
    }
    return types;
  }

  @Test
  void everyTypeHasACodeOfItsOwn() {
    var codes = new HashSet<Integer>();
    for (ValType type : types()) {
      assertEquals(type, ValType.ofCode(type.code()));
      assertEquals(type instanceof RefType, TypeCode.isReference(type.code()), type.toString());
      codes.add(type.code());
    }
    assertEquals(types().size(), codes.size());
  }

  @Test
  void codesOfUnknownAreNoTypes() {
    for (ValType type : types()) {
      assertNotEquals(TypeCode.UNKNOWN, type.code());
      assertNotEquals(TypeCode.ADDRESS, type.code());
    }
  }

  @Test
  void namesAreThoseOfTheTextFormat() {
    assertEquals("i32", ValType.I32.toString());
    assertEquals("v128", ValType.V128.toString());
    assertEquals("funcref", ValType.FUNCREF.toString());
    assertEquals("(ref func)", new RefType(false, AbstractHeapType.FUNC).toString());
    assertEquals("(ref null 7)", new RefType(true, new ConcreteHeapType(7)).toString());
    assertEquals(
        "[i32 i64] -> [f32]",
        new FuncType(List.of(ValType.I32, ValType.I64), List.of(ValType.F32)).toString());
  }
}
