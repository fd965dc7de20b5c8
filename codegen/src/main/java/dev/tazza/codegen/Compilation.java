package dev.tazza.codegen;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Isa;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.codegen.machine.VCode;
import org.jspecify.annotations.Nullable;

/**
 * One function on its way through the compiler, for an {@link Observer}: what is made later is null
 * before.
 */
public final class Compilation {
  private final Function function;
  private final Analyses analyses;
  private final Settings settings;
  private final Isa<?> isa;
  @Nullable VCode<?> code;
  @Nullable Allocation allocation;
  @Nullable MachineCode result;

  Compilation(Function function, Settings settings, Isa<?> isa) {
    this.function = function;
    this.settings = settings;
    this.isa = isa;
    analyses = new Analyses(function);
  }

  /** The SSA form as it is now. */
  public Function function() {
    return function;
  }

  public Analyses analyses() {
    return analyses;
  }

  public Settings settings() {
    return settings;
  }

  public Isa<?> isa() {
    return isa;
  }

  public @Nullable VCode<?> code() {
    return code;
  }

  public @Nullable Allocation allocation() {
    return allocation;
  }

  public @Nullable MachineCode result() {
    return result;
  }
}
