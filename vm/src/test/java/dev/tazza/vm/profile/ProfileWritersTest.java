package dev.tazza.vm.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** What is made of sampled stacks. */
class ProfileWritersTest {
  private static final String HOSTILE = "a\"</title><script>&\\";

  /** main calls work (3 samples, 2 of them in a hostile name) and is there itself once. */
  private static CallTree<String> tree() {
    CallTree<String> tree = new CallTree<>();
    tree.add(List.of("work", "main"), 1, 1_000_000);
    tree.add(List.of(HOSTILE, "work", "main"), 2, 3_500_000);
    tree.add(List.of("main"), 1, 4_000_000);
    return tree;
  }

  private static SampledFrame describe(String name) {
    return name.equals("work")
        ? new SampledFrame(name, "m", "work.c", 12, 3)
        : new SampledFrame(name, "m", null, 0, 0);
  }

  @Test
  void stacksShareTheirBeginnings() {
    CallTree<String> tree = tree();
    assertEquals(4, tree.nodeCount());
    assertEquals(List.of(0, 1, 1, 2), List.of(0, 1, tree.weight(1), tree.weight(3)));
    assertEquals("work", tree.frame(tree.parent(3)));
  }

  @Test
  void firefoxProfilesAreTables() throws Exception {
    StringWriter out = new StringWriter();
    new FirefoxProfile<>(tree(), ProfileWritersTest::describe).write(out, "prog", 1234, 1);
    String json = out.toString();
    assertEquals(json.length(), new JsonReader(json).value(0), "JSON all through");
    assertTrue(json.contains("\"preprocessedProfileVersion\":47"), json);
    assertTrue(
        json.contains(
            "\"samples\":{\"length\":3,\"weightType\":\"samples\",\"stack\":[1,2,0],"
                + "\"time\":[1.0,3.5,4.0],\"weight\":[1,2,1]}"),
        json);
    assertTrue(json.contains("\"stackTable\":{\"length\":3,\"prefix\":[null,0,1],"), json);
    assertTrue(json.contains("\"line\":[null,12,null],\"column\":[null,3,null]"), json);
    assertTrue(json.contains("\"fileName\":[null,0,null]"), json);
    assertTrue(
        json.contains(
            "\"stringArray\":[\"work.c\",\"main [m]\",\"work [m]\","
                + "\"a\\\"</title><script>&\\\\ [m]\"]"),
        json);
    // All columns of a table are as long as it says.
    Matcher table = Pattern.compile("\\{\"length\":(\\d+),([^{}]*)}").matcher(json);
    int tables = 0;
    while (table.find()) {
      for (String column : table.group(2).split("],")) {
        String values = column.substring(column.indexOf('[') + 1).replace("]", "");
        int length = values.isEmpty() ? 0 : values.split(",", -1).length;
        assertEquals(Integer.parseInt(table.group(1)), length, column);
      }
      tables++;
    }
    assertTrue(tables >= 6, "tables: " + tables);
  }

  /** Just enough to find the end of a value. */
  private record JsonReader(String text) {
    private static final Pattern SCALAR =
        Pattern.compile(
            "null|true|false|-?\\d+(\\.\\d+)?|\"([^\"\\\\\\p{Cntrl}]|\\\\[\"\\\\u])*\"");

    int value(int at) {
      char first = text.charAt(at);
      if (first != '{' && first != '[') {
        Matcher scalar = SCALAR.matcher(text).region(at, text.length());
        assertTrue(scalar.lookingAt(), () -> "no JSON: " + text.substring(at));
        return scalar.end();
      }
      char close = first == '{' ? '}' : ']';
      int next = at + 1;
      boolean isFirst = true;
      while (text.charAt(next) != close) {
        next += isFirst ? 0 : expect(next, ',');
        isFirst = false;
        if (first == '{') {
          next = value(next);
          next += expect(next, ':');
        }
        next = value(next);
      }
      return next + 1;
    }

    private int expect(int at, char c) {
      assertEquals(c, text.charAt(at), () -> text.substring(at));
      return 1;
    }
  }

  @Test
  void boxesAreAsWideAsTheirShare() throws Exception {
    StringWriter out = new StringWriter();
    new FlameGraph<>(tree(), ProfileWritersTest::describe).write(out, "<the title>");
    Document picture =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(out.toString())));
    assertEquals(1, picture.getElementsByTagName("script").getLength());
    NodeList groups = picture.getElementsByTagName("g");
    List<String> titles = new ArrayList<>();
    List<Double> widths = new ArrayList<>();
    for (int i = 1; i < groups.getLength(); i++) {
      Element box = (Element) groups.item(i);
      titles.add(box.getElementsByTagName("title").item(0).getTextContent());
      widths.add(Double.valueOf(box.getAttribute("data-w")));
    }
    assertEquals(
        List.of(
            "all, 4 samples, 100.00 %",
            "main [m], 4 samples, 100.00 %",
            "work [m], 3 samples, 75.00 %",
            HOSTILE + " [m], 2 samples, 50.00 %"),
        titles);
    assertEquals(List.of(1180.0, 1180.0, 885.0, 590.0), widths);
  }

  @Test
  void nothingSampledIsAPictureToo() throws Exception {
    StringWriter out = new StringWriter();
    new FlameGraph<>(new CallTree<String>(), ProfileWritersTest::describe).write(out, "nothing");
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(out.toString())));
    StringWriter json = new StringWriter();
    new FirefoxProfile<>(new CallTree<String>(), ProfileWritersTest::describe)
        .write(json, "nothing", 0, 1);
    assertEquals(json.toString().length(), new JsonReader(json.toString()).value(0));
  }

  @Test
  void deepStacksAreNoMatter() throws Exception {
    CallTree<String> tree = new CallTree<>();
    tree.add(Collections.nCopies(100_000, "deep"), 1, 1);
    StringWriter out = new StringWriter();
    new FlameGraph<>(tree, ProfileWritersTest::describe).write(out, "deep");
    assertTrue(out.toString().length() < 1_000_000);
  }
}
