package dev.tazza;

import dev.tazza.wasm.type.ExternType;

/** Something that can be imported and exported. */
public sealed interface Extern permits Func, Memory, Table, Global, Tag {
  /** Its type. */
  ExternType type();

  /** The store it belongs to. */
  Store<?> store();
}
