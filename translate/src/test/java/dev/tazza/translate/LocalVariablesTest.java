package dev.tazza.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Verifier;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.text.Wat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What translation costs when many locals live through many blocks. */
class LocalVariablesTest {
  private static final int LOCALS = 12_000;
  private static final int JOINS = 12_000;

  /** Each conditional assigns one local; all are read at the end. */
  private static WasmModule module() {
    StringBuilder text = new StringBuilder("(module (func (param i32) (result i32)\n");
    text.append(" (local i32)".repeat(LOCALS));
    for (int i = 0; i < JOINS; i++) {
      text.append("(if (local.get 0) (then (local.set ").append(1 + i % LOCALS);
      text.append(" (i32.add (local.get 0) (local.get ").append(1 + (i + LOCALS / 2) % LOCALS);
      text.append(")))))\n");
    }
    text.append("(i32.const 0)\n");
    for (int i = 1; i <= LOCALS; i++) {
      text.append("(i32.xor (local.get ").append(i).append("))\n");
    }
    String body = text.append("))").toString();
    return Wat.read(body.getBytes(StandardCharsets.UTF_8), Features.DEFAULT);
  }

  @Test
  void manyLocalsThroughManyJoins() {
    WasmModule module = module();
    // Remembering each local in each block would take gigabytes and minutes.
    Function function =
        assertTimeout(
            Duration.ofSeconds(20), () -> ModuleCompiler.translate(module, Tunables.DEFAULT, 0));

    Verifier.verify(function, "translate");
    int params = 0;
    for (Block block : function.blocks) {
      params += block == function.entry() ? 0 : block.params.size();
    }
    assertEquals(JOINS + 1, params, "one for each join, and the result");
  }
}
