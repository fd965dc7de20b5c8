package dev.tazza.vm.call;

import dev.tazza.environ.StoreContext;
import dev.tazza.vm.code.CodeBlock;
import dev.tazza.vm.code.CodeRange;

/** Hand-assembled guest code for tests: functions one after the other in a code block. */
final class GuestCode implements AutoCloseable {
  private final CodeBlock block = CodeRange.process().allocate(4096, this);
  private int at;

  /** Starts a function; the code up to the next one belongs to it. */
  long function() {
    while (at % 16 != 0) {
      op(0xcc); //                                    int3
    }
    return here();
  }

  /** Address of the next byte. */
  long here() {
    return block.address() + at;
  }

  GuestCode op(int... bytes) {
    byte[] code = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      code[i] = (byte) bytes[i];
    }
    block.write(at, code, 0, code.length);
    at += code.length;
    return this;
  }

  GuestCode int32(int value) {
    return op(value, value >> 8, value >> 16, value >> 24);
  }

  GuestCode enterFrame() {
    return op(0x55, 0x48, 0x89, 0xe5); //             push rbp; mov rbp, rsp
  }

  GuestCode leaveFrame() {
    return op(0x5d, 0xc3); //                         pop rbp; ret
  }

  GuestCode call(long target) {
    op(0xe8); //                                      call target
    return int32((int) (target - (here() + 4)));
  }

  GuestCode loadRax(int slot) {
    op(0x49, 0x8b, 0x87); //                          mov rax, [r15+slot]
    return int32(StoreContext.value(slot));
  }

  GuestCode storeRax(int slot) {
    op(0x49, 0x89, 0x87); //                          mov [r15+slot], rax
    return int32(StoreContext.value(slot));
  }

  /** What is entered: calls the function in rax. */
  long entryTrampoline() {
    long address = function();
    enterFrame().op(0xff, 0xd0, 0x31, 0xc0).leaveFrame(); // call rax; xor eax, eax
    return address;
  }

  /** Exits with {@code exitCode} and returns when resumed. */
  long exitTrampoline(int exitCode, int context) {
    long address = function();
    enterFrame();
    op(0x41, 0xc7, 0x47, StoreContext.EXIT_REASON).int32(exitCode); // mov dword [r15+..], imm
    op(0x49, 0xc7, 0x47, StoreContext.EXIT_CONTEXT).int32(context); //      mov qword [r15+..], imm
    op(0x41, 0xff, 0x57, StoreContext.EXIT_STUB); //                        call [r15+EXIT_STUB]
    leaveFrame();
    return address;
  }

  void publish() {
    block.publish();
  }

  @Override
  public void close() {
    block.close();
  }
}
