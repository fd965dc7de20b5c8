package dev.tazza.codegen.isa.x64.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.codegen.Pass;
import dev.tazza.codegen.Settings;
import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Parser;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Verifier;
import dev.tazza.codegen.isa.x64.inst.X64Feature;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64InstPrinter;
import dev.tazza.codegen.machine.CpuFeature;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.VCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What selection makes of functions: the files in {@code src/test/lowering/x64}, in which each
 * function is followed by the instructions over virtual registers. A line {@code ; features: bmi1,
 * avx} says what may be used from there on. {@code -Dbless} rewrites the files.
 */
final class LoweringTests {
  private static final Path DIRECTORY = Path.of("src/test/lowering/x64");
  private static final String FEATURES = "; features:";

  @TestFactory
  List<DynamicTest> files() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files
          .filter(file -> file.toString().endsWith(".ir"))
          .sorted()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> run(file)))
          .toList();
    }
  }

  private static void run(Path file) throws IOException {
    String text = Files.readString(file);
    String result = rewrite(text);
    if (System.getProperty("bless") != null) {
      Files.writeString(file, result);
    } else {
      assertEquals(text, result);
    }
  }

  static String rewrite(String text) {
    StringBuilder out = new StringBuilder();
    StringBuilder function = new StringBuilder();
    Set<CpuFeature> features = Set.of();
    for (String line : text.lines().toList()) {
      if (line.startsWith(";>")) {
        continue;
      }
      out.append(line).append('\n');
      if (line.startsWith(FEATURES)) {
        features = features(line.substring(FEATURES.length()));
      } else if (line.startsWith("function") || function.length() > 0) {
        function.append(line).append('\n');
      }
      if (line.equals("}")) {
        lower(function.toString(), features).forEach(l -> out.append(";> ").append(l).append('\n'));
        function.setLength(0);
      }
    }
    return out.toString();
  }

  private static Set<CpuFeature> features(String names) {
    Set<CpuFeature> features = new HashSet<>();
    for (String name : names.strip().split("[, ]+")) {
      if (!name.isEmpty()) {
        features.add(X64Feature.valueOf(name.toUpperCase(Locale.ROOT)));
      }
    }
    return features;
  }

  private static List<String> lower(String text, Set<CpuFeature> features) {
    Function function = Parser.parse(text, TestRegions.ALL);
    Verifier.verify(function, "input");
    Analyses analyses = new Analyses(function);
    Pass.REMOVE_UNREACHABLE.run(analyses);
    Pass.SPLIT_CRITICAL_EDGES.run(analyses);
    Settings settings = new Settings(Effort.SPEED, true, features, 0, 99);
    return print(X64Lowering.lower(function, analyses, settings));
  }

  private static List<String> print(VCode<X64Inst> code) {
    List<String> lines = new ArrayList<>();
    for (int b = 0; b < code.blockCount(); b++) {
      VCode.VBlock block = code.block(b);
      if (code.blockCount() > 1) {
        lines.add("m" + b + names(block.params) + (block.cold ? " cold:" : ":"));
      }
      for (int i = block.from; i < block.to; i++) {
        StringBuilder line = new StringBuilder("  ").append(inst(code, i));
        if (i == block.to - 1 && block.succs.length > 0) {
          for (int s = 0; s < block.succs.length; s++) {
            line.append(s == 0 ? " -> " : ", ").append('m').append(block.succs[s]);
            line.append(names(block.args[s]));
          }
        }
        lines.add(line.toString());
      }
    }
    return lines;
  }

  private static String names(int[] vregs) {
    if (vregs.length == 0) {
      return "";
    }
    return Arrays.toString(vregs).replace("[", "(v").replace(", ", ", v").replace(']', ')');
  }

  private static String inst(VCode<X64Inst> code, int index) {
    int from = code.operandStart(index);
    String[] operands = new String[code.operandEnd(index) - from];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = "v" + Operand.vreg(code.operandAt(from + i));
    }
    return X64InstPrinter.print(code.inst(index), operands);
  }
}
