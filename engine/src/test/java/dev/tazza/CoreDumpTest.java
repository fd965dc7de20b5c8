package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.binary.BinaryReader;
import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.binary.SectionId;
import dev.tazza.wasm.module.CustomSection;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.text.Wat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Core dumps, read back by the rules of the format. */
class CoreDumpTest {
  private static final String CRASHING =
      """
      (module $crashing
        (memory (export "memory") 2 4)
        (memory $second 1)
        (global $a (export "a") (mut i32) (i32.const -5))
        (global $b (mut i64) (i64.const 6))
        (global $c f64 (f64.const 0.5))
        (global $d (mut funcref) (ref.func $crash))
        (global $e (mut v128) (v128.const i64x2 7 8))
        (func $crash (param i32 i64)
          (global.set $a (i32.const 41))
          (i32.store (i32.const 0x10004) (i32.const 0x01020304))
          (i32.store $second (i32.const 0) (i32.const -1))
          unreachable)
        (func $outer (export "run") (call $crash (i32.const 1) (i64.const 2))))
      """;

  @TempDir private Path folder;

  private static Config config() {
    return new Config().optLevel(OptLevel.NONE).coredumpOnTrap(true);
  }

  private static CoreDump dump(Trap trap) {
    return Objects.requireNonNull(trap.coreDump());
  }

