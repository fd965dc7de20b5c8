package dev.tazza.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How many assertions of the specification's scripts there are for each feature, by their names.
 */
final class ScriptFeatures {
  private static final String LANGUAGE = "language";

  /** The first that fits counts. */
  private static final Map<String, Pattern> FEATURES = new LinkedHashMap<>();

  static {
    put("custom descriptors", "proposals/custom-descriptors/.*");
    put("custom page sizes", "proposals/custom-page-sizes/.*");
    put("threads", "proposals/threads/.*");
    put("wide arithmetic", "proposals/wide-arithmetic/.*");
    put("legacy exceptions", "legacy/.*");
    put("custom sections", "custom/.*");
    put("relaxed SIMD", ".*relaxed_.*");
    put("SIMD", "simd_.*");
    put("memory64", ".*64(-imports)?|table_copy_mixed");
    put("exceptions", "tag|throw|throw_ref|try_table");
    put("tail calls", "return_call.*");
    put("function references", "call_ref|ref_as_non_null|br_on_(non_)?null|local_init|type-.*");
    put("GC", "array.*|struct|i31|extern|br_on_cast.*|ref_(cast|eq|test)|binary-gc");
    put("multi-memory", "(?!(f|i)\\d+$).*\\d|memory-multi");
  }

  private final Map<String, Integer> passed = new TreeMap<>();

  private static void put(String feature, String names) {
    FEATURES.put(feature, Pattern.compile(names));
  }

  private static String of(String script) {
    String name = script.replaceFirst("\\.wast$", "");
    for (Map.Entry<String, Pattern> feature : FEATURES.entrySet()) {
      if (feature.getValue().matcher(name).matches()) {
        return feature.getKey();
      }
    }
    return LANGUAGE;
  }

  void add(String script, int assertions) {
    passed.merge(of(script), assertions, Integer::sum);
  }

  int total() {
    return passed.values().stream().mapToInt(Integer::intValue).sum();
  }

  @Override
  public String toString() {
    return passed.entrySet().stream()
        .map(each -> each.getKey() + " " + each.getValue())
        .collect(Collectors.joining(", "));
  }
}
