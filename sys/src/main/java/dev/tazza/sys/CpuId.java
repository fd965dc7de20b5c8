package dev.tazza.sys;

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
  private static final byte[] CPUID = {
    0x53, //                                   push rbx
    (byte) 0x89,
    (byte) 0xf8, //               mov eax, edi
    (byte) 0x89,
    (byte) 0xf1, //               mov ecx, esi
    (byte) 0x48,
    (byte) 0x89,
    (byte) 0xd6, //  mov rsi, rdx
    0x0f,
    (byte) 0xa2, //                      cpuid
    (byte) 0x89,
    0x06, //                      mov [rsi], eax
    (byte) 0x89,
    0x5e,
    0x04, //                mov [rsi+4], ebx
    (byte) 0x89,
    0x4e,
    0x08, //                mov [rsi+8], ecx
    (byte) 0x89,
    0x56,
    0x0c, //                mov [rsi+12], edx
    0x5b, //                                   pop rbx
    (byte) 0xc3, //                            ret
  };

  /** {@code int xgetbv()}: the low half of XCR0. */
  private static final byte[] XGETBV = {
    0x31,
    (byte) 0xc9, //         xor ecx, ecx
    0x0f,
    0x01,
    (byte) 0xd0, //   xgetbv
    (byte) 0xc3, //               ret
  };

  private static final int XGETBV_OFFSET = 32;

  private CpuId() {}

  static int[] read() {
    byte[] code = new byte[XGETBV_OFFSET + XGETBV.length];
    System.arraycopy(CPUID, 0, code, 0, CPUID.length);
    System.arraycopy(XGETBV, 0, code, XGETBV_OFFSET, XGETBV.length);
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
