package dev.tazza.codegen.machine.lower;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Signature;

/**
 * What each instruction of a function becomes: the target's part of {@link Lowering}. Each method
 * adds to the current group of the {@link MachineBuffer}.
 */
public interface Selector {
  /** Defines those parameters of the function that somebody asked for. */
  void parameters(Function function);

  /** Any instruction but terminators. */
  void select(Inst inst);

  void branch(Inst inst);

  /** A call that ends its block. */
  void tryCall(Inst inst);

  /** A call in place of the function. */
  void tailCall(Inst inst);

  /** The results of the call that leads to their block. */
  void results(Inst call);

  /**
   * @param targets for each target of the instruction, the number of the successor
   */
  void switchTable(Inst inst, int[] targets);

  void ret(Inst inst, Signature signature);

  void trap(Inst inst);

  /** A throw: calls the code that unwinds, behind which is a trap. */
  void raise(Inst inst);
}
