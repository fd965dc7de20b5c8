package dev.tazza.sandbox;

import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.TypeCode;
import dev.tazza.wasm.type.ValType;
import java.util.Arrays;
import java.util.List;

/**
 * Where the parameters and results of a function type travel, from the description of the calling
 * convention and not from the compiler's code for it. Immutable.
 *
 * <p>Each value has a place: an integer register, {@link #VECTOR} for a vector register (no address
 * is ever in one, so which one does not matter), or on the stack. A stack argument is at its offset
 * above the return address, a stack result behind the arguments.
 */
final class Convention {
  static final int VECTOR = -2;
  static final int ON_STACK = -1;

  /** What has to be true of a value, besides being one. */
  enum Claim {
    NONE,
    /** In a register the upper half is zero. */
    U32,
    /** A function reference of this store, or null. */
    REFERENCE
  }

  private static final int[] INT_PARAMS = {0, 1, 2, 6, 7, 8, 9, 10};
  private static final int[] INT_RESULTS = {0, 1, 2, 6, 7, 8};
  private static final int VECTOR_PARAMS = 8;
  private static final int VECTOR_RESULTS = 6;

  /**
   * One side: parameters or results. The callee pops the bytes of its parameters; those of its
   * results are what it may write behind.
   *
   * @param types of references to functions, see {@link ReferenceTypes}
   */
  record ProofValues(
      int[] registers, int[] offsets, int[] sizes, Claim[] claims, int[] types, int stackBytes) {
    int count() {
      return registers.length;
    }
  }

  final ProofValues params;
  final ProofValues results;

  private Convention(ProofValues params, ProofValues results) {
    this.params = params;
    this.results = results;
  }

  /** Whether all values travel alike, and, types of references aside, the same is true of them. */
  boolean isLike(Convention other) {
    return areLike(params, other.params) && areLike(results, other.results);
  }

  private static boolean areLike(ProofValues one, ProofValues other) {
    return Arrays.equals(one.registers, other.registers)
        && Arrays.equals(one.offsets, other.offsets)
        && Arrays.equals(one.sizes, other.sizes)
        && Arrays.equals(one.claims, other.claims);
  }

  static Convention of(FuncType type, ReferenceTypes types) {
    return new Convention(
        place(codes(type.params()), types, INT_PARAMS, VECTOR_PARAMS, 16),
        place(codes(type.results()), types, INT_RESULTS, VECTOR_RESULTS, 8));
  }

  /** Of nothing. */
  static Convention none() {
    ProofValues none =
        new ProofValues(new int[0], new int[0], new int[0], new Claim[0], new int[0], 0);
    return new Convention(none, none);
  }

  /**
   * The same for code that serves all types whose values travel alike: it has to hand on each
   * reference as what it came as.
   */
  Convention unnamed() {
    return new Convention(unnamed(params, false), unnamed(results, true));
  }

  private static ProofValues unnamed(ProofValues values, boolean areResults) {
    int[] types = values.types.clone();
    for (int i = 0; i < types.length; i++) {
      if (types[i] != ReferenceTypes.NONE) {
        types[i] = ReferenceTypes.unnamed(areResults, i);
      }
    }
    return new ProofValues(
        values.registers, values.offsets, values.sizes, values.claims, types, values.stackBytes);
  }

  private static int[] codes(List<ValType> types) {
    int[] codes = new int[types.size()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = types.get(i).code();
    }
    return codes;
  }

  private static ProofValues place(
      int[] types,
      ReferenceTypes references,
      int[] intRegisters,
      int vectorRegisters,
      int alignment) {
    int count = types.length;
    int[] registers = new int[count];
    int[] offsets = new int[count];
    int[] sizes = new int[count];
    Claim[] claims = new Claim[count];
    int[] referenceTypes = new int[count];
    int ints = 0;
    int vectors = 0;
    int bytes = 0;
    for (int i = 0; i < count; i++) {
      int type = types[i];
      boolean isVector = type == TypeCode.F32 || type == TypeCode.F64 || type == TypeCode.V128;
      sizes[i] = type == TypeCode.V128 ? 16 : type == TypeCode.I32 || type == TypeCode.F32 ? 4 : 8;
      referenceTypes[i] = references.of(type);
      claims[i] =
          type == TypeCode.I32
              ? Claim.U32
              : referenceTypes[i] != ReferenceTypes.NONE ? Claim.REFERENCE : Claim.NONE;
      if (!isVector && ints < intRegisters.length) {
        registers[i] = intRegisters[ints++];
      } else if (isVector && vectors < vectorRegisters) {
        registers[i] = VECTOR;
        vectors++;
      } else {
        int slot = type == TypeCode.V128 ? 16 : 8;
        bytes = bytes + slot - 1 & -slot;
        registers[i] = ON_STACK;
        offsets[i] = bytes;
        bytes += slot;
      }
    }
    int stackBytes = bytes + alignment - 1 & -alignment;
    return new ProofValues(registers, offsets, sizes, claims, referenceTypes, stackBytes);
  }
}
