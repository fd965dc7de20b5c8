package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.sandbox.SandboxVerifier;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Code that was proved need not be proved again where it has only moved. */
class SandboxMovedCodeTest {
  private static final int GAP = 16;
  private static final int FUNCTIONS = 3;
  private static final byte CALL = (byte) 0xe8;

  private static final String PROGRAM =
      """
      (module (memory 1)
        (func $f (export "f") (param i32) (result i32) (i32.load (call $g (local.get 0))))
        (func $g (export "g") (param i32) (result i32) (call $h (i32.load (local.get 0))))
        (func $h (export "h") (param i32) (result i32) (i32.load8_u (local.get 0))))
      """;

  private static CompiledModule compile() {
    try (Engine engine = new Engine(new Config().optLevel(OptLevel.NONE));
        Module module = Module.compile(engine, PROGRAM)) {
      return module.compiled().withText(CodeText.of(module.compiled().text().bytes().clone()));
    }
  }

  /** Everything from function g on is elsewhere, and f's call goes there. */
  private static CompiledModule moved(CompiledModule module, byte[] text) {
    int from = module.functionOffset(1);
    CodeTables tables = module.tables();
    CodeTables moved =
        new CodeTables(
            Arrays.stream(tables.symbols())
                .map(symbol -> at(symbol, from))
                .toArray(CodeSymbol[]::new),
            Arrays.stream(tables.trapOffsets()).map(at -> at(at, from)).toArray(),
            tables.trapCodes(),
            tables.locOffsets(),
            tables.locs(),
            tables.inlined(),
            tables.sites());
    int[] functions = {
      module.functionOffset(0),
      at(module.functionOffset(1), from),
      at(module.functionOffset(2), from)
    };
    int[] entries = {at(module.entryTrampoline(0), from)};
    int[] exits = {-1};
    return new CompiledModule(
        module.module(),
        module.tunables(),
        CodeText.of(text),
        functions,
        entries,
        exits,
        null,
        moved);
  }

  private static CodeSymbol at(CodeSymbol symbol, int from) {
    return new CodeSymbol(
        symbol.givenName(),
        symbol.functionIndex(),
        at(symbol.offset(), from),
        symbol.size(),
        symbol.frame(),
        symbol.homes());
  }

  private static int at(int offset, int from) {
    return offset < from ? offset : offset + GAP;
  }

  /** The text with a gap before g, and a distance of f's call that is {@code more} larger. */
  private static byte[] text(CompiledModule module, int more) {
    byte[] before = module.text().bytes();
    int from = module.functionOffset(1);
    byte[] text = new byte[before.length + GAP];
    System.arraycopy(before, 0, text, 0, from);
    System.arraycopy(before, from, text, from + GAP, before.length - from);
    int call = module.functionOffset(0);
    while (text[call] != CALL) {
      call++;
    }
    text[call + 1] += (byte) more;
    return text;
  }

  private static int piece(SandboxVerifier verifier, int function) {
    return IntStream.range(0, verifier.count())
        .filter(piece -> verifier.function(piece) == function)
        .findFirst()
        .orElseThrow();
  }

  private static boolean hasOnlyMoved(int function, CompiledModule now, CompiledModule before) {
    SandboxVerifier verifier = SandboxVerifier.of(now);
    return verifier.hasOnlyMoved(piece(verifier, function), SandboxVerifier.of(before));
  }

  @Test
  void codeIsTheSameElsewhere() {
    CompiledModule module = compile();
    CompiledModule moved = moved(module, text(module, GAP));
    SandboxVerifier.of(moved).verifyAll();
    for (int function = 0; function < FUNCTIONS; function++) {
      assertTrue(hasOnlyMoved(function, module, module), "function " + function);
      assertTrue(hasOnlyMoved(function, moved, module), "function " + function);
    }
  }

  @Test
  void callsOfSomethingElseAreOthers() {
    CompiledModule module = compile();
    assertFalse(hasOnlyMoved(0, moved(module, text(module, 0)), module));
    int toH = module.functionOffset(2) - module.functionOffset(1);
    assertFalse(hasOnlyMoved(0, moved(module, text(module, GAP + toH)), module));
  }

  /** Any byte that is another one makes it other code. */
  @Test
  void changedCodeIsAnother() {
    CompiledModule module = compile();
    for (int at = module.functionOffset(1); at < module.functionOffset(2); at++) {
      byte[] text = module.text().bytes().clone();
      text[at]++;
      CompiledModule changed = module.withText(CodeText.of(text));
      boolean isPadding = at >= module.functionOffset(1) + size(module, "g");
      assertEquals(isPadding, hasOnlyMoved(1, changed, module), "byte " + at);
      assertTrue(hasOnlyMoved(2, changed, module));
    }
  }

  private static int size(CompiledModule module, String name) {
    return Arrays.stream(module.symbols())
        .filter(symbol -> symbol.name().equals(name))
        .mapToInt(CodeSymbol::size)
        .sum();
  }

  @Test
  void otherTrapsMakeOtherCode() {
    CompiledModule module = compile();
    int h = module.functionOffset(2);
    int end = h + size(module, "h");
    CompiledModule fewer =
        SandboxMutationTest.withTables(
            module,
            tables -> {
              int[] offsets = tables.trapOffsets();
              int[] kept =
                  IntStream.range(0, offsets.length)
                      .filter(i -> offsets[i] < h || offsets[i] >= end)
                      .toArray();
              return SandboxMutationTest.traps(
                  tables,
                  IntStream.of(kept).map(i -> offsets[i]).toArray(),
                  IntStream.of(kept).map(i -> tables.trapCodes()[i]).toArray());
            });
    assertTrue(hasOnlyMoved(0, fewer, module));
    assertTrue(hasOnlyMoved(1, fewer, module));
    assertFalse(hasOnlyMoved(2, fewer, module));
  }
}
