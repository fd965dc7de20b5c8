package dev.tazza.wasm.module;

/** What happens to a segment at instantiation. */
public enum SegmentMode {
  /** It is kept for {@code memory.init} or {@code table.init}. */
  PASSIVE,
  /** It is copied to its place and dropped. */
  ACTIVE,
  /** An element segment that only declares functions as referenced. */
  DECLARATIVE
}
