package dev.tazza.codegen.machine;

import org.jspecify.annotations.Nullable;

/**
 * Instructions that only some processors of a target have. Each target has an enum of its own: see
 * {@link Isa#features}.
 */
public interface CpuFeature {
  /** The name in capitals, as of an enum constant. */
  String name();

  /** What it cannot be without, if anything. */
  @Nullable CpuFeature needs();
}
