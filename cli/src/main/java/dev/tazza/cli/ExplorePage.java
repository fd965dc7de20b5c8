package dev.tazza.cli;

import dev.tazza.CodeExplorer.FunctionView;
import dev.tazza.CodeExplorer.Line;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * The page of {@link ExploreCommand}: a part for each function with a column for each form. A line
 * that comes from an instruction has its offset as an attribute, which the script links by.
 */
final class ExplorePage {
  private ExplorePage() {}

  static void write(Writer out, String title, List<FunctionView> views) throws IOException {
    out.write(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        <header><h1>%s</h1><p>Lines that come from the same instruction light up together.</p></header>
        """
            .formatted(escape(title), resource("explore.css"), escape(title)));
    for (FunctionView view : views) {
      write(out, view, views.size() == 1);
    }
    out.write("<script>\n" + resource("explore.js") + "</script>\n</body>\n</html>\n");
  }

  private static void write(Writer out, FunctionView view, boolean alone) throws IOException {
    boolean gone = view.code().isEmpty();
    String note = gone ? " <em>inlined wherever it is called, or never called</em>" : "";
    out.write("<details" + (alone || !gone ? " open" : "") + "><summary>" + view.index() + " ");
    out.write(
        "<b>" + escape(view.name()) + "</b>" + note + "</summary>\n<div class=\"columns\">\n");
    column(out, "WebAssembly", view.text());
    column(out, "SSA, after all passes", view.ssa());
    column(out, "instructions", view.instructions());
    column(out, "machine code", view.code());
    out.write("</div></details>\n");
  }

  private static void column(Writer out, String title, List<Line> lines) throws IOException {
    out.write("<section><h2>" + title + "</h2><pre>");
    for (Line line : lines) {
      if (line.offset() < 0) {
        out.write("<span>" + escape(line.text()) + "</span>");
      } else {
        int hue = line.offset() * 47 % 360; // neighbors differ
        out.write(
            "<span data-o=\"%d\" style=\"--hue:%d\" title=\"0x%x\">%s</span>"
                .formatted(line.offset(), hue, line.offset(), escape(line.text())));
      }
    }
    out.write("</pre></section>\n");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = ExplorePage.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
