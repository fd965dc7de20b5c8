package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which processors code is for, which compiler makes it, and engines that have none. */
class TargetTest {
  private static final String TRIPLE = "x86_64-unknown-linux-gnu";

  /** The settings that mean nothing without others. */
  private static final Set<String> NEED_OTHERS = Set.of("has_avx2", "has_fma", "has_avx512vl");

  /** Its code depends on what vectors there are. */
  private static final String TEXT =
      """
      (module
        (memory 1)
        (func (export "f") (param i32) (result i32)
          (i32x4.extract_lane 2
            (i32x4.add (i32x4.splat (local.get 0)) (v128.load (i32.const 0))))))
      """;

  private static byte[] code(Config config) {
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, TEXT)) {
      return module.compiled().text().bytes();
    }
  }

  private static byte[] artifact(Config config, String text) {
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, text)) {
      return module.serialize();
    }
  }

  private static String refusal(Class<? extends RuntimeException> type, Runnable what) {
    return String.valueOf(assertThrows(type, what::run).getMessage());
  }

  // Targets.

  @Test
  void aTargetStartsFromTheLeastThatIsSupported() {
    byte[] least = code(new Config().target(TRIPLE));
    byte[] vectors = code(new Config().target(TRIPLE).flagEnable("has_avx2"));
    assertFalse(Arrays.equals(least, vectors));
    assertArrayEquals(least, code(new Config().target("x86_64-linux")));
    assertArrayEquals(least, code(new Config().flagSet("has_lzcnt", "true").target(TRIPLE)));
    // What something needs comes along.
    assertArrayEquals(
        vectors, code(new Config().target(TRIPLE).flagEnable("has_avx").flagEnable("has_avx2")));
  }

  @Test
  void codeForTheLeastRunsHere() {
    byte[] artifact = artifact(new Config().target(TRIPLE), TEXT);
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine);
        Module module = Module.deserialize(engine, artifact)) {
      Func f = Instance.instantiate(store, module, List.of()).func("f");
      assertEquals(7, f.as(IntUnaryOperator.class).applyAsInt(7));
    }
  }

  @Test
  void codeForOtherProcessorsIsMadeButNotRun() {
    Config config =
        new Config().target(TRIPLE).flagEnable("has_fma").detectHostFeature(name -> false);
    byte[] artifact = artifact(config, TEXT);
    try (Engine engine = new Engine(config)) {
      String message =
          refusal(UnsupportedOperationException.class, () -> new Store<Void>(engine).close());
      assertTrue(message.contains("has_avx, has_fma"), message);
      assertTrue(message.contains("can be serialized, not run"), message);
    }
    try (Engine engine = new Engine(new Config().detectHostFeature(name -> false))) {
      String message =
          refusal(ArtifactException.class, () -> Module.deserialize(engine, artifact).close());
      assertTrue(message.contains("has_avx, has_fma missing here"), message);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"aarch64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "riscv64gc-linux", "a-b"})
  void otherTargetsAreRefused(String triple) {
    String message =
        refusal(UnsupportedOperationException.class, () -> new Config().target(triple));
    assertTrue(message.contains(triple) && message.contains(TRIPLE), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x86_64", "x86_64-", "x86_64--linux", "a-b-c-d-e"})
  void whatIsNoTripleIsRefused(String triple) {
    String message = refusal(IllegalArgumentException.class, () -> new Config().target(triple));
    assertTrue(message.contains("expected a triple such as " + TRIPLE), message);
  }

  // What this machine has.

  @Test
  void aDetectorDecidesWhatCounts() {
    Set<String> asked = new TreeSet<>();
    byte[] none =
        code(
            new Config()
                .detectHostFeature(name -> {
                  asked.add(name);
                  return false;
                }));
    assertArrayEquals(code(new Config().target(TRIPLE)), none);
    assertArrayEquals(code(new Config()), code(new Config().detectHostFeature(name -> true)));
    for (CompilerSetting setting : Config.compilerSettings()) {
      if (!setting.name().startsWith("has_")) {
        continue;
      }
      boolean isThere = setting.value().equals("true");
      boolean needsOther = NEED_OTHERS.contains(setting.name());
      String name = setting.name().substring("has_".length());
      assertEquals(isThere && !needsOther, asked.contains(name), name);
    }
    Config contradiction = new Config().detectHostFeature(name -> false).flagEnable("has_bmi1");
    String message =
        refusal(UnsupportedOperationException.class, () -> new Engine(contradiction).close());
    assertTrue(message.contains("has_bmi1"), message);
  }

  // Compilers.

  @Test
  void thereIsOneCompiler() {
    assertArrayEquals(code(new Config()), code(new Config().strategy(Strategy.OPTIMIZING)));
    String message =
        refusal(
            UnsupportedOperationException.class,
            () -> new Engine(new Config().strategy(Strategy.BASELINE)).close());
    assertTrue(message.contains("BASELINE"), message);
  }

  private static final String IMPORTS =
      """
      (module
        (import "h" "twice" (func $twice (param i32) (result i32)))
        (table (export "t") 1 funcref)
        (func (export "f") (param i32) (result i32) (call $twice (local.get 0))))
      """;

  @Test
  void withoutACompilerArtifactsRun() {
    byte[] artifact = artifact(new Config(), IMPORTS);
    try (Engine engine = new Engine(new Config().enableCompiler(false));
        Store<Void> store = new Store<>(engine);
        Module module = Module.deserialize(engine, artifact)) {
      Linker<Void> linker = new Linker<>(engine);
      linker.func("h", "twice", IntUnaryOperator.class, n -> 2 * n);
      Instance instance = linker.instantiate(store, module);
      assertEquals(42, instance.func("f").as(IntUnaryOperator.class).applyAsInt(21));
      assertRefused(() -> Module.compile(engine, TEXT).close(), "Module.deserialize");
      // A host function in a table of the guest's.
      FuncType type = new FuncType(List.of(ValType.I32), List.of(ValType.I32));
      Func host = Func.wrap(store, type, (caller, values) -> values.setI32(0, 1));
      assertRefused(() -> instance.table("t").set(0, host), "a host function");
      assertNull(instance.table("t").get(0));
      // One instance's function for another.
      Linker<Void> other = new Linker<>(engine);
      other.define("h", "twice", instance.func("f"));
      assertRefused(() -> other.instantiate(store, module), "an instance cannot import");
      assertEquals(4, instance.func("f").as(IntUnaryOperator.class).applyAsInt(2));
    }
  }

  private static void assertRefused(Runnable what, String part) {
    String message = refusal(UnsupportedOperationException.class, what);
    assertTrue(message.contains("enableCompiler(false)") && message.contains(part), message);
  }
}
