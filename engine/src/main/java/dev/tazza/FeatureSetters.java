package dev.tazza;

import dev.tazza.wasm.Feature;

/** Those options of a {@link Config} that are features of the language, a setter for each. */
abstract sealed class FeatureSetters permits Config {
  /** Accepts or rejects modules that use {@code feature}. */
  public abstract Config wasmFeature(Feature feature, boolean enable);

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#THREADS}. */
  public Config wasmThreads(boolean enable) {
    return wasmFeature(Feature.THREADS, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#REFERENCE_TYPES}. */
  public Config wasmReferenceTypes(boolean enable) {
    return wasmFeature(Feature.REFERENCE_TYPES, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#SIMD}. */
  public Config wasmSimd(boolean enable) {
    return wasmFeature(Feature.SIMD, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#RELAXED_SIMD}. */
  public Config wasmRelaxedSimd(boolean enable) {
    return wasmFeature(Feature.RELAXED_SIMD, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#BULK_MEMORY}. */
  public Config wasmBulkMemory(boolean enable) {
    return wasmFeature(Feature.BULK_MEMORY, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#MULTI_VALUE}. */
  public Config wasmMultiValue(boolean enable) {
    return wasmFeature(Feature.MULTI_VALUE, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#MULTI_MEMORY}. */
  public Config wasmMultiMemory(boolean enable) {
    return wasmFeature(Feature.MULTI_MEMORY, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#MEMORY64}. */
  public Config wasmMemory64(boolean enable) {
    return wasmFeature(Feature.MEMORY64, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#TAIL_CALLS}. */
  public Config wasmTailCalls(boolean enable) {
    return wasmFeature(Feature.TAIL_CALLS, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#EXTENDED_CONST}. */
  public Config wasmExtendedConst(boolean enable) {
    return wasmFeature(Feature.EXTENDED_CONST, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#FUNCTION_REFERENCES}. */
  public Config wasmFunctionReferences(boolean enable) {
    return wasmFeature(Feature.FUNCTION_REFERENCES, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#EXCEPTIONS}. */
  public Config wasmExceptions(boolean enable) {
    return wasmFeature(Feature.EXCEPTIONS, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#LEGACY_EXCEPTIONS}. */
  public Config wasmLegacyExceptions(boolean enable) {
    return wasmFeature(Feature.LEGACY_EXCEPTIONS, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#GC}. */
  public Config wasmGc(boolean enable) {
    return wasmFeature(Feature.GC, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#WIDE_ARITHMETIC}. */
  public Config wasmWideArithmetic(boolean enable) {
    return wasmFeature(Feature.WIDE_ARITHMETIC, enable);
  }

  /** {@link Config#wasmFeature(Feature, boolean)} for {@link Feature#CUSTOM_PAGE_SIZES}. */
  public Config wasmCustomPageSizes(boolean enable) {
    return wasmFeature(Feature.CUSTOM_PAGE_SIZES, enable);
  }
}
