package dev.tazza.wasm.binary;

import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.Export;
import dev.tazza.wasm.module.SegmentMode;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.ValType;
import dev.tazza.wasm.type.VecType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a module whose instances begin as one of it was (pre-initialization, as Wizer does it):
 * memories and tables have its sizes and contents, globals its values, and there is no start
 * function. Everything else is as before, names included.
 *
 * <p>Segments that were active have done their work; they stay, empty or declarative, so that the
 * indexes of others do not change.
 */
public final class SnapshotWriter {
  private static final int FUNCTION_KIND = 0;
  private static final int EXPLICIT_INDEX = 2;
  private static final int PASSIVE = 1;
  private static final int DECLARATIVE = 3;
  private static final int WITH_EXPRESSIONS = 4;

  /**
   * Zeros between two data segments are cheaper than the second one's head from so many on; with
   * more segments than {@link #MOST_SEGMENTS} the gap is doubled.
   */
  private static final long LEAST_GAP = 16;

  private static final int MOST_SEGMENTS = 10_000;

  private final WasmModule module;
  private final InstanceState state;
  private final Set<String> withoutExports;
  private BinaryWriter data = new BinaryWriter();
  private int dataCount;

  private SnapshotWriter(WasmModule module, InstanceState state, Set<String> withoutExports) {
    this.module = module;
    this.state = state;
    this.withoutExports = withoutExports;
  }

  /**
   * The module.
   *
   * @param module with its functions' bodies
   * @param withoutExports names of exports to leave out, such as the function that initialized it
   */
  public static byte[] write(WasmModule module, InstanceState state, Set<String> withoutExports) {
    return new SnapshotWriter(module, state, withoutExports).write();
  }

  private byte[] write() {
    memoriesAsSegments();
    byte[] bytes = module.bytes();
    BinaryReader in = BinaryReader.ofModule(bytes);
    in.skip(ModuleFormat.HEADER_SIZE);
    BinaryWriter out = new BinaryWriter().header();
    int last = 0;
    while (in.remaining() > 0) {
      int start = in.position();
      int id = in.u8();
      in.skip(in.count());
      if (id == SectionId.CUSTOM) {
        out.bytes(bytes, start, in.position());
        continue;
      }
      missing(out, last, SectionId.place(id));
      last = SectionId.place(id);
      BinaryWriter contents = contents(id);
      if (contents != null) {
        out.section(id, contents);
      } else if (id != SectionId.START) {
        out.bytes(bytes, start, in.position());
      }
    }
    missing(out, last, Integer.MAX_VALUE);
    return out.toByteArray();
  }

  /** Sections between two places that the module did not have, but has now. */
  private void missing(BinaryWriter out, int from, int to) {
    for (int id : new int[] {SectionId.ELEMENT, SectionId.DATA_COUNT, SectionId.DATA}) {
      int place = SectionId.place(id);
      if (place > from && place < to) {
        BinaryWriter contents = contents(id);
        if (contents != null && contents.size() > 1) {
          out.section(id, contents);
        }
      }
    }
  }

  /** What a section has now; null if that is what it had. */
  private @Nullable BinaryWriter contents(int id) {
    return switch (id) {
      case SectionId.TABLE -> tables();
      case SectionId.MEMORY -> memories();
      case SectionId.GLOBAL -> globals();
      case SectionId.EXPORT -> exports();
      case SectionId.ELEMENT -> elements();
      case SectionId.DATA_COUNT -> new BinaryWriter().u32(dataCount);
      case SectionId.DATA -> new BinaryWriter().u32(dataCount).append(data);
      default -> null;
    };
  }

  private BinaryWriter tables() {
    BinaryWriter out = new BinaryWriter();
    out.u32(module.tableCount() - module.importedTableCount());
    for (int i = module.importedTableCount(); i < module.tableCount(); i++) {
      TableType type = module.table(i);
      ConstExpr init = module.tableInit(i);
      if (init != null) {
        out.u8(ModuleFormat.TABLE_WITH_INIT).u8(0);
      }
      out.typeCode(type.elementType().code());
      limits(out, type.limits(), state.tableSize(i), 0);
      if (init != null) {
        out.bytes(module.bytes(), init.start(), init.end());
      }
    }
    return out;
  }

  private BinaryWriter memories() {
    BinaryWriter out = new BinaryWriter();
    out.u32(module.memoryCount() - module.importedMemoryCount());
    for (int i = module.importedMemoryCount(); i < module.memoryCount(); i++) {
      MemoryType type = module.memory(i);
      boolean custom = type.pageSizeLog2() != MemoryType.DEFAULT_PAGE_SIZE_LOG2;
      long pages = state.memory(i).byteSize() >>> type.pageSizeLog2();
      limits(out, type.limits(), pages, custom ? ModuleFormat.LIMITS_PAGE_SIZE : 0);
      if (custom) {
        out.u32(type.pageSizeLog2());
      }
    }
    return out;
  }

  private static void limits(BinaryWriter out, Limits limits, long minimum, int flags) {
    out.u8(
        flags
            | (limits.hasMaximum() ? ModuleFormat.LIMITS_MAXIMUM : 0)
            | (limits.shared() ? ModuleFormat.LIMITS_SHARED : 0)
            | (limits.is64() ? ModuleFormat.LIMITS_64 : 0));
    out.u64(minimum);
    if (limits.hasMaximum()) {
      out.u64(limits.maximum());
    }
  }

  private BinaryWriter globals() {
    BinaryWriter out = new BinaryWriter();
    out.u32(module.globalCount() - module.importedGlobalCount());
    for (int i = module.importedGlobalCount(); i < module.globalCount(); i++) {
      GlobalType type = module.global(i);
      out.valType(type.valueType()).u8(type.mutable() ? 1 : 0);
      value(out, type.valueType(), state.global(i));
      out.operator(Operator.END);
    }
    return out;
  }

