package dev.tazza.wasm;

import java.util.List;

/** A named extension of the first WebAssembly release that can be switched on or off. */
public enum Feature {
  MUTABLE_GLOBALS("mutable globals", true),
  SATURATING_FLOAT_TO_INT("saturating float-to-int conversion", true),
  SIGN_EXTENSION("sign extension", true),
  MULTI_VALUE("multi-value", true),
  BULK_MEMORY("bulk memory", true),
  REFERENCE_TYPES("reference types", true, BULK_MEMORY),
  SIMD("SIMD", true),
  THREADS("threads", false, BULK_MEMORY),
  MULTI_MEMORY("multi-memory", true),
  MEMORY64("memory64", true),
  TAIL_CALLS("tail calls", true),
  EXTENDED_CONST("extended constant expressions", true),
  RELAXED_SIMD("relaxed SIMD", true, SIMD),
  FUNCTION_REFERENCES("function references", true, REFERENCE_TYPES),
  EXCEPTIONS("exceptions", true, REFERENCE_TYPES),
  /** The instructions of the proposal's first version, which toolchains still emit. */
  LEGACY_EXCEPTIONS("legacy exceptions", false, EXCEPTIONS),
  GC("GC", false, FUNCTION_REFERENCES),
  WIDE_ARITHMETIC("wide arithmetic", false),
  CUSTOM_PAGE_SIZES("custom page sizes", false);

  private final String title;
  private final boolean onByDefault;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Feature> requires;

  Feature(String title, boolean onByDefault, Feature... requires) {
    this.title = title;
    this.onByDefault = onByDefault;
    this.requires = List.of(requires);
  }

  /** The name used in messages: "{@code SIMD not enabled}". */
  public String title() {
    return title;
  }

  /**
   * Whether the feature belongs to {@link Features#DEFAULT}: those that are in WebAssembly 3.0 and
   * can be compiled do.
   */
  public boolean onByDefault() {
    return onByDefault;
  }

  /** The features that must be on for this one to make sense. */
  public List<Feature> requires() {
    return requires;
  }

  long bit() {
    return 1L << ordinal();
  }
}
