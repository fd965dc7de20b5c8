package dev.tazza.wasm.demangle;

import dev.tazza.wasm.demangle.CxxNode.Function;
import dev.tazza.wasm.demangle.CxxNode.Name;
import dev.tazza.wasm.demangle.CxxNode.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names of C++ as the Itanium C++ ABI mangles them (section 5.1 of it), which is what all compilers
 * for WebAssembly use: {@code _ZN3foo3barEi}. This is the outermost rule, {@code <encoding>}, and
 * the special names; {@link CxxNames}, {@link CxxTypes} and {@link CxxExpressions} have the others.
 */
final class CxxSymbol {
  private final NameCursor in;
  private final CxxNames names;
  private final CxxTypes types;

  CxxSymbol(NameCursor in, CxxNames names, CxxTypes types) {
    this.in = in;
    this.names = names;
    this.types = types;
  }

  /**
   * The declaration.
   *
   * @throws NotMangledException when it is none, or of a form that is not known
   */
  static String demangle(String symbol) {
    NameCursor in = new NameCursor(symbol, 2);
    CxxNode tree = new CxxTypes(in).symbol().encoding();
    String rest = in.rest();
    if (!rest.isEmpty() && rest.charAt(0) != '.') {
      throw new NotMangledException("something follows the name");
    }
    String text = CxxPrinter.print(tree);
    return rest.isEmpty() ? text : text + " [clone " + rest + "]";
  }

  /** {@code <encoding>}: a function with its parameters, an object, or something special. */
  CxxNode encoding() {
    in.enter();
    CxxNode node = in.peek() == 'T' || in.peek() == 'G' ? special() : declared();
    in.leave();
    return node;
  }

  private boolean atEnd() {
    return in.atEnd() || in.peek() == 'E' || in.peek() == '.';
  }

  private CxxNode declared() {
    List<CxxNode> outer = types.parameters();
    types.setParameters(new ArrayList<>());
    CxxNames.Traits traits = new CxxNames.Traits();
    CxxNode name = names.name(traits);
    names.resolveForward(traits);
    CxxNode node = name;
    if (!atEnd()) {
      CxxNode result = traits.template && !traits.hasNoResult ? types.type() : null;
      node = new Function(result, name, parameters(), traits.qualifiers);
    } else if (!traits.qualifiers.isEmpty()) {
      node = Row.of(name, new Name(traits.qualifiers));
    }
    types.setParameters(outer);
    return node;
  }

  private List<CxxNode> parameters() {
    List<CxxNode> parameters = new ArrayList<>();
    if (in.eat('v')) {
      return parameters;
    }
    while (!atEnd()) {
      parameters.add(types.type());
    }
    return parameters;
  }

  private CxxNode special() {
    String prefix = prefix(in.take(2));
    if (prefix != null) {
      return Row.of(new Name(prefix), types.type());
    }
    in.moveTo(in.position() - 2);
    String letters = in.take(2);
    return switch (letters) {
      case "Th" -> thunk("non-virtual thunk to ", 1);
      case "Tv" -> thunk("virtual thunk to ", 2);
      case "Tc" -> {
        callOffset();
        callOffset();
        yield Row.of(new Name("covariant return thunk to "), encoding());
      }
      case "TC" -> {
        CxxNode whole = types.type();
        number();
        in.expect('_');
        CxxNode base = types.type();
        yield Row.of(new Name("construction vtable for "), base, new Name("-in-"), whole);
      }
      case "TW" -> Row.of(new Name("TLS wrapper function for "), names.name(null));
      case "TH" -> Row.of(new Name("TLS init function for "), names.name(null));
      case "GV" -> Row.of(new Name("guard variable for "), names.name(null));
      case "GR" -> {
        CxxNode name = names.name(null);
        String number = in.peek() == '_' ? "0" : String.valueOf(types.sequence() + 1);
        in.eat('_');
        yield Row.of(new Name("reference temporary #" + number + " for "), name);
      }
      default -> throw new NotMangledException("a special name of another kind");
    };
  }

  private static @Nullable String prefix(String letters) {
    return switch (letters) {
      case "TV" -> "vtable for ";
      case "TT" -> "VTT for ";
      case "TI" -> "typeinfo for ";
      case "TS" -> "typeinfo name for ";
      default -> null;
    };
  }

  private CxxNode thunk(String prefix, int numbers) {
    offset(numbers);
    return Row.of(new Name(prefix), encoding());
  }

  private void callOffset() {
    switch (in.next()) {
      case 'h' -> offset(1);
      case 'v' -> offset(2);
      default -> throw new NotMangledException("no offset");
    }
  }

  private void offset(int numbers) {
    for (int i = 0; i < numbers; i++) {
      number();
      in.expect('_');
    }
  }

  private void number() {
    in.eat('n');
    in.decimal();
  }
}
