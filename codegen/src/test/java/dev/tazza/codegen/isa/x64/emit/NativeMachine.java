package dev.tazza.codegen.isa.x64.emit;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.assembler.x64.Cond;
import dev.tazza.assembler.x64.Encoder;
import dev.tazza.assembler.x64.Place;
import dev.tazza.assembler.x64.Registers;
import dev.tazza.assembler.x64.X64Branches;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Runs compiled code in this process. Faults in it end up in a signal handler made of machine code,
 * which notes pc and signal in the context and leaves through a stub; faults elsewhere go on to the
 * JVM's handler.
 *
 * <pre>
 *   context + 0    stack limit
 *   context + 8    0: returned, 1: faulted
 *   context + 16   pc of the fault
 *   context + 32   rsp to leave with
 *   context + 64   integer registers of the convention, in and out
 *   context + 128  r14 in; rbx, r12, r13, r14 out from 136 on
 *   context + 192  float registers, in and out
 * </pre>
 */
final class NativeMachine {
  static final int LIMIT = 0;
  static final int FAULTED = 8;
  static final int FAULT_PC = 16;
  static final int SAVED_RSP = 32;
  static final int INTS = 64;
  static final int CONTEXT_IN = 128;
  static final int PRESERVED_OUT = 136;
  static final int FLOATS = 192;
  static final int CONTEXT_SIZE = 4096;
  static final long MAGIC = 0x1122334455667788L;

  private static final int[] SIGNALS = {4, 7, 8, 11};
  private static final int CODE_SIZE = 1 << 22;
  private static final int SIGACTION_SIZE = 152;
  private static final int UCONTEXT_R15 = 0x60;
  private static final int UCONTEXT_RIP = 0xa8;

  private static final int OLD_HANDLERS = 2048;
  private static final int[] IN = {
    Registers.RAX,
    Registers.RCX,
    Registers.RDX,
    Registers.RSI,
    Registers.RDI,
    Registers.R8,
    Registers.R9,
    Registers.R10
  };

  private static final NativeMachine INSTANCE = new NativeMachine();

  private final MethodHandle mmap;
  private final MethodHandle mprotect;
  private final MethodHandle sigaction;
  private final MethodHandle enter;

  private final MemorySegment code;
  private final int userCode;
  private int used;

  static NativeMachine instance() {
    return INSTANCE;
  }

