package dev.tazza.codegen.isa.x64.emit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.ir.Parser;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.regalloc.SsaAllocator;
import org.junit.jupiter.api.Test;

/** The index of a jump table is compared and masked in one register. */
class SwitchMaskTest {
  private static final int CASES = 6;
  private static final int MASK = 7;

  /** Opcode of operations with an immediate of a byte; which one, the ModRM byte tells. */
  private static final byte GROUP1 = (byte) 0x83;

  private static final int CMP = 7;
  private static final int AND = 4;

  private static byte[] code() {
    String cases = ", b2, b3".repeat(CASES / 2);
    String text =
        """
        function f(i64, i32) -> (i32) {
        b0(v0: i64, v1: i32):
          switch v1, b1%s
        b1:
          v2 = iconst.i32 1
          return v2
        b2:
          v3 = iconst.i32 2
          return v3
        b3:
          v4 = iconst.i32 3
          return v4
        }
        """
            .formatted(cases);
    return new NativeExecutor(new SsaAllocator(), Effort.SPEED, NativeExecutor.hostFeatures())
        .compile(Parser.parse(text, TestRegions.ALL))
        .code();
  }

  /** The register that an operation with this immediate works on; -1: there is none. */
  private static int register(byte[] code, int operation, int immediate) {
    for (int i = 0; i + 2 < code.length; i++) {
      int modRm = code[i + 1] & 0xff;
      boolean found = code[i] == GROUP1 && modRm >>> 6 == 3 && (modRm >>> 3 & 7) == operation;
      if (found && code[i + 2] == immediate) {
        return modRm & 7;
      }
    }
    return -1;
  }

  @Test
  void isTheIndexItself() {
    byte[] code = code();
    int compared = register(code, CMP, CASES);
    assertTrue(compared >= 0);
    assertEquals(compared, register(code, AND, MASK));
  }
}
