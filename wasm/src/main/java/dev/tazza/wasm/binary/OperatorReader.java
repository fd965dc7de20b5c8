package dev.tazza.wasm.binary;

import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Immediate;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;
import dev.tazza.wasm.type.ValType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over the instructions of a function body or a constant expression. {@link #next()}
 * returns the operator; its immediates are then at hand in the accessors below, until the next
 * call. Nothing is allocated per instruction. An accessor that does not belong to the operator's
 * {@link dev.tazza.wasm.operator.Immediate} returns something meaningless.
 *
 * <pre>{@code
 * OperatorReader in = new OperatorReader(module.bytes());
 * in.openBody(module, module.body(functionIndex));
 * while (in.remaining() > 0) {
 *   Operator operator = in.next();
 *   ...
 * }
 * }</pre>
 */
public final class OperatorReader extends BinaryReader {

  /** The largest number of locals of a function, parameters included (JavaScript API, limits). */
  public static final int MAX_LOCALS = 50_000;

  /**
   * The kinds of catch clauses: a tag's exceptions or all, with the exception itself or without.
   */
  public static final int CATCH = 0;

  public static final int CATCH_REF = 1;
  public static final int CATCH_ALL = 2;
  public static final int CATCH_ALL_REF = 3;

  private int[] locals = new int[32];
  private int localCount;

  private int operatorOffset;
  private int index;
  private int secondIndex;
  private long low;
  private long high;
  private int alignLog2;
  private boolean explicitMemory;
  private int[] list = new int[16];
  private int listLength;
  private int castFrom;
  private int castTo;

  /** A cursor over nothing yet: open a body, or {@link #reset} it to a range. */
  public OperatorReader(byte[] bytes) {
    super(bytes, 0, 0);
  }

  /**
   * Moves to a function body, reads its local declarations and stops before the first instruction.
   */
  public void openBody(WasmModule module, FunctionBody body) {
    reset(body.start(), body.end());
    operatorOffset = body.start();
    List<ValType> params = module.functionType(body.functionIndex()).params();
    localCount = 0;
    reserveLocals(params.size());
    for (int i = 0; i < params.size(); i++) {
      locals[localCount++] = params.get(i).code();
    }
    int at = position;
    int groups = count();
    long declared = 0;
    for (int group = 0; group < groups; group++) {
      int repeat = u32();
      int type = valType();
      declared += Integer.toUnsignedLong(repeat);
      if (declared <= MAX_LOCALS - params.size()) {
        reserveLocals(repeat);
        Arrays.fill(locals, localCount, localCount + repeat, type);
        localCount += repeat;
      }
    }
    if (declared >= 1L << 32) {
      throw malformed("too many locals", at);
    }
    if (declared > MAX_LOCALS - params.size()) {
      long all = declared + params.size();
      throw new ResourceLimitException("too many locals: " + all + " of " + MAX_LOCALS, at);
    }
  }

  private void reserveLocals(int more) {
    if (more > locals.length - localCount) {
      locals = Arrays.copyOf(locals, Math.max(localCount + more, 2 * locals.length));
    }
  }

  /** The number of locals of the open body, parameters included. */
  public int localCount() {
    return localCount;
  }

  /** The {@link TypeCode} of a local of the open body. */
  public int localType(int local) {
    return locals[local];
  }

  /** Reads the next instruction. */
  public Operator next() {
    int at = position;
    operatorOffset = at;
    int opcode = u8();
    Operator operator = Operator.plain(opcode);
    if (operator == null) {
      operator = prefixed(opcode, at);
    }
    readImmediates(operator.immediate());
    return operator;
  }

  /**
   * Reads the next instruction of a valid body that begins, divides or ends a construct or assigns
   * a local. What comes before is skipped, far quicker than {@link #next()} would; only where
   * immediates are of a rare form, that instruction may be returned as well.
   */
  public Operator nextLandmark() {
    int at = position;
    while (true) {
      int skip = SkipTable.of(bytes[at]);
      if (skip > 0) {
        at += skip;
      } else if (skip == SkipTable.NUMBER) {
        at = behindNumber(at + 1);
      } else if (skip == SkipTable.MEMARG && SkipTable.isPlain(bytes[at + 1])) {
        at = behindNumber(at + 2);
      } else {
        position = at;
        return next();
      }
    }
  }

  private int behindNumber(int start) {
    int at = start;
    while (bytes[at] < 0) {
      at++;
    }
    return at + 1;
  }

  private Operator prefixed(int prefix, int at) {
    if (!Operator.isPrefix(prefix)) {
      throw malformed("illegal opcode " + hex(prefix), at);
    }
    int code = u32();
    @Nullable Operator operator = Operator.prefixed(prefix, code);
    if (operator == null) {
      throw malformed("illegal opcode " + hex(prefix) + " " + hex(code), at);
    }
    return operator;
  }

  private static String hex(int value) {
    return value < 0x10 && value >= 0 ? "0" + value : Integer.toHexString(value);
  }

  private void readImmediates(Immediate immediate) {
    // The commonest ones, so that this is short enough to become a part of its callers.
    switch (immediate) {
      case NONE -> {}
      case LOCAL_INDEX, LABEL_INDEX, FUNCTION_INDEX, GLOBAL_INDEX -> index = index();
      case MEMARG -> readMemarg();
      case I32 -> low = s32();
      case BLOCK_TYPE -> readBlockType();
      default -> readOtherImmediates(immediate);
    }
  }

  private void readOtherImmediates(Immediate immediate) {
    switch (immediate) {
      case NONE, LOCAL_INDEX, LABEL_INDEX, FUNCTION_INDEX, GLOBAL_INDEX, MEMARG, I32, BLOCK_TYPE ->
          throw new IllegalArgumentException(immediate.toString());
      case TRY_TABLE -> {
        readBlockType();
        readCatches();
      }
      case TABLE_INDEX, ELEMENT_INDEX, MEMORY_INDEX, DATA_INDEX, TYPE_INDEX, TAG_INDEX ->
          index = index();
      case TYPE_AND_TABLE,
          ELEMENT_AND_TABLE,
          TABLE_PAIR,
          DATA_AND_MEMORY,
          MEMORY_PAIR,
          TYPE_AND_FIELD,
          TYPE_AND_COUNT,
          TYPE_AND_DATA,
          TYPE_AND_ELEMENT,
          TYPE_PAIR -> {
        index = index();
        secondIndex = index();
      }
      case LABEL_TABLE -> readLabels();
      case SELECT_TYPES -> readSelectTypes();
      case MEMARG_LANE -> {
        readMemarg();
        secondIndex = u8();
      }
      case LANE_INDEX -> secondIndex = u8();
      case I64 -> low = s64();
      case F32 -> low = fixed32();
      case F64 -> low = fixed64();
      case V128, LANE_INDICES -> {
        low = fixed64();
        high = fixed64();
      }
      case HEAP_TYPE, CAST_TYPE -> index = heapType();
      case CAST_BRANCH -> readCastBranch();
      case ORDERING -> readOrdering();
    }
  }

  /** The type index goes to {@code index}, or -1; the value type to {@code secondIndex}. */
  private void readBlockType() {
    int at = position;
    int b = at < limit ? bytes[at] & 0xFF : 0;
    index = -1;
    secondIndex = TypeCode.UNKNOWN;
    if (b == ModuleFormat.EMPTY_BLOCK_TYPE) {
      position++;
    } else if ((b & 0xC0) == 0x40) {
      secondIndex = valType();
    } else {
      long typeIndex = s33();
      if (typeIndex < 0) {
        throw malformed("malformed block type", at);
      }
      index = (int) Math.min(typeIndex, Integer.MAX_VALUE);
    }
  }

  private void readLabels() {
    listLength = count();
    if (listLength > list.length) {
      list = new int[Math.max(listLength, 2 * list.length)];
    }
    for (int i = 0; i < listLength; i++) {
      list[i] = index();
    }
    index = index();
  }

  /** Three numbers for each clause: kind, tag or 0, label. */
  private void readCatches() {
    listLength = count();
    if (3 * listLength > list.length) {
      list = new int[Math.max(3 * listLength, 2 * list.length)];
    }
    for (int i = 0; i < listLength; i++) {
      int at = position;
      int kind = u8();
      if (kind > CATCH_ALL_REF) {
        throw malformed("malformed catch clause " + hex(kind), at);
      }
      list[3 * i] = kind;
      list[3 * i + 1] = kind <= CATCH_REF ? index() : 0;
      list[3 * i + 2] = index();
    }
  }

  private void readCastBranch() {
    int at = position;
    int flags = u8();
    if (flags > (ModuleFormat.CAST_FROM_NULL | ModuleFormat.CAST_TO_NULL)) {
      throw malformed("malformed br_on_cast flags " + hex(flags), at);
    }
    index = index();
    castFrom = TypeCode.reference((flags & ModuleFormat.CAST_FROM_NULL) != 0, heapType());
    castTo = TypeCode.reference((flags & ModuleFormat.CAST_TO_NULL) != 0, heapType());
  }

  private void readOrdering() {
    int at = position;
    if (u8() != 0) {
      throw malformed("malformed atomic.fence: zero byte expected", at);
    }
  }

  private void readSelectTypes() {
    listLength = count();
    if (listLength > list.length) {
      list = new int[listLength];
    }
    for (int i = 0; i < listLength; i++) {
      list[i] = valType();
    }
  }

  private void readMemarg() {
    int at = position;
    int flags = u32();
    if (flags < 0 || flags >= 2 * ModuleFormat.MEMARG_HAS_MEMORY) {
      throw malformed("malformed memop flags", at);
    }
    explicitMemory = (flags & ModuleFormat.MEMARG_HAS_MEMORY) != 0;
    alignLog2 = flags & ~ModuleFormat.MEMARG_HAS_MEMORY;
    index = explicitMemory ? index() : 0;
    low = u64();
  }

  /**
   * The offset of the current instruction from the start of the module; before the first one, that
   * of the function body.
   */
  public int operatorOffset() {
    return operatorOffset;
  }

  /**
   * BLOCK_TYPE, TRY_TABLE: the type index, or -1 if the type is given by {@link #blockResult()}.
   */
  public int blockTypeIndex() {
    return index;
  }

  /** BLOCK_TYPE without index: the one result's {@link TypeCode}, UNKNOWN if there is no result. */
  public int blockResult() {
    return secondIndex;
  }

  /** LABEL_INDEX, CAST_BRANCH: the label. LABEL_TABLE: the default label. */
  public int label() {
    return index;
  }

  /** LABEL_TABLE: the number of labels besides the default. */
  public int labelCount() {
    return listLength;
  }

  /** LABEL_TABLE: a label. */
  public int label(int i) {
    return list[i];
  }

  /** FUNCTION_INDEX. */
  public int functionIndex() {
    return index;
  }

  /** TYPE_INDEX and what begins with one: the type index; of TYPE_PAIR the destination's. */
  public int typeIndex() {
    return index;
  }

  /** TYPE_PAIR: the type index of the source. */
  public int secondTypeIndex() {
    return secondIndex;
  }

  /** TYPE_AND_FIELD: the index of the field. */
  public int fieldIndex() {
    return secondIndex;
  }

  /** TYPE_AND_COUNT: the number of elements. */
  public int elementCount() {
    return secondIndex;
  }

  /** TYPE_AND_DATA, TYPE_AND_ELEMENT: the segment. */
  public int segmentIndex() {
    return secondIndex;
  }

  /** TAG_INDEX. */
  public int tagIndex() {
    return index;
  }

  /** TRY_TABLE: the number of catch clauses. */
  public int catchCount() {
    return listLength;
  }

  /** TRY_TABLE: {@link #CATCH}, {@link #CATCH_REF} and so on. */
  public int catchKind(int i) {
    return list[3 * i];
  }

  /** TRY_TABLE: the tag of a clause that has one, otherwise 0. */
  public int catchTag(int i) {
    return list[3 * i + 1];
  }

  /** TRY_TABLE: the label of a clause, counted from outside of the block. */
  public int catchLabel(int i) {
    return list[3 * i + 2];
  }

  /** CAST_BRANCH: the {@link TypeCode} of what comes in. */
  public int castFrom() {
    return castFrom;
  }

  /** CAST_BRANCH: the {@link TypeCode} that is asked for. */
  public int castTo() {
    return castTo;
  }

  /** LOCAL_INDEX. */
  public int localIndex() {
    return index;
  }

  /** GLOBAL_INDEX. */
  public int globalIndex() {
    return index;
  }

  /** TABLE_INDEX, and the destination of TABLE_PAIR. */
  public int tableIndex() {
    return index;
  }

  /** The table of TYPE_AND_TABLE and ELEMENT_AND_TABLE, and the source of TABLE_PAIR. */
  public int secondTableIndex() {
    return secondIndex;
  }

  /** ELEMENT_INDEX and ELEMENT_AND_TABLE: the element segment. */
  public int elementIndex() {
    return index;
  }

  /** MEMORY_INDEX, MEMARG, MEMARG_LANE, and the destination of MEMORY_PAIR. */
  public int memoryIndex() {
    return index;
  }

  /** The memory of DATA_AND_MEMORY, and the source of MEMORY_PAIR. */
  public int secondMemoryIndex() {
    return secondIndex;
  }

  /** DATA_INDEX and DATA_AND_MEMORY: the data segment. */
  public int dataIndex() {
    return index;
  }

  /** MEMARG, MEMARG_LANE: the logarithm of the alignment that the program promises. */
  public int alignLog2() {
    return alignLog2;
  }

  /** MEMARG, MEMARG_LANE: the constant offset, unsigned. */
  public long memoryOffset() {
    return low;
  }

  /** MEMARG, MEMARG_LANE: whether the memory's index is written out, as multi-memory allows. */
  public boolean hasExplicitMemory() {
    return explicitMemory;
  }

  /** LANE_INDEX, MEMARG_LANE. */
  public int lane() {
    return secondIndex;
  }

  /** LANE_INDICES: one of the sixteen. */
  public int lane(int i) {
    return (int) ((i < 8 ? low : high) >>> (8 * (i & 7))) & 0xFF;
  }

  /** I32. */
  public int i32() {
    return (int) low;
  }

  /** I64. */
  public long i64() {
    return low;
  }

  /** F32, as bits. */
  public int f32Bits() {
    return (int) low;
  }

  /** F64, as bits. */
  public long f64Bits() {
    return low;
  }

  /** V128 and LANE_INDICES: bytes 0 to 7, little-endian. */
  public long v128Low() {
    return low;
  }

  /** V128 and LANE_INDICES: bytes 8 to 15, little-endian. */
  public long v128High() {
    return high;
  }

  /** HEAP_TYPE, CAST_TYPE: a {@link dev.tazza.wasm.type.HeapType#code()}. */
  public int heapTypeCode() {
    return index;
  }

  /** SELECT_TYPES: how many types there are; valid is one. */
  public int selectTypeCount() {
    return listLength;
  }

  /** SELECT_TYPES: a {@link TypeCode}. */
  public int selectType(int i) {
    return list[i];
  }
}
