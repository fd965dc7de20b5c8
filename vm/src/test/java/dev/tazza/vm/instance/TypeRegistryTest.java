package dev.tazza.vm.instance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.environ.CallRecords;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.InlinedCalls;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypeRegistryTest {
  private int made;

  private final TypeRegistry types =
      new TypeRegistry(
          new TrampolineCompiler() {
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
            new CodeSymbol[0], none, none, none, none, InlinedCalls.NONE, CallRecords.NONE));
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

  private static WasmModule module(String text) {
    return ModuleReader.read(
        text.getBytes(StandardCharsets.UTF_8), Features.of(Feature.GC, Feature.MULTI_VALUE));
  }

  @Test
  void equalRecursionGroupsOfModulesHaveTheSameNumbers() {
    WasmModule one =
        module(
            "(type $f (func)) (rec (type $a (struct (field (ref null $b) (ref $f))))"
                + " (type $b (array (mut (ref $a)))))");
    WasmModule other =
        module(
            "(rec (type $x (func)) (type (struct))) (type $g (func))"
                + " (rec (type $a (struct (field (ref null $b) (ref $g))))"
                + " (type $b (array (mut (ref $a)))))"
                + " (rec (type $c (struct (field (ref null $d) (ref $x))))"
                + " (type $d (array (mut (ref $c)))))");
    int[] ids = types.acquire(one);
    int[] others = types.acquire(other);
    assertEquals(ids[0], others[2], "(func) alone");
    assertEquals(ids[1], others[3]);
    assertEquals(ids[2], others[4]);
    assertEquals(3 + 4, types.size());
    assertNotEquals(others[0], others[2], "(func) in a group");
    assertNotEquals(ids[1], others[5], "refers to another (func)");
    assertEquals(ids[0], types.acquire(type(0)));
    types.release(ids[0]);
    types.release(one, ids);
    assertEquals(7, types.size());
    types.release(other, others);
    assertEquals(0, types.size());
  }

  @Test
  void groupsKeepWhatTheyReferTo() {
    WasmModule module =
        module("(type $f (func (param i32))) (type $g (func (param (ref $f)))) (type (func))");
    int[] ids = types.acquire(module);
    int f = types.acquire(type(1));
    assertEquals(ids[0], f);
    int[] again = types.acquire(module);
    types.release(module, ids);
    types.release(f);
    assertEquals(type(1), types.type(again[0]));
    types.release(module, again);
    assertEquals(0, types.size());
  }

  @Test
  void subtypesAreFoundByTheirDisplays() {
    StringBuilder text = new StringBuilder("(type (sub (func))) (type (sub (func)))");
    for (int i = 0; i < 40; i++) {
      text.append("(type (sub ").append(i == 0 ? 0 : i + 1).append(" (func)))");
    }
    int[] ids = types.acquire(module(text.toString()));
    assertEquals(ids[0], ids[1], "equal definitions");
    assertTrue(types.isDeclaredSubtype(ids[41], ids[0]));
    assertTrue(types.isDeclaredSubtype(ids[41], ids[20]));
    assertFalse(types.isDeclaredSubtype(ids[20], ids[41]));
    assertFalse(types.isDeclaredSubtype(ids[0], ids[2]));
    assertTrue(types.matching().heapMatches(ids[41], AbstractHeapType.FUNC.code()));
    assertFalse(types.matching().heapMatches(ids[41], AbstractHeapType.ANY.code()));
  }
}
