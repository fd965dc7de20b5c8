package dev.tazza.sandbox;

/**
 * The facts of entries of jump tables, and of where they lead: a table's offset, and the last
 * entry, in the bits of id and number.
 */
final class JumpFact {
  private static final int ENTRY_BITS = 16;
  static final int MOST_ENTRY = (1 << ENTRY_BITS) - 1;
  static final int MOST_TABLE = (1 << 24) - 1;

  private JumpFact() {}

  /** An entry up to {@code last} of the table at {@code table}. */
  static long entry(int table, int last) {
    return Fact.ofRest(ProofValues.JUMP_ENTRY, (long) table << ENTRY_BITS | last);
  }

  /** Where an entry leads to, if {@code pointer} is to its table. */
  static long target(long pointer, long entry) {
    boolean same = Fact.kind(pointer) == ProofValues.CODE && Fact.distance(pointer) == table(entry);
    return same ? Fact.ofRest(ProofValues.JUMP_TARGET, Fact.rest(entry)) : Fact.UNKNOWN;
  }

  static int table(long fact) {
    return (int) (Fact.rest(fact) >> ENTRY_BITS);
  }

  static int last(long fact) {
    return (int) Fact.rest(fact) & MOST_ENTRY;
  }
}
