package dev.tazza.testkit.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns the text of a {@link RandomModule} into a module that does the same with a memory of 64-bit
 * addresses. All addresses are extended, by turns with zeros and with the sign: that makes no
 * difference, since none that is negative is in a memory so small.
 */
final class Memory64Rewriter {
  private static final String MEMORY = "(memory (export \"memory\") ";
  private static final String DATA = "(data (i32.const ";

  /** What the locals of all functions have in them. */
  private static final String LOCAL = "(local $nan64 f64)";

  private static final Pattern ACCESS =
      Pattern.compile("\\s*(i32|i64|f32|f64|v128)\\.(?:atomic\\.)?(load|store|rmw)(\\S*)( .*)?");

  /** By type of value: where it is kept while what is below it is extended. */
  private static final Map<String, String> ABOVE =
      Map.of("i32", "$w0", "i64", "$w1", "f32", "$w2", "f64", "$w3", "v128", "$w4");

  /** The same for a second one. */
  private static final Map<String, String> SECOND = Map.of("i32", "$w5", "i64", "$w6");

  /** By instruction: where its operands are kept, the topmost first. */
  private static final Map<String, List<String>> WAITING =
      Map.of(
          "memory.atomic.notify", List.of("$w0"),
          "memory.atomic.wait32", List.of("$w1", "$w0"),
          "memory.atomic.wait64", List.of("$w1", "$w6"));

  private static final String MORE_LOCALS =
      " (local $w0 i32) (local $w1 i64) (local $w2 f32) (local $w3 f64) (local $w4 v128)"
          + " (local $w5 i32) (local $w6 i64)";

  private final StringBuilder out = new StringBuilder();
  private int extensions;

  private Memory64Rewriter() {}

  /** The module with another memory. */
  static RandomModule rewrite(RandomModule module) {
    Memory64Rewriter rewriter = new Memory64Rewriter();
    module.text().lines().forEach(rewriter::line);
    return new RandomModule(
        module.seed(),
        rewriter.out.toString(),
        module.functions(),
        module.globals(),
        module.tags(),
        module.calls());
  }

  private void line(String line) {
    Matcher access = ACCESS.matcher(line);
    if (access.matches()) {
      boolean hasValue = !access.group(2).equals("load") || access.group(3).endsWith("_lane");
      String type = access.group(1);
      List<String> above = new ArrayList<>();
      if (access.group(3).contains("cmpxchg")) {
        above.add(SECOND.get(type));
      }
      if (hasValue) {
        above.add(ABOVE.get(type));
      }
      access(above, line);
      return;
    }
    List<String> operands = WAITING.get(line.strip().split(" ")[0]);
    if (operands != null) {
      access(operands, line);
      return;
    }
    switch (line.strip()) {
      case "memory.size" -> append(line, "i32.wrap_i64");
      case "memory.grow" -> append(extend(), line, "i32.wrap_i64");
      case "memory.copy" -> {
        append("local.set $w0", extend(), "local.set $w1", extend());
        append("local.get $w1", "local.get $w0", extend(), line);
      }
      case "memory.fill" -> {
        append("local.set $w0", "local.set $w5", extend());
        append("local.get $w5", "local.get $w0", extend(), line);
      }
      case "memory.init $d" -> {
        append("local.set $w0", "local.set $w5", extend());
        append("local.get $w5", "local.get $w0", line);
      }
      default ->
          append(
              line.replace(MEMORY, MEMORY + "i64 ")
                  .replace(DATA, DATA.replace("i32", "i64"))
                  .replace(LOCAL, LOCAL + MORE_LOCALS));
    }
  }

  /** What is above the address, the topmost first, is kept in locals. */
  private void access(List<String> above, String line) {
    above.forEach(local -> append("local.set " + local));
    append(extend());
    above.reversed().forEach(local -> append("local.get " + local));
    append(line);
  }

  private String extend() {
    return extensions++ % 2 == 0 ? "i64.extend_i32_u" : "i64.extend_i32_s";
  }

  private void append(String... lines) {
    for (String each : lines) {
      out.append(each).append('\n');
    }
  }
}
