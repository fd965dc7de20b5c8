package dev.tazza.wasm.demangle;

import dev.tazza.wasm.demangle.CxxNode.Forward;
import dev.tazza.wasm.demangle.CxxNode.Instance;
import dev.tazza.wasm.demangle.CxxNode.Lambda;
import dev.tazza.wasm.demangle.CxxNode.Listing;
import dev.tazza.wasm.demangle.CxxNode.Name;
import dev.tazza.wasm.demangle.CxxNode.Nested;
import dev.tazza.wasm.demangle.CxxNode.Row;
import dev.tazza.wasm.demangle.CxxNode.Structor;
import dev.tazza.wasm.demangle.CxxNode.Tagged;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules for names in scopes, {@code <name>}, of section 5.1.3 of the Itanium C++ ABI. */
final class CxxNames {
  private final NameCursor in;
  private final CxxTypes types;

  CxxNames(NameCursor in, CxxTypes types) {
    this.in = in;
    this.types = types;
  }

  /** What the name of a function says of how its type goes on. */
  static final class Traits {
    /** It ends with arguments of a template, so that its result is part of the name. */
    boolean template;

    /** It is a constructor, destructor or conversion: they have no result. */
    boolean hasNoResult;

    /** {@code const} and others of a member function. */
    String qualifiers = "";

    /** Where in the list of parameters that wait for arguments those of this name begin. */
    int firstForward;
  }

  /**
   * A name.
   *
   * @param traits null when it is the name of a type
   */
  CxxNode name(@Nullable Traits traits) {
    in.enter();
    if (traits != null) {
      traits.firstForward = types.forwards().size();
    }
    CxxNode name;
    if (in.peek() == 'N') {
      name = nested(traits);
    } else if (in.peek() == 'Z') {
      name = local(traits);
    } else {
      name = plain(traits);
    }
    in.leave();
    return name;
  }

  /** Gives parameters that were read before their arguments were known those arguments. */
  void resolveForward(Traits traits) {
    List<Forward> waiting = types.forwards();
    List<Forward> own = waiting.subList(traits.firstForward, waiting.size());
    for (Forward forward : own) {
      if (forward.index < types.parameters().size()) {
        forward.target = types.parameters().get(forward.index);
      }
    }
    own.clear();
  }

  private CxxNode plain(@Nullable Traits traits) {
    CxxNode name;
    boolean substituted = in.peek() == 'S' && in.peek(1) != 't';
    if (substituted) {
      name = types.substitution();
      if (in.peek() != 'I') {
        throw new NotMangledException("expected arguments");
      }
    } else {
      CxxNode scope = in.eat("St") ? new Name("std") : null;
      in.eat('L');
      name = unqualified(null, traits);
      name = scope == null ? name : new Nested(scope, name);
    }
    if (in.peek() == 'I') {
      if (!substituted) {
        types.remember(name);
      }
      name = new Instance(name, types.arguments(traits != null));
      setTemplate(traits, true);
    }
    return name;
  }

  private static void setTemplate(@Nullable Traits traits, boolean template) {
    if (traits != null) {
      traits.template = template;
    }
  }

  /** {@code N <prefix> E}. */
  private CxxNode nested(@Nullable Traits traits) {
    in.expect('N');
    String qualifiers = types.qualifiers();
    qualifiers += in.eat('O') ? " &&" : in.eat('R') ? " &" : "";
    CxxNode path = null;
    boolean remembered = false;
    while (!in.eat('E')) {
      in.eat('L');
      setTemplate(traits, false);
      remembered = true;
      char c = in.peek();
      if (c == 'T') {
        path = types.templateParameter();
      } else if (c == 'I' && path != null) {
        path = new Instance(path, types.arguments(traits != null));
        setTemplate(traits, true);
      } else if (c == 'D' && (in.peek(1) == 't' || in.peek(1) == 'T')) {
        path = types.decltype();
      } else if (c == 'S') {
        boolean std = in.eat("St");
        path = std ? new Name("std") : types.substitution();
        remembered = false;
        continue;
      } else if (c == 'M' && path != null) {
        in.next(); // what follows is in the initializer of a member
        continue;
      } else if ((c == 'C' || c == 'D' && in.peek(1) != 'C') && path != null) {
        path = new Nested(path, abiTags(structor(path, traits)));
      } else {
        CxxNode part = unqualified(path, traits);
        path = path == null ? part : new Nested(path, part);
      }
      types.remember(path);
    }
    if (path == null || !remembered) {
      throw new NotMangledException("no name");
    }
    types.forgetLast(); // the whole is no prefix
    if (traits != null) {
      traits.qualifiers = qualifiers;
    }
    return path;
  }