  private NativeMachine() {
    mmap =
        function(
            "mmap",
            FunctionDescriptor.of(
                ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    mprotect = function("mprotect", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    sigaction = function("sigaction", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    code = map(0, CODE_SIZE, 3, 0);
    CodeBuffer out = new CodeBuffer(16, X64Branches.INSTANCE);
    Encoder encoder = new Encoder(out);
    int fault = out.newLabel();
    stub(encoder, fault);
    out.align(16);
    long handlerMark = out.mark();
    userCode = 4096;
    handler(encoder, fault);
    out.layout();
    byte[] bytes = out.finish();
    MemorySegment.copy(bytes, 0, code, JAVA_BYTE, 0, bytes.length);
    used = userCode;
    protect(true);
    enter =
        Linker.nativeLinker().downcallHandle(code, FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));
    installHandlers(code.address() + out.address(handlerMark));
  }

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor);
  }

  /** Maps memory; at {@code address} exactly unless that is 0. */
  MemorySegment map(long address, long size, int protection, int flags) {
    int all = 0x22 | flags | (address != 0 ? 0x100000 : 0);
    try {
      MemorySegment result =
          (MemorySegment)
              mmap.invoke(MemorySegment.ofAddress(address), size, protection, all, -1, 0L);
      if (result.address() < 0 || address != 0 && result.address() != address) {
        throw new IllegalStateException("cannot map " + Long.toHexString(address));
      }
      return result.reinterpret(size);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  void protect(MemorySegment memory, int protection) {
    try {
      int result = (int) mprotect.invoke(memory, memory.byteSize(), protection);
      if (result != 0) {
        throw new IllegalStateException("mprotect");
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private void protect(boolean executable) {
    protect(code, executable ? 5 : 3);
  }

  /** {@code void enter(context, code)}. */
  private static void stub(Encoder encoder, int fault) {
    CodeBuffer out = encoder.out;
    Place place = new Place();
    int[] saved = {
      Registers.RBP, Registers.RBX, Registers.R12, Registers.R13, Registers.R14, Registers.R15
    };
    for (int register : saved) {
      encoder.push(register);
    }
    encoder.aluImm(5, 8, place.register(Registers.RSP), 8);
    encoder.encode(0x8b, Encoder.W, Registers.R15, place.register(Registers.RDI));
    encoder.encode(0x8b, Encoder.W, Registers.R11, place.register(Registers.RSI));
    encoder.encode(0x89, Encoder.W, Registers.RSP, place.memory(Registers.R15, SAVED_RSP));
    for (int register : new int[] {Registers.RBX, Registers.R12, Registers.R13}) {
      encoder.moveImm(register, MAGIC + register);
    }
    for (int i = 0; i < IN.length; i++) {
      encoder.encode(0x8b, Encoder.W, IN[i], place.memory(Registers.R15, INTS + 8 * i));
      encoder.encode(UnaryOp.MOVSD.opcode, 0, i, place.memory(Registers.R15, FLOATS + 8 * i));
    }
    encoder.encode(0x8b, Encoder.W, Registers.R14, place.memory(Registers.R15, CONTEXT_IN));
    encoder.encode(0xff, 0, 2, place.register(Registers.R11));
    for (int i = 0; i < 6; i++) {
      encoder.encode(0x89, Encoder.W, IN[i], place.memory(Registers.R15, INTS + 8 * i));
      encoder.encode(UnaryOp.MOVSD.opcode + 1, 0, i, place.memory(Registers.R15, FLOATS + 8 * i));
    }
    int[] preserved = {Registers.RBX, Registers.R12, Registers.R13, Registers.R14};
    for (int i = 0; i < preserved.length; i++) {
      encoder.encode(
          0x89, Encoder.W, preserved[i], place.memory(Registers.R15, PRESERVED_OUT + 8 * i));
    }
    encoder.encode(0x3b, Encoder.W, Registers.RSP, place.memory(Registers.R15, SAVED_RSP));
    int aligned = out.newLabel();
    out.jump(Cond.E.code, aligned);
    out.int16(0x0b0f);
    out.bind(aligned);
    encoder.immediate(0xc7, 0, 0, 4, place.memory(Registers.R15, FAULTED), 0);
    int leave = out.newLabel();
    out.jump(leave);
    out.bind(fault);
    encoder.encode(0x8b, Encoder.W, Registers.RSP, place.memory(Registers.R15, SAVED_RSP));
    encoder.immediate(0xc7, 0, 0, 4, place.memory(Registers.R15, FAULTED), 1);
    out.bind(leave);
    encoder.aluImm(0, 8, place.register(Registers.RSP), 8);
    for (int i = saved.length - 1; i >= 0; i--) {
      encoder.pop(saved[i]);
    }
    out.byte1(0xc3);
  }

  /** {@code void handler(signal, info, ucontext)}. */
  private void handler(Encoder encoder, int fault) {
    CodeBuffer out = encoder.out;
    Place place = new Place();
    int other = out.newLabel();
    encoder.encode(0x8b, Encoder.W, Registers.R11, place.memory(Registers.RDX, UCONTEXT_RIP));
    encoder.moveImm(Registers.RAX, code.address() + userCode);
    encoder.encode(0x3b, Encoder.W, Registers.R11, place.register(Registers.RAX));
    out.jump(Cond.B.code, other);
    encoder.moveImm(Registers.RAX, code.address() + CODE_SIZE);
    encoder.encode(0x3b, Encoder.W, Registers.R11, place.register(Registers.RAX));
    out.jump(Cond.AE.code, other);
    encoder.encode(0x8b, Encoder.W, Registers.RCX, place.memory(Registers.RDX, UCONTEXT_R15));
    encoder.encode(0x89, Encoder.W, Registers.R11, place.memory(Registers.RCX, FAULT_PC));
    encoder.encode(0x8d, Encoder.W, Registers.RAX, place.label(fault));
    encoder.encode(0x89, Encoder.W, Registers.RAX, place.memory(Registers.RDX, UCONTEXT_RIP));
    out.byte1(0xc3);
    out.bind(other);
    encoder.moveImm(Registers.RAX, code.address() + OLD_HANDLERS);
    encoder.encode(0xff, 0, 4, place.memory(Registers.RAX, Registers.RDI, 3, 0));
  }

  private void installHandlers(long handler) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocate(SIGACTION_SIZE);
      protect(false);
      for (int signal : SIGNALS) {
        int result = (int) sigaction.invoke(signal, MemorySegment.NULL, action);
        code.set(JAVA_LONG, OLD_HANDLERS + 8 * signal, action.get(JAVA_LONG, 0));
        if (result != 0) {
          throw new IllegalStateException("sigaction");
        }
      }
      protect(true);
      for (int signal : SIGNALS) {
        int ignored = (int) sigaction.invoke(signal, MemorySegment.NULL, action);
        action.set(JAVA_LONG, 0, handler);
        ignored = (int) sigaction.invoke(signal, action, MemorySegment.NULL);
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Forgets all code. */
  void clear() {
    used = userCode;
  }

  /** Where the next code will be placed. */
  long nextAddress() {
    return code.address() + (used + 63 & -64);
  }

  /** Adds code; gives its address. */
  long add(byte[] bytes) {
    int at = used + 63 & -64;
    if (at + bytes.length > CODE_SIZE) {
      throw new IllegalStateException("clear() in between");
    }
    protect(false);
    MemorySegment.copy(bytes, 0, code, JAVA_BYTE, at, bytes.length);
    protect(true);
    used = at + bytes.length;
    return code.address() + at;
  }

  void enter(MemorySegment context, long address) {
    try {
      enter.invokeExact(context, address);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
