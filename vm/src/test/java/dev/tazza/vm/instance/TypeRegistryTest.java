package dev.tazza.vm.instance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.environ.CallSites;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.InlinedCalls;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypeRegistryTest {
  private int made;

  private final TypeRegistry types =
      new TypeRegistry(
          new Trampolines() {
            @Override
            public MappedFunction exit(FuncType type) {
              return code();
            }

            @Override
            public MappedFunction imported(FuncType type) {
              return code();
            }
          });

  private MappedFunction code() {
    made++;
    int[] none = {};
    return new MappedFunction(
        new byte[] {(byte) 0xc3},
        new CodeTables(
            new CodeSymbol[0], none, none, none, none, InlinedCalls.NONE, CallSites.NONE));
  }

  private static FuncType type(int params) {
    return new FuncType(Collections.nCopies(params, ValType.I32), List.of());
  }

  @Test
  void equalTypesHaveOneNumberAsLongAsSomebodyUsesThem() {
    int a = types.acquire(type(1));
    int b = types.acquire(type(2));
    assertNotEquals(a, b);
    assertEquals(a, types.acquire(type(1)));
    types.release(a);
    assertEquals(type(1), types.type(a));
    types.release(a);
    assertThrows(IllegalStateException.class, () -> types.type(a));
    assertEquals(type(2), types.type(b));
    assertEquals(1, types.size());
  }

  @Test
  void numbersAreUsedAgain() {
    for (int i = 0; i < 1000; i++) {
      int id = types.acquire(type(i));
      assertEquals(0, id);
      assertEquals(type(i), types.type(id));
      types.release(id);
    }
    assertEquals(0, types.size());
  }

  @Test
  void trampolinesAreMadeOnceAndGoWithTheType() {
    long free = CodeRange.process().available();
    int id = types.acquire(type(3));
    long exit = types.exitTrampoline(id);
    long imported = types.importedTrampoline(id);
    types.acquire(type(3));
    assertEquals(exit, types.exitTrampoline(id));
    assertEquals(imported, types.importedTrampoline(id));
    assertEquals(2, made);
    types.release(id);
    assertNotEquals(free, CodeRange.process().available());
    types.release(id);
    assertEquals(free, CodeRange.process().available());
  }
}
