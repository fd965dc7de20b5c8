package dev.tazza.vm.debug.dwarf;

import dev.tazza.environ.LocalHomes;
import dev.tazza.environ.LocalPlaces;
import dev.tazza.vm.isa.Processor;
import dev.tazza.wasm.binary.BinaryReader;
import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.dwarf.DebugUnit;
import dev.tazza.wasm.type.TypeCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Translates expressions (section 2.5) that say where a variable is in terms of WebAssembly: {@code
 * DW_OP_WASM_location} for locals and globals, addresses that are offsets in the first memory.
 */
final class ExpressionTranslator {
  private static final int ADDR = 0x03;
  private static final int CONST4U = 0x0C;
  private static final int CONST8U = 0x0E;
  private static final int CONSTU = 0x10;
  private static final int CONSTS = 0x11;
  private static final int PICK = 0x15;
  private static final int AND = 0x1A;
  private static final int BRA = 0x28;
  private static final int SKIP = 0x2F;
  private static final int LIT0 = 0x30;
  private static final int LIT31 = 0x4F;
  private static final int FBREG = 0x91;
  private static final int PIECE = 0x93;
  private static final int NOP = 0x96;
  private static final int IMPLICIT_VALUE = 0x9E;
  private static final int STACK_VALUE = 0x9F;
  private static final int ADDRX = 0xA1;
  private static final int CONSTX = 0xA2;
  private static final int WASM_LOCATION = 0xED;

  // What GNU has in version 4 for ADDRX and CONSTX.
  private static final int GNU_ADDR_INDEX = 0xFB;
  private static final int GNU_CONST_INDEX = 0xFC;

  // What a wasm location is in.
  private static final int LOCAL = 0;
  private static final int GLOBAL = 1;
  private static final int GLOBAL_U32 = 3;

  /** In place of an address: only which locals are asked for counts. */
  private static final long NOT_PLACED = -1;

  private static final int REG0 = 0x50;
  private static final int FIRST_FLOAT_REGISTER = 17;

  /** What a part of an expression says of the variable. */
  private enum Part {
    NOTHING,
    /** Its address is on the stack. */
    ADDRESS,
    /** The value is in a local or global, and on the stack. */
    WASM_VALUE,
    /** The value is on the stack. */
    VALUE,
    /** All is said. */
    DONE
  }

  private final ContextExpressions context;
  private final DebugUnit unit;
  private final @Nullable FunctionCode function;
  private final byte @Nullable [] frameBase;
  private final long address;
  private final BinaryWriter out = new BinaryWriter();
  private Part part = Part.NOTHING;

  /** Those that the expression asks for. */
  private boolean[] locals = {};

  private ExpressionTranslator(
      ContextExpressions context,
      DebugUnit unit,
      @Nullable FunctionCode function,
      byte @Nullable [] frameBase,
      long address) {
    this.context = context;
    this.address = address;
    this.unit = unit;
    this.function = function;
    this.frameBase = frameBase;
  }

  /**
   * The expression for machine code, or null when that cannot be said.
   *
   * @param function where it is for; null: outside of functions
   * @param frameBase what the function says its frame base is, if it does
   * @param address of the code that it is for, if locals are not always at the same place
   */
  static byte @Nullable [] translate(
      ContextExpressions context,
      DebugUnit unit,
      @Nullable FunctionCode function,
      byte @Nullable [] frameBase,
      byte[] expression,
      long address) {
    ExpressionTranslator translator =
        new ExpressionTranslator(context, unit, function, frameBase, address);
    try {
      BinaryReader in = new BinaryReader(expression, 0, expression.length);
      return translator.run(in) && translator.endPart() ? translator.out.toByteArray() : null;
    } catch (RuntimeException e) {
      return null; // it ends too early, or names what is not there
    }
  }

  /** The locals of a function that an expression asks for. */
  static boolean[] locals(
      ContextExpressions context,
      DebugUnit unit,
      FunctionCode function,
      byte @Nullable [] frameBase,
      byte[] expression) {
    ExpressionTranslator translator =
        new ExpressionTranslator(context, unit, function, frameBase, NOT_PLACED);
    try {
      translator.run(new BinaryReader(expression, 0, expression.length));
    } catch (RuntimeException e) {
      return new boolean[0]; // nothing will be translated either
    }
    return translator.locals;
  }

  private boolean run(BinaryReader in) {
    while (in.remaining() > 0) {
      if (!step(in.u8(), in)) {
        return false;
      }
    }
    return true;
  }

  private boolean step(int op, BinaryReader in) {
    boolean fits = true;
    if (part == Part.DONE && op != PIECE && op != STACK_VALUE && op != NOP) {
      return false; // there is nothing on the stack to compute with
    }
    switch (op) {
      case ADDR -> constant(addressSize() == 8 ? in.fixed64() : in.fixed32() & 0xFFFF_FFFFL);
      case ADDRX, CONSTX, GNU_ADDR_INDEX, GNU_CONST_INDEX ->
          constant(unit.indexedAddress(in.u32()));
      case ContextExpressions.DEREF -> fits = load(addressSize());
      case ContextExpressions.DEREF_SIZE -> fits = load(in.u8());
      case ContextExpressions.PLUS_UCONST -> out.u8(op).u64(in.u64());
      case CONSTU -> out.u8(op).u64(in.u64());
      case CONSTS -> out.u8(op).s64(in.s64());
      case PICK -> out.u8(op).u8(in.u8());
      case FBREG -> fits = frameBase(in.s64());
      case WASM_LOCATION -> {
        return wasm(in);
      }
      case IMPLICIT_VALUE -> {
        int size = in.count();
        out.u8(op).u32(size);
        for (int i = 0; i < size; i++) {
          out.u8(in.u8());
        }
        part = Part.DONE;
        return true;
      }
      case STACK_VALUE -> {
        part = part == Part.DONE ? part : Part.VALUE;
        return true;
      }
      case PIECE -> {
        boolean ended = endPart();
        out.u8(op).u64(in.u64());
        part = Part.NOTHING;
        return ended;
      }
      case NOP -> {
        return true;
      }
      default -> fits = plain(op, in);
    }
    part = Part.ADDRESS;
    return fits;
  }

