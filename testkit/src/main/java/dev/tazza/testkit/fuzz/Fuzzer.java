package dev.tazza.testkit.fuzz;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.OptLevel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares what random modules do without optimization, with it, with memories that are checked in
 * code, and optionally in V8.
 *
 * <p>As a program: {@code Fuzzer FIRST_SEED COUNT [node]} prints each seed that fails, with the
 * reason, and how many did. {@code Fuzzer SEED print} prints the module, {@code Fuzzer SEED reduce}
 * a smaller one that fails in the same way.
 */
public final class Fuzzer implements AutoCloseable {
  /** Deep enough for as many calls as there is fuel, whatever their frames. */
  private static final long STACK = 16 << 20;

  private static final int MODULES_PER_NODE = 50;

  /** Enough for those that are compared. */
  private static final int MOST_FRAMES = 100;

  /** How much of what is the same to print before what differs. */
  private static final int CONTEXT = 80;

  private final Engine plain = new Engine(config(OptLevel.NONE));
  private final Engine optimizing = new Engine(config(OptLevel.SPEED));

  /** Checks addresses in code, and moves memories when they grow. */
  private final Engine checking =
      new Engine(
          config(OptLevel.SPEED).staticMemoryMaximumSize(0).dynamicMemoryReservedForGrowth(0));

  /** Engines for the two levels, which check the compiler's work. */
  public Fuzzer() {}

  private static Config config(OptLevel level) {
    return new Config()
        .optLevel(level)
        .debugVerifier(true)
        .wasmLegacyExceptions(true)
        .wasmThreads(true)
        .wasmBacktraceMaxFrames(MOST_FRAMES)
        .parallelCompilation(false)
        .maxWasmStack(STACK);
  }

  /** What is wrong with the module of {@code seed}; null when nothing is. */
  public @Nullable String check(long seed) {
    return check(RandomModule.of(seed), null);
  }

  private @Nullable String check(RandomModule module, @Nullable List<String> reference) {
    try {
      List<String> expected = Execution.run(plain, module);
      List<String> actual = Execution.run(optimizing, module);
      String difference = compare("without optimization", expected, "with", actual);
      if (difference == null) {
        List<String> checked = Execution.run(checking, module);
        difference = compare("without checks of addresses", actual, "with", checked);
      }
      if (difference == null && reference != null && !reference.contains(NodeExecution.UNKNOWN)) {
        List<String> ours = expected.stream().map(V8Words::of).toList();
        difference = compare("in V8", reference, "here", ours);
      }
      return difference;
    } catch (RuntimeException | Error e) {
      StringBuilder message = new StringBuilder(e.toString());
      for (StackTraceElement element : e.getStackTrace()) {
        message.append("\n    ").append(element);
      }
      return message.toString();
    }
  }

  static @Nullable String compare(
      String one, List<String> expected, String other, List<String> actual) {
    for (int i = 0; i < expected.size(); i++) {
      if (!expected.get(i).equals(actual.get(i))) {
        int same = Math.max(0, mismatch(expected.get(i), actual.get(i)) - CONTEXT);
        return "call %d%s\n  %s: %s\n  %s: %s"
            .formatted(
                i,
                same == 0 ? "" : ", from character " + same,
                one,
                expected.get(i).substring(same),
                other,
                actual.get(i).substring(same));
      }
    }
    return null;
  }

  private static int mismatch(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    return i;
  }

  /** A smaller module that fails as that of {@code seed} does. */
  public String reduce(long seed) {
    RandomModule module = RandomModule.of(seed);
    String kind = kind(check(module, null));
    Reducer reducer =
        new Reducer(
            module.text(),
            text -> {
              RandomModule smaller =
                  new RandomModule(
                      seed,
                      text,
                      module.functions(),
                      module.globals(),
                      module.tags(),
                      module.calls());
              return kind(check(smaller, null)).equals(kind);
            });
    return reducer.reduce();
  }

  /** The first line of a failure without numbers. */
  private static String kind(@Nullable String failure) {
    return failure == null ? "none" : failure.lines().findFirst().orElse("").replaceAll("\\d+", "");
  }

  /** Checks modules against V8 too; the messages of those that fail. */
  public List<String> checkWithNode(long firstSeed, int count) throws IOException {
    List<String> failures = new ArrayList<>();
    for (int done = 0; done < count; done += MODULES_PER_NODE) {
      List<RandomModule> modules = new ArrayList<>();
      for (int i = done; i < Math.min(count, done + MODULES_PER_NODE); i++) {
        modules.add(RandomModule.of(firstSeed + i));
      }
      List<List<String>> references = NodeExecution.run(modules);
      for (int i = 0; i < modules.size(); i++) {
        String failure = check(modules.get(i), references.get(i));
        if (failure != null && !isOnlyLiftoffs(modules.get(i))) {
          failures.add("seed " + modules.get(i).seed() + ": " + failure);
        }
      }
    }
    return failures;
  }

  /**
   * Whether a failure is one of V8's baseline compiler, of which Node 20 has a version that gets a
   * few functions with atomics wrong: its optimizing compiler says what we say.
   */
  private boolean isOnlyLiftoffs(RandomModule module) throws IOException {
    if (!AtomicGenerator.areIn(module.seed()) || check(module, null) != null) {
      return false;
    }
    List<String> ours =
        Execution.run(plain, module).stream()
            .map(line -> NodeExecution.withoutPlaces(V8Words.of(line)))
            .toList();
    return NodeExecution.runOptimized(module).equals(ours);
  }

  @Override
  public void close() {
    plain.close();
    optimizing.close();
    checking.close();
  }

  public static void main(String[] args) throws IOException {
    long first = Long.parseLong(args[0]);
    if (args[1].equals("print")) {
      System.out.print(RandomModule.of(first).text());
      return;
    }
    if (args[1].equals("reduce")) {
      try (Fuzzer fuzzer = new Fuzzer()) {
        System.out.println(fuzzer.reduce(first));
      }
      return;
    }
    int count = Integer.parseInt(args[1]);
    int failures = 0;
    try (Fuzzer fuzzer = new Fuzzer()) {
      if (args.length > 2) {
        for (String failure : fuzzer.checkWithNode(first, count)) {
          System.out.println(failure);
          failures++;
        }
      } else {
        for (long seed = first; seed < first + count; seed++) {
          String failure = fuzzer.check(seed);
          if (failure != null) {
            System.out.println("seed " + seed + ": " + failure);
            failures++;
          }
        }
      }
    }
    System.out.println(failures + " of " + count + " modules failed");
  }
}
