package dev.tazza.vm.isa.x64;

import static dev.tazza.environ.StoreContext.EXIT_REASON;
import static dev.tazza.environ.StoreContext.HOST_THREAD;
import static dev.tazza.environ.StoreContext.MAGIC;
import static dev.tazza.environ.StoreContext.MAGIC_VALUE;
import static dev.tazza.environ.StoreContext.STOP;
import static dev.tazza.vm.isa.x64.SignalHandlerCode.UC_R15;
import static dev.tazza.vm.isa.x64.SignalHandlerCode.UC_RIP;
import static dev.tazza.vm.isa.x64.StubAssembler.disp8;

import dev.tazza.environ.ExitReason;
import dev.tazza.vm.isa.RangeTable;

/**
 * The handler of the signal by which guest code is stopped, Linux on x86-64. The signal carries the
 * address of a store context.
 *
 * <p>If that is in r15, the pc is in guest code or in what that calls to copy memory, and the store
 * is asked to stop, the handler calls the exit stub: Java goes on, and finds the guest parked in
 * here, with all its registers in the kernel's frame. When it is resumed the handler returns, and
 * the kernel restores them. When it is not, the frame is dropped with those below it. The signal is
 * not blocked meanwhile, since nobody may return. Otherwise nothing happens: see {@link
 * dev.tazza.vm.interrupt.Stopper}.
 *
 * <p>So compiled code needs nothing to be stopped, wherever it is. It holds no locks, and what it
 * does to the store context in several steps is all about exits: the handler puts the exit's reason
 * back.
 */
public final class StopHandlerCode {
  private static final int SI_CODE = 8;
  private static final int SI_VALUE = 24;
  private static final int SI_QUEUE = -1;

  private static final int IF_BELOW = 0x2;
  private static final int IF_ABOVE_OR_EQUAL = 0x3;
  private static final int IF_EQUAL = 0x4;
  private static final int IF_NOT_EQUAL = 0x5;

  private final StubAssembler code = new StubAssembler();
  private final int magic;
  private final int rangeTable;
  private final int bulkLow;
  private final int bulkSize;
  private final int exit;
  private final int previousHandler;
  private final int handler;

  /**
   * Assembles the handler.
   *
   * @param ranges address of the {@link RangeTable}: where guest code lives
   * @param bulkStart where the functions are that it calls to copy memory
   * @param bulkBytes how many bytes of them there are
   * @param exitStub address of the exit stub
   * @param previous handler of such signals that are not for guests; 0 or 1 for none
   */
  public StopHandlerCode(
      long ranges, long bulkStart, long bulkBytes, long exitStub, long previous) {
    magic = literal(MAGIC_VALUE);
    rangeTable = literal(ranges);
    bulkLow = literal(bulkStart);
    bulkSize = literal(bulkBytes);
    exit = literal(exitStub);
    previousHandler = literal(previous);
    handler = handler(previous > 1);
  }

  public byte[] bytes() {
    return code.bytes();
  }

  public int handlerOffset() {
    return handler;
  }

  private int literal(long value) {
    int offset = code.here();
    code.int64(value);
    return offset;
  }

  private int handler(boolean hasPrevious) {
    int entry = code.entry();
    code.op(0x83, 0x7e, SI_CODE, SI_QUEUE & 0xff); //  cmp dword [rsi+SI_CODE], SI_QUEUE
    int others = code.jump(IF_NOT_EQUAL);
    code.op(0x4c, 0x8b, 0x46, SI_VALUE); //            mov r8, [rsi+SI_VALUE]
    code.op(0x4c, 0x3b, 0x42, disp8(UC_R15)); //       cmp r8, [rdx+UC_R15]
    int notRunning = code.jump(IF_NOT_EQUAL);
    code.op(0x4c, 0x8b, 0x8a); //                      mov r9, [rdx+UC_RIP]
    code.int32(UC_RIP);
    int notInRanges = SignalHandlerCode.findRange(code, rangeTable);
    int inGuest = code.jump(IF_BELOW); //              always: the flags are so
    code.land(notInRanges);
    code.op(0x4c, 0x89, 0xc8); //                      mov rax, r9
    code.relative(bulkLow, 0x48, 0x2b, 0x05); //       sub rax, [rip+bulkLow]
    code.relative(bulkSize, 0x48, 0x3b, 0x05); //      cmp rax, [rip+bulkSize]
    int elsewhere = code.jump(IF_ABOVE_OR_EQUAL);
    code.land(inGuest);
    code.relative(magic, 0x48, 0x8b, 0x05); //         mov rax, [rip+magic]
    code.op(0x49, 0x39, 0x40, disp8(MAGIC)); //        cmp [r8+MAGIC], rax
    int noContext = code.jump(IF_NOT_EQUAL);
    code.op(0x41, 0x83, 0x78, disp8(STOP), 0); //      cmp dword [r8+STOP], 0
    int notAsked = code.jump(IF_EQUAL);
    code.op(0x41, 0x83, 0x78, disp8(HOST_THREAD), 0); // cmp dword [r8+HOST_THREAD], 0
    int left = code.jump(IF_EQUAL);
    SignalHandlerCode.record(code);
    code.op(0x4d, 0x89, 0xc7); //                      mov r15, r8
    code.op(0x41, 0x8b, 0x47, disp8(EXIT_REASON)); //  mov eax, [r15+EXIT_REASON]
    code.op(0x50); //                                  push rax
    code.op(0x41, 0xc7, 0x47, disp8(EXIT_REASON)); //  mov dword [r15+EXIT_REASON], STOPPED
    code.int32(ExitReason.STOPPED.code());
    code.relative(exit, 0xff, 0x15); //                call [rip+exit]
    code.op(0x58); //                                  pop rax
    code.op(0x41, 0x89, 0x47, disp8(EXIT_REASON)); //  mov [r15+EXIT_REASON], eax
    code.land(notRunning);
    code.land(elsewhere);
    code.land(noContext);
    code.land(notAsked);
    code.land(left);
    code.op(0xc3); //                                  ret             to rt_sigreturn
    code.land(others);
    if (hasPrevious) {
      code.relative(previousHandler, 0xff, 0x25); //   jmp [rip+previousHandler]
    } else {
      code.op(0xc3); //                                ret
    }
    return entry;
  }
}