  /** Constants and arithmetic are the same. */
  private boolean plain(int op, BinaryReader in) {
    boolean isConstant = op >= 0x08 && op <= 0x0F;
    if (isConstant) {
      out.u8(op);
      for (int i = 0; i < 1 << (op - 0x08) / 2; i++) {
        out.u8(in.u8());
      }
      return true;
    }
    boolean isStack = op >= 0x12 && op <= 0x17 && op != PICK;
    boolean isArithmetic = op >= 0x19 && op <= 0x2E && op != BRA && op != SKIP;
    if (isStack || isArithmetic || op >= LIT0 && op <= LIT31) {
      out.u8(op);
      return true;
    }
    return false;
  }

  private int addressSize() {
    return unit.addressSize();
  }

  private void constant(long value) {
    out.u8(CONST8U).fixed64(value);
  }

  /** From an offset in the memory to an address. */
  private boolean toAddress() {
    if (!context.hasMemory()) {
      return false;
    }
    if (addressSize() == 4) {
      out.u8(CONST4U).fixed32(-1).u8(AND); // sums wrap around
    }
    context.memory(out).u8(ContextExpressions.PLUS);
    return true;
  }

  private boolean load(int size) {
    boolean found = toAddress();
    out.u8(ContextExpressions.DEREF_SIZE).u8(size);
    return found;
  }

  private boolean frameBase(long offset) {
    if (frameBase == null) {
      return false;
    }
    BinaryReader base = new BinaryReader(frameBase, 0, frameBase.length);
    while (base.remaining() > 0) {
      int op = base.u8();
      if (op == FBREG || op == PIECE || op == IMPLICIT_VALUE || !step(op, base)) {
        return false;
      }
    }
    out.u8(CONSTS).s64(offset).u8(ContextExpressions.PLUS);
    return true;
  }

  private boolean wasm(BinaryReader in) {
    int kind = in.u8();
    part = part == Part.NOTHING ? Part.WASM_VALUE : Part.ADDRESS;
    return switch (kind) {
      case LOCAL -> local(in.u32());
      case GLOBAL -> context.global(out, in.u32());
      case GLOBAL_U32 -> context.global(out, in.fixed32());
      default -> false; // of the operand stack nothing is kept
    };
  }

  private boolean local(int index) {
    FunctionCode code = function;
    LocalHomes homes = code == null ? null : code.homes();
    if (code == null || homes == null || index < 0 || index >= homes.count()) {
      return false;
    }
    int type = homes.type(index);
    LocalRows rows = code.rows();
    if (rows != null) {
      return placed(rows, index, type);
    }
    ContextExpressions.home(out, homes.offset(index));
    if (type == TypeCode.V128) {
      part = Part.DONE; // too large for a value on the stack
      return true;
    }
    int size = ContextExpressions.size(type);
    out.u8(ContextExpressions.DEREF_SIZE).u8(size == 0 ? Integer.BYTES : size);
    return true;
  }

  /** A local that is where the code at the address has it. */
  private boolean placed(LocalRows rows, int index, int type) {
    if (address == NOT_PLACED) {
      locals = Arrays.copyOf(locals, Math.max(locals.length, index + 1));
      locals[index] = true;
      out.u8(LIT0);
      return true;
    }
    int row = rows.rowAt(index, address);
    int size = ContextExpressions.size(type);
    if (row < 0 || size == 0) {
      return false;
    }
    LocalPlaces places = rows.places();
    int value = places.low()[row];
    switch (places.kind()[row]) {
      case LocalPlaces.CONSTANT -> constant(places.bits(row));
      case LocalPlaces.FRAME -> {
        ContextExpressions.register(out, Processor.host().dwarfFrame(), value);
        out.u8(ContextExpressions.DEREF_SIZE).u8(size);
        add(places.high()[row], size);
      }
      default -> {
        if (value >= FIRST_FLOAT_REGISTER) {
          // It is the register: a value on the stack is an integer.
          boolean isAlone = part == Part.WASM_VALUE;
          out.u8(REG0 + value);
          part = Part.DONE;
          return isAlone;
        }
        ContextExpressions.register(out, value, places.high()[row]);
        if (size == Integer.BYTES) {
          out.u8(CONST4U).fixed32(-1).u8(AND);
        }
      }
    }
    return true;
  }

  private void add(int amount, int size) {
    if (amount != 0) {
      out.u8(CONSTS).s64(amount).u8(ContextExpressions.PLUS);
      if (size == Integer.BYTES) {
        out.u8(CONST4U).fixed32(-1).u8(AND);
      }
    }
  }

  /** The end, or that of a piece. */
  private boolean endPart() {
    switch (part) {
      case ADDRESS -> {
        return toAddress();
      }
      case VALUE, WASM_VALUE -> out.u8(STACK_VALUE);
      case NOTHING, DONE -> {}
    }
    return true;
  }
}
