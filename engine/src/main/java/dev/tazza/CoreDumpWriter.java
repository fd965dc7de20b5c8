package dev.tazza;

import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.vm.instance.VmGlobal;
import dev.tazza.vm.instance.VmInstance;
import dev.tazza.vm.instance.VmMemory;
import dev.tazza.vm.memory.LinearMemory;
import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.binary.SectionId;
import dev.tazza.wasm.demangle.Demangler;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.HeapType;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.TypeCode;
import dev.tazza.wasm.type.ValType;
import dev.tazza.wasm.type.VecType;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a core dump: sections {@code core}, {@code corestack}, {@code coremodules} and {@code
 * coreinstances} of the tool conventions, then memories, globals and data as in any module. What
 * several instances share is there once.
 */
final class CoreDumpWriter {
  /** Where a value is not known. */
  private static final int MISSING = 0x01;

  /** A segment for the memory whose index follows. */
  private static final int DATA_WITH_MEMORY = 2;

  private static final int HAS_MAXIMUM = 1;
  private static final int SHARED = 2;
  private static final int IS_64 = 4;
  private static final int HAS_PAGE_SIZE = 8;

  /** Bytes that are copied at a time. */
  private static final int BUFFER = 1 << 16;

  /** What a section may have. */
  private static final long MOST_BYTES = 0xFFFF_FFFFL;

  private final List<VmInstance> instances;
  private final List<CodePlace> places;
  private final List<@Nullable KeptLocals> locals;
  private final Map<LoadedModule, Integer> modules = new LinkedHashMap<>();

  /** By what is the same in all instances that share one. */
  private final Map<LinearMemory, VmMemory> memories = new LinkedHashMap<>();

  /** By their addresses. */
  private final Map<Long, VmGlobal> globals = new LinkedHashMap<>();

  CoreDumpWriter(
      List<VmInstance> instances, List<CodePlace> places, List<@Nullable KeptLocals> locals) {
    this.locals = locals;
    this.instances = instances;
    this.places = places;
    for (VmInstance instance : instances) {
      modules.putIfAbsent(instance.loaded(), modules.size());
      for (int i = 0; i < instance.module().memoryCount(); i++) {
        memories.putIfAbsent(instance.memory(i).storage(), instance.memory(i));
      }
      for (int i = 0; i < instance.module().globalCount(); i++) {
        globals.putIfAbsent(instance.global(i).address(), instance.global(i));
      }
    }
  }

  void write(OutputStream out, String executable) throws IOException {
    BinaryWriter head = new BinaryWriter().header();
    custom(head, "core", new BinaryWriter().u8(0).name(executable));
    custom(head, "coremodules", moduleNames());
    custom(head, "coreinstances", instances());
    custom(head, "corestack", stack());
    head.section(SectionId.MEMORY, memories());
    head.section(SectionId.GLOBAL, globals());
    out.write(head.toByteArray());
    writeData(out);
    out.flush();
  }

  private static void custom(BinaryWriter out, String name, BinaryWriter contents) {
    out.section(SectionId.CUSTOM, new BinaryWriter().name(name).append(contents));
  }

  private BinaryWriter moduleNames() {
    BinaryWriter out = new BinaryWriter().u32(modules.size());
    for (LoadedModule module : modules.keySet()) {
      String name = module.module().names().module();
      out.u8(0).name(name == null ? "<unnamed>" : Demangler.printable(name));
    }
    return out;
  }

  private BinaryWriter instances() {
    List<LinearMemory> memoryIndexes = new ArrayList<>(memories.keySet());
    List<Long> globalIndexes = new ArrayList<>(globals.keySet());
    BinaryWriter out = new BinaryWriter().u32(instances.size());
    for (VmInstance instance : instances) {
      WasmModule module = instance.module();
      out.u8(0).u32(modules.getOrDefault(instance.loaded(), 0));
      out.u32(module.memoryCount());
      for (int i = 0; i < module.memoryCount(); i++) {
        out.u32(memoryIndexes.indexOf(instance.memory(i).storage()));
      }
      out.u32(module.globalCount());
      for (int i = 0; i < module.globalCount(); i++) {
        out.u32(globalIndexes.indexOf(instance.global(i).address()));
      }
    }
    return out;
  }

  private BinaryWriter stack() {
    BinaryWriter out = new BinaryWriter().u8(0).name("main").u32(places.size());
    for (int i = 0; i < places.size(); i++) {
      CodePlace place = places.get(i);
      KeptLocals kept = locals.get(i);
      VmInstance known = kept == null ? null : kept.instance();
      int instance = known == null ? instance(place) : instances.indexOf(known);
      out.u8(0).u32(instance).u32(place.function()).u32(codeOffset(place));
      if (kept == null) {
        int parameters = place.loaded().module().functionType(place.function()).params().size();
        out.u32(parameters);
        for (int k = 0; k < parameters; k++) {
          out.u8(MISSING);
        }
      } else {
        locals(out, kept);
      }
      out.u32(0); // nothing is known of values on the operand stack
    }
    return out;
  }

