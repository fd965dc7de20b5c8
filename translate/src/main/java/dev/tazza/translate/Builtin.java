package dev.tazza.translate;

import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.Type;
import dev.tazza.environ.ExitReason;
import java.util.ArrayList;
import java.util.List;

/**
 * Services of the runtime that compiled code calls like functions. Each is a small function in the
 * module's own code that leaves through the exit stub with its reason; see {@link ExitReason} for
 * parameters and results.
 */
enum Builtin {
  MEMORY_GROW(ExitReason.MEMORY_GROW, List.of(Type.I32, Type.I64), List.of(Type.I64)),
  MEMORY_INIT(
      ExitReason.MEMORY_INIT, List.of(Type.I32, Type.I32, Type.I64, Type.I32, Type.I32), List.of()),
  DATA_DROP(ExitReason.DATA_DROP, List.of(Type.I32), List.of()),
  TABLE_GROW(ExitReason.TABLE_GROW, List.of(Type.I32, Type.I64, Type.I64), List.of(Type.I64)),
  /** Of a table whose elements are REF. */
  TABLE_GROW_REF(ExitReason.TABLE_GROW, List.of(Type.I32, Type.REF, Type.I64), List.of(Type.I64)),
  TABLE_FILL(ExitReason.TABLE_FILL, List.of(Type.I32, Type.I64, Type.I64, Type.I64), List.of()),
  /** Of a table whose elements are REF. */
  TABLE_FILL_REF(ExitReason.TABLE_FILL, List.of(Type.I32, Type.I64, Type.REF, Type.I64), List.of()),
  TABLE_COPY(
      ExitReason.TABLE_COPY, List.of(Type.I32, Type.I32, Type.I64, Type.I64, Type.I64), List.of()),
  TABLE_INIT(
      ExitReason.TABLE_INIT, List.of(Type.I32, Type.I32, Type.I64, Type.I32, Type.I32), List.of()),
  ELEM_DROP(ExitReason.ELEM_DROP, List.of(Type.I32), List.of()),
  IS_SUBTYPE(ExitReason.IS_SUBTYPE, List.of(Type.I32, Type.I32), List.of(Type.I32));

  private final ExitReason reason;
  private final Signature signature;

  Builtin(ExitReason reason, List<Type> params, List<Type> results) {
    this.reason = reason;
    List<Type> all = new ArrayList<>();
    all.add(Type.I64);
    all.addAll(params);
    this.signature = new Signature(all, results);
  }

  ExitReason reason() {
    return reason;
  }

  /** With the instance context as parameter 0. */
  Signature signature() {
    return signature;
  }
}
