package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.sandbox.SandboxException;
import dev.tazza.sandbox.SandboxVerifier;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Code that must not rely on the processor's faults: without one of its checks the sandbox verifier
 * has to reject it. Edits of bytes, as in {@link SandboxMutationTest}.
 */
class ExplicitTrapMutationTest {
  private static final String TEXT =
      """
      (module
        (type $t (func (param i32) (result i32)))
        (memory 1) (table 4 4 funcref)
        (func $load (export "load") (param i32) (result i32) (i32.load offset=8 (local.get 0)))
        (func $div (export "div") (param i64 i64) (result i64)
          (i64.div_s (local.get 0) (local.get 1)))
        (func $rem (export "rem") (param i32 i32) (result i32)
          (i32.rem_s (local.get 0) (local.get 1)))
        (func $div_u (export "div_u") (param i64 i64) (result i64)
          (i64.div_u (local.get 0) (local.get 1)))
        (func $call (export "call") (param i32) (result i32)
          (call_indirect (type $t) (i32.const 7) (local.get 0))))
      """;

  private static CompiledModule compile() {
    Config config =
        new Config()
            .optLevel(OptLevel.NONE)
            .signalsBasedTraps(false)
            .heapAccessSpectreMitigation(false)
            .tableAccessSpectreMitigation(false);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, TEXT)) {
      return module.compiled().withText(CodeText.of(module.compiled().text().bytes().clone()));
    }
  }

  @Test
  void whatTheCompilerMakesIsAccepted() {
    SandboxVerifier.of(compile()).verifyAll();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "an inverted check of an index, load, 7309, 7209",
    "an off-by-one check of an index, load, 7309, 7709",
    "an off-by-one bound, load, 4883c1f5, 4883c1f6",
    "no check for zero, div, 740c, 9090",
    "an inverted check for zero, div, 740c, 750c",
    "a check of half the divisor, div, 4885c9, 4085c9",
    "a check of another register, div, 4885c9, 4885c0",
    "an inverted check for -1, div, 740d, 750d",
    "a check for -2, div, 4883f9ff, 4883f9fe",
    "a check of half for -1, div, 4883f9ff, 4083f9ff",
    "a check of another register for -1, div, 4883f9ff, 4883f8ff",
    "a way around the check, div, ebf1, ebec",
    "another divisor, div, 48f7f9, 48f7f8",
    "a wider division, rem, 99f7f9488bc2c3, 9948f7f98bc290",
    "no check of a remainder, rem, 740c, 9090",
    "no check of a remainder for -1, rem, 740e, 9090",
    "an inverted check of an unsigned division, div_u, 7406, 7506",
    "a check of half an unsigned divisor, div_u, 4885c9, 4085c9",
    "a signed division behind half a check, div_u, 33d248f7f1, 489948f7f9",
    "no check for null, call, 7430, 9090",
    "an inverted check for null, call, 7430, 7530",
    "a check of half a reference, call, 4885d2, 4085d2",
    "a trap that is no stub, call, 41ff9710010000, 41ff9708000000",
  })
  void withoutACheckCodeIsRejected(String what, String function, String from, String to) {
    CompiledModule module = compile();
    byte[] text = module.text().bytes().clone();
    edit(
        text,
        symbol(module, function),
        HexFormat.of().parseHex(from),
        HexFormat.of().parseHex(to),
        what);
    SandboxVerifier verifier = SandboxVerifier.of(module.withText(CodeText.of(text)));
    SandboxException rejected = assertThrows(SandboxException.class, verifier::verifyAll);
    assertTrue(rejected.problem().contains(" at 0x"), rejected.problem());
  }

  private static CodeSymbol symbol(CompiledModule module, String name) {
    return Arrays.stream(module.symbols())
        .filter(symbol -> name.equals(symbol.name()))
        .findFirst()
        .orElseThrow();
  }

  private static void edit(byte[] text, CodeSymbol symbol, byte[] from, byte[] to, String what) {
    assertEquals(from.length, to.length, what);
    int at = symbol.offset();
    int end = at + symbol.size() - from.length;
    while (at <= end && !Arrays.equals(text, at, at + from.length, from, 0, from.length)) {
      at++;
    }
    assertTrue(at <= end, () -> what + ": the code does not have these bytes");
    System.arraycopy(to, 0, text, at, to.length);
  }
}
