package dev.tazza.wasm.text;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.binary.ModuleFormat;
import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;

/**
 * An instruction's immediates: from text to the operator and immediates of the binary format.
 * Labels are kept here as well, because an immediate is the only use there is for them.
 */
final class ImmediateParser {
  private static final IndexSpace NO_FIELDS = new IndexSpace("field");

  private final TokenCursor cursor;
  private final Scope scope;
  private final TypeParser types;

  /** A label's identifier to its depth, counted from the function's own block at 0. */
  private final IndexSpace labels = new IndexSpace("label");

  private int labelDepth;
  private boolean usesDataIndex;

  ImmediateParser(TokenCursor cursor, Scope scope, TypeParser types) {
    this.cursor = cursor;
    this.scope = scope;
    this.types = types;
  }

  /** Forgets all labels but the one of the function or expression that begins now. */
  void begin() {
    labels.clear();
    labelDepth = 1;
  }

  /**
   * Enters a block whose label has this symbol, -1 for none. Returns what the symbol stood for
   * before, for {@link #leave}.
   */
  int enter(int symbol) {
    int depth = labelDepth++;
    return symbol < 0 ? -1 : labels.rebind(symbol, depth);
  }

  void leave(int symbol, int before) {
    labelDepth--;
    if (symbol >= 0) {
      labels.rebind(symbol, before);
    }
  }

  /** Whether an instruction that names a data segment was met: it needs the data count section. */
  boolean usesDataIndex() {
    return usesDataIndex;
  }

  /** Writes an operator and the immediates that follow it under the cursor. */
  void write(Operator operator, BinaryWriter out) {
    switch (operator.immediate()) {
      case SELECT_TYPES -> throw cursor.unexpected("an instruction");
      case NONE -> {
        if (operator == Operator.SELECT) {
          select(out);
        } else {
          out.operator(operator);
        }
      }
      case CAST_TYPE -> cast(operator, out);
      case CAST_BRANCH -> castBranch(operator, out);
      default -> {
        out.operator(operator);
        immediates(operator, out);
      }
    }
  }

  private void select(BinaryWriter out) {
    TypeUse signature = new TypeUse();
    if (!types.optionalResults(signature)) {
      out.operator(Operator.SELECT);
      return;
    }
    out.operator(Operator.SELECT_TYPED).u32(signature.resultCount());
    for (int i = 0; i < signature.resultCount(); i++) {
      out.typeCode(signature.result(i));
    }
  }

  private void immediates(Operator operator, BinaryWriter out) {
    switch (operator.immediate()) {
      case NONE, SELECT_TYPES, CAST_TYPE, CAST_BRANCH -> {}
      case BLOCK_TYPE -> types.blockType(out);
      case TRY_TABLE -> {
        types.blockType(out);
        catches(out);
      }
      case LABEL_INDEX -> out.u32(label());
      case LABEL_TABLE -> labelTable(out);
      case FUNCTION_INDEX -> out.u32(scope.functions.index(cursor));
      case TYPE_AND_TABLE -> typeAndTable(out);
      case TAG_INDEX -> out.u32(scope.tags.index(cursor));
      case TYPE_INDEX, TYPE_AND_FIELD, TYPE_AND_COUNT, TYPE_AND_DATA, TYPE_AND_ELEMENT, TYPE_PAIR ->
          typeAnd(operator, out);
      case ORDERING -> out.u8(0);
      case LOCAL_INDEX -> out.u32(scope.locals.index(cursor));
      case GLOBAL_INDEX -> out.u32(scope.globals.index(cursor));
      case TABLE_INDEX -> out.u32(optionalIndex(scope.tables));
      case ELEMENT_AND_TABLE -> segmentAndTarget(scope.elements, scope.tables, out);
      case ELEMENT_INDEX -> out.u32(scope.elements.index(cursor));
      case TABLE_PAIR -> pair(scope.tables, out);
      case MEMARG, MEMARG_LANE -> memoryArgument(operator, out);
      case MEMORY_INDEX -> out.u32(optionalIndex(scope.memories));
      case DATA_AND_MEMORY -> {
        usesDataIndex = true;
        segmentAndTarget(scope.data, scope.memories, out);
      }
      case DATA_INDEX -> {
        usesDataIndex = true;
        out.u32(scope.data.index(cursor));
      }
      case MEMORY_PAIR -> pair(scope.memories, out);
      case LANE_INDEX -> out.u8(lane());
      case LANE_INDICES -> lanes(out);
      case HEAP_TYPE -> out.s64(types.heapType());
      case I32, I64, F32, F64, V128 -> constant(operator, out);
    }
  }

  /** A type and what comes after it. */
  private void typeAnd(Operator operator, BinaryWriter out) {
    int type = scope.types.index(cursor);
    out.u32(type);
    switch (operator.immediate()) {
      case TYPE_AND_FIELD -> {
        IndexSpace fields = scope.typeTable.fieldsOf(type);
        out.u32((fields == null ? NO_FIELDS : fields).index(cursor));
      }
      case TYPE_AND_COUNT -> out.u32(cursor.u32());
      case TYPE_AND_DATA -> {
        usesDataIndex = true;
        out.u32(scope.data.index(cursor));
      }
      case TYPE_AND_ELEMENT -> out.u32(scope.elements.index(cursor));
      case TYPE_PAIR -> out.u32(scope.types.index(cursor));
      default -> {}
    }
  }

