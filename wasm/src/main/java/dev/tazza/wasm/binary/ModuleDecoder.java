package dev.tazza.wasm.binary;

import static dev.tazza.wasm.binary.BinaryReader.malformed;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.module.CustomSection;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.Export;
import dev.tazza.wasm.module.SegmentMode;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.module.WasmModuleBuilder;
import dev.tazza.wasm.type.ExternKind;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.TableType;
import java.util.Arrays;
import java.util.List;

/**
 * Decodes a module (specification, section 5.5): header, sections in their order, and everything in
 * them except function bodies, which are only delimited.
 *
 * <p>What it accepts is well-formed, not necessarily valid. The exception to that are things that
 * the model cannot express, such as an import of a type that does not exist.
 */
public final class ModuleDecoder {

  private final byte[] bytes;
  private final ModuleLimits limits;
  private final boolean isSkeleton;

  /** The id of the last section that was no custom section, 0 before the first. */
  private int lastSection;

  private final WasmModuleBuilder module;
  private final TypeDecoder types;
  private final ConstExprDecoder constExprs;
  private final ElementDecoder elements;

  private ModuleDecoder(byte[] bytes, ModuleLimits limits, boolean isSkeleton) {
    this.bytes = bytes;
    this.limits = limits;
    this.isSkeleton = isSkeleton;
    this.module = new WasmModuleBuilder(bytes);
    this.types = new TypeDecoder(limits);
    this.constExprs = new ConstExprDecoder(bytes);
    this.elements = new ElementDecoder(limits, constExprs);
  }

  /**
   * Decodes a module that the bytes consist of. They are not copied and must not change any more.
   *
   * @throws MalformedException if they are no module
   * @throws ValidationException if they use what is not supported, or types that do not exist
   * @throws ResourceLimitException if the module exceeds one of the limits
   */
  public static WasmModule decode(byte[] bytes, ModuleLimits limits) {
    limits.check(ModuleLimit.MODULE_BYTES, bytes.length, 0);
    return new ModuleDecoder(bytes, limits, false).decode();
  }

  /** The same for a {@link ModuleSkeleton}. */
  static WasmModule decodeSkeleton(byte[] bytes, ModuleLimits limits) {
    limits.check(ModuleLimit.MODULE_BYTES, bytes.length, 0);
    return new ModuleDecoder(bytes, limits, true).decode();
  }

  private WasmModule decode() {
    BinaryReader in = BinaryReader.ofModule(bytes);
    if (in.fixed32() != ModuleFormat.MAGIC) {
      throw malformed("magic header not detected", 0);
    }
    int version = in.fixed32();
    if (version == ModuleFormat.COMPONENT) {
      throw malformed("unknown binary version: a component; Tazza runs core modules", 4);
    }
    if (version != ModuleFormat.VERSION) {
      throw malformed("unknown binary version", 4);
    }
    if (isSkeleton) {
      module.locals(new int[0]); // unless it says more
    }
    int lastPlace = 0;
    int codeCount = 0;
    while (in.remaining() > 0) {
      int at = in.position();
      int id = in.u8();
      int place = SectionId.place(id);
      if (place < 0) {
        throw malformed("malformed section id " + id, at);
      }
      int size = in.count();
      BinaryReader section = new BinaryReader(bytes, in.position(), in.position() + size);
      in.skip(size);
      if (id != SectionId.CUSTOM) {
        if (place <= lastPlace) {
          throw malformed("unexpected content after last section: section " + id, at);
        }
        lastPlace = place;
        lastSection = id;
      }
      if (id == SectionId.CODE) {
        codeCount = code(section);
      } else {
        section(id, section);
      }
      if (section.remaining() != 0) {
        throw malformed(
            "section size mismatch: " + section.remaining() + " bytes left", section.position());
      }
    }
    checkCounts(isSkeleton ? 0 : module.definedFunctionCount(), codeCount, bytes.length);
    return module.build();
  }

  private void checkCounts(int functions, int codeCount, int at) {
    if (functions != codeCount) {
      throw malformed(
          "function and code section have inconsistent lengths: "
              + functions
              + " functions, "
              + codeCount
              + " bodies",
          at);
    }
    if (!module.hasPresentDataSegments()) {
      throw malformed("not the data segments that there should be", at);
    }
    int data = module.dataSegmentCount();
    if (module.dataCount() >= 0 && module.dataCount() != data) {
      throw malformed(
          "data count and data section have inconsistent lengths: count "
              + module.dataCount()
              + ", segments "
              + data,
          at);
    }
  }

