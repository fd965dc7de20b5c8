package dev.tazza.wasm.demangle;

import dev.tazza.wasm.demangle.CxxNode.ArrayOf;
import dev.tazza.wasm.demangle.CxxNode.Expansion;
import dev.tazza.wasm.demangle.CxxNode.Forward;
import dev.tazza.wasm.demangle.CxxNode.FunctionType;
import dev.tazza.wasm.demangle.CxxNode.Indirect;
import dev.tazza.wasm.demangle.CxxNode.Instance;
import dev.tazza.wasm.demangle.CxxNode.Listing;
import dev.tazza.wasm.demangle.CxxNode.MemberPointer;
import dev.tazza.wasm.demangle.CxxNode.Name;
import dev.tazza.wasm.demangle.CxxNode.Nested;
import dev.tazza.wasm.demangle.CxxNode.Pack;
import dev.tazza.wasm.demangle.CxxNode.Qualified;
import dev.tazza.wasm.demangle.CxxNode.Row;
import dev.tazza.wasm.demangle.CxxNode.Standard;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules for types, arguments of templates and substitutions (sections 5.1.5 to 5.1.9 of the
 * Itanium C++ ABI), and what a name has said so far: the parts that can be repeated, and the
 * arguments of the template whose parameters are mentioned.
 */
final class CxxTypes {
  private static final int BASE_36 = 36;

  private final NameCursor in;
  private final CxxNames names;
  private final CxxExpressions expressions;
  private final CxxSymbol symbol;

  /** Parts that can be repeated, in the order in which they ended. */
  private final List<CxxNode> substitutions = new ArrayList<>();

  /** Parameters of templates that wait for arguments that come later. */
  private final List<Forward> forwards = new ArrayList<>();

  private List<CxxNode> parameters = new ArrayList<>();

  /** Over 0 within the parameters of a lambda: there, {@code T_} is {@code auto}. */
  private int lambdas;

  /** Whether parameters may have arguments that come later. */
  private boolean mayWait;

  /** Whether arguments may follow a parameter that is a template; not in a conversion's type. */
  private boolean takesArguments = true;

  CxxTypes(NameCursor in) {
    this.in = in;
    this.names = new CxxNames(in, this);
    this.expressions = new CxxExpressions(in, names, this);
    this.symbol = new CxxSymbol(in, names, this);
  }

  CxxSymbol symbol() {
    return symbol;
  }

  List<CxxNode> parameters() {
    return parameters;
  }

  void setParameters(List<CxxNode> parameters) {
    this.parameters = parameters;
  }

  List<Forward> forwards() {
    return forwards;
  }

  void remember(CxxNode part) {
    substitutions.add(part);
  }

  void forgetLast() {
    substitutions.removeLast();
  }

  /** {@code const} and others, each with a blank before it. */
  String qualifiers() {
    boolean restrict = in.eat('r');
    boolean isVolatile = in.eat('V');
    boolean isConst = in.eat('K');
    return (isConst ? " const" : "")
        + (isVolatile ? " volatile" : "")
        + (restrict ? " restrict" : "");
  }

  /** {@code <type>}. */
  CxxNode type() {
    in.enter();
    CxxNode type = builtin();
    if (type == null) {
      type = compound();
      if (type != null) {
        remember(type);
      } else {
        type = named();
      }
    }
    in.leave();
    return type;
  }

  /** A type made of others, or null. */
  private @Nullable CxxNode compound() {
    char c = in.peek();
    switch (c) {
      case 'r', 'V', 'K' -> {
        int ahead = 1;
        while (in.peek(ahead) == 'V' || in.peek(ahead) == 'K') {
          ahead++;
        }
        boolean function = in.peek(ahead) == 'F' || in.peek(ahead) == 'D' && isFunction(ahead + 1);
        String qualifiers = qualifiers();
        return function ? function(qualifiers) : new Qualified(type(), qualifiers);
      }
      case 'P' -> {
        in.next();
        return new Indirect(type(), "*");
      }
      case 'R' -> {
        in.next();
        return new Indirect(type(), "&");
      }
      case 'O' -> {
        in.next();
        return new Indirect(type(), "&&");
      }
      case 'C', 'G' -> {
        in.next();
        return new Qualified(type(), c == 'C' ? " _Complex" : " _Imaginary");
      }
      case 'U' -> {
        in.next();
        CxxNode qualifier = names.source();
        if (in.peek() == 'I') {
          qualifier = new Instance(qualifier, arguments(false));
        }
        return Row.of(type(), new Name(" "), qualifier);
      }
      case 'F' -> {
        return function("");
      }
      case 'A' -> {
        return array();
      }
      case 'M' -> {
        in.next();
        CxxNode owner = type();
        return new MemberPointer(owner, type());
      }
      case 'D' -> {
        return ofD();
      }
      default -> {
        return null;
      }
    }
  }

