package dev.tazza.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Verifier;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.module.WasmModule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What translation costs when many locals live through many blocks. */
class LocalVariablesTest {
  private static final int LOCALS = 12_000;
  private static final int JOINS = 12_000;

  private static final int CASES = 20_000;

  /** Each conditional assigns one local; all are read at the end. */
  private static WasmModule joins() {
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
    return read(text.append("))").toString());
  }

  /** All cases of a switch assign the same local. */
  private static WasmModule cases() {
    StringBuilder text = new StringBuilder("(module (func (param i32) (result i32) (local i32)\n");
    text.append("block\n".repeat(CASES + 1)).append("local.get 0 br_table");
    for (int i = 0; i <= CASES; i++) {
      text.append(' ').append(i);
    }
    for (int i = 0; i < CASES; i++) {
      text.append(" end\n i32.const ").append(i);
      text.append(" local.set 1 br ").append(CASES - 1 - i);
    }
    return read(text.append(" end local.get 1))").toString());
  }

  private static WasmModule read(String text) {
    return ModuleReader.read(text.getBytes(StandardCharsets.UTF_8), Features.DEFAULT);
  }

  private static int paramCount(Function function) {
    Verifier.verify(function, "translate");
    int params = 0;
    for (Block block : function.blocks) {
      params += block == function.entry() ? 0 : block.params.size();
    }
    return params;
  }

  @Test
  void manyLocalsThroughManyJoins() {
    WasmModule module = joins();
    // Remembering each local in each block would take gigabytes and minutes.
    Function function =
        assertTimeout(
            Duration.ofSeconds(20), () -> ModuleCompiler.translate(module, Tunables.DEFAULT, 0));

    assertEquals(JOINS + 1, paramCount(function), "one for each join, and the result");
  }

  @Test
  void manyWaysIntoOneJoin() {
    WasmModule module = cases();
    Function function =
        assertTimeout(
            Duration.ofSeconds(20), () -> ModuleCompiler.translate(module, Tunables.DEFAULT, 0));

    assertEquals(2, paramCount(function), "the local behind the switch, and the result");
  }

  @Test
  void whatIsAssignedWhereNoWayLeadsOnIsNotSeen() {
    WasmModule module =
        read(
            """
            (module (func (param i32 i64) (result i64) (local i32 i64)
              (block
                (br_if 0 (local.get 0))
                (local.set 3 (i64.const 7))
                (unreachable))
              (i64.add (local.get 3) (i64.extend_i32_u (local.get 2)))))
            """);
    Function function = ModuleCompiler.translate(module, Tunables.DEFAULT, 0);

    assertEquals(1, paramCount(function), "only the result");
  }
}
