package dev.tazza.sys.linux.x64;

import static dev.tazza.assembler.x64.Registers.R10;
import static dev.tazza.assembler.x64.Registers.RAX;
import static dev.tazza.assembler.x64.Registers.RDI;
import static dev.tazza.assembler.x64.Registers.RDX;
import static dev.tazza.assembler.x64.Registers.RSI;
import static dev.tazza.assembler.x64.Registers.RSP;

import dev.tazza.assembler.x64.Assembler;
import dev.tazza.sys.SignalFrame;

/** {@code siginfo_t} and {@code ucontext_t} of Linux on x86-64. */
final class X64SignalFrame {
  private static final int SI_CODE = 8;
  private static final int SI_ADDR = 16;
  private static final int SI_VALUE = 24;
  private static final int SI_QUEUE = -1;

  /** {@code uc_mcontext.gregs}, 8 bytes each. */
  private static final int GREGS = 40;

  private static final int REG_RIP = 16;

  /** Of rax rcx rdx rbx rsp rbp rsi rdi r8 … r15. */
  private static final int[] REGISTERS = {13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7};

  static final SignalFrame FRAME = make();

  private X64SignalFrame() {}

  private static SignalFrame make() {
    int[] registers = new int[REGISTERS.length];
    for (int i = 0; i < registers.length; i++) {
      registers[i] = GREGS + 8 * REGISTERS[i];
    }
    SignalFrame.Info info = new SignalFrame.Info(SI_CODE, SI_ADDR, SI_VALUE, SI_QUEUE);
    return new SignalFrame(info, GREGS + 8 * REG_RIP, registers, takeDefault());
  }

  /** Restores the default action and raises the signal again: delivered on the way out. */
  private static byte[] takeDefault() {
    Assembler code = new Assembler();
    code.push(RDI); // the signal
    code.zero(RAX);
    code.push(RAX); // struct kernel_sigaction: mask
    code.push(RAX); // restorer
    code.push(RAX); // flags
    code.push(RAX); // handler: SIG_DFL
    code.mov(8, RSI, RSP);
    code.zero(RDX);
    code.movImm(R10, Long.BYTES); // bytes in the mask
    systemCall(code, "rt_sigaction");
    code.addImm(RSP, 4 * Long.BYTES);
    systemCall(code, "gettid");
    code.mov(4, RSI, RAX);
    systemCall(code, "getpid");
    code.mov(4, RDI, RAX);
    code.pop(RDX);
    systemCall(code, "tgkill");
    code.ret();
    return code.finish();
  }

  private static void systemCall(Assembler code, String name) {
    code.movImm(RAX, X64SystemCalls.number(name));
    code.syscall();
  }
}
