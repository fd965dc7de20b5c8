package dev.tazza.translate;

import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.ir.Callee;
import dev.tazza.codegen.ir.Callees;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.InlineSites;
import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Operator;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The functions of a module whose bodies may stand in place of calls: the short ones, and longer
 * ones that are called from a single place and can be reached in no other way. Each is translated
 * and simplified when it is first asked for; which thread does that makes no difference.
 */
final class InlineCandidates implements Callees {
  /** Bodies up to this many bytes are looked at. */
  private static final int SHORT = 100;

  /** Of functions with a single call. */
  private static final int SHORT_CALLED_ONCE = 500;

  private final ModuleEnvironment env;
  private final AtomicReferenceArray<@Nullable Callee> callees;

  /** How often each function is called by code, by function index. */
  private final AtomicIntegerArray calls;

  private InlineCandidates(ModuleEnvironment env) {
    this.env = env;
    callees = new AtomicReferenceArray<>(env.module.functionCount());
    calls = new AtomicIntegerArray(env.module.functionCount());
  }

  /** Those of a module: walks all bodies for the calls in them. */
  static InlineCandidates of(ModuleEnvironment env, FunctionQueue queue) {
    InlineCandidates candidates = new InlineCandidates(env);
    int imported = env.module.importedFunctionCount();
    queue.forEach(
        env.module.definedFunctionCount(),
        i -> candidates.countCalls(env.module.body(imported + i)));
    return candidates;
  }

  /** Whether positions in the module leave room for those of inlined code. */
  static boolean isPossible(WasmModule module) {
    return module.bytes().length < InlineSites.FIRST;
  }

  private void countCalls(FunctionBody body) {
    OperatorReader reader = new OperatorReader(env.module.bytes());
    reader.openBody(env.module, body);
    while (reader.position() < body.end()) {
      if (reader.next() == Operator.CALL) {
        calls.getAndIncrement(reader.functionIndex());
      }
    }
  }

  /** Whether calls of the function may be inlined: then it may be that none is left. */
  boolean isCandidate(int function) {
    if (function < env.module.importedFunctionCount()) {
      return false;
    }
    int size = env.module.body(function).size();
    return size <= SHORT || size <= SHORT_CALLED_ONCE && isCalledOnce(function);
  }

  /** Whether the function is not needed any more when all calls of it are inlined. */
  boolean mayVanish(int function) {
    return isCandidate(function) && env.references.number(function) < 0;
  }

  private boolean isCalledOnce(int function) {
    return calls.get(function) == 1 && env.references.number(function) < 0;
  }

  @Override
  public @Nullable Callee find(long symbol) {
    if (symbol >= env.module.functionCount() || !isCandidate((int) symbol)) {
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
    return new Callee(function, body.start(), body.end(), isCalledOnce(index));
  }
}
