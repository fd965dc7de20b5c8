package dev.tazza.translate;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.Tunables;
import dev.tazza.sandbox.SandboxException;
import dev.tazza.sandbox.SandboxVerifier;
import dev.tazza.wasm.type.FuncType;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * Lets nothing out of the compiler that {@link SandboxVerifier} rejects: that is a bug, of one or
 * the other.
 */
public final class SandboxCheck {
  private static final String STAGE = "sandbox";

  private SandboxCheck() {}

  /**
   * Verifies a module.
   *
   * @throws CompilerBug when a function is rejected
   */
  static void module(CompiledModule compiled, FunctionQueue queue) {
    try {
      SandboxVerifier verifier = SandboxVerifier.of(compiled);
      queue.forEach(verifier.count(), verifier::verify);
    } catch (SandboxException e) {
      throw bug(e);
    }
  }

  /**
   * The functions of a module that are rejected, by ascending indexes.
   *
   * @throws CompilerBug when code that is no function of the module is rejected
   */
  static int[] rejected(CompiledModule compiled, FunctionQueue queue) {
    ConcurrentSkipListSet<Integer> rejected = new ConcurrentSkipListSet<>();
    try {
      SandboxVerifier verifier = SandboxVerifier.of(compiled);
      queue.forEach(
          verifier.count(),
          piece -> {
            try {
              verifier.verify(piece);
            } catch (SandboxException e) {
              if (verifier.function(piece) < 0) {
                throw e;
              }
              rejected.add(verifier.function(piece));
            }
          });
    } catch (SandboxException e) {
      throw bug(e);
    }
    return rejected.stream().mapToInt(Integer::intValue).toArray();
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
      throw bug(e);
    }
  }

  private static CompilerBug bug(SandboxException e) {
    return new CompilerBug(STAGE, e.function(), e.problem(), e.listing());
  }
}