  private boolean isFunction(int ahead) {
    char c = in.peek(ahead);
    return c == 'o' || c == 'O' || c == 'w' || c == 'x';
  }

  private CxxNode ofD() {
    char c = in.peek(1);
    if (isFunction(1)) {
      return function("");
    }
    switch (c) {
      case 't', 'T' -> {
        return decltype();
      }
      case 'p' -> {
        in.take(2);
        return new Expansion(type());
      }
      case 'v' -> {
        in.take(2);
        CxxNode size;
        if (in.atDigit()) {
          size = new Name(String.valueOf(in.decimal()));
        } else {
          in.expect('_');
          size = expressions.expression();
        }
        in.expect('_');
        CxxNode element = type();
        return Row.of(element, new Name(" __vector("), size, new Name(")"));
      }
      default -> throw new NotMangledException("another type");
    }
  }

  /** A class, a parameter of a template, or a repetition. */
  private CxxNode named() {
    char c = in.peek();
    if (c == 'T' && in.peek(1) != 's' && in.peek(1) != 'u' && in.peek(1) != 'e') {
      CxxNode parameter = templateParameter();
      remember(parameter);
      if (in.peek() == 'I' && takesArguments) {
        CxxNode instance = new Instance(parameter, arguments(false));
        remember(instance);
        return instance;
      }
      return parameter;
    }
    if (c == 'S' && in.peek(1) != 't') {
      CxxNode known = substitution();
      if (in.peek() == 'I' && takesArguments) {
        CxxNode instance = new Instance(known, arguments(false));
        remember(instance);
        return instance;
      }
      return known;
    }
    if (c == 'T') {
      in.take(2); // struct, union or enum
    }
    CxxNode name = names.name(null);
    remember(name);
    return name;
  }

  private CxxNode function(String qualifiers) {
    String exceptions = "";
    if (in.eat("Do")) {
      exceptions = " noexcept";
    } else if (in.peek() == 'D' && in.peek(1) != 'x') {
      throw new NotMangledException("an exception specification of another form");
    }
    in.eat("Dx");
    in.expect('F');
    in.eat('Y');
    CxxNode result = type();
    List<CxxNode> list = new ArrayList<>();
    String reference = "";
    while (!in.eat('E')) {
      if (in.eat('v')) {
        continue;
      }
      if (in.eat("RE")) {
        reference = " &";
        break;
      }
      if (in.eat("OE")) {
        reference = " &&";
        break;
      }
      list.add(type());
    }
    return new FunctionType(result, list, qualifiers + reference + exceptions);
  }

  private CxxNode array() {
    in.expect('A');
    CxxNode size = new Name("");
    if (in.atDigit()) {
      size = new Name(String.valueOf(in.decimal()));
    } else if (in.peek() != '_') {
      size = expressions.expression();
    }
    in.expect('_');
    return new ArrayOf(type(), size);
  }

  /** {@code Dt <expression> E}. */
  CxxNode decltype() {
    in.take(2);
    CxxNode expression = expressions.expression();
    in.expect('E');
    return Row.of(new Name("decltype ("), expression, new Name(")"));
  }

  /** The type that an {@code operator} converts to; its template's arguments come behind it. */
  CxxNode conversion(boolean ofFunction) {
    boolean couldWait = mayWait;
    boolean took = takesArguments;
    mayWait |= ofFunction;
    takesArguments = false;
    CxxNode type = type();
    mayWait = couldWait;
    takesArguments = took;
    return type;
  }

  /** Types up to an {@code E}, of a lambda. */
  List<CxxNode> lambdaParameters() {
    lambdas++;
    List<CxxNode> list = new ArrayList<>();
    while (!in.eat('E')) {
      if (!in.eat('v')) {
        list.add(type());
      }
    }
    lambdas--;
    return list;
  }

  /** {@code T_}, {@code T0_} and so on: the argument, where it is known. */
  CxxNode templateParameter() {
    in.expect('T');
    if (in.peek() == 'L') {
      throw new NotMangledException("a parameter of another level");
    }
    int index = in.atDigit() ? in.decimal() + 1 : 0;
    in.expect('_');
    if (mayWait || lambdas > 0) {
      Forward forward = new Forward(index, lambdas > 0);
      forwards.add(forward);
      return forward;
    }
    if (index >= parameters.size()) {
      throw new NotMangledException("a parameter without an argument");
    }
    return parameters.get(index);
  }

