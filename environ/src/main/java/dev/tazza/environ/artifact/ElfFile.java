package dev.tazza.environ.artifact;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A 64-bit little-endian ELF file as named sections (System V ABI, "Object Files").
 *
 * <pre>
 *   header        64 bytes
 *   sections      each at a multiple of its alignment
 *   names         .shstrtab
 *   table         one header of 64 bytes per section, the first one empty
 * </pre>
 */
final class ElfFile {
  static final int PROGBITS = 1;
  static final int SYMTAB = 2;
  static final int STRTAB = 3;

  static final long ALLOC_EXEC = 2 | 4;

  private static final int HEADER = 64;
  private static final int SECTION_HEADER = 64;
  private static final int SHARED_OBJECT = 3;
  private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0};

  /** A section to write. {@code link} is the name of the section that it refers to, or empty. */
  record Section(String name, int type, long flags, int align, String link, byte[] content) {
    static Section data(String name, byte[] content) {
      return new Section(name, PROGBITS, 0, 8, "", content);
    }
  }

  private ElfFile() {}

  /** The file with these sections. {@code machine} is the ELF number of the instruction set. */
  static byte[] write(int machine, List<Section> sections) {
    List<Section> all = new ArrayList<>(sections);
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    names.write(0);
    int[] nameOffsets = new int[sections.size() + 1];
    for (int i = 0; i < sections.size(); i++) {
      nameOffsets[i] = addName(names, sections.get(i).name());
    }
    nameOffsets[sections.size()] = addName(names, ".shstrtab");
    all.add(new Section(".shstrtab", STRTAB, 0, 1, "", names.toByteArray()));
    long size = HEADER;
    long[] offsets = new long[all.size()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = align(size, all.get(i).align());
      size = offsets[i] + all.get(i).content().length;
    }
    long table = align(size, 8);
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(table + (long) SECTION_HEADER * (all.size() + 1)))
            .order(ByteOrder.LITTLE_ENDIAN);
    writeHeader(out, machine, table, all.size() + 1);
    for (int i = 0; i < offsets.length; i++) {
      out.put((int) offsets[i], all.get(i).content());
    }
    out.position((int) table + SECTION_HEADER);
    for (int i = 0; i < offsets.length; i++) {
      writeSectionHeader(out, all, i, nameOffsets[i], offsets[i]);
    }
    return out.array();
  }

  private static int addName(ByteArrayOutputStream names, String name) {
    int offset = names.size();
    names.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    names.write(0);
    return offset;
  }

  private static void writeHeader(ByteBuffer out, int machine, long table, int count) {
    out.put(0, MAGIC);
    out.position(16);
    out.putShort((short) SHARED_OBJECT).putShort((short) machine).putInt(1);
    out.putLong(0).putLong(0).putLong(table).putInt(0);
    out.putShort((short) HEADER).putShort((short) 0).putShort((short) 0);
    out.putShort((short) SECTION_HEADER).putShort((short) count).putShort((short) (count - 1));
  }

  private static void writeSectionHeader(
      ByteBuffer out, List<Section> all, int index, int name, long offset) {
    Section section = all.get(index);
    int link = 0;
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).name().equals(section.link())) {
        link = i + 1;
      }
    }
    boolean symbols = section.type() == SYMTAB;
    out.putInt(name).putInt(section.type()).putLong(section.flags());
    out.putLong((section.flags() & ALLOC_EXEC) != 0 ? offset : 0).putLong(offset);
    out.putLong(section.content().length).putInt(link).putInt(symbols ? 1 : 0);
    out.putLong(section.align()).putLong(symbols ? SymbolTable.ENTRY : 0);
  }

  private static long align(long value, int to) {
    return value + to - 1 & -to;
  }

  /**
   * The sections of a file by name, as views.
   *
   * @throws ArtifactException when it is not such a file, or damaged
   */
  static Map<String, ByteBuffer> read(byte[] file, int machine) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < HEADER || !ByteBuffer.wrap(file, 0, 8).equals(ByteBuffer.wrap(MAGIC))) {
      throw new ArtifactException("not an artifact: expected an ELF file of 64 bits");
    }
    int actual = in.getShort(18);
    if (actual != machine) {
      throw new ArtifactException(
          "the artifact is for another machine: ELF number %d, expected %d"
              .formatted(actual, machine));
    }
    long table = in.getLong(40);
    int count = Short.toUnsignedInt(in.getShort(60));
    int nameIndex = Short.toUnsignedInt(in.getShort(62));
    if (table < HEADER
        || table > file.length - (long) SECTION_HEADER * count
        || nameIndex >= count) {
      throw new ArtifactException("damaged artifact: the section table is outside of the file");
    }
    ByteBuffer names = section(in, (int) table + SECTION_HEADER * nameIndex);
    Map<String, ByteBuffer> sections = new LinkedHashMap<>();
    for (int i = 1; i < count; i++) {
      int header = (int) table + SECTION_HEADER * i;
      sections.put(name(names, in.getInt(header)), section(in, header));
    }
    return sections;
  }

  private static ByteBuffer section(ByteBuffer file, int header) {
    long offset = file.getLong(header + 24);
    long size = file.getLong(header + 32);
    if (offset < 0 || size < 0 || offset > file.capacity() || size > file.capacity() - offset) {
      throw new ArtifactException("damaged artifact: a section is outside of the file");
    }
    return file.slice((int) offset, (int) size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String name(ByteBuffer names, int offset) {
    int end = offset;
    while (end >= 0 && end < names.capacity() && names.get(end) != 0) {
      end++;
    }
    if (offset < 0 || end >= names.capacity()) {
      throw new ArtifactException("damaged artifact: a section has no name");
    }
    byte[] bytes = new byte[end - offset];
    names.get(offset, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
