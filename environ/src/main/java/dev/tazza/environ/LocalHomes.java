package dev.tazza.environ;

import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.TypeCode;
import org.jspecify.annotations.Nullable;

/**
 * What a function's frame keeps for debuggers and core dumps, where {@link Tunables#keepsLocals}:
 * the address of the instance context, then the locals, parameters first. Offsets in bytes from
 * {@link CodeSymbol#homes}. A local's home is written wherever the local is; nothing reads it but
 * who looks at the frame from outside.
 *
 * <pre>
 *   0    instance context
 *   8    locals: 8 bytes each, vectors 16, smaller ones in the low bytes
 * </pre>
 */
public final class LocalHomes {
  /** Of the instance context. */
  public static final int CONTEXT = 0;

  private static final int WORD = 8;

  private final int[] types;
  private final int[] offsets;
  private final int size;

  /** Those of the function whose body {@code reader} has opened. */
  public LocalHomes(OperatorReader reader) {
    types = new int[reader.localCount()];
    offsets = new int[types.length];
    int at = CONTEXT + WORD;
    for (int i = 0; i < offsets.length; i++) {
      types[i] = reader.localType(i);
      offsets[i] = at;
      at += types[i] == TypeCode.V128 ? 2 * WORD : WORD;
    }
    size = at;
  }

  /** Those of a function that the module defines; null when nothing is known of its locals. */
  public static @Nullable LocalHomes of(WasmModule module, int functionIndex) {
    FunctionBody declarations = module.localDeclarations(functionIndex);
    if (declarations == null) {
      return null;
    }
    OperatorReader reader = new OperatorReader(module.bytes());
    reader.openBody(module, declarations);
    return new LocalHomes(reader);
  }

  /** Bytes of all. */
  public int size() {
    return size;
  }

  /** How many locals there are. */
  public int count() {
    return offsets.length;
  }

  /** The {@link TypeCode} of a local. */
  public int type(int local) {
    return types[local];
  }

  /** Where a local is. */
  public int offset(int local) {
    return offsets[local];
  }
}
