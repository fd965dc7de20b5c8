package dev.tazza.wasm.binary;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.dwarf.DebugSections;
import dev.tazza.wasm.dwarf.SplitUnits;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Debug information that is in a file of its own: another module, with the custom sections that
 * were taken from the first, in which a section {@code external_debug_info} may tell its name (tool
 * conventions, <i>DWARF for WebAssembly</i>).
 */
public final class ExternalDebugInfo {
  private static final String SECTION = "external_debug_info";

  private ExternalDebugInfo() {}

  /** A section of a module: where it begins, and, after its id and size, its contents. */
  private record Section(int id, int start, BinaryReader contents) {}

  /** What a module calls the file with its debug information, or null. */
  public static @Nullable String name(byte[] module) {
    String[] found = new String[1];
    eachSection(
        module,
        section -> {
          BinaryReader in = section.contents();
          if (section.id() == SectionId.CUSTOM && in.name().equals(SECTION)) {
            found[0] = in.name();
          }
        });
    return found[0];
  }

  /**
   * A module with the debug information of another; as it is, if it has some itself or the other
   * has none.
   *
   * @param module whose sections may be malformed: that is found out when it is decoded
   * @throws MalformedException when the sections of {@code debugInfo} are
   */
  public static byte[] join(byte[] module, byte[] debugInfo) {
    BinaryWriter added = debugSections(debugInfo);
    if (added.size() == 0 || hasDebugSections(module)) {
      return module;
    }
    return new BinaryWriter().bytes(module).append(added).toByteArray();
  }

  /** Files, by name, in which the module says that parts of its debug information are. */
  public static Set<String> splitNames(byte[] module) {
    DebugSections sections = new DebugSections();
    eachSection(
        module,
        section -> {
          BinaryReader in = section.contents();
          if (section.id() == SectionId.CUSTOM) {
            String name = in.name();
            if (DebugSections.isRead(name)) {
              int from = in.position();
              sections.add(name, Arrays.copyOfRange(module, from, from + in.remaining()));
            }
          }
        });
    return SplitUnits.names(sections);
  }

  /**
   * A module with what is in such files, or in packages of them.
   *
   * @throws MalformedException when one is no module
   */
  public static byte[] joinSplit(byte[] module, List<byte[]> files) {
    BinaryWriter joined = new BinaryWriter().bytes(module);
    for (int i = 0; i < files.size(); i++) {
      byte[] file = files.get(i);
      int number = i;
      eachSection(
          file,
          section -> {
            BinaryReader in = section.contents();
            String name = section.id() == SectionId.CUSTOM ? in.name() : "";
            String splitName = DebugSections.split(name, number);
            if (splitName != null) {
              int from = in.position();
              BinaryWriter added = new BinaryWriter().name(splitName);
              added.bytes(file, from, from + in.remaining());
              joined.section(SectionId.CUSTOM, added);
            }
          });
    }
    return joined.toByteArray();
  }

  private static boolean hasDebugSections(byte[] module) {
    try {
      return debugSections(module).size() > 0;
    } catch (MalformedException e) {
      return true; // and nothing is added
    }
  }

  private static BinaryWriter debugSections(byte[] module) {
    BinaryWriter found = new BinaryWriter();
    eachSection(
        module,
        section -> {
          BinaryReader in = section.contents();
          int end = in.position() + in.remaining();
          if (section.id() == SectionId.CUSTOM && DebugSections.isRead(in.name())) {
            found.bytes(module, section.start(), end);
          }
        });
    return found;
  }

  private static void eachSection(byte[] module, Consumer<Section> visitor) {
    if (module.length < ModuleFormat.HEADER_SIZE) {
      throw new MalformedException("unexpected end", module.length);
    }
    BinaryReader in = BinaryReader.ofModule(module);
    if (in.fixed32() != ModuleFormat.MAGIC || in.fixed32() != ModuleFormat.VERSION) {
      throw new MalformedException("no module in the binary format", 0);
    }
    while (in.remaining() > 0) {
      int start = in.position();
      int id = in.u8();
      int size = in.count();
      int from = in.position();
      in.skip(size);
      visitor.accept(new Section(id, start, new BinaryReader(module, from, from + size)));
    }
  }
}
