package dev.tazza.wasm.binary;

import dev.tazza.wasm.operator.Operator;
import org.jspecify.annotations.Nullable;

/** How {@link OperatorReader#nextLandmark()} gets past an instruction, by its first byte. */
final class SkipTable {
  /** It is not to be skipped, or not in one of these ways. */
  static final int STOP = 0;

  /** One LEB128 number follows. */
  static final int NUMBER = -1;

  /** Flags, perhaps a memory index, and an offset follow. */
  static final int MEMARG = -2;

  private static final byte[] TABLE = table();

  private SkipTable() {}

  /** Above 0: the length of the instruction. */
  static int of(byte opcode) {
    return TABLE[opcode & 0xFF];
  }

  /** Whether the flags of a MEMARG are one byte and say that there is no memory index. */
  static boolean isPlain(byte flags) {
    return flags >= 0 && flags < ModuleFormat.MEMARG_HAS_MEMORY;
  }

  private static byte[] table() {
    byte[] table = new byte[0x100];
    for (int opcode = 0; opcode < table.length; opcode++) {
      table[opcode] = (byte) skip(Operator.plain(opcode));
    }
    return table;
  }

  private static int skip(@Nullable Operator operator) {
    return switch (operator) {
      case null -> STOP;
      case ELSE, END, CATCH_ALL, DELEGATE, RETHROW, LOCAL_SET, LOCAL_TEE -> STOP;
      default ->
          switch (operator.immediate()) {
            case NONE -> 1;
            case F32 -> 1 + Float.BYTES;
            case F64 -> 1 + Double.BYTES;
            case LABEL_INDEX, FUNCTION_INDEX, LOCAL_INDEX, GLOBAL_INDEX, I32, I64 -> NUMBER;
            case MEMARG -> MEMARG;
            default -> STOP;
          };
    };
  }
}
