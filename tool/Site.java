import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Makes the site of the documents: a page of HTML for each Markdown file, with links between them,
 * and the API reference beside them. Static, and uses nothing from elsewhere.
 *
 * <p>{@code java -cp ... tool/Site.java ROOT OUTPUT MODULE_PATH}, or {@code mvn -q -N -Psite
 * validate}.
 */
final class Site {
  /** A page, by its file from the root and its title in the menu; null begins a section. */
  private record Entry(String file, String title) {
    String html() {
      return file.replaceFirst("\\.md$", ".html").replace("README.html", "index.html");
    }
  }

  /** The index of the pages in {@code docs/rationale}, which are not in the menu themselves. */
  private static final Entry RATIONALE = new Entry("docs/RATIONALE.md", "Rationale");

  private static final List<Entry> MENU =
      List.of(
          new Entry("README.md", "Tazza"),
          new Entry(null, "Guide"),
          new Entry("docs/guide/getting-started.md", "Getting started"),
          new Entry("docs/guide/host-functions.md", "Host functions"),
          new Entry("docs/guide/memory.md", "Passing data"),
          new Entry("docs/guide/wasi.md", "WASI"),
          new Entry("docs/guide/build.md", "Modules in your build"),
          new Entry("docs/guide/packaging.md", "Packing an application"),
          new Entry("docs/guide/untrusted-code.md", "Untrusted code"),
          new Entry("docs/guide/closing.md", "What must be closed"),
          new Entry("docs/ASYNC.md", "Guests that wait"),
          new Entry("docs/guide/coming-from-endive.md", "Coming from Endive"),
          new Entry("docs/guide/coming-from-wasmtime.md", "Coming from Wasmtime"),
          new Entry(null, "Examples"),
          new Entry("examples/json-path/README.md", "A C library as a jar"),
          new Entry("examples/script-scheduler/README.md", "Scripts of others"),
          new Entry("examples/spring-plugins/README.md", "Plug-ins in a service"),
          new Entry("examples/spark-udf/README.md", "A function of Spark"),
          new Entry("examples/kafka-streams/README.md", "A stage of Kafka Streams"),
          new Entry(null, "Reference"),
          new Entry("docs/CONFIGURATION.md", "Configuration"),
          new Entry("docs/CONTROL.md", "Stopping and bounding guests"),
          new Entry("docs/INSIGHT.md", "Debugging and profiling"),
          new Entry("docs/PERFORMANCE.md", "Performance"),
          new Entry("SECURITY.md", "Security"),
          new Entry("api/index.html", "API"),
          new Entry(null, "Inside"),
          new Entry("docs/ARCHITECTURE.md", "Architecture"),
          RATIONALE,
          new Entry("CHANGELOG.md", "Changes"),
          new Entry("CONTRIBUTING.md", "Contributing"));

  private static final String STYLE =
      """
      :root { --text: #1c1e21; --faint: #63696f; --back: #fff; --soft: #f5f3ef; --line: #ddd8cf; --link: #8a3b12; }
      @media (prefers-color-scheme: dark) {
        :root { --text: #e4e2de; --faint: #a19c94; --back: #191817; --soft: #242220; --line: #3a3733; --link: #e8a37c; }
      }
      * { box-sizing: border-box; }
      body { margin: 0; font: 16px/1.6 system-ui, sans-serif; color: var(--text); background: var(--back); display: flex; }
      nav { width: 15rem; flex: none; height: 100vh; overflow-y: auto; position: sticky; top: 0; padding: 1.5rem; background: var(--soft); }
      nav a { display: block; padding: .15rem 0; color: var(--text); text-decoration: none; }
      nav a:hover, nav a.here { color: var(--link); }
      nav a.here { font-weight: 600; }
      nav p { margin: 1.2rem 0 .2rem; font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; color: var(--faint); }
      main { min-width: 0; max-width: 54rem; padding: 1.5rem 2.5rem 5rem; }
      h1, h2, h3 { line-height: 1.25; }
      h2 { margin-top: 2.4rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
      a { color: var(--link); }
      code { font: .88em ui-monospace, monospace; background: var(--soft); padding: .1em .3em; border-radius: 3px; overflow-wrap: anywhere; }
      pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .9rem 1.1rem; overflow-x: auto; }
      pre code { background: none; padding: 0; overflow-wrap: normal; }
      pre:has(> .language-text) { border-top: none; margin-top: -1rem; color: var(--faint); }
      table { border-collapse: collapse; display: block; overflow-x: auto; }
      th, td { border: 1px solid var(--line); padding: .35rem .7rem; text-align: left; vertical-align: top; }
      th { background: var(--soft); }
      img { max-width: 100%; }
      .to-menu { display: none; }
      /* On a telephone the menu is behind the page, and a link leads to it. */
      @media (max-width: 50rem) {
        body { flex-direction: column-reverse; }
        nav { width: auto; height: auto; position: static; }
        main { padding: 1rem; }
        .to-menu { display: block; text-align: right; }
      }
      """;