  private static void value(BinaryWriter out, ValType type, long[] bits) {
    switch (type) {
      case NumType.I32 -> out.operator(Operator.I32_CONST).s64((int) bits[0]);
      case NumType.I64 -> out.operator(Operator.I64_CONST).s64(bits[0]);
      case NumType.F32 -> out.operator(Operator.F32_CONST).fixed32((int) bits[0]);
      case NumType.F64 -> out.operator(Operator.F64_CONST).fixed64(bits[0]);
      case VecType _ -> out.operator(Operator.V128_CONST).fixed64(bits[0]).fixed64(bits[1]);
      case RefType reference -> {
        if (bits[0] == InstanceState.NULL) {
          out.operator(Operator.REF_NULL).s64(reference.heapType().code());
        } else {
          out.operator(Operator.REF_FUNC).u32((int) bits[0]);
        }
      }
    }
  }

  private BinaryWriter exports() {
    BinaryWriter out = new BinaryWriter();
    int count = 0;
    for (Export export : module.exports()) {
      if (!withoutExports.contains(export.name())) {
        out.name(export.name()).u8(export.kind().code()).u32(export.index());
        count++;
      }
    }
    return new BinaryWriter().u32(count).append(out);
  }

  // Elements.

  private BinaryWriter elements() {
    BinaryWriter out = new BinaryWriter();
    int count = 0;
    for (ElementSegment segment : module.elementSegments()) {
      element(out, segment);
      count++;
    }
    for (int i = module.importedTableCount(); i < module.tableCount(); i++) {
      count += runs(out, i);
    }
    return new BinaryWriter().u32(count).append(out);
  }

  private void element(BinaryWriter out, ElementSegment segment) {
    int mode = segment.mode() == SegmentMode.PASSIVE ? PASSIVE : DECLARATIVE;
    switch (segment.items()) {
      case ElementSegment.Functions(int[] indexes) -> {
        out.u8(mode).u8(FUNCTION_KIND).u32(indexes.length);
        for (int index : indexes) {
          out.u32(index);
        }
      }
      case ElementSegment.Expressions(ConstExpr[] expressions) -> {
        out.u8(mode | WITH_EXPRESSIONS).typeCode(segment.type().code()).u32(expressions.length);
        for (ConstExpr expression : expressions) {
          out.bytes(module.bytes(), expression.start(), expression.end());
        }
      }
    }
  }

  /** Segments for the functions in a table; the rest of it is null. Returns how many. */
  private int runs(BinaryWriter out, int table) {
    TableType type = module.table(table);
    long size = state.tableSize(table);
    int count = 0;
    for (long start = 0; start < size; start++) {
      if (state.element(table, start) == InstanceState.NULL) {
        continue;
      }
      long end = start;
      while (end < size && state.element(table, end) != InstanceState.NULL) {
        end++;
      }
      out.u8(EXPLICIT_INDEX | WITH_EXPRESSIONS).u32(table);
      offset(out, type.limits(), start);
      out.typeCode(type.elementType().code()).u32((int) (end - start));
      for (long i = start; i < end; i++) {
        out.operator(Operator.REF_FUNC).u32(state.element(table, i)).operator(Operator.END);
      }
      start = end;
      count++;
    }
    return count;
  }

  private static void offset(BinaryWriter out, Limits limits, long offset) {
    if (limits.is64()) {
      out.operator(Operator.I64_CONST).s64(offset);
    } else {
      out.operator(Operator.I32_CONST).s64((int) offset);
    }
    out.operator(Operator.END);
  }

  // Data.

  private void memoriesAsSegments() {
    long gap = LEAST_GAP;
    do {
      data = new BinaryWriter();
      dataCount = 0;
      for (DataSegment segment : module.dataSegments()) {
        boolean kept = segment.mode() == SegmentMode.PASSIVE;
        data.u8(PASSIVE).u32(kept ? segment.size() : 0);
        if (kept) {
          data.bytes(module.bytes(), segment.start(), segment.end());
        }
        dataCount++;
      }
      for (int i = module.importedMemoryCount(); i < module.memoryCount(); i++) {
        memory(i, gap);
      }
      gap *= 2;
    } while (dataCount - module.dataSegments().size() > MOST_SEGMENTS);
  }

  private void memory(int memory, long gap) {
    MemorySegment bytes = state.memory(memory);
    for (long start = nextUsed(bytes, 0); start < bytes.byteSize(); ) {
      long end = start;
      long next = start;
      while (next < bytes.byteSize() && next - end <= gap) {
        end = nextZero(bytes, next);
        next = nextUsed(bytes, end);
      }
      data.u8(memory == 0 ? 0 : EXPLICIT_INDEX);
      if (memory != 0) {
        data.u32(memory);
      }
      offset(data, module.memory(memory).limits(), start);
      byte[] run = bytes.asSlice(start, end - start).toArray(ValueLayout.JAVA_BYTE);
      data.u32(run.length).bytes(run);
      dataCount++;
      start = next;
    }
  }

  private static long nextUsed(MemorySegment bytes, long from) {
    long at = from;
    while (at + Long.BYTES <= bytes.byteSize()
        && bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, at) == 0) {
      at += Long.BYTES;
    }
    while (at < bytes.byteSize() && bytes.get(ValueLayout.JAVA_BYTE, at) == 0) {
      at++;
    }
    return at;
  }

  private static long nextZero(MemorySegment bytes, long from) {
    long at = from;
    while (at < bytes.byteSize() && bytes.get(ValueLayout.JAVA_BYTE, at) != 0) {
      at++;
    }
    return at;
  }
}
