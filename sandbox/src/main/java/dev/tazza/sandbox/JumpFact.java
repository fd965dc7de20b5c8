package dev.tazza.sandbox;

/**
 * The facts of entries of jump tables, and of where they lead: a table's offset, and the last
 * entry.
 */
final class JumpFact {
  private static final int ENTRY_BITS = 16;
  static final int MOST_ENTRY = (1 << ENTRY_BITS) - 1;
  static final int MOST_TABLE = (1 << 24) - 1;

  private JumpFact() {}

  /** An entry up to {@code last} of the table at {@code table}. */
  static long entry(int table, int last) {
    return Fact.of(ProofValues.JUMP_ENTRY, 0, (long) table << ENTRY_BITS | last);
  }

  /** Where an entry leads to, if {@code pointer} is to its table. */
  static long target(long pointer, long entry) {
    boolean same = Fact.kind(pointer) == ProofValues.CODE && Fact.distance(pointer) == table(entry);
    return same ? Fact.of(ProofValues.JUMP_TARGET, 0, Fact.number(entry)) : Fact.UNKNOWN;
  }

  static int table(long fact) {
    return (int) (Fact.number(fact) >> ENTRY_BITS);
  }

  static int last(long fact) {
    return (int) Fact.number(fact) & MOST_ENTRY;
  }
}
