package dev.tazza.codegen;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Isa;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.codegen.machine.RegisterAllocator;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.opt.algebra.Algebra;
import dev.tazza.codegen.opt.inline.CalleeSource;
import dev.tazza.codegen.opt.inline.InlineCandidates;

/**
 * Compiles functions for one target. Immutable: any number of threads may compile different
 * functions at the same time, and the result depends on the function and the settings only.
 */
public final class Compiler {
  private final Isa<?> isa;
  private final RegisterAllocator allocator;
  private final Settings settings;
  private final PassList passes;
  private final Observer observer;

  public Compiler(Isa<?> isa, RegisterAllocator allocator, Settings settings) {
    this(isa, allocator, settings, Observer.NONE);
  }

  public Compiler(Isa<?> isa, RegisterAllocator allocator, Settings settings, Observer observer) {
    this(
        isa,
        allocator,
        settings,
        settings.verify() ? new VerifyingObserver().and(observer) : observer,
        PassList.of(settings.effort()));
  }

  private Compiler(
      Isa<?> isa,
      RegisterAllocator allocator,
      Settings settings,
      Observer observer,
      PassList passes) {
    this.isa = isa;
    this.allocator = allocator;
    this.settings = settings;
    this.observer = observer;
    this.passes = passes;
  }

  /** The same, but with {@link PassList#followable} passes. */
  public Compiler followable() {
    return new Compiler(isa, allocator, settings, observer, passes.followable());
  }

  /** The same, but with the passes of {@link Settings.Effort#NONE}. */
  public Compiler plain() {
    return new Compiler(isa, allocator, settings, observer, PassList.of(Settings.Effort.NONE));
  }

  /** What it compiles for. */
  public Isa<?> isa() {
    return isa;
  }

  /** A builder that simplifies what it is asked for on the way. */
  public static Builder newBuilder(Function function) {
    return new Builder(function, Algebra.INSTANCE);
  }

  /** What may stand in place of calls, for all functions of a client: none if no pass does that. */
  public InlineCandidates candidates(CalleeSource source) {
    boolean inlines = passes.passes().contains(Pass.INLINE_CALLS);
    return inlines ? new InlineCandidates(source, Compiler::simplifyCallee) : InlineCandidates.NONE;
  }

  private static void simplifyCallee(Function function) {
    if (function.labels != null) {
      // Debuggers are told of the function's variables in its own code only.
      function.blocks.forEach(block -> block.removeAll(Opcode.LABEL));
      function.labels = null;
    }
    Analyses analyses = new Analyses(function);
    for (Pass pass : PassList.forCallees()) {
      pass.run(analyses);
    }
  }

  /**
   * Compiles {@code function}, whose SSA form is edited on the way and of no use afterwards.
   *
   * @throws CodeLimitException when it would become more than its size accounts for
   */
  public MachineCode compile(Function function) {
    return compile(function, InlineCandidates.NONE);
  }

  /**
   * The same for a function with calls that others may stand in place of.
   *
   * @param candidates what {@link #candidates} gave
   */
  public MachineCode compile(Function function, InlineCandidates candidates) {
    return compile(function, candidates, isa);
  }

  private <I> MachineCode compile(Function function, InlineCandidates candidates, Isa<I> target) {
    Compilation compilation = new Compilation(function, settings, target);
    observer.after("input", compilation);

    for (Pass pass : passes.passes()) {
      pass.run(compilation.analyses(), candidates);
      observer.after(pass.title(), compilation);
    }

    VCode<I> code = target.lower(function, compilation.analyses(), settings);
    compilation.code = code;
    observer.after("lower", compilation);

    Allocation allocation = allocator.allocate(code, target.registers(settings));
    compilation.allocation = allocation;
    observer.after("allocate", compilation);

    MachineCode result = target.emit(function, code, allocation, settings);
    compilation.result = result;
    observer.after("emit", compilation);
    return result;
  }
}
