package dev.tazza.wasm.demangle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a C++ name: what is mangled from left to right has to be written around the name it
 * declares ({@code int (*f())[3]}), so there is a tree between. Parts that a name repeats are one
 * object in several places. {@link CxxPrinter} writes it.
 */
sealed interface CxxNode {
  /** Text as it stands. */
  record Name(String text) implements CxxNode {}

  /** One of the names of the standard library that have letters of their own. */
  record Standard(String text, String whole, String base) implements CxxNode {}

  /** {@code scope::name}. */
  record Nested(CxxNode scope, CxxNode name) implements CxxNode {}

  /** {@code template<arguments>}. */
  record Instance(CxxNode template, List<CxxNode> arguments) implements CxxNode {}

  /** A name with a tag of the ABI behind it. */
  record Tagged(CxxNode name, String tag) implements CxxNode {}

  /** The name of a class again, as that of its constructor or destructor. */
  record Structor(CxxNode owner, boolean destructor) implements CxxNode {}

  /** A type with {@code const}, {@code volatile} or others behind it. */
  record Qualified(CxxNode type, String qualifiers) implements CxxNode {}

  /** A pointer, {@code *}, or a reference, {@code &} or {@code &&}. */
  record Indirect(CxxNode type, String symbol) implements CxxNode {}

  record MemberPointer(CxxNode owner, CxxNode member) implements CxxNode {}

  record ArrayOf(CxxNode element, CxxNode size) implements CxxNode {}

  /** The type of a function. */
  record FunctionType(CxxNode result, List<CxxNode> parameters, String qualifiers)
      implements CxxNode {}

  /** A function; templates have a result. */
  record Function(
      @Nullable CxxNode result, CxxNode name, List<CxxNode> parameters, String qualifiers)
      implements CxxNode {}

  /** Parts in a row. */
  record Row(List<CxxNode> parts) implements CxxNode {
    static Row of(CxxNode... parts) {
      return new Row(List.of(parts));
    }
  }

  /** Parts with commas between. */
  record Listing(List<CxxNode> parts) implements CxxNode {}

  /** Arguments for a parameter that stands for any number of them. */
  record Pack(List<CxxNode> elements) implements CxxNode {}

  /** A pattern, once for each element of the packs in it. */
  record Expansion(CxxNode pattern) implements CxxNode {}

  /** The type of a lambda, which has no name. */
  record Lambda(List<CxxNode> parameters, int ordinal) implements CxxNode {}

  /**
   * A parameter of a template whose arguments come later in the name. In the parameters of a lambda
   * it is {@code auto}, but where they are repeated it is the argument.
   */
  final class Forward implements CxxNode {
    final int index;
    final boolean ofLambda;
    @Nullable CxxNode target;

    Forward(int index, boolean ofLambda) {
      this.index = index;
      this.ofLambda = ofLambda;
    }
  }
}
