package dev.tazza.environ.artifact;

import dev.tazza.wasm.ArtifactException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A 64-bit little-endian ELF file (System V ABI, "Object Files") with sections in an order that is
 * known beforehand, so that it can be read from its start to its end.
 *
 * <pre>
 *   header        64 bytes
 *   table         one header of 64 bytes per section, the first one empty
 *   names         .shstrtab
 *   sections      each at a multiple of its alignment; the file ends with the last
 * </pre>
 */
public final class ElfFile {
  public static final int PROGBITS = 1;
  public static final int SYMTAB = 2;
  public static final int STRTAB = 3;

  /** A section that is loaded and executed. */
  public static final long ALLOC_EXEC = 2 | 4;

  private static final int HEADER = 64;
  private static final int SECTION_HEADER = 64;
  private static final int SHARED_OBJECT = 3;
  private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0};

  /** The number of {@code .shstrtab}. */
  private static final int NAMES = 1;

  /** The number of the first section that a caller gives; the others follow. */
  public static final int FIRST = 2;

  /**
   * A section to write. {@code address} is where tools show it; {@code link} is the number of the
   * section that it refers to, or 0.
   */
  public record Section(
      String name, int type, long flags, int align, long address, int link, byte[] content) {
    /** One that is not loaded. */
    public static Section data(String name, byte[] content) {
      return new Section(name, PROGBITS, 0, 8, 0, 0, content);
    }
  }

  private final ByteBuffer start;

  /**
   * A file to read.
   *
   * @param start its first {@link #tableEnd} bytes, or more
   */
  ElfFile(ByteBuffer start) {
    this.start = start;
  }

  /** Where the table of {@code count} sections ends. */
  static int tableEnd(int count) {
    return HEADER + SECTION_HEADER * (FIRST + count);
  }

  /** The file with these sections. {@code machine} is the ELF number of the instruction set. */
  public static byte[] write(int machine, List<Section> sections) {
    List<Section> all = new ArrayList<>();
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    names.write(0);
    int[] nameOffsets = new int[sections.size() + 1];
    nameOffsets[0] = addName(names, ".shstrtab");
    for (int i = 0; i < sections.size(); i++) {
      nameOffsets[i + 1] = addName(names, sections.get(i).name());
    }
    all.add(new Section(".shstrtab", STRTAB, 0, 1, 0, 0, names.toByteArray()));
    all.addAll(sections);
    long size = tableEnd(sections.size());
    long[] offsets = new long[all.size()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = align(size, all.get(i).align());
      size = offsets[i] + all.get(i).content().length;
    }
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    writeHeader(out, machine, all.size() + 1);
    out.position(HEADER + SECTION_HEADER);
    for (int i = 0; i < offsets.length; i++) {
      writeSectionHeader(out, all.get(i), nameOffsets[i], offsets[i]);
      out.put((int) offsets[i], all.get(i).content());
    }
    return out.array();
  }

  private static int addName(ByteArrayOutputStream names, String name) {
    int offset = names.size();
    names.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    names.write(0);
    return offset;
  }

  private static void writeHeader(ByteBuffer out, int machine, int count) {
    out.put(0, MAGIC);
    out.position(16);
    out.putShort((short) SHARED_OBJECT).putShort((short) machine).putInt(1);
    out.putLong(0).putLong(0).putLong(HEADER).putInt(0);
    out.putShort((short) HEADER).putShort((short) 0).putShort((short) 0);
    out.putShort((short) SECTION_HEADER).putShort((short) count).putShort((short) NAMES);
  }

  private static void writeSectionHeader(ByteBuffer out, Section section, int name, long offset) {
    boolean symbols = section.type() == SYMTAB;
    out.putInt(name).putInt(section.type()).putLong(section.flags());
    out.putLong(section.address()).putLong(offset);
    out.putLong(section.content().length).putInt(section.link()).putInt(symbols ? 1 : 0);
    out.putLong(section.align()).putLong(symbols ? SymbolTable.ENTRY : 0);
  }

  private static long align(long value, int to) {
    return value + to - 1 & -to;
  }

  /**
   * Checks that the file is for {@code machine} and has {@code count} sections in this class's
   * order.
   */
  void check(int machine, int count) {
    if (!isElf(start)) {
      throw new ArtifactException("not an artifact: expected an ELF file of 64 bits");
    }
    int actual = start.getShort(18);
    if (actual != machine) {
      throw new ArtifactException(
          "the artifact is for another machine: ELF number %d, expected %d"
              .formatted(actual, machine));
    }
    if (start.getLong(40) != HEADER || start.getShort(60) != FIRST + count) {
      throw new ArtifactException(
          "not an artifact of this version of Tazza: the sections are others; compile it again");
    }
  }

  private static boolean isElf(ByteBuffer start) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (start.get(i) != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  /** Where a section starts in the file. */
  long offset(int section) {
    return start.getLong(HEADER + SECTION_HEADER * section + 24);
  }

  /** The bytes of a section. */
  long size(int section) {
    return start.getLong(HEADER + SECTION_HEADER * section + 32);
  }
}
