package dev.tazza.wasm.demangle;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Names of Rust in the form of RFC 2603, which rustc calls v0: {@code _RNvCs1234_7mycrate3foo}.
 * Written as rustc's own tools write them in short form, without hashes of crates and types of
 * constants.
 */
final class RustV0 {
  private static final int START = 2;
  private static final int BASE_62 = 62;

  private final NameCursor in;
  private final StringBuilder out = new StringBuilder();

  /** Over 0 while something is read that is not shown. */
  private int skipping;

  /** Lifetimes bound by the binders around. */
  private long boundLifetimes;

  private RustV0(String symbol) {
    in = new NameCursor(symbol, START);
  }

  /**
   * The path.
   *
   * @throws NotMangledException when it is none
   */
  static String demangle(String symbol) {
    RustV0 name = new RustV0(symbol);
    if (name.in.atDigit()) {
      throw new NotMangledException("another version of the encoding");
    }
    name.path(true);
    if (!name.in.atEnd() && name.in.peek() >= 'A' && name.in.peek() <= 'Z') {
      name.skipping++;
      name.path(false); // the crate that instantiated it
      name.skipping--;
    }
    return name.out + RustLegacy.suffix(name.in.rest());
  }

  private void print(String text) {
    if (skipping == 0) {
      out.append(text);
      if (out.length() > Demangler.MOST_DEMANGLED) {
        throw new NotMangledException("too long");
      }
    }
  }

  // Paths.

  private void path(boolean inValue) {
    in.enter();
    char tag = in.next();
    switch (tag) {
      case 'C' -> {
        disambiguator();
        print(identifier());
      }
      case 'N' -> nested(inValue);
      case 'M', 'X', 'Y' -> implementation(tag);
      case 'I' -> {
        path(inValue);
        print(inValue ? "::<" : "<");
        list(this::genericArgument);
        print(">");
      }
      case 'B' -> back(() -> path(inValue));
      default -> throw new NotMangledException("no path");
    }
    in.leave();
  }

  private void nested(boolean inValue) {
    char namespace = in.next();
    path(inValue);
    long disambiguator = disambiguator();
    String name = identifier();
    if (namespace >= 'A' && namespace <= 'Z') {
      String kind =
          switch (namespace) {
            case 'C' -> "closure";
            case 'S' -> "shim";
            default -> String.valueOf(namespace);
          };
      print("::{" + kind + (name.isEmpty() ? "" : ":" + name) + "#" + disambiguator + "}");
    } else if (!name.isEmpty()) {
      print("::" + name);
    }
  }

  private void implementation(char tag) {
    if (tag != 'Y') {
      disambiguator();
      skipping++;
      path(false);
      skipping--;
    }
    print("<");
    type();
    if (tag != 'M') {
      print(" as ");
      path(false);
    }
    print(">");
  }

  /** A path of a trait, behind which more may be said; whether its angle bracket is still open. */
  private boolean openPath() {
    in.enter();
    boolean open = false;
    if (in.peek() == 'B') {
      in.next();
      boolean[] result = new boolean[1];
      back(() -> result[0] = openPath());
      open = result[0];
    } else if (in.eat('I')) {
      path(false);
      print("<");
      list(this::genericArgument);
      open = true;
    } else {
      path(false);
    }
    in.leave();
    return open;
  }

  private void genericArgument() {
    if (in.eat('L')) {
      lifetime(number62());
    } else if (in.eat('K')) {
      constant(false);
    } else {
      type();
    }
  }

  // Types.

  private void type() {
    in.enter();
    char tag = in.next();
    String basic = basicType(tag);
    if (basic != null) {
      print(basic);
    } else {
      switch (tag) {
        case 'R', 'Q' -> {
          print("&");
          long lifetime = in.eat('L') ? number62() : 0;
          if (lifetime != 0) {
            lifetime(lifetime);
            print(" ");
          }
          print(tag == 'Q' ? "mut " : "");
          type();
        }
        case 'P', 'O' -> {
          print(tag == 'P' ? "*const " : "*mut ");
          type();
        }
        case 'A', 'S' -> {
          print("[");
          type();
          if (tag == 'A') {
            print("; ");
            constant(true);
          }
          print("]");
        }
        case 'T' -> tuple(this::type);
        case 'F' -> inBinder(this::functionType);
        case 'D' -> {
          print("dyn ");
          inBinder(() -> list(this::dynamicTrait, " + "));
          in.expect('L');
          long lifetime = number62();
          if (lifetime != 0) {
            print(" + ");
            lifetime(lifetime);
          }
        }
        case 'B' -> back(this::type);
        default -> {
          in.moveTo(in.position() - 1);
          path(false);
        }
      }
    }
    in.leave();
  }

