package dev.tazza.translate;

import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.ir.Callee;
import dev.tazza.codegen.ir.Callees;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.InlineSites;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.module.WasmModule;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The short functions of a module: their bodies may stand in place of calls. Each is translated and
 * simplified when it is first asked for; which thread does that makes no difference.
 */
final class InlineCandidates implements Callees {
  /** Bodies up to this many bytes are looked at. */
  private static final int SHORT = 64;

  private final ModuleEnvironment env;
  private final AtomicReferenceArray<@Nullable Callee> callees;

  InlineCandidates(ModuleEnvironment env) {
    this.env = env;
    callees = new AtomicReferenceArray<>(env.module.functionCount());
  }

  /** Whether positions in the module leave room for those of inlined code. */
  static boolean isPossible(WasmModule module) {
    return module.bytes().length < InlineSites.FIRST;
  }

  /** Whether the function is not needed any more when all calls of it are inlined. */
  boolean mayVanish(int function) {
    return isShort(function) && env.references.number(function) < 0;
  }

  private boolean isShort(int function) {
    return function >= env.module.importedFunctionCount()
        && env.module.body(function).size() <= SHORT;
  }

  @Override
  public @Nullable Callee find(long symbol) {
    if (symbol >= env.module.functionCount() || !isShort((int) symbol)) {
      return null;
    }
    int function = (int) symbol;
    Callee known = callees.get(function);
    if (known == null) {
      callees.compareAndSet(function, null, translate(function));
      known = callees.get(function);
    }
    return known;
  }

  private Callee translate(int index) {
    FunctionBody body = env.module.body(index);
    Function function = FunctionTranslator.translate(env, body);
    Compiler.simplifyCallee(function);
    return new Callee(function, body.start(), body.end());
  }
}
