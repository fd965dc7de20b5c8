package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.TypeCode;

/**
 * Element and data segments (specification sections 6.6.10 to 6.6.12), also those inside tables and
 * memories. The binary format has eight forms of element segments, told apart by three bits: bit 0
 * not active, bit 1 declarative or an explicit table, bit 2 elements are expressions.
 */
final class SegmentParser {
  private static final int NOT_ACTIVE = 1;
  private static final int EXPLICIT = 2;
  private static final int EXPRESSIONS = 4;

  private final TokenCursor cursor;
  private final Scope scope;
  private final TypeParser types;
  private final ExpressionParser expressions;
  private final Sections sections;

  SegmentParser(
      TokenCursor cursor,
      Scope scope,
      TypeParser types,
      ExpressionParser expressions,
      Sections sections) {
    this.cursor = cursor;
    this.scope = scope;
    this.types = types;
    this.expressions = expressions;
    this.sections = sections;
  }

  /** An element segment after its keyword. */
  void element(int offset) {
    cursor.optionalIdentifier();
    MarkedWriter out = sections.elements.markedEntry(offset);
    int table = 0;
    boolean explicitTable = false;
    boolean active = false;
    boolean declarative = cursor.accept(Keyword.DECLARE);
    MarkedWriter offsetExpression = new MarkedWriter();
    if (!declarative) {
      explicitTable = cursor.acceptOpen(Keyword.TABLE);
      if (explicitTable) {
        table = scope.tables.index(cursor);
        cursor.close();
      } else if (cursor.is(TokenKind.NAT)) {
        // The first release's way to name the table, still met in old scripts.
        table = scope.tables.index(cursor);
      }
      active = explicitTable || isOffset();
      if (active) {
        offset(offsetExpression);
      }
    }
    int mode = active ? 0 : NOT_ACTIVE | (declarative ? EXPLICIT : 0);
    // Without a keyword for their type, function indexes follow: only where no table is named.
    boolean functions = cursor.accept(Keyword.FUNC) || (active && !explicitTable && isIndexList());
    int type = functions ? TypeCode.FUNCREF : types.refType();
    boolean shortForm = active && table == 0 && type == TypeCode.FUNCREF;
    if (active && !shortForm) {
      mode |= EXPLICIT;
    }
    out.out.u32(mode | (functions ? 0 : EXPRESSIONS));
    if (active) {
      if (!shortForm) {
        out.out.u32(table);
      }
      out.append(offsetExpression);
    }
    if (!shortForm) {
      writeKind(functions, type, out.out);
    }
    items(functions, out);
  }

  private static void writeKind(boolean functions, int type, BinaryWriter out) {
    if (functions) {
      out.u8(0);
    } else {
      out.typeCode(type);
    }
  }

  private boolean isIndexList() {
    return switch (cursor.kind()) {
      case CLOSE, NAT, ID -> true;
      default -> false;
    };
  }

  /** The elements up to the closing parenthesis; their number. */
  private int items(boolean functions, MarkedWriter out) {
    MarkedWriter items = new MarkedWriter();
    int count = 0;
    while (!cursor.is(TokenKind.CLOSE)) {
      if (functions) {
        items.mark(cursor.offset());
        items.out.u32(scope.functions.index(cursor));
      } else if (cursor.acceptOpen(Keyword.ITEM)) {
        expressions.body(items);
        cursor.close();
      } else {
        requireFolded();
        expressions.folded(items);
      }
      count++;
    }
    out.out.u32(count);
    out.append(items);
    return count;
  }

  /** Function indexes up to the closing parenthesis, as expressions; their number. */
  private int references(MarkedWriter out) {
    MarkedWriter items = new MarkedWriter();
    int count = 0;
    while (!cursor.is(TokenKind.CLOSE)) {
      items.mark(cursor.offset());
      items.out.operator(Operator.REF_FUNC).u32(scope.functions.index(cursor));
      items.out.operator(Operator.END);
      count++;
    }
    out.out.u32(count);
    out.append(items);
    return count;
  }

  private void requireFolded() {
    if (!cursor.is(TokenKind.OPEN)) {
      throw cursor.unexpected("an element");
    }
  }

  private boolean isOffset() {
    Keyword keyword = cursor.openKeyword();
    return cursor.is(TokenKind.OPEN) && (keyword != Keyword.REF && keyword != Keyword.ITEM);
  }

  /** {@code (offset …)} or one folded instruction. */
  private void offset(MarkedWriter out) {
    if (cursor.acceptOpen(Keyword.OFFSET)) {
      expressions.body(out);
      cursor.close();
    } else {
      requireFolded();
      expressions.folded(out);
    }
  }

  /** The elements inside a table definition, as an active segment; their number. */
  int inlineElements(int table, boolean is64, int type, int offset) {
    cursor.expectOpen(Keyword.ELEM);
    MarkedWriter out = sections.elements.markedEntry(offset);
    boolean indexes = isIndexList();
    // Indexes stand for elements of type (ref func); where the table wants less, for expressions.
    boolean functions = indexes && TypeCode.heapType(type) == AbstractHeapType.FUNC.code();
    boolean shortForm = table == 0 && (functions || type == TypeCode.FUNCREF);
    out.out.u32((shortForm ? 0 : EXPLICIT) | (functions ? 0 : EXPRESSIONS));
    if (!shortForm) {
      out.out.u32(table);
    }
    zero(is64, out.out);
    if (!shortForm) {
      writeKind(functions, type, out.out);
    }
    int count = indexes && !functions ? references(out) : items(functions, out);
    cursor.close();
    return count;
  }

  private static void zero(boolean is64, BinaryWriter out) {
    out.operator(is64 ? Operator.I64_CONST : Operator.I32_CONST).s64(0).operator(Operator.END);
  }

  /** A data segment after its keyword. */
  void data(int offset) {
    cursor.optionalIdentifier();
    MarkedWriter out = sections.data.markedEntry(offset);
    int memory = 0;
    boolean explicit = cursor.acceptOpen(Keyword.MEMORY);
    if (explicit) {
      memory = scope.memories.index(cursor);
      cursor.close();
    } else if (cursor.is(TokenKind.NAT)) {
      // As with tables: the first release's way.
      memory = scope.memories.index(cursor);
    }
    if (explicit || cursor.is(TokenKind.OPEN)) {
      out.out.u32(memory == 0 ? 0 : 2);
      if (memory != 0) {
        out.out.u32(memory);
      }
      offset(out);
    } else {
      out.out.u32(1);
    }
    strings(out.out);
  }

  /** Strings up to the closing parenthesis; their size in bytes. */
  private int strings(BinaryWriter out) {
    BinaryWriter contents = new BinaryWriter();
    while (!cursor.is(TokenKind.CLOSE)) {
      contents.bytes(cursor.string());
    }
    out.sized(contents);
    return contents.size();
  }

  /** The data inside a memory definition, as an active segment; its size in bytes. */
  int inlineData(int memory, boolean is64, int offset) {
    cursor.expectOpen(Keyword.DATA);
    BinaryWriter out = sections.data.entry(offset);
    out.u32(memory == 0 ? 0 : 2);
    if (memory != 0) {
      out.u32(memory);
    }
    zero(is64, out);
    int size = strings(out);
    cursor.close();
    return size;
  }
}
