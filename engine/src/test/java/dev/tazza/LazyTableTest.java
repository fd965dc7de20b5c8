package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.sys.NativeMemory;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.text.Wat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Config#tableLazyInit}: tables that begin as they should, whether that is done or not. */
class LazyTableTest {
  private static final int FUNCTIONS = 1200;
  private static final int LENGTH = FUNCTIONS + 20;

  /** The table has one element in front, and 19 behind, that no segment sets. */
  private static String module() {
    StringBuilder text =
        new StringBuilder(
            """
            (module
              (type $t (func (result i32)))
              (import "host" "zero" (func $zero (type $t)))
              (table $table (export "table") %d 1300 funcref)
              (table $other 10 funcref)
              (elem $later func $f5 $zero)
              (func (export "call") (param i32) (result i32)
                (call_indirect $table (type $t) (local.get 0)))
              (func (export "tail") (param i32) (result i32)
                (return_call_indirect $table (type $t) (local.get 0)))
              (func (export "callOther") (param i32) (result i32)
                (call_indirect $other (type $t) (local.get 0)))
              (func (export "isNull") (param i32) (result i32)
                (ref.is_null (table.get $table (local.get 0))))
              (func (export "clear") (param i32)
                (table.set $table (local.get 0) (ref.null func)))
              (func (export "move") (param i32 i32)
                (table.set $table (local.get 0) (table.get $table (local.get 1))))
              (func (export "copy") (param i32 i32 i32)
                (table.copy $table $table (local.get 0) (local.get 1) (local.get 2)))
              (func (export "copyOut") (param i32 i32 i32)
                (table.copy $other $table (local.get 0) (local.get 1) (local.get 2)))
              (func (export "copyIn") (param i32 i32 i32)
                (table.copy $table $other (local.get 0) (local.get 1) (local.get 2)))
              (func (export "fill") (param i32 i32 i32)
                (table.fill $table (local.get 0) (table.get $table (local.get 1)) (local.get 2)))
              (func (export "grow") (param i32 i32) (result i32)
                (table.grow $table (table.get $table (local.get 0)) (local.get 1)))
              (func (export "init") (param i32)
                (table.init $table $later (local.get 0) (i32.const 0) (i32.const 2)))
              (func (export "named") (result i32) (call_ref $t (ref.func $f7)))
              (global $g (export "global") funcref (ref.func $f9))
              (export "f8" (func $f8))
              (elem (table $table) (i32.const 1) func $zero\
            """
                .formatted(LENGTH));
    for (int i = 1; i < FUNCTIONS; i++) {
      text.append(" $f").append(i);
    }
    text.append(")\n");
    for (int i = 1; i < FUNCTIONS; i++) {
      text.append("(func $f%d (type $t) (i32.const %d))\n".formatted(i, i));
    }
    return text.append(")").toString();
  }

  private static final byte[] MODULE = Wat.toBinary(module().getBytes(StandardCharsets.UTF_8));

  private static final String IMPORTER =
      """
      (module
        (type $t (func (result i32)))
        (import "" "table" (table 1200 1300 funcref))
        (func (export "call") (param i32) (result i32)
          (call_indirect (type $t) (local.get 0)))
        (func (export "isNull") (param i32) (result i32)
          (ref.is_null (table.get (local.get 0))))
        (func (export "clear") (param i32)
          (table.set (local.get 0) (ref.null func))))
      """;

  private enum Way {
    PLAIN,
    POOLED,
    ARTIFACT,
    VERIFIED_ARTIFACT,
    PROVED,
    EXPLICIT_TRAPS,
    FUEL,
    NO_OPTIMIZATION;

    Config config() {
      Config config = new Config().wasmTailCalls(true);
      return switch (this) {
        case PLAIN, ARTIFACT, VERIFIED_ARTIFACT -> config;
        case POOLED -> pooled(config, new InstanceLimits().count(2).tables(2));
        case PROVED -> config.sandboxVerifier(true);
        case EXPLICIT_TRAPS -> config.signalsBasedTraps(false);
        case FUEL -> config.consumeFuel(true);
        case NO_OPTIMIZATION -> config.optLevel(OptLevel.NONE);
      };
    }

