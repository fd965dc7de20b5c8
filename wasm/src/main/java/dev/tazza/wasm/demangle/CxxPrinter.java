package dev.tazza.wasm.demangle;

import dev.tazza.wasm.demangle.CxxNode.ArrayOf;
import dev.tazza.wasm.demangle.CxxNode.Expansion;
import dev.tazza.wasm.demangle.CxxNode.Forward;
import dev.tazza.wasm.demangle.CxxNode.Function;
import dev.tazza.wasm.demangle.CxxNode.FunctionType;
import dev.tazza.wasm.demangle.CxxNode.Indirect;
import dev.tazza.wasm.demangle.CxxNode.Instance;
import dev.tazza.wasm.demangle.CxxNode.Lambda;
import dev.tazza.wasm.demangle.CxxNode.Listing;
import dev.tazza.wasm.demangle.CxxNode.MemberPointer;
import dev.tazza.wasm.demangle.CxxNode.Name;
import dev.tazza.wasm.demangle.CxxNode.Nested;
import dev.tazza.wasm.demangle.CxxNode.Pack;
import dev.tazza.wasm.demangle.CxxNode.Qualified;
import dev.tazza.wasm.demangle.CxxNode.Row;
import dev.tazza.wasm.demangle.CxxNode.Standard;
import dev.tazza.wasm.demangle.CxxNode.Structor;
import dev.tazza.wasm.demangle.CxxNode.Tagged;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tree of a C++ name, as GNU's {@code c++filt -i} does, with short names of strings.
 * Each type has two sides: what is written before the name that is declared, and what behind it.
 */
final class CxxPrinter {
  private static final int MOST_STEPS = 50_000;
  private static final int MOST_DEPTH = 256;

  /** No pack was met in the expansion yet. */
  private static final int UNKNOWN = -1;

  private final StringBuilder out = new StringBuilder();
  private int steps;
  private int depth;

  /** Over 0 within the parameters of a lambda. */
  private int lambdas;

  /** Within expansions: which element is written, and how many there are. */
  private boolean expanding;

  private int packIndex;
  private int packSize;

  private CxxPrinter() {}

  static String print(CxxNode node) {
    CxxPrinter printer = new CxxPrinter();
    printer.whole(node);
    return printer.out.toString();
  }

  private void print(String text) {
    out.append(text);
    if (out.length() > Demangler.MOST_DEMANGLED) {
      throw new NotMangledException("too long");
    }
  }

  private void whole(CxxNode node) {
    left(node);
    right(node);
  }

  private void enter() {
    if (++steps > MOST_STEPS || ++depth > MOST_DEPTH) {
      throw new NotMangledException("too complicated");
    }
  }

  private void left(CxxNode node) {
    enter();
    switch (node) {
      case Name(String text) -> print(text);
      case Standard standard -> print(standard.text());
      case Nested(CxxNode scope, CxxNode name) -> {
        boolean standardOwner = scope instanceof Standard && name instanceof Structor;
        if (standardOwner) {
          print(((Standard) scope).whole());
        } else {
          whole(scope);
        }
        print("::");
        whole(name);
      }
      case Instance(CxxNode template, List<CxxNode> arguments) -> {
        whole(template);
        print(out.toString().endsWith("<") ? " <" : "<"); // operator<
        list(arguments);
        print(">");
      }
      case Tagged(CxxNode name, String tag) -> {
        whole(name);
        print("[abi:" + tag + "]");
      }
      case Structor(CxxNode owner, boolean destructor) -> {
        print(destructor ? "~" : "");
        whole(baseName(owner));
      }
      case Qualified(CxxNode type, String qualifiers) -> {
        left(type);
        print(qualifiers);
      }
      case Indirect indirect -> indirectLeft(indirect);
      case MemberPointer(CxxNode owner, CxxNode member) -> {
        left(member);
        print(resolve(member) instanceof FunctionType ? "(" : " ");
        whole(owner);
        print("::*");
      }
      case ArrayOf(CxxNode element, CxxNode _) -> left(element);
      case FunctionType type -> {
        left(type.result());
        print(isOpen(type.result()) ? "" : " ");
      }
      case Function function -> function(function);
      case Row(List<CxxNode> parts) -> parts.forEach(this::whole);
      case Listing(List<CxxNode> parts) -> list(parts);
      case Pack pack -> pack(pack);
      case Expansion(CxxNode pattern) -> expand(pattern);
      case Lambda(List<CxxNode> parameters, int ordinal) -> {
        print("{lambda(");
        lambdas++;
        list(parameters);
        lambdas--;
        print(")#" + ordinal + "}");
      }
      case Forward forward -> {
        if (isAuto(forward)) {
          print("auto:" + (forward.index + 1));
        } else {
          left(target(forward));
        }
      }
    }
    depth--;
  }

  private void right(CxxNode node) {
    enter();
    switch (node) {
      case Qualified(CxxNode type, String _) -> right(type);
      case Indirect(CxxNode type, String _) -> {
        CxxNode to = collapsed(type);
        print(needsParentheses(to) ? ")" : "");
        right(to);
      }
      case MemberPointer(CxxNode _, CxxNode member) -> {
        print(resolve(member) instanceof FunctionType ? ")" : "");
        right(member);
      }
      case ArrayOf(CxxNode element, CxxNode size) -> {
        print(out.charAt(out.length() - 1) == ']' ? "[" : " [");
        whole(size);
        print("]");
        right(element);
      }
      case FunctionType type -> {
        print("(");
        list(type.parameters());
        print(")" + type.qualifiers());
        right(type.result());
      }
      case Pack(List<CxxNode> elements) -> {
        CxxNode element = elementOf(elements);
        if (element != null) {
          right(element);
        }
      }
      case Forward forward -> {
        if (!isAuto(forward)) {
          right(target(forward));
        }
      }
      default -> {}
    }
    depth--;
  }

