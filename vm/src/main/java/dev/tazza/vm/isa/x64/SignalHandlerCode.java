package dev.tazza.vm.isa.x64;

import static dev.tazza.environ.StoreContext.MAGIC;
import static dev.tazza.environ.StoreContext.MAGIC_VALUE;
import static dev.tazza.environ.StoreContext.TRAP_ADDRESS;
import static dev.tazza.environ.StoreContext.TRAP_PC;
import static dev.tazza.environ.StoreContext.TRAP_REGISTERS;
import static dev.tazza.environ.StoreContext.TRAP_SIGNAL;
import static dev.tazza.environ.StoreContext.TRAP_SIGNAL_CODE;
import static dev.tazza.vm.isa.x64.StubAssembler.disp8;

import dev.tazza.vm.isa.RangeTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The signal handler, Linux on x86-64: {@code void handler(int signal, siginfo_t *info, ucontext_t
 * *context)}.
 *
 * <p>A fault belongs to guest code when an instruction raised it, its pc is in a range of the
 * {@link RangeTable} and r15 points to a store context. Then the fault is recorded there and the
 * thread continues at the trap exit. Every other signal goes to the handler that was there before,
 * arguments untouched.
 *
 * <p>The handler runs on the guest stack (threads of the JVM have no alternate one), takes no lock
 * and calls nothing.
 */
public final class SignalHandlerCode {
  /** Signal numbers below this may have a previous handler on record. */
  public static final int SIGNALS = 16;

  private static final int SI_CODE = 8;
  private static final int SI_ADDR = 16;
  private static final int UC_REGISTERS = 40;
  static final int UC_R15 = UC_REGISTERS + 8 * 7;
  static final int UC_RIP = UC_REGISTERS + 8 * 16;

  /** For each hardware register number (rax rcx rdx rbx rsp rbp rsi rdi r8 …) its place there. */
  private static final int[] UC_ORDER = {13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7};

  private static final int SYS_RT_SIGACTION = 13;
  private static final int SYS_GETPID = 39;
  private static final int SYS_GETTID = 186;
  private static final int SYS_TGKILL = 234;

  private static final int IF_BELOW = 0x2;
  private static final int IF_ABOVE_OR_EQUAL = 0x3;
  private static final int IF_EQUAL = 0x4;
  private static final int IF_NOT_EQUAL = 0x5;
  private static final int IF_NEGATIVE = 0x8;
  private static final int IF_LESS_OR_EQUAL = 0xe;
  private static final int IF_GREATER = 0xf;

  private final StubAssembler code = new StubAssembler();

  // Offsets of the literals.
  private final int magic;
  private final int rangeTable;
  private final int previousHandlers;
  private final int handler;

  /** Assembles the handler. */
  public SignalHandlerCode() {
    magic = literal(MAGIC_VALUE);
    rangeTable = literal(0);
    previousHandlers = code.here();
    for (int signal = 0; signal < SIGNALS; signal++) {
      literal(0);
    }
    handler = handler();
  }

  /** The code, the literals of a process left out: the same for the same version. */
  public byte[] version() {
    return code.bytes();
  }

  /**
   * The code for a process.
   *
   * @param ranges address of the {@link RangeTable}
   * @param previous by signal number, the handlers for faults that are not the guest's
   */
  public byte[] bytes(long ranges, long[] previous) {
    byte[] bytes = code.bytes();
    ByteBuffer literals = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    literals.putLong(rangeTable, ranges);
    for (int signal = 0; signal < SIGNALS; signal++) {
      literals.putLong(previousHandlers + Long.BYTES * signal, previous[signal]);
    }
    return bytes;
  }

  public int handlerOffset() {
    return handler;
  }

  private int literal(long value) {
    int offset = code.here();
    code.int64(value);
    return offset;
  }

  private int handler() {
    int entry = code.entry();
    code.op(0x83, 0x7e, SI_CODE, 0); //                cmp dword [rsi+SI_CODE], 0
    int sentByProcess = code.jump(IF_LESS_OR_EQUAL);
    code.op(0x48, 0x8b, 0x82); //                      mov rax, [rdx+UC_RIP]
    code.int32(UC_RIP);
    code.op(0x49, 0x89, 0xc1); //                      mov r9, rax
    int notGuest = findRange(code, rangeTable);
    code.op(0x4c, 0x8b, 0x42, disp8(UC_R15)); //       mov r8, [rdx+UC_R15]
    code.op(0x41, 0xf6, 0xc0, 0x0f); //                test r8b, 15
    int misaligned = code.jump(IF_NOT_EQUAL);
    code.relative(magic, 0x48, 0x8b, 0x05); //         mov rax, [rip+magic]
    code.op(0x49, 0x39, 0x40, disp8(MAGIC)); //        cmp [r8+MAGIC], rax
    int noContext = code.jump(IF_NOT_EQUAL);
    record(code);
    code.op(0x49, 0x8b, 0x42, RangeTable.TRAP_EXIT); // mov rax, [r10+TRAP_EXIT]
    code.op(0x48, 0x89, 0x82); //                      mov [rdx+UC_RIP], rax
    code.int32(UC_RIP);
    code.op(0xc3); //                                  ret             to rt_sigreturn
    code.land(sentByProcess);
    code.land(notGuest);
    code.land(misaligned);
    code.land(noContext);
    chain();
    return entry;
  }

