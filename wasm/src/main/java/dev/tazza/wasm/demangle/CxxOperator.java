package dev.tazza.wasm.demangle;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operator of C++ by the two letters it is mangled as.
 *
 * @param symbol as it is written behind {@code operator}
 * @param operands in an expression; 0: not one that is written like the others
 */
record CxxOperator(String symbol, int operands) {
  private static final Map<String, CxxOperator> ALL = all();

  private static Map<String, CxxOperator> all() {
    Map<String, CxxOperator> all = new HashMap<>();
    add(all, 0, "nw new|na new[]|dl delete|da delete[]|aw co_await |cl ()|qu ?");
    add(all, 1, "ps +|ng -|ad &|de *|co ~|nt !|pp ++|mm --");
    add(all, 2, "pl +|mi -|ml *|dv /|rm %|an &|or ||eo ^|aS =|pL +=|mI -=|mL *=|dV /=|rM %=");
    add(all, 2, "aN &=|oR |=|eO ^=|ls <<|rs >>|lS <<=|rS >>=|eq ==|ne !=|lt <|gt >|le <=|ge >=");
    add(all, 2, "ss <=>|aa &&|oo |||cm ,|pm ->*|pt ->|ix []|dt .|ds .*");
    return all;
  }

  private static void add(Map<String, CxxOperator> all, int operands, String rows) {
    // A bar is between rows only where two letters and a blank follow: it is an operator as well.
    for (String row : rows.split("\\|(?=[a-zA-Z]{2} )")) {
      all.put(row.substring(0, 2), new CxxOperator(row.substring(3), operands));
    }
  }

  /** The one with these letters, or null. */
  static @Nullable CxxOperator of(String letters) {
    return ALL.get(letters);
  }
}
