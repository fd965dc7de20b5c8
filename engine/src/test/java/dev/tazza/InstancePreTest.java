package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InstancePreTest {
  private static final String TEXT =
      """
      (module (import "h" "f" (func $f (result i32)))
        (func (export "f") (result i32) (call $f)))
      """;

  private final Engine engine = new Engine();
  private final Linker<Integer> linker = new Linker<>(engine);

  @AfterEach
  void close() {
    engine.close();
  }

  private Module compile(String text) {
    return Module.compile(engine, text);
  }

  private void defineData() {
    FuncType type = new FuncType(List.of(), List.of(ValType.I32));
    linker.func("h", "f", type, (caller, values) -> values.setI32(0, caller.data()));
  }

  private int callIn(int data, InstancePre<Integer> prepared) {
    try (Store<Integer> store = new Store<>(engine, data)) {
      return (int) prepared.instantiate(store).func("f").call()[0];
    }
  }

  @Test
  void isInstantiatedInManyStoresByManyThreads() throws Exception {
    defineData();
    try (Module module = compile(TEXT);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      InstancePre<Integer> prepared = linker.instantiatePre(module);
      List<Future<Integer>> results = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int data = i;
        results.add(threads.submit(() -> callIn(data, prepared)));
      }
      for (int i = 0; i < results.size(); i++) {
        assertEquals(i, results.get(i).get());
      }
    }
  }

  @Test
  void whatIsDefinedLaterDoesNotMatter() {
    linker.allowShadowing(true);
    linker.func("h", "f", IntSupplier.class, () -> 1);
    try (Module module = compile(TEXT);
        Store<Integer> store = new Store<>(engine, 0)) {
      InstancePre<Integer> prepared = linker.instantiatePre(module);
      linker.func("h", "f", IntSupplier.class, () -> 2);
      assertEquals(1, callIn(0, prepared));
      assertEquals(2, linker.instantiate(store, module).func("f").call()[0]);
    }
  }

  @Test
  void missingAndWrongImportsAreFoundBefore() {
    try (Module module = compile(TEXT);
        Module memory = compile("(module (import \"h\" \"f\" (memory 1)))")) {
      refused("unknown import: h.f", module);
      linker.func("h", "f", IntUnaryOperator.class, x -> x);
      refused("incompatible import type: h.f must be a function", module);
      refused("incompatible import type: h.f must be a memory", memory);
    }
  }

  private void refused(String message, Module module) {
    var thrown = assertThrows(LinkException.class, () -> linker.instantiatePre(module));
    assertTrue(thrown.getMessage().startsWith(message), thrown.getMessage());
  }

  @Test
  void whatBelongsToAStoreIsCheckedThere() {
    try (Module exporter = compile("(module (table (export \"t\") 3 funcref))");
        Module module = compile("(module (import \"h\" \"t\" (table 4 funcref)))");
        Store<Integer> store = new Store<>(engine, 0);
        Store<Integer> other = new Store<>(engine, 0)) {
      Instance instance = linker.instantiate(store, exporter);
      linker.instance("h", instance);
      InstancePre<Integer> prepared = linker.instantiatePre(module);
      assertThrows(LinkException.class, () -> prepared.instantiate(store));
      instance.table("t").grow(1, null);
      assertEquals(store, prepared.instantiate(store).store());
      assertThrows(LinkException.class, () -> prepared.instantiate(other));
    }
  }

  @Test
  void defaultValuesAreNewInEachStore() {
    String text =
        """
        (module (import "h" "g" (global $g (mut i32)))
          (func (export "f") (result i32)
            (global.set $g (i32.add (global.get $g) (i32.const 1)))
            (global.get $g)))
        """;
    try (Module module = compile(text)) {
      linker.defineUnknownImportsAsDefaultValues(module);
      InstancePre<Integer> prepared = linker.instantiatePre(module);
      assertEquals(1, callIn(0, prepared));
      assertEquals(1, callIn(0, prepared));
    }
  }

  @Test
  void needsAnOpenModuleAndAStoreOfItsEngine() {
    defineData();
    Module module = compile(TEXT);
    InstancePre<Integer> prepared = linker.instantiatePre(module);
    try (Engine otherEngine = new Engine();
        Store<Integer> other = new Store<>(otherEngine, 0)) {
      assertThrows(IllegalArgumentException.class, () -> prepared.instantiate(other));
      Linker<Integer> otherLinker = new Linker<>(otherEngine);
      assertThrows(IllegalArgumentException.class, () -> otherLinker.instantiatePre(module));
    }
    try (Store<Integer> store = new Store<>(engine, 7)) {
      Instance instance = prepared.instantiate(store);
      module.close();
      assertEquals(7, instance.func("f").call()[0]);
      assertThrows(IllegalStateException.class, () -> prepared.instantiate(store));
    }
  }
}
