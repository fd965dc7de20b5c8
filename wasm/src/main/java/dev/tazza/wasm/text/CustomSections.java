package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.binary.SectionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The custom sections that annotations ask for (specification, appendix "Custom Sections and
 * Annotations"): {@code (@custom "name" (after func) "contents" …)}, between the fields of a
 * module. The placement may be missing: then the section comes last. Sections with the same
 * placement keep the order of the text; a placement holds also where the section that it names is
 * not in the module.
 */
final class CustomSections {
  /** How placements name sections, by {@link SectionId}. */
  private static final String[] SECTIONS = {
    "",
    "type",
    "import",
    "func",
    "table",
    "memory",
    "global",
    "export",
    "start",
    "elem",
    "code",
    "data",
    "datacount",
    "tag"
  };

  private static final int FIRST = 0;
  private static final int LAST = Integer.MAX_VALUE;

  /**
   * @param place as {@link #before} and {@link #after} number it
   */
  private record Entry(int place, BinaryWriter section) {}

  private final AnnotationReader annotations;
  private final List<Entry> entries = new ArrayList<>();
  private boolean isSorted;
  private int written;

  CustomSections(AnnotationReader annotations) {
    this.annotations = annotations;
  }

  private static int before(int sectionId) {
    return 2 * SectionId.place(sectionId);
  }

  private static int after(int sectionId) {
    return before(sectionId) + 1;
  }

  /** The placement that means "after this section", or for 0 "before all others". */
  static String placement(int sectionId) {
    return sectionId == SectionId.CUSTOM ? "(before first)" : "(after " + SECTIONS[sectionId] + ")";
  }

  /** Takes all annotations in front of a token. */
  void take(int token) {
    for (int i = annotations.firstFrom(token); annotations.isBefore(i, token + 1); i++) {
      if (annotations.is(i, AnnotationTable.Kind.CUSTOM, token + 1)) {
        entries.add(entry(i));
      }
    }
  }

  private Entry entry(int annotation) {
    TokenCursor contents = annotations.take(annotation);
    if (!contents.is(TokenKind.STRING)) {
      throw annotations.error(annotation, "missing section name");
    }
    String name = StringLiteral.utf8(contents.string());
    if (name == null) {
      throw annotations.error(annotation, "malformed UTF-8 encoding");
    }
    int place = contents.is(TokenKind.OPEN) ? place(annotation, contents) : LAST;
    BinaryWriter section = new BinaryWriter().name(name);
    while (contents.is(TokenKind.STRING)) {
      section.bytes(contents.string());
    }
    requireEnd(annotation, contents, TokenKind.END);
    return new Entry(place, section);
  }

  private void requireEnd(int annotation, TokenCursor contents, TokenKind end) {
    if (!contents.is(end)) {
      throw annotations.error(
          annotation, "unexpected token `" + contents.excerpt(contents.at()) + "`");
    }
  }

  /** {@code (before func)} and the like. */
  private int place(int annotation, TokenCursor contents) {
    contents.advance();
    boolean isBefore = contents.excerpt(contents.at()).equals("before");
    if (!isBefore && !contents.excerpt(contents.at()).equals("after")) {
      throw annotations.error(annotation, "malformed placement, expected `before` or `after`");
    }
    contents.advance();
    String section = contents.excerpt(contents.at());
    int place = section.equals(isBefore ? "first" : "last") ? (isBefore ? FIRST : LAST) : -1;
    for (int id = 1; id < SECTIONS.length; id++) {
      if (section.equals(SECTIONS[id])) {
        place = isBefore ? before(id) : after(id);
      }
    }
    if (place < 0) {
      throw annotations.error(annotation, "malformed section kind `" + section + "`");
    }
    contents.advance();
    requireEnd(annotation, contents, TokenKind.CLOSE);
    contents.advance();
    return place;
  }

  /** Writes all that come before a section and are not written yet. */
  void writeBefore(int sectionId, MarkedWriter module) {
    write(before(sectionId), module);
  }

  /** The same for those that come right after a section. */
  void writeAfter(int sectionId, MarkedWriter module) {
    write(after(sectionId), module);
  }

  void writeRest(MarkedWriter module) {
    write(LAST, module);
  }

  private void write(int place, MarkedWriter module) {
    if (!isSorted) {
      entries.sort(Comparator.comparingInt(Entry::place));
      isSorted = true;
    }
    while (written < entries.size() && entries.get(written).place() <= place) {
      module.out.section(SectionId.CUSTOM, entries.get(written++).section());
    }
  }
}
