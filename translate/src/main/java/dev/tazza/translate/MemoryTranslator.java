package dev.tazza.translate;

import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.Type;
import dev.tazza.environ.RuntimeService;
import dev.tazza.environ.StoreContext;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.operator.Operator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Linear memory; what keeps accesses inside is in {@link MemoryBounds}. */
final class MemoryTranslator {
  private static final int OUT_OF_BOUNDS = TrapCode.MEMORY_OUT_OF_BOUNDS.code();
  private static final Signature C_MEMORY_FUNCTION =
      new Signature(List.of(Type.I64, Type.I64, Type.I64), List.of());

  /** Up to so many bytes are copied where they are, if their number is known. */
  private static final int SHORT_COPY = 128;

  private static final int WIDEST = 16;

  /** By operator, of loads and stores. */
  private static final @Nullable MemoryAccess[] ACCESSES =
      new MemoryAccess[Operator.values().length];

  static {
    for (Operator operator : Operator.values()) {
      if (operator.accessBytes() > 0) {
        boolean signed = operator.mnemonic().endsWith("_s");
        ACCESSES[operator.ordinal()] =
            new MemoryAccess(operator.accessBytes(), signed, Regions.MEMORY);
      }
    }
  }

  private final FunctionState state;
  private final MemoryBounds bounds;

  MemoryTranslator(FunctionState state) {
    this.state = state;
    bounds = new MemoryBounds(state);
  }

  MemoryBounds bounds() {
    return bounds;
  }

  void translate(Operator operator) {
    switch (operator) {
      case MEMORY_SIZE -> size();
      case MEMORY_GROW -> grow();
      case MEMORY_COPY -> copy();
      case MEMORY_FILL -> fill();
      case MEMORY_INIT -> init();
      case DATA_DROP ->
          state.callService(RuntimeService.DATA_DROP, state.builder.i32(state.reader.dataIndex()));
      default -> {
        if (operator.resultCount() > 0) {
          load(operator);
        } else {
          store(operator);
        }
      }
    }
  }

  private void load(Operator operator) {
    state.stack.push(load(ModuleEnvironment.type(operator.result(0)), access(operator)));
  }

  private void store(Operator operator) {
    store(access(operator), state.stack.pop());
  }

  /** Loads from the index on the stack, as the current operator's memory argument says. */
  Inst load(Type type, MemoryAccess access) {
    Heap heap = heapAccess(access.bytes(), state.stack.pop());
    return state.builder.load(type, access, heap.address(), heap.offset(), OUT_OF_BOUNDS);
  }

  /** The same for stores. */
  void store(MemoryAccess access, Inst value) {
    Heap heap = heapAccess(access.bytes(), state.stack.pop());
    state.builder.store(access, heap.address(), heap.offset(), value, OUT_OF_BOUNDS);
  }

  static MemoryAccess access(Operator operator) {
    MemoryAccess access = ACCESSES[operator.ordinal()];
    if (access == null) {
      throw new UnsupportedOperationException(operator.mnemonic());
    }
    return access;
  }

  /** An address that may be accessed, with a constant offset that fits a displacement. */
  record Heap(Inst address, long offset) {}

  /** Where the current operator's memory argument says that {@code index} is; traps if outside. */
  Heap heapAccess(int bytes, Inst index) {
    Builder builder = state.builder;
    int memory = state.reader.memoryIndex();
    long offset = state.reader.memoryOffset();
    if (bounds.isAlwaysInside(memory, offset, bytes)) {
      return new Heap(bounds.address(memory, index), offset);
    }
    MemoryBounds.Inside inside = bounds.check(memory, index, offset, bytes);
    Inst address = builder.binary(Opcode.ADD, Type.I64, bounds.base(memory), inside.index());
    if (inside.offset() >= 0 && inside.offset() <= Integer.MAX_VALUE) {
      return new Heap(address, inside.offset());
    }
    Inst far = builder.binary(Opcode.ADD, Type.I64, address, builder.i64(inside.offset()));
    return new Heap(far, 0);
  }

