package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.type.ExternKind;
import org.jspecify.annotations.Nullable;

/**
 * Parses the fields of a module (specification section 6.6) and writes the binary. Two walks over
 * the tokens: {@link Declarations}, then this class, which writes each field to its section.
 * Nothing is kept of a field but its bytes.
 */
final class WatParser {
  private final TokenCursor cursor;
  private final @Nullable String moduleName;
  private final Scope scope = new Scope();
  private final TypeParser types;
  private final ImmediateParser immediates;
  private final ExpressionParser expressions;
  private final SegmentParser segments;
  private final Declarations declarations;
  private final Sections sections;
  private final NameSectionWriter names = new NameSectionWriter();
  private final MarkedWriter body = new MarkedWriter();
  private final HintWriter hints;

  /** How many of each kind have been written or imported so far. */
  private int functions;

  private int tables;
  private int memories;
  private int globals;
  private int tags;

  /** A parser for the fields that begin under the cursor. */
  WatParser(TokenCursor cursor, @Nullable String moduleName) {
    this.cursor = cursor;
    this.moduleName = moduleName;
    types = new TypeParser(cursor, scope);
    immediates = new ImmediateParser(cursor, scope, types);
    expressions = new ExpressionParser(cursor, immediates);
    sections = new Sections(cursor.annotations());
    segments = new SegmentParser(cursor, scope, types, expressions, sections);
    declarations = new Declarations(cursor, scope, types);
    hints = new HintWriter(cursor);
  }

  /** Parses all fields; the cursor then stands on what follows them, a parenthesis or the end. */
  TextModule parse() {
    int start = cursor.at();
    // What follows the word `module`; a text of fields only has no place for its module's name.
    String annotated = start > 0 ? cursor.annotations().name(start, "module") : null;
    Sections.Section typeSection = declarations.read();
    cursor.moveTo(start);
    while (cursor.is(TokenKind.OPEN)) {
      sections.customs.take(cursor.at());
      field();
    }
    sections.customs.take(cursor.at());
    if (!cursor.is(TokenKind.CLOSE) && !cursor.is(TokenKind.END)) {
      throw cursor.unexpected("a module field");
    }
    cursor.annotations().requireTaken(start, cursor.at() + 1);
    for (int i = scope.typeTable.definedCount(); i < scope.typeTable.count(); i++) {
      TypeUse implied = scope.typeTable.get(i);
      if (implied != null) {
        implied.write(typeSection.implied());
      }
    }
    MarkedWriter module =
        sections.assemble(
            typeSection,
            immediates.usesDataIndex(),
            hints.finish(),
            names.finish(annotated != null ? annotated : moduleName, scope));
    return new TextModule(module.out.toByteArray(), module.map(cursor.tokens().source()));
  }

  private void field() {
    int offset = cursor.offset();
    cursor.open();
    Keyword keyword = cursor.keyword();
    if (keyword == null) {
      throw cursor.unexpected("a module field");
    }
    cursor.advance();
    switch (keyword) {
      case TYPE, REC -> skipTypes();
      case IMPORT -> importField(offset);
      case FUNC -> function(offset);
      case TABLE -> table(offset);
      case MEMORY -> memory(offset);
      case GLOBAL -> global(offset);
      case TAG -> tag(offset);
      case EXPORT -> export(offset);
      case START -> start(offset);
      case ELEM -> segments.element(offset);
      case DATA -> segments.data(offset);
      default -> throw cursor.unexpected("a module field");
    }
    cursor.close();
  }

  /** The declarations have read it. */
  private void skipTypes() {
    while (!cursor.is(TokenKind.CLOSE)) {
      cursor.skip();
    }
  }

  private void importField(int offset) {
    BinaryWriter out = sections.imports.entry(offset);
    out.name(cursor.name()).name(cursor.name());
    cursor.open();
    Keyword kind = cursor.keyword();
    cursor.advance();
    cursor.optionalIdentifier();
    importDescription(kind, out);
    cursor.close();
  }

  private void importDescription(@Nullable Keyword kind, BinaryWriter out) {
    switch (kind) {
      case FUNC -> {
        functions++;
        scope.locals.clear();
        out.u8(ExternKind.FUNC.code()).u32(types.typeUse(scope.locals));
      }
      case TABLE -> {
        tables++;
        types.tableType(types.addressType(), out.u8(ExternKind.TABLE.code()));
      }
      case MEMORY -> {
        memories++;
        types.limits(types.addressType(), out.u8(ExternKind.MEMORY.code()));
      }
      case GLOBAL -> {
        globals++;
        types.globalType(out.u8(ExternKind.GLOBAL.code()));
      }
      case TAG -> {
        tags++;
        out.u8(ExternKind.TAG.code()).u8(0).u32(types.typeUse(new IndexSpace("local")));
      }
      case null, default -> throw cursor.unexpected("an import description");
    }
  }

