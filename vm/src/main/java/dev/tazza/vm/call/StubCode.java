package dev.tazza.vm.call;

import static dev.tazza.environ.StoreContext.EXIT_REASON;
import static dev.tazza.environ.StoreContext.GUEST_SP;
import static dev.tazza.environ.StoreContext.HOST_SP;
import static dev.tazza.vm.call.StubAssembler.disp8;

import dev.tazza.environ.ExitReason;

/**
 * The machine code between Java and guest code on x86-64, System V convention on the Java side:
 *
 * <ul>
 *   <li>{@code int enter(context, trampoline, code, vmctx)} switches to the guest stack and calls
 *       the trampoline with vmctx in r14 and code in rax;
 *   <li>{@code exit()} is called by guest code: parks it and returns from {@code enter} or {@code
 *       resume} with the exit's reason;
 *   <li>{@code int resume(context)} lets parked guest code return from its call of {@code exit};
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
final class StubCode {
  /** From GUEST_SP of parked code: its frame pointer. */
  static final int PARKED_FRAME_POINTER = 32;

  /** From GUEST_SP of parked code: where it will continue. */
  static final int PARKED_PC = 40;

  private final StubAssembler code = new StubAssembler();

  // Offsets of the entry points.
  private final int enter;
  private final int exit;
  private final int resume;
  private final int trapExit;

  StubCode() {
    enter = enter();
    exit = exit();
    resume = resume();
    trapExit = trapExit();
  }

  byte[] bytes() {
    return code.bytes();
  }

  int enterOffset() {
    return enter;
  }

  int exitOffset() {
    return exit;
  }

  int resumeOffset() {
    return resume;
  }

  int trapExitOffset() {
    return trapExit;
  }

  private int enter() {
    int entry = code.entry();
    pushHostRegisters();
    code.op(0x48, 0x89, 0x67, disp8(HOST_SP)); //      mov [rdi+HOST_SP], rsp
    code.op(0x49, 0x89, 0xff); //                      mov r15, rdi
    code.op(0x49, 0x8b, 0x67, disp8(GUEST_SP)); //     mov rsp, [r15+GUEST_SP]
    code.op(0x49, 0x89, 0xce); //                      mov r14, rcx
    code.op(0x48, 0x89, 0xd0); //                      mov rax, rdx
    code.op(0x31, 0xed); //                            xor ebp, ebp    ends the chain of frames
    code.op(0xff, 0xd6); //                            call rsi
    code.op(0x49, 0x8b, 0x67, disp8(HOST_SP)); //      mov rsp, [r15+HOST_SP]
    code.op(0x31, 0xc0); //                            xor eax, eax    ExitReason.RETURNED
    popHostRegisters();
    code.op(0xc3); //                                  ret
    return entry;
  }

  private int exit() {
    int entry = code.entry();
    code.op(0x55); //                                  push rbp
    code.op(0x53); //                                  push rbx
    code.op(0x41, 0x54); //                            push r12
    code.op(0x41, 0x55); //                            push r13
    code.op(0x41, 0x56); //                            push r14
    code.op(0x49, 0x89, 0x67, disp8(GUEST_SP)); //     mov [r15+GUEST_SP], rsp
    code.op(0x49, 0x8b, 0x67, disp8(HOST_SP)); //      mov rsp, [r15+HOST_SP]
    code.op(0x41, 0x8b, 0x47, disp8(EXIT_REASON)); //  mov eax, [r15+EXIT_REASON]
    popHostRegisters();
    // Not ret: the return predictor's newest entry belongs to the guest's call of this stub.
    code.op(0x59); //                                  pop rcx
    code.op(0xff, 0xe1); //                            jmp rcx
    return entry;
  }

  private int resume() {
    int entry = code.entry();
    pushHostRegisters();
    code.op(0x48, 0x89, 0x67, disp8(HOST_SP)); //      mov [rdi+HOST_SP], rsp
    code.op(0x49, 0x89, 0xff); //                      mov r15, rdi
    code.op(0x49, 0x8b, 0x67, disp8(GUEST_SP)); //     mov rsp, [r15+GUEST_SP]
    code.op(0x41, 0x5e); //                            pop r14
    code.op(0x41, 0x5d); //                            pop r13
    code.op(0x41, 0x5c); //                            pop r12
    code.op(0x5b); //                                  pop rbx
    code.op(0x5d); //                                  pop rbp
    code.op(0x59); //                                  pop rcx
    code.op(0xff, 0xe1); //                            jmp rcx
    return entry;
  }

  private int trapExit() {
    int entry = code.entry();
    code.op(0x49, 0x8b, 0x67, disp8(HOST_SP)); //      mov rsp, [r15+HOST_SP]
    code.op(0xb8); //                                  mov eax, ExitReason.TRAP
    code.int32(ExitReason.TRAP.code());
    popHostRegisters();
    code.op(0xc3); //                                  ret
    return entry;
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
