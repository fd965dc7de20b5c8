package dev.tazza.vm.profile;

import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes samples in the <i>processed profile format</i> of the Firefox Profiler, in its version 47,
 * which later ones of https://profiler.firefox.com read as well. The format is tables of columns:
 * samples refer to stacks, a stack is a frame and the stack before, a frame is of a function, and
 * all text is in a list.
 */
public final class FirefoxProfile<F> {
  private static final int FORMAT = 47;

  /** That of the format the browser itself writes, which readers look at first. */
  private static final int GECKO_FORMAT = 24;

  private static final double NANOS_PER_MILLI = 1e6;

  /** The one category that frames are of; before it is that of everything else. */
  private static final int GUEST = 1;

  private final CallTree<F> tree;
  private final Map<F, Integer> frames = new LinkedHashMap<>();
  private final Map<String, Integer> functions = new LinkedHashMap<>();
  private final Map<String, Integer> texts = new LinkedHashMap<>();
  private final List<SampledFrame> shown;
  private final int[] frameFunctions;
  private final int[] functionFiles;

  /** Prepares the samples of {@code tree}, of which {@code describe} says what frames are. */
  public FirefoxProfile(CallTree<F> tree, Function<F, SampledFrame> describe) {
    this.tree = tree;
    for (int node = 1; node < tree.nodeCount(); node++) {
      frames.putIfAbsent(tree.frame(node), frames.size());
    }
    shown = frames.keySet().stream().map(describe).toList();
    frameFunctions = new int[shown.size()];
    functionFiles = new int[shown.size()];
    for (int i = 0; i < shown.size(); i++) {
      SampledFrame frame = shown.get(i);
      int function = number(functions, frame.qualified());
      frameFunctions[i] = function;
      functionFiles[function] = frame.file() == null ? -1 : number(texts, frame.file());
    }
    functions.keySet().forEach(name -> number(texts, name));
  }

  private static int number(Map<String, Integer> numbers, String text) {
    Integer known = numbers.putIfAbsent(text, numbers.size());
    return known == null ? numbers.size() - 1 : known;
  }

  /**
   * Writes it.
   *
   * @param program what was profiled
   * @param startMillis when it began, since 1970
   * @param intervalMillis between samples
   */
  public void write(Writer writer, String program, long startMillis, double intervalMillis)
      throws IOException {
    JsonWriter out = new JsonWriter(writer);
    out.open('{').name("meta").open('{');
    out.member("version", GECKO_FORMAT).member("preprocessedProfileVersion", FORMAT);
    out.member("product", program).member("startTime", startMillis);
    out.member("interval", intervalMillis).member("processType", 0).member("stackwalk", 0);
    out.member("debug", false).member("symbolicated", true);
    out.member("usesOnlyOneStackType", true).member("doesNotUseFrameImplementation", true);
    out.member("sourceCodeIsNotOnSearchfox", true);
    out.name("markerSchema").open('[').close(']');
    out.name("categories").open('[');
    category(out, "Other", "grey");
    category(out, "WebAssembly", "yellow");
    out.close(']').close('}');
    out.name("libs").open('[').close(']');
    out.name("threads").open('[');
    thread(out, program);
    out.close(']').close('}');
    writer.flush();
  }

  private static void category(JsonWriter out, String name, String color) throws IOException {
    out.open('{').member("name", name).member("color", color);
    out.name("subcategories").open('[').value("Other").close(']').close('}');
  }

  private void thread(JsonWriter out, String program) throws IOException {
    out.open('{').member("name", "guest").member("processName", program);
    out.member("isMainThread", true).member("processType", "default");
    out.member("pid", "1").member("tid", 1);
    out.member("processStartupTime", 0).member("processShutdownTime", null);
    out.member("registerTime", 0).member("unregisterTime", null);
    out.name("pausedRanges").open('[').close(']');
    samples(out);
    stacks(out);
    frames(out);
    functions(out);
    emptyTable(out, "nativeSymbols", "address", "functionSize", "libIndex", "name");
    emptyTable(out, "resourceTable", "host", "lib", "name", "type");
    emptyTable(out, "markers", "category", "data", "endTime", "name", "phase", "startTime");
    List<String> strings = List.copyOf(texts.keySet());
    out.column("stringArray", strings.size(), strings::get).close('}');
  }

  private void samples(JsonWriter out) throws IOException {
    int count = tree.sampleCount();
    out.name("samples").open('{').member("length", count).member("weightType", "samples");
    out.column("stack", count, i -> stack(tree.sampleNode(i)));
    out.column("time", count, i -> tree.sampleNanos(i) / NANOS_PER_MILLI);
    out.column("weight", count, tree::sampleWeight).close('}');
  }

  /** The number of a node's stack: the root has none. */
  private static @Nullable Integer stack(int node) {
    return node == CallTree.ROOT ? null : node - 1;
  }

  private void stacks(JsonWriter out) throws IOException {
    int count = tree.nodeCount() - 1;
    out.name("stackTable").open('{').member("length", count);
    out.column("prefix", count, i -> stack(tree.parent(i + 1)));
    out.column("frame", count, i -> frames.get(tree.frame(i + 1)));
    out.column("category", count, _ -> GUEST);
    out.column("subcategory", count, _ -> 0).close('}');
  }

  private void frames(JsonWriter out) throws IOException {
    int count = shown.size();
    out.name("frameTable").open('{').member("length", count);
    out.column("address", count, _ -> -1).column("inlineDepth", count, _ -> 0);
    out.column("category", count, _ -> GUEST).column("subcategory", count, _ -> 0);
    out.column("func", count, i -> frameFunctions[i]);
    out.column("nativeSymbol", count, _ -> null).column("innerWindowID", count, _ -> null);
    out.column("implementation", count, _ -> null);
    out.column("line", count, i -> known(shown.get(i).line()));
    out.column("column", count, i -> known(shown.get(i).column())).close('}');
  }

  private static @Nullable Integer known(int number) {
    return number == 0 ? null : number;
  }

  private void functions(JsonWriter out) throws IOException {
    List<String> names = List.copyOf(functions.keySet());
    int count = names.size();
    out.name("funcTable").open('{').member("length", count);
    out.column("name", count, i -> texts.get(names.get(i)));
    out.column("isJS", count, _ -> false).column("relevantForJS", count, _ -> false);
    out.column("resource", count, _ -> -1);
    out.column("fileName", count, i -> functionFiles[i] < 0 ? null : functionFiles[i]);
    out.column("lineNumber", count, _ -> null).column("columnNumber", count, _ -> null);
    out.close('}');
  }

  private static void emptyTable(JsonWriter out, String name, String... columns)
      throws IOException {
    out.name(name).open('{').member("length", 0);
    for (String column : columns) {
      out.name(column).open('[').close(']');
    }
    out.close('}');
  }
}
