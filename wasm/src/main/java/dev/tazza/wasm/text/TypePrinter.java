package dev.tazza.wasm.text;

import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.ArrayType;
import dev.tazza.wasm.type.FieldType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.StructType;
import dev.tazza.wasm.type.SubType;

/** Prints type definitions. */
final class TypePrinter {
  private final WasmModule module;
  private final ModuleIdentifiers identifiers;
  private final InstructionPrinter instructions;
  private final StringBuilder out;

  TypePrinter(
      WasmModule module,
      ModuleIdentifiers identifiers,
      InstructionPrinter instructions,
      StringBuilder out) {
    this.module = module;
    this.identifiers = identifiers;
    this.instructions = instructions;
    this.out = out;
  }

  /** The recursion group that begins at an index; the index after it. */
  int group(int start) {
    int end = module.groupEnd(start);
    boolean enclosed = end != start + 1;
    if (enclosed) {
      out.append("\n  (rec");
    }
    for (int i = start; i < end; i++) {
      out.append(enclosed ? "\n    " : "\n  ").append("(type");
      identifiers.types.define(out, i);
      out.append(' ');
      definition(i, module.subType(i));
      out.append(')');
    }
    out.append(enclosed ? "\n  )" : "");
    return end;
  }

  private void definition(int index, SubType type) {
    boolean plain = type.isPlain();
    if (!plain) {
      out.append(type.isFinal() ? "(sub final " : "(sub ");
      if (type.supertype() != SubType.NONE) {
        identifiers.types.use(out, type.supertype());
        out.append(' ');
      }
    }
    switch (type.composite()) {
      case FuncType func -> {
        out.append("(func");
        instructions.signature(func, null);
        out.append(')');
      }
      case StructType struct -> {
        out.append("(struct");
        Identifiers names = identifiers.fields(index, struct.fields().size());
        for (int i = 0; i < struct.fields().size(); i++) {
          out.append(" (field");
          names.name(out, i);
          field(struct.fields().get(i));
          out.append(')');
        }
        out.append(')');
      }
      case ArrayType array -> {
        out.append("(array");
        field(array.element());
        out.append(')');
      }
    }
    out.append(plain ? "" : ")");
  }

  private void field(FieldType field) {
    out.append(field.mutable() ? " (mut" : "");
    instructions.valType(field.storage().code());
    out.append(field.mutable() ? ")" : "");
  }
}