    Module compile(Engine engine, byte[] bytes) {
      Module module = Module.compile(engine, bytes);
      if (this != ARTIFACT && this != VERIFIED_ARTIFACT) {
        return module;
      }
      try (module) {
        return this == ARTIFACT
            ? Module.deserialize(engine, module.serialize())
            : Module.deserializeVerified(engine, module.serialize());
      }
    }
  }

  private static Config pooled(Config config, InstanceLimits limits) {
    return config.allocationStrategy(
        InstanceAllocationStrategy.pooling(new PoolingConfig().instanceLimits(limits)));
  }

  private static Linker<Void> linker(Engine engine) {
    return new Linker<Void>(engine).func("host", "zero", IntSupplier.class, () -> 0);
  }

  /** What an instance does with its table, in words. */
  private static final class Script {
    private final Instance instance;
    private final List<String> done = new ArrayList<>();

    Script(Instance instance) {
      this.instance = instance;
    }

    Script on(Instance other, String function, Object... args) {
      String result;
      try {
        result = Arrays.toString(other.func(function).call(args));
      } catch (Trap trap) {
        result = trap.code().name();
      }
      done.add(function + List.of(args) + " " + result);
      return this;
    }

    Script run(String function, Object... args) {
      return on(instance, function, args);
    }

    Script element(long index) {
      Func element = (Func) instance.table("table").get(index);
      done.add(
          "element " + index + " " + (element == null ? "null" : Arrays.toString(element.call())));
      return this;
    }
  }

  private static List<String> story(Engine engine, Module module) {
    try (Store<Void> store = new Store<>(engine)) {
      if (engine.config().consumeFuel()) {
        store.setFuel(1_000_000);
      }
      Instance instance = linker(engine).instantiate(store, module);
      Script script = new Script(instance);
      script.run("call", 0).run("call", 1).run("call", 2).run("call", 3).run("call", 3);
      script.run("call", FUNCTIONS).run("call", FUNCTIONS + 1).run("call", LENGTH);
      script.run("tail", 4).run("tail", 0).run("named");
      script.element(0).element(1).element(300).element(LENGTH - 1);
      script.run("isNull", 0).run("isNull", 10).run("isNull", LENGTH);
      script.run("clear", 11).run("isNull", 11).run("call", 11).element(11);
      script.run("clear", 12).run("move", 12, 13).run("call", 12).run("move", 12, 0);
      script.run("call", 12).run("clear", LENGTH);
      script.run("copy", 20, 40, 5).run("call", 20).run("call", 24).run("call", 25);
      script.run("copy", 50, 598, 10).run("call", 52).run("call", 53).run("isNull", 59);
      script.run("copy", 61, 60, 30).run("call", 61).run("call", 90).run("call", 60);
      script.run("copy", 100, 101, 30).run("call", 100).run("call", 129).run("call", 130);
      script.run("copyOut", 1, 200, 3).run("callOther", 1).run("callOther", 3);
      script.run("callOther", 0).run("copyIn", 210, 0, 2).run("call", 210).run("call", 211);
      script.run("fill", 220, 230, 3).run("call", 222).run("fill", 220, 0, 2).run("call", 221);
      script.run("call", 222).run("init", 240).run("call", 240).run("call", 241);
      script.run("grow", 300, 30).run("call", LENGTH).run("call", LENGTH + 29).run("call", 301);
      script.run("grow", 0, 5).run("call", LENGTH + 30).run("grow", 0, 1000);
      Table table = instance.table("table");
      table.set(310, null);
      script.run("call", 310).element(310);
      table.set(310, instance.func("f8"));
      script.run("call", 310).element(9);
      table.set(311, instance.global("global").get());
      script.run("call", 311);
      assertEquals(LENGTH + 35, table.grow(1, instance.func("f8")));
      script.run("call", LENGTH + 35);
      shared(engine, store, script, table);
      return script.done;
    }
  }