  private void size() {
    Builder builder = state.builder;
    int memory = state.reader.memoryIndex();
    int shift = bounds.type(memory).pageSizeLog2();
    Inst length = bounds.length(memory);
    Inst pages =
        shift == 0 ? length : builder.binary(Opcode.SHR_U, Type.I64, length, builder.i64(shift));
    push(memory, pages);
  }

  /** A number of pages of {@code memory}. */
  private void push(int memory, Inst pages) {
    state.stack.push(
        bounds.is64(memory) ? pages : state.builder.unary(Opcode.WRAP, Type.I32, pages));
  }

  private void grow() {
    Builder builder = state.builder;
    int memory = state.reader.memoryIndex();
    Inst number = builder.i32(memory);
    Inst delta = bounds.wide(state.stack.pop());
    Inst call = state.callService(RuntimeService.MEMORY_GROW, number, delta);
    push(memory, builder.result(call, 0));
  }

  private void init() {
    Builder builder = state.builder;
    Inst count = state.stack.pop();
    Inst source = state.stack.pop();
    Inst destination = bounds.wide(state.stack.pop());
    Inst memory = builder.i32(state.reader.secondMemoryIndex());
    Inst segment = builder.i32(state.reader.dataIndex());
    state.fuel.settleBytes(count);
    state.callService(RuntimeService.MEMORY_INIT, memory, segment, destination, source, count);
  }

  /** Between memories of differing types of indexes the count is of the smaller one. */
  private void copy() {
    int to = state.reader.memoryIndex();
    int from = state.reader.secondMemoryIndex();
    Inst bytes = state.stack.pop();
    Inst count = bounds.count(to, bounds.wide(bytes));
    if (from != to) {
      count = bounds.count(from, count);
    }
    Inst source = bounds.range(from, state.stack.pop(), count);
    Inst destination = bounds.range(to, state.stack.pop(), count);
    state.fuel.settleBytes(count);
    boolean isShort = bytes.isConst() && Long.compareUnsigned(bytes.imm, SHORT_COPY) <= 0;
    if (isShort && bounds.reachesNothingElse(to) && bounds.reachesNothingElse(from)) {
      copyShort(destination, source, (int) bytes.imm);
    } else {
      nativeCall(StoreContext.MEMORY_COPY, destination, source, count);
    }
  }

  /**
   * A few accesses, as wide as registers are; the last one may overlap the one before. The blocks
   * may overlap, too, so all is loaded before anything is stored.
   */
  private void copyShort(Inst destination, Inst source, int count) {
    List<Piece> pieces = new ArrayList<>();
    int at = 0;
    while (at < count) {
      int rest = Math.min(count - at, WIDEST);
      int bytes = Integer.highestOneBit(rest);
      if (bytes < rest && 2 * bytes <= count) {
        bytes *= 2;
        at = count - bytes;
      }
      MemoryAccess access = new MemoryAccess(bytes, false, Regions.MEMORY);
      Type type = bytes == WIDEST ? Type.V128 : bytes == Long.BYTES ? Type.I64 : Type.I32;
      Inst value = state.builder.load(type, access, source, at, OUT_OF_BOUNDS);
      pieces.add(new Piece(access, at, value));
      at += bytes;
    }
    for (Piece piece : pieces) {
      state.builder.store(piece.access, destination, piece.at, piece.value, OUT_OF_BOUNDS);
    }
  }

  private record Piece(MemoryAccess access, int at, Inst value) {}

  private void fill() {
    int memory = state.reader.memoryIndex();
    Inst count = bounds.count(memory, bounds.wide(state.stack.pop()));
    // memset takes the low byte of its argument.
    Inst value = bounds.wide(state.stack.pop());
    Inst destination = bounds.range(memory, state.stack.pop(), count);
    state.fuel.settleBytes(count);
    nativeCall(StoreContext.MEMORY_FILL, destination, value, count);
  }

  private void nativeCall(int pointerField, Inst a, Inst b, Inst c) {
    Builder builder = state.builder;
    Inst address = builder.load(Type.I64, Fields.CONSTANT, builder.context(), pointerField, 0);
    builder.callNative(C_MEMORY_FUNCTION, address, a, b, c);
  }
}
