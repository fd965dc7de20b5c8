package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** WASI as compiled guests see it. */
class WasiLinkTest {
  private static final String HELLO =
      """
      (module
        (import "wasi_snapshot_preview1" "fd_write"
          (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (data (i32.const 8) "\\10\\00\\00\\00\\06\\00\\00\\00hello\\n")
        (func (export "_start")
          (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0)))
          (call $exit (i32.load (i32.const 0)))))
      """;

  @Test
  void helloAndExit() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, HELLO);
        Wasi wasi = Wasi.open(new WasiConfig().stdout(out));
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = new Linker<>(engine);
      wasi.addTo(linker);
      Instance instance = linker.instantiate(store, module);
      WasiExit exit = assertThrows(WasiExit.class, () -> instance.func("_start").call());
      assertEquals(6, exit.code());
      assertEquals("hello\n", out.toString());
    }
  }

  @Test
  void oneLinkerServesManyGuests() throws IOException {
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, HELLO)) {
      Linker<Wasi> linker = new Linker<>(engine);
      Wasi.addTo(linker, wasi -> wasi);
      List<ByteArrayOutputStream> outputs = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        outputs.add(out);
        try (Wasi wasi = Wasi.open(new WasiConfig().stdout(out));
            Store<Wasi> store = new Store<>(engine, wasi)) {
          Instance instance = linker.instantiate(store, module);
          for (int round = 0; round <= i; round++) {
            assertThrows(WasiExit.class, () -> instance.func("_start").call());
          }
        }
      }
      for (int i = 0; i < 3; i++) {
        assertEquals("hello\n".repeat(i + 1), outputs.get(i).toString());
      }
    }
  }

  /** The functions take what the table says: each can be imported, in both forms. */
  @Test
  void everyFunctionCanBeImported() throws IOException {
    StringBuilder text = new StringBuilder("(module\n");
    for (Snapshot snapshot : Snapshot.values()) {
      for (WasiFunction function : WasiFunction.values()) {
        text.append("(import \"").append(snapshot.module()).append("\" \"");
        text.append(function.importName()).append("\" (func");
        for (char letter : function.parameters().toCharArray()) {
          text.append(letter == 'I' ? " (param i64)" : " (param i32)");
        }
        text.append(function.hasResult() ? " (result i32)" : "").append("))\n");
      }
    }
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, text + ")");
        Wasi wasi = Wasi.open(new WasiConfig());
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = new Linker<>(engine);
      wasi.addTo(linker);
      linker.instantiate(store, module);
    }
  }

  @Test
  void withoutAMemoryPointersPointNowhere() throws IOException {
    String text =
        """
        (module
          (import "wasi_unstable" "sched_yield" (func $yield (result i32)))
          (import "wasi_snapshot_preview1" "clock_time_get"
            (func $time (param i32 i64 i32) (result i32)))
          (func (export "yield") (result i32) (call $yield))
          (func (export "time") (result i32)
            (call $time (i32.const 0) (i64.const 0) (i32.const 0))))
        """;
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, text);
        Wasi wasi = Wasi.open(new WasiConfig());
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = new Linker<>(engine);
      wasi.addTo(linker);
      Instance instance = linker.instantiate(store, module);
      assertEquals(Errno.SUCCESS, instance.func("yield").call()[0]);
      assertEquals(Errno.FAULT, instance.func("time").call()[0]);
    }
  }

  @Test
  void whatAStreamThrowsComesOut() throws IOException {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new UnsupportedOperationException("no output here");
          }
        };
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, HELLO);
        Wasi wasi = Wasi.open(new WasiConfig().stdout(broken));
        Store<Void> store = new Store<>(engine)) {
      Linker<Void> linker = new Linker<>(engine);
      wasi.addTo(linker);
      Instance instance = linker.instantiate(store, module);
      assertThrows(UnsupportedOperationException.class, () -> instance.func("_start").call());
    }
  }
}
