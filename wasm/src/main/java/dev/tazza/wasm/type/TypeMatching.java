package dev.tazza.wasm.type;

import java.util.List;

/**
 * Subtyping (specification, section 3.3): whether a thing of one type may stand where another type
 * is expected. Types are {@link TypeCode}s and {@code code}s of heap types, whose type indexes mean
 * what a {@link Definitions} says.
 */
public final class TypeMatching {

  /** What is behind type indexes. */
  public interface Definitions {

    /** The shape of a type. */
    CompositeType composite(int typeIndex);

    /** Whether a type is another one, or declared its subtype over any number of steps. */
    boolean isDeclaredSubtype(int typeIndex, int supertypeIndex);
  }

  private final Definitions definitions;

  public TypeMatching(Definitions definitions) {
    this.definitions = definitions;
  }

  /** Whether a value of one type may stand where another is expected. */
  public boolean matches(int actual, int expected) {
    if (actual == expected || actual == TypeCode.UNKNOWN || expected == TypeCode.UNKNOWN) {
      return true;
    }
    return TypeCode.isReference(actual)
        && TypeCode.isReference(expected)
        && (TypeCode.isNullable(expected) || !TypeCode.isNullable(actual))
        && (actual == TypeCode.UNKNOWN_REFERENCE
            || heapMatches(TypeCode.heapType(actual), TypeCode.heapType(expected)));
  }

  /** The same for heap types. */
  public boolean heapMatches(int actual, int expected) {
    if (actual == expected) {
      return true;
    }
    if (actual >= 0) {
      return expected >= 0
          ? definitions.isDeclaredSubtype(actual, expected)
          : shape(actual).matches(AbstractHeapType.ofCode(expected));
    }
    AbstractHeapType bottom = AbstractHeapType.ofCode(actual);
    return switch (bottom) {
      case NONE, NOFUNC, NOEXTERN, NOEXN ->
          bottom.matches(expected >= 0 ? shape(expected) : AbstractHeapType.ofCode(expected));
      default -> expected < 0 && bottom.matches(AbstractHeapType.ofCode(expected));
    };
  }

  /** The type above all others of a heap type's hierarchy. */
  public AbstractHeapType top(int heapType) {
    return (heapType >= 0 ? shape(heapType) : AbstractHeapType.ofCode(heapType)).top();
  }

  /** The abstract type right above a defined one. */
  private AbstractHeapType shape(int typeIndex) {
    return switch (definitions.composite(typeIndex)) {
      case FuncType _ -> AbstractHeapType.FUNC;
      case StructType _ -> AbstractHeapType.STRUCT;
      case ArrayType _ -> AbstractHeapType.ARRAY;
    };
  }

  /** Whether a type of one shape may be declared a subtype of one of another. */
  public boolean matches(CompositeType actual, CompositeType expected) {
    return switch (actual) {
      case FuncType func ->
          expected instanceof FuncType other
              && matchAll(other.params(), func.params())
              && matchAll(func.results(), other.results());
      case StructType struct -> expected instanceof StructType other && matches(struct, other);
      case ArrayType array ->
          expected instanceof ArrayType other && matches(array.element(), other.element());
    };
  }

  private boolean matchAll(List<ValType> actual, List<ValType> expected) {
    if (actual.size() != expected.size()) {
      return false;
    }
    for (int i = 0; i < actual.size(); i++) {
      if (!matches(actual.get(i).code(), expected.get(i).code())) {
        return false;
      }
    }
    return true;
  }

  private boolean matches(StructType actual, StructType expected) {
    if (actual.fields().size() < expected.fields().size()) {
      return false;
    }
    for (int i = 0; i < expected.fields().size(); i++) {
      if (!matches(actual.fields().get(i), expected.fields().get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean matches(FieldType actual, FieldType expected) {
    int from = actual.storage().code();
    int to = expected.storage().code();
    return actual.mutable() == expected.mutable()
        && matches(from, to)
        && (!actual.mutable() || matches(to, from));
  }
}
