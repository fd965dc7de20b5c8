package dev.tazza.translate;

import dev.tazza.codegen.ir.Inst;
import org.jspecify.annotations.Nullable;

/** One clause of a try: which exceptions it is for, and where they continue. */
final class CatchClause {
  /** As {@link #tag}: it is for all exceptions. */
  static final int ALL = Inst.ANY_TAG;

  /** Index of the tag, or {@link #ALL}. */
  final int tag;

  /** Whether a reference to the exception follows what it carries. */
  final boolean reference;

  /** Where those continue that come out of calls. */
  final Join pad;

  /**
   * Where they go on from there with what the exception carries; null for a handler that stands in
   * the try itself.
   */
  final @Nullable ControlFrame target;

  CatchClause(int tag, boolean reference, Join pad, @Nullable ControlFrame target) {
    this.tag = tag;
    this.reference = reference;
    this.pad = pad;
    this.target = target;
  }
}
