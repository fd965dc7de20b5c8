package dev.tazza.vm.debug.dwarf;

import dev.tazza.environ.LocalHomes;
import dev.tazza.environ.VmLayout;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.vm.isa.Processor;
import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.TypeCode;

/**
 * Pieces of expressions that find what an instance's context leads to. Each leaves one address or
 * value more on the stack.
 */
final class ContextExpressions {
  static final int DEREF = 0x06;
  static final int PLUS = 0x22;
  static final int PLUS_UCONST = 0x23;
  static final int DEREF_SIZE = 0x94;
  private static final int CONST1U = 0x08;
  private static final int DUP = 0x12;
  private static final int DROP = 0x13;
  private static final int OVER = 0x14;
  private static final int SWAP = 0x16;
  private static final int BRA = 0x28;
  private static final int EQ = 0x29;
  private static final int GE = 0x2A;
  private static final int SKIP = 0x2F;
  private static final int LIT0 = 0x30;
  private static final int PUSH_OBJECT_ADDRESS = 0x97;
  private static final int REGISTER = 0x70;
  private static final int FRAME_BASE = 0x91;

  private static final int MOST_CHARACTERS = 200;

  private final WasmModule module;
  private final VmLayout layout;
  private final boolean framesHaveContext;

  ContextExpressions(LoadedModule module) {
    this.module = module.module();
    layout = module.compiled().layout();
    framesHaveContext = module.compiled().tunables().keepsLocals();
  }

  /** What is so far from what a register holds. */
  static BinaryWriter register(BinaryWriter out, int register, int displacement) {
    return out.u8(REGISTER + register).s64(displacement);
  }

  /** The address of something that the frame keeps. */
  static BinaryWriter home(BinaryWriter out, int offset) {
    return out.u8(FRAME_BASE).s64(offset);
  }

  /**
   * The context's address: kept in the frame, or in its register, which callers may have changed.
   */
  private BinaryWriter context(BinaryWriter out) {
    return framesHaveContext
        ? home(out, LocalHomes.CONTEXT).u8(DEREF)
        : register(out, Processor.host().dwarfContext(), 0);
  }

  private BinaryWriter field(BinaryWriter out, int offset) {
    return context(out).u8(PLUS_UCONST).u32(offset).u8(DEREF);
  }

  /** Whether there is memory to find. */
  boolean hasMemory() {
    return module.memoryCount() > 0;
  }

  /** The address of the first memory's first byte. */
  BinaryWriter memory(BinaryWriter out) {
    if (module.importedMemoryCount() > 0) {
      field(out, layout.importedMemory(0)).u8(PLUS_UCONST).u32(VmLayout.MEMORY_BASE).u8(DEREF);
    } else {
      field(out, layout.memory(0) + VmLayout.MEMORY_BASE);
      if (module.memory(0).limits().shared()) {
        out.u8(PLUS_UCONST).u32(VmLayout.MEMORY_BASE).u8(DEREF); // it is elsewhere
      }
    }
    return out;
  }

  /** Where the data of an object is in truth that a pointer says is at an offset. */
  BinaryWriter object(BinaryWriter out) {
    return memory(out.u8(PUSH_OBJECT_ADDRESS)).u8(PLUS);
  }

  /** How many characters there are before a zero, but no more than a line of them. */
  BinaryWriter stringLength(BinaryWriter out) {
    BinaryWriter isEnd = new BinaryWriter().u8(OVER).u8(OVER).u8(PLUS).u8(DEREF_SIZE).u8(1);
    isEnd.u8(LIT0).u8(EQ);
    BinaryWriter isMost = new BinaryWriter().u8(DUP).u8(CONST1U).u8(MOST_CHARACTERS).u8(GE);
    BinaryWriter next = new BinaryWriter().u8(PLUS_UCONST).u8(1);
    int branch = 3;
    int rest = isMost.size() + branch + next.size() + branch;
    object(out).u8(LIT0);
    branch(out.append(isEnd), BRA, rest);
    branch(out.append(isMost), BRA, next.size() + branch);
    branch(out.append(next), SKIP, -(isEnd.size() + branch + rest));
    return out.u8(SWAP).u8(DROP);
  }

  private static void branch(BinaryWriter out, int op, int distance) {
    out.u8(op).u8(distance).u8(distance >> 8);
  }

  /**
   * The value of a global.
   *
   * @return false when there is none that fits
   */
  boolean global(BinaryWriter out, long index) {
    if (index < 0 || index >= module.globalCount()) {
      return false;
    }
    int size = size(module.global((int) index).valueType().code());
    if (size == 0) {
      return false;
    }
    int imported = module.importedGlobalCount();
    if (index < imported) {
      field(out, layout.importedGlobal((int) index));
    } else {
      context(out).u8(PLUS_UCONST).u32(layout.global((int) index - imported));
    }
    out.u8(DEREF_SIZE).u8(size);
    return true;
  }

  /** Bytes of a number of that type; 0: it is none. */
  static int size(int typeCode) {
    return switch (typeCode) {
      case TypeCode.I32, TypeCode.F32 -> 4;
      case TypeCode.I64, TypeCode.F64 -> 8;
      default -> 0;
    };
  }
}
