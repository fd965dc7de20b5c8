package dev.tazza.vm.isa.x64;

import static dev.tazza.environ.StoreContext.EXIT_REASON;
import static dev.tazza.environ.StoreContext.GUEST_SP;
import static dev.tazza.environ.StoreContext.HOST_SP;
import static dev.tazza.environ.StoreContext.HOST_THREAD;
import static dev.tazza.environ.StoreContext.STOP;
import static dev.tazza.vm.isa.x64.StubAssembler.disp8;

import dev.tazza.environ.ExitReason;
import dev.tazza.environ.StoreContext;

/**
 * The machine code between Java and guest code on x86-64, System V convention on the Java side:
 *
 * <ul>
 *   <li>{@code long enter(context, code, vmctx, begin, a0, a1)} switches to the guest stack at
 *       begin and calls the code with vmctx in r14, a0 and a1 as its integer parameters and, the
 *       other way around, as its float parameters: enough for functions of up to two. A result of
 *       32 bits is the lower half of what it returns;
 *   <li>{@code long enterWide(…)} is the same, but leaves the result in value slot 0, or in slot 1
 *       if it is a float;
 *   <li>{@code exit()} is called by guest code: parks it and returns from {@code enter} or {@code
 *       resume} with the exit's reason in the upper half;
 *   <li>{@code long resume(context, sp)} lets code that is parked at sp return from its call of
 *       {@code exit};
 *   <li>{@code poll()} is called by guest code at a poll that asks it to stop: the same as {@code
 *       exit}, but it preserves all registers, on whatever stack they find it;
 *   <li>{@code copy} and {@code fill} are {@link dev.tazza.sys.BulkMemory}'s functions for guest
 *       code: they take long blocks in pieces, between which they poll;
 *   <li>{@code trapExit} is where the signal handler sends a thread that faulted in guest code: it
 *       returns from {@code enter} or {@code resume} too.
 * </ul>
 *
 * <p>Both stacks while guest code is parked, high addresses first. While it runs, the left one
 * looks the same:
 *
 * <pre>
 *   thread's stack                      guest stack
 *   return address into Java            ... frames of the activation ...
 *   rbp rbx r12 r13 r14 r15  ← HOST_SP  return address into guest code
 *                                       rbp rbx r12 r13 r14            ← GUEST_SP (16-aligned)
 * </pre>
 *
 * <p>The guest's mxcsr and x87 control words are Java's, which are the defaults WebAssembly asks
 * for: nobody changes them, so nobody saves them.
 */
public final class StubCode {
  /** From GUEST_SP of parked code: r12, which has the fuel. */
  public static final int PARKED_FUEL = 16;

  /** From GUEST_SP of parked code: its frame pointer. */
  public static final int PARKED_FRAME_POINTER = 32;

  /** From GUEST_SP of parked code: where it will continue. */
  public static final int PARKED_PC = 40;

  /** Where the {@link ExitReason} is in what enter and resume return. */
  public static final int REASON_SHIFT = 32;

  private static final int CALL = 0xe8;
  private static final int JUMP = 0xe9;
  private static final int IF_BELOW = 0x2;
  private static final int IF_EQUAL = 0x4;
  private static final int IF_NOT_EQUAL = 0x5;
  private static final int IF_ABOVE = 0x7;

  /** Bytes that are copied or filled between two polls: a fraction of a millisecond. */
  private static final int PIECE = 1 << 20;

  /** Vector registers that guest code uses, by their lower 16 bytes. */
  private static final int VECTORS = 16;

  private static final int VECTOR_SIZE = 16;

  private final StubAssembler code = new StubAssembler();

  private final int threadIdOffset;

  // Offsets of the entry points.
  private final int enter;
  private final int enterWide;
  private final int exit;
  private final int resume;
  private final int trapExit;
  private final int poll;
  private final int copy;
  private final int fill;

  /**
   * @param threadIdOffset {@link dev.tazza.sys.Os#threadIdOffset}
   * @param copyFunction address of {@code void copy(void *to, const void *from, size_t count)}
   * @param fillFunction address of {@code void fill(void *to, int value, size_t count)}
   */
  public StubCode(int threadIdOffset, long copyFunction, long fillFunction) {
    this.threadIdOffset = threadIdOffset;
    int copyAddress = literal(copyFunction);
    int fillAddress = literal(fillFunction);
    exit = exit();
    poll = poll();
    enter = enter(false);
    enterWide = enter(true);
    resume = resume();
    trapExit = trapExit();
    copy = copy(copyAddress);
    fill = fill(fillAddress);
  }

