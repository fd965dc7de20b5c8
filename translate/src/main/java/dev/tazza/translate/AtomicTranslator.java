package dev.tazza.translate;

import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.environ.RuntimeService;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.operator.Operator;

/**
 * Atomic access to memories, shared or not, and waiting. An access is checked twice: that its
 * address is a multiple of its size, which the processor does not demand, and then as any other.
 */
final class AtomicTranslator {
  private final FunctionState state;
  private final MemoryTranslator memory;

  AtomicTranslator(FunctionState state, MemoryTranslator memory) {
    this.state = state;
    this.memory = memory;
  }

  void translate(Operator operator) {
    switch (operator) {
      case ATOMIC_FENCE -> state.builder.fence();
      case MEMORY_ATOMIC_NOTIFY -> call(RuntimeService.MEMORY_ATOMIC_NOTIFY, operator);
      case MEMORY_ATOMIC_WAIT32 -> call(RuntimeService.MEMORY_ATOMIC_WAIT32, operator);
      case MEMORY_ATOMIC_WAIT64 -> call(RuntimeService.MEMORY_ATOMIC_WAIT64, operator);
      default -> access(operator, opcode(operator.mnemonic()));
    }
  }

  /**
   * The operation that a name like {@code i64.atomic.rmw16.add_u} says: the word behind the last
   * dot.
   */
  private static Opcode opcode(String mnemonic) {
    String word = mnemonic.substring(mnemonic.lastIndexOf('.') + 1);
    int end = 0;
    while (end < word.length() && Character.isLetter(word.charAt(end))) {
      end++;
    }
    return switch (word.substring(0, end)) {
      case "load" -> Opcode.ATOMIC_LOAD;
      case "store" -> Opcode.ATOMIC_STORE;
      case "add" -> Opcode.ATOMIC_ADD;
      case "sub" -> Opcode.ATOMIC_SUB;
      case "and" -> Opcode.ATOMIC_AND;
      case "or" -> Opcode.ATOMIC_OR;
      case "xor" -> Opcode.ATOMIC_XOR;
      case "xchg" -> Opcode.ATOMIC_EXCHANGE;
      case "cmpxchg" -> Opcode.ATOMIC_COMPARE_EXCHANGE;
      default -> throw new UnsupportedOperationException(mnemonic);
    };
  }

  private void access(Operator operator, Opcode op) {
    Inst[] args = operands(operator);
    MemoryAccess access = MemoryTranslator.access(operator);
    trapUnlessAligned(args[0], access.bytes());
    MemoryTranslator.Heap heap = memory.heapAccess(access.bytes(), args[0]);
    args[0] = heap.address();
    Type type =
        operator.resultCount() == 0 ? Type.NONE : ModuleEnvironment.type(operator.result(0));
    int trap = TrapCode.MEMORY_OUT_OF_BOUNDS.code();
    Inst inst = state.builder.atomic(op, type, access, heap.offset(), trap, args);
    if (type != Type.NONE) {
      state.stack.push(inst);
    }
  }

  /** The index, and what else is on the stack. */
  private Inst[] operands(Operator operator) {
    Inst[] args = new Inst[operator.paramCount()];
    for (int i = args.length - 1; i >= 0; i--) {
      args[i] = state.stack.pop();
    }
    return args;
  }

  /** Memories begin at whole pages, so it is the index that tells. */
  private void trapUnlessAligned(Inst index, int bytes) {
    if (bytes == 1) {
      return;
    }
    Builder builder = state.builder;
    long mask = bytes - 1L;
    long offset = state.reader.memoryOffset() & mask;
    Inst effective = index;
    if (offset != 0) {
      effective = builder.binary(Opcode.ADD, index.type, index, builder.iconst(index.type, offset));
    }
    Inst low = builder.binary(Opcode.AND, index.type, effective, builder.iconst(index.type, mask));
    Inst isUnaligned = builder.compare(Opcode.ICMP_NE, low, builder.iconst(index.type, 0));
    builder.trapIf(isUnaligned, TrapCode.UNALIGNED_ATOMIC.code());
  }

  /** The runtime checks all that there is to check. */
  private void call(RuntimeService service, Operator operator) {
    Builder builder = state.builder;
    Inst[] operands = operands(operator);
    Inst[] args = new Inst[operands.length + 2];
    args[0] = builder.i32(state.reader.memoryIndex());
    args[1] = memory.bounds().wide(operands[0]);
    args[2] = builder.i64(state.reader.memoryOffset());
    System.arraycopy(operands, 1, args, 3, operands.length - 1);
    state.stack.push(builder.result(state.callService(service, args), 0));
  }
}
