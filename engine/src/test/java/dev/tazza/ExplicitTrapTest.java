package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.sys.Os;
import dev.tazza.sys.SignalAction;
import dev.tazza.sys.Signals;
import dev.tazza.wasm.TrapCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Config#signalsBasedTraps}: every trap there is, without the processor's help. */
class ExplicitTrapTest {
  private static final String TEXT =
      """
      (module
        (type $t (func (param i32) (result i32)))
        (type $u (func (param i64) (result i64)))
        (memory 1) (memory $b i64 1 2) (table 4 funcref)
        (elem (table 0) (i32.const 1) func $other)
        (func $other (type $u) (local.get 0))
        (func (export "unreachable") (param i32) (result i32) (unreachable))
        (func (export "load") (param i32) (result i32) (i32.load offset=65533 (local.get 0)))
        (func (export "far") (param i32) (result i32)
          (i32.load offset=0xffff_ffff (local.get 0)))
        (func (export "store") (param i32) (result i32)
          (i64.store (i32.sub (local.get 0) (i32.const 8)) (i64.const 1)) (i32.const 0))
        (func (export "load64") (param i32) (result i32)
          (i32.load $b offset=65534 (i64.extend_i32_u (local.get 0))))
        (func (export "vector") (param i32) (result i32)
          (v128.any_true (v128.load offset=65528 (local.get 0))))
        (func (export "fill") (param i32) (result i32)
          (memory.fill (local.get 0) (i32.const 1) (i32.const 70000)) (i32.const 0))
        (func (export "divide") (param i32) (result i32) (i32.div_u (i32.const 7) (local.get 0)))
        (func (export "remainder") (param i32) (result i32)
          (i32.wrap_i64 (i64.rem_s (i64.const 7) (i64.extend_i32_u (local.get 0)))))
        (func (export "overflow") (param i32) (result i32)
          (i32.div_s (i32.const 0x8000_0000) (i32.sub (local.get 0) (i32.const 1))))
        (func (export "overflow64") (param i32) (result i32)
          (i32.wrap_i64 (i64.div_s (i64.const 0x8000_0000_0000_0000)
            (i64.extend_i32_s (i32.sub (local.get 0) (i32.const 1))))))
        (func (export "nan") (param i32) (result i32)
          (i32.trunc_f32_s (f32.div (f32.convert_i32_s (local.get 0)) (f32.const 0))))
        (func (export "large") (param i32) (result i32)
          (i32.trunc_f64_u (f64.sub (f64.convert_i32_s (local.get 0)) (f64.const 2))))
        (func (export "table") (param i32) (result i32)
          (ref.is_null (table.get (i32.add (local.get 0) (i32.const 4)))))
        (func (export "element") (param i32) (result i32)
          (call_indirect (type $t) (i32.const 7) (i32.add (local.get 0) (i32.const 4))))
        (func (export "null") (param i32) (result i32)
          (call_indirect (type $t) (i32.const 7) (local.get 0)))
        (func (export "tail") (param i32) (result i32)
          (return_call_indirect (type $t) (i32.const 7) (local.get 0)))
        (func (export "type") (param i32) (result i32)
          (call_indirect (type $t) (i32.const 7) (i32.add (local.get 0) (i32.const 1))))
        (func (export "reference") (param i32) (result i32)
          (call_ref $t (i32.const 7) (ref.null $t)))
        (func $deep (export "deep") (param i32) (result i32)
          (i32.add (call $deep (local.get 0)) (i32.const 1))))
      """;

  private static Config config(OptLevel level) {
    return new Config().signalsBasedTraps(false).optLevel(level);
  }

  @ParameterizedTest
  @CsvSource({
    "unreachable, UNREACHABLE",
    "load, MEMORY_OUT_OF_BOUNDS",
    "far, MEMORY_OUT_OF_BOUNDS",
    "store, MEMORY_OUT_OF_BOUNDS",
    "load64, MEMORY_OUT_OF_BOUNDS",
    "vector, MEMORY_OUT_OF_BOUNDS",
    "fill, MEMORY_OUT_OF_BOUNDS",
    "divide, INTEGER_DIVIDE_BY_ZERO",
    "remainder, INTEGER_DIVIDE_BY_ZERO",
    "overflow, INTEGER_OVERFLOW",
    "overflow64, INTEGER_OVERFLOW",
    "nan, INVALID_CONVERSION_TO_INTEGER",
    "large, INTEGER_OVERFLOW",
    "table, TABLE_OUT_OF_BOUNDS",
    "element, UNDEFINED_ELEMENT",
    "null, UNINITIALIZED_ELEMENT",
    "tail, UNINITIALIZED_ELEMENT",
    "type, INDIRECT_CALL_TYPE_MISMATCH",
    "reference, NULL_FUNCTION_REFERENCE",
    "deep, STACK_OVERFLOW"
  })
  void everyTrapIsFoundByTheCode(String function, TrapCode code) {
    for (OptLevel level : OptLevel.values()) {
      Trap explicit = trap(config(level), function);
      assertEquals(code, explicit.code());
      Trap bySignal = trap(new Config().optLevel(level), function);
      assertEquals(bySignal.code(), explicit.code());
      Frame frame = explicit.frames().getFirst();
      assertEquals(bySignal.frames().getFirst().offset(), frame.offset(), function);
      assertEquals(bySignal.frames().getFirst().displayName(), frame.displayName());
    }
  }