  /** The operator depends on whether the type includes null. */
  private void cast(Operator operator, BinaryWriter out) {
    int type = types.refType();
    boolean nullable = TypeCode.isNullable(type);
    Operator actual =
        operator == Operator.REF_TEST
            ? (nullable ? Operator.REF_TEST_NULL : Operator.REF_TEST)
            : (nullable ? Operator.REF_CAST_NULL : Operator.REF_CAST);
    out.operator(actual).s64(TypeCode.heapType(type));
  }

  private void castBranch(Operator operator, BinaryWriter out) {
    int label = label();
    int from = types.refType();
    int to = types.refType();
    int flags =
        (TypeCode.isNullable(from) ? ModuleFormat.CAST_FROM_NULL : 0)
            | (TypeCode.isNullable(to) ? ModuleFormat.CAST_TO_NULL : 0);
    out.operator(operator).u8(flags).u32(label);
    out.s64(TypeCode.heapType(from)).s64(TypeCode.heapType(to));
  }

  /** {@code (catch …)*}; their labels are those around the block. */
  private void catches(BinaryWriter out) {
    BinaryWriter clauses = new BinaryWriter();
    int count = 0;
    for (int kind = catchKind(); kind >= 0; kind = catchKind()) {
      cursor.open();
      cursor.advance();
      clauses.u8(kind);
      if (kind == OperatorReader.CATCH || kind == OperatorReader.CATCH_REF) {
        clauses.u32(scope.tags.index(cursor));
      }
      clauses.u32(label());
      cursor.close();
      count++;
    }
    out.u32(count).append(clauses);
  }

  private int catchKind() {
    return switch (cursor.openKeyword()) {
      case CATCH -> OperatorReader.CATCH;
      case CATCH_REF -> OperatorReader.CATCH_REF;
      case CATCH_ALL -> OperatorReader.CATCH_ALL;
      case CATCH_ALL_REF -> OperatorReader.CATCH_ALL_REF;
      case null, default -> -1;
    };
  }

  private void constant(Operator operator, BinaryWriter out) {
    switch (operator.immediate()) {
      case I32 -> out.s64(cursor.integer(32));
      case I64 -> out.s64(cursor.integer(64));
      case F32 -> out.fixed32(cursor.f32());
      case F64 -> out.fixed64(cursor.f64());
      default -> VectorLiteral.write(cursor, out);
    }
  }

  private int label() {
    if (!cursor.is(TokenKind.ID)) {
      return cursor.u32();
    }
    int symbol = cursor.tokens().payload(cursor.at());
    int depth = labels.find(symbol);
    if (depth < 0) {
      throw cursor.error("unknown label $" + cursor.tokens().name(symbol));
    }
    cursor.advance();
    return labelDepth - 1 - depth;
  }

  private void labelTable(BinaryWriter out) {
    BinaryWriter targets = new BinaryWriter();
    int count = 0;
    int last = label();
    while (isIndex()) {
      targets.u32(last);
      count++;
      last = label();
    }
    out.u32(count).append(targets).u32(last);
  }

  private boolean isIndex() {
    return cursor.is(TokenKind.NAT) || cursor.is(TokenKind.ID);
  }

  private int optionalIndex(IndexSpace space) {
    return isIndex() ? space.index(cursor) : 0;
  }

  private void typeAndTable(BinaryWriter out) {
    int table = optionalIndex(scope.tables);
    out.u32(types.typeUse(null)).u32(table);
  }

  /** In the text the target comes first, and may be missing. */
  private void segmentAndTarget(IndexSpace segments, IndexSpace targets, BinaryWriter out) {
    int token = cursor.at();
    cursor.advance();
    boolean both = isIndex();
    cursor.moveTo(token);
    int target = both ? targets.index(cursor) : 0;
    out.u32(segments.index(cursor)).u32(target);
  }

  private void pair(IndexSpace space, BinaryWriter out) {
    if (isIndex()) {
      out.u32(space.index(cursor)).u32(space.index(cursor));
    } else {
      out.u32(0).u32(0);
    }
  }

  private void memoryArgument(Operator operator, BinaryWriter out) {
    boolean lane = operator.laneCount() > 0;
    int memory = isIndex() && (!lane || isMemoryBeforeLane()) ? scope.memories.index(cursor) : 0;
    long offset = cursor.is(TokenKind.OFFSET) ? cursor.assignment(64) : 0;
    int align = operator.naturalAlignLog2();
    if (cursor.is(TokenKind.ALIGN)) {
      int token = cursor.at();
      long bytes = cursor.assignment(64);
      if (Long.bitCount(bytes) != 1) {
        throw cursor.errorAt(token, "alignment must be a power of two");
      }
      align = Long.numberOfTrailingZeros(bytes);
    }
    if (memory == 0) {
      out.u32(align);
    } else {
      out.u32(align | 0x40).u32(memory);
    }
    out.u64(offset);
    if (lane) {
      out.u8(lane());
    }
  }

  /** The one number of a lane instruction is the lane; with two, the first is the memory. */
  private boolean isMemoryBeforeLane() {
    int token = cursor.at();
    cursor.advance();
    boolean result = isIndex() || cursor.is(TokenKind.OFFSET) || cursor.is(TokenKind.ALIGN);
    cursor.moveTo(token);
    return result;
  }

  private int lane() {
    return cursor.u8();
  }

  private void lanes(BinaryWriter out) {
    for (int i = 0; i < 16; i++) {
      switch (cursor.kind()) {
        case NAT -> out.u8(lane());
        case INT, FLOAT -> throw cursor.error("i8 constant out of range");
        default -> throw laneCountError();
      }
    }
    if (cursor.is(TokenKind.NAT)) {
      throw laneCountError();
    }
  }

  private MalformedException laneCountError() {
    return cursor.error("invalid lane length: i8x16.shuffle has 16 lane indexes");
  }
}
