package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.Settings;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.isa.x64.inst.Operands;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.machine.InstSet;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.lower.LowBits;
import dev.tazza.codegen.machine.lower.Lowering;
import dev.tazza.codegen.machine.lower.LoweringTarget;
import dev.tazza.codegen.machine.lower.Selection;
import dev.tazza.codegen.machine.lower.Selector;

/** Selects instructions for x86-64. */
public final class X64Lowering implements LoweringTarget<X64Inst> {
  private static final X64Lowering INSTANCE = new X64Lowering();

  private X64Lowering() {}

  public static VCode<X64Inst> lower(Function function, Analyses analyses, Settings settings) {
    return Lowering.lower(function, analyses, settings, INSTANCE);
  }

  @Override
  public InstSet<X64Inst> insts() {
    return Operands.INSTANCE;
  }

  @Override
  public LowBits lowBits() {
    return X64LowBits.INSTANCE;
  }

  @Override
  public Selector selector(Selection<X64Inst> selection) {
    return new InstSelector(selection);
  }
}
