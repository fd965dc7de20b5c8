package dev.tazza.wasm.demangle;

import dev.tazza.wasm.demangle.CxxNode.Expansion;
import dev.tazza.wasm.demangle.CxxNode.Instance;
import dev.tazza.wasm.demangle.CxxNode.Listing;
import dev.tazza.wasm.demangle.CxxNode.Name;
import dev.tazza.wasm.demangle.CxxNode.Nested;
import dev.tazza.wasm.demangle.CxxNode.Row;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules for expressions in arguments of templates and in types, of section 5.1.6 of the Itanium
 * C++ ABI, as far as they are seen in names of functions: operators, calls, casts, literals, packs.
 */
final class CxxExpressions {
  private final NameCursor in;
  private final CxxNames names;
  private final CxxTypes types;

  CxxExpressions(NameCursor in, CxxNames names, CxxTypes types) {
    this.in = in;
    this.names = names;
    this.types = types;
  }

  CxxNode expression() {
    in.enter();
    CxxNode found = read();
    in.leave();
    return found;
  }

  private CxxNode read() {
    char c = in.peek();
    if (c == 'L') {
      return literal();
    }
    if (c == 'T') {
      return types.templateParameter();
    }
    if (c == 'f' && (in.peek(1) == 'p' || in.peek(1) == 'L')) {
      return functionParameter();
    }
    if (in.atDigit()) {
      return simpleName();
    }
    in.eat("gs");
    String letters = in.take(2);
    switch (letters) {
      case "on" -> {
        return simpleName();
      }
      case "sr" -> {
        return scoped();
      }
      case "cl" -> {
        CxxNode callee = expression();
        return Row.of(operand(callee), new Name("("), list(), new Name(")"));
      }
      case "cv" -> {
        return conversion();
      }
      case "tl", "il" -> {
        CxxNode type = letters.equals("tl") ? types.type() : new Name("");
        return Row.of(type, new Name("{"), list(), new Name("}"));
      }
      case "st" -> {
        return Row.of(new Name("sizeof ("), types.type(), new Name(")"));
      }
      case "sz" -> {
        return Row.of(new Name("sizeof "), operand(expression()));
      }
      case "at" -> {
        return Row.of(new Name("alignof ("), types.type(), new Name(")"));
      }
      case "sZ" -> {
        return Row.of(
            new Name("sizeof...("),
            in.peek() == 'T' ? types.templateParameter() : functionParameter(),
            new Name(")"));
      }
      case "nx" -> {
        return Row.of(new Name("noexcept("), expression(), new Name(")"));
      }
      case "sp" -> {
        return new Expansion(expression());
      }
      case "sc", "dc", "cc", "rc" -> {
        CxxNode type = types.type();
        return Row.of(new Name(cast(letters) + "<"), type, new Name(">("), expression(), CLOSE);
      }
      case "qu" -> {
        CxxNode condition = operand(expression());
        CxxNode then = operand(expression());
        return Row.of(condition, new Name("?"), then, new Name(" : "), operand(expression()));
      }
      case "ix" -> {
        CxxNode array = operand(expression());
        return Row.of(array, new Name("["), expression(), new Name("]"));
      }
      case "dt", "pt" -> {
        CxxNode object = operand(expression());
        return Row.of(object, new Name(letters.equals("dt") ? "." : "->"), member());
      }
      default -> {
        return operation(letters);
      }
    }
  }

  private static final Name CLOSE = new Name(")");

  private static String cast(String letters) {
    return switch (letters) {
      case "sc" -> "static_cast";
      case "dc" -> "dynamic_cast";
      case "cc" -> "const_cast";
      default -> "reinterpret_cast";
    };
  }

