package dev.tazza.translate;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.Tunables;
import dev.tazza.sandbox.SandboxException;
import dev.tazza.sandbox.SandboxVerifier;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.FuncType;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Lets nothing out of the compiler that {@link SandboxVerifier} rejects: that is a bug, of one or
 * the other. An instance is for one module, which may be given more than once, with other code for
 * what was rejected: what has only moved is not proved again.
 */
public final class SandboxCheck {
  private static final String STAGE = "sandbox";

  private final FunctionQueue queue;
  private final CompilationHeap heap;

  /** Functions that were proved. */
  private final Set<Integer> proved = ConcurrentHashMap.newKeySet();

  /** Where they were. */
  private @Nullable SandboxVerifier before;

  /**
   * @param heap what all threads together may take of it
   */
  SandboxCheck(FunctionQueue queue, CompilationHeap heap) {
    this.queue = queue;
    this.heap = heap;
  }

  /**
   * The functions of a module that are rejected, by ascending indexes.
   *
   * @throws CompilerBug when code that is no function of the module is rejected
   */
  int[] rejected(CompiledModule compiled) {
    return reasons(compiled).keySet().stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * The functions of a module that may be wrong, by ascending indexes, for who did not ask for
   * proofs: all of them, if something else of it is rejected, or there is no room to prove it.
   */
  int[] suspects(CompiledModule compiled) {
    try {
      return rejected(compiled);
    } catch (CompilerBug | ResourceLimitException e) {
      WasmModule module = compiled.module();
      return IntStream.range(module.importedFunctionCount(), module.functionCount()).toArray();
    }
  }

  private NavigableMap<Integer, SandboxException> reasons(CompiledModule compiled) {
    NavigableMap<Integer, SandboxException> rejected = new ConcurrentSkipListMap<>();
    try {
      SandboxVerifier verifier = SandboxVerifier.of(compiled, heap.most() / queue.workers());
      queue.forEach(verifier.count(), piece -> verify(verifier, piece, rejected));
      before = verifier;
    } catch (SandboxException e) {
      throw failure(e);
    }
    return rejected;
  }

  private void verify(
      SandboxVerifier verifier, int piece, NavigableMap<Integer, SandboxException> rejected) {
    int function = verifier.function(piece);
    SandboxVerifier last = before;
    if (last != null && proved.contains(function) && verifier.hasOnlyMoved(piece, last)) {
      return;
    }
    try {
      verifier.verify(piece);
      proved.add(function);
    } catch (SandboxException e) {
      if (function < 0) {
        throw e;
      }
      rejected.put(function, e);
    }
  }

  /**
   * Requires that nothing of a module is rejected. What takes much of the heap to prove is proved
   * one function after the other, with all that compiling may take.
   *
   * @throws CompilerBug when a function is rejected
   * @throws ResourceLimitException when it takes too much of the heap to prove one
   */
  void require(CompiledModule compiled) {
    NavigableMap<Integer, SandboxException> rejected = reasons(compiled);
    for (SandboxException reason : rejected.values()) {
      if (!reason.isLimit()) {
        throw failure(reason);
      }
    }
    if (!rejected.isEmpty()) {
      requireOneByOne(compiled, rejected);
    }
  }

  private void requireOneByOne(
      CompiledModule compiled, NavigableMap<Integer, SandboxException> large) {
    SandboxVerifier verifier = SandboxVerifier.roomy(compiled, heap.most());
    heap.take(heap.most());
    try {
      for (int piece = 0; piece < verifier.count(); piece++) {
        if (large.containsKey(verifier.function(piece))) {
          verifier.verify(piece);
        }
      }
    } catch (SandboxException e) {
      throw failure(e);
    } finally {
      heap.give(heap.most());
    }
  }

  /**
   * What keeps code of which nobody knows who made it from being proved to stay in its sandbox, or
   * null. Its module must have been validated, all but the functions' bodies.
   */
  public static @Nullable String problem(CompiledModule compiled) {
    try {
      SandboxVerifier.of(compiled).verifyAll();
      return null;
    } catch (SandboxException e) {
      return e.getMessage();
    }
  }

  static void hostCall(FuncType type, MachineCode code, Tunables tunables) {
    single(
        SandboxVerifier.ofHostCall(
            type, code.code(), code.trapOffsets(), code.trapCodes(), tunables));
  }

  static void imported(FuncType type, MachineCode code, Tunables tunables) {
    single(
        SandboxVerifier.ofImported(
            type, code.code(), code.trapOffsets(), code.trapCodes(), tunables));
  }

  private static void single(SandboxVerifier verifier) {
    try {
      verifier.verifyAll();
    } catch (SandboxException e) {
      throw failure(e);
    }
  }

  private static RuntimeException failure(SandboxException e) {
    return e.isLimit()
        ? new ResourceLimitException(
            "function %s is too large to be proved safe: %s".formatted(e.function(), e.reason()))
        : new CompilerBug(STAGE, e.function(), e.problem(), e.listing());
  }
}
