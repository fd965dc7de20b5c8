package dev.tazza.wasm.binary;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.module.IndirectNameMap;
import dev.tazza.wasm.module.NameMap;
import dev.tazza.wasm.module.NameSection;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the name section (specification, section 7.4.1, and the extended-names proposal). Debug
 * names must never stop a module from running, so a damaged subsection counts as empty, and one
 * whose size is wrong ends the section.
 */
final class NameSectionDecoder {

  private static final int MODULE = 0;
  private static final int FUNCTIONS = 1;
  private static final int LOCALS = 2;
  private static final int LABELS = 3;
  private static final int TYPES = 4;
  private static final int TABLES = 5;
  private static final int MEMORIES = 6;
  private static final int GLOBALS = 7;
  private static final int ELEMENTS = 8;
  private static final int DATA = 9;
  private static final int FIELDS = 10;
  private static final int TAGS = 11;
  private static final int SUBSECTIONS = 12;

  private @Nullable String module;
  private final NameMap[] maps = new NameMap[SUBSECTIONS];
  private IndirectNameMap locals = IndirectNameMap.EMPTY;
  private IndirectNameMap labels = IndirectNameMap.EMPTY;
  private IndirectNameMap fields = IndirectNameMap.EMPTY;

  private NameSectionDecoder() {
    Arrays.fill(maps, NameMap.EMPTY);
  }

  static NameSection decode(byte[] bytes, int start, int end) {
    NameSectionDecoder decoder = new NameSectionDecoder();
    BinaryReader in = new BinaryReader(bytes, start, end);
    try {
      while (in.remaining() > 0) {
        int id = in.u8();
        int size = in.count();
        int at = in.position();
        in.skip(size);
        decoder.subsection(id, new BinaryReader(bytes, at, at + size));
      }
    } catch (MalformedException _) {
      // what was read so far counts
    }
    return decoder.result();
  }

  private NameSection result() {
    return new NameSection(
        module,
        maps[FUNCTIONS],
        locals,
        labels,
        maps[TYPES],
        maps[TABLES],
        maps[MEMORIES],
        maps[GLOBALS],
        maps[ELEMENTS],
        maps[DATA],
        fields,
        maps[TAGS]);
  }

  private void subsection(int id, BinaryReader in) {
    try {
      switch (id) {
        case MODULE -> module = in.name();
        case LOCALS -> locals = indirect(in);
        case LABELS -> labels = indirect(in);
        case FIELDS -> fields = indirect(in);
        case FUNCTIONS, TYPES, TABLES, MEMORIES, GLOBALS, ELEMENTS, DATA, TAGS ->
            maps[id] = map(in);
        default -> {}
      }
    } catch (MalformedException _) {
      // this subsection is empty
    }
  }

  /** Indexes must ascend; names out of order would never be found and are left out. */
  private static NameMap map(BinaryReader in) {
    int count = in.count();
    int[] indexes = new int[Math.min(count, in.remaining() / 2)];
    String[] names = new String[indexes.length];
    int size = 0;
    for (int i = 0; i < count; i++) {
      int index = in.u32();
      String name = in.name();
      if (index >= 0 && (size == 0 || index > indexes[size - 1])) {
        indexes[size] = index;
        names[size++] = name;
      }
    }
    return new NameMap(Arrays.copyOf(indexes, size), Arrays.copyOf(names, size));
  }

  private static IndirectNameMap indirect(BinaryReader in) {
    int count = in.count();
    int[] indexes = new int[Math.min(count, in.remaining() / 2)];
    NameMap[] maps = new NameMap[indexes.length];
    int size = 0;
    for (int i = 0; i < count; i++) {
      int index = in.u32();
      NameMap map = map(in);
      if (index >= 0 && (size == 0 || index > indexes[size - 1])) {
        indexes[size] = index;
        maps[size++] = map;
      }
    }
    return new IndirectNameMap(Arrays.copyOf(indexes, size), Arrays.copyOf(maps, size));
  }
}
