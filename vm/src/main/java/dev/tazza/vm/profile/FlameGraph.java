package dev.tazza.vm.profile;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Draws samples as a flame graph (B. Gregg, <i>The Flame Graph</i>, CACM 59(6), 2016): a box for
 * each function called by the one below, as wide as its share of the samples, in the order of
 * names. An SVG file that needs nothing else; a click on a box makes it as wide as the picture.
 */
public final class FlameGraph<F> {
  private static final int WIDTH = 1200;
  private static final int MARGIN = 10;
  private static final int ROW = 18;
  private static final int HEAD = 40;

  /** Boxes that are narrower are left out, with what they call; in pixels. */
  private static final double LEAST_WIDTH = 0.2;

  /** Of a letter, about. */
  private static final double LETTER = 7;

  /** Deeper rows are left out. */
  private static final int MOST_ROWS = 500;

  /** A function below those that called it. */
  private static final class Box {
    final Map<String, Box> callees = new TreeMap<>();
    long weight;
  }

  private final Box root = new Box();
  private final long total;

  /** Prepares the samples of {@code tree}, of which {@code describe} says what frames are. */
  public FlameGraph(CallTree<F> tree, Function<F, SampledFrame> describe) {
    Box[] boxes = new Box[tree.nodeCount()];
    boxes[CallTree.ROOT] = root;
    for (int node = 1; node < boxes.length; node++) {
      // Frames that differ in their lines only are one function.
      String name = describe.apply(tree.frame(node)).qualified();
      boxes[node] = boxes[tree.parent(node)].callees.computeIfAbsent(name, _ -> new Box());
    }
    long[] weights = new long[boxes.length];
    for (int node = boxes.length - 1; node >= 0; node--) {
      weights[node] += tree.weight(node);
      if (node > 0) {
        weights[tree.parent(node)] += weights[node];
      }
      boxes[node].weight += weights[node];
    }
    total = root.weight;
  }

  private static int rows(Box box, int depth) {
    int rows = depth;
    for (Box callee : box.callees.values()) {
      if (depth < MOST_ROWS) {
        rows = Math.max(rows, rows(callee, depth + 1));
      }
    }
    return rows;
  }

  /** Writes the picture. */
  public void write(Writer out, String title) throws IOException {
    int rows = rows(root, 1);
    int height = HEAD + rows * ROW + MARGIN;
    out.write(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d">
        <style>
        text { font: 12px monospace; pointer-events: none }
        #title { font: bold 15px sans-serif; pointer-events: auto }
        .box rect { stroke: #fff; stroke-width: 0.5; cursor: pointer }
        .box:hover rect { stroke: #000 }
        </style>
        <rect width="100%%" height="100%%" fill="#fdfdf6"/>
        <text id="title" x="%3$d" y="22">%4$s</text>
        <g id="boxes" data-width="%5$d" data-left="%3$d">
        """
            .formatted(WIDTH, height, MARGIN, escape(title), WIDTH - 2 * MARGIN));
    double pixels = total == 0 ? 0 : (WIDTH - 2.0 * MARGIN) / total;
    write(out, "all", root, MARGIN, height - MARGIN - ROW, pixels, 1);
    out.write("</g>\n<script>//<![CDATA[\n" + script() + "//]]></script>\n</svg>\n");
    out.flush();
  }

  private void write(Writer out, String name, Box box, double x, int y, double pixels, int depth)
      throws IOException {
    double width = box.weight * pixels;
    if (width < LEAST_WIDTH || depth > MOST_ROWS) {
      return;
    }
    String share = String.format(Locale.ROOT, "%.2f %%", 100.0 * box.weight / total);
    out.write(
        String.format(
            Locale.ROOT,
            "<g class=\"box\" data-x=\"%.2f\" data-w=\"%.2f\"><title>%s, %d samples, %s</title>"
                + "<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" fill=\"%s\"/>"
                + "<text x=\"%.2f\" y=\"%d\">%s</text></g>\n",
            x,
            width,
            escape(name),
            box.weight,
            share,
            x,
            y,
            width,
            ROW - 1,
            color(name),
            x + 3,
            y + ROW - 5,
            escape(fitting(name, width))));
    double at = x;
    for (Map.Entry<String, Box> callee : box.callees.entrySet()) {
      write(out, callee.getKey(), callee.getValue(), at, y - ROW, pixels, depth + 1);
      at += callee.getValue().weight * pixels;
    }
  }

  /** As much of a name as a box has room for. */
  private static String fitting(String name, double width) {
    int letters = (int) ((width - 6) / LETTER);
    if (letters < 2) {
      return "";
    }
    return name.length() <= letters ? name : name.substring(0, letters - 1) + "…";
  }

  /** A warm color, the same for a function in each picture. */
  private static String color(String name) {
    int hash = name.hashCode() * 0x9E3779B9;
    int red = 205 + (hash >>> 28) * 3;
    int green = 80 + (hash >>> 20 & 0x7F);
    int blue = 30 + (hash >>> 12 & 0x1F);
    return "rgb(%d,%d,%d)".formatted(red, green, blue);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String script() throws IOException {
    try (InputStream in = FlameGraph.class.getResourceAsStream("flamegraph.js")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
