package dev.tazza.codegen.opt;

import static dev.tazza.codegen.opt.algebra.Algebra.make;

import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.algebra.BitAlgebra;
import org.jspecify.annotations.Nullable;

/** Store-to-load forwarding: what a load gives right after a store to the same address. */
final class ForwardStore {
  private ForwardStore() {}

  /**
   * The value that {@code load} would give, made at {@code at}, or null when that is not known.
   *
   * @param store the last store that may overlap with the load
   */
  static @Nullable Inst forward(Inst store, Inst load, Cursor at) {
    MemoryAccess stored = store.access;
    MemoryAccess loaded = load.access;
    if (stored == null
        || loaded == null
        || store.op != Opcode.STORE
        || store.args[0] != load.args[0]
        || store.imm != load.imm
        || loaded.bytes() > stored.bytes()) {
      return null;
    }
    Inst value = store.args[1];
    if (value.type.isInt() && load.type.isInt()) {
      return extend(value, load.type, loaded, at);
    }
    boolean whole = loaded.bytes() == stored.bytes() && stored.bytes() == value.type.bytes();
    if (!whole || value.type.bytes() != load.type.bytes()) {
      return null;
    }
    if (value.type != load.type && (value.type == Type.REF || load.type == Type.REF)) {
      return null; // a reference is nothing else
    }
    return value.type == load.type ? value : make(at, Opcode.BITCAST, load.type, value);
  }

  /** The low bytes of {@code value}, extended as the load does. */
  private static Inst extend(Inst value, Type type, MemoryAccess access, Cursor at) {
    int bytes = access.bytes();
    if (type == Type.I64 && bytes == 4) {
      Inst low = value.type == Type.I32 ? value : make(at, Opcode.WRAP, Type.I32, value);
      return make(at, access.signed() ? Opcode.SEXTEND : Opcode.UEXTEND, Type.I64, low);
    }
    Inst resized = value;
    if (value.type != type) {
      resized = make(at, type == Type.I32 ? Opcode.WRAP : Opcode.UEXTEND, type, value);
    }
    if (bytes == type.bytes()) {
      return resized;
    }
    if (!access.signed()) {
      return make(at, Opcode.AND, resized, BitAlgebra.lowMask(bytes * 8));
    }
    return make(at, bytes == 1 ? Opcode.EXTEND8_S : Opcode.EXTEND16_S, type, resized);
  }
}
