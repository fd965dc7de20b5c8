package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.InlineSites;
import dev.tazza.codegen.ir.Signature;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The functions whose bodies may stand in place of calls, those of a {@link CalleeSource} that
 * {@link InlinePolicy} admits. Each is made and simplified when it is first asked for; which thread
 * does that makes no difference. Any thread may ask.
 */
public final class InlineCandidates {
  /** There are none. */
  public static final InlineCandidates NONE =
      new InlineCandidates(CalleeSource.NONE, function -> {});

  private final CalleeSource source;
  private final Consumer<Function> simplifier;
  private final AtomicReferenceArray<@Nullable Callee> callees;

  /** By function: whether it is looked at. */
  private final boolean[] isCandidate;

  /** What calls by reference most probably reach, where that is few and short functions. */
  private final Map<Signature, List<CalleeSource.Reference>> guesses = new HashMap<>();

  /**
   * @param simplifier what is done with a function once, before copies of it are made
   */
  public InlineCandidates(CalleeSource source, Consumer<Function> simplifier) {
    this.source = source;
    this.simplifier = simplifier;
    int count = source.functionCount();
    callees = new AtomicReferenceArray<>(count);
    isCandidate = new boolean[count];
    if (leavesRoom(source)) {
      for (int i = 0; i < count; i++) {
        isCandidate[i] = source.hasBody(i) && InlinePolicy.isCandidate(source, i);
      }
      findGuesses();
    }
  }

  /** Whether positions leave room for those of inlined code. */
  private static boolean leavesRoom(CalleeSource source) {
    for (int i = 0; i < source.functionCount(); i++) {
      if (source.hasBody(i) && source.end(i) >= InlineSites.FIRST) {
        return false;
      }
    }
    return true;
  }

  private void findGuesses() {
    for (CalleeSource.Reference reference : source.references()) {
      guesses.computeIfAbsent(reference.signature(), _ -> new ArrayList<>()).add(reference);
    }
    guesses.values().removeIf(list -> !InlinePolicy.areGuesses(list, isCandidate));
  }

  /** Whether there are none: no call is to be replaced. */
  boolean isEmpty() {
    return isCandidate.length == 0;
  }

  CalleeSource source() {
    return source;
  }

  /**
   * The functions that calls by reference with this signature most probably reach, all of them
   * candidates; none if that is not known.
   */
  List<CalleeSource.Reference> guesses(Signature signature) {
    return guesses.getOrDefault(signature, List.of());
  }

  /** Whether code of the function is not needed any more when all calls of it are replaced. */
  public boolean mayVanish(int symbol) {
    return symbol < isCandidate.length && isCandidate[symbol] && !source.isReferenced(symbol);
  }

  /** The function called {@code symbol}, or null if it is no candidate. */
  @Nullable Callee find(long symbol) {
    if (symbol >= isCandidate.length || !isCandidate[(int) symbol]) {
      return null;
    }
    int function = (int) symbol;
    Callee known = callees.get(function);
    if (known == null) {
      Callee made = make(function);
      if (made == null) {
        // Whoever does not see this finds the same.
        isCandidate[function] = false;
        return null;
      }
      callees.compareAndSet(function, null, made);
      known = callees.get(function);
    }
    return known;
  }

  private @Nullable Callee make(int symbol) {
    Function function = source.make(symbol);
    if (function == null) {
      return null;
    }
    simplifier.accept(function);
    return new Callee(function, source.start(symbol), source.end(symbol));
  }
}
