package dev.tazza;

import dev.tazza.wasm.binary.ModuleLimit;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.TagType;
import dev.tazza.wasm.type.ValType;
import dev.tazza.wasm.type.VecType;
import java.util.List;

/**
 * Checks the types of what Java code makes and modules import. Compiled code relies on the bounds
 * that validation sees to; nothing has validated these.
 *
 * <p>Bounds that are broken give an {@link IllegalArgumentException}, features that are not there
 * an {@link UnsupportedOperationException}.
 */
final class HostTypes {
  /** The most pages of 64 KiB that 32-bit addresses reach. */
  private static final long MAXIMUM_PAGES = 1L << 16;

  private static final long MAXIMUM_PAGES_64 = 1L << 48;

  /** Of elements, and of pages that are a byte. */
  private static final long MAXIMUM_32 = (1L << 32) - 1;

  private static final long MAXIMUM_64 = -1;

  private HostTypes() {}

  static void check(FuncType type) {
    values(type.params(), ModuleLimit.PARAMS);
    values(type.results(), ModuleLimit.RESULTS);
  }

  static void check(TagType type) {
    if (!type.function().results().isEmpty()) {
      throw new IllegalArgumentException("a tag has no results: " + type);
    }
    values(type.function().params(), ModuleLimit.PARAMS);
  }

  private static void values(List<ValType> types, ModuleLimit limit) {
    if (types.size() > limit.byDefault()) {
      throw new IllegalArgumentException(
          "a function can have %d %s, not %d"
              .formatted(limit.byDefault(), limit.what(), types.size()));
    }
    types.forEach(HostTypes::value);
  }

  private static void value(ValType type) {
    boolean works =
        switch (type) {
          case NumType _, VecType _ -> true;
          default ->
              type.equals(ValType.FUNCREF)
                  || type.equals(ValType.EXTERNREF)
                  || type.equals(ValType.EXNREF);
        };
    if (!works) {
      throw new UnsupportedOperationException("values of type " + type + " do not work yet");
    }
  }

  static void check(MemoryType type) {
    boolean is64 = type.limits().is64();
    long most =
        switch (type.pageSizeLog2()) {
          case MemoryType.DEFAULT_PAGE_SIZE_LOG2 -> is64 ? MAXIMUM_PAGES_64 : MAXIMUM_PAGES;
          case 0 -> is64 ? MAXIMUM_64 : MAXIMUM_32;
          default ->
              throw new IllegalArgumentException(
                  "pages are of 1 or 65536 bytes, not of 2^" + type.pageSizeLog2());
        };
    if (type.limits().shared() && !type.limits().hasMaximum()) {
      throw new IllegalArgumentException("a shared memory must have a maximum: " + type);
    }
    check(type.limits(), most, "a memory of pages");
  }

  static void check(TableType type) {
    value(type.elementType());
    if (type.limits().shared()) {
      throw new IllegalArgumentException("a table cannot be shared: " + type);
    }
    check(type.limits(), type.limits().is64() ? MAXIMUM_64 : MAXIMUM_32, "a table of elements");
  }

  static void check(GlobalType type) {
    value(type.valueType());
  }

  private static void check(Limits limits, long most, String what) {
    long maximum = limits.hasMaximum() ? limits.maximum() : most;
    if (Long.compareUnsigned(maximum, limits.minimum()) < 0
        || Long.compareUnsigned(maximum, most) > 0) {
      throw new IllegalArgumentException(
          "%s from %s to %s: the bounds must be in order, and at most %s"
              .formatted(
                  what,
                  Long.toUnsignedString(limits.minimum()),
                  Long.toUnsignedString(maximum),
                  Long.toUnsignedString(most)));
    }
  }
}
