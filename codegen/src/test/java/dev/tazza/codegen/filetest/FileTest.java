package dev.tazza.codegen.filetest;

import dev.tazza.codegen.Pass;
import dev.tazza.codegen.ir.AliasRegion;
import dev.tazza.codegen.ir.AliasRegions;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Parser;
import dev.tazza.codegen.ir.Printer;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.ir.Verifier;
import dev.tazza.codegen.opt.inline.InlineCandidates;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file with functions, what passes make of them and what running them gives.
 *
 * <pre>
 *   ; passes: simplify, eliminate-dead-code
 *
 *   function f(i32) -&gt; (i32) {
 *   …
 *   }
 *   ; run: (41) == 42
 *   ; run: (base, 0) == trap 3
 *   ;&gt; function f(i32) -&gt; (i32) {
 *   ;&gt; …
 * </pre>
 *
 * <p>Each function is followed by its {@code run:} lines, which must hold before and after the
 * passes, and the expected output. {@code base} is the address of the test's memory.
 *
 * <p>In a file with a line {@code ; callees} calls by number mean the functions of the file, from
 * 0, up to the caller itself, and indirect calls are guessed to go to them; in other files,
 * functions of the {@link TestWorld}. A line {@code ; lengths: 8} tells the functions behind it
 * where the lengths of memories stand ({@link AliasRegion.Lengths}).
 */
public final class FileTest {
  private static final String PASSES = "; passes:";
  private static final String CALLEES = "; callees";
  private static final String LENGTHS = "; lengths:";
  private static final String RUN = "; run:";
  private static final String EXPECTED = ";>";

  /** Runs functions: the interpreter, or one that compiles them. */
  @FunctionalInterface
  public interface Executor {
    Outcome run(Function function, long... args);
  }

  private final Executor executor;
  private final List<Pass> passes = new ArrayList<>();
  private final List<String> output = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  private final List<String> input = new ArrayList<>();
  private final List<String> runs = new ArrayList<>();

  private AliasRegions regions = TestRegions.ALL;

  /** What may be called, by number; null when the file's functions do not call each other. */
  private @Nullable FileCallees callees;

  private FileTest(Executor executor) {
    this.executor = executor;
  }

  /** What the file should contain, and which run lines failed. */
  public record Result(String text, List<String> failures) {}

  /** Runs the test in {@code text}. */
  public static Result run(String text, Executor executor) {
    FileTest test = new FileTest(executor);
    for (String line : text.lines().toList()) {
      test.line(line);
    }
    test.finishFunction();
    return new Result(String.join("\n", test.output).stripTrailing() + "\n", test.failures);
  }

  private void line(String line) {
    if (line.startsWith(EXPECTED)) {
      return;
    }
    if (line.startsWith(PASSES)) {
      finishFunction();
      passes.clear();
      for (String name : line.substring(PASSES.length()).strip().split("[, ]+")) {
        passes.add(pass(name));
      }
    } else if (line.startsWith(LENGTHS)) {
      regions = TestRegions.withLengths(Integer.parseInt(line.substring(LENGTHS.length()).strip()));
    } else if (line.startsWith(CALLEES)) {
      callees = new FileCallees();
    } else if (line.startsWith("function")) {
      finishFunction();
      input.add(line);
    } else if (line.startsWith(RUN)) {
      runs.add(line);
    } else if (!input.isEmpty() && !input.getLast().equals("}")) {
      input.add(line);
    } else if (!line.isBlank()) {
      finishFunction();
    } else if (!input.isEmpty()) {
      return;
    }
    output.add(line);
  }

  private static Pass pass(String name) {
    for (Pass pass : Pass.values()) {
      if (pass.title().equals(name)) {
        return pass;
      }
    }
    throw new IllegalArgumentException("no such pass: " + name);
  }

  private void finishFunction() {
    if (input.isEmpty()) {
      return;
    }
    Function function = Parser.parse(String.join("\n", input), regions);
    Verifier.verify(function, "input");
    FileCallees known = callees;
    if (known != null) {
      function.symbol = known.functionCount();
      known.add(Parser.parse(String.join("\n", input), regions));
    }
    InlineCandidates candidates =
        known == null ? InlineCandidates.NONE : new InlineCandidates(known, _ -> {});
    checkRuns(function, "before");
    Analyses analyses = new Analyses(function);
    for (Pass pass : passes) {
      pass.run(analyses, candidates);
      Verifier.verify(function, pass.title());
    }
    checkRuns(function, "after");
    for (String line : Printer.print(function).lines().toList()) {
      output.add(EXPECTED + " " + line);
    }
    output.add("");
    input.clear();
    runs.clear();
  }

  private void checkRuns(Function function, String when) {
    for (String run : runs) {
      String[] sides = run.substring(RUN.length()).split("==", 2);
      String args = sides[0].strip();
      long[] values = args(function, args.substring(1, args.length() - 1));
      FileCallees known = callees;
      Outcome outcome =
          known == null
              ? executor.run(function, values)
              : Outcome.interpret(known, function, values);
      if (!outcome.text().equals(sides[1].strip())) {
        failures.add(function.name + " " + when + " passes: " + run + ", found " + outcome.text());
      }
    }
  }

  private static long[] args(Function function, String text) {
    String[] words = text.isBlank() ? new String[0] : text.split(",");
    long[] args = new long[words.length];
    for (int i = 0; i < args.length; i++) {
      args[i] = value(function.signature.params().get(i), words[i].strip());
    }
    return args;
  }

  private static long value(Type type, String word) {
    if (word.equals("base")) {
      return TestWorld.BASE;
    }
    return switch (type) {
      case F32 -> Float.floatToRawIntBits(Float.parseFloat(word)) & 0xffff_ffffL;
      case F64 -> Double.doubleToRawLongBits(Double.parseDouble(word));
      case I32 -> Long.decode(word).intValue();
      default -> Long.decode(word);
    };
  }
}
