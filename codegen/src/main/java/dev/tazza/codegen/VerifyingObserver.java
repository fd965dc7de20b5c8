package dev.tazza.codegen;

import dev.tazza.codegen.ir.Verifier;

/** Verifies the SSA form after every stage that may have edited it. */
final class VerifyingObserver implements Observer {
  @Override
  public void after(String stage, Compilation compilation) {
    if (compilation.code() == null) {
      Verifier.verify(compilation.function(), stage);
    }
  }
}
