package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.sandbox.SandboxException;
import dev.tazza.sandbox.SandboxVerifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/**
 * Breaks finished machine code as a wrong compiler would: replaces bytes.
 *
 * @param program name of a module; with {@code /g} behind it, function g is changed, otherwise f
 * @param edits in hex: bytes, what they become, and so on
 */
record CodeMutation(String name, String program, String... edits) {

  /**
   * Requires that the sandbox verifier accepts the programs, and none of the mutations.
   *
   * @param compiler gives a program by its name
   */
  static void requireRejected(
      List<CodeMutation> mutations, Function<String, CompiledModule> compiler) {
    List<String> accepted = new ArrayList<>();
    for (CodeMutation mutation : mutations) {
      String[] where = mutation.program.split("/");
      CompiledModule module = compiler.apply(where[0]);
      SandboxVerifier.of(module).verifyAll();
      byte[] text = mutation.text(module);
      SandboxVerifier verifier = SandboxVerifier.of(module.withText(CodeText.of(text)));
      try {
        verifier.verifyAll();
        accepted.add(mutation.name);
      } catch (SandboxException rejected) {
        assertTrue(rejected.problem().contains(" at 0x"), rejected.problem());
        // A mutation is not about tables that no longer fit.
        assertFalse(rejected.problem().contains("a trap is where"), mutation.name);
      }
    }
    assertEquals(List.of(), accepted);
    assertEquals(mutations.size(), mutations.stream().map(CodeMutation::name).distinct().count());
  }

  /** The code of a program with the edits. */
  byte[] text(CompiledModule module) {
    byte[] text = module.text().bytes().clone();
    String[] where = program.split("/");
    edit(text, symbol(module, where.length > 1 ? where[1] : "f"));
    return text;
  }

  private static CodeSymbol symbol(CompiledModule module, String name) {
    return Arrays.stream(module.symbols())
        .filter(symbol -> symbol.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void edit(byte[] text, CodeSymbol symbol) {
    for (int i = 0; i < edits.length; i += 2) {
      byte[] from = HexFormat.of().parseHex(edits[i]);
      byte[] to = HexFormat.of().parseHex(edits[i + 1]);
      assertEquals(from.length, to.length, name);
      int at = symbol.offset();
      int end = at + symbol.size() - from.length;
      while (at <= end && !Arrays.equals(text, at, at + from.length, from, 0, from.length)) {
        at++;
      }
      assertTrue(at <= end, () -> name + ": the code does not have these bytes");
      System.arraycopy(to, 0, text, at, to.length);
    }
  }
}
