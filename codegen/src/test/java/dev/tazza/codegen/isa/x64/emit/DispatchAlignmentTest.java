package dev.tazza.codegen.isa.x64.emit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.ir.Parser;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.codegen.regalloc.SsaAllocator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop of an interpreter: what each round passes stands in one line, wherever that begins. */
class DispatchAlignmentTest {
  private static final int NEXT = 1;
  private static final int CASES = 8;

  private static String interpreter(int stores) {
    StringBuilder text = new StringBuilder("function run(i64, i32) -> (i32) {\n");
    text.append("b0(v0: i64, v1: i32):\n");
    for (int i = 0; i < stores; i++) {
      text.append("  store ctx.64 [v0+%d], v0\n".formatted(16 + 8 * i));
    }
    text.append("  jump b1(v1)\n");
    text.append("b1(v2: i32):\n");
    text.append("  v3 = uextend.i64 v2\n  v4 = add.i64 v0, v3\n");
    text.append("  v5 = load.i32 mem.32 [v4+1000] trap %d\n".formatted(NEXT));
    text.append("  switch v5, b2");
    for (int i = 0; i < CASES; i++) {
      text.append(", b%d".formatted(3 + i));
    }
    text.append("\nb2:\n  return v2\n");
    for (int i = 0; i < CASES; i++) {
      int value = 100 + 10 * i;
      text.append("b%d:\n".formatted(3 + i));
      for (int k = 0; k < 4; k++) {
        text.append("  store mem.32 [v4+%d], v5 trap 2\n".formatted(2000 + 64 * i + 4 * k));
      }
      text.append("  v%d = iconst.i32 %d\n".formatted(value, 4 + 4 * i));
      text.append("  v%d = add.i32 v2, v%d\n".formatted(value + 1, value));
      text.append("  jump b1(v%d)\n".formatted(value + 1));
    }
    return text.append("}\n").toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void isInOneLine(int stores) {
    NativeExecutor executor =
        new NativeExecutor(new SsaAllocator(), Effort.SPEED, NativeExecutor.hostFeatures());
    MachineCode code = executor.compile(Parser.parse(interpreter(stores), TestRegions.ALL));
    int load = -1;
    for (int i = 0; i < code.trapCodes().length; i++) {
      load = code.trapCodes()[i] == NEXT ? code.trapOffsets()[i] : load;
    }
    int jump = load;
    while (code.code()[jump] != (byte) 0xff || (code.code()[jump + 1] & 0xf8) != 0xe0) {
      jump++;
    }
    assertEquals(CodeBuffer.LINE, code.alignment());
    assertEquals(load / CodeBuffer.LINE, (jump + 1) / CodeBuffer.LINE, load + " to " + jump);
  }
}
