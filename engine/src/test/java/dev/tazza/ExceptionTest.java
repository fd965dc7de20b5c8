package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.TagType;
import dev.tazza.wasm.type.ValType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exceptions of guest code: within it, and over the border to Java in both directions. */
class ExceptionTest {
  private static final TagType I32_TAG = new TagType(new FuncType(List.of(ValType.I32), List.of()));

  private Engine engine = new Engine();
  private Store<Void> store = new Store<>(engine, null);
  private Linker<Void> linker = new Linker<>(engine);

  private void start(OptLevel level) {
    engine.close();
    engine =
        new Engine(new Config().optLevel(level).debugVerifier(true).wasmLegacyExceptions(true));
    store = new Store<>(engine, null);
    linker = new Linker<>(engine);
  }

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  private Instance instance(String text) {
    return linker.instantiate(store, Module.compile(engine, text));
  }

  private static TaggedException thrownBy(Func function, Object... args) {
    return assertThrows(TaggedException.class, () -> function.call(args));
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void whatNobodyCatchesSurfacesWithTagPayloadAndFrames(OptLevel level) {
    start(level);
    Instance instance =
        instance(
            """
            (module $m
              (tag $e (export "e") (param i32 i64 f32 f64 v128 externref funcref))
              (func $inner (param externref)
                (throw $e (i32.const -1) (i64.const 2) (f32.const 3.5) (f64.const 4.5)
                  (v128.const i64x2 5 6) (local.get 0) (ref.func $outer)))
              (func $outer (export "outer") (param externref) (call $inner (local.get 0)) (call $pad))
              (func $pad))
            """);
    Object object = new Object();
    TaggedException thrown = thrownBy(instance.func("outer"), object);
    assertEquals(instance.tag("e"), thrown.tag());
    assertEquals(
        List.of(-1, 2L, 3.5f, 4.5, new V128(5, 6), object, instance.func("outer")),
        thrown.payload());
    List<String> names = new ArrayList<>();
    thrown.frames().forEach(frame -> names.add(String.valueOf(frame.functionName())));
    assertEquals(List.of("inner", "outer"), names);
    assertEquals("inner", thrown.getStackTrace()[0].getMethodName());
    assertNull(thrownBy(instance.func("outer"), new Object[] {null}).payload().get(5));
  }

  private static final String CATCHER =
      """
      (module
        (import "host" "tag" (tag $t (param i32)))
        (import "host" "f" (func $f (param i32) (result i32)))
        (func (export "catch") (param i32) (result i32)
          (block $h (result i32)
            (return (i32.add (i32.const 1000)
              (try_table (result i32) (catch $t $h) (call $f (local.get 0)))))))
        (func (export "all") (param i32) (result i32)
          (block $h
            (return (try_table (result i32) (catch_all $h) (call $f (local.get 0)))))
          (i32.const -1))
        (func (export "again") (param i32) (result i32)
          (throw_ref
            (block $h (result exnref)
              (return (try_table (result i32) (catch_all_ref $h) (call $f (local.get 0)))))))
        (func (export "pass") (param i32) (result i32) (call $f (local.get 0))))
      """;

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void hostFunctionsThrowWhatGuestsCatch(OptLevel level) {
    start(level);
    Tag tag = Tag.create(store, I32_TAG);
    Tag other = Tag.create(store, I32_TAG);
    assertNotEquals(tag, other);
    TaggedException theOther = new TaggedException(other, 5);
    linker.define("host", "tag", tag);
    linker.func(
        "host",
        "f",
        new FuncType(List.of(ValType.I32), List.of(ValType.I32)),
        (caller, values) -> {
          int n = values.i32(0);
          switch (n) {
            case 0 -> values.setI32(0, 7);
            case 1 -> throw new TaggedException(tag, 42);
            case 2 -> throw theOther;
            case 3 -> throw new IOException("not for guests");
            case 4 -> throw new TaggedException(Tag.create(new Store<>(engine), I32_TAG), 9);
            default -> throw new IllegalStateException();
          }
        });
    Instance instance = instance(CATCHER);
    Func caught = instance.func("catch");
    assertArrayEquals(new Object[] {1007}, caught.call(0));
    assertArrayEquals(new Object[] {42}, caught.call(1));
    assertSame(theOther, thrownBy(caught, 2));
    assertEquals(ExceptionTest.class.getName(), theOther.getStackTrace()[0].getClassName());
    assertThrows(IOException.class, () -> caught.call(3));
    assertArrayEquals(new Object[] {-1}, instance.func("all").call(1));
    assertArrayEquals(new Object[] {-1}, instance.func("all").call(2));
    assertThrows(IOException.class, () -> instance.func("all").call(3));
    assertThrows(TaggedException.class, () -> instance.func("all").call(4));
    assertSame(theOther, thrownBy(instance.func("again"), 2));
    assertSame(theOther, thrownBy(instance.func("pass"), 2));
    assertEquals(List.of(42), thrownBy(instance.func("again"), 1).payload());
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void exceptionsCrossHostFramesAndInstances(OptLevel level) {
    start(level);
    Instance thrower =
        instance(
            """
            (module (tag (export "t") (param i32))
              (func (export "throw") (param i32) (throw 0 (local.get 0))))
            """);
    linker.define("host", "tag", thrower.tag("t"));
    List<TaggedException> seen = new ArrayList<>();
    linker.func(
        "host",
        "f",
        new FuncType(List.of(ValType.I32), List.of(ValType.I32)),
        (caller, values) -> {
          int n = values.i32(0);
          try {
            thrower.func("throw").call(n);
          } catch (TaggedException e) {
            seen.add(e);
            if (n > 0) {
              throw e;
            }
            values.setI32(0, 77);
          }
        });
    Instance instance = instance(CATCHER);
    assertArrayEquals(new Object[] {1077}, instance.func("catch").call(0));
    assertArrayEquals(new Object[] {5}, instance.func("catch").call(5));
    assertSame(thrownBy(instance.func("pass"), 3), seen.getLast());
    assertEquals(List.of(3), seen.getLast().payload());
    assertEquals(thrower.tag("t"), seen.getLast().tag());
    // Guest code still runs in order.
    assertArrayEquals(new Object[] {5}, instance.func("catch").call(5));
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void trapsAreNotCaught(OptLevel level) {
    start(level);
    Instance instance =
        instance(
            """
            (module
              (func $trap (param i32) (drop (i32.div_u (i32.const 1) (local.get 0))))
              (func (export "f") (param i32)
                (block $h (try_table (catch_all $h) (call $trap (local.get 0)))))
              (func (export "null") (throw_ref (ref.null exn))))
            """);
    instance.func("f").call(1);
    Trap trap = assertThrows(Trap.class, () -> instance.func("f").call(0));
    assertEquals(TrapCode.INTEGER_DIVIDE_BY_ZERO, trap.code());
    trap = assertThrows(Trap.class, () -> instance.func("null").call());
    assertEquals(TrapCode.NULL_EXCEPTION_REFERENCE, trap.code());
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void referencesToExceptionsAreExceptionsInJava(OptLevel level) {
    start(level);
    Instance instance =
        instance(
            """
            (module
              (tag $e (export "e") (param i32 externref))
              (table (export "t") 3 exnref)
              (global (export "g") (mut exnref) (ref.null exn))
              (func $throw (param i32 externref) (throw $e (local.get 0) (local.get 1)))
              (func (export "make") (param i32 externref) (result exnref)
                (block $h (result i32 externref exnref)
                  (try_table (catch_ref $e $h) (call $throw (local.get 0) (local.get 1)))
                  (unreachable))
                (global.set 0) (drop) (drop)
                (table.set (i32.const 1) (global.get 0))
                (global.get 0))
              (func (export "raise") (param exnref) (throw_ref (local.get 0))))
            """);
    Object carried = new Object();
    TaggedException made = (TaggedException) instance.func("make").call(3, carried)[0];
    assertTrue(made != null && made.payload().equals(List.of(3, carried)));
    assertEquals(instance.tag("e"), made.tag());
    assertSame(made, instance.global("g").get());
    assertSame(made, instance.table("t").get(1));
    assertNull(instance.table("t").get(0));
    assertSame(made, thrownBy(instance.func("raise"), made));
    TaggedException own = new TaggedException(instance.tag("e"), 4, null);
    assertSame(own, thrownBy(instance.func("raise"), own));
    instance.global("g").set(own);
    assertSame(own, instance.global("g").get());
    assertThrows(IllegalArgumentException.class, () -> instance.func("raise").call("no exception"));
    TaggedException foreign = new TaggedException(Tag.create(new Store<>(engine), I32_TAG), 1);
    assertThrows(IllegalArgumentException.class, () -> instance.global("g").set(foreign));
    assertThrows(
        IllegalArgumentException.class, () -> new TaggedException(instance.tag("e"), "x", null));
    assertThrows(IllegalArgumentException.class, () -> new TaggedException(instance.tag("e"), 1));
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void hostFunctionsTakeAndGiveReferencesToExceptions(OptLevel level) {
    start(level);
    Tag tag = Tag.create(store, I32_TAG);
    linker.define("host", "tag", tag);
    linker.func(
        "host",
        "swap",
        new FuncType(List.of(ValType.EXNREF), List.of(ValType.EXNREF)),
        (caller, values) -> {
          TaggedException given = values.exnref(0);
          int n = given == null ? 0 : (Integer) given.payload().get(0);
          values.setExnref(0, new TaggedException(tag, n + 1));
        });
    Instance instance =
        instance(
            """
            (module
              (import "host" "tag" (tag $t (param i32)))
              (import "host" "swap" (func $swap (param exnref) (result exnref)))
              (func $throw (throw $t (i32.const 10)))
              (func (export "f") (result i32)
                (block $a (result i32)
                  (try_table (catch $t $a)
                    (block $h (result exnref)
                      (try_table (catch_all_ref $h) (call $throw))
                      (unreachable))
                    (throw_ref (call $swap)))
                  (unreachable))))
            """);
    assertArrayEquals(new Object[] {11}, instance.func("f").call());
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void importsAreCheckedByType(OptLevel level) {
    start(level);
    String importing = "(module (import \"a\" \"t\" (tag (param i64))))";
    linker.define("a", "t", Tag.create(store, I32_TAG));
    LinkException error = assertThrows(LinkException.class, () -> instance(importing));
    assertTrue(
        String.valueOf(error.getMessage()).contains("a.t must be a tag"), error.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> Tag.create(store, new TagType(new FuncType(List.of(), List.of(ValType.I32)))));
  }

  /** Two imports may be one tag: only the instance knows. */
  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void importedTagsMayBeTheSame(OptLevel level) {
    start(level);
    String text =
        """
        (module
          (import "a" "x" (tag $x (param i32))) (import "a" "y" (tag $y (param i32)))
          (func (export "f") (param i32) (result i32)
            (block $h (result i32)
              (try_table (catch $y $h) (throw $x (local.get 0)))
              (unreachable))))
        """;
    Tag tag = Tag.create(store, I32_TAG);
    linker.allowShadowing(true).define("a", "x", tag).define("a", "y", tag);
    assertArrayEquals(new Object[] {3}, instance(text).func("f").call(3));
    linker.define("a", "y", Tag.create(store, I32_TAG));
    assertEquals(tag, thrownBy(instance(text).func("f"), 4).tag());
  }

  /** Frames, and registers that callees preserve, are as they were. */
  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void nothingIsLostOverThrows(OptLevel level) {
    start(level);
    store.close();
    engine.close();
    engine = new Engine(new Config().optLevel(level).epochInterruption(true));
    store = new Store<>(engine, null);
    linker = new Linker<>(engine);
    int[] stops = {0};
    store.epochDeadlineCallback(s -> {
      stops[0]++;
      return UpdateDeadline.continueWith(1);
    });
    Instance other =
        instance(
            """
            (module
              (tag $e (export "e") (param i64 f64))
              (global $g (mut i64) (i64.const 0))
              (func (export "throw") (param $n i32)
                (global.set $g (i64.add (global.get $g) (i64.const 1)))
                (if (local.get $n) (then (throw $e (global.get $g) (f64.const 0.5))))))
            """);
    linker.instance("other", other);
    StringBuilder text =
        new StringBuilder(
            """
            (module
              (import "other" "e" (tag $e (param i64 f64)))
              (import "other" "throw" (func $throw (param i32)))
              (memory 1)
              (func $deep (param $n i32) (param $throws i32) (result i64)
                (local $a i64) (local $b i64) (local $c i64)
                (if (i32.eqz (local.get $n)) (then (call $throw (local.get $throws))))
                (if (result i64) (local.get $n)
                  (then
                    (local.set $a (i64.mul (i64.load (i32.const 8)) (i64.const 3)))
                    (local.set $b (i64.mul (i64.load (i32.const 16)) (i64.const 5)))
                    (local.set $c (i64.mul (i64.load (i32.const 24)) (i64.const 7)))
                    (call $deep (i32.sub (local.get $n) (i32.const 1)) (local.get $throws))
                    (i64.add (i64.add (local.get $a) (local.get $b)) (local.get $c)) (i64.add))
                  (else (i64.const 1))))
              (func (export "f") (param $n i32) (result i64) (local $sum i64)
            """);
    for (int i = 0; i < 12; i++) {
      text.append("(local $l%d i64)".formatted(i));
    }
    text.append("(loop $again (block $end (block $h (result i64 f64)");
    text.append("(try_table (catch $e $h) (local.set $sum (i64.add (local.get $sum)");
    text.append("(call $deep (i32.const 5) (i32.and (local.get $n) (i32.const 3))))))");
    text.append("(br $end)) (drop) (local.set $sum (i64.xor (local.get $sum))))");
    for (int i = 0; i < 12; i++) {
      text.append("(local.set $l%1$d (i64.add (local.get $l%1$d) (i64.const %1$d)))".formatted(i));
    }
    text.append("(br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))");
    for (int i = 0; i < 12; i++) {
      text.append("(local.set $sum (i64.add (local.get $sum) (local.get $l%d)))".formatted(i));
    }
    text.append("(local.get $sum)))");
    int rounds = 200_000;
    int calls = 0;
    store.setEpochDeadline(1);
    Func f = instance(text.toString()).func("f");
    try (EpochTicker _ = engine.startEpochTicker(Duration.ofNanos(20_000))) {
      // Until it has been stopped.
      while (stops[0] == 0) {
        long sum = 0;
        for (int n = rounds; n > 0; n--) {
          calls++;
          sum = (n & 3) == 0 ? sum + 1 : sum ^ calls;
        }
        assertArrayEquals(new Object[] {sum + 66L * rounds}, f.call(rounds));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void artifactsKeepTagsAndHandlers(OptLevel level) {
    start(level);
    byte[] artifact;
    try (Module module = Module.compile(engine, CATCHER)) {
      artifact = module.serialize();
    }
    linker.define("host", "tag", Tag.create(store, I32_TAG));
    linker.func("host", "f", IntUnaryOperator.class, n -> n);
    Instance instance = linker.instantiate(store, Module.deserialize(engine, artifact));
    assertArrayEquals(new Object[] {1006}, instance.func("catch").call(6));
    Linker<Void> throwing = new Linker<>(engine);
    Tag tag = Tag.create(store, I32_TAG);
    throwing.define("host", "tag", tag);
    throwing.func(
        "host",
        "f",
        IntUnaryOperator.class,
        n -> {
          throw new TaggedException(tag, n + 1);
        });
    instance = throwing.instantiate(store, Module.deserialize(engine, artifact));
    assertArrayEquals(new Object[] {7}, instance.func("catch").call(6));
  }

  /** Results of a call in a try lie on the stack, whether somebody reads them or not. */
  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void unusedResultsHavePlaces(OptLevel level) {
    start(level);
    Instance instance =
        instance(
            """
            (module
              (type $many (func (param i32) (result f64 f64 f64 f64 f64 f64 f64 f64 f64 f64)))
              (tag $e (param i32))
              (table 1 funcref) (elem (i32.const 0) $f)
              (global $g (mut i32) (i32.const 7))
              (func $f (type $many)
                (if (local.get 0) (then (throw $e (i32.const 5))))
                (f64.const 1) (f64.const 1) (f64.const 1) (f64.const 1) (f64.const 1)
                (f64.const 1) (f64.const 1) (f64.const 1) (f64.const 1) (f64.const 1))
              (func (export "f") (param i32 i64) (result i32 i64 i32)
                (block $h (result i32)
                  (try_table (catch $e $h)
                    (call_indirect (type $many) (i32.const 0) (i32.const 0))
                    (drop) (drop) (drop) (drop) (drop) (drop) (drop) (drop) (drop) (drop)
                    (call_indirect (type $many) (local.get 0) (i32.const 0))
                    (drop) (drop) (drop) (drop) (drop) (drop) (drop) (drop) (drop) (drop))
                  (i32.const 3))
                (local.get 1) (global.get $g)))
            """);
    assertArrayEquals(new Object[] {3, 9L, 7}, instance.func("f").call(0, 9L));
    assertArrayEquals(new Object[] {5, 9L, 7}, instance.func("f").call(1, 9L));
  }

  /** References that are not needed any more are forgotten while the guest runs on. */
  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void referencesAreForgotten(OptLevel level) {
    start(level);
    Instance instance =
        instance(
            """
            (module
              (tag $e (param i32))
              (func $throw (param i32) (throw $e (local.get 0)))
              (func (export "f") (param $n i32) (result i32)
                (local $sum i32) (local $kept exnref)
                (loop $again
                  (block $h (result i32 exnref)
                    (try_table (catch_ref $e $h) (call $throw (local.get $n)))
                    (unreachable))
                  (if (param i32 exnref) (i32.eq (local.get $n) (i32.const 5000))
                    (then (local.set $kept) (drop))
                    (else (drop) (local.set $sum (i32.add (local.get $sum)))))
                  (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (block $h (result i32)
                  (try_table (catch $e $h) (throw_ref (local.get $kept)))
                  (unreachable))))
            """);
    assertArrayEquals(new Object[] {5000}, instance.func("f").call(20_000));
    assertTrue(store.vm().references().externs().size() < 10_000);
  }
}
