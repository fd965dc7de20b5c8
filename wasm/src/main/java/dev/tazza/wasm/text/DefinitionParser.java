package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.binary.ModuleFormat;
import dev.tazza.wasm.type.TypeCode;
import org.jspecify.annotations.Nullable;

/** Type definitions and recursion groups (specification section 6.4.7), written as they are met. */
final class DefinitionParser {
  private final TokenCursor cursor;
  private final Scope scope;
  private final TypeParser types;

  DefinitionParser(TokenCursor cursor, Scope scope, TypeParser types) {
    this.cursor = cursor;
    this.scope = scope;
    this.types = types;
  }

  /** A field {@code (type …)} or {@code (rec …)} of the module. */
  void field(BinaryWriter out) {
    if (!cursor.acceptOpen(Keyword.REC)) {
      type(out, true);
      return;
    }
    BinaryWriter group = new BinaryWriter();
    int count = 0;
    int start = cursor.at();
    while (!cursor.is(TokenKind.CLOSE)) {
      cursor.skip();
      count++;
    }
    cursor.moveTo(start);
    for (int i = 0; i < count; i++) {
      type(group, count == 1);
    }
    cursor.close();
    if (count != 1) {
      out.u8(ModuleFormat.RECURSION_GROUP).u32(count);
    }
    out.append(group);
  }

  private void type(BinaryWriter out, boolean alone) {
    cursor.expectOpen(Keyword.TYPE);
    cursor.optionalIdentifier();
    if (!cursor.acceptOpen(Keyword.SUB)) {
      scope.typeTable.define(composite(out), alone);
    } else {
      boolean isFinal = cursor.accept(Keyword.FINAL);
      BinaryWriter supertypes = new BinaryWriter();
      int count = 0;
      while (cursor.is(TokenKind.ID) || cursor.is(TokenKind.NAT)) {
        supertypes.u32(scope.types.index(cursor));
        count++;
      }
      if (!isFinal || count > 0) {
        out.u8(isFinal ? ModuleFormat.SUB_FINAL_TYPE : ModuleFormat.SUB_TYPE);
        out.u32(count).append(supertypes);
      }
      scope.typeTable.define(composite(out), alone && isFinal && count == 0);
      cursor.close();
    }
    cursor.close();
  }

  /** The signature of a function type, null for another type. */
  private @Nullable TypeUse composite(BinaryWriter out) {
    if (cursor.acceptOpen(Keyword.STRUCT)) {
      struct(out);
      cursor.close();
      return null;
    }
    if (cursor.acceptOpen(Keyword.ARRAY)) {
      out.u8(ModuleFormat.ARRAY_TYPE);
      storage(out);
      cursor.close();
      return null;
    }
    cursor.expectOpen(Keyword.FUNC);
    TypeUse signature = new TypeUse();
    types.params(signature, new IndexSpace("local"));
    types.results(signature);
    cursor.close();
    signature.write(out);
    return signature;
  }

  private void struct(BinaryWriter out) {
    IndexSpace names = new IndexSpace("field");
    BinaryWriter fields = new BinaryWriter();
    while (cursor.acceptOpen(Keyword.FIELD)) {
      if (cursor.isNamed()) {
        names.add(cursor);
        storage(fields);
      } else {
        while (!cursor.is(TokenKind.CLOSE)) {
          storage(fields);
          names.skip(1);
        }
      }
      cursor.close();
    }
    out.u8(ModuleFormat.STRUCT_TYPE).u32(names.size()).append(fields);
    if (names.namedCount() > 0) {
      scope.typeTable.fields(names);
    }
  }

  private void storage(BinaryWriter out) {
    boolean mutable = cursor.acceptOpen(Keyword.MUT);
    if (cursor.accept(Keyword.I8)) {
      out.u8(TypeCode.I8);
    } else if (cursor.accept(Keyword.I16)) {
      out.u8(TypeCode.I16);
    } else {
      out.typeCode(types.valType());
    }
    out.u8(mutable ? 1 : 0);
    if (mutable) {
      cursor.close();
    }
  }
}