  private boolean isAuto(Forward forward) {
    return forward.ofLambda && lambdas > 0;
  }

  private static CxxNode target(Forward forward) {
    CxxNode target = forward.target;
    if (target == null) {
      throw new NotMangledException("a parameter without an argument");
    }
    return target;
  }

  /** What a node stands for here. */
  private CxxNode resolve(CxxNode node) {
    CxxNode at = node;
    for (int i = 0; i < MOST_DEPTH; i++) {
      if (at instanceof Forward forward && !isAuto(forward)) {
        at = target(forward);
      } else if (at instanceof Pack(List<CxxNode> elements)
          && elementOf(elements) instanceof CxxNode element) {
        at = element;
      } else if (at instanceof Qualified(CxxNode type, String _)) {
        at = type;
      } else {
        return at;
      }
    }
    throw new NotMangledException("too complicated");
  }

  private boolean needsParentheses(CxxNode to) {
    CxxNode type = resolve(to);
    return type instanceof FunctionType || type instanceof ArrayOf;
  }

  /** Whether a type goes on behind the name, in parentheses. */
  private boolean isOpen(CxxNode type) {
    CxxNode at = resolve(type);
    for (int i = 0; i < MOST_DEPTH && at instanceof Indirect(CxxNode to, String _); i++) {
      at = resolve(to);
      if (at instanceof FunctionType || at instanceof ArrayOf) {
        return true;
      }
    }
    return at instanceof MemberPointer(CxxNode _, CxxNode member)
        && resolve(member) instanceof FunctionType;
  }

  /** A reference to a reference is one: that of the inner kind if one of them is {@code &}. */
  private CxxNode collapsed(CxxNode type) {
    CxxNode at = resolveAlias(type);
    while (at instanceof Indirect(CxxNode to, String symbol) && symbol.startsWith("&")) {
      at = resolveAlias(to);
    }
    return at;
  }

  private CxxNode resolveAlias(CxxNode type) {
    return type instanceof Forward || type instanceof Pack ? resolve(type) : type;
  }

  private void indirectLeft(Indirect indirect) {
    String symbol = indirect.symbol();
    CxxNode to = indirect.type();
    if (symbol.startsWith("&")) {
      CxxNode at = resolveAlias(to);
      while (at instanceof Indirect(CxxNode inner, String other) && other.startsWith("&")) {
        symbol = other.length() < symbol.length() ? other : symbol;
        at = resolveAlias(inner);
      }
      to = at;
    }
    left(to);
    if (needsParentheses(to)) {
      print(resolve(to) instanceof FunctionType ? "(" : " (");
    }
    print(symbol);
  }

  private void function(Function function) {
    CxxNode result = function.result();
    if (result != null) {
      left(result);
      print(isOpen(result) ? "" : " ");
    }
    whole(function.name());
    print("(");
    list(function.parameters());
    print(")");
    if (result != null) {
      right(result);
    }
    print(function.qualifiers());
  }

  private void list(List<CxxNode> parts) {
    boolean first = true;
    for (CxxNode part : parts) {
      int before = out.length();
      print(first ? "" : ", ");
      int begin = out.length();
      whole(part);
      if (out.length() == begin) {
        out.setLength(before); // an empty pack
      } else {
        first = false;
      }
    }
  }

  private void pack(Pack pack) {
    List<CxxNode> elements = pack.elements();
    if (!expanding) {
      list(elements);
      return;
    }
    CxxNode element = elementOf(elements);
    if (element != null) {
      left(element);
    }
  }

  /** The element of a pack that is to be written, or null. The first pack says how many. */
  private @Nullable CxxNode elementOf(List<CxxNode> elements) {
    if (!expanding) {
      return null;
    }
    if (packSize == UNKNOWN) {
      packSize = elements.size();
    }
    return packIndex < elements.size() ? elements.get(packIndex) : null;
  }

  private void expand(CxxNode pattern) {
    boolean outer = expanding;
    int outerIndex = packIndex;
    int outerSize = packSize;
    expanding = true;
    packIndex = 0;
    packSize = UNKNOWN;
    int begin = out.length();
    whole(pattern);
    if (packSize == UNKNOWN) {
      print("...");
    } else if (packSize == 0) {
      out.setLength(begin);
    }
    for (packIndex = 1; packIndex < packSize; packIndex++) {
      print(", ");
      whole(pattern);
    }
    expanding = outer;
    packIndex = outerIndex;
    packSize = outerSize;
  }

  /** The name of a class without its scope and template arguments. */
  private static CxxNode baseName(CxxNode owner) {
    CxxNode at = owner;
    for (int i = 0; i < MOST_DEPTH; i++) {
      switch (at) {
        case Nested(CxxNode _, CxxNode name) -> at = name;
        case Instance(CxxNode template, List<CxxNode> _) -> at = template;
        case Tagged(CxxNode name, String _) -> at = name;
        case Standard standard -> {
          return new Name(standard.base());
        }
        default -> {
          return at;
        }
      }
    }
    throw new NotMangledException("too complicated");
  }
}
