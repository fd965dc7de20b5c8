package dev.tazza.codegen.isa.x64.inst;

import dev.tazza.codegen.machine.CpuFeature;
import org.jspecify.annotations.Nullable;

/** Features above x86-64-v2 (SSE4.2, POPCNT), which is the least that is supported. */
public enum X64Feature implements CpuFeature {
  LZCNT(null),
  BMI1(null),
  BMI2(null),
  AVX(null),
  AVX2(AVX),
  FMA(AVX),
  /** With AVX-512F, which no processor that has this lacks. */
  AVX512VL(AVX2);

  private final @Nullable X64Feature needs;

  X64Feature(@Nullable X64Feature needs) {
    this.needs = needs;
  }

  @Override
  public @Nullable X64Feature needs() {
    return needs;
  }
}
