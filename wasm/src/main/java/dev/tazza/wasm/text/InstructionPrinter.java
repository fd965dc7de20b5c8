package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.module.NameMap;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.HeapType;
import dev.tazza.wasm.type.StructType;
import dev.tazza.wasm.type.TypeCode;
import dev.tazza.wasm.type.ValType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints one instruction at a time, as the reader presents it. */
final class InstructionPrinter {
  private final WasmModule module;
  private final ModuleIdentifiers identifiers;
  private final OperatorReader reader;
  private final StringBuilder out;
  private LabelIdentifiers labels = new LabelIdentifiers(NameMap.EMPTY);

  InstructionPrinter(
      WasmModule module, ModuleIdentifiers identifiers, OperatorReader reader, StringBuilder out) {
    this.module = module;
    this.identifiers = identifiers;
    this.reader = reader;
    this.out = out;
  }

  /** The instructions that follow are those of a function with these names of labels. */
  void begin(NameMap labelNames) {
    labels = new LabelIdentifiers(labelNames);
  }

  /**
   * The operator and its immediates, without a line break.
   *
   * @param depth the number of blocks the instruction stands in
   * @param locals the function's locals, null in a constant expression
   */
  void print(Operator operator, int depth, @Nullable Identifiers locals) {
    out.append(operator.mnemonic());
    switch (operator.immediate()) {
      case NONE -> {}
      case BLOCK_TYPE -> {
        labels.begin(out, depth);
        blockType();
        blockNumber(depth);
      }
      case TRY_TABLE -> {
        labels.begin(out, depth);
        blockType();
        catches(depth);
        blockNumber(depth);
      }
      case CAST_BRANCH -> {
        label(reader.label(), depth);
        reference(reader.castFrom());
        reference(reader.castTo());
      }
      case LABEL_INDEX -> label(reader.label(), depth);
      case LABEL_TABLE -> {
        for (int i = 0; i < reader.labelCount(); i++) {
          label(reader.label(i), depth);
        }
        label(reader.label(), depth);
      }
      case LOCAL_INDEX -> {
        out.append(' ');
        if (locals == null) {
          out.append(reader.localIndex());
        } else {
          locals.use(out, reader.localIndex());
        }
      }
      case SELECT_TYPES -> {
        out.append(" (result");
        for (int i = 0; i < reader.selectTypeCount(); i++) {
          valType(reader.selectType(i));
        }
        out.append(')');
      }
      case I32 -> out.append(' ').append(reader.i32());
      case I64 -> out.append(' ').append(reader.i64());
      case F32 -> out.append(' ').append(FloatText.f32(reader.f32Bits()));
      case F64 -> out.append(' ').append(FloatText.f64(reader.f64Bits()));
      case V128 -> out.append(' ').append(FloatText.v128(reader.v128Low(), reader.v128High()));
      case HEAP_TYPE -> heapType(reader.heapTypeCode());
      case CAST_TYPE -> {
        boolean nullable = operator == Operator.REF_TEST_NULL || operator == Operator.REF_CAST_NULL;
        reference(TypeCode.reference(nullable, reader.heapTypeCode()));
      }
      case LANE_INDEX -> out.append(' ').append(reader.lane());
      case LANE_INDICES -> {
        for (int i = 0; i < 16; i++) {
          out.append(' ').append(reader.lane(i));
        }
      }
      default -> indices(operator);
    }
  }

  private void indices(Operator operator) {
    switch (operator.immediate()) {
      case FUNCTION_INDEX -> use(identifiers.functions, reader.functionIndex());
      case GLOBAL_INDEX -> use(identifiers.globals, reader.globalIndex());
      case TAG_INDEX -> use(identifiers.tags, reader.tagIndex());
      case TYPE_INDEX -> use(identifiers.types, reader.typeIndex());
      case TYPE_AND_FIELD -> {
        use(identifiers.types, reader.typeIndex());
        field(reader.typeIndex(), reader.fieldIndex());
      }
      case TYPE_AND_COUNT -> {
        use(identifiers.types, reader.typeIndex());
        out.append(' ').append(Integer.toUnsignedString(reader.elementCount()));
      }
      case TYPE_AND_DATA -> {
        use(identifiers.types, reader.typeIndex());
        use(identifiers.data, reader.segmentIndex());
      }
      case TYPE_AND_ELEMENT -> {
        use(identifiers.types, reader.typeIndex());
        use(identifiers.elements, reader.segmentIndex());
      }
      case TYPE_PAIR -> {
        use(identifiers.types, reader.typeIndex());
        use(identifiers.types, reader.secondTypeIndex());
      }
      case ORDERING -> {}
      case TYPE_AND_TABLE -> {
        useUnlessFirst(identifiers.tables, reader.secondTableIndex());
        out.append(" (type ");
        identifiers.types.use(out, reader.typeIndex());
        out.append(')');
      }
      case TABLE_INDEX -> use(identifiers.tables, reader.tableIndex());
      case ELEMENT_AND_TABLE -> {
        useUnlessFirst(identifiers.tables, reader.secondTableIndex());
        use(identifiers.elements, reader.elementIndex());
      }
      case ELEMENT_INDEX -> use(identifiers.elements, reader.elementIndex());
      case TABLE_PAIR -> {
        use(identifiers.tables, reader.tableIndex());
        use(identifiers.tables, reader.secondTableIndex());
      }
      case MEMARG, MEMARG_LANE -> memoryArgument(operator);
      case MEMORY_INDEX -> useUnlessFirst(identifiers.memories, reader.memoryIndex());
      case DATA_AND_MEMORY -> {
        useUnlessFirst(identifiers.memories, reader.secondMemoryIndex());
        use(identifiers.data, reader.dataIndex());
      }
      case DATA_INDEX -> use(identifiers.data, reader.dataIndex());
      case MEMORY_PAIR -> {
        if (reader.memoryIndex() != 0 || reader.secondMemoryIndex() != 0) {
          use(identifiers.memories, reader.memoryIndex());
          use(identifiers.memories, reader.secondMemoryIndex());
        }
      }
      default -> throw new IllegalStateException(operator.mnemonic());
    }
  }