  /**
   * The identifier, inline exports and an inline import of a definition; true if there was an
   * import, which then is complete.
   */
  private boolean inline(ExternKind kind, Keyword keyword, int index, int offset) {
    cursor.optionalIdentifier();
    while (cursor.openKeyword() == Keyword.EXPORT) {
      int exportOffset = cursor.offset();
      cursor.expectOpen(Keyword.EXPORT);
      String name = cursor.name();
      cursor.close();
      sections.exports.entry(exportOffset).name(name).u8(kind.code()).u32(index);
    }
    if (!cursor.acceptOpen(Keyword.IMPORT)) {
      return false;
    }
    BinaryWriter out = sections.imports.entry(offset);
    out.name(cursor.name()).name(cursor.name());
    cursor.close();
    importDescription(keyword, out);
    return true;
  }

  private void function(int offset) {
    int index = functions;
    if (inline(ExternKind.FUNC, Keyword.FUNC, index, offset)) {
      names.locals(index, scope.locals);
      return;
    }
    functions++;
    int token = cursor.at();
    scope.locals.clear();
    sections.functions.entry(offset).u32(types.typeUse(scope.locals));
    body.clear();
    locals(body.out);
    expressions.labels().clear();
    expressions.body(body);
    // The parenthesis that closes it is the function's, too.
    hints.function(index, token, cursor.at() + 1, body);
    sections.code.markedEntry(offset).sized(body);
    names.locals(index, scope.locals);
    names.labels(index, expressions.labels());
  }

  /** {@code (local …)*}, equal types in a row as one group. */
  private void locals(BinaryWriter out) {
    BinaryWriter groups = new BinaryWriter();
    int groupCount = 0;
    int type = 0;
    int run = 0;
    while (cursor.acceptOpen(Keyword.LOCAL)) {
      boolean named = cursor.isNamed();
      if (named) {
        scope.locals.add(cursor);
      }
      while (named || !cursor.is(TokenKind.CLOSE)) {
        int next = types.valType();
        if (next != type && run > 0) {
          groups.u32(run).typeCode(type);
          groupCount++;
          run = 0;
        }
        type = next;
        run++;
        if (named) {
          break;
        }
        scope.locals.skip(1);
      }
      cursor.close();
    }
    if (run > 0) {
      groups.u32(run).typeCode(type);
      groupCount++;
    }
    out.u32(groupCount).append(groups);
  }

  private void table(int offset) {
    int index = tables;
    if (inline(ExternKind.TABLE, Keyword.TABLE, index, offset)) {
      return;
    }
    tables++;
    boolean is64 = types.addressType();
    MarkedWriter out = sections.tables.markedEntry(offset);
    if (!cursor.is(TokenKind.NAT)) {
      int type = types.refType();
      int count = segments.inlineElements(index, is64, type, offset);
      out.out.typeCode(type).u8(is64 ? 5 : 1).u32(count).u32(count);
      return;
    }
    BinaryWriter type = new BinaryWriter();
    types.tableType(is64, type);
    if (cursor.is(TokenKind.CLOSE)) {
      out.out.append(type);
    } else {
      out.out.u8(0x40).u8(0).append(type);
      expressions.body(out);
    }
  }

  private void memory(int offset) {
    int index = memories;
    if (inline(ExternKind.MEMORY, Keyword.MEMORY, index, offset)) {
      return;
    }
    memories++;
    boolean is64 = types.addressType();
    BinaryWriter out = sections.memories.entry(offset);
    if (cursor.is(TokenKind.NAT)) {
      types.limits(is64, out);
      return;
    }
    int pageSize = types.optionalPageSize();
    int size = segments.inlineData(index, is64, offset);
    int log2 = pageSize < 0 ? 16 : pageSize;
    long pages = (size + (1L << log2) - 1) >>> log2;
    out.u8(1 | (is64 ? 4 : 0) | (pageSize < 0 ? 0 : 8)).u64(pages).u64(pages);
    if (pageSize >= 0) {
      out.u32(pageSize);
    }
  }

  private void global(int offset) {
    if (inline(ExternKind.GLOBAL, Keyword.GLOBAL, globals, offset)) {
      return;
    }
    globals++;
    MarkedWriter out = sections.globals.markedEntry(offset);
    types.globalType(out.out);
    expressions.body(out);
  }

  private void tag(int offset) {
    if (inline(ExternKind.TAG, Keyword.TAG, tags, offset)) {
      return;
    }
    tags++;
    sections.tags.entry(offset).u8(0).u32(types.typeUse(new IndexSpace("local")));
  }

  private void export(int offset) {
    BinaryWriter out = sections.exports.entry(offset);
    out.name(cursor.name());
    cursor.open();
    Keyword kind = cursor.keyword();
    IndexSpace space = declarations.space(kind);
    cursor.advance();
    ExternKind code =
        switch (kind) {
          case TABLE -> ExternKind.TABLE;
          case MEMORY -> ExternKind.MEMORY;
          case GLOBAL -> ExternKind.GLOBAL;
          case TAG -> ExternKind.TAG;
          case null, default -> ExternKind.FUNC;
        };
    out.u8(code.code()).u32(space.index(cursor));
    cursor.close();
  }

  private void start(int offset) {
    if (sections.hasStart()) {
      throw cursor.errorAt(cursor.at() - 1, "multiple start sections");
    }
    sections.start(scope.functions.index(cursor), offset);
  }
}