  private CxxNode structor(CxxNode owner, @Nullable Traits traits) {
    boolean destructor = in.next() == 'D';
    boolean inherited = !destructor && in.eat('I');
    char kind = in.next();
    if (kind < '0' || kind > '9') {
      throw new NotMangledException("no constructor");
    }
    if (inherited) {
      name(null);
    }
    if (traits != null) {
      traits.hasNoResult = true;
    }
    return new Structor(owner, destructor);
  }

  /** {@code Z <encoding> E <name>}: something in a function. */
  private CxxNode local(@Nullable Traits traits) {
    in.expect('Z');
    CxxNode function = types.symbol().encoding();
    in.expect('E');
    if (in.eat('s')) {
      discriminator();
      return new Nested(function, new Name("string literal"));
    }
    String argument = "";
    if (in.eat('d')) {
      int number = in.atDigit() ? in.decimal() + 2 : 1;
      in.expect('_');
      argument = "{default arg#" + number + "}::";
    }
    CxxNode name = name(traits);
    discriminator();
    return argument.isEmpty()
        ? new Nested(function, name)
        : new Nested(function, Row.of(new Name(argument), name));
  }

  private void discriminator() {
    if (in.peek() == '_') {
      in.next();
      if (in.eat('_')) {
        in.decimal();
        in.expect('_');
      } else if (in.atDigit()) {
        in.next();
      } else {
        throw new NotMangledException("no discriminator");
      }
    }
  }

  /** {@code <unqualified-name>}, with its ABI tags. */
  private CxxNode unqualified(@Nullable CxxNode scope, @Nullable Traits traits) {
    in.enter();
    in.eat('L');
    CxxNode name;
    if (in.atDigit()) {
      name = source();
    } else if (in.eat("Ul")) {
      name = lambda();
    } else if (in.eat("Ut")) {
      name = new Name("{unnamed type#" + ordinal() + "}");
    } else if (in.eat("DC")) {
      List<CxxNode> bound = new ArrayList<>();
      while (!in.eat('E')) {
        bound.add(source());
      }
      name = Row.of(new Name("["), new Listing(bound), new Name("]"));
    } else if ((in.peek() == 'C' || in.peek() == 'D') && scope != null) {
      name = structor(scope, traits);
    } else {
      name = operator(traits);
    }
    name = abiTags(name);
    in.leave();
    return name;
  }

  /** The name with the tags of the ABI that follow it. */
  CxxNode abiTags(CxxNode name) {
    CxxNode tagged = name;
    while (in.eat('B')) {
      tagged = new Tagged(tagged, in.take(in.decimal()));
    }
    return tagged;
  }

  /** An identifier with its length before it. */
  CxxNode source() {
    String text = in.take(in.decimal());
    if (text.isEmpty()) {
      throw new NotMangledException("no name");
    }
    return new Name(text.startsWith("_GLOBAL__N") ? "(anonymous namespace)" : text);
  }

  private CxxNode lambda() {
    List<CxxNode> parameters = types.lambdaParameters();
    return new Lambda(parameters, ordinal());
  }

  /** Which of several things without a name it is, from 1 on. */
  private int ordinal() {
    int number = in.atDigit() ? in.decimal() + 2 : 1;
    in.expect('_');
    return number;
  }

  private CxxNode operator(@Nullable Traits traits) {
    if (in.eat("cv")) {
      if (traits != null) {
        traits.hasNoResult = true;
      }
      return Row.of(new Name("operator "), types.conversion(traits != null));
    }
    if (in.eat("li")) {
      return Row.of(new Name("operator\"\" "), source());
    }
    CxxOperator found = CxxOperator.of(in.take(2));
    if (found == null) {
      throw new NotMangledException("no operator");
    }
    boolean word = Character.isLetter(found.symbol().charAt(0));
    return new Name("operator" + (word ? " " : "") + found.symbol().stripTrailing());
  }
}
