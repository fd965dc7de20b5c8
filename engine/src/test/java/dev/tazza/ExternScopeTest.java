package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long Java objects that guests get stay referenced. */
class ExternScopeTest {
  private static final FuncType MAKE = new FuncType(List.of(), List.of(ValType.EXTERNREF));
  private static final FuncType TAKE =
      new FuncType(List.of(ValType.EXTERNREF), List.of(ValType.EXTERNREF));

  private static final String TEXT =
      """
      (module
        (import "m" "make" (func $make (result externref)))
        (import "m" "take" (func $take (param externref) (result externref)))
        (table $t (export "table") %d externref)
        (global $g (export "global") (mut externref) (ref.null extern))
        (func (export "drop") (param externref))
        (func (export "same") (param externref) (result externref) (local.get 0))
        (func (export "store") (param i32 externref)
          (table.set $t (local.get 0) (local.get 1)))
        (func (export "keep") (param externref) (global.set $g (local.get 0)))
        (func (export "make-many") (param $n i32)
          (loop $again
            (drop (call $make))
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
        (func (export "hold") (param $slot i32) (result externref) (local $held externref)
          (local.set $held (table.get $t (local.get $slot)))
          (table.set $t (local.get $slot) (ref.null extern))
          (drop (call $take (ref.null extern)))
          (call $take (local.get $held)))
        (func (export "trap") (param externref) unreachable))
      """;

  private final Engine engine = new Engine();
  private final Store<Void> store = new Store<>(engine);
  private HostFunction<Void> make = (_, values) -> values.setExternref(0, new Object());
  private HostFunction<Void> take = (_, values) -> values.setExternref(0, values.externref(0));

  private Instance instance(int tableLength) {
    Module module = Module.compile(engine, TEXT.formatted(tableLength));
    Func maker = Func.wrap(store, MAKE, (caller, values) -> make.call(caller, values));
    Func taker = Func.wrap(store, TAKE, (caller, values) -> take.call(caller, values));
    return Instance.instantiate(store, module, List.of(maker, taker));
  }

  private int kept() {
    return store.vm().references().externs().size();
  }

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  @Test
  void argumentsAreForgottenWhenTheCallReturns() throws InterruptedException {
    Instance instance = instance(1);
    WeakReference<Object> argument = new WeakReference<>(new Object());
    instance.func("drop").call(argument.get());
    assertEquals(0, kept());
    for (int i = 0; i < 100 && argument.get() != null; i++) {
      System.gc();
      Thread.sleep(5);
    }
    assertNull(argument.get());
    Object same = new Object();
    assertSame(same, instance.func("same").call(same)[0]);
    assertThrows(Trap.class, () -> instance.func("trap").call(same));
    instance.func("drop").call(new Object());
    assertEquals(0, kept());
  }

  @Test
  void whatWasStoredStaysUntilItIsOverwritten() {
    Instance instance = instance(3);
    Object first = new Object();
    Object second = new Object();
    instance.func("store").call(1, first);
    instance.func("keep").call(second);
    instance.table("table").set(2, second);
    for (int i = 0; i < 100; i++) {
      instance.func("drop").call(new Object());
      assertEquals(2, kept());
    }
    assertSame(first, instance.table("table").get(1));
    assertSame(second, instance.global("global").get());
    instance.func("keep").call((Object) null);
    instance.func("store").call(1, null);
    instance.func("drop").call(new Object());
    assertSame(second, instance.table("table").get(2));
    assertEquals(1, kept());
  }

  @Test
  void resultsOfTheHostAreForgottenToo() {
    Instance instance = instance(1);
    instance.func("make-many").call(1000);
    assertEquals(0, kept());
    Global global = Global.create(store, instance.global("global").type(), "kept");
    instance.func("make-many").call(10);
    assertEquals("kept", global.get());
  }

  @Test
  void callsWithinCallsForgetTheirOwn() {
    Instance instance = instance(1);
    List<Integer> sizes = new ArrayList<>();
    take =
        (_, values) -> {
          Object outer = values.externref(0);
          for (int i = 0; i < 5; i++) {
            instance.func("drop").call(new Object());
          }
          assertSame("new", instance.func("same").call("new")[0]);
          sizes.add(kept());
          values.setExternref(0, outer);
        };
    Object held = new Object();
    instance.func("store").call(0, held);
    // What a frame has loaded from a table that has it no more.
    assertSame(held, instance.func("hold").call(0)[0]);
    assertEquals(List.of(1, 1), sizes);
    instance.func("drop").call(1);
    assertEquals(0, kept());
  }

  @Test
  void aLongTableIsNotLookedThroughEachTime() {
    Instance instance = instance(100_000);
    instance.func("store").call(99_999, "stored");
    Func drop = instance.func("drop");
    int most = 0;
    for (int i = 0; i < 100_000; i++) {
      drop.call(new Object());
      most = Math.max(most, kept());
    }
    assertTrue(most > 1000 && most < 10_000, "most: " + most);
    assertEquals("stored", instance.table("table").get(99_999));
  }

  @Test
  void handlesAreGivenAgain() {
    Instance instance = instance(50);
    Object[] expected = new Object[50];
    for (int i = 0; i < 20_000; i++) {
      int slot = i * 7 % 50;
      expected[slot] = i % 3 == 0 ? null : (Object) ("object " + i);
      instance.func("store").call(slot, expected[slot]);
      if (i % 100 == 0) {
        for (int j = 0; j < 50; j++) {
          assertSame(expected[j], instance.table("table").get(j));
        }
      }
    }
    assertTrue(kept() <= 50, "kept: " + kept());
  }
}
