package dev.tazza.sys;

import java.util.Arrays;

/** Asks the processor: CPUID and XGETBV through a few bytes of machine code. */
final class CpuId {
  /** Indexes into the words that {@link #read} returns. */
  static final int LEAF1_ECX = 0;

  static final int LEAF7_EBX = 1;
  static final int LEAF7_ECX = 2;
  static final int LEAF7_EDX = 3;
  static final int EXTENDED1_ECX = 4;
  static final int SAVED_STATE = 5;

  /** XCR0: the system saves xmm and the upper halves of ymm. */
  static final int YMM_STATE = 0x06;

  /** XCR0: also the mask registers and both parts of zmm. */
  static final int ZMM_STATE = 0xe6;

  private static final int OSXSAVE_BIT = 27;

  /** {@code void cpuid(int leaf, int subleaf, int[4] out)}. */
  private static final String CPUID =
      """
      53       | push rbx
      89 f8    | mov eax, edi
      89 f1    | mov ecx, esi
      48 89 d6 | mov rsi, rdx
      0f a2    | cpuid
      89 06    | mov [rsi], eax
      89 5e 04 | mov [rsi+4], ebx
      89 4e 08 | mov [rsi+8], ecx
      89 56 0c | mov [rsi+12], edx
      5b       | pop rbx
      c3       | ret
      """;

  /** {@code int xgetbv()}: the low half of XCR0. */
  private static final String XGETBV =
      """
      31 c9    | xor ecx, ecx
      0f 01 d0 | xgetbv
      c3       | ret
      """;

  private static final int XGETBV_OFFSET = 32;

  private CpuId() {}

  static int[] read() {
    byte[] cpuid = MachineCode.of(CPUID);
    byte[] xgetbv = MachineCode.of(XGETBV);
    byte[] code = Arrays.copyOf(cpuid, XGETBV_OFFSET + xgetbv.length);
    System.arraycopy(xgetbv, 0, code, XGETBV_OFFSET, xgetbv.length);
    long stub = CodePage.map(code);
    long out = NativeHeap.allocate(16);
    try {
      int[] words = new int[6];
      cpuid(stub, 0, out);
      int maxLeaf = NativeMemory.getInt(out);
      cpuid(stub, 1, out);
      words[LEAF1_ECX] = NativeMemory.getInt(out + 8);
      if (maxLeaf >= 7) {
        cpuid(stub, 7, out);
        words[LEAF7_EBX] = NativeMemory.getInt(out + 4);
        words[LEAF7_ECX] = NativeMemory.getInt(out + 8);
        words[LEAF7_EDX] = NativeMemory.getInt(out + 12);
      }
      cpuid(stub, 0x8000_0000, out);
      if (Integer.compareUnsigned(NativeMemory.getInt(out), 0x8000_0001) >= 0) {
        cpuid(stub, 0x8000_0001, out);
        words[EXTENDED1_ECX] = NativeMemory.getInt(out + 8);
      }
      if ((words[LEAF1_ECX] >>> OSXSAVE_BIT & 1) != 0) {
        words[SAVED_STATE] = (int) NativeCall.invoke(stub + XGETBV_OFFSET, 0, 0, 0);
      }
      return words;
    } finally {
      NativeHeap.free(out);
    }
  }

  private static void cpuid(long stub, int leaf, long out) {
    NativeCall.invoke(stub, leaf, 0, out);
  }
}
