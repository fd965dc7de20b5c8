package dev.tazza.wasm.binary;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.dwarf.DebugSections;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.module.WasmModule;

/**
 * What of a module is left to know once its functions are compiled: the binary without the code
 * section and without custom sections other than the names and, if wanted, those with debug
 * information, to which belongs where the code section and the functions' bodies were. No module by
 * the specification, because there are no bodies.
 */
public final class ModuleSkeleton {
  private ModuleSkeleton() {}

  /**
   * The skeleton of a module, which may have been one already.
   *
   * @param debug whether debug information is kept
   */
  public static byte[] of(WasmModule module, boolean debug) {
    byte[] bytes = module.bytes();
    BinaryReader in = BinaryReader.ofModule(bytes);
    in.skip(ModuleFormat.HEADER_SIZE);
    BinaryWriter out = new BinaryWriter().header();
    if (debug && module.codeSection() >= 0) {
      codeOffset(out, module);
      locals(out, module);
    }
    while (in.remaining() > 0) {
      int start = in.position();
      int id = in.u8();
      int size = in.count();
      BinaryReader section = new BinaryReader(bytes, in.position(), in.position() + size);
      in.skip(size);
      boolean needed =
          id == SectionId.CUSTOM ? isNeeded(section.name(), debug) : id != SectionId.CODE;
      if (needed) {
        out.bytes(bytes, start, in.position());
      }
    }
    return out.toByteArray();
  }

  private static boolean isNeeded(String customSection, boolean debug) {
    return customSection.equals(ModuleFormat.NAME_SECTION)
        || debug && DebugSections.isRead(customSection);
  }

  /** Where the code section was, and how far from there each body began, and its size. */
  private static void codeOffset(BinaryWriter out, WasmModule module) {
    BinaryWriter section = new BinaryWriter();
    section.name(ModuleFormat.CODE_OFFSET_SECTION).u32(module.codeSection());
    int at = module.codeSection();
    for (int i = 0; module.hasBodies() && i < module.definedFunctionCount(); i++) {
      FunctionBody body = module.body(module.importedFunctionCount() + i);
      section.u32(body.start() - at).u32(body.size());
      at = body.end();
    }
    out.section(SectionId.CUSTOM, section);
  }

  private static void locals(BinaryWriter out, WasmModule module) {
    BinaryWriter section = new BinaryWriter().name(ModuleFormat.LOCALS_SECTION);
    OperatorReader reader = new OperatorReader(module.bytes());
    for (int i = 0; i < module.definedFunctionCount(); i++) {
      FunctionBody body = module.localDeclarations(module.importedFunctionCount() + i);
      if (body == null) {
        return;
      }
      reader.openBody(module, body);
      section.bytes(module.bytes(), body.start(), reader.position());
    }
    out.section(SectionId.CUSTOM, section);
  }

  /**
   * The module that a skeleton was made of. Of its functions' bodies at most the places are known:
   * {@link WasmModule#hasBodies}.
   *
   * @throws MalformedException and others, as {@link ModuleDecoder#decode} does
   */
  public static WasmModule decode(byte[] skeleton, ModuleLimits limits) {
    return ModuleDecoder.decodeSkeleton(skeleton, limits);
  }
}
