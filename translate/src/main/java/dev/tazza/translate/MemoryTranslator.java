package dev.tazza.translate;

import dev.tazza.codegen.ir.Access;
import dev.tazza.codegen.ir.AliasClass;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.Type;
import dev.tazza.environ.RuntimeService;
import dev.tazza.environ.StoreContext;
import dev.tazza.environ.TrapCode;
import dev.tazza.environ.VmLayout;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.MemoryType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Linear memory. Whether an access needs a check follows from the memory's type and the engine's
 * {@link dev.tazza.environ.Tunables}: with 4 GiB reserved and a guard after them, a 32-bit index
 * with a small offset cannot leave the reservation, and touching its unmapped part is the trap.
 */
final class MemoryTranslator {
  private static final int OUT_OF_BOUNDS = TrapCode.MEMORY_OUT_OF_BOUNDS.code();
  private static final Signature C_MEMORY_FUNCTION =
      new Signature(List.of(Type.I64, Type.I64, Type.I64), List.of());
  private static final long ALL_INDEXES = 1L << 32;

  /** By operator, of loads and stores. */
  private static final @Nullable Access[] ACCESSES = new Access[Operator.values().length];

  static {
    for (Operator operator : Operator.values()) {
      if (operator.accessBytes() > 0) {
        boolean signed = operator.mnemonic().endsWith("_s");
        ACCESSES[operator.ordinal()] =
            new Access(operator.accessBytes(), signed, AliasClass.MEMORY);
      }
    }
  }

  private final FunctionState state;

