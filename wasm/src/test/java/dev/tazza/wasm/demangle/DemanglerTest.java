package dev.tazza.wasm.demangle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mangled names, and those that only seem to be. */
class DemanglerTest {
  /** More than a terminal wants to see, and what {@link Demangler#display} promises. */
  private static final int MOST_CHARACTERS = 2000;

  /**
   * Pairs of a mangled name, of a C++ library, a compiler, Rust's compiler and tools, and what
   * {@code c++filt -i} makes of it, without hashes of crates and types of constants.
   */
  private static List<String[]> pairs() throws IOException {
    List<String[]> pairs = new ArrayList<>();
    try (InputStream in = DemanglerTest.class.getResourceAsStream("mangled.txt")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
        pairs.add(line.split("\t"));
      }
    }
    return pairs;
  }

  @Test
  void mangledNamesAreAsInTheSource() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (String[] pair : pairs()) {
      String name = Demangler.display(pair[0]);
      if (!name.equals(pair[1])) {
        wrong.add(pair[0] + " became " + name + " instead of " + pair[1]);
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(pairs().size() > 250);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "main",
        "_start",
        "_Z",
        "_R",
        "_ZN",
        "_ZNE",
        "_Z3fo",
        "_Z1fT_",
        "_Z1fS_",
        "_ZN4core",
        "_R1NvC1a1b",
        "_RNvB_1f",
        "_RINvC1a1bLk_E",
        "_Z1fv trailing",
        "_Z9999999999f",
        "_ZN3foo3barEi extra",
        "_RNvCs_99999999999999999999a",
        "_Zli",
        "_RINvC1a1bKRe61_E!",
        "memcpy",
        "runtime.alloc",
        "$s4main1fyyF",
        "std::string::size"
      })
  void otherNamesStay(String name) {
    assertEquals(name, Demangler.display(name));
  }

  @Test
  void anUnderscoreMoreIsNoMatter() {
    assertEquals("f(int)", Demangler.display("__Z1fi"));
    assertEquals("a::b", Demangler.display("__RNvC1a1b"));
  }

  @Test
  void namesCannotDriveATerminal() {
    assertEquals("a\\u{1b}[31mb\\u{a}c", Demangler.display("a\u001b[31mb\nc"));
    assertEquals("\\u{202e}x", Demangler.display("\u202ex"));
    assertEquals("größe_名", Demangler.display("größe_名"));
    assertEquals("f\\u{1b}()", Demangler.display("_Z2f\u001bv"));
    assertEquals("\\u{d800}", Demangler.display("\ud800"));
  }

  @Test
  void longNamesAreCut() {
    String name = Demangler.display("x".repeat(100_000));
    assertEquals(MOST_CHARACTERS, name.length());
    assertTrue(name.endsWith("x…"));
    assertTrue(Demangler.display("\n".repeat(100_000)).length() <= MOST_CHARACTERS);
  }

  /** Each part is twice the one before: written out, it would fill the memory. */
  @Test
  void referencesBackDoNotExplode() {
    StringBuilder cxx = new StringBuilder("_Z1fSt4pairIiiE");
    StringBuilder rust = new StringBuilder("_RINvC1a1b");
    String previous = "S0_";
    for (int i = 1; i < 60; i++) {
      cxx.append("St4pairI").append(previous).append(previous).append('E');
      previous = "S" + Integer.toString(i, 36).toUpperCase(Locale.ROOT) + "_";
    }
    int last = rust.length() - 2;
    rust.append("Tuu").append('E');
    for (int i = 0; i < 60; i++) {
      String back = "B" + (last == 0 ? "_" : base62(last - 1) + "_");
      last = rust.length() - 2;
      rust.append('T').append(back).append(back).append('E');
    }
    rust.append('E');
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertTrue(Demangler.display(cxx.toString()).length() <= MOST_CHARACTERS);
          assertTrue(Demangler.display(rust.toString()).length() <= MOST_CHARACTERS);
        });
  }

  private static String base62(int number) {
    String digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    String low = String.valueOf(digits.charAt(number % 62));
    return number < 62 ? low : base62(number / 62) + low;
  }

  @Test
  void deepNestingIsGivenUp() {
    for (String part : List.of("P", "F", "N", "I", "T", "R", "A_", "Z1fE", "X", "M", "cv", "Dp")) {
      String cxx = "_Z1f" + part.repeat(5000);
      assertEquals(Demangler.printable(cxx), Demangler.display(cxx));
      String rust = "_RINvC1a1b" + part.repeat(5000);
      assertEquals(Demangler.printable(rust), Demangler.display(rust));
    }
  }

  /** Whatever is done to a name, the answer is short and comes soon, without an exception. */
  @Test
  void damagedNamesDoNoHarm() throws IOException {
    Random random = new Random(1);
    List<String[]> pairs = pairs();
    for (int i = 0; i < 20_000; i++) {
      StringBuilder name = new StringBuilder(pairs.get(random.nextInt(pairs.size()))[0]);
      for (int damage = random.nextInt(4); damage >= 0 && name.length() > 3; damage--) {
        int at = 2 + random.nextInt(name.length() - 2);
        switch (random.nextInt(4)) {
          case 0 -> name.deleteCharAt(at);
          case 1 -> name.setCharAt(at, (char) (' ' + random.nextInt(95)));
          case 2 -> name.insert(at, name.substring(2, at));
          default -> name.setLength(at);
        }
      }
      assertTrue(Demangler.display(name.toString()).length() <= MOST_CHARACTERS);
    }
  }
}
