package dev.tazza.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.InstanceLimits;
import dev.tazza.PoolingConfig;
import dev.tazza.environ.Tunable;
import dev.tazza.wasm.Feature;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/CONFIGURATION.md} has all options, with the defaults they have and tests there are.
 */
class ConfigurationTest {
  private static final Pattern WORD = Pattern.compile("\\w+");
  private static final Pattern NAME = Pattern.compile("`(\\w+)`");

  /** A row: the cells behind the option's name, and whether it is marked as part of code. */
  private record Row(boolean inCode, String byDefault, String test) {}

  private static Map<String, Row> rows() throws IOException {
    Map<String, Row> rows = new HashMap<>();
    for (String line : Files.readAllLines(Codebase.ROOT.resolve("docs/CONFIGURATION.md"))) {
      String[] cells = line.split("\\|", -1);
      if (cells.length == 6 && cells[1].contains("`")) {
        Matcher names = NAME.matcher(cells[1]);
        while (names.find()) {
          rows.put(
              names.group(1),
              new Row(cells[1].contains("†"), cells[2].strip(), cells[4].strip().replace("`", "")));
        }
      }
    }
    return rows;
  }

  @Test
  void everyOptionHasARow() throws IOException {
    TreeSet<String> setters = new TreeSet<>();
    for (Method method : Config.class.getMethods()) {
      if (method.getReturnType() == Config.class) {
        setters.add(method.getName());
      }
    }
    assertEquals(setters, new TreeSet<>(rows().keySet()));
  }

  /** Tables say what an option does; that somebody may want it takes a sentence. */
  @Test
  void everyOptionHasAParagraph() throws IOException {
    Set<String> named = new TreeSet<>();
    List<Path> pages = new ArrayList<>();
    for (String page : List.of("CONFIGURATION", "CONTROL", "ASYNC", "INSIGHT")) {
      pages.add(Codebase.ROOT.resolve("docs/" + page + ".md"));
    }
    try (Stream<Path> guide = Files.list(Codebase.ROOT.resolve("docs/guide"))) {
      guide.forEach(pages::add);
    }
    for (Path page : pages) {
      for (String line : Files.readAllLines(page)) {
        if (!line.startsWith("|")) {
          Matcher word = WORD.matcher(line);
          while (word.find()) {
            named.add(word.group());
          }
        }
      }
    }
    TreeSet<String> without = new TreeSet<>(rows().keySet());
    for (Class<?> options : List.of(InstanceLimits.class, PoolingConfig.class)) {
      for (Method method : options.getMethods()) {
        if (method.getReturnType() == options && method.getParameterCount() == 1) {
          without.add(method.getName());
        }
      }
    }
    without.removeAll(named);
    assertEquals(Set.of(), without);
  }

  /** Those of the pools stand in tables with a column for the class. */
  @Test
  void everyOptionOfPoolsHasARow() throws IOException {
    Set<String> sources = testSources();
    TreeSet<String> rows = new TreeSet<>();
    for (String line : Files.readAllLines(Codebase.ROOT.resolve("docs/CONFIGURATION.md"))) {
      String[] cells = line.split("\\|", -1);
      if (cells.length == 7 && cells[1].contains("`")) {
        rows.add((cells[2].strip() + "." + cells[1].strip()).replace("`", ""));
        String test = cells[5].strip().replace("`", "");
        assertTrue(sources.contains(test + ".java"), test);
      }
    }
    TreeSet<String> setters = new TreeSet<>();
    for (Class<?> options : List.of(InstanceLimits.class, PoolingConfig.class)) {
      for (Method method : options.getMethods()) {
        if (method.getReturnType() == options && method.getParameterCount() == 1) {
          setters.add(options.getSimpleName() + "." + method.getName());
        }
      }
    }
    assertEquals(setters, rows);
  }

  @Test
  void defaultsAreRight() throws IOException {
    Map<String, Row> rows = rows();
    for (Tunable tunable : Tunable.values()) {
      Row row = rows.get(tunable.option());
      if (tunable != Tunable.OPERATOR_COST) {
        assertEquals(tunable.text(tunable.byDefault()), row.byDefault, tunable.option());
      }
      assertEquals(tunable.isInCode(), row.inCode, tunable.option() + " is part of code");
    }
    for (Feature feature : Feature.values()) {
      Row row = rows.get("wasm" + camelCase(feature.name()));
      if (row != null) {
        assertEquals(feature.onByDefault() ? "on" : "off", row.byDefault, feature.title());
      }
    }
  }

  private static String camelCase(String constant) {
    StringBuilder name = new StringBuilder();
    for (String word : constant.split("_")) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }

  @Test
  void testsExist() throws IOException {
    Set<String> sources = testSources();
    List<String> missing = new ArrayList<>();
    rows()
        .forEach((option, row) -> {
          if (!sources.contains(row.test + ".java")) {
            missing.add(option + ": " + row.test);
          }
        });
    assertEquals(List.of(), missing);
  }

  private static Set<String> testSources() throws IOException {
    try (Stream<Path> files = Files.walk(Codebase.ROOT)) {
      return files
          .filter(file -> file.toString().contains("/src/test/"))
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toSet());
    }
  }
}