  private int literal(long value) {
    int offset = code.here();
    code.int64(value);
    return offset;
  }

  public byte[] bytes() {
    return code.bytes();
  }

  public int enterOffset() {
    return enter;
  }

  public int enterWideOffset() {
    return enterWide;
  }

  public int exitOffset() {
    return exit;
  }

  public int resumeOffset() {
    return resume;
  }

  public int trapExitOffset() {
    return trapExit;
  }

  public int copyOffset() {
    return copy;
  }

  public int fillOffset() {
    return fill;
  }

  public int pollOffset() {
    return poll;
  }

  private int enter(boolean wide) {
    int entry = code.entry();
    pushHostRegisters();
    code.op(0x48, 0x89, 0x67, disp8(HOST_SP)); //      mov [rdi+HOST_SP], rsp
    code.op(0x49, 0x89, 0xff); //                      mov r15, rdi
    code.op(0x48, 0x89, 0xcc); //                      mov rsp, rcx
    code.op(0x49, 0x89, 0xd6); //                      mov r14, rdx
    code.op(0x4c, 0x89, 0xc0); //                      mov rax, r8
    code.op(0x4c, 0x89, 0xc9); //                      mov rcx, r9
    code.op(0x66, 0x49, 0x0f, 0x6e, 0xc1); //          movq xmm0, r9
    code.op(0x66, 0x49, 0x0f, 0x6e, 0xc8); //          movq xmm1, r8
    fuel(0x8b); //                                     mov r12, [r15+FUEL]
    code.op(0x31, 0xed); //                            xor ebp, ebp    ends the chain of frames
    int stopped = announce();
    int start = code.here();
    code.op(0xff, 0xd6); //                            call rsi
    leaveGuest();
    fuel(0x89); //                                     mov [r15+FUEL], r12
    if (wide) {
      code.op(0x49, 0x89, 0x87); //                    mov [r15+slot 0], rax
      code.int32(StoreContext.value(0));
      code.op(0x66, 0x41, 0x0f, 0xd6, 0x87); //        movq [r15+slot 1], xmm0
      code.int32(StoreContext.value(1));
      code.op(0x31, 0xc0); //                          xor eax, eax    ExitReason.RETURNED
    }
    code.op(0x49, 0x8b, 0x67, disp8(HOST_SP)); //      mov rsp, [r15+HOST_SP]
    popHostRegisters();
    code.op(0xc3); //                                  ret
    code.land(stopped);
    code.relative(poll, CALL); //                      call poll
    code.relative(start, JUMP); //                     jmp start
    return entry;
  }

  /**
   * Notes which thread runs guest code from here on. Who wants that to stop sets STOP and then
   * looks for the thread, again later if there is none: so one of the two sees the other.
   *
   * @return a jump that is taken if it is to stop at once
   */
  private int announce() {
    if (threadIdOffset >= 0) {
      code.op(0x64, 0x8b, 0x14, 0x25); //              mov edx, fs:[threadIdOffset]
      code.int32(threadIdOffset);
      code.op(0x41, 0x89, 0x57, disp8(HOST_THREAD)); // mov [r15+HOST_THREAD], edx
    }
    code.op(0x41, 0x83, 0x7f, disp8(STOP), 0); //      cmp dword [r15+STOP], 0
    return code.jump(IF_NOT_EQUAL);
  }

  /** Moves what code that uses up fuel has in r12. */
  private void fuel(int opcode) {
    code.op(0x4d, opcode, 0xa7);
    code.int32(StoreContext.FUEL);
  }

  private void leaveGuest() {
    code.op(0x41, 0xc7, 0x47, disp8(HOST_THREAD)); //  mov dword [r15+HOST_THREAD], 0
    code.int32(0);
  }

  private int exit() {
    int entry = code.entry();
    code.op(0x55); //                                  push rbp
    code.op(0x53); //                                  push rbx
    code.op(0x41, 0x54); //                            push r12
    code.op(0x41, 0x55); //                            push r13
    code.op(0x41, 0x56); //                            push r14
    leaveGuest();
    code.op(0x49, 0x89, 0x67, disp8(GUEST_SP)); //     mov [r15+GUEST_SP], rsp
    code.op(0x49, 0x8b, 0x67, disp8(HOST_SP)); //      mov rsp, [r15+HOST_SP]
    code.op(0x41, 0x8b, 0x47, disp8(EXIT_REASON)); //  mov eax, [r15+EXIT_REASON]
    code.op(0x48, 0xc1, 0xe0, REASON_SHIFT); //        shl rax, REASON_SHIFT
    popHostRegisters();
    // Well predicted when guest code came here by jumps alone.
    code.op(0xc3); //                                  ret
    return entry;
  }

