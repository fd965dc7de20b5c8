package dev.tazza;

import dev.tazza.codegen.Settings;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Isa;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;

/** Holds the place of the x86-64 back end, which is about to land. */
final class PendingIsa implements Isa<Object> {
  private static UnsupportedOperationException pending() {
    return new UnsupportedOperationException("no back end yet");
  }

  @Override
  public String name() {
    return "pending";
  }

  @Override
  public RegisterFile registers() {
    throw pending();
  }

  @Override
  public VCode<Object> lower(Function function, Analyses analyses, Settings settings) {
    throw pending();
  }

  @Override
  public MachineCode emit(
      Function function, VCode<Object> code, Allocation allocation, Settings settings) {
    throw pending();
  }

  @Override
  public String print(Object inst, String[] operands) {
    throw pending();
  }
}