  private static byte[] bytes(CoreDump dump) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    dump.writeTo(out, "a program");
    return out.toByteArray();
  }

  private static WasmModule read(byte[] dump) {
    return ModuleReader.read(dump, Features.DEFAULT.with(Feature.MULTI_MEMORY));
  }

  private static BinaryReader section(WasmModule module, String name) {
    CustomSection section = Objects.requireNonNull(module.customSection(name), name);
    return new BinaryReader(module.bytes(), section.start(), section.end());
  }

  @Test
  void aDumpHasWhatTheGuestLeft() throws IOException {
    byte[] binary = Wat.parse(CRASHING);
    try (Engine engine = new Engine(config());
        Store<Void> store = new Store<>(engine)) {
      Instance instance = Instance.instantiate(store, Module.compile(engine, binary), List.of());
      Trap trap = assertThrows(Trap.class, instance.func("run")::call);
      assertEquals(trap.frames(), dump(trap).frames());
      WasmModule dumped = read(bytes(dump(trap)));
      assertEquals(2, dumped.memoryCount());
      assertEquals("memory 2 4", dumped.memory(0).toString());
      assertEquals("memory 1", dumped.memory(1).toString());
      assertEquals(5, dumped.globalCount());
      List<DataSegment> data = dumped.dataSegments();
      assertEquals(2, data.size());
      assertStack(dumped, trap, binary);
      assertInstances(dumped);
    }
  }

  private static void assertStack(WasmModule dumped, Trap trap, byte[] binary) {
    BinaryReader process = section(dumped, "core");
    assertEquals(0, process.u8());
    assertEquals("a program", process.name());
    BinaryReader stack = section(dumped, "corestack");
    assertEquals(0, stack.u8());
    assertEquals("main", stack.name());
    assertEquals(2, stack.u32());
    WasmModule module = ModuleReader.read(binary, Features.DEFAULT.with(Feature.MULTI_MEMORY));
    for (Frame frame : trap.frames()) {
      assertEquals(0, stack.u8());
      assertEquals(0, stack.u32(), "the instance");
      assertEquals(frame.functionIndex(), stack.u32());
      int start = module.body(frame.functionIndex()).start();
      assertEquals(frame.offset() - start, stack.u32());
      int parameters = module.functionType(frame.functionIndex()).params().size();
      assertEquals(parameters, stack.u32());
      for (int i = 0; i < parameters; i++) {
        assertEquals(1, stack.u8(), "a missing value");
      }
      assertEquals(0, stack.u32());
    }
    assertEquals(0, stack.remaining());
  }

  private static void assertInstances(WasmModule dumped) {
    BinaryReader modules = section(dumped, "coremodules");
    assertEquals(1, modules.u32());
    assertEquals(0, modules.u8());
    assertEquals("crashing", modules.name());
    BinaryReader instances = section(dumped, "coreinstances");
    int[] read = new int[instances.remaining()];
    for (int i = 0; i < read.length; i++) {
      read[i] = instances.u8();
    }
    assertArrayEquals(new int[] {1, 0, 0, 2, 0, 1, 5, 0, 1, 2, 3, 4}, read);
  }

  /** The dump is a module: as one, it makes the same memories and globals again. */
  @Test
  void aDumpCanBeInstantiated() throws IOException {
    try (Engine engine = new Engine(config());
        Store<Void> store = new Store<>(engine)) {
      Module module = Module.compile(engine, CRASHING);
      Instance instance = Instance.instantiate(store, module, List.of());
      Trap trap = assertThrows(Trap.class, instance.func("run")::call);
      byte[] dump = bytes(dump(trap));
      BinaryWriter exports = new BinaryWriter().u32(5).name("memory").u8(2).u8(0);
      for (int i = 0; i < 4; i++) {
        int global = i < 3 ? i : 4;
        exports.name("global" + global).u8(3).u8(global);
      }
      int data = dataSection(dump);
      BinaryWriter out = new BinaryWriter().bytes(dump, 0, data);
      out.section(SectionId.EXPORT, exports).bytes(dump, data, dump.length);
      Module again = Module.compile(engine, out.toByteArray());
      Instance copy = Instance.instantiate(store, again, List.of());
      assertEquals(0x01020304, copy.memory("memory").getInt(0x10004));
      assertEquals(0, copy.memory("memory").getInt(0));
      assertEquals(41, copy.global("global0").get());
      assertEquals(6L, copy.global("global1").get());
      assertEquals(0.5, copy.global("global2").get());
      assertEquals(new V128(7, 8), copy.global("global4").get());
    }
  }

  private static int dataSection(byte[] module) {
    BinaryReader in = new BinaryReader(module, 8, module.length);
    while (true) {
      int start = in.position();
      if (in.u8() == SectionId.DATA) {
        return start;
      }
      in.skip(in.u32());
    }
  }

  @Test
  void whatInstancesShareIsThereOnce() throws IOException {
    String importing =
        """
        (module $importing
          (import "m" "memory" (memory 1))
          (import "m" "a" (global (mut i32)))
          (import "m" "run" (func $run))
          (global i32 (i32.const 9))
          (func (export "run") (call $run)))
        """;
    try (Engine engine = new Engine(config());
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = new Linker<>(engine);
      linker.instance(
          "m", Instance.instantiate(store, Module.compile(engine, CRASHING), List.of()));
      Instance instance = linker.instantiate(store, Module.compile(engine, importing));
      Trap trap = assertThrows(Trap.class, instance.func("run")::call);
      WasmModule dumped = read(bytes(dump(trap)));
      assertEquals(2, dumped.memoryCount());
      assertEquals(6, dumped.globalCount());
      BinaryReader stack = section(dumped, "corestack");
      stack.u8();
      stack.name();
      assertEquals(3, stack.u32());
      assertEquals(List.of(0, 0), List.of(stack.u8(), stack.u32()), "the callee's instance");
    }
  }

  /** With debug information, frames keep all locals, and which instance they are of. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void localsAreThereIfCodeKeepsThem(boolean fromArtifact) throws IOException {
    String text =
        """
        (module
          (func $inner (param i32 i64 f32 f64 externref) (result i32) (local i32 v128 i64)
            (local.set 5 (i32.add (local.get 0) (i32.const 1)))
            (local.set 0 (i32.const -7))
            (loop (local.set 7 (i64.add (local.get 7) (i64.const 3)))
              (br_if 0 (i64.lt_s (local.get 7) (i64.const 300))))
            unreachable)
          (func $outer (export "run") (param i32) (result i32) (local $x i32)
            (local.set $x (i32.mul (local.get 0) (i32.const 2)))
            (i32.add (local.get $x) (call $inner (local.get $x) (i64.const -1) (f32.const 1.5)
              (f64.const -0.25) (ref.null extern)))))
        """;
    Config config = config().debugInfo(true).sandboxVerifier(true).debugVerifier(true);
    try (Engine engine = new Engine(config);
        Store<Void> store = new Store<>(engine)) {
      Module compiled = Module.compile(engine, text);
      Module module = fromArtifact ? Module.deserialize(engine, compiled.serialize()) : compiled;
      Instance.instantiate(store, module, List.of());
      Instance second = Instance.instantiate(store, module, List.of());
      Trap trap = assertThrows(Trap.class, () -> second.func("run").call(21));
      BinaryReader stack = section(read(bytes(dump(trap))), "corestack");
      stack.u8();
      stack.name();
      assertEquals(2, stack.u32());
      assertEquals(List.of(0, 1, 0), List.of(stack.u8(), stack.u32(), stack.u32()));
      stack.u32();
      assertEquals(8, stack.u32());
      assertEquals(List.of(0x7F, -7L), List.of(stack.u8(), stack.s64()));
      assertEquals(List.of(0x7E, -1L), List.of(stack.u8(), stack.s64()));
      assertEquals(List.of(0x7D, 1.5f), List.of(stack.u8(), Float.intBitsToFloat(stack.fixed32())));
      assertEquals(0x7C, stack.u8());
      assertEquals(-0.25, Double.longBitsToDouble(stack.fixed64()));
      assertEquals(1, stack.u8());
      assertEquals(List.of(0x7F, 43L), List.of(stack.u8(), stack.s64()));
      assertEquals(1, stack.u8());
      assertEquals(List.of(0x7E, 300L), List.of(stack.u8(), stack.s64()));
      assertEquals(0, stack.u32());
      assertEquals(List.of(0, 1, 1), List.of(stack.u8(), stack.u32(), stack.u32()));
      stack.u32();
      assertEquals(2, stack.u32());
      assertEquals(List.of(0x7F, 21L), List.of(stack.u8(), stack.s64()));
      assertEquals(List.of(0x7F, 42L), List.of(stack.u8(), stack.s64()));
    }
  }

  /**
   * Optimized frames tell of the locals that they have; of the others it is said that they do not.
   */
  @Test
  void localsOfOptimizedCodeAreThereIfItHasThem() throws IOException {
    String text =
        """
        (module
          (global $g (mut i32) (i32.const 0))
          (func $inner (if (global.get $g) (then (call $inner) (call $inner))) unreachable)
          (func $outer (export "run") (param i32 f64 i32) (result f64) (local $x f64)
            (local.set 2 (i32.const 9))
            (local.set $x (f64.mul (local.get 1) (f64.const 3)))
            (call $inner)
            (f64.add (local.get $x) (f64.convert_i32_s (local.get 2)))))
        """;
    BinaryWriter section = new BinaryWriter().name(".debug_info");
    byte[] binary =
        new BinaryWriter().bytes(Wat.parse(text)).section(SectionId.CUSTOM, section).toByteArray();
    Config config = new Config().debugInfo(true).coredumpOnTrap(true).sandboxVerifier(true);
    try (Engine engine = new Engine(config);
        Store<Void> store = new Store<>(engine)) {
      Module compiled = Module.compile(engine, binary);
      Module module = Module.deserialize(engine, compiled.serialize());
      Instance instance = Instance.instantiate(store, module, List.of());
      Trap trap = assertThrows(Trap.class, () -> instance.func("run").call(14, 0.5, 0));
      BinaryReader stack = section(read(bytes(dump(trap))), "corestack");
      stack.u8();
      stack.name();
      assertEquals(2, stack.u32());
      assertEquals(List.of(0, 0, 0), List.of(stack.u8(), stack.u32(), stack.u32()));
      stack.u32();
      assertEquals(List.of(0, 0), List.of(stack.u32(), stack.u32()), "no locals");
      assertEquals(List.of(0, 0, 1), List.of(stack.u8(), stack.u32(), stack.u32()));
      stack.u32();
      assertEquals(4, stack.u32());
      assertEquals(List.of(1, 1), List.of(stack.u8(), stack.u8()), "nobody needs the parameters");
      assertEquals(List.of(0x7F, 9L), List.of(stack.u8(), stack.s64()));
      assertEquals(0x7C, stack.u8());
      assertEquals(1.5, Double.longBitsToDouble(stack.fixed64()));
    }
  }

  /** A stack that overflowed ends in a function that has not kept anything yet. */
  @Test
  void localsOfAnOverflowAreThoseOfTheCallers() throws IOException {
    String text =
        "(module (func $f (export \"f\") (param i32) (call $f (i32.add (local.get 0) (i32.const"
            + " 1)))))";
    try (Engine engine = new Engine(config().debugInfo(true));
        Store<Void> store = new Store<>(engine)) {
      Instance instance = Instance.instantiate(store, Module.compile(engine, text), List.of());
      Trap trap = assertThrows(Trap.class, () -> instance.func("f").call(0));
      BinaryReader stack = section(read(bytes(dump(trap))), "corestack");
      stack.u8();
      stack.name();
      int frames = stack.u32();
      assertEquals(List.of(0, 0, 0), List.of(stack.u8(), stack.u32(), stack.u32()));
      stack.u32();
      assertEquals(List.of(1, 1, 0), List.of(stack.u32(), stack.u8(), stack.u32()));
      for (int depth = frames - 2; depth >= 0; depth--) {
        assertEquals(List.of(0, 0, 0), List.of(stack.u8(), stack.u32(), stack.u32()));
        stack.u32();
        assertEquals(List.of(1, 0x7F), List.of(stack.u32(), stack.u8()));
        assertEquals(depth, stack.s64());
        assertEquals(0, stack.u32());
      }
    }
  }

  @Test
  void onlyOnDemandAndWhileTheStoreIsOpen() {
    CoreDump dump;
    try (Engine engine = new Engine(config());
        Store<Void> store = new Store<>(engine)) {
      Module module = Module.compile(engine, CRASHING);
      Instance instance = Instance.instantiate(store, module, List.of());
      dump = dump(assertThrows(Trap.class, instance.func("run")::call));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThrows(IllegalStateException.class, () -> dump.writeTo(out, "late"));
    try (Engine engine = new Engine(new Config().coredumpOnTrap(false));
        Store<Void> store = new Store<>(engine)) {
      Module module = Module.compile(engine, CRASHING);
      Instance instance = Instance.instantiate(store, module, List.of());
      assertNull(assertThrows(Trap.class, instance.func("run")::call).coreDump());
    }
  }

  @Test
  void deepStacksAreWhole() throws IOException {
    String text = "(module (func $f (export \"f\") (call $f) (call $f)))";
    try (Engine engine = new Engine(config());
        Store<Void> store = new Store<>(engine)) {
      Instance instance = Instance.instantiate(store, Module.compile(engine, text), List.of());
      Trap trap = assertThrows(Trap.class, instance.func("f")::call);
      assertEquals(20, trap.frames().size());
      assertTrue(dump(trap).frames().size() > 1000);
      read(bytes(dump(trap)));
    }
  }

  @Test
  void scatteredPagesBecomeFewSegments() throws IOException {
    String text =
        """
        (module (memory 1536) (func (export "f")
          (local $i i32)
          (loop $next
            (i32.store8 (local.get $i) (i32.const 1))
            (local.set $i (i32.add (local.get $i) (i32.const 0x2000)))
            (br_if $next (i32.lt_u (local.get $i) (i32.const 0x6000000))))
          unreachable))
        """;
    try (Engine engine = new Engine(config());
        Store<Void> store = new Store<>(engine)) {
      Instance instance = Instance.instantiate(store, Module.compile(engine, text), List.of());
      Trap trap = assertThrows(Trap.class, instance.func("f")::call);
      Path file = folder.resolve("large.wasm");
      dump(trap).writeTo(file, "large");
      assertEquals(0x600_0000 + 200, Files.size(file), 200);
    }
  }
}