  private CxxNode operation(String letters) {
    CxxOperator operator = CxxOperator.of(letters);
    if (operator == null || operator.operands() == 0) {
      throw new NotMangledException("an expression of another kind");
    }
    if (operator.operands() == 1) {
      if (letters.equals("pp") || letters.equals("mm")) {
        if (!in.eat('_')) {
          return Row.of(operand(expression()), new Name(operator.symbol()));
        }
      }
      return Row.of(new Name(operator.symbol()), operand(expression()));
    }
    CxxNode first = operand(expression());
    CxxNode whole = Row.of(first, new Name(operator.symbol()), operand(expression()));
    // Within the arguments of a template a bare > would end them.
    return operator.symbol().equals(">") ? Row.of(new Name("("), whole, CLOSE) : whole;
  }

  /** An operand; in parentheses unless it is a name. */
  private static CxxNode operand(CxxNode expression) {
    boolean name = expression instanceof Name || expression instanceof Nested;
    return name || expression instanceof Instance
        ? expression
        : Row.of(new Name("("), expression, CLOSE);
  }

  private CxxNode list() {
    List<CxxNode> list = new ArrayList<>();
    while (!in.eat('E')) {
      list.add(expression());
    }
    return new Listing(list);
  }

  private CxxNode conversion() {
    CxxNode type = types.conversion(false);
    CxxNode value;
    if (in.eat('_')) {
      value = list();
    } else {
      value = expression();
    }
    return Row.of(new Name("("), type, new Name(")("), value, CLOSE);
  }

  private CxxNode functionParameter() {
    in.expect('f');
    if (in.eat('L')) {
      in.decimal();
    }
    in.expect('p');
    if (in.eat('T')) {
      return new Name("this");
    }
    types.qualifiers();
    int number = in.atDigit() ? in.decimal() + 2 : 1;
    in.expect('_');
    return new Name("{parm#" + number + "}");
  }

  private CxxNode simpleName() {
    CxxNode name = in.atDigit() ? names.source() : operatorName();
    return in.peek() == 'I' ? new Instance(name, types.arguments(false)) : name;
  }

  private CxxNode operatorName() {
    CxxOperator operator = CxxOperator.of(in.take(2));
    if (operator == null) {
      throw new NotMangledException("no operator");
    }
    return new Name("operator" + operator.symbol());
  }

  private CxxNode member() {
    if (in.atDigit() || in.peek() == 'o' && in.peek(1) == 'n') {
      in.eat("on");
      return simpleName();
    }
    return expression();
  }

  /** {@code sr}: a name in a type that depends on arguments. */
  private CxxNode scoped() {
    if (in.eat('N')) {
      CxxNode path = types.type();
      while (!in.eat('E')) {
        path = new Nested(path, simpleName());
      }
      return new Nested(path, simpleName());
    }
    CxxNode scope;
    if (in.atDigit()) {
      scope = simpleName();
      while (!in.eat('E')) {
        scope = new Nested(scope, simpleName());
      }
    } else {
      scope = types.type();
    }
    in.eat("on");
    return new Nested(scope, simpleName());
  }

  /** {@code L <type> <value> E}. */
  CxxNode literal() {
    in.expect('L');
    if (in.eat("_Z") || in.eat('Z')) {
      CxxNode encoding = types.symbol().encoding();
      in.expect('E');
      return encoding;
    }
    char letter = in.peek();
    CxxNode type = types.type();
    String sign = in.eat('n') ? "-" : "";
    StringBuilder value = new StringBuilder();
    while (!in.eat('E')) {
      value.append(in.next());
    }
    String number = sign + value;
    return switch (letter) {
      case 'b' ->
          new Name(number.equals("0") ? "false" : number.equals("1") ? "true" : "(bool)" + number);
      case 'i' -> new Name(number);
      case 'j' -> new Name(number + "u");
      case 'l' -> new Name(number + "l");
      case 'm' -> new Name(number + "ul");
      case 'x' -> new Name(number + "ll");
      case 'y' -> new Name(number + "ull");
      case 'f', 'd', 'e', 'g' -> Row.of(new Name("("), type, new Name(")[" + number + "]"));
      case 'A' -> Row.of(new Name("string literal of type "), type);
      default -> Row.of(new Name("("), type, new Name(")" + (number.isEmpty() ? "0" : number)));
    };
  }
}
