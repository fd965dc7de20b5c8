package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.TypeCode;
import org.jspecify.annotations.Nullable;

/**
 * Types (specification section 6.4) and type uses (6.6.5). Value types are {@link TypeCode}s. Types
 * of later features are read where their syntax is simple; whether they are allowed the validator
 * decides.
 */
final class TypeParser {
  private static final int NO_TYPE = 0;

  private final TokenCursor cursor;
  private final Scope scope;

  TypeParser(TokenCursor cursor, Scope scope) {
    this.cursor = cursor;
    this.scope = scope;
  }

  /** A value type. */
  int valType() {
    int type = optionalValType();
    if (type == NO_TYPE) {
      throw cursor.unexpected("a type");
    }
    return type;
  }

  private int optionalValType() {
    Keyword keyword = cursor.keyword();
    if (keyword != null) {
      int type = numericType(keyword);
      if (type != NO_TYPE) {
        cursor.advance();
        return type;
      }
    }
    return optionalRefType();
  }

  private static int numericType(Keyword keyword) {
    return switch (keyword) {
      case I32 -> TypeCode.I32;
      case I64 -> TypeCode.I64;
      case F32 -> TypeCode.F32;
      case F64 -> TypeCode.F64;
      case V128 -> TypeCode.V128;
      default -> NO_TYPE;
    };
  }

  /** A reference type. */
  int refType() {
    int type = optionalRefType();
    if (type == NO_TYPE) {
      throw cursor.unexpected("a reference type");
    }
    return type;
  }

  /** A reference type, or 0 if something else is under the cursor. */
  int optionalRefType() {
    if (cursor.acceptOpen(Keyword.REF)) {
      boolean nullable = cursor.accept(Keyword.NULL);
      int heapType = heapType();
      cursor.close();
      return TypeCode.reference(nullable, heapType);
    }
    Keyword keyword = cursor.keyword();
    AbstractHeapType heapType = keyword == null ? null : referenceKeyword(keyword);
    if (heapType == null) {
      return NO_TYPE;
    }
    cursor.advance();
    return TypeCode.reference(true, heapType.code());
  }

  private static @Nullable AbstractHeapType referenceKeyword(Keyword keyword) {
    return switch (keyword) {
      case FUNCREF -> AbstractHeapType.FUNC;
      case EXTERNREF -> AbstractHeapType.EXTERN;
      case ANYREF -> AbstractHeapType.ANY;
      case EQREF -> AbstractHeapType.EQ;
      case I31REF -> AbstractHeapType.I31;
      case STRUCTREF -> AbstractHeapType.STRUCT;
      case ARRAYREF -> AbstractHeapType.ARRAY;
      case NULLREF -> AbstractHeapType.NONE;
      case NULLFUNCREF -> AbstractHeapType.NOFUNC;
      case NULLEXTERNREF -> AbstractHeapType.NOEXTERN;
      case EXNREF -> AbstractHeapType.EXN;
      case NULLEXNREF -> AbstractHeapType.NOEXN;
      default -> null;
    };
  }

  /** A heap type as the signed number of the binary format. */
  int heapType() {
    Keyword keyword = cursor.keyword();
    AbstractHeapType type = keyword == null ? null : abstractHeapType(keyword);
    if (type != null) {
      cursor.advance();
      return type.code();
    }
    int token = cursor.at();
    if (!cursor.is(TokenKind.ID) && !cursor.is(TokenKind.NAT)) {
      throw cursor.unexpected("a heap type");
    }
    int index = scope.types.index(cursor);
    if (index < 0 || index >= TypeCode.MAX_TYPE_INDEX) {
      throw cursor.errorAt(token, "unknown type " + Integer.toUnsignedString(index));
    }
    return index;
  }

  private static @Nullable AbstractHeapType abstractHeapType(Keyword keyword) {
    return switch (keyword) {
      case FUNC -> AbstractHeapType.FUNC;
      case EXTERN -> AbstractHeapType.EXTERN;
      case ANY -> AbstractHeapType.ANY;
      case EQ -> AbstractHeapType.EQ;
      case I31 -> AbstractHeapType.I31;
      case STRUCT -> AbstractHeapType.STRUCT;
      case ARRAY -> AbstractHeapType.ARRAY;
      case NONE -> AbstractHeapType.NONE;
      case NOFUNC -> AbstractHeapType.NOFUNC;
      case NOEXTERN -> AbstractHeapType.NOEXTERN;
      case EXN -> AbstractHeapType.EXN;
      case NOEXN -> AbstractHeapType.NOEXN;
      default -> null;
    };
  }

  /** {@code (param …)*}; with identifiers if there is a space to put them in. */
  void params(TypeUse signature, @Nullable IndexSpace names) {
    while (cursor.acceptOpen(Keyword.PARAM)) {
      if (names != null && cursor.isNamed()) {
        names.add(cursor);
        signature.addParam(valType());
      } else {
        while (!cursor.is(TokenKind.CLOSE)) {
          signature.addParam(valType());
          if (names != null) {
            names.skip(1);
          }
        }
      }
      cursor.close();
    }
  }

