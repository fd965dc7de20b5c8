package dev.tazza.wasm.type;

import dev.tazza.wasm.Feature;
import org.jspecify.annotations.Nullable;

/**
 * The heap types that need no definition. The code is the signed form of the binary format's byte.
 */
public enum AbstractHeapType implements HeapType {
  FUNC(-0x10, "func", Feature.REFERENCE_TYPES),
  EXTERN(-0x11, "extern", Feature.REFERENCE_TYPES),
  ANY(-0x12, "any", Feature.GC),
  EQ(-0x13, "eq", Feature.GC),
  I31(-0x14, "i31", Feature.GC),
  STRUCT(-0x15, "struct", Feature.GC),
  ARRAY(-0x16, "array", Feature.GC),
  NONE(-0x0F, "none", Feature.GC),
  NOEXTERN(-0x0E, "noextern", Feature.GC),
  NOFUNC(-0x0D, "nofunc", Feature.GC),
  EXN(-0x17, "exn", Feature.EXCEPTIONS),
  NOEXN(-0x0C, "noexn", Feature.EXCEPTIONS);

  private static final AbstractHeapType[] TYPES = values();

  private final int code;
  private final String text;
  private final Feature feature;

  AbstractHeapType(int code, String text, Feature feature) {
    this.code = code;
    this.text = text;
    this.feature = feature;
  }

  @Override
  public int code() {
    return code;
  }

  /** The feature that introduced this heap type. */
  public Feature feature() {
    return feature;
  }

  /**
   * Whether everything of this type is also of the other one (specification, section 3.3.3). There
   * are four hierarchies: functions, exceptions, references of the host, and everything else.
   */
  public boolean matches(AbstractHeapType other) {
    if (this == other) {
      return true;
    }
    return switch (this) {
      case FUNC, EXTERN, ANY, EXN -> false;
      case EQ -> other == ANY;
      case I31, STRUCT, ARRAY -> other == EQ || other == ANY;
      case NONE -> other.top() == ANY;
      case NOFUNC -> other == FUNC;
      case NOEXTERN -> other == EXTERN;
      case NOEXN -> other == EXN;
    };
  }

  /** The type above all others of this one's hierarchy. */
  public AbstractHeapType top() {
    return switch (this) {
      case FUNC, NOFUNC -> FUNC;
      case EXTERN, NOEXTERN -> EXTERN;
      case EXN, NOEXN -> EXN;
      case ANY, EQ, I31, STRUCT, ARRAY, NONE -> ANY;
    };
  }

  /** The heap type with this code, or null when there is none. */
  public static @Nullable AbstractHeapType find(int code) {
    for (AbstractHeapType type : TYPES) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }

  static AbstractHeapType ofCode(int code) {
    AbstractHeapType type = find(code);
    if (type == null) {
      throw new IllegalArgumentException("no heap type has the code " + code);
    }
    return type;
  }

  @Override
  public String toString() {
    return text;
  }
}
