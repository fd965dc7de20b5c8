package dev.tazza.sandbox;

import static dev.tazza.sandbox.Rows.IMM8;
import static dev.tazza.sandbox.Rows.MEMORY_ONLY;
import static dev.tazza.sandbox.Rows.MODRM;
import static dev.tazza.sandbox.Rows.NP;
import static dev.tazza.sandbox.Rows.P66;
import static dev.tazza.sandbox.Rows.PF2;
import static dev.tazza.sandbox.Rows.PF3;
import static dev.tazza.sandbox.Rows.REGISTER_ONLY;
import static dev.tazza.sandbox.Rows.REG_VECTOR;
import static dev.tazza.sandbox.Rows.RM_VECTOR;
import static dev.tazza.sandbox.Rows.VECTORS;
import static dev.tazza.sandbox.Rows.VEX_ONLY;
import static dev.tazza.sandbox.Rows.VEX_TOO;
import static dev.tazza.sandbox.Rows.W1;
import static dev.tazza.sandbox.Rows.W16;
import static dev.tazza.sandbox.Rows.W2;
import static dev.tazza.sandbox.Rows.W4;
import static dev.tazza.sandbox.Rows.W8;

/**
 * The rows of {@link Rows} for vectors of 128 bits. What they compute does not matter: only how
 * much of memory they access, and which registers they write.
 */
final class VectorRows {
  /** With a prefix of 66, on two vectors: integer arithmetic, comparisons, packing, shifts. */
  private static final int[] INTEGERS = {
    0xfc, 0xfd, 0xfe, 0xd4, 0xec, 0xed, 0xdc, 0xdd, 0xf8, 0xf9, 0xfa, 0xfb, 0xe8, 0xe9, 0xd8, 0xd9,
    0xda, 0xea, 0xde, 0xee, 0xe0, 0xe3, 0xd5, 0xe5, 0xe4, 0xf5, 0xf4, 0xdb, 0xdf, 0xeb, 0xef, 0x74,
    0x75, 0x76, 0x64, 0x65, 0x66, 0x63, 0x6b, 0x67, 0x60, 0x61, 0x62, 0x6c, 0x68, 0x69, 0x6a, 0x6d,
    0xf1, 0xf2, 0xf3, 0xd1, 0xd2, 0xd3, 0xe1, 0xe2,
  };

  /** The same in map 0F 38, and absolute values. */
  private static final int[] INTEGERS_38 = {
    0x00, 0x04, 0x0b, 0x28, 0x29, 0x2b, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40,
    0x1c, 0x1d, 0x1e,
  };

  /** Float arithmetic on whole vectors, without a prefix and with 66. */
  private static final int[] FLOATS = {0x51, 0x58, 0x59, 0x5c, 0x5d, 0x5e, 0x5f};

  /** Extensions of the lower half. */
  private static final int[] EXTENSIONS = {0x20, 0x23, 0x25, 0x30, 0x33, 0x35};

  /** Fused products and sums, in VEX forms only. */
  private static final int[] FUSED = {0xb8, 0xbc};

  private static final int WHOLE = Kind.VECTOR | VECTORS | W16;
  private static final int HALF = Kind.VECTOR | VECTORS | W8;
  private static final int BROADCAST = Kind.VECTOR | MODRM | REG_VECTOR | RM_VECTOR | VEX_ONLY;
  private static final int INSERT = Kind.INT_TO_VECTOR | MODRM | REG_VECTOR | VEX_TOO | IMM8;
  private static final int EXTRACT = Kind.LANE_TO_INT | MODRM | REG_VECTOR | VEX_TOO | IMM8;
  private static final int MASK = Kind.VECTOR_TO_INT | MODRM | RM_VECTOR | VEX_TOO | REGISTER_ONLY;

  private VectorRows() {}

  static void put() {
    for (int opcode : INTEGERS) {
      Rows.put(1, P66, opcode, WHOLE);
    }
    for (int opcode : INTEGERS_38) {
      Rows.put(2, P66, opcode, WHOLE);
    }
    for (int opcode : FLOATS) {
      Rows.put(1, NP, opcode, WHOLE);
      Rows.put(1, P66, opcode, WHOLE);
    }
    for (int opcode : EXTENSIONS) {
      Rows.put(2, P66, opcode, HALF);
    }
    for (int opcode : FUSED) {
      Rows.put(2, P66, opcode, BROADCAST | W16);
    }
    Rows.put(2, P66, 0x17, Kind.VECTOR_COMPARE | VECTORS | W16);
    shuffles();
    conversions();
    lanes();
  }

  private static void shuffles() {
    Rows.put(1, P66, 0x70, WHOLE | IMM8);
    Rows.put(1, PF3, 0x70, WHOLE | IMM8);
    Rows.put(1, PF2, 0x70, WHOLE | IMM8);
    Rows.put(1, NP, 0xc6, WHOLE | IMM8);
    Rows.put(1, NP, 0x14, WHOLE);
    Rows.put(1, NP, 0xc2, WHOLE | IMM8);
    Rows.put(1, P66, 0xc2, WHOLE | IMM8);
    Rows.put(3, P66, 0x0e, WHOLE | IMM8);
    Rows.put(3, P66, 0x0f, WHOLE | IMM8);
    Rows.put(3, P66, 0x08, WHOLE | IMM8);
    Rows.put(3, P66, 0x09, WHOLE | IMM8);
    Rows.put(1, PF2, 0x12, HALF);
    Rows.put(2, P66, 0x18, BROADCAST | W4);
    Rows.put(2, P66, 0x78, BROADCAST | W1);
    Rows.put(2, P66, 0x79, BROADCAST | W2);
  }

  private static void conversions() {
    Rows.put(1, NP, 0x5b, WHOLE);
    Rows.put(1, PF3, 0x5b, WHOLE);
    Rows.put(1, PF3, 0xe6, HALF);
    Rows.put(1, P66, 0xe6, WHOLE);
    Rows.put(1, NP, 0x5a, HALF);
    Rows.put(1, P66, 0x5a, WHOLE);
  }

  private static void lanes() {
    Rows.put(1, NP, 0x12, HALF | MEMORY_ONLY);
    Rows.put(1, NP, 0x16, HALF);
    Rows.put(1, NP, 0x17, Kind.VECTOR_STORE | VECTORS | W8 | MEMORY_ONLY);
    Rows.put(3, P66, 0x21, Kind.VECTOR | VECTORS | W4 | IMM8);
    Rows.put(3, P66, 0x20, INSERT | W1);
    Rows.put(1, P66, 0xc4, INSERT | W2);
    // Four bytes, or eight with W.
    Rows.put(3, P66, 0x22, INSERT);
    Rows.put(3, P66, 0x14, EXTRACT | W1);
    Rows.put(3, P66, 0x15, EXTRACT | W2);
    Rows.put(3, P66, 0x16, EXTRACT);
    Rows.put(1, P66, 0xd7, MASK);
    Rows.put(1, NP, 0x50, MASK);
    Rows.put(1, P66, 0x50, MASK);
  }
}