  /**
   * {@code I <template-arg>* E}.
   *
   * @param ofFunction whether parameters that are mentioned from here on are those of this template
   */
  List<CxxNode> arguments(boolean ofFunction) {
    in.enter();
    in.expect('I');
    if (ofFunction) {
      parameters = new ArrayList<>();
    }
    boolean took = takesArguments;
    takesArguments = true;
    List<CxxNode> arguments = new ArrayList<>();
    while (!in.eat('E')) {
      CxxNode argument = argument();
      arguments.add(
          argument instanceof Pack(List<CxxNode> elements) ? new Listing(elements) : argument);
      if (ofFunction) {
        parameters.add(argument);
      }
    }
    takesArguments = took;
    in.leave();
    return arguments;
  }

  private CxxNode argument() {
    in.enter();
    CxxNode argument;
    if (in.eat('X')) {
      argument = expressions.expression();
      in.expect('E');
    } else if (in.peek() == 'L') {
      argument = expressions.literal();
    } else if (in.eat('J')) {
      List<CxxNode> elements = new ArrayList<>();
      while (!in.eat('E')) {
        elements.add(argument());
      }
      argument = new Pack(elements);
    } else {
      argument = type();
    }
    in.leave();
    return argument;
  }

  /** {@code S_}, {@code S0_}, {@code Ss} and so on: something that was there before. */
  CxxNode substitution() {
    in.expect('S');
    CxxNode standard = standard(in.peek());
    if (standard != null) {
      in.next();
      if (in.peek() == 'B') {
        CxxNode tagged = names.abiTags(standard);
        remember(tagged);
        return tagged;
      }
      return standard;
    }
    int index = in.peek() == '_' ? 0 : sequence() + 1;
    in.expect('_');
    if (index >= substitutions.size()) {
      throw new NotMangledException("a reference to nothing");
    }
    return substitutions.get(index);
  }

  private static @Nullable CxxNode standard(char letter) {
    return switch (letter) {
      case 'a' -> new Nested(new Name("std"), new Name("allocator"));
      case 'b' -> new Nested(new Name("std"), new Name("basic_string"));
      case 's' ->
          new Standard(
              "std::string",
              "std::basic_string<char, std::char_traits<char>, std::allocator<char> >",
              "basic_string");
      case 'i' -> stream("istream");
      case 'o' -> stream("ostream");
      case 'd' -> stream("iostream");
      default -> null;
    };
  }

  private static CxxNode stream(String name) {
    String whole = "std::basic_" + name + "<char, std::char_traits<char> >";
    return new Standard("std::" + name, whole, "basic_" + name);
  }

  /** A number to the base 36, of digits and capital letters. */
  int sequence() {
    long number = 0;
    while (in.atDigit() || in.peek() >= 'A' && in.peek() <= 'Z') {
      number = number * BASE_36 + Character.digit(in.next(), BASE_36);
      if (number > Integer.MAX_VALUE / 2) {
        throw new NotMangledException("the number is too large");
      }
    }
    return (int) number;
  }

  private @Nullable CxxNode builtin() {
    char c = in.peek();
    String name = c == 'D' ? builtinOfD() : builtin(c);
    if (name != null) {
      in.take(c == 'D' ? 2 : 1);
      return new Name(name);
    }
    if (in.eat("DF")) {
      int bits = in.decimal();
      boolean bfloat = in.eat('b');
      in.eat('_');
      return new Name(bfloat ? "std::bfloat" + bits + "_t" : "_Float" + bits);
    }
    if (in.eat('u')) {
      CxxNode vendor = names.source();
      remember(vendor);
      return vendor;
    }
    return null;
  }

  private @Nullable String builtinOfD() {
    return switch (in.peek(1)) {
      case 'n' -> "decltype(nullptr)";
      case 'i' -> "char32_t";
      case 's' -> "char16_t";
      case 'u' -> "char8_t";
      case 'a' -> "auto";
      case 'c' -> "decltype(auto)";
      case 'd' -> "decimal64";
      case 'e' -> "decimal128";
      case 'f' -> "decimal32";
      case 'h' -> "half";
      default -> null;
    };
  }

  static @Nullable String builtin(char c) {
    return switch (c) {
      case 'v' -> "void";
      case 'w' -> "wchar_t";
      case 'b' -> "bool";
      case 'c' -> "char";
      case 'a' -> "signed char";
      case 'h' -> "unsigned char";
      case 's' -> "short";
      case 't' -> "unsigned short";
      case 'i' -> "int";
      case 'j' -> "unsigned int";
      case 'l' -> "long";
      case 'm' -> "unsigned long";
      case 'x' -> "long long";
      case 'y' -> "unsigned long long";
      case 'n' -> "__int128";
      case 'o' -> "unsigned __int128";
      case 'f' -> "float";
      case 'd' -> "double";
      case 'e' -> "long double";
      case 'g' -> "__float128";
      case 'z' -> "...";
      default -> null;
    };
  }
}
