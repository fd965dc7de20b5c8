package dev.tazza.wasm;

import java.util.Objects;
import java.util.StringJoiner;

/**
 * An immutable set of {@link Feature}s, closed under {@link Feature#requires()}: switching one on
 * also switches on what it requires, switching one off also switches off what requires it.
 */
public final class Features {

  /** No extension at all: the first release of WebAssembly. */
  public static final Features NONE = new Features(0);

  /** What is standard in WebAssembly 3.0 and works: {@link Feature#onByDefault()}. */
  public static final Features DEFAULT = defaults();

  private final long bits;

  private Features(long bits) {
    this.bits = bits;
  }

  private static Features defaults() {
    long bits = 0;
    for (Feature feature : Feature.values()) {
      if (feature.onByDefault()) {
        bits |= feature.bit();
      }
    }
    return new Features(bits);
  }

  /** The set of the given features and those that they require. */
  public static Features of(Feature... features) {
    Features result = NONE;
    for (Feature feature : features) {
      result = result.with(feature);
    }
    return result;
  }

  /** A bit for each, by its place in {@link Feature}. */
  public long bits() {
    return bits;
  }

  /** What has these {@link #bits}, just as they are. */
  public static Features ofBits(long bits) {
    return new Features(bits);
  }

  public boolean has(Feature feature) {
    return (bits & feature.bit()) != 0;
  }

  /** This set with {@code feature} and everything that it requires. */
  public Features with(Feature feature) {
    long result = bits | feature.bit();
    for (Feature required : feature.requires()) {
      result |= new Features(result).with(required).bits;
    }
    return new Features(result);
  }

  /** This set without {@code feature} and everything that requires it. */
  public Features without(Feature feature) {
    Features result = new Features(bits & ~feature.bit());
    for (Feature other : Feature.values()) {
      if (result.has(other) && other.requires().contains(feature)) {
        result = result.without(other);
      }
    }
    return result;
  }

  /**
   * Checks that a feature is on.
   *
   * @param what what needs it, the start of the message
   * @param offset where it was met, or {@link WasmException#NO_OFFSET}
   * @throws ValidationException if it is off
   */
  public void require(Feature feature, String what, long offset) {
    Objects.requireNonNull(what, "what");
    if (!has(feature)) {
      throw new ValidationException(missing(feature, what), offset);
    }
  }

  /** The message of an error that says that {@code what} needs a feature that is off. */
  public static String missing(Feature feature, String what) {
    return feature.title() + " not enabled: " + Objects.requireNonNull(what, "what");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Features that && bits == that.bits;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(bits);
  }

  @Override
  public String toString() {
    StringJoiner names = new StringJoiner(", ", "{", "}");
    for (Feature feature : Feature.values()) {
      if (has(feature)) {
        names.add(feature.title());
      }
    }
    return names.toString();
  }
}
