package dev.tazza;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Modules whose instances begin as another one was. */
class SnapshotTest {
  private final Engine engine = new Engine();
  private final Store<Void> store = new Store<>(engine);
  private final Linker<Void> linker = new Linker<>(engine);
  private int started;

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  private static final byte[] MODULE =
      """
      (module $m
        (import "host" "started" (func $started))
        (import "host" "seven" (func $seven (result i32)))
        (memory (export "memory") 1 4)
        (memory $far (export "far") i64 1)
        (table (export "table") 4 8 funcref)
        (global $i32 (mut i32) (i32.const 1)) (global $i64 (mut i64) (i64.const 1))
        (global $f32 (mut f32) (f32.const 1)) (global $f64 (mut f64) (f64.const 1))
        (global $v128 (mut v128) (v128.const i64x2 1 1))
        (global $func (mut funcref) (ref.func $one)) (global $extern (mut externref) (ref.null extern))
        (export "i32" (global $i32)) (export "i64" (global $i64)) (export "f32" (global $f32))
        (export "f64" (global $f64)) (export "v128" (global $v128)) (export "func" (global $func))
        (export "extern" (global $extern))
        (data $active (i32.const 0) "to be overwritten") (data $passive "passive")
        (elem (i32.const 0) $one $one) (elem $later func $two $seven)
        (func $one (result i32) (i32.const 1))
        (func $two (result i32) (i32.const 2))
        (func $start (call $started) (global.set $i32 (i32.const 5)))
        (start $start)
        (func (export "init")
          (memory.fill (i32.const 0) (i32.const 0) (i32.const 17))
          (drop (memory.grow (i32.const 1)))
          (i64.store (i32.const 100000) (i64.const 0x1122334455667788))
          (i32.store8 (i32.const 131071) (i32.const 9))
          (i32.store8 $far (i64.const 65535) (i32.const 8))
          (global.set $i64 (i64.const -6)) (global.set $f32 (f32.const -0.5))
          (global.set $f64 (f64.const nan)) (global.set $v128 (v128.const i64x2 3 -4))
          (global.set $func (ref.null func))
          (table.set (i32.const 0) (ref.null func))
          (drop (table.grow (ref.null func) (i32.const 1)))
          (table.init $later (i32.const 3) (i32.const 0) (i32.const 2)))
        (func (export "passive")
          (memory.init $passive (i32.const 200) (i32.const 0) (i32.const 7)))
        (func (export "active") (memory.init $active (i32.const 0) (i32.const 0) (i32.const 1)))
        (func (export "call") (param i32) (result i32)
          (call_indirect (result i32) (local.get 0))))
      """
          .getBytes(UTF_8);

  private Instance instantiate(byte[] module) {
    return linker.instantiate(store, Module.compile(engine, module));
  }

  private void defineHost() {
    linker.func("host", "started", Runnable.class, () -> started++);
    linker.func("host", "seven", IntSupplier.class, () -> 7);
  }

  @Test
  void everythingIsAsItWas() {
    defineHost();
    Instance before = instantiate(MODULE);
    before.func("init").call();
    byte[] snapshot = before.snapshot(MODULE, "init");
    before.memory("memory").setByte(5, (byte) 1); // too late
    Instance after = instantiate(snapshot);
    assertEquals(1, started, "no start function");
    assertNull(after.findExport("init"));

    Memory memory = after.memory("memory");
    assertEquals(2, memory.size());
    assertEquals(0x1122334455667788L, memory.getLong(100000));
    assertEquals(9, memory.getByte(131071));
    memory.setLong(100000, 0);
    memory.setByte(131071, (byte) 0);
    for (long at = 0; at < memory.byteSize(); at += 8) {
      assertEquals(0, memory.getLong(at));
    }
    assertEquals(8, after.memory("far").getByte(65535));
    assertEquals(-1, memory.grow(3));

    assertEquals(5, after.global("i32").get());
    assertEquals(-6L, after.global("i64").get());
    assertEquals(-0.5f, after.global("f32").get());
    assertTrue(Double.isNaN((double) after.global("f64").get()));
    assertEquals(new V128(3, -4), after.global("v128").get());
    assertNull(after.global("func").get());

    Table table = after.table("table");
    assertEquals(5, table.size());
    assertNull(table.get(0));
    assertNull(table.get(2));
    Func call = after.func("call");
    assertEquals(List.of(1, 2, 7), List.of(call.call(1)[0], call.call(3)[0], call.call(4)[0]));

    after.func("passive").call();
    assertEquals("passive", memory.readString(200, 7));
    assertThrows(Trap.class, () -> after.func("active").call(), "it was dropped");
  }

  /** And so on: a snapshot has snapshots. */
  @Test
  void aSnapshotOfASnapshotIsTheSame() {
    defineHost();
    Instance before = instantiate(MODULE);
    before.func("init").call();
    byte[] first = before.snapshot(MODULE);
    byte[] second = instantiate(first).snapshot(first);
    byte[] third = instantiate(second).snapshot(second);
    Instance last = instantiate(third);
    assertEquals(0x1122334455667788L, last.memory("memory").getLong(100000));
    assertEquals(7, last.func("call").call(4)[0]);
  }

  @Test
  void whatAModuleCannotHaveIsRefused() {
    defineHost();
    Instance instance = instantiate(MODULE);
    instance.global("extern").set("a Java object");
    assertRefused("global 6 refers to what is not of the module", instance);
    instance.global("extern").set(null);
    instance.table("table").set(2, Func.wrap(store, IntSupplier.class, () -> 1));
    assertRefused("element 2 of table 0 refers to what is not of the module", instance);
    instance.table("table").set(2, null);
    instance.snapshot(MODULE);
    byte[] other = "(module)".getBytes(UTF_8);
    assertThrows(IllegalArgumentException.class, () -> instance.snapshot(other));
  }

  private static void assertRefused(String why, Instance instance) {
    UnsupportedOperationException refused =
        assertThrows(UnsupportedOperationException.class, () -> instance.snapshot(MODULE));
    assertTrue(String.valueOf(refused.getMessage()).startsWith(why), refused.getMessage());
  }

  /** Many small pieces are put together until there are not too many segments. */
  @Test
  void memoriesOfManyPiecesHaveFewSegments() {
    byte[] module = "(module (memory (export \"memory\") 40))".getBytes(UTF_8);
    Instance before = instantiate(module);
    Memory memory = before.memory("memory");
    for (long at = 0; at < memory.byteSize(); at += 100) {
      memory.setByte(at, (byte) (at % 251 + 1));
    }
    byte[] snapshot = before.snapshot(module);
    Instance after = instantiate(snapshot);
    assertEquals(-1, after.memory("memory").segment().mismatch(memory.segment()));
  }
}
