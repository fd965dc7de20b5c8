package dev.tazza.environ;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The options of an engine that are a truth, a choice or a number: one row each, with its default
 * and range, and whether compiled code depends on it. A {@link Tunables} has their values. {@code
 * Config} in {@code dev.tazza} has a setter and a getter of the option's name, with its
 * description; everything else follows from the row: copies, checks, and, of {@link #IN_CODE}, the
 * identity of artifacts.
 *
 * <p>To add one, add a row here and its setter and getter in {@code Config}.
 */
public enum Tunable {
  // What code depends on.
  OPT_LEVEL(Tunable.IN_CODE, 1, List.of("NONE", "SPEED", "SPEED_AND_SIZE")),
  STATIC_MEMORY_MAXIMUM_SIZE(Tunable.IN_CODE, Unit.PAGES, 4 * Tunable.GIB, 0, 1024 * Tunable.GIB),
  STATIC_MEMORY_FORCED(Tunable.IN_CODE, false),
  STATIC_MEMORY_GUARD_SIZE(Tunable.IN_CODE, Unit.PAGES, 2 * Tunable.GIB, 0, 1024 * Tunable.GIB),
  DYNAMIC_MEMORY_GUARD_SIZE(Tunable.IN_CODE, Unit.PAGES, 64 << 10, 0, 1024 * Tunable.GIB),
  MEMORY64_GUARD_SIZE(Tunable.IN_CODE, Unit.PAGES, 36 * Tunable.GIB, 0, 1024 * Tunable.GIB),
  NAN_CANONICALIZATION(Tunable.IN_CODE, false),
  RELAXED_SIMD_DETERMINISTIC(Tunable.IN_CODE, false),
  GENERATE_ADDRESS_MAP(Tunable.IN_CODE, true),
  DEBUG_INFO(Tunable.IN_CODE, false),
  SIGNALS_BASED_TRAPS(Tunable.IN_CODE, true),
  SIGNALS_BASED_INTERRUPTION(Tunable.IN_CODE, true),
  CONSUME_FUEL(Tunable.IN_CODE, false),
  /** Its value stands for what {@link Tunables#operatorCost} has. */
  OPERATOR_COST(Tunable.IN_CODE, Unit.DIGEST, 0, Long.MIN_VALUE, Long.MAX_VALUE),
  HEAP_ACCESS_SPECTRE_MITIGATION(Tunable.IN_CODE, true),
  TABLE_ACCESS_SPECTRE_MITIGATION(Tunable.IN_CODE, true),
  TABLE_LAZY_INIT(Tunable.IN_CODE, true),

  // How it is compiled; the code is the same.
  STRATEGY(Tunable.ELSEWHERE, 0, List.of("AUTO", "OPTIMIZING", "BASELINE")),
  ENABLE_COMPILER(Tunable.ELSEWHERE, true),
  DEBUG_VERIFIER(Tunable.ELSEWHERE, false),
  SANDBOX_VERIFIER(Tunable.ELSEWHERE, true),
  PARALLEL_COMPILATION(Tunable.ELSEWHERE, true),

  // How it runs.
  WASM_BACKTRACE(Tunable.ELSEWHERE, true),
  WASM_BACKTRACE_MAX_FRAMES(Tunable.ELSEWHERE, Unit.COUNT, 20, 0, 1 << 20),
  WASM_BACKTRACE_DETAILS(Tunable.ELSEWHERE, 2, List.of("DISABLE", "ENABLE", "ENVIRONMENT")),
  WASM_BACKTRACE_IN_JAVA(Tunable.ELSEWHERE, false),
  COREDUMP_ON_TRAP(Tunable.ELSEWHERE, false),
  PROFILER(Tunable.ELSEWHERE, 0, List.of("NONE", "JITDUMP", "PERFMAP", "VTUNE")),
  ASYNC_SUPPORT(Tunable.ELSEWHERE, false),
  EPOCH_INTERRUPTION(Tunable.ELSEWHERE, false),
  THREAD_INTERRUPTION(Tunable.ELSEWHERE, false),
  MAX_WASM_STACK(Tunable.ELSEWHERE, Unit.BYTES, 512 << 10, 1, Tunable.GIB),
  ASYNC_STACK_SIZE(Tunable.ELSEWHERE, Unit.BYTES, 2 << 20, 1, 2 * Tunable.GIB),
  ASYNC_STACK_ZEROING(Tunable.ELSEWHERE, false),
  DYNAMIC_MEMORY_RESERVED_FOR_GROWTH(
      Tunable.ELSEWHERE, Unit.PAGES, 2 * Tunable.GIB, 0, 1024 * Tunable.GIB),
  GUARD_BEFORE_LINEAR_MEMORY(Tunable.ELSEWHERE, true),
  DYNAMIC_MEMORY_FALLBACK(Tunable.ELSEWHERE, true),
  MEMORY_INIT_COW(Tunable.ELSEWHERE, true),
  FORCE_MEMORY_INIT_MEMFD(Tunable.ELSEWHERE, false),
  MEMORY_GUARANTEED_DENSE_IMAGE_SIZE(
      Tunable.ELSEWHERE, Unit.BYTES, 16 << 20, 0, 1024 * Tunable.GIB),
  REPORT_UNCLOSED(Tunable.ELSEWHERE, false);

  /** Code made with one value must not run in an engine with another. */
  private static final boolean IN_CODE = true;

  private static final boolean ELSEWHERE = false;

  private static final long GIB = 1L << 30;
  private static final long PAGE = 4096;

  private static final Tunable[] VALUES = values();

  /** What a number means. */
  private enum Unit {
    TRUTH,
    CHOICE,
    COUNT,
    /** Of something else; 0 is that of its default. */
    DIGEST,
    BYTES,
    /** Bytes, rounded up to whole pages of 4 KiB. */
    PAGES
  }

  private final boolean inCode;
  private final Unit unit;
  private final long byDefault;
  private final long least;
  private final long most;
  private final List<String> choices;

  Tunable(boolean inCode, boolean byDefault) {
    this(inCode, Unit.TRUTH, byDefault ? 1 : 0, 0, 1);
  }

  Tunable(boolean inCode, int byDefault, List<String> choices) {
    this.inCode = inCode;
    this.unit = Unit.CHOICE;
    this.byDefault = byDefault;
    this.least = 0;
    this.most = choices.size() - 1L;
    this.choices = choices;
  }

  Tunable(boolean inCode, Unit unit, long byDefault, long least, long most) {
    this.inCode = inCode;
    this.unit = unit;
    this.byDefault = byDefault;
    this.least = least;
    this.most = most;
    this.choices = List.of();
  }

  /** Whether compiled code depends on it. */
  public boolean isInCode() {
    return inCode;
  }

  /** Its value if nothing else is said; of a truth 0 or 1, of a choice its number. */
  public long byDefault() {
    return byDefault;
  }

  /** The names of what there is to choose from, if it is a choice. */
  public List<String> choices() {
    return choices;
  }

  /** How many there are. */
  public static int count() {
    return VALUES.length;
  }

  /** The option with this number, from 0 on in the order of the rows. */
  public static Tunable of(int number) {
    return VALUES[number];
  }

  /** The option's name: {@code staticMemoryForced}. */
  public String option() {
    StringBuilder name = new StringBuilder();
    boolean upper = false;
    for (char letter : name().toCharArray()) {
      if (letter == '_') {
        upper = true;
      } else {
        name.append(upper ? letter : Character.toLowerCase(letter));
        upper = false;
      }
    }
    return name.toString();
  }

  /**
   * The row of an option's name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Tunable named(String option) {
    for (Tunable tunable : VALUES) {
      if (tunable.unit != Unit.DIGEST && tunable.option().equals(option)) {
        return tunable;
      }
    }
    List<String> names = new ArrayList<>();
    for (Tunable tunable : VALUES) {
      if (tunable.unit != Unit.DIGEST) {
        names.add(tunable.option());
      }
    }
    String near = NearName.of(option, names);
    throw new IllegalArgumentException(
        "there is no option '"
            + option
            + "'"
            + (near == null ? "" : ", did you mean " + near + "?"));
  }

  /**
   * A value that somebody wrote: {@code on} or {@code off}, the name of a choice, a number, or a
   * size in bytes or with K, M or G. It may be out of range.
   *
   * @throws IllegalArgumentException when it is none of that
   */
  public long parse(String text) {
    long value =
        switch (unit) {
          case TRUTH -> List.of("off", "on").indexOf(text);
          case CHOICE -> choices.indexOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
          case COUNT, DIGEST -> number(text, "");
          case BYTES, PAGES -> number(text, "KMG");
        };
    if (value < 0) {
      String expected =
          switch (unit) {
            case TRUTH -> "on or off";
            case CHOICE -> "one of " + String.join(", ", choices);
            case COUNT, DIGEST -> "a number";
            case BYTES, PAGES -> "a size such as 65536, 64K or 4G";
          };
      throw new IllegalArgumentException(
          "%s: expected %s but was '%s'".formatted(option(), expected, text));
    }
    return value;
  }

  /** -1 if it is none. */
  private static long number(String text, String suffixes) {
    int unit = text.isEmpty() ? -1 : suffixes.indexOf(text.charAt(text.length() - 1));
    String digits = unit < 0 ? text : text.substring(0, text.length() - 1);
    boolean isNumber = !digits.isEmpty() && digits.length() < 13;
    for (int i = 0; i < digits.length(); i++) {
      isNumber &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
    }
    return isNumber ? Long.parseLong(digits) << 10 * (unit + 1) : -1;
  }

  /**
   * A value as it is kept.
   *
   * @throws IllegalArgumentException when it is out of range
   */
  long checked(long value) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          option() + " must be from " + text(least) + " to " + text(most) + ", but is " + value);
    }
    return unit == Unit.PAGES ? value + PAGE - 1 & -PAGE : value;
  }

  /** A value for people. */
  public String text(long value) {
    return switch (unit) {
      case TRUTH -> value != 0 ? "on" : "off";
      case CHOICE ->
          value >= 0 && value < choices.size() ? choices.get((int) value) : String.valueOf(value);
      case COUNT -> String.valueOf(value);
      case DIGEST -> value == 0 ? "as by default" : "of another kind";
      case BYTES, PAGES -> size(value);
    };
  }

  private static String size(long bytes) {
    String[] units = {" TiB", " GiB", " MiB", " KiB"};
    for (int i = 0; i < units.length; i++) {
      long unit = 1L << 40 - 10 * i;
      if (bytes >= unit && bytes % unit == 0) {
        return bytes / unit + units[i];
      }
    }
    return bytes == 1 ? "1 byte" : bytes + " bytes";
  }
}
