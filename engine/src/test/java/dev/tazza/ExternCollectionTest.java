package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a guest drops while it runs on is forgotten; what its frames still hold is not. */
class ExternCollectionTest {
  private static final FuncType MAKE =
      new FuncType(List.of(ValType.I32), List.of(ValType.EXTERNREF));
  private static final FuncType BOTH =
      new FuncType(List.of(ValType.I32, ValType.EXTERNREF), List.of(ValType.EXTERNREF));
  private static final FuncType CHECK =
      new FuncType(List.of(ValType.I32, ValType.EXTERNREF), List.of());

  private static final String TEXT =
      """
      (module
        (import "m" "make" (func $make (param i32) (result externref)))
        (import "m" "both" (func $both (param i32 externref) (result externref)))
        (import "m" "check" (func $check (param i32 externref)))
        (import "m" "again" (func $again))
        (table $t 4 externref)
        (func $many (export "many") (param $n i32)
          (loop $next
            (drop (call $make (i32.const -1)))
            (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
        (func (export "overwrite") (param $n i32)
          (loop $next
            (table.set $t (i32.const 1) (call $make (local.get $n)))
            (call $check (local.get $n) (table.get $t (i32.const 1)))
            (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
        (func (export "passed") (param $n i32)
          (local $last externref)
          (loop $next
            (local.set $last (call $both (local.get $n) (call $make (local.get $n))))
            (call $check (local.get $n) (local.get $last))
            (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
        (func $deep (export "deep") (param $n i32)
          (local $own externref)
          (if (i32.eqz (local.get $n)) (then (return)))
          (local.set $own (call $make (local.get $n)))
          (call $many (i32.const 30))
          (call $deep (i32.sub (local.get $n) (i32.const 1)))
          (call $check (local.get $n) (local.get $own)))
        (func (export "nested") (param $n i32)
          (local $own externref)
          (local.set $own (call $make (i32.const 7)))
          (loop $next
            (call $again)
            (call $check (i32.const 7) (local.get $own))
            (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
      """;

  /** An object that knows what the guest should take it for. */
  private record Made(int number, Object identity) {}

  private final Map<Integer, Made> latest = new HashMap<>();
  private final List<String> wrong = new ArrayList<>();
  private Engine engine = new Engine();
  private Store<Void> store = new Store<>(engine);
  private Runnable again = () -> {};
  private int most;

  private Instance instance(OptLevel level) {
    engine.close();
    engine = new Engine(new Config().optLevel(level));
    store = new Store<>(engine);
    Func make = Func.wrap(store, MAKE, (_, values) -> values.setExternref(0, make(values.i32(0))));
    Func both =
        Func.wrap(
            store,
            BOTH,
            (_, values) -> {
              check(values.i32(0), values.externref(1));
              make(-1);
              values.setExternref(0, values.externref(1));
            });
    Func check = Func.wrap(store, CHECK, (_, values) -> check(values.i32(0), values.externref(1)));
    Func callBack = Func.wrap(store, new FuncType(List.of(), List.of()), (_, _) -> again.run());
    Module module = Module.compile(engine, TEXT);
    return Instance.instantiate(store, module, List.of(make, both, check, callBack));
  }

  private Made make(int number) {
    most = Math.max(most, store.vm().references().externs().size());
    Made made = new Made(number, new Object());
    latest.put(number, made);
    return made;
  }

  private void check(int number, Object given) {
    if (given != latest.get(number)) {
      wrong.add(number + ": " + given);
    }
  }

  @AfterEach
  void close() {
    assertEquals(List.of(), wrong);
    store.close();
    engine.close();
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void aLongCallDoesNotGatherWhatItDrops(OptLevel level) {
    instance(level).func("many").call(100_000);
    assertTrue(most < 1000, "most: " + most);
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void whatATableHadIsForgottenToo(OptLevel level) {
    instance(level).func("overwrite").call(20_000);
    assertTrue(most < 1000, "most: " + most);
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void argumentsOfTheHostFunctionAreKept(OptLevel level) {
    instance(level).func("passed").call(20_000);
    assertTrue(most < 1000, "most: " + most);
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void everyFrameKeepsItsOwn(OptLevel level) {
    instance(level).func("deep").call(1000);
    assertTrue(most < 5000, "most: " + most);
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void framesOfOuterCallsKeepTheirs(OptLevel level) {
    Instance instance = instance(level);
    again = () -> instance.func("many").call(2000);
    instance.func("nested").call(20);
    assertTrue(most < 1000, "most: " + most);
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void aResultThatIsSetBeforeTheGuestIsCalledIsKept(OptLevel level) {
    Instance instance = instance(level);
    Func setsFirst =
        Func.wrap(
            store,
            MAKE,
            (_, values) -> {
              values.setExternref(0, make(values.i32(0)));
              instance.func("many").call(2000);
            });
    Object result = setsFirst.call(3)[0];
    assertSame(latest.get(3), result);
    assertNull(latest.get(4));
  }
}
