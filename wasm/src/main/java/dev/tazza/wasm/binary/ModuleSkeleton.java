package dev.tazza.wasm.binary;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.dwarf.DebugSections;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.module.SegmentMode;
import dev.tazza.wasm.module.WasmModule;
import java.util.Arrays;

/**
 * What of a module is left to know once its functions are compiled: the binary without the code
 * section and without custom sections other than the names and, if wanted, those with debug
 * information, to which belongs where the code section and the functions' bodies were. No module by
 * the specification, because there are no bodies.
 */
public final class ModuleSkeleton {
  private ModuleSkeleton() {}

  /** For {@link #of}: all data segments are kept. */
  public static final int NO_MEMORY = -1;

  /**
   * The skeleton of a module, which may have been one already.
   *
   * @param debug whether debug information is kept
   * @param applied the memory whose active data segments are left out, to be {@link
   *     DataSegment#APPLIED}, or {@link #NO_MEMORY}
   */
  public static byte[] of(WasmModule module, boolean debug, int applied) {
    byte[] bytes = module.bytes();
    BinaryReader in = BinaryReader.ofModule(bytes);
    in.skip(ModuleFormat.HEADER_SIZE);
    BinaryWriter out = new BinaryWriter().header();
    if (debug && module.codeSection() >= 0) {
      codeOffset(out, module);
      locals(out, module);
    }
    int[] kept = kept(module, applied);
    boolean isPartial = kept.length < module.dataSegments().size();
    if (isPartial) {
      dataIndexes(out, module, kept);
    }
    while (in.remaining() > 0) {
      int start = in.position();
      int id = in.u8();
      int size = in.count();
      BinaryReader section = new BinaryReader(bytes, in.position(), in.position() + size);
      in.skip(size);
      boolean needed =
          id == SectionId.CUSTOM ? isNeeded(section.name(), debug) : id != SectionId.CODE;
      if (id == SectionId.DATA && isPartial) {
        data(out, module, kept);
      } else if (needed) {
        out.bytes(bytes, start, in.position());
      }
    }
    return out.toByteArray();
  }

  /** Indexes of the data segments that are not left out. */
  private static int[] kept(WasmModule module, int applied) {
    int[] kept = module.presentDataSegments();
    int count = 0;
    for (int index : kept) {
      DataSegment segment = module.dataSegments().get(index);
      if (segment.mode() != SegmentMode.ACTIVE || segment.memoryIndex() != applied) {
        kept[count++] = index;
      }
    }
    return Arrays.copyOf(kept, count);
  }

  private static void dataIndexes(BinaryWriter out, WasmModule module, int[] kept) {
    BinaryWriter section = new BinaryWriter();
    section.name(ModuleFormat.DATA_SECTION).u32(module.dataSegments().size());
    int last = 0;
    for (int index : kept) {
      section.u32(index - last);
      last = index;
    }
    out.section(SectionId.CUSTOM, section);
  }

  private static void data(BinaryWriter out, WasmModule module, int[] kept) {
    BinaryWriter section = new BinaryWriter().u32(kept.length);
    for (int index : kept) {
      DataSegment segment = module.dataSegments().get(index);
      ConstExpr offset = segment.memoryOffset();
      if (offset == null) {
        section.u32(1);
      } else {
        section.u32(2).u32(segment.memoryIndex());
        section.bytes(module.bytes(), offset.start(), offset.end());
      }
      section.u32(segment.size()).bytes(module.bytes(), segment.start(), segment.end());
    }
    out.section(SectionId.DATA, section);
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
