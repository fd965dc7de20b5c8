package dev.tazza.wasm.module;

import org.jspecify.annotations.Nullable;

/**
 * What the module's custom section {@code name} tells, for messages, backtraces and printing. Parts
 * that are missing or damaged are empty.
 */
public record NameSection(
    @Nullable String module,
    NameMap functions,
    IndirectNameMap locals,
    IndirectNameMap labels,
    NameMap types,
    NameMap tables,
    NameMap memories,
    NameMap globals,
    NameMap elements,
    NameMap data,
    IndirectNameMap fields,
    NameMap tags) {

  /** No names at all. */
  public static final NameSection EMPTY =
      new NameSection(
          null,
          NameMap.EMPTY,
          IndirectNameMap.EMPTY,
          IndirectNameMap.EMPTY,
          NameMap.EMPTY,
          NameMap.EMPTY,
          NameMap.EMPTY,
          NameMap.EMPTY,
          NameMap.EMPTY,
          NameMap.EMPTY,
          IndirectNameMap.EMPTY,
          NameMap.EMPTY);
}
