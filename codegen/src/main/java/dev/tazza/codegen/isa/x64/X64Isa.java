package dev.tazza.codegen.isa.x64;

import dev.tazza.codegen.Settings;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.isa.x64.emit.X64Emitter;
import dev.tazza.codegen.isa.x64.inst.Abi;
import dev.tazza.codegen.isa.x64.inst.X64Feature;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64InstPrinter;
import dev.tazza.codegen.isa.x64.lower.X64Lowering;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.CpuFeature;
import dev.tazza.codegen.machine.Isa;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;
import java.util.Arrays;
import java.util.List;

/**
 * x86-64. The least that is expected of the processor is x86-64-v2 (SSE4.2, POPCNT); more comes
 * with the settings.
 */
public final class X64Isa implements Isa<X64Inst> {
  private static final String[] INTEGER_REGISTERS = {
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15"
  };

  /** The only one. */
  public static final Isa<?> INSTANCE = new X64Isa();

  private static final byte INT3 = (byte) 0xcc;

  private X64Isa() {}

  @Override
  public String name() {
    return "x64";
  }

  @Override
  public List<CpuFeature> features() {
    return List.of(X64Feature.values());
  }

  @Override
  public RegisterFile registers(Settings settings) {
    return settings.usesFuel() ? Abi.REGISTERS_BESIDE_FUEL : Abi.REGISTERS;
  }

  @Override
  public VCode<X64Inst> lower(Function function, Analyses analyses, Settings settings) {
    return X64Lowering.lower(function, analyses, settings);
  }

  @Override
  public MachineCode emit(
      Function function, VCode<X64Inst> code, Allocation allocation, Settings settings) {
    return X64Emitter.emit(function, code, allocation, settings);
  }

  /** A call ends with its displacement, which is relative to that end. */
  @Override
  public void linkCall(byte[] text, int at, int target) {
    int displacement = target - (at + 4);
    text[at] = (byte) displacement;
    text[at + 1] = (byte) (displacement >> 8);
    text[at + 2] = (byte) (displacement >> 16);
    text[at + 3] = (byte) (displacement >> 24);
  }

  @Override
  public void fillWithTraps(byte[] text) {
    Arrays.fill(text, INT3);
  }

  @Override
  public String print(X64Inst inst, String[] operands) {
    return X64InstPrinter.print(inst, operands);
  }

  @Override
  public String registerName(int preg) {
    int number = PReg.encoding(preg);
    return PReg.isFloat(preg) ? "xmm" + number : INTEGER_REGISTERS[number];
  }
}
