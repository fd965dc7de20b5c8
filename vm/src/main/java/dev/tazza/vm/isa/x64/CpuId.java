package dev.tazza.vm.isa.x64;

import static dev.tazza.assembler.x64.Registers.RAX;
import static dev.tazza.assembler.x64.Registers.RBX;
import static dev.tazza.assembler.x64.Registers.RCX;
import static dev.tazza.assembler.x64.Registers.RDI;
import static dev.tazza.assembler.x64.Registers.RDX;
import static dev.tazza.assembler.x64.Registers.RSI;

import dev.tazza.assembler.x64.Assembler;
import dev.tazza.sys.CodePage;
import dev.tazza.sys.NativeCall;
import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.isa.AssembledCode;

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

  private CpuId() {}

  static int[] read() {
    AssembledCode code = code();
    long page = CodePage.map(code.bytes());
    long cpuid = page + code.entries()[0];
    long xgetbv = page + code.entries()[1];
    long out = NativeHeap.allocate(16);
    try {
      int[] words = new int[6];
      cpuid(cpuid, 0, out);
      int maxLeaf = NativeMemory.getInt(out);
      cpuid(cpuid, 1, out);
      words[LEAF1_ECX] = NativeMemory.getInt(out + 8);
      if (maxLeaf >= 7) {
        cpuid(cpuid, 7, out);
        words[LEAF7_EBX] = NativeMemory.getInt(out + 4);
        words[LEAF7_ECX] = NativeMemory.getInt(out + 8);
        words[LEAF7_EDX] = NativeMemory.getInt(out + 12);
      }
      cpuid(cpuid, 0x8000_0000, out);
      if (Integer.compareUnsigned(NativeMemory.getInt(out), 0x8000_0001) >= 0) {
        cpuid(cpuid, 0x8000_0001, out);
        words[EXTENDED1_ECX] = NativeMemory.getInt(out + 8);
      }
      if ((words[LEAF1_ECX] >>> OSXSAVE_BIT & 1) != 0) {
        words[SAVED_STATE] = (int) NativeCall.invoke(xgetbv, 0, 0, 0);
      }
      return words;
    } finally {
      NativeHeap.free(out);
    }
  }

  /** {@code void cpuid(int leaf, int subleaf, int[4] out)}; {@code int xgetbv()}: half of XCR0. */
  static AssembledCode code() {
    Assembler code = new Assembler();
    int cpuid = code.here();
    code.push(RBX);
    code.mov(4, RAX, RDI);
    code.mov(4, RCX, RSI);
    code.mov(8, RSI, RDX);
    code.cpuid();
    code.store(4, code.at(RSI, 0), RAX);
    code.store(4, code.at(RSI, 4), RBX);
    code.store(4, code.at(RSI, 8), RCX);
    code.store(4, code.at(RSI, 12), RDX);
    code.pop(RBX);
    code.ret();
    int xgetbv = code.here();
    code.zero(RCX);
    code.xgetbv();
    code.ret();
    byte[] bytes = code.finish();
    return new AssembledCode(bytes, code.offset(cpuid), code.offset(xgetbv));
  }

  private static void cpuid(long function, int leaf, long out) {
    NativeCall.invoke(function, leaf, 0, out);
  }
}
