package dev.tazza;

/** What bytes that are taken for a module may be: {@link Module#detect}. */
public enum ModuleKind {
  /** The binary format of WebAssembly modules. */
  BINARY,
  /** The text format. */
  TEXT,
  /** What {@link Module#serialize} made. */
  ARTIFACT,
  /** A component, which cannot be run. */
  COMPONENT,
  /** Nothing of that; compressed perhaps. */
  UNKNOWN
}
