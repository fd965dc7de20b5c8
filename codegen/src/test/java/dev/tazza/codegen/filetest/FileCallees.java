package dev.tazza.codegen.filetest;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.opt.inline.CalleeSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The functions of a file, by number, as those that calls go to: all of them short, and each with a
 * reference.
 */
public final class FileCallees implements CalleeSource {
  /** Positions of a callee are below this. */
  private static final int POSITIONS = 64;

  private static final int FIRST_REFERENCE = 1000;
  private static final int REFERENCE_SIZE = 24;

  private final List<Function> functions = new ArrayList<>();

  /** Adds a function, which nobody edits any more. */
  public void add(Function function) {
    function.symbol = functions.size();
    functions.add(function);
  }

  @Override
  public int functionCount() {
    return functions.size();
  }

  @Override
  public boolean hasBody(int symbol) {
    return true;
  }

  @Override
  public int start(int symbol) {
    return 0;
  }

  @Override
  public int end(int symbol) {
    return POSITIONS;
  }

  @Override
  public Function make(int symbol) {
    return functions.get(symbol);
  }

  @Override
  public List<Reference> references() {
    List<Reference> references = new ArrayList<>();
    for (int i = 0; i < functions.size(); i++) {
      long distance = FIRST_REFERENCE + (long) REFERENCE_SIZE * i;
      references.add(new Reference(i, distance, functions.get(i).signature));
    }
    return references;
  }
}
