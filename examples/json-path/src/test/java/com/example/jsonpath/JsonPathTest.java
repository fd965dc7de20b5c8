package com.example.jsonpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPathTest {
  private static final JsonPath JSON = new JsonPath();

  private static final String STORE =
      """
      {"book": [
        {"title": "One", "price": 8.95, "tags": ["a", "b"]},
        {"title": "Zwei \\u00fc\\ud83d\\ude00", "price": 12e0},
        {"title": "Tre", "pri\\u0063e": -1}],
       "": {"title": null}, "grün": true}
      """;

  @AfterAll
  static void close() {
    JSON.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "$.book[0].title | [\"One\"]",
        "$['book'][-1].price | [-1]",
        "$.book[*].price | [8.95, 12e0, -1]",
        "$.book[1:].price | [12e0, -1]",
        "$.book[0:-1].price | [8.95, 12e0]",
        "$..tags[:1] | [\"a\"]",
        "$..title | [\"One\", \"Zwei \\u00fc\\ud83d\\ude00\", \"Tre\", null]",
        "$..*.tags | [[\"a\", \"b\"]]",
        "$.grün | [true]",
        "$[''].title | [null]",
        "$.nothing[3].at.all | []",
        "$.book[99] | []",
        "$.book.title | []"
      })
  void pathsSelect(String path, String expected) {
    assertEquals(expected, JSON.select(STORE, path).toString());
  }

  @Test
  void theRootIsSelectedByItself() {
    assertEquals(List.of("17"), JSON.select(" 17 ", "$"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "[1,]", "01", "1.", "\"a", "\"\\x\"", "[1 2]", "{\"a\" 1}", "tru", "1 2"})
  void whatIsNoJsonIsRefused(String text) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> JSON.select(text, "$"));
    assertTrue(refused.getMessage().startsWith("no JSON: wrong at byte "), refused::getMessage);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "$.", "$[", "$['a]", "$[1", "$[9999999999]", "$..", "$a"})
  void whatIsNoPathIsRefused(String path) {
    assertThrows(IllegalArgumentException.class, () -> JSON.select("{}", path));
  }

  @Test
  void deepAndLongTextsHaveBounds() {
    String deep = "[".repeat(900) + "]".repeat(900);
    assertEquals(900, JSON.select("[" + deep + "]", "$..*").size());
    assertThrows(
        IllegalArgumentException.class,
        () -> JSON.select("[".repeat(100_000) + "]".repeat(100_000), "$"));
    String many = "[" + "1,".repeat(100_000) + "1]";
    assertEquals(100_001, JSON.select(many, "$[*]").size());
  }

  @Test
  void callsMayBeAtTheSameTime() {
    long equal =
        IntStream.range(0, 1000)
            .parallel()
            .filter(i -> JSON.select("{\"x\": [" + i + "]}", "$.x[0]").equals(List.of("" + i)))
            .count();
    assertEquals(1000, equal);
  }

  /** The artifact in the jar is used: this engine cannot compile. */
  @Test
  void nothingIsCompiledWhenTheLibraryIsLoaded() throws Exception {
    try (Engine engine = new Engine(new Config().enableCompiler(false))) {
      JsonPathLibrary.load(engine).close();
    }
  }
}
