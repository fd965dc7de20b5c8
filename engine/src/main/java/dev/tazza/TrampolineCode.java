package dev.tazza;

import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.environ.CallRecords;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.InlinedCalls;
import dev.tazza.translate.ModuleCompiler;
import dev.tazza.vm.instance.MappedFunction;
import dev.tazza.vm.instance.TrampolineCompiler;
import dev.tazza.wasm.type.FuncType;

/** Trampolines by an engine's compiler. */
record TrampolineCode(ModuleCompiler compiler, boolean isOn) implements TrampolineCompiler {
  @Override
  public MappedFunction exit(FuncType type) {
    requireOn("a host function cannot become a value of the guest's");
    return map(compiler.compileExit(type));
  }

  @Override
  public MappedFunction imported(FuncType type) {
    requireOn("an instance cannot import functions of another one");
    return map(compiler.compileImported(type));
  }

  private void requireOn(String otherwise) {
    if (!isOn) {
      throw EngineCompiler.isOff(otherwise);
    }
  }

  private static MappedFunction map(MachineCode code) {
    return new MappedFunction(
        code.code(),
        new CodeTables(
            new CodeSymbol[] {
              new CodeSymbol(null, -1, 0, code.code().length, code.frame(), code.homes())
            },
            code.trapOffsets(),
            code.trapCodes(),
            code.locOffsets(),
            code.locs(),
            InlinedCalls.NONE,
            new CallRecords(code.sites().offsets(), code.sites().records(), code.sites().data())));
  }
}
