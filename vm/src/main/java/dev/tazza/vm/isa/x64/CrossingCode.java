package dev.tazza.vm.isa.x64;

import static dev.tazza.vm.isa.x64.StubAssembler.disp8;

import dev.tazza.environ.FuncRefLayout;
import dev.tazza.environ.StoreContext;

/**
 * The stub that makes a guest function's tail call of a function with another context. The
 * reference is in r11. The caller's frame is gone but for its own context, in r14, which whoever
 * called it wants to find there afterwards; on the stack are how many 16 bytes of arguments there
 * are and, in the upper 16 bits, how many words of results, then the return address. So a frame goes
 * between:
 *
 * <pre>
 *   results
 *   return address
 *   rbp                  ← rbp
 *   r14
 *   bytes of results
 *   the callee's results, perhaps some padding before them
 *   arguments, moved
 *   address of the end of this stub
 * </pre>
 *
 * <p>Where the return address is that of the end of this stub, there is such a frame already, and
 * one is enough: however many functions of whichever instances call each other like this, the stack
 * does not grow. It returns by jump: the callee's return took the call of this frame's caller from
 * those that the processor remembers.
 */
final class CrossingCode {
  private static final int IF_EQUAL = 0x4;
  private static final int IF_NOT_EQUAL = 0x5;

  // Registers by encoding.
  private static final int[] SAVED = {0, 1, 2, 6, 7}; // rax rcx rdx rsi rdi

  private CrossingCode() {}

  /** Appends the stub; returns where it begins. */
  static int assemble(StubAssembler code) {
    int end = end(code);
    int entry = code.entry();
    saved(code, 0x89); //                              mov [r15+…], rax rcx rdx rsi rdi
    code.op(0x5a); //                                  pop rdx
    code.relative(end, 0x48, 0x8d, 0x05); //           lea rax, [rip+end]
    code.op(0x48, 0x39, 0x04, 0x24); //                cmp [rsp], rax
    int again = code.jump(IF_EQUAL);
    code.op(0x0f, 0xb7, 0xca); //                      movzx ecx, dx
    code.op(0xd1, 0xe1); //                            shl ecx, 1         words of arguments
    code.op(0xc1, 0xea, 16); //                        shr edx, 16
    code.op(0xc1, 0xe2, 3); //                         shl edx, 3         bytes of results
    code.op(0x58); //                                  pop rax            return address
    code.op(0x48, 0x89, 0xe6); //                      mov rsi, rsp
    code.op(0x48, 0x29, 0xd4); //                      sub rsp, rdx
    code.op(0x48, 0x83, 0xec, 32); //                  sub rsp, 32
    code.op(0x48, 0x83, 0xe4, -16); //                 and rsp, -16
    code.op(0x48, 0x89, 0xe7); //                      mov rdi, rsp
    code.op(0xf3, 0x48, 0xa5); //                      rep movsq
    code.op(0x48, 0x89, 0x46, -8); //                  mov [rsi-8], rax
    code.op(0x48, 0x89, 0x6e, -16); //                 mov [rsi-16], rbp
    code.op(0x4c, 0x89, 0x76, -24); //                 mov [rsi-24], r14
    code.op(0x48, 0x89, 0x56, -32); //                 mov [rsi-32], rdx
    code.op(0x48, 0x8d, 0x6e, -16); //                 lea rbp, [rsi-16]
    code.relative(end, 0x48, 0x8d, 0x05); //           lea rax, [rip+end]
    code.op(0x50); //                                  push rax
    code.land(again);
    saved(code, 0x8b); //                              mov rax rcx rdx rsi rdi, [r15+…]
    code.op(0x4d, 0x8b, 0x73, disp8(FuncRefLayout.CONTEXT)); // mov r14, [r11+CONTEXT]
    code.op(0x41, 0xff, 0x63, disp8(FuncRefLayout.CODE)); //    jmp [r11+CODE]
    return entry;
  }

  /** Where the callee returns to, with results in registers and on the stack. */
  private static int end(StubAssembler code) {
    int entry = code.entry();
    code.op(0x4c, 0x8b, 0x4d, -16); //                 mov r9, [rbp-16]   bytes of results
    code.op(0x4d, 0x85, 0xc9); //                      test r9, r9
    int none = code.jump(IF_EQUAL);
    int next = code.here();
    code.op(0x4e, 0x8b, 0x54, 0x0c, -8); //            mov r10, [rsp+r9-8]
    code.op(0x4e, 0x89, 0x54, 0x0d, 8); //             mov [rbp+r9+8], r10
    code.op(0x49, 0x83, 0xe9, 8); //                   sub r9, 8
    code.jumpBack(IF_NOT_EQUAL, next);
    code.land(none);
    code.op(0x4c, 0x8b, 0x75, -8); //                  mov r14, [rbp-8]
    code.op(0x48, 0x89, 0xec); //                      mov rsp, rbp
    code.op(0x5d); //                                  pop rbp
    code.op(0x41, 0x5b); //                            pop r11
    code.op(0x41, 0xff, 0xe3); //                      jmp r11
    return entry;
  }

  /** Moves of the saved registers to (0x89) or from (0x8b) the store context. */
  private static void saved(StubAssembler code, int opcode) {
    for (int i = 0; i < SAVED.length; i++) {
      code.op(0x49, opcode, 0x87 | SAVED[i] << 3);
      code.int32(StoreContext.CROSSING_REGISTERS + 8 * i);
    }
  }
}
