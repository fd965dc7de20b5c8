package dev.tazza.vm.isa.x64;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.wasm.binary.BinaryWriter;
import java.nio.charset.StandardCharsets;

/**
 * Call frame information (DWARF 4, section 6.4) of guest code, which follows from {@link
 * CodeSymbol#hasFrame}: a function with a frame begins with {@code push rbp; mov rbp, rsp}; in one
 * without, the return address stays where the stack pointer is. Not told: the instruction that
 * returns, before which the frame is gone.
 */
final class UnwindTable {
  // Numbers of registers in DWARF (System V ABI for x86-64, figure 3.36).
  static final int RBP = 6;
  private static final int RSP = 7;
  static final int R14 = 14;
  private static final int RETURN_ADDRESS = 16;

  // Instructions; the first two have an operand in their low bits.
  private static final int ADVANCE_LOC = 0x40;
  private static final int OFFSET = 0x80;
  private static final int UNDEFINED = 0x07;
  private static final int DEF_CFA = 0x0C;
  private static final int DEF_CFA_REGISTER = 0x0D;
  private static final int DEF_CFA_OFFSET = 0x0E;
  private static final int NOP = 0;

  private static final int COMMON = -1;
  private static final int VERSION = 4;
  private static final int WORD = 8;

  /** Bytes of {@code push rbp} and of {@code mov rbp, rsp}. */
  private static final int PUSH_SIZE = 1;

  private static final int MOVE_SIZE = 3;

  private UnwindTable() {}

  static byte[] of(CodeSymbol[] symbols, long start, long outermost, long size) {
    BinaryWriter table = new BinaryWriter();
    entry(table, common());
    for (CodeSymbol symbol : symbols) {
      BinaryWriter function = new BinaryWriter();
      function.fixed32(0); // the common entry is at the table's start
      function.fixed64(start + symbol.offset()).fixed64(symbol.size());
      if (symbol.hasFrame()) {
        function.u8(ADVANCE_LOC | PUSH_SIZE).u8(DEF_CFA_OFFSET).u32(2 * WORD);
        function.u8(OFFSET | RBP).u32(2);
        function.u8(ADVANCE_LOC | MOVE_SIZE).u8(DEF_CFA_REGISTER).u32(RBP);
      }
      entry(table, function);
    }
    BinaryWriter end = new BinaryWriter().fixed32(0).fixed64(outermost).fixed64(size);
    entry(table, end.u8(UNDEFINED).u32(RETURN_ADDRESS));
    return table.toByteArray();
  }

  private static BinaryWriter common() {
    BinaryWriter entry = new BinaryWriter().fixed32(COMMON).u8(VERSION);
    entry.bytes("\0".getBytes(StandardCharsets.US_ASCII)); // no augmentation
    entry.u8(WORD).u8(0).u32(1).s64(-WORD).u32(RETURN_ADDRESS);
    return entry.u8(DEF_CFA).u32(RSP).u32(WORD).u8(OFFSET | RETURN_ADDRESS).u32(1);
  }

  /** Its length, a multiple of a word's with it, and its contents. */
  private static void entry(BinaryWriter table, BinaryWriter contents) {
    while ((contents.size() + Integer.BYTES) % WORD != 0) {
      contents.u8(NOP);
    }
    table.fixed32(contents.size()).append(contents);
  }
}
