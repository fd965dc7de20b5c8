package dev.tazza.codegen.opt.inline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.InlineSites;
import dev.tazza.codegen.ir.Parser;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Type;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which functions of a client are looked at. */
final class InlineCandidatesTest {
  private static final Signature SIGNATURE = new Signature(List.of(Type.I64), List.of());

  /** Functions of {@code lengths}, with as many products; those of no length have no body. */
  private static final class Lengths implements CalleeSource {
    private final int[] lengths;
    private final int[] products;
    private final int start;
    int made;

    Lengths(int start, int[] lengths, int[] products) {
      this.start = start;
      this.lengths = lengths;
      this.products = products;
    }

    @Override
    public int functionCount() {
      return lengths.length;
    }

    @Override
    public boolean hasBody(int symbol) {
      return lengths[symbol] > 0;
    }

    @Override
    public int start(int symbol) {
      return start;
    }

    @Override
    public int end(int symbol) {
      return start + lengths[symbol];
    }

    @Override
    public int products(int symbol) {
      return products[symbol];
    }

    /** Number 1 is larger than expected. */
    @Override
    public @Nullable Function make(int symbol) {
      made++;
      return symbol == 1
          ? null
          : Parser.parse("function f(i64) -> () {\nb0(v0: i64):\n  return\n}", TestRegions.ALL);
    }

    /** Those with an even number. */
    @Override
    public boolean isReferenced(int symbol) {
      return symbol % 2 == 0;
    }

    @Override
    public List<Reference> references() {
      return IntStream.range(0, lengths.length)
          .filter(this::isReferenced)
          .mapToObj(i -> new Reference(i, 8L * i, SIGNATURE))
          .toList();
    }
  }

  private static InlineCandidates candidates(CalleeSource source) {
    return new InlineCandidates(source, function -> {});
  }

  @Test
  void shortOnesAreMadeOnce() {
    Lengths source = new Lengths(0, new int[] {64, 10, 65, 0}, new int[4]);
    InlineCandidates candidates = candidates(source);
    assertEquals(0, source.made);
    assertNotNull(candidates.find(0));
    assertSame(candidates.find(0), candidates.find(0));
    assertEquals(1, source.made);
    assertNull(candidates.find(1));
    assertNull(candidates.find(1));
    assertEquals(2, source.made);
    assertNull(candidates.find(2));
    assertNull(candidates.find(3));
    assertNull(candidates.find(4));
    assertEquals(2, source.made);
  }

  @Test
  void longerOnesNeedProducts() {
    Lengths source = new Lengths(0, new int[] {160, 160, 161}, new int[] {4, 3, 9});
    InlineCandidates candidates = candidates(source);
    assertNotNull(candidates.find(0));
    assertNull(candidates.find(1));
    assertNull(candidates.find(2));
  }

  @Test
  void onlyWhatNobodyRefersToVanishes() {
    InlineCandidates candidates =
        candidates(new Lengths(0, new int[] {10, 10, 70, 70}, new int[4]));
    assertFalse(candidates.mayVanish(0));
    assertTrue(candidates.mayVanish(1));
    assertFalse(candidates.mayVanish(3));
    assertFalse(candidates.mayVanish(9));
  }

  @Test
  void guessesAreFewAndShort() {
    int few = 12;
    int[] lengths = IntStream.range(0, few).map(_ -> 10).toArray();
    assertEquals(6, candidates(new Lengths(0, lengths, new int[few])).guesses(SIGNATURE).size());
    lengths[4] = 70;
    assertEquals(List.of(), candidates(new Lengths(0, lengths, new int[few])).guesses(SIGNATURE));
    int many = 14;
    lengths = IntStream.range(0, many).map(_ -> 10).toArray();
    assertEquals(List.of(), candidates(new Lengths(0, lengths, new int[many])).guesses(SIGNATURE));
  }

  @Test
  void positionsOfInlinedCodeNeedRoom() {
    Lengths source = new Lengths(InlineSites.FIRST - 10, new int[] {9, 10}, new int[2]);
    assertNull(candidates(source).find(0));
    source = new Lengths(InlineSites.FIRST - 10, new int[] {9, 9}, new int[2]);
    assertNotNull(candidates(source).find(0));
  }
}
