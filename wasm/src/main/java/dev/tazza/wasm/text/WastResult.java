package dev.tazza.wasm.text;

import java.util.List;

/** What a test script expects of one result. */
public sealed interface WastResult {

  /** Exactly this value; floats are compared by their bits. */
  record Exactly(WastValue value) implements WastResult {}

  /** {@code (f32.const nan:canonical)}, also a lane of a vector: the sign is free. */
  record NanCanonical(int bits) implements WastResult {}

  /** {@code (f32.const nan:arithmetic)}: any NaN whose payload's highest bit is set. */
  record NanArithmetic(int bits) implements WastResult {}

  /**
   * A vector of floats, each lane with its own expectation: 4 or 2 of them, {@link Exactly} an f32
   * or f64 or one of the NaN patterns. A vector without NaN patterns is {@link Exactly} a v128
   * instead.
   */
  record Lanes(List<WastResult> lanes) implements WastResult {
    public Lanes {
      lanes = List.copyOf(lanes);
    }
  }

  /**
   * A non-null reference of a kind, whatever it refers to: {@code (ref.func)}, {@code
   * (ref.extern)}, {@code (ref.struct)} and so on; {@code kind} is the word after the dot.
   */
  record AnyReference(String kind) implements WastResult {}

  /** {@code (either r1 r2 …)}: one of them. */
  record Either(List<WastResult> alternatives) implements WastResult {
    public Either {
      alternatives = List.copyOf(alternatives);
    }
  }
}
