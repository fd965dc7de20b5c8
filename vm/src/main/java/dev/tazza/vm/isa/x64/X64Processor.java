package dev.tazza.vm.isa.x64;

import dev.tazza.assembler.x64.Registers;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.SignalFrame;
import dev.tazza.vm.isa.AssembledCode;
import dev.tazza.vm.isa.Processor;
import dev.tazza.vm.isa.StopHandlerAddresses;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** x86-64. */
public final class X64Processor implements Processor {
  /** {@code EM_X86_64}. */
  private static final int ELF_MACHINE = 62;

  private static final int UD2 = 0x0b0f;

  /** {@code call [r15 + d32]} up to the displacement, in the order of the bytes. */
  private static final int CALL_AT_R15 = 0x97_ff41;

  private static final byte RETURN = (byte) 0xc3;
  private static final byte RETURN_POPPING = (byte) 0xc2;

  /** {@code pop r11}, as a number. */
  private static final short POP_R11 = 0x5b41;

  public X64Processor() {}

  @Override
  public int elfMachine() {
    return ELF_MACHINE;
  }

  @Override
  public Set<String> features() {
    return CpuIdFeature.aboveBaseline();
  }

  @Override
  public AssembledCode stubs(int threadIdOffset, long copy, long fill) {
    return StubCode.assemble(threadIdOffset, copy, fill);
  }

  @Override
  public @Nullable AssembledCode bulkMemory(long copyLong, long fillLong) {
    return BulkMemoryCode.forHost(copyLong, fillLong);
  }

  @Override
  public AssembledCode trapHandler(SignalFrame frame, int previousHandlers) {
    return TrapHandlerCode.assemble(frame, previousHandlers);
  }

  @Override
  public AssembledCode stopHandler(
      SignalFrame frame, StopHandlerAddresses addresses, long previous) {
    return StopHandlerCode.assemble(frame, addresses, previous);
  }

  @Override
  public int stackPointer() {
    return Registers.RSP;
  }

  @Override
  public int framePointer() {
    return Registers.RBP;
  }

  @Override
  public int parkedFramePointer() {
    return StubCode.PARKED_FRAME_POINTER;
  }

  @Override
  public int parkedFuel() {
    return StubCode.PARKED_FUEL;
  }

  @Override
  public int fuel() {
    return StubCode.FUEL;
  }

  @Override
  public int parkedPc() {
    return StubCode.PARKED_PC;
  }

  /**
   * Functions with a frame begin with {@code push rbp; mov rbp, rsp}, and end with {@code pop rbp}
   * and a return, which is a jump to a register in some.
   */
  @Override
  public int returnAddressDepth(long pc, CodeSymbol symbol, long start) {
    if (!symbol.hasFrame() || pc == start) {
      return 0;
    }
    if (pc == start + 1) {
      return Long.BYTES;
    }
    byte opcode = NativeMemory.getByte(pc);
    boolean isReturn = opcode == RETURN || opcode == RETURN_POPPING;
    return isReturn || NativeMemory.getShort(pc) == POP_R11 ? 0 : -1;
  }

  @Override
  public byte[] emptyFunction() {
    return new byte[] {RETURN};
  }

  @Override
  public int dwarfFrame() {
    return UnwindTable.RBP;
  }

  @Override
  public int dwarfContext() {
    return UnwindTable.R14;
  }

  @Override
  public byte[] unwindTable(CodeSymbol[] symbols, long start, long outermost, long size) {
    return UnwindTable.of(symbols, start, outermost, size);
  }

  @Override
  public long callRecord(long returnAddress) {
    return ThrowCode.record(returnAddress);
  }

  @Override
  public boolean isTrap(long pc) {
    return (NativeMemory.getShort(pc) & 0xFFFF) == UD2;
  }

  @Override
  public boolean isTrapCall(long pc) {
    return (NativeMemory.getInt(pc) & 0xFFFFFF) == CALL_AT_R15
        && NativeMemory.getInt(pc + 3) == StoreContext.TRAP_STUB;
  }

  @Override
  public boolean dividesByZero(long pc, long registers) {
    return Division.dividesByZero(pc, registers);
  }
}
