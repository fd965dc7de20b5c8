package dev.tazza.codegen.filetest;

import dev.tazza.codegen.ir.Callee;
import dev.tazza.codegen.ir.Callees;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Signature;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The functions of a file, by number, as those that calls go to. */
final class FileCallees implements Callees {
  /** Positions of a callee are below this. */
  private static final int POSITIONS = 100;

  private static final int FIRST_REFERENCE = 1000;
  private static final int REFERENCE_SIZE = 24;

  private final List<Callee> callees = new ArrayList<>();

  int size() {
    return callees.size();
  }

  void add(Function function) {
    function.symbol = callees.size();
    callees.add(new Callee(function, 0, POSITIONS));
  }

  @Override
  public @Nullable Callee find(long symbol) {
    return symbol < callees.size() ? callees.get((int) symbol) : null;
  }

  /** All functions, each with a reference. */
  @Override
  public List<Guess> guesses(Signature signature) {
    List<Guess> guesses = new ArrayList<>();
    for (int i = 0; i < callees.size(); i++) {
      if (callees.get(i).function().signature.equals(signature)) {
        guesses.add(new Guess(i, FIRST_REFERENCE + REFERENCE_SIZE * i));
      }
    }
    return guesses;
  }
}
