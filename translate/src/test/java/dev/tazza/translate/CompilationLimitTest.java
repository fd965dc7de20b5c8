package dev.tazza.translate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.Settings;
import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.isa.x64.X64Isa;
import dev.tazza.codegen.machine.RegisterAllocator;
import dev.tazza.codegen.regalloc.SsaAllocator;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.module.WasmModule;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What compiling may take: of values for a module's bytes, and of the heap. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompilationLimitTest {
  private static final String WIDE =
      "(type $t (func (param " + "i64 ".repeat(1000) + ") (result " + "i64 ".repeat(1000) + ")))";

  private static WasmModule read(String text) {
    return ModuleReader.read(text.getBytes(StandardCharsets.UTF_8), Features.DEFAULT);
  }

  private static Compiler compiler(RegisterAllocator allocator) {
    return new Compiler(
        X64Isa.INSTANCE, allocator, new Settings(Effort.SPEED, false, Set.of(), 0, 1));
  }

  private static ModuleCompiler compiler(long heap) {
    return new ModuleCompiler(
        compiler(new SsaAllocator()), Tunables.DEFAULT, true, false, new CompilationHeap(heap));
  }

  private static ModuleCompiler compiler() {
    return compiler(Long.MAX_VALUE);
  }

  private static String allParams() {
    StringBuilder gets = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      gets.append("(local.get ").append(i).append(") ");
    }
    return gets.toString();
  }

  private static String refusal(ModuleCompiler compiler, String text) {
    WasmModule module = read(text);
    return assertThrows(ResourceLimitException.class, () -> compiler.compile(module)).getMessage();
  }

  /** Two bytes for two thousand values. */
  @Test
  void callsOfAThousandToAThousand() {
    String head = "(module " + WIDE + "(func $f (type $t) " + allParams();
    assertNotNull(compiler().compile(read(head + "call $f ".repeat(20) + "))")));
    String message = refusal(compiler(), head + "call $f ".repeat(2000) + "))");
    assertTrue(message.startsWith("too many values in function f of 6"), message);
  }

  private static String referencesOverCalls(int count) {
    StringBuilder text =
        new StringBuilder("(module (import \"\" \"f\" (func $f (result externref)))");
    text.append("(import \"\" \"u\" (func $u (param externref))) (func $g (export \"g\") (local ");
    text.append("externref ".repeat(count)).append(")");
    for (int i = 0; i < count; i++) {
      text.append("(local.set ").append(i).append(" (call $f))");
    }
    for (int i = 0; i < count; i++) {
      text.append("(call $u (local.get ").append(i).append("))");
    }
    return text.append("))").toString();
  }

  /** What is told of each call is as long as there are references in the frame. */
  @Test
  void referencesOverManyCalls() {
    assertNotNull(compiler().compile(read(referencesOverCalls(100))));
    String message = refusal(compiler(), referencesOverCalls(1500));
    assertTrue(message.startsWith("function g: references live over calls"), message);
  }

  /** Tables of branches with a thousand values each, in many functions. */
  @Test
  void manyFunctionsOfManyValues() {
    String results = "(result " + "i64 ".repeat(1000) + ")";
    String body = "i64.const 1 ".repeat(1000) + "local.get 0 br_table " + "0 ".repeat(100);
    String function = "(func (export \"%d\") (param i32) " + results + body + ")";
    StringBuilder text = new StringBuilder("(module ");
    for (int i = 0; i < 5; i++) {
      text.append(function.formatted(i));
    }
    assertNotNull(compiler().compile(read(text + ")")));
    for (int i = 5; i < 25; i++) {
      text.append(function.formatted(i));
    }
    String message = refusal(compiler(), text + ")");
    assertTrue(message.endsWith("524288 more in all functions of the module"), message);
  }

  @Test
  void functionsThatTheHeapHasNoRoomFor() {
    String body = "(local.set 0 (i64.add (local.get 0) (i64.load (i32.const 8)))) ";
    String text = "(module (memory 1) (func $big (param i64) " + body.repeat(20_000) + "))";
    assertNotNull(compiler(64 << 20).compile(read(text)));
    String message = refusal(compiler(8 << 20), text);
    assertTrue(message.startsWith("function big of "), message);
    assertTrue(message.endsWith("in the JVM's heap of 8 MB (option -Xmx)"), message);
  }

  /** There is room for one at a time only. */
  @Test
  void functionsWaitForEachOther() {
    String body = "(local.set 0 (i64.add (local.get 0) (i64.load (i32.const 8)))) ";
    String function = "(func (export \"%d\") (param i64) " + body.repeat(2_000) + ")";
    StringBuilder text = new StringBuilder("(module (memory 1) ");
    for (int i = 0; i < 16; i++) {
      text.append(function.formatted(i));
    }
    WasmModule module = read(text.append(")").toString());
    assertArrayEquals(
        compiler().compile(module).text().bytes(),
        compiler(4 << 20).compile(module).text().bytes());
  }

  @Test
  void theHeapIsFullAndTheNextModuleCompiles() {
    boolean[] full = {true};
    RegisterAllocator allocator =
        (code, registers) -> {
          if (full[0]) {
            throw new OutOfMemoryError("for the test");
          }
          return new SsaAllocator().allocate(code, registers);
        };
    CompilationHeap heap = new CompilationHeap(64 << 20);
    ModuleCompiler compiler =
        new ModuleCompiler(compiler(allocator), Tunables.DEFAULT, true, false, heap);
    String text = "(module (func $f (export \"f\") (result i32) (i32.const 1)))";
    String message = refusal(compiler, text);
    assertEquals(
        "the JVM's heap of 64 MB (option -Xmx) is full while function f of 4 bytes is compiled",
        message);
    full[0] = false;
    assertNotNull(compiler.compile(read(text)));
  }
}
