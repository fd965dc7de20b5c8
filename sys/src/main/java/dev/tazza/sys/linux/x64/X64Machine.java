package dev.tazza.sys.linux.x64;

import static dev.tazza.assembler.x64.Registers.R10;
import static dev.tazza.assembler.x64.Registers.RAX;
import static dev.tazza.assembler.x64.Registers.RCX;

import dev.tazza.assembler.x64.Assembler;
import dev.tazza.sys.SignalFrame;
import dev.tazza.sys.linux.LinuxMachine;

/** Linux on x86-64. */
public final class X64Machine implements LinuxMachine {
  private static final int PAGE = 4096; // the only base page size of the architecture

  public X64Machine() {}

  @Override
  public int pageSize() {
    return PAGE;
  }

  @Override
  public int systemCall(String name) {
    return X64SystemCalls.number(name);
  }

  /** From the C convention to the kernel's, which differ in the fourth argument. */
  @Override
  public byte[] callStubs(int count, int size) {
    Assembler stub = new Assembler();
    stub.movImm(RAX, 0); // opcode, then the number
    stub.mov(8, R10, RCX);
    stub.syscall();
    stub.ret();
    byte[] bytes = stub.finish();
    byte[] code = new byte[count * size];
    for (int number = 0; number < count; number++) {
      int at = number * size;
      System.arraycopy(bytes, 0, code, at, bytes.length);
      code[at + 1] = (byte) number;
      code[at + 2] = (byte) (number >> 8);
    }
    return code;
  }

  /** Exactly these bytes, {@code mov rax, 15; syscall}: debuggers know a signal frame by them. */
  @Override
  public byte[] signalReturn() {
    return new byte[] {0x48, (byte) 0xc7, (byte) 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05};
  }

  /** {@code struct pthread} begins with its own address. */
  @Override
  public byte[] readThreadRegister() {
    Assembler code = new Assembler();
    code.loadFs(8, RAX, 0);
    code.ret();
    return code.finish();
  }

  /** The field {@code tid} in musl and in glibc; the nearer one first. */
  @Override
  public int[] threadIdOffsets() {
    return new int[] {0x30, 0x2d0};
  }

  @Override
  public SignalFrame signalFrame() {
    return X64SignalFrame.FRAME;
  }

  @Override
  public int openFlags(int posix) {
    return posix;
  }

  @Override
  public int posixOpenFlags(int flags) {
    return flags;
  }

  /** The structure is packed, on x86-64 only. */
  @Override
  public int epollDataOffset() {
    return 4;
  }

  @Override
  public void flushInstructionCache(long address, long size) {
    // x86 keeps instruction fetch coherent with stores.
  }
}