  private static @Nullable String basicType(char tag) {
    return switch (tag) {
      case 'a' -> "i8";
      case 'b' -> "bool";
      case 'c' -> "char";
      case 'd' -> "f64";
      case 'e' -> "str";
      case 'f' -> "f32";
      case 'h' -> "u8";
      case 'i' -> "isize";
      case 'j' -> "usize";
      case 'l' -> "i32";
      case 'm' -> "u32";
      case 'n' -> "i128";
      case 'o' -> "u128";
      case 'p' -> "_";
      case 's' -> "i16";
      case 't' -> "u16";
      case 'u' -> "()";
      case 'v' -> "...";
      case 'x' -> "i64";
      case 'y' -> "u64";
      case 'z' -> "!";
      default -> null;
    };
  }

  private void functionType() {
    print(in.eat('U') ? "unsafe " : "");
    if (in.eat('K')) {
      print("extern \"" + (in.eat('C') ? "C" : identifier().replace('_', '-')) + "\" ");
    }
    print("fn(");
    list(this::type);
    print(")");
    if (!in.eat('u')) {
      print(" -> ");
      type();
    }
  }

  private void dynamicTrait() {
    boolean open = openPath();
    while (in.eat('p')) {
      print(open ? ", " : "<");
      open = true;
      print(identifier() + " = ");
      type();
    }
    print(open ? ">" : "");
  }

  private void inBinder(Runnable content) {
    long bound = in.eat('G') ? number62() + 1 : 0;
    if (bound > Demangler.MOST_DEMANGLED) {
      throw new NotMangledException("too many lifetimes");
    }
    if (bound > 0) {
      print("for<");
      for (long i = 0; i < bound; i++) {
        boundLifetimes++;
        print(i == 0 ? "" : ", ");
        lifetime(1);
      }
      print("> ");
    }
    content.run();
    boundLifetimes -= bound;
  }

  /** The lifetime with an index: 0 is none, 1 the one bound last. */
  private void lifetime(long index) {
    long depth = boundLifetimes - index;
    if (index == 0) {
      print("'_");
    } else if (depth < 0) {
      throw new NotMangledException("a lifetime that is not bound");
    } else {
      print("'" + (depth < 26 ? String.valueOf((char) ('a' + depth)) : "_" + depth));
    }
  }

  // Constants.

  /** A constant, in braces where it needs them and is not within an expression. */
  private void constant(boolean inExpression) {
    in.enter();
    char tag = in.next();
    if (basicType(tag) != null && tag != 'e') {
      simpleConstant(tag);
    } else if (tag == 'B') {
      back(() -> constant(inExpression));
    } else if (tag == 'R' && in.eat('e')) {
      stringConstant();
    } else {
      print(inExpression ? "" : "{");
      compoundConstant(tag);
      print(inExpression ? "" : "}");
    }
    in.leave();
  }

  private void compoundConstant(char tag) {
    switch (tag) {
      case 'e' -> {
        print("*");
        stringConstant();
      }
      case 'R', 'Q' -> {
        print(tag == 'R' ? "&" : "&mut ");
        constant(true);
      }
      case 'A' -> {
        print("[");
        list(() -> constant(true));
        print("]");
      }
      case 'T' -> tuple(() -> constant(true));
      case 'V' -> variant();
      default -> throw new NotMangledException("no constant");
    }
  }

  private void variant() {
    path(true);
    switch (in.next()) {
      case 'U' -> {}
      case 'T' -> {
        print("(");
        list(() -> constant(true));
        print(")");
      }
      case 'S' -> {
        print(" { ");
        list(() -> {
          disambiguator();
          print(identifier() + ": ");
          constant(true);
        });
        print(" }");
      }
      default -> throw new NotMangledException("no fields");
    }
  }