  private int resume() {
    int entry = code.entry();
    pushHostRegisters();
    code.op(0x48, 0x89, 0x67, disp8(HOST_SP)); //      mov [rdi+HOST_SP], rsp
    code.op(0x49, 0x89, 0xff); //                      mov r15, rdi
    code.op(0x48, 0x89, 0xf4); //                      mov rsp, rsi
    code.op(0x41, 0x5e); //                            pop r14
    code.op(0x41, 0x5d); //                            pop r13
    code.op(0x41, 0x5c); //                            pop r12
    code.op(0x5b); //                                  pop rbx
    code.op(0x5d); //                                  pop rbp
    int stopped = announce();
    int start = code.here();
    code.op(0x59); //                                  pop rcx
    code.op(0xff, 0xe1); //                            jmp rcx
    code.land(stopped);
    code.relative(poll, CALL); //                      call poll
    code.relative(start, JUMP); //                     jmp start
    return entry;
  }

  private int trapExit() {
    int entry = code.entry();
    leaveGuest();
    code.op(0x49, 0x8b, 0x67, disp8(HOST_SP)); //      mov rsp, [r15+HOST_SP]
    code.op(0xb8); //                                  mov eax, ExitReason.TRAP
    code.int32(ExitReason.TRAP.code());
    code.op(0x48, 0xc1, 0xe0, REASON_SHIFT); //        shl rax, REASON_SHIFT
    popHostRegisters();
    code.op(0xc3); //                                  ret
    return entry;
  }

  private int poll() {
    int entry = code.entry();
    code.op(0x55); //                                  push rbp
    code.op(0x48, 0x89, 0xe5); //                      mov rbp, rsp    a frame: backtraces pass it
    code.op(0x50, 0x51, 0x52, 0x56, 0x57); //          push rax, rcx, rdx, rsi, rdi
    code.op(0x41, 0x50, 0x41, 0x51); //                push r8, r9
    code.op(0x41, 0x52, 0x41, 0x53); //                push r10, r11
    code.op(0x48, 0x81, 0xec); //                      sub rsp, 16*16
    code.int32(VECTORS * VECTOR_SIZE);
    for (int register = 0; register < VECTORS; register++) {
      vector(0x11, register); //                       movups [rsp+16*register], register
    }
    code.op(0x48, 0x89, 0xe0); //                      mov rax, rsp    its alignment is any
    code.op(0x48, 0x83, 0xe4, 0xf0); //                and rsp, -16
    code.op(0x50, 0x50); //                            push rax, rax
    code.op(0x41, 0xc7, 0x47, disp8(EXIT_REASON)); //  mov dword [r15+EXIT_REASON], POLL
    code.int32(ExitReason.POLL.code());
    code.relative(exit, CALL); //                      call exit
    code.op(0x58, 0x5c); //                            pop rax, rsp
    for (int register = 0; register < VECTORS; register++) {
      vector(0x10, register); //                       movups register, [rsp+16*register]
    }
    code.op(0x48, 0x81, 0xc4); //                      add rsp, 16*16
    code.int32(VECTORS * VECTOR_SIZE);
    code.op(0x41, 0x5b, 0x41, 0x5a); //                pop r11, r10
    code.op(0x41, 0x59, 0x41, 0x58); //                pop r9, r8
    code.op(0x5f, 0x5e, 0x5a, 0x59, 0x58); //          pop rdi, rsi, rdx, rcx, rax
    code.op(0x5d); //                                  pop rbp
    code.op(0xc3); //                                  ret
    return entry;
  }