  private void use(Identifiers space, int index) {
    out.append(' ');
    space.use(out, index);
  }

  private void useUnlessFirst(Identifiers space, int index) {
    if (index != 0) {
      use(space, index);
    }
  }

  private void memoryArgument(Operator operator) {
    useUnlessFirst(identifiers.memories, reader.memoryIndex());
    if (reader.memoryOffset() != 0) {
      out.append(" offset=").append(Long.toUnsignedString(reader.memoryOffset()));
    }
    if (reader.alignLog2() != operator.naturalAlignLog2()) {
      out.append(" align=").append(Long.toUnsignedString(1L << reader.alignLog2()));
    }
    if (operator.laneCount() > 0) {
      out.append(' ').append(reader.lane());
    }
  }

  /**
   * The label's name or else its number, and in a comment the number of the block that it leads to.
   */
  private void label(int label, int depth) {
    String identifier = labels.use(label, depth);
    out.append(' ').append(identifier == null ? Integer.toUnsignedString(label) : identifier);
    if (label >= 0 && label < depth) {
      out.append(" (;@").append(depth - label).append(";)");
    }
  }

  private void field(int type, int field) {
    boolean exists = type < module.typeCount() && module.type(type) instanceof StructType;
    use(identifiers.fields(type, exists ? field + 1 : 0), field);
  }

  private void catches(int depth) {
    for (int i = 0; i < reader.catchCount(); i++) {
      int kind = reader.catchKind(i);
      out.append(" (");
      switch (kind) {
        case OperatorReader.CATCH -> out.append("catch");
        case OperatorReader.CATCH_REF -> out.append("catch_ref");
        case OperatorReader.CATCH_ALL -> out.append("catch_all");
        default -> out.append("catch_all_ref");
      }
      if (kind == OperatorReader.CATCH || kind == OperatorReader.CATCH_REF) {
        use(identifiers.tags, reader.catchTag(i));
      }
      label(reader.catchLabel(i), depth);
      out.append(')');
    }
  }

  private void blockNumber(int depth) {
    out.append("  ;; @").append(depth + 1);
  }

  private void blockType() {
    int index = reader.blockTypeIndex();
    if (index >= 0) {
      out.append(" (type ");
      identifiers.types.use(out, index);
      out.append(')');
      if (index < module.typeCount() && module.isFuncType(index)) {
        signature(module.funcTypeAt(index), null);
      }
    } else if (reader.blockResult() != TypeCode.UNKNOWN) {
      out.append(" (result");
      valType(reader.blockResult());
      out.append(')');
    }
  }

  /** A type, by the identifier where it is a reference to a type of the module that has one. */
  void valType(int code) {
    if (TypeCode.isConcrete(code)) {
      reference(code);
    } else {
      out.append(' ').append(TypeCode.toString(code));
    }
  }

  private void reference(int code) {
    out.append(TypeCode.isNullable(code) ? " (ref null" : " (ref");
    heapType(TypeCode.heapType(code));
    out.append(')');
  }

  private void heapType(int code) {
    out.append(' ');
    switch (HeapType.ofCode(code)) {
      case AbstractHeapType type -> out.append(type);
      default -> identifiers.types.use(out, code);
    }
  }

  /** {@code (param …) (result …)}, each parameter that has a name on its own. */
  void signature(FuncType type, @Nullable Identifiers locals) {
    types("param", type.params(), locals, 0);
    types("result", type.results(), null, 0);
  }

  /** A group of types: those with a name by themselves, runs of others together. */
  void types(String keyword, List<ValType> types, @Nullable Identifiers names, int first) {
    Identifiers named = names == null ? Identifiers.NONE : names;
    boolean open = false;
    for (int i = 0; i < types.size(); i++) {
      boolean isNamed = named.isNamed(first + i);
      if (open && isNamed) {
        out.append(')');
        open = false;
      }
      if (!open) {
        out.append(" (").append(keyword);
      }
      named.name(out, first + i);
      valType(types.get(i).code());
      open = !isNamed;
      if (!open) {
        out.append(')');
      }
    }
    if (open) {
      out.append(')');
    }
  }
}