  private void section(int id, BinaryReader in) {
    switch (id) {
      case SectionId.CUSTOM -> custom(in);
      case SectionId.TYPE -> typeSection(in);
      case SectionId.IMPORT -> imports(in);
      case SectionId.FUNCTION -> functions(in);
      case SectionId.TABLE -> tables(in);
      case SectionId.MEMORY -> memories(in);
      case SectionId.TAG -> tags(in);
      case SectionId.GLOBAL -> globals(in);
      case SectionId.EXPORT -> exports(in);
      case SectionId.START -> module.start(in.index());
      case SectionId.ELEMENT -> elements.decode(in, module);
      case SectionId.DATA_COUNT -> module.dataCount(in.index());
      case SectionId.DATA -> data(in);
      default -> throw malformed("malformed section id " + id, in.position());
    }
  }

  private int vector(BinaryReader in, ModuleLimit limit) {
    int at = in.position();
    int count = in.count();
    limits.check(limit, count, at);
    return count;
  }

  private void custom(BinaryReader in) {
    String name = in.name();
    int start = in.position();
    int end = start + in.remaining();
    in.skip(end - start);
    module.customSection(new CustomSection(name, start, end, lastSection));
    if (name.equals(ModuleFormat.NAME_SECTION)) {
      module.nameDecoder(() -> NameSectionDecoder.decode(bytes, start, end));
    } else if (isSkeleton && name.equals(ModuleFormat.CODE_OFFSET_SECTION)) {
      bodyPlaces(new BinaryReader(bytes, start, end));
    } else if (isSkeleton && name.equals(ModuleFormat.DATA_SECTION)) {
      dataIndexes(new BinaryReader(bytes, start, end));
    } else if (isSkeleton && name.equals(ModuleFormat.LOCALS_SECTION)) {
      locals(new BinaryReader(bytes, start, end));
    }
  }

  /** What a skeleton says of which data segments it has. */
  private void dataIndexes(BinaryReader in) {
    int start = in.position();
    int all = in.index();
    limits.check(ModuleLimit.DATA_SEGMENTS, all, start);
    int[] present = new int[Math.min(all, in.remaining())];
    int count = 0;
    long index = 0;
    while (in.remaining() > 0) {
      int position = in.position();
      int step = in.index();
      index += step;
      if (index >= all || count > 0 && step == 0) {
        throw malformed("a data segment that there is not", position);
      }
      present[count++] = (int) index;
    }
    module.partialDataSegments(all, Arrays.copyOf(present, count));
  }

  /** What a skeleton says of where the bodies of functions were. */
  private void bodyPlaces(BinaryReader in) {
    int section = in.index();
    int[] ranges = new int[in.remaining() + 1];
    int count = 0;
    long at = section;
    while (in.remaining() > 0) {
      int position = in.position();
      long start = at + in.index();
      at = start + in.index();
      if (at > Integer.MAX_VALUE) {
        throw malformed("a function's body lies too far", position);
      }
      ranges[count++] = (int) start;
      ranges[count++] = (int) at;
    }
    module.code(section, Arrays.copyOf(ranges, count));
  }

  /** What a skeleton says of the locals of functions: for each the size, and the declarations. */
  private void locals(BinaryReader in) {
    int[] bounds = new int[in.remaining() + 1];
    int count = 0;
    while (in.remaining() > 0) {
      bounds[count++] = in.position();
      int groups = in.count();
      for (int i = 0; i < groups; i++) {
        in.u32();
        in.valType();
      }
    }
    bounds[count++] = in.position();
    module.locals(Arrays.copyOf(bounds, count));
  }

  private void typeSection(BinaryReader in) {
    int count = vector(in, ModuleLimit.TYPES);
    for (int i = 0; i < count; i++) {
      int at = in.position();
      types.group(in, module);
      limits.check(ModuleLimit.TYPES, module.typeCount(), at);
    }
  }

  private void imports(BinaryReader in) {
    int count = vector(in, ModuleLimit.IMPORTS);
    for (int i = 0; i < count; i++) {
      String from = in.name();
      String name = in.name();
      int at = in.position();
      int code = in.u8();
      ExternKind kind = ExternKind.find(code);
      if (kind == null) {
        throw malformed("malformed import kind " + code, at);
      }
      switch (kind) {
        case FUNC -> {
          int typeIndex = in.index();
          module.importFunction(from, name, funcType(typeIndex, at + 1), typeIndex);
        }
        case TABLE -> module.importTable(from, name, types.tableType(in));
        case MEMORY -> module.importMemory(from, name, types.memoryType(in));
        case GLOBAL -> module.importGlobal(from, name, types.globalType(in));
        case TAG -> {
          int typeIndex = tagType(in);
          module.importTag(from, name, funcType(typeIndex, at + 1), typeIndex);
        }
      }
    }
  }

  private FuncType funcType(int typeIndex, int at) {
    if (typeIndex < module.typeCount() && module.typeAt(typeIndex) instanceof FuncType type) {
      return type;
    }
    throw noFuncType(typeIndex, at);
  }