  private void simpleConstant(char type) {
    switch (type) {
      case 'p' -> print("_");
      case 'b' -> {
        BigInteger value = hexadecimal();
        if (value.bitLength() > 1) {
          throw new NotMangledException("neither false nor true");
        }
        print(value.signum() == 0 ? "false" : "true");
      }
      case 'c' -> {
        BigInteger value = hexadecimal();
        if (value.bitLength() > 31 || !Character.isValidCodePoint(value.intValue())) {
          throw new NotMangledException("no character");
        }
        print("'" + quoted(Character.toString(value.intValue()), '\'') + "'");
      }
      case 'a', 's', 'l', 'x', 'n', 'i' -> {
        print(in.eat('n') ? "-" : "");
        print(integer());
      }
      case 'h', 't', 'm', 'y', 'o', 'j' -> print(integer());
      default -> throw new NotMangledException("no constant");
    }
  }

  private String integer() {
    BigInteger value = hexadecimal();
    return value.bitLength() <= Long.SIZE ? value.toString() : "0x" + value.toString(16);
  }

  private String hexDigits() {
    StringBuilder digits = new StringBuilder();
    while (!in.eat('_')) {
      char c = in.next();
      if (!HexFormat.isHexDigit(c) || Character.isUpperCase(c)) {
        throw new NotMangledException("no hexadecimal digit");
      }
      digits.append(c);
    }
    return digits.toString();
  }

  private BigInteger hexadecimal() {
    String digits = hexDigits();
    return digits.isEmpty() ? BigInteger.ZERO : new BigInteger(digits, 16);
  }

  private void stringConstant() {
    String digits = hexDigits();
    if (digits.length() % 2 != 0) {
      throw new NotMangledException("half a byte");
    }
    try {
      byte[] bytes = HexFormat.of().parseHex(digits);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      print("\"" + quoted(text, '"') + "\"");
    } catch (CharacterCodingException e) {
      throw new NotMangledException("no UTF-8");
    }
  }

  private static String quoted(String text, char quote) {
    StringBuilder quoted = new StringBuilder();
    for (char c : text.toCharArray()) {
      switch (c) {
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        case '\0' -> quoted.append("\\0");
        case '\\' -> quoted.append("\\\\");
        default -> quoted.append(c == quote ? "\\" : "").append(c);
      }
    }
    return quoted.toString();
  }

  // Parts.

  private void list(Runnable element) {
    list(element, ", ");
  }

  private int list(Runnable element, String separator) {
    int count = 0;
    while (!in.eat('E')) {
      print(count == 0 ? "" : separator);
      element.run();
      count++;
    }
    return count;
  }

  private void tuple(Runnable element) {
    print("(");
    int count = list(element, ", ");
    print(count == 1 ? ",)" : ")");
  }

  /** Does something at an earlier place, which is told here. */
  private void back(Runnable there) {
    int here = in.position() - 1;
    long target = START + number62();
    if (target >= here) {
      throw new NotMangledException("a reference that does not lead back");
    }
    if (skipping > 0) {
      return;
    }
    int next = in.position();
    in.moveTo((int) target);
    there.run();
    in.moveTo(next);
  }

  private long disambiguator() {
    return in.eat('s') ? number62() + 1 : 0;
  }

  /** A number to the base 62, whose digits end with an underscore. */
  private long number62() {
    if (in.eat('_')) {
      return 0;
    }
    long number = 0;
    while (!in.eat('_')) {
      char c = in.next();
      int digit;
      if (c >= '0' && c <= '9') {
        digit = c - '0';
      } else if (c >= 'a' && c <= 'z') {
        digit = c - 'a' + 10;
      } else if (c >= 'A' && c <= 'Z') {
        digit = c - 'A' + 36;
      } else {
        throw new NotMangledException("no digit");
      }
      number = number * BASE_62 + digit;
      if (number > Long.MAX_VALUE / BASE_62 - BASE_62) {
        // Only hashes of crates are so large; they are not shown.
        number %= 1L << 32;
      }
    }
    return number + 1;
  }

  private String identifier() {
    boolean encoded = in.eat('u');
    int length = in.eat('0') ? 0 : in.decimal();
    in.eat('_');
    String name = in.take(length);
    return encoded ? Punycode.decode(name) : name;
  }
}
