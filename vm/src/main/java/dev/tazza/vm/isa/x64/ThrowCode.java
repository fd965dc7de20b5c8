package dev.tazza.vm.isa.x64;

import static dev.tazza.vm.isa.x64.StubAssembler.disp8;

import dev.tazza.environ.ExitReason;
import dev.tazza.environ.StoreContext;

/**
 * The machine code that unwinds: it looks for a handler of the exception in {@link
 * StoreContext#EXCEPTION}, from the function that called it outwards. Nothing is changed until one
 * is found; then execution goes on at its landing pad, with the stack pointer where that function
 * has it and no other register as it was. Without any it exits, with all frames still there.
 *
 * <p>What a frame handles is told where its call returns to: there stands {@code nop [rax + rax +
 * d32]}, and {@code d32} bytes behind that the record that {@link dev.tazza.environ.CallSites}
 * describes, in which landing pads are distances from the record, and tags offsets in the instance
 * context. Where there is nothing to tell, no such instruction stands, but for padding, with a
 * displacement of zero.
 *
 * <pre>
 *   rax  the exception's tag           rcx  return address        rbp  its frame
 *   rdx  record                        rsi  handlers left         rdi  handler
 *   r8   instance context of the frame                            r9   rbp on the way in
 * </pre>
 */
final class ThrowCode {
  private static final int IF_EQUAL = 0x4;
  private static final int IF_NOT_EQUAL = 0x5;
  private static final int IF_NEGATIVE = 0x8;
  private static final int JUMP = 0xe9;

  /** {@code nop [rax + rax + d32]} up to the displacement. */
  private static final int NOP_WITH_DISTANCE = 0x00841f0f;

  // Words of a record, in bytes.
  private static final int CONTEXT = 4;
  private static final int REFERENCES = 8;
  private static final int HANDLERS = 12;
  private static final int FIRST_REFERENCE = 16;

  private ThrowCode() {}

  /** Writes the stub; returns its offset. */
  static int write(StubAssembler code, int exit) {
    int entry = code.entry();
    code.op(0x49, 0x89, 0xe9); //                               mov r9, rbp
    code.op(0x48, 0x8b, 0x0c, 0x24); //                         mov rcx, [rsp]
    code.op(0x41, 0x8b, 0x87); //                               mov eax, [r15+EXCEPTION]
    code.int32(StoreContext.EXCEPTION);
    int frame = code.here();
    code.op(0x81, 0x39); //                                     cmp dword [rcx], NOP_WITH_DISTANCE
    code.int32(NOP_WITH_DISTANCE);
    int noRecord = code.jump(IF_NOT_EQUAL);
    code.op(0x48, 0x63, 0x51, 0x04); //                         movsxd rdx, dword [rcx+4]
    code.op(0x48, 0x85, 0xd2); //                               test rdx, rdx
    int padding = code.jump(IF_EQUAL);
    code.op(0x48, 0x8d, 0x54, 0x11, 0x08); //                   lea rdx, [rcx+rdx+8]
    code.op(0x8b, 0x72, HANDLERS); //                           mov esi, [rdx+HANDLERS]
    code.op(0x85, 0xf6); //                                     test esi, esi
    int noHandler = code.jump(IF_EQUAL);
    code.op(0x8b, 0x7a, REFERENCES); //                         mov edi, [rdx+REFERENCES]
    code.op(0x48, 0x8d, 0x7c, 0xba, FIRST_REFERENCE); //        lea rdi, [rdx+4*rdi+FIRST_REFERENCE]
    code.op(0x4c, 0x63, 0x42, CONTEXT); //                      movsxd r8, dword [rdx+CONTEXT]
    code.op(0x4e, 0x8b, 0x44, 0x05, 0x00); //                   mov r8, [rbp+r8]
    int handler = code.here();
    code.op(0x4c, 0x63, 0x17); //                               movsxd r10, dword [rdi]
    code.op(0x45, 0x85, 0xd2); //                               test r10d, r10d
    int any = code.jump(IF_NEGATIVE);
    code.op(0x43, 0x3b, 0x04, 0x10); //                         cmp eax, [r8+r10]
    int same = code.jump(IF_EQUAL);
    code.op(0x48, 0x83, 0xc7, 0x08); //                         add rdi, 8
    code.op(0xff, 0xce); //                                     dec esi
    code.jumpBack(IF_NOT_EQUAL, handler); //                    jne handler
    code.land(noRecord);
    code.land(padding);
    code.land(noHandler);
    code.op(0x48, 0x8b, 0x4d, 0x08); //                         mov rcx, [rbp+8]
    code.op(0x48, 0x8b, 0x6d, 0x00); //                         mov rbp, [rbp]
    code.op(0x48, 0x85, 0xed); //                               test rbp, rbp
    code.jumpBack(IF_NOT_EQUAL, frame); //                      jne frame
    code.op(0x4c, 0x89, 0xcd); //                               mov rbp, r9
    code.op(
        0x41, 0xc7, 0x47, disp8(StoreContext.EXIT_REASON)); // mov dword [r15+EXIT_REASON], UNCAUGHT
    code.int32(ExitReason.UNCAUGHT.code());
    code.relative(exit, JUMP); //                               jmp exit
    code.land(any);
    code.land(same);
    code.op(0x48, 0x63, 0x4f, 0x04); //                         movsxd rcx, dword [rdi+4]
    code.op(0x48, 0x01, 0xd1); //                               add rcx, rdx
    code.op(0x8b, 0x32); //                                     mov esi, [rdx]
    code.op(0x48, 0x89, 0xec); //                               mov rsp, rbp
    code.op(0x48, 0x29, 0xf4); //                               sub rsp, rsi
    code.op(0xff, 0xe1); //                                     jmp rcx
    return entry;
  }
}
