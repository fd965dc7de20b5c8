package dev.tazza.codegen.ir;

import org.jspecify.annotations.Nullable;

/** Nothing is known. */
public final class UnknownCallees implements Callees {
  public static final Callees INSTANCE = new UnknownCallees();

  private UnknownCallees() {}

  @Override
  public @Nullable Callee find(long symbol) {
    return null;
  }
}
