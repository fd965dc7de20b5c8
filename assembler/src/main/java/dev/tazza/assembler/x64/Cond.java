package dev.tazza.assembler.x64;

/**
 * A condition on the flags, by the names and encodings of the processor manuals, and two that only
 * a pair of flags can tell after a float compare.
 */
public enum Cond {
  O(0x0, "o"),
  NO(0x1, "no"),
  B(0x2, "b"),
  AE(0x3, "ae"),
  E(0x4, "e"),
  NE(0x5, "ne"),
  BE(0x6, "be"),
  A(0x7, "a"),
  S(0x8, "s"),
  NS(0x9, "ns"),
  P(0xa, "p"),
  NP(0xb, "np"),
  L(0xc, "l"),
  GE(0xd, "ge"),
  LE(0xe, "le"),
  G(0xf, "g"),
  /** Equal and ordered. */
  E_AND_NP(-1, "e&np"),
  /** Unequal or unordered. */
  NE_OR_P(-1, "ne|p");

  private static final Cond[] ALL = values();

  public final int code;
  public final String text;

  Cond(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** True exactly when this is false. */
  public Cond negate() {
    return switch (this) {
      case E_AND_NP -> NE_OR_P;
      case NE_OR_P -> E_AND_NP;
      default -> ALL[ordinal() ^ 1];
    };
  }

  /** The condition after the compare's operands are exchanged. */
  public Cond swap() {
    return switch (this) {
      case B -> A;
      case A -> B;
      case AE -> BE;
      case BE -> AE;
      case L -> G;
      case G -> L;
      case LE -> GE;
      case GE -> LE;
      case E, NE, E_AND_NP, NE_OR_P -> this;
      case O, NO, S, NS, P, NP -> throw new IllegalArgumentException(text);
    };
  }
}