  /** The same of an instance that imports the table. */
  private static void shared(Engine engine, Store<Void> store, Script script, Table table) {
    try (Module importer = Module.compile(engine, IMPORTER)) {
      Instance other = Instance.instantiate(store, importer, List.of(table));
      script.on(other, "call", 400).on(other, "isNull", 401).on(other, "isNull", 0);
      script.on(other, "clear", 402).on(other, "call", 402).on(other, "call", 1);
      script.run("call", 402).run("call", 400).run("isNull", 402).element(402);
    }
  }

  @ParameterizedTest
  @EnumSource
  void lazyTablesAreLikeOthers(Way way) {
    List<List<String>> stories = new ArrayList<>();
    for (boolean lazy : new boolean[] {false, true}) {
      try (Engine engine = new Engine(way.config().tableLazyInit(lazy));
          Module module = way.compile(engine, MODULE)) {
        stories.add(story(engine, module));
        // The second instance of a pool gets what the first one used.
        stories.add(story(engine, module));
      }
    }
    assertEquals("call[2] [1]", stories.get(0).get(2));
    assertEquals("call[11] UNINITIALIZED_ELEMENT", stories.get(0).get(20));
    for (List<String> story : stories) {
      assertEquals(stories.get(0), story);
    }
  }

  @Test
  void instancesBeginWithoutTheElements() {
    List<String> sizes =
        Stream.of(false, true)
            .map(lazy -> {
              Config config = new Config().tableLazyInit(lazy);
              try (Engine engine =
                      new Engine(pooled(config, new InstanceLimits().tables(2).size(40)));
                  Module module = Module.compile(engine, MODULE);
                  Store<Void> store = new Store<>(engine)) {
                return assertThrows(
                        ResourceLimitException.class,
                        () -> linker(engine).instantiate(store, module))
                    .getMessage()
                    .replaceFirst(".* (\\d+) for tables.*", "$1");
              }
            })
            .toList();
    assertEquals(List.of("" + 8 * (LENGTH + 10), "80"), sizes);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void elementsAreMadeWhenTheyAreRead(boolean lazy) {
    try (Engine engine = new Engine(new Config().tableLazyInit(lazy));
        Module module = Module.compile(engine, MODULE);
        Store<Void> store = new Store<>(engine)) {
      Instance instance = linker(engine).instantiate(store, module);
      Table table = instance.table("table");
      long base = table.vm().storage().base();
      assertEquals(lazy, NativeMemory.getLong(base + 8 * 9) == 0);
      assertEquals(8, instance.func("call").call(9)[0]);
      assertEquals(false, NativeMemory.getLong(base + 8 * 9) == 0);
      assertEquals(lazy, NativeMemory.getLong(base + 8 * 10) == 0);
      assertNotNull(table.get(10));
      assertEquals(false, NativeMemory.getLong(base + 8 * 10) == 0);
      assertNull(table.get(0));
    }
  }

  @Test
  void snapshotsHaveElementsThatNobodyHasRead() {
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, MODULE);
        Store<Void> store = new Store<>(engine)) {
      Instance instance = linker(engine).instantiate(store, module);
      instance.func("clear").call(3);
      byte[] snapshot = instance.snapshot(MODULE);
      try (Module later = Module.compile(engine, snapshot)) {
        Script script = new Script(linker(engine).instantiate(store, later));
        script.run("call", 3).run("call", 500).run("call", 0);
        assertEquals(
            List.of(
                "call[3] UNINITIALIZED_ELEMENT",
                "call[500] [499]",
                "call[0] UNINITIALIZED_ELEMENT"),
            script.done);
      }
    }
  }
}