  void results(TypeUse signature) {
    while (cursor.acceptOpen(Keyword.RESULT)) {
      while (!cursor.is(TokenKind.CLOSE)) {
        signature.addResult(valType());
      }
      cursor.close();
    }
  }

  /** The result types of a {@code select}; false if there is no {@code (result} at all. */
  boolean optionalResults(TypeUse signature) {
    boolean present = cursor.openKeyword() == Keyword.RESULT;
    results(signature);
    return present;
  }

  /**
   * A type use; its index.
   *
   * @param locals where parameters are entered, null if they must not have identifiers
   */
  int typeUse(@Nullable IndexSpace locals) {
    long index = optionalTypeIndex();
    int token = cursor.at();
    TypeUse signature = inlineSignature(locals);
    if (index < 0) {
      return scope.typeTable.indexOf(signature);
    }
    checkInline(token, index, signature);
    TypeUse defined = scope.typeTable.get(index);
    if (locals != null && signature.paramCount() == 0 && defined != null) {
      locals.skip(defined.paramCount());
    }
    return (int) index;
  }

  /** {@code (type x)}: its index, or -1 if there is none. */
  private long optionalTypeIndex() {
    if (!cursor.acceptOpen(Keyword.TYPE)) {
      return -1;
    }
    long index = Integer.toUnsignedLong(scope.types.index(cursor));
    cursor.close();
    return index;
  }

  /** Parameters and results after {@code (type x)}, none of which may follow in another order. */
  private TypeUse inlineSignature(@Nullable IndexSpace locals) {
    TypeUse signature = new TypeUse();
    params(signature, locals);
    results(signature);
    Keyword next = cursor.openKeyword();
    if (next == Keyword.TYPE || next == Keyword.PARAM) {
      throw cursor.unexpectedAt(
          cursor.at() + 1, "`type`, `param` and `result` in this order, or what follows them");
    }
    return signature;
  }

  private void checkInline(int token, long index, TypeUse signature) {
    if (signature.isEmpty()) {
      return;
    }
    TypeUse defined = scope.typeTable.get(index);
    if (defined == null) {
      throw cursor.errorAt(token, "unknown type " + index);
    }
    if (!defined.key().equals(signature.key())) {
      throw cursor.errorAt(token, "inline function type does not match type " + index);
    }
  }

  /** A block type, written in its shortest form. */
  void blockType(BinaryWriter out) {
    if (!cursor.is(TokenKind.OPEN)) {
      out.u8(0x40);
      return;
    }
    long index = optionalTypeIndex();
    int token = cursor.at();
    TypeUse signature = inlineSignature(null);
    if (index >= 0) {
      checkInline(token, index, signature);
      out.s64(index);
    } else if (signature.isEmpty()) {
      out.u8(0x40);
    } else if (signature.paramCount() == 0 && signature.resultCount() == 1) {
      out.typeCode(signature.result(0));
    } else {
      out.s64(scope.typeTable.indexOf(signature));
    }
  }

  /** {@code i64} or {@code i32} before limits: whether it is i64. */
  boolean addressType() {
    if (cursor.accept(Keyword.I64)) {
      return true;
    }
    cursor.accept(Keyword.I32);
    return false;
  }

  /** Limits after their address type, {@code min max?}; whether they are too large is for later. */
  void limits(boolean is64, BinaryWriter out) {
    long minimum = cursor.u64();
    boolean hasMaximum = cursor.is(TokenKind.NAT);
    long maximum = hasMaximum ? cursor.u64() : 0;
    boolean shared = cursor.accept(Keyword.SHARED);
    int pageSize = optionalPageSize();
    int flags = (hasMaximum ? 1 : 0) | (shared ? 2 : 0) | (is64 ? 4 : 0) | (pageSize >= 0 ? 8 : 0);
    out.u8(flags).u64(minimum);
    if (hasMaximum) {
      out.u64(maximum);
    }
    if (pageSize >= 0) {
      out.u32(pageSize);
    }
  }

  /** {@code (pagesize n)} as a logarithm, -1 if there is none. */
  int optionalPageSize() {
    if (!cursor.acceptOpen(Keyword.PAGESIZE)) {
      return -1;
    }
    int token = cursor.at();
    int size = cursor.u32();
    if (Integer.bitCount(size) != 1) {
      throw cursor.errorAt(token, "invalid custom page size: not a power of two");
    }
    cursor.close();
    return Integer.numberOfTrailingZeros(size);
  }

  /** A table type after its address type. */
  void tableType(boolean is64, BinaryWriter out) {
    BinaryWriter limits = new BinaryWriter();
    limits(is64, limits);
    out.typeCode(refType()).append(limits);
  }

  /** A global type. */
  void globalType(BinaryWriter out) {
    boolean mutable = cursor.acceptOpen(Keyword.MUT);
    out.typeCode(valType()).u8(mutable ? 1 : 0);
    if (mutable) {
      cursor.close();
    }
  }
}
