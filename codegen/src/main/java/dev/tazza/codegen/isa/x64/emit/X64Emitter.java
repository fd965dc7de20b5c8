package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.codegen.Settings;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.emit.Emitter;

/** Writes out functions for x86-64. */
public final class X64Emitter {
  private X64Emitter() {}

  public static MachineCode emit(
      Function function, VCode<X64Inst> code, Allocation allocation, Settings settings) {
    X64Emission emission = new X64Emission(code, allocation, settings);
    InstEmitter writer = new InstEmitter(emission, settings);
    return new Emitter<>(emission, writer, settings).emit(function);
  }
}
