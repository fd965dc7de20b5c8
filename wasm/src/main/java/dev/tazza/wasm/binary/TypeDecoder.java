package dev.tazza.wasm.binary;

import static dev.tazza.wasm.binary.BinaryReader.malformed;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.type.CompositeType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.ValType;
import java.util.List;

/**
 * Decodes types (specification, section 5.3). Types of features that are off are for validation to
 * refuse.
 */
final class TypeDecoder {

  private static final int LIMITS_MAXIMUM = 1;
  private static final int LIMITS_SHARED = 2;
  private static final int LIMITS_64 = 4;

  /** A table with an initial value, of the function references proposal. */
  private static final int TABLE_WITH_INIT = 0x40;

  private final ModuleLimits limits;

  TypeDecoder(ModuleLimits limits) {
    this.limits = limits;
  }

  /** An entry of the type section. */
  CompositeType compositeType(BinaryReader in) {
    int at = in.position();
    int form = in.u8();
    return switch (form) {
      case ModuleFormat.FUNC_TYPE -> {
        List<ValType> params = resultType(in, ModuleLimit.PARAMS);
        yield new FuncType(params, resultType(in, ModuleLimit.RESULTS));
      }
      case 0x4E, 0x4F, 0x50, 0x5E, 0x5F ->
          throw new ValidationException(
              Features.missing(Feature.GC, "type form 0x" + Integer.toHexString(form)), at);
      default ->
          throw malformed(
              form >= 0x80 ? "integer representation too long" : "malformed type form " + form, at);
    };
  }

  private List<ValType> resultType(BinaryReader in, ModuleLimit limit) {
    int at = in.position();
    int count = in.count();
    limits.check(limit, count, at);
    ValType[] types = new ValType[count];
    for (int i = 0; i < count; i++) {
      types[i] = ValType.ofCode(in.valType());
    }
    return List.of(types);
  }

  TableType tableType(BinaryReader in) {
    int at = in.position();
    if (in.remaining() > 0 && (in.bytes[at] & 0xFF) == TABLE_WITH_INIT) {
      throw new ValidationException(
          Features.missing(Feature.FUNCTION_REFERENCES, "table with an initial value"), at);
    }
    RefType element = (RefType) ValType.ofCode(in.refType());
    return new TableType(element, limits(in));
  }

  MemoryType memoryType(BinaryReader in) {
    return new MemoryType(limits(in));
  }

  GlobalType globalType(BinaryReader in) {
    ValType type = ValType.ofCode(in.valType());
    int at = in.position();
    int mutability = in.u8();
    if (mutability > 1) {
      throw malformed("malformed mutability " + mutability, at);
    }
    return new GlobalType(type, mutability == 1);
  }

  /** Sizes are 64-bit numbers for any index type, as in the 3.0 grammar: validation bounds them. */
  private static Limits limits(BinaryReader in) {
    int at = in.position();
    int flags = in.u8();
    if (flags > (LIMITS_MAXIMUM | LIMITS_SHARED | LIMITS_64)) {
      throw malformed("malformed limits flags " + flags, at);
    }
    long minimum = in.u64();
    boolean hasMaximum = (flags & LIMITS_MAXIMUM) != 0;
    long maximum = hasMaximum ? in.u64() : 0;
    boolean is64 = (flags & LIMITS_64) != 0;
    boolean shared = (flags & LIMITS_SHARED) != 0;
    return new Limits(minimum, hasMaximum, maximum, is64, shared);
  }
}