  private ValidationException noFuncType(int typeIndex, int at) {
    return typeIndex >= module.typeCount()
        ? new ValidationException("unknown type " + typeIndex, at)
        : new ValidationException("type mismatch: type " + typeIndex + " is no function type", at);
  }

  private int tagType(BinaryReader in) {
    int at = in.position();
    int attribute = in.u8();
    if (attribute != 0) {
      throw malformed("malformed tag attribute " + attribute, at);
    }
    return in.index();
  }

  private void tags(BinaryReader in) {
    int count = vector(in, ModuleLimit.TAGS);
    for (int i = 0; i < count; i++) {
      int at = in.position();
      int typeIndex = tagType(in);
      funcType(typeIndex, at);
      module.tag(typeIndex);
    }
  }

  private void functions(BinaryReader in) {
    int count = vector(in, ModuleLimit.FUNCTIONS);
    int[] typeIndexes = new int[count];
    int start = in.position();
    in.indexes(typeIndexes);
    boolean[] isFuncType = new boolean[module.typeCount()]; // as found out so far
    for (int i = 0; i < count; i++) {
      int typeIndex = typeIndexes[i];
      if (typeIndex >= isFuncType.length || !isFuncType[typeIndex]) {
        if (typeIndex >= isFuncType.length || !(module.typeAt(typeIndex) instanceof FuncType)) {
          in.reset(start, bytes.length);
          in.indexes(new int[i]);
          throw noFuncType(typeIndex, in.position());
        }
        isFuncType[typeIndex] = true;
      }
    }
    module.functions(typeIndexes);
  }

  private void tables(BinaryReader in) {
    int count = vector(in, ModuleLimit.TABLES);
    for (int i = 0; i < count; i++) {
      boolean hasInit = types.tableHasInit(in);
      TableType type = types.tableType(in);
      module.table(type, hasInit ? constExprs.decode(in) : null);
    }
  }

  private void memories(BinaryReader in) {
    int count = vector(in, ModuleLimit.MEMORIES);
    for (int i = 0; i < count; i++) {
      module.memory(types.memoryType(in));
    }
  }

  private void globals(BinaryReader in) {
    int count = vector(in, ModuleLimit.GLOBALS);
    for (int i = 0; i < count; i++) {
      var type = types.globalType(in);
      module.global(type, constExprs.decode(in));
    }
  }

  private void exports(BinaryReader in) {
    if (isSkeleton) {
      int start = in.position();
      int end = start + in.remaining();
      in.skip(end - start);
      module.exportDecoder(() -> exports(new BinaryReader(bytes, start, end), limits));
    } else {
      exports(in, limits).forEach(module::export);
    }
  }

  private static List<Export> exports(BinaryReader in, ModuleLimits limits) {
    int start = in.position();
    int count = in.count();
    limits.check(ModuleLimit.EXPORTS, count, start);
    Export[] exports = new Export[count];
    for (int i = 0; i < count; i++) {
      String name = in.name();
      int at = in.position();
      int code = in.u8();
      ExternKind kind = ExternKind.find(code);
      if (kind == null) {
        throw malformed("malformed export kind " + code, at);
      }
      exports[i] = new Export(name, kind, in.index());
    }
    if (in.remaining() != 0) {
      throw malformed("section size mismatch: " + in.remaining() + " bytes left", in.position());
    }
    return List.of(exports);
  }

  private int code(BinaryReader in) {
    int sectionStart = in.position();
    int count = vector(in, ModuleLimit.FUNCTIONS);
    int[] ranges = new int[2 * count];
    for (int i = 0; i < count; i++) {
      int at = in.position();
      int size = in.count();
      limits.check(ModuleLimit.FUNCTION_BYTES, size, at);
      ranges[2 * i] = in.position();
      in.skip(size);
      ranges[2 * i + 1] = in.position();
    }
    module.code(sectionStart, ranges);
    return count;
  }

  private void data(BinaryReader in) {
    int count = vector(in, ModuleLimit.DATA_SEGMENTS);
    for (int i = 0; i < count; i++) {
      int at = in.position();
      int flags = in.u32();
      if (flags < 0 || flags > 2) {
        throw malformed("malformed data segment kind " + flags, at);
      }
      boolean active = flags != 1;
      int memoryIndex = flags == 2 ? in.index() : 0;
      var offset = active ? constExprs.decode(in) : null;
      int size = in.count();
      int start = in.position();
      in.skip(size);
      SegmentMode mode = active ? SegmentMode.ACTIVE : SegmentMode.PASSIVE;
      module.dataSegment(new DataSegment(mode, memoryIndex, offset, start, start + size));
    }
  }
}