  private static void locals(BinaryWriter out, KeptLocals kept) {
    out.u32(kept.types().length);
    for (int i = 0; i < kept.types().length; i++) {
      long value = kept.values()[i];
      int type = kept.types()[i];
      switch (kept.known()[i] ? type : MISSING) {
        case TypeCode.I32 -> out.u8(type).s64((int) value);
        case TypeCode.I64 -> out.u8(type).s64(value);
        case TypeCode.F32 -> out.u8(type).fixed32((int) value);
        case TypeCode.F64 -> out.u8(type).fixed64(value);
        default -> out.u8(MISSING); // the format has no others
      }
    }
  }

  /** The instance that a frame is of: the first of its module, which seldom has several. */
  private int instance(CodePlace place) {
    for (int i = 0; i < instances.size(); i++) {
      if (instances.get(i).loaded() == place.loaded()) {
        return i;
      }
    }
    return 0;
  }

  /** From the function's start; 0, as the format says, when it is unknown. */
  private static int codeOffset(CodePlace place) {
    WasmModule module = place.loaded().module();
    if (place.offset() < 0 || !module.hasBodies()) {
      return 0;
    }
    return place.offset() - module.body(place.function()).start();
  }

  private BinaryWriter memories() {
    BinaryWriter out = new BinaryWriter().u32(memories.size());
    for (VmMemory memory : memories.values()) {
      MemoryType type = memory.type();
      Limits limits = type.limits();
      boolean hasPageSize = type.pageSizeLog2() != MemoryType.DEFAULT_PAGE_SIZE_LOG2;
      out.u8(
          (limits.hasMaximum() ? HAS_MAXIMUM : 0)
              | (limits.shared() ? SHARED : 0)
              | (limits.is64() ? IS_64 : 0)
              | (hasPageSize ? HAS_PAGE_SIZE : 0));
      out.u64(memory.pages());
      if (limits.hasMaximum()) {
        out.u64(limits.maximum());
      }
      if (hasPageSize) {
        out.u32(type.pageSizeLog2());
      }
    }
    return out;
  }

  private BinaryWriter globals() {
    BinaryWriter out = new BinaryWriter().u32(globals.size());
    for (VmGlobal global : globals.values()) {
      ValType type = global.type().valueType();
      long address = global.address();
      switch (type) {
        case NumType number -> number(out, number, address);
        case VecType _ -> {
          out.valType(type).u8(0).operator(Operator.V128_CONST);
          out.fixed64(NativeMemory.getLong(address)).fixed64(NativeMemory.getLong(address + 8));
        }
        case RefType reference -> {
          HeapType top = top(reference.heapType());
          out.valType(new RefType(true, top)).u8(0).operator(Operator.REF_NULL).s64(top.code());
        }
      }
      out.operator(Operator.END);
    }
    return out;
  }

  private static void number(BinaryWriter out, NumType type, long address) {
    out.valType(type).u8(0); // a constant
    switch (type) {
      case I32 -> out.operator(Operator.I32_CONST).s64(NativeMemory.getInt(address));
      case I64 -> out.operator(Operator.I64_CONST).s64(NativeMemory.getLong(address));
      case F32 -> out.operator(Operator.F32_CONST).fixed32(NativeMemory.getInt(address));
      case F64 -> out.operator(Operator.F64_CONST).fixed64(NativeMemory.getLong(address));
    }
  }

  /** The format has no types that a reference could have, so all are of the general ones. */
  private static HeapType top(HeapType type) {
    return switch (type) {
      case AbstractHeapType known -> known;
      default -> AbstractHeapType.FUNC;
    };
  }

  // Data.

  /**
   * A piece of memory that is not all zeros.
   *
   * @param memory its index
   */
  private record Piece(int memory, VmMemory of, MemoryPieces.Range range) {}

  private void writeData(OutputStream out) throws IOException {
    List<Piece> pieces = new ArrayList<>();
    long size = 0;
    int index = 0;
    for (VmMemory memory : memories.values()) {
      for (MemoryPieces.Range range : MemoryPieces.of(memory.storage())) {
        Piece piece = new Piece(index, memory, range);
        long more = header(piece).size() + range.size();
        if (size + more < MOST_BYTES - BUFFER) { // and room for the number of segments
          size += more;
          pieces.add(piece);
        }
      }
      index++;
    }
    BinaryWriter count = new BinaryWriter().u32(pieces.size());
    size += count.size();
    out.write(new BinaryWriter().u8(SectionId.DATA).u64(size).append(count).toByteArray());
    for (Piece piece : pieces) {
      out.write(header(piece).toByteArray());
      copy(piece, out);
    }
  }

  private static BinaryWriter header(Piece piece) {
    BinaryWriter out = new BinaryWriter().u8(DATA_WITH_MEMORY).u32(piece.memory());
    boolean is64 = piece.of().type().limits().is64();
    long start = piece.range().start();
    out.operator(is64 ? Operator.I64_CONST : Operator.I32_CONST);
    out.s64(is64 ? start : (int) start).operator(Operator.END);
    return out.u64(piece.range().size());
  }

  private static void copy(Piece piece, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long from = piece.of().storage().base() + piece.range().start();
    for (long at = 0; at < piece.range().size(); at += BUFFER) {
      int count = (int) Math.min(BUFFER, piece.range().size() - at);
      NativeMemory.copy(from + at, buffer, 0, count);
      out.write(buffer, 0, count);
    }
  }
}
