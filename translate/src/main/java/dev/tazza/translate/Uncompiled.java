package dev.tazza.translate;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.ConstInstr;
import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Operator;
import org.jspecify.annotations.Nullable;

/**
 * What is decoded and validated but cannot be compiled yet: refused here, by the feature's name.
 */
final class Uncompiled {
  private Uncompiled() {}

  /** The error for a use of a feature. */
  static UnsupportedOperationException error(Feature feature, String use) {
    return new UnsupportedOperationException(
        "the "
            + feature.title()
            + " feature ("
            + use
            + ") is decoded and validated but cannot be compiled yet");
  }

  /** The error for an instruction. */
  static UnsupportedOperationException error(Operator operator) {
    Feature feature = operator.feature();
    return feature == null
        ? new UnsupportedOperationException(operator.mnemonic())
        : error(feature, operator.mnemonic());
  }

  /** Refuses what the declarations of a module use. */
  static void check(WasmModule module) {
    for (int i = module.importedTableCount(); i < module.tableCount(); i++) {
      check(module.tableInit(i));
    }
    for (int i = module.importedGlobalCount(); i < module.globalCount(); i++) {
      check(module.globalInit(i));
    }
    for (ElementSegment segment : module.elementSegments()) {
      if (segment.items() instanceof ElementSegment.Expressions(ConstExpr[] expressions)) {
        for (ConstExpr expression : expressions) {
          check(expression);
        }
      }
    }
  }

  private static void check(@Nullable ConstExpr expression) {
    if (expression == null) {
      return;
    }
    for (ConstInstr instruction : expression.instructions()) {
      switch (instruction) {
        case ConstInstr.Allocate allocate -> throw error(allocate.operator());
        case ConstInstr.Compute(Operator operator) when operator.feature() == Feature.GC ->
            throw error(operator);
        default -> {}
      }
    }
  }
}