  /**
   * Finds the entry of the {@link RangeTable} for the pc in r9. Goes on with its address in r10 and
   * the flags of "below", or by the jump that this returns when there is none.
   *
   * @param rangeTable offset of the literal with the table's address
   */
  static int findRange(StubAssembler code, int rangeTable) {
    code.relative(rangeTable, 0x4c, 0x8b, 0x15); //    mov r10, [rip+rangeTable]
    code.op(0x49, 0x8b, 0x0a); //                      mov rcx, [r10]  entries
    int next = code.here();
    code.op(0x48, 0xff, 0xc9); //                      dec rcx
    int notFound = code.jump(IF_NEGATIVE);
    code.op(0x49, 0x83, 0xc2, disp8(RangeTable.ENTRY_SIZE)); // add r10, ENTRY_SIZE
    code.op(0x4c, 0x89, 0xc8); //                      mov rax, r9
    code.op(0x49, 0x2b, 0x42, RangeTable.LOW); //      sub rax, [r10+LOW]
    code.op(0x49, 0x3b, 0x42, RangeTable.SIZE); //     cmp rax, [r10+SIZE]
    code.jumpBack(IF_ABOVE_OR_EQUAL, next);
    return notFound;
  }

  /** Stores the fault into the store context in r8; r9 is the pc. */
  static void record(StubAssembler code) {
    code.op(0x4d, 0x89, 0x48, disp8(TRAP_PC)); //      mov [r8+TRAP_PC], r9
    code.op(0x48, 0x8b, 0x46, SI_ADDR); //             mov rax, [rsi+SI_ADDR]
    code.op(0x49, 0x89, 0x40, disp8(TRAP_ADDRESS)); // mov [r8+TRAP_ADDRESS], rax
    code.op(0x41, 0x89, 0x78, disp8(TRAP_SIGNAL)); //  mov [r8+TRAP_SIGNAL], edi
    code.op(0x8b, 0x46, SI_CODE); //                   mov eax, [rsi+SI_CODE]
    code.op(0x41, 0x89, 0x80); //                    mov [r8+TRAP_SIGNAL_CODE], eax
    code.int32(TRAP_SIGNAL_CODE);
    for (int register = 0; register < UC_ORDER.length; register++) {
      code.op(0x48, 0x8b, 0x82); //                    mov rax, [rdx+its place]
      code.int32(UC_REGISTERS + 8 * UC_ORDER[register]);
      code.op(0x49, 0x89, 0x80); //                    mov [r8+TRAP_REGISTERS+8*register], rax
      code.int32(TRAP_REGISTERS + 8 * register);
    }
  }

  /** The signal is not ours. What would have happened without us? The arguments are in place. */
  private void chain() {
    code.relative(previousHandlers, 0x48, 0x8d, 0x05); // lea rax, [rip+previousHandlers]
    code.op(0x89, 0xf9); //                            mov ecx, edi
    code.op(0x48, 0x8b, 0x04, 0xc8); //                mov rax, [rax+rcx*8]
    code.op(0x48, 0x83, 0xf8, 0x01); //                cmp rax, SIG_IGN
    int byDefault = code.jump(IF_BELOW);
    int ignored = code.jump(IF_EQUAL);
    code.op(0xff, 0xe0); //                            jmp rax         the previous handler
    code.land(ignored);
    code.op(0x83, 0x7e, SI_CODE, 0); //                cmp dword [rsi+SI_CODE], 0
    int fault = code.jump(IF_GREATER); //              a fault cannot be ignored
    code.op(0xc3); //                                  ret
    code.land(byDefault);
    code.land(fault);
    raiseWithDefaultAction();
  }

  /** Restores the default action and raises the signal again: delivered on the way out. */
  private void raiseWithDefaultAction() {
    code.op(0x57); //                                  push rdi        the signal
    code.op(0x31, 0xc0); //                            xor eax, eax
    code.op(0x50); //                                  push rax        mask
    code.op(0x50); //                                  push rax        restorer
    code.op(0x50); //                                  push rax        flags
    code.op(0x50); //                                  push rax        handler: SIG_DFL
    code.op(0x48, 0x89, 0xe6); //                      mov rsi, rsp
    code.op(0x31, 0xd2); //                            xor edx, edx
    code.op(0x41, 0xba); //                            mov r10d, 8     bytes in the mask
    code.int32(8);
    systemCall(SYS_RT_SIGACTION);
    code.op(0x48, 0x83, 0xc4, 0x20); //                add rsp, 32
    systemCall(SYS_GETTID);
    code.op(0x89, 0xc6); //                            mov esi, eax
    systemCall(SYS_GETPID);
    code.op(0x89, 0xc7); //                            mov edi, eax
    code.op(0x5a); //                                  pop rdx
    systemCall(SYS_TGKILL);
    code.op(0xc3); //                                  ret
  }

  private void systemCall(int number) {
    code.op(0xb8); //                                  mov eax, number
    code.int32(number);
    code.op(0x0f, 0x05); //                            syscall
  }
}
