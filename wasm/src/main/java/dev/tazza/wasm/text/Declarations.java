package dev.tazza.wasm.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The first walk over a module's fields: gives every definition its index and its identifier, and
 * reads the type definitions, so that the second walk can resolve what is used before it is
 * defined.
 */
final class Declarations {
  private static final String KINDS = "`func`, `table`, `memory`, `global` or `tag`";

  private final TokenCursor cursor;
  private final Scope scope;
  private final TypeParser types;

  /** The kind of the first definition that is not an import, after which imports must not come. */
  private @Nullable IndexSpace definedFirst;

  /** The fields that define types, each a recursion group. */
  private int[] typeFields = new int[16];

  private int typeCount;

  Declarations(TokenCursor cursor, Scope scope, TypeParser types) {
    this.cursor = cursor;
    this.scope = scope;
    this.types = types;
  }

  /** Walks up to the end of the module's fields and returns the type section. */
  Sections.Section read() {
    while (cursor.is(TokenKind.OPEN)) {
      int field = cursor.at();
      declare(field);
      cursor.moveTo(field);
      cursor.skip();
    }
    int end = cursor.at();
    Sections.Section section = new Sections.Section();
    DefinitionParser definitions = new DefinitionParser(cursor, scope, types);
    for (int i = 0; i < typeCount; i++) {
      cursor.moveTo(typeFields[i]);
      int offset = cursor.offset();
      definitions.field(section.entry(offset));
    }
    cursor.moveTo(end);
    return section;
  }

  private void declare(int field) {
    cursor.open();
    Keyword keyword = cursor.keyword();
    if (keyword == null) {
      throw cursor.unexpected("a module field");
    }
    switch (keyword) {
      case TYPE -> {
        declareType();
        rememberType(field);
      }
      case REC -> {
        declareGroup();
        rememberType(field);
      }
      case TAG -> define(scope.tags);
      case IMPORT -> declareImport();
      case FUNC -> define(scope.functions);
      case TABLE -> {
        if (define(scope.tables) && !cursor.is(TokenKind.NAT)) {
          scope.elements.skip(1);
        }
      }
      case MEMORY -> {
        if (define(scope.memories) && !cursor.is(TokenKind.NAT)) {
          scope.data.skip(1);
        }
      }
      case GLOBAL -> define(scope.globals);
      case ELEM -> declareSegment(scope.elements);
      case DATA -> declareSegment(scope.data);
      case EXPORT, START -> {
        // They define nothing.
      }
      default -> throw cursor.unexpected("a module field");
    }
  }

  private void declareType() {
    cursor.advance();
    scope.types.add(cursor);
  }

  private void declareGroup() {
    cursor.advance();
    while (!cursor.is(TokenKind.CLOSE)) {
      int type = cursor.at();
      if (cursor.openKeyword() != Keyword.TYPE) {
        throw cursor.unexpected("`(type`");
      }
      cursor.open();
      declareType();
      cursor.moveTo(type);
      cursor.skip();
    }
  }

  private void rememberType(int field) {
    if (typeCount == typeFields.length) {
      typeFields = Arrays.copyOf(typeFields, 2 * typeCount);
    }
    typeFields[typeCount++] = field;
  }

  private void declareSegment(IndexSpace space) {
    cursor.advance();
    space.add(cursor);
  }

  private void declareImport() {
    int token = cursor.at();
    cursor.advance();
    cursor.string();
    cursor.string();
    cursor.open();
    IndexSpace space = space(cursor.keyword());
    cursor.advance();
    checkOrder(token);
    space.add(cursor);
  }

  /** The index space that a kind of import or export lives in. */
  IndexSpace space(@Nullable Keyword kind) {
    if (kind == null) {
      throw cursor.unexpected(KINDS);
    }
    return switch (kind) {
      case FUNC -> scope.functions;
      case TABLE -> scope.tables;
      case MEMORY -> scope.memories;
      case GLOBAL -> scope.globals;
      case TAG -> scope.tags;
      default -> throw cursor.unexpected(KINDS);
    };
  }

  /**
   * A definition that may be an inline import; false if it is one. Then the cursor stands behind
   * inline exports and an address type.
   */
  private boolean define(IndexSpace space) {
    int token = cursor.at();
    cursor.advance();
    space.add(cursor);
    while (cursor.openKeyword() == Keyword.EXPORT) {
      cursor.skip();
    }
    if (cursor.openKeyword() == Keyword.IMPORT) {
      checkOrder(token);
      return false;
    }
    if (definedFirst == null) {
      definedFirst = space;
    }
    types.addressType();
    return true;
  }

  private void checkOrder(int token) {
    if (definedFirst != null) {
      IndexSpace first = definedFirst;
      String kind = first == scope.functions ? "function" : first.description();
      throw cursor.errorAt(token, "import after " + kind);
    }
  }
}
