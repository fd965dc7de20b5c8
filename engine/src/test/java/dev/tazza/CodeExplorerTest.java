package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.CodeExplorer.FunctionView;
import dev.tazza.CodeExplorer.Line;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The forms of a function, and what links their lines. */
class CodeExplorerTest {
  private static final String MODULE =
      """
      (module
        (import "host" "f" (func))
        (memory 1)
        (func $square (param f64) (result f64)
          (f64.mul (local.get 0) (local.get 0)))
        (func $work (export "work") (param $p i32) (result f64)
          (f64.add (call $square (f64.load (local.get $p))) (f64.const 1))))
      """;

  private static List<FunctionView> explore(OptLevel level) {
    try (Engine engine = new Engine(new Config().optLevel(level))) {
      return CodeExplorer.explore(engine, MODULE.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static int offset(List<Line> lines, String text) {
    for (Line line : lines) {
      if (line.text().contains(text)) {
        return line.offset();
      }
    }
    throw new AssertionError("no line with " + text + " in " + lines);
  }

  private static boolean has(List<Line> lines, int offset) {
    return lines.stream().anyMatch(line -> line.offset() == offset);
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void formsAreLinked(OptLevel level) {
    FunctionView work = explore(level).get(1);
    assertEquals(2, work.index());
    assertEquals("work", work.name());
    int load = offset(work.text(), "f64.load");
    assertTrue(load > 0);
    assertEquals(load, offset(work.ssa(), "load.f64"));
    assertEquals(load, offset(work.instructions(), "movsd"));
    assertTrue(has(work.code(), load), work.code().toString());
    assertTrue(work.ssa().stream().noneMatch(line -> line.text().contains("@")));
  }

  @Test
  void inlinedCodeIsLinkedToWhereItComesFrom() {
    List<FunctionView> views = explore(OptLevel.SPEED);
    int multiplication = offset(views.get(0).text(), "f64.mul");
    assertEquals(multiplication, offset(views.get(1).ssa(), "fmul.f64"));
    assertTrue(has(views.get(1).code(), multiplication));
    // Nothing calls it any more.
    assertEquals(List.of(), views.get(0).ssa());
    assertEquals(List.of(), views.get(0).code());
  }

  @Test
  void theTextIsThatOfTheFunction() {
    List<Line> text = explore(OptLevel.NONE).get(0).text();
    assertTrue(text.getFirst().text().startsWith("  (func $square (;1;)"), text.toString());
    assertEquals(-1, text.getFirst().offset());
    assertEquals(
        List.of("    local.get 0", "    local.get 0", "    f64.mul)"),
        text.subList(1, text.size()).stream().map(Line::text).toList());
  }
}