  MemoryTranslator(FunctionState state) {
    this.state = state;
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
  Inst load(Type type, Access access) {
    Heap heap = heapAccess(access.bytes(), state.stack.pop());
    return state.builder.load(type, access, heap.address(), heap.offset(), OUT_OF_BOUNDS);
  }

  /** The same for stores. */
  void store(Access access, Inst value) {
    Heap heap = heapAccess(access.bytes(), state.stack.pop());
    state.builder.store(access, heap.address(), heap.offset(), value, OUT_OF_BOUNDS);
  }

  private static Access access(Operator operator) {
    Access access = ACCESSES[operator.ordinal()];
    if (access == null) {
      throw new UnsupportedOperationException(operator.mnemonic());
    }
    return access;
  }

  /** An address that may be accessed, with a constant offset that fits a displacement. */
  private record Heap(Inst address, long offset) {}

  private Heap heapAccess(int bytes, Inst index32) {
    Builder builder = state.builder;
    int memoryIndex = state.reader.memoryIndex();
    long offset = state.reader.memoryOffset();
    Inst index = builder.unary(Opcode.UEXTEND, Type.I64, index32);
    Heap inside = check(memoryIndex, index, offset, offset + bytes);
    Inst address = builder.binary(Opcode.ADD, Type.I64, base(memoryIndex), inside.address());
    if (inside.offset() <= Integer.MAX_VALUE) {
      return new Heap(address, inside.offset());
    }
    Inst far = builder.binary(Opcode.ADD, Type.I64, address, builder.i64(inside.offset()));
    return new Heap(far, 0);
  }

  /**
   * Traps unless {@code index + end} is inside the memory or in a place where touching it faults.
   *
   * @return the index, clamped where it was compared, and the offset unless the index has it
   */
  private Heap check(int memoryIndex, Inst index, long offset, long end) {
    Builder builder = state.builder;
    MemoryType type = state.env.module.memory(memoryIndex);
    boolean isStatic = state.env.tunables.isStatic(type);
    if (isStatic) {
      long bound = state.env.tunables.staticMemoryMaximumSize();
      long guard = state.env.tunables.staticMemoryGuardSize();
      // Beyond the reservation and its guard lies memory of others.
      long last = bound + guard - end;
      if (last >= ALL_INDEXES - 1) {
        return new Heap(index, offset);
      }
      if (last >= 0) {
        return new Heap(trapUnlessAtMost(index, index, builder.i64(last)), offset);
      }
    } else if (end <= state.env.tunables.dynamicMemoryGuardSize()) {
      // At most the guard past the length: one check for all small offsets.
      return new Heap(trapUnlessAtMost(index, index, length(memoryIndex)), offset);
    }
    // index < 2^32 and end <= 2^32 + 16: no overflow.
    Inst last = builder.binary(Opcode.ADD, Type.I64, index, builder.i64(end));
    // The offset may lead out of the memory on its own: it is clamped with the index.
    Inst far = builder.binary(Opcode.ADD, Type.I64, index, builder.i64(offset));
    return new Heap(trapUnlessAtMost(far, last, length(memoryIndex)), 0);
  }

  /** Traps unless {@code tested} is at most {@code limit}; gives {@code value}, clamped. */
  private Inst trapUnlessAtMost(Inst value, Inst tested, Inst limit) {
    Builder builder = state.builder;
    builder.trapIf(builder.compare(Opcode.ICMP_GT_U, tested, limit), OUT_OF_BOUNDS);
    return state.env.tunables.heapAccessSpectreMitigation()
        ? builder.clamp(Opcode.CLAMP_LE, value, tested, limit)
        : value;
  }

  private Inst base(int memoryIndex) {
    boolean isStatic = state.env.tunables.isStatic(state.env.module.memory(memoryIndex));
    return state.builder.load(
        Type.I64,
        isStatic ? Fields.CONSTANT : Fields.VARIABLE,
        definition(memoryIndex),
        field(memoryIndex) + VmLayout.MEMORY_BASE,
        0);
  }

  /** Current length in bytes. */
  private Inst length(int memoryIndex) {
    return state.builder.load(
        Type.I64,
        Fields.VARIABLE,
        definition(memoryIndex),
        field(memoryIndex) + VmLayout.MEMORY_LENGTH,
        0);
  }

  /** What {@link #field} is relative to. */
  private Inst definition(int memoryIndex) {
    if (memoryIndex >= state.env.module.importedMemoryCount()) {
      return state.vmctx;
    }
    int pointer = state.env.layout.importedMemory(memoryIndex);
    return state.builder.load(Type.I64, Fields.CONSTANT, state.vmctx, pointer, 0);
  }

  private int field(int memoryIndex) {
    int imported = state.env.module.importedMemoryCount();
    return memoryIndex < imported ? 0 : state.env.layout.memory(memoryIndex - imported);
  }

  private void size() {
    Builder builder = state.builder;
    int memory = state.reader.memoryIndex();
    int shift = state.env.module.memory(memory).pageSizeLog2();
    Inst pages = builder.binary(Opcode.SHR_U, Type.I64, length(memory), builder.i64(shift));
    state.stack.push(builder.unary(Opcode.WRAP, Type.I32, pages));
  }

  private void grow() {
    Builder builder = state.builder;
    Inst memory = builder.i32(state.reader.memoryIndex());
    Inst delta = builder.unary(Opcode.UEXTEND, Type.I64, state.stack.pop());
    Inst previous = builder.result(state.callService(RuntimeService.MEMORY_GROW, memory, delta), 0);
    state.stack.push(builder.unary(Opcode.WRAP, Type.I32, previous));
  }

  private void init() {
    Builder builder = state.builder;
    Inst count = state.stack.pop();
    Inst source = state.stack.pop();
    Inst destination = builder.unary(Opcode.UEXTEND, Type.I64, state.stack.pop());
    Inst memory = builder.i32(state.reader.secondMemoryIndex());
    Inst segment = builder.i32(state.reader.dataIndex());
    state.fuel.settleBytes(count);
    state.callService(RuntimeService.MEMORY_INIT, memory, segment, destination, source, count);
  }

  private void copy() {
    Builder builder = state.builder;
    Inst count = builder.unary(Opcode.UEXTEND, Type.I64, state.stack.pop());
    Inst source = range(state.reader.secondMemoryIndex(), state.stack.pop(), count);
    Inst destination = range(state.reader.memoryIndex(), state.stack.pop(), count);
    state.fuel.settleBytes(count);
    nativeCall(StoreContext.MEMORY_COPY, destination, source, count);
  }

  private void fill() {
    Builder builder = state.builder;
    Inst count = builder.unary(Opcode.UEXTEND, Type.I64, state.stack.pop());
    // memset takes the low byte of its argument.
    Inst value = builder.unary(Opcode.UEXTEND, Type.I64, state.stack.pop());
    Inst destination = range(state.reader.memoryIndex(), state.stack.pop(), count);
    state.fuel.settleBytes(count);
    nativeCall(StoreContext.MEMORY_FILL, destination, value, count);
  }

  /**
   * The address of {@code index}; traps unless {@code count} bytes from there are inside the
   * memory.
   */
  private Inst range(int memoryIndex, Inst index32, Inst count) {
    Builder builder = state.builder;
    Inst index = builder.unary(Opcode.UEXTEND, Type.I64, index32);
    Inst end = builder.binary(Opcode.ADD, Type.I64, index, count);
    Inst inside = trapUnlessAtMost(index, end, length(memoryIndex));
    return builder.binary(Opcode.ADD, Type.I64, base(memoryIndex), inside);
  }

  private void nativeCall(int pointerField, Inst a, Inst b, Inst c) {
    Builder builder = state.builder;
    Inst address = builder.load(Type.I64, Fields.CONSTANT, builder.context(), pointerField, 0);
    builder.callNative(C_MEMORY_FUNCTION, address, a, b, c);
  }
}
