package dev.tazza.translate;

import dev.tazza.codegen.CodeLimitException;
import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.codegen.opt.inline.InlineCandidates;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.module.FunctionBody;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the functions of one module. First all but those whose calls may all get inlined and
 * that can be reached in no other way; then, of these, the ones that are called in spite of that.
 */
final class FunctionCompilation {
  /** For what a function is compiled. */
  private enum Turn {
    FIRST,
    AGAIN,
    /** As it is the easiest to prove. */
    SIMPLY
  }

  private final ModuleEnvironment env;
  private final Compiler compiler;
  private final FunctionQueue queue;
  private final FunctionCount progress;
  private final InlineCandidates candidates;
  private final @Nullable MachineCode[] results;

  /**
   * Indexes of the functions in the order in which they are taken: those to compile now are from
   * {@link #waveStart} to {@link #waveEnd}.
   */
  private final int[] wave;

  private int waveStart;
  private int waveEnd;

  /** By defined function: whether it is or was in a wave. */
  private final boolean[] taken;

  /**
   * @param progress is told of each function
   */
  FunctionCompilation(
      ModuleEnvironment env, Compiler compiler, FunctionQueue queue, FunctionCount progress) {
    this.env = env;
    this.compiler = compiler;
    this.queue = queue;
    this.progress = progress;
    candidates = compiler.candidates(new ModuleCallees(env));
    int count = env.module.definedFunctionCount();
    results = new MachineCode[count];
    wave = new int[count];
    taken = new boolean[count];
  }

  /** The code by defined function, null for those that nobody reaches. */
  @Nullable MachineCode[] run() {
    int imported = env.module.importedFunctionCount();
    for (int i = 0; i < results.length; i++) {
      if (!candidates.mayVanish(imported + i)) {
        take(imported + i);
      }
    }
    compileWaves();
    return results;
  }

  private void compileWaves() {
    while (waveStart < waveEnd) {
      int start = waveStart;
      progress.found(waveEnd - start);
      queue.forEach(waveEnd - start, i -> compile(wave[start + i]));
      takeCalled();
    }
  }

  private void take(int function) {
    int defined = function - env.module.importedFunctionCount();
    if (!taken[defined]) {
      taken[defined] = true;
      wave[waveEnd++] = function;
    }
  }

  /** Compiles functions once more, by {@code other}; gives all results. */
  @Nullable MachineCode[] again(int[] functions, Compiler other) {
    return again(functions, other, Turn.AGAIN);
  }

  /**
   * Compiles functions once more, as they are the easiest to prove: without passes, and with a
   * check beside each access; gives all results.
   */
  @Nullable MachineCode[] simply(int[] functions) {
    return again(functions, compiler.plain(), Turn.SIMPLY);
  }

  private @Nullable MachineCode[] again(int[] functions, Compiler other, Turn turn) {
    progress.found(functions.length);
    queue.forEach(functions.length, i -> compile(functions[i], other, turn));
    for (int function : functions) {
      // What was inlined may be called now.
      takeCalledBy(function);
    }
    compileWaves();
    return results;
  }

  private void compile(int index) {
    compile(index, compiler, Turn.FIRST);
  }

  private void compile(int index, Compiler by, Turn turn) {
    FunctionBody body = env.module.body(index);
    FunctionSize size = new FunctionSize(env, body);
    try {
      Function function =
          turn == Turn.SIMPLY
              ? FunctionTranslator.translateApart(env, body, size)
              : FunctionTranslator.translate(env, body, size);
      if (turn == Turn.FIRST) {
        size.takeSpare();
      }
      results[index - env.module.importedFunctionCount()] = compile(function, by, size.heapBytes());
      progress.compiled();
    } catch (CodeLimitException e) {
      throw new ResourceLimitException(
          "function " + env.functionName(index) + ": " + e.getMessage());
    } catch (OutOfMemoryError e) {
      throw env.heap.exhausted(env.functionName(index), body.size(), e);
    }
  }

  private MachineCode compile(Function function, Compiler by, long heapBytes) {
    env.heap.take(heapBytes);
    try {
      return by.compile(function, candidates);
    } finally {
      env.heap.give(heapBytes);
    }
  }

  /** The next wave: what the code of this one calls and is not compiled yet. */
  private void takeCalled() {
    int end = waveEnd;
    while (waveStart < end) {
      takeCalledBy(wave[waveStart++]);
    }
  }

  private void takeCalledBy(int function) {
    MachineCode code = results[function - env.module.importedFunctionCount()];
    int[] symbols = code == null ? new int[0] : code.callSymbols();
    for (int symbol : symbols) {
      // Services come after the functions.
      if (symbol < env.module.functionCount()) {
        take(symbol);
      }
    }
  }
}
