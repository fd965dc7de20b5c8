package dev.tazza;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.environ.InitialData;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.NumType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data segments at constant places are applied when a module is compiled: what a program sees is
 * the same, whatever way the module comes and its memories are made.
 */
class AppliedDataTest {
  private static final String LONG = "0123456789abcdef".repeat(2048);

  /**
   * Segments that overlap, a passive one, one at a place that only the instance knows, one of an
   * imported memory and one of another; and code that uses them by their indexes.
   */
  private static final String TEXT =
      """
      (module
        (import "env" "m" (memory $imported 1))
        (import "env" "g" (global $place i32))
        (memory $data (export "data") 2)
        (memory $other (export "other") 1)
        (data $a (memory $data) (i32.const 5000) "%s")
        (data $b (memory $imported) (i32.const 1) "imported")
        (data $c (memory $data) (i32.const 5001) "over")
        (data $passive "passive")
        (data $d (memory $data) (i32.const 5003) "lap")
        (data $e (memory $other) (global.get $place) "placed")
        (data $empty (memory $data) (i32.const 131072) "")
        (func (export "init") (param i32)
          (memory.init $data $passive (i32.const 0) (i32.const 0) (local.get 0)))
        (func (export "drop") (data.drop $passive) (data.drop $a))
        (func (export "applied") (param i32)
          (memory.init $data $a (i32.const 0) (i32.const 0) (local.get 0))))
      """
          .formatted(LONG);

  private static void check(Engine engine, Module module, int place) {
    for (int i = 0; i < 2; i++) {
      try (Store<Void> store = new Store<>(engine)) {
        Memory imported =
            Memory.create(store, new MemoryType(new Limits(1, false, 0, false, false)));
        Global global = Global.create(store, new GlobalType(NumType.I32, false), place);
        if (place > 65530) {
          assertThrows(
              Trap.class, () -> Instance.instantiate(store, module, List.of(imported, global)));
          assertEquals("imported", imported.readString(1, 8), "what came before stays");
          continue;
        }
        Instance instance = Instance.instantiate(store, module, List.of(imported, global));
        Memory data = instance.memory("data");
        assertEquals("imported", imported.readString(1, 8));
        assertEquals("placed", instance.memory("other").readString(place, 6));
        assertEquals(0, data.getByte(4999));
        assertEquals("0ovlap6789", data.readString(5000, 10));
        assertEquals(LONG.substring(10), data.readString(5010, LONG.length() - 10));
        assertEquals(0, data.getByte(5000 + LONG.length()));
        assertEquals(131072, data.segment().byteSize());
        instance.func("init").call(7);
        assertEquals("passive", data.readString(0, 7));
        instance.func("applied").call(0);
        assertThrows(Trap.class, () -> instance.func("applied").call(1));
        instance.func("drop").call();
        instance.func("init").call(0);
        assertThrows(Trap.class, () -> instance.func("init").call(1));
        data.fill(5000, 100, (byte) 1); // the next instance does not see that
      }
    }
  }

  private static void checkAll(Engine engine, Module module) {
    check(engine, module, 3);
    check(engine, module, 65531);
  }

  @Test
  void programsSeeNoDifference(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("module.tazza");
    Config[] configs = {
      new Config(),
      new Config().memoryInitCow(false),
      new Config().forceMemoryInitMemfd(true),
      new Config().staticMemoryMaximumSize(0)
    };
    for (Config config : configs) {
      config.wasmMultiMemory(true);
      try (Engine engine = new Engine(config);
          Module module = Module.compile(engine, TEXT)) {
        assertNotNull(module.compiled().data());
        assertTrue(module.compiled().module().bytes().length < LONG.length(), "has it once");
        checkAll(engine, module);
        byte[] artifact = module.serialize();
        Files.write(file, artifact);
        assertEquals(artifact.length, engine.precompileModule(TEXT.getBytes(UTF_8)).length);
        try (Module loaded = Module.deserialize(engine, artifact)) {
          checkAll(engine, loaded);
          assertEquals(artifact.length, loaded.serialize().length);
        }
        try (Module loaded = Module.deserializeFile(engine, file)) {
          checkAll(engine, loaded);
          assertEquals(artifact.length, loaded.serialize().length);
        }
        try (Module loaded = Module.deserializeVerified(engine, artifact)) {
          checkAll(engine, loaded);
        }
      }
    }
  }

  /** Who is called through an imported table sees what the specification says, not more. */
  @Test
  void dataThatOthersCouldSeeTooEarlyIsNotApplied() {
    String text =
        """
        (module
          (import "env" "t" (table 1 funcref))
          (memory 2)
          (data (i32.const 70000) "%s")
          (func $load (result i32) (i32.load8_u (i32.const 70000)))
          (elem (i32.const 0) $load))
        """
            .formatted(LONG);
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, text)) {
      assertNull(module.compiled().data());
    }
  }

  /** As many as Go's linker makes: their number is nothing to an instance. */
  @Test
  void manySegmentsBecomeOne() {
    StringBuilder text = new StringBuilder("(module (memory (export \"m\") 10)");
    for (int i = 0; i < 20_000; i++) {
      text.append("(data (i32.const ").append(100 + 16 * i).append(") \"abcd\")");
    }
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, text.append(")").toString());
        Module loaded = Module.deserialize(engine, module.serialize());
        Store<Void> store = new Store<>(engine)) {
      assertEquals(20_000, loaded.compiled().module().dataSegments().size());
      assertEquals(0, loaded.compiled().module().presentDataSegments().length);
      assertTrue(loaded.compiled().module().bytes().length < 100);
      InitialData data = loaded.compiled().data();
      assertNotNull(data);
      assertEquals(0, data.offset());
      Memory memory = Instance.instantiate(store, loaded, List.of()).memory("m");
      for (int i = 0; i < 20_000; i++) {
        assertEquals(0x64636261, memory.getInt(100 + 16 * i));
        assertEquals(0, memory.getInt(104 + 16 * i));
      }
    }
  }
}
