package dev.tazza.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the documents say exists: linked files, the files and scripts in commands, the API in
 * examples.
 */
class DocumentationTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(#[^)]*)?\\)");
  private static final Pattern COMMAND =
      Pattern.compile("(?m)(?:^ {4}|`)(\\./tazza|mvn) ([^`\\n]*)");
  private static final Pattern CODE_NAME =
      Pattern.compile("`((?:dev\\.tazza[.\\w]*)|[A-Z][a-z]\\w*)`");
  private static final Pattern ANSWER = Pattern.compile("(?m)^## (.+)$");
  private static final Pattern INDEXED = Pattern.compile("(?m)^- \\[.+?]\\(([^)]+)\\) \\S.+\\.$");
  private static final Pattern PROFILE = Pattern.compile("-P(\\S+)");
  private static final Pattern SELECTED_MODULE = Pattern.compile("-pl (\\S+)");

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Path document : documents()) {
      Matcher matcher = LINK.matcher(Files.readString(document));
      while (matcher.find()) {
        String target = matcher.group(1);
        if (!target.contains("://") && Files.notExists(document.resolveSibling(target))) {
          problems.add(document.getFileName() + " links to " + target);
        }
      }
    }
    assertEquals(List.of(), problems, "links to files that do not exist");
  }

  /** Who looks for a reason finds it in the index, with a short answer. */
  @Test
  void theIndexOfTheRationaleHasEveryAnswer() throws IOException {
    Set<String> answers = new TreeSet<>();
    try (Stream<Path> files = Files.list(Codebase.ROOT.resolve("docs/rationale"))) {
      for (Path file : files.toList()) {
        Matcher heading = ANSWER.matcher(Files.readString(file));
        while (heading.find()) {
          answers.add("rationale/" + file.getFileName() + "#" + anchor(heading.group(1)));
        }
      }
    }
    Set<String> listed = new TreeSet<>();
    String index = Files.readString(Codebase.ROOT.resolve("docs/RATIONALE.md"));
    Matcher line = INDEXED.matcher(index);
    while (line.find()) {
      listed.add(line.group(1));
    }
    assertEquals(String.join("\n", answers), String.join("\n", listed));
    assertFalse(index.contains("\n### "), "an answer that stands in the index itself");
  }

  /** The name by which links lead to a heading, as renderers of Markdown make it. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-');
  }

  @Test
  void commandsNameWhatExists() throws IOException {
    String pom = Files.readString(Codebase.ROOT.resolve("pom.xml"));
    List<String> problems = new ArrayList<>();
    for (Path document : documents()) {
      Matcher matcher = COMMAND.matcher(Files.readString(document));
      while (matcher.find()) {
        String where = document.getFileName() + ": " + matcher.group().strip();
        for (String word : matcher.group(2).split(" ")) {
          boolean isFile = word.contains("/") && !word.contains(":") && !word.contains("…");
          if (isFile && Files.notExists(Codebase.ROOT.resolve(word))) {
            problems.add(where + ": no file " + word);
          }
        }
        Matcher profile = PROFILE.matcher(matcher.group(2));
        if (profile.find() && !pom.contains("<id>" + profile.group(1) + "</id>")) {
          problems.add(where + ": no profile " + profile.group(1));
        }
        Matcher module = SELECTED_MODULE.matcher(matcher.group(2));
        if (module.find() && !pom.contains("<module>" + module.group(1) + "</module>")) {
          problems.add(where + ": no module " + module.group(1));
        }
      }
    }
    assertEquals(List.of(), problems, "commands in documents");
    assertTrue(Files.isExecutable(Codebase.ROOT.resolve("tazza")), "./tazza is executable");
  }

  /**
   * The tour names classes and packages in backquotes; those outlive renaming only if somebody
   * looks.
   */
  @Test
  void theTourNamesWhatExists() throws IOException {
    Set<String> known = new HashSet<>(List.of("ArchitectureTest"));
    List<String> folders = new ArrayList<>(Architecture.OUTER_FOLDERS);
    Architecture.BOXES.forEach(box -> folders.add(box.folder()));
    for (List<ClassModel> classes : new Codebase(folders).byFolder().values()) {
      for (ClassModel model : classes) {
        String name = Codebase.name(model);
        known.add(name);
        known.add(Codebase.packageOf(name));
        known.add(name.substring(Codebase.packageOf(name).length() + 1));
      }
    }
    List<String> problems = new ArrayList<>();
    String tour = Files.readString(Codebase.ROOT.resolve("docs/ARCHITECTURE.md"));
    Matcher matcher = CODE_NAME.matcher(tour);
    while (matcher.find()) {
      if (!known.contains(matcher.group(1))) {
        problems.add(matcher.group(1));
      }
    }
    assertEquals(List.of(), problems, "classes and packages in docs/ARCHITECTURE.md");
  }

  /** A promise stands on tests that somebody can find. */
  @Test
  void testsThatStandBehindSecurityExist() throws IOException {
    Set<String> known = new HashSet<>();
    try (Stream<Path> files = Files.walk(Codebase.ROOT)) {
      files
          .filter(file -> file.toString().contains("/src/test/"))
          .forEach(file -> known.add(file.getFileName().toString()));
    }
    Matcher matcher =
        Pattern.compile("`(\\w+Test|[\\w-]+\\.ir)`")
            .matcher(Files.readString(Codebase.ROOT.resolve("SECURITY.md")));
    List<String> problems = new ArrayList<>();
    int found = 0;
    while (matcher.find()) {
      String name = matcher.group(1);
      found++;
      if (!known.contains(name.endsWith(".ir") ? name : name + ".java")) {
        problems.add(name);
      }
    }
    assertEquals(List.of(), problems, "tests that SECURITY.md names");
    assertTrue(found > 10, "SECURITY.md names tests");
  }

  static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    Path docs = Codebase.ROOT.resolve("docs");
    for (Path folder :
        List.of(Codebase.ROOT, docs, docs.resolve("guide"), docs.resolve("rationale"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(f -> f.toString().endsWith(".md")).forEach(documents::add);
      }
    }
    assertFalse(documents.isEmpty());
    return documents;
  }
}