  private static Trap trap(Config config, String function) {
    try (Engine engine = new Engine(config);
        Store<Void> store = new Store<>(engine);
        Module module = Module.compile(engine, TEXT)) {
      Func func = Instance.instantiate(store, module, List.of()).func(function);
      Trap first = assertThrows(Trap.class, () -> func.call(0));
      assertEquals(first.code(), assertThrows(Trap.class, () -> func.call(0)).code());
      return first;
    }
  }

  @Test
  void divisionsThatDoNotTrapAreRight() {
    String text =
        """
        (module
          (func (export "div") (param i64 i64) (result i64)
            (i64.div_s (local.get 0) (local.get 1)))
          (func (export "rem") (param i64 i64) (result i64)
            (i64.rem_s (local.get 0) (local.get 1))))
        """;
    for (OptLevel level : OptLevel.values()) {
      try (Engine engine = new Engine(config(level));
          Store<Void> store = new Store<>(engine);
          Module module = Module.compile(engine, text)) {
        Instance instance = Instance.instantiate(store, module, List.of());
        long[] numbers = {1, -1, 2, -7, 100, Long.MAX_VALUE, Long.MIN_VALUE};
        for (long a : numbers) {
          for (long b : numbers) {
            assertEquals(a % b, instance.func("rem").call(a, b)[0]);
            if (a != Long.MIN_VALUE || b != -1) {
              assertEquals(a / b, instance.func("div").call(a, b)[0]);
            }
          }
        }
      }
    }
  }

  @Test
  void whatIsLeftOfTheFuelIsTheSame() {
    for (String function : List.of("load", "divide", "overflow", "null", "nan", "unreachable")) {
      assertEquals(left(new Config(), function), left(config(OptLevel.SPEED), function), function);
    }
  }

  private static long left(Config config, String function) {
    try (Engine engine = new Engine(config.consumeFuel(true));
        Store<Void> store = new Store<>(engine);
        Module module = Module.compile(engine, TEXT)) {
      store.setFuel(1000);
      Func func = Instance.instantiate(store, module, List.of()).func(function);
      assertThrows(Trap.class, () -> func.call(0));
      return store.getFuel();
    }
  }

  @Test
  void signalsToStopGuestsContradict() {
    assertTrue(!new Config().signalsBasedTraps(false).signalsBasedInterruption());
    Config config = new Config().signalsBasedTraps(false).signalsBasedInterruption(true);
    String message =
        assertThrows(IllegalArgumentException.class, () -> new Engine(config)).getMessage();
    assertTrue(message.contains("signalsBasedTraps(false)"), message);
  }

  @Test
  void codeOfTheOtherKindIsRefused() {
    byte[] artifact;
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, TEXT)) {
      artifact = module.serialize();
    }
    try (Engine engine = new Engine(config(OptLevel.SPEED))) {
      String message =
          assertThrows(RuntimeException.class, () -> Module.deserialize(engine, artifact))
              .getMessage();
      assertTrue(message.contains("signalsBasedTraps"), message);
    }
  }

  /** In a process of its own: here others have installed handlers already. */
  @Test
  void noHandlerIsInstalled() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("handlers are the same after 5 traps\n", output);
    assertEquals(0, process.waitFor());
  }

  /** Traps, stops a guest, and looks who handles the signals that could be ours. */
  static final class Program {
    public static void main(String[] arguments) {
      List<SignalAction> before = actions();
      int traps = 0;
      try (Engine engine = new Engine(config(OptLevel.SPEED));
          Store<Void> store = new Store<>(engine);
          Module module = Module.compile(engine, TEXT)) {
        Instance instance = Instance.instantiate(store, module, List.of());
        for (String function : List.of("load", "divide", "null", "deep")) {
          traps += code(() -> instance.func(function).call(0)) == TrapCode.INTERRUPT ? 0 : 1;
        }
        Module endless = Module.compile(engine, "(module (func (export \"f\") (loop br 0)))");
        Func loop = Instance.instantiate(store, endless, List.of()).func("f");
        TrapCode stopped =
            code(() -> store.callWithTimeout(Duration.ofMillis(20), () -> loop.call()));
        traps += stopped == TrapCode.INTERRUPT ? 1 : 0;
      }
      boolean same = before.equals(actions());
      System.out.println(
          "handlers are " + (same ? "the same" : "others") + " after " + traps + " traps");
    }

    private static TrapCode code(Runnable call) {
      return assertThrows(Trap.class, call::run).code();
    }

    private static List<SignalAction> actions() {
      Os os = Os.host();
      Signals signals = os.signals();
      List<SignalAction> actions = new ArrayList<>();
      for (int signal :
          new int[] {
            signals.ill(), signals.bus(), signals.fpe(), signals.segv(), signals.urgent()
          }) {
        actions.add(os.signalAction(signal));
      }
      return actions;
    }
  }
}
