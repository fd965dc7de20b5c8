package dev.tazza.wasm.module;

import java.util.List;

/**
 * A constant expression.
 *
 * @param start the offset of its first byte
 * @param end the offset after its {@code end}
 * @param instructions its instructions in order, without the {@code end}; WebAssembly 2.0 allows
 *     exactly one
 */
public record ConstExpr(int start, int end, List<ConstInstr> instructions) {

  public ConstExpr {
    instructions = List.copyOf(instructions);
  }
}
