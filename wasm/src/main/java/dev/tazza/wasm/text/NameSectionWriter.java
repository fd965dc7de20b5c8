package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import org.jspecify.annotations.Nullable;

/**
 * Makes the custom section {@code name} (specification section 7.4.1 and the extended name section
 * proposal) of a module's identifiers and annotations {@code @name}.
 */
final class NameSectionWriter {
  private static final int MODULE = 0;
  private static final int FUNCTIONS = 1;
  private static final int LOCALS = 2;
  private static final int LABELS = 3;
  private static final int TYPES = 4;
  private static final int TABLES = 5;
  private static final int MEMORIES = 6;
  private static final int GLOBALS = 7;
  private static final int ELEMENTS = 8;
  private static final int DATA = 9;
  private static final int FIELDS = 10;
  private static final int TAGS = 11;

  private final BinaryWriter locals = new BinaryWriter();
  private int functionsWithLocals;
  private final BinaryWriter labels = new BinaryWriter();
  private int functionsWithLabels;

  /** Takes the names of a function's parameters and locals; functions come in order. */
  void locals(int function, IndexSpace space) {
    if (space.namedCount() > 0) {
      functionsWithLocals++;
      locals.u32(function);
      map(space, locals);
    }
  }

  /** Takes the names of a function's labels; functions come in order. */
  void labels(int function, LabelNames names) {
    if (names.count() > 0) {
      functionsWithLabels++;
      labels.u32(function).u32(names.count());
      for (int i = 0; i < names.count(); i++) {
        labels.u32(names.index(i)).name(names.name(i));
      }
    }
  }

  private void map(IndexSpace space, BinaryWriter out) {
    out.u32(space.namedCount());
    for (int i = 0; i < space.namedCount(); i++) {
      out.u32(space.namedIndex(i)).name(space.name(i));
    }
  }

  /** The section's contents, null if the module has no names at all. */
  @Nullable BinaryWriter finish(@Nullable String module, Scope scope) {
    BinaryWriter out = new BinaryWriter();
    if (module != null) {
      out.section(MODULE, new BinaryWriter().name(module));
    }
    subsection(FUNCTIONS, scope.functions, out);
    if (functionsWithLocals > 0) {
      out.section(LOCALS, new BinaryWriter().u32(functionsWithLocals).append(locals));
    }
    if (functionsWithLabels > 0) {
      out.section(LABELS, new BinaryWriter().u32(functionsWithLabels).append(labels));
    }
    subsection(TYPES, scope.types, out);
    subsection(TABLES, scope.tables, out);
    subsection(MEMORIES, scope.memories, out);
    subsection(GLOBALS, scope.globals, out);
    subsection(ELEMENTS, scope.elements, out);
    subsection(DATA, scope.data, out);
    fields(scope.typeTable, out);
    subsection(TAGS, scope.tags, out);
    return out.size() == 0 ? null : out;
  }

  private void fields(TypeTable types, BinaryWriter out) {
    BinaryWriter contents = new BinaryWriter();
    int count = 0;
    for (int i = 0; i < types.definedCount(); i++) {
      IndexSpace fields = types.fieldsOf(i);
      if (fields != null) {
        count++;
        map(fields, contents.u32(i));
      }
    }
    if (count > 0) {
      out.section(FIELDS, new BinaryWriter().u32(count).append(contents));
    }
  }

  private void subsection(int id, IndexSpace space, BinaryWriter out) {
    if (space.namedCount() > 0) {
      BinaryWriter contents = new BinaryWriter();
      map(space, contents);
      out.section(id, contents);
    }
  }
}