  /**
   * Copies a long block from that end on which the pieces do not overwrite what is still to come.
   */
  private int copy(int function) {
    int entry = code.entry();
    beginPieces(function);
    code.op(0x48, 0x89, 0xf8); //                      mov rax, rdi
    code.op(0x48, 0x29, 0xf0); //                      sub rax, rsi
    code.op(0x48, 0x39, 0xd0); //                      cmp rax, rdx
    int downwards = code.jump(IF_BELOW);
    int up = code.here();
    takePiece();
    code.op(0x48, 0x89, 0xdf); //                      mov rdi, rbx
    code.op(0x4c, 0x89, 0xee); //                      mov rsi, r13
    code.op(0x48, 0x01, 0xd3); //                      add rbx, rdx
    code.op(0x49, 0x01, 0xd5); //                      add r13, rdx
    endPiece(function, up);
    code.land(downwards);
    int down = code.here();
    takePiece();
    code.op(0x4a, 0x8d, 0x3c, 0x33); //                lea rdi, [rbx+r14]
    code.op(0x4b, 0x8d, 0x74, 0x35, 0); //             lea rsi, [r13+r14]
    endPiece(function, down);
    return entry;
  }

  private int fill(int function) {
    int entry = code.entry();
    beginPieces(function);
    int up = code.here();
    takePiece();
    code.op(0x48, 0x89, 0xdf); //                      mov rdi, rbx
    code.op(0x44, 0x89, 0xee); //                      mov esi, r13d
    code.op(0x48, 0x01, 0xd3); //                      add rbx, rdx
    endPiece(function, up);
    return entry;
  }

  /**
   * Leaves short blocks to the function; else first argument, second, count to rbx, r13, r14: r12
   * has the fuel.
   */
  private void beginPieces(int function) {
    code.op(0x48, 0x81, 0xfa); //                      cmp rdx, PIECE
    code.int32(PIECE);
    int large = code.jump(IF_ABOVE);
    code.relative(function, 0xff, 0x25); //            jmp [rip+function]
    code.land(large);
    code.op(0x55); //                                  push rbp
    code.op(0x48, 0x89, 0xe5); //                      mov rbp, rsp
    code.op(0x53); //                                  push rbx
    code.op(0x41, 0x56); //                            push r14
    code.op(0x41, 0x55); //                            push r13
    code.op(0x50); //                                  push rax        for the alignment
    code.op(0x48, 0x89, 0xfb); //                      mov rbx, rdi
    code.op(0x49, 0x89, 0xf5); //                      mov r13, rsi
    code.op(0x49, 0x89, 0xd6); //                      mov r14, rdx
  }

  /** The next piece's size in rdx; r14 is what is left after it. */
  private void takePiece() {
    code.op(0xba); //                                  mov edx, PIECE
    code.int32(PIECE);
    code.op(0x49, 0x39, 0xd6); //                      cmp r14, rdx
    code.op(0x49, 0x0f, 0x42, 0xd6); //                cmovb rdx, r14
    code.op(0x49, 0x29, 0xd6); //                      sub r14, rdx
  }

  private void endPiece(int function, int next) {
    code.relative(function, 0xff, 0x15); //            call [rip+function]
    code.op(0x41, 0x83, 0x7f, disp8(STOP), 0); //      cmp dword [r15+STOP], 0
    int goOn = code.jump(IF_EQUAL);
    code.relative(poll, CALL); //                      call poll
    code.land(goOn);
    code.op(0x4d, 0x85, 0xf6); //                      test r14, r14
    code.relative(next, 0x0f, 0x80 | IF_NOT_EQUAL); // jne next
    code.op(0x58); //                                  pop rax
    code.op(0x41, 0x5d); //                            pop r13
    code.op(0x41, 0x5e); //                            pop r14
    code.op(0x5b, 0x5d, 0xc3); //                      pop rbx; pop rbp; ret
  }

  /** {@code movups} from (0x11) or to (0x10) a vector register, the other side its place at rsp. */
  private void vector(int opcode, int register) {
    if (register >= 8) {
      code.op(0x44);
    }
    code.op(0x0f, opcode, 0x84 | (register & 7) << 3, 0x24);
    code.int32(VECTOR_SIZE * register);
  }

  private void pushHostRegisters() {
    code.op(0x55); //                                  push rbp
    code.op(0x53); //                                  push rbx
    code.op(0x41, 0x54); //                            push r12
    code.op(0x41, 0x55); //                            push r13
    code.op(0x41, 0x56); //                            push r14
    code.op(0x41, 0x57); //                            push r15
  }

  private void popHostRegisters() {
    code.op(0x41, 0x5f); //                            pop r15
    code.op(0x41, 0x5e); //                            pop r14
    code.op(0x41, 0x5d); //                            pop r13
    code.op(0x41, 0x5c); //                            pop r12
    code.op(0x5b); //                                  pop rbx
    code.op(0x5d); //                                  pop rbp
  }
}
