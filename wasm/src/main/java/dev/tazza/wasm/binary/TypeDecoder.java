package dev.tazza.wasm.binary;

import static dev.tazza.wasm.binary.BinaryReader.malformed;

import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.module.WasmModuleBuilder;
import dev.tazza.wasm.type.ArrayType;
import dev.tazza.wasm.type.CompositeType;
import dev.tazza.wasm.type.FieldType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.StorageType;
import dev.tazza.wasm.type.StructType;
import dev.tazza.wasm.type.SubType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.ValType;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes types (specification, section 5.3). Types of features that are off are for validation to
 * refuse.
 */
final class TypeDecoder {

  private final ModuleLimits limits;

  TypeDecoder(ModuleLimits limits) {
    this.limits = limits;
  }

  /** Decodes an entry of the type section: a recursion group, which mostly is a single type. */
  void group(BinaryReader in, WasmModuleBuilder module) {
    int at = in.position();
    int form = in.u8();
    if (form != ModuleFormat.RECURSION_GROUP) {
      module.type(subType(form, in, at));
      return;
    }
    int count = in.count();
    limits.check(ModuleLimit.GROUP, count, at);
    List<SubType> types = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int start = in.position();
      types.add(subType(in.u8(), in, start));
    }
    module.types(types);
  }

  private SubType subType(int form, BinaryReader in, int at) {
    if (form != ModuleFormat.SUB_TYPE && form != ModuleFormat.SUB_FINAL_TYPE) {
      return SubType.of(compositeType(form, in, at));
    }
    int supertypes = in.count();
    if (supertypes > 1) {
      throw new ValidationException(
          "sub type: a type may have one supertype, not " + supertypes, at);
    }
    int supertype = supertypes == 0 ? SubType.NONE : in.index();
    int start = in.position();
    return new SubType(
        form == ModuleFormat.SUB_FINAL_TYPE, supertype, compositeType(in.u8(), in, start));
  }

  private CompositeType compositeType(int form, BinaryReader in, int at) {
    return switch (form) {
      case ModuleFormat.FUNC_TYPE -> {
        List<ValType> params = resultType(in, ModuleLimit.PARAMS);
        yield new FuncType(params, resultType(in, ModuleLimit.RESULTS));
      }
      case ModuleFormat.STRUCT_TYPE -> structType(in);
      case ModuleFormat.ARRAY_TYPE -> new ArrayType(fieldType(in));
      default ->
          throw malformed(
              form >= 0x80 ? "integer representation too long" : "malformed type form " + form, at);
    };
  }

  private StructType structType(BinaryReader in) {
    int at = in.position();
    int count = in.count();
    limits.check(ModuleLimit.FIELDS, count, at);
    List<FieldType> fields = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      fields.add(fieldType(in));
    }
    return new StructType(fields);
  }

  private static FieldType fieldType(BinaryReader in) {
    StorageType storage = StorageType.ofCode(in.storageType());
    return new FieldType(storage, mutability(in));
  }

  private List<ValType> resultType(BinaryReader in, ModuleLimit limit) {
    int at = in.position();
    int count = in.count();
    limits.check(limit, count, at);
    if (count == 0) {
      return List.of();
    }
    if (count == 1) {
      return List.of(ValType.ofCode(in.valType()));
    }
    ValType[] types = new ValType[count];
    for (int i = 0; i < count; i++) {
      types[i] = ValType.ofCode(in.valType());
    }
    return List.of(types);
  }

  /** Whether a table has an initial value after its type; moves past what says so. */
  boolean tableHasInit(BinaryReader in) {
    int at = in.position();
    if (in.remaining() == 0 || (in.bytes[at] & 0xFF) != ModuleFormat.TABLE_WITH_INIT) {
      return false;
    }
    in.skip(1);
    if (in.u8() != 0) {
      throw malformed("malformed table", at);
    }
    return true;
  }

  TableType tableType(BinaryReader in) {
    RefType element = (RefType) ValType.ofCode(in.refType());
    int at = in.position();
    int flags = flags(in);
    if ((flags & ModuleFormat.LIMITS_PAGE_SIZE) != 0) {
      throw malformed("malformed limits flags " + flags, at);
    }
    return new TableType(element, limits(flags, in));
  }

  MemoryType memoryType(BinaryReader in) {
    int flags = flags(in);
    Limits limits = limits(flags, in);
    if ((flags & ModuleFormat.LIMITS_PAGE_SIZE) == 0) {
      return new MemoryType(limits);
    }
    int at = in.position();
    int pageSize = in.u32();
    if (Integer.compareUnsigned(pageSize, 64) >= 0) {
      throw malformed("invalid custom page size: 2**" + Integer.toUnsignedString(pageSize), at);
    }
    return new MemoryType(limits, pageSize);
  }

  GlobalType globalType(BinaryReader in) {
    ValType type = ValType.ofCode(in.valType());
    return new GlobalType(type, mutability(in));
  }

  private static boolean mutability(BinaryReader in) {
    int at = in.position();
    int mutability = in.u8();
    if (mutability > 1) {
      throw malformed("malformed mutability " + mutability, at);
    }
    return mutability == 1;
  }

  private static int flags(BinaryReader in) {
    int at = in.position();
    int flags = in.u8();
    if (flags
        > (ModuleFormat.LIMITS_MAXIMUM
            | ModuleFormat.LIMITS_SHARED
            | ModuleFormat.LIMITS_64
            | ModuleFormat.LIMITS_PAGE_SIZE)) {
      throw malformed("malformed limits flags " + flags, at);
    }
    return flags;
  }

  /** Sizes are 64-bit numbers for any index type, as in the 3.0 grammar: validation bounds them. */
  private static Limits limits(int flags, BinaryReader in) {
    long minimum = in.u64();
    boolean hasMaximum = (flags & ModuleFormat.LIMITS_MAXIMUM) != 0;
    long maximum = hasMaximum ? in.u64() : 0;
    boolean is64 = (flags & ModuleFormat.LIMITS_64) != 0;
    boolean shared = (flags & ModuleFormat.LIMITS_SHARED) != 0;
    return new Limits(minimum, hasMaximum, maximum, is64, shared);
  }
}
