package dev.tazza.codegen;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Parser;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.isa.x64.X64Isa;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.codegen.regalloc.SsaAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The pipeline as a whole: its stages, its observer, and that it may be used by many threads. */
final class CompilerTest {
  private static final String SUM =
      """
      function sum(i64, i32) -> (i32) {
      b0(v0: i64, v1: i32):
        v2 = iconst.i32 0
        jump b1(v1, v2)
      b1(v3: i32, v4: i32):
        v5 = add.i32 v4, v3
        v6 = iconst.i32 -1
        v7 = add.i32 v3, v6
        branch v7, b1(v7, v5), b2
      b2:
        return v5
      }
      """;

  private static Compiler compiler(Effort level, Observer observer) {
    Settings settings = new Settings(level, true, Set.of(), 8, 1);
    return new Compiler(X64Isa.INSTANCE, new SsaAllocator(), settings, observer);
  }

  @Test
  void observerSeesEveryStage() {
    List<String> expected = new ArrayList<>(List.of("input"));
    for (Pass pass : PassList.of(Effort.SPEED).passes()) {
      expected.add(pass.title());
    }
    expected.addAll(List.of("lower", "allocate", "emit"));
    List<String> seen = new ArrayList<>();
    Observer observer = (stage, compilation) -> seen.add(stage);
    MachineCode code = compiler(Effort.SPEED, observer).compile(Parser.parse(SUM, TestRegions.ALL));
    assertEquals(expected, seen);
    assertEquals(true, code.code().length > 0);
  }

  @Test
  void brokenInputIsReportedWithTheFunction() {
    Function function = Parser.parse(SUM, TestRegions.ALL);
    function.blocks.get(2).remove(function.blocks.get(2).last);
    CompilerBug bug =
        assertThrows(
            CompilerBug.class, () -> compiler(Effort.NONE, Observer.NONE).compile(function));
    assertEquals("input", bug.stage());
    assertEquals("sum", bug.function());
  }

  @Test
  void threadsGetTheSameCode() throws Exception {
    Compiler compiler = compiler(Effort.SPEED, Observer.NONE);
    byte[] expected = compiler.compile(Parser.parse(SUM, TestRegions.ALL)).code();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<MachineCode>> results = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        results.add(threads.submit(() -> compiler.compile(Parser.parse(SUM, TestRegions.ALL))));
      }
      for (Future<MachineCode> result : results) {
        assertArrayEquals(expected, result.get().code());
      }
    }
  }

  /** Only who may return after a throw has to find for its caller what others had not set back. */
  @Test
  void registersAreKeptForPadsThatReturn() {
    String text =
        """
        function pads(i64, i32) -> (i32) {
        b0(v0: i64, v1: i32):
          v2 = try_call 1(v0, v1): (i64, i32) -> (i32), b1, 5: b2
        b1:
          return v2
        b2 cold:
          %s
        }
        """;
    assertEquals(16, frame(text.formatted("trap 1")));
    assertEquals(32, frame(text.formatted("v3 = iconst.i32 1\n  return v3")));
  }

  private static int frame(String text) {
    Compiler compiler = compiler(Effort.SPEED, Observer.NONE);
    return compiler.compile(Parser.parse(text, TestRegions.ALL)).frame();
  }
}
