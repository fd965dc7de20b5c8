package dev.tazza.wasm.binary;

import static dev.tazza.wasm.binary.BinaryReader.malformed;

import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.SegmentMode;
import dev.tazza.wasm.module.WasmModuleBuilder;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.ValType;

/**
 * Decodes the element section (specification, section 5.5.12). A segment starts with a number whose
 * bits say what follows:
 *
 * <pre>
 *   bit 0   0 active                              1 passive, or declarative
 *   bit 1   active: a table index follows         passive: it is declarative
 *   bit 2   0 function indexes                    1 expressions
 * </pre>
 *
 * Forms 0 and 4 leave out the elements' kind or type, which then is that of functions. Function
 * indexes are never null, so they make elements of type {@code (ref func)}.
 */
final class ElementDecoder {

  private static final int NOT_ACTIVE = 1;
  private static final int TABLE_OR_DECLARATIVE = 2;
  private static final int EXPRESSIONS = 4;

  private static final RefType FUNCTIONS = new RefType(false, AbstractHeapType.FUNC);

  private final ModuleLimits limits;
  private final ConstExprDecoder constExprs;

  ElementDecoder(ModuleLimits limits, ConstExprDecoder constExprs) {
    this.limits = limits;
    this.constExprs = constExprs;
  }

  void decode(BinaryReader in, WasmModuleBuilder module) {
    int at = in.position();
    int count = in.count();
    limits.check(ModuleLimit.ELEMENT_SEGMENTS, count, at);
    for (int i = 0; i < count; i++) {
      module.elementSegment(segment(in));
    }
  }

  private ElementSegment segment(BinaryReader in) {
    int start = in.position();
    int form = in.u32();
    if (form < 0 || form > 7) {
      throw malformed("malformed elements segment kind " + form, start);
    }
    boolean second = (form & TABLE_OR_DECLARATIVE) != 0;
    SegmentMode mode;
    int tableIndex = 0;
    ConstExpr offset = null;
    if ((form & NOT_ACTIVE) == 0) {
      mode = SegmentMode.ACTIVE;
      tableIndex = second ? in.index() : 0;
      offset = constExprs.decode(in);
    } else {
      mode = second ? SegmentMode.DECLARATIVE : SegmentMode.PASSIVE;
    }
    boolean explicitType = (form & (NOT_ACTIVE | TABLE_OR_DECLARATIVE)) != 0;
    if ((form & EXPRESSIONS) != 0) {
      RefType type = explicitType ? (RefType) ValType.ofCode(in.refType()) : RefType.FUNCREF;
      return new ElementSegment(mode, tableIndex, offset, type, expressions(in), start);
    }
    if (explicitType) {
      int at = in.position();
      int kind = in.u8();
      if (kind != 0) {
        throw malformed("malformed element kind " + kind, at);
      }
    }
    return new ElementSegment(mode, tableIndex, offset, FUNCTIONS, functions(in), start);
  }

  private int count(BinaryReader in) {
    int at = in.position();
    int count = in.count();
    limits.check(ModuleLimit.ELEMENTS, count, at);
    return count;
  }

  private ElementSegment.Items functions(BinaryReader in) {
    int[] indexes = new int[count(in)];
    in.indexes(indexes);
    return new ElementSegment.Functions(indexes);
  }

  private ElementSegment.Items expressions(BinaryReader in) {
    ConstExpr[] expressions = new ConstExpr[count(in)];
    for (int i = 0; i < expressions.length; i++) {
      expressions[i] = constExprs.decode(in);
    }
    return new ElementSegment.Expressions(expressions);
  }
}