  /** Markdown files, as links name them. */
  private static final Pattern LINK = Pattern.compile("(href=\"(?![a-z]+:)[^\"#]*)\\.md(?=[\"#])");

  private static final Pattern HEADING = Pattern.compile("<h([1-6])>(.*?)</h\\1>");

  private final Path root;
  private final Path output;
  private final Parser parser;
  private final HtmlRenderer renderer;

  private Site(Path root, Path output) {
    this.root = root;
    this.output = output;
    List<Extension> extensions = List.of(TablesExtension.create());
    parser = Parser.builder().extensions(extensions).build();
    renderer = HtmlRenderer.builder().extensions(extensions).build();
  }

  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      System.err.println("usage: Site.java ROOT OUTPUT MODULE_PATH");
      System.exit(2);
    }
    Site site = new Site(Path.of(args[0]), Path.of(args[1]));
    site.pages();
    System.exit(site.reference(args[2]) ? 0 : 1);
  }

  private void pages() throws IOException {
    for (Entry entry : MENU) {
      if (entry.file != null && entry.file.endsWith(".md")) {
        page(entry, entry);
      }
    }
    try (Stream<Path> files = Files.list(root.resolve("docs/rationale"))) {
      for (Path file : files.toList()) {
        String title = Files.readString(file).lines().findFirst().orElseThrow().substring(2);
        page(new Entry("docs/rationale/" + file.getFileName(), title), RATIONALE);
      }
    }
    Files.writeString(output.resolve("style.css"), STYLE);
    try (Stream<Path> files = Files.list(root.resolve("docs"))) {
      for (Path picture : files.filter(f -> f.toString().endsWith(".svg")).toList()) {
        Path copy = output.resolve("docs").resolve(picture.getFileName());
        Files.copy(picture, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.copy(
        root.resolve("LICENSE"), output.resolve("LICENSE"), StandardCopyOption.REPLACE_EXISTING);
  }

  /** A page, and where in the menu it belongs. */
  private void page(Entry entry, Entry inMenu) throws IOException {
    Node document = parser.parse(Files.readString(root.resolve(entry.file)));
    String body = LINK.matcher(renderer.render(document)).replaceAll("$1.html");
    body = HEADING.matcher(body.replace("README.html", "index.html")).replaceAll(Site::withAnchor);
    String up = "../".repeat((int) entry.html().chars().filter(c -> c == '/').count());
    String title = entry.title.equals("Tazza") ? "Tazza" : entry.title + " - Tazza";
    String html =
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%s</title>
        <link rel="stylesheet" href="%sstyle.css">
        </head>
        <body>
        <nav id="menu">
        %s</nav>
        <main>
        <a class="to-menu" href="#menu">Menu</a>
        %s</main>
        </body>
        </html>
        """
            .formatted(title, up, menu(inMenu, up), body);
    Path target = output.resolve(entry.html());
    Files.createDirectories(target.getParent());
    Files.writeString(target, html);
  }

  /** A heading that links can lead to, by the name that other renderers of Markdown give it. */
  private static String withAnchor(MatchResult heading) {
    String text = heading.group(2).replaceAll("<[^>]*>|&[a-z]+;", "").toLowerCase(Locale.ROOT);
    String name = text.replaceAll("[^\\w -]", "").replace(' ', '-');
    return Matcher.quoteReplacement(
        "<h%s id=\"%s\">%s</h%1$s>".formatted(heading.group(1), name, heading.group(2)));
  }

  private static String menu(Entry here, String up) {
    StringBuilder menu = new StringBuilder();
    for (Entry entry : MENU) {
      if (entry.file == null) {
        menu.append("<p>").append(entry.title).append("</p>\n");
      } else {
        menu.append("<a href=\"").append(up).append(entry.html()).append('"');
        menu.append(entry == here ? " class=\"here\">" : ">");
        menu.append(entry.title).append("</a>\n");
      }
    }
    return menu.toString();
  }

  /** The API's own documentation, of the modules that applications see. */
  private boolean reference(String modulePath) {
    List<String> arguments = new ArrayList<>(List.of("-quiet", "-Xdoclint:none", "-notimestamp"));
    for (String module :
        List.of("wasm", "assembler", "codegen", "environ", "sandbox", "translate", "sys", "vm")) {
      source(arguments, "dev.tazza." + module, module);
    }
    source(arguments, "dev.tazza.engine", "engine");
    source(arguments, "dev.tazza", "wasi");
    arguments.addAll(List.of("--module", "dev.tazza,dev.tazza.engine,dev.tazza.wasm"));
    arguments.addAll(List.of("--module-path", modulePath, "-d", output.resolve("api").toString()));
    PrintWriter messages = new PrintWriter(System.err, true);
    return ToolProvider.findFirst("javadoc")
            .orElseThrow()
            .run(messages, messages, arguments.toArray(String[]::new))
        == 0;
  }

  private void source(List<String> arguments, String module, String folder) {
    arguments.add("--module-source-path");
    arguments.add(module + "=" + root.resolve(folder).resolve("src/main/java"));
  }
}
