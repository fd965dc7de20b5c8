package dev.tazza.vm.debug.dwarf;

import dev.tazza.wasm.binary.BinaryWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes {@code .debug_info} and {@code .debug_abbrev}, entry by entry. References may go to what
 * comes later: entries have keys, by which {@link #finish} completes them.
 */
final class EntryWriter {
  /** Where a reference stands, and the key of what it refers to. */
  private record Reference(int at, long key) {}

  private final BinaryWriter out = new BinaryWriter();
  private final BinaryWriter abbreviations = new BinaryWriter();
  private final StringTable strings;
  private final Map<List<Integer>, Integer> codes = new LinkedHashMap<>();
  private final Map<Long, Integer> places = new HashMap<>();
  private final List<Reference> references = new ArrayList<>();

  /** Where the lengths of units stand, and the units end. */
  private final Map<Integer, Integer> lengths = new LinkedHashMap<>();

  private int unitStart;

  // The entry that is being written.
  private final List<Integer> shape = new ArrayList<>();
  private final BinaryWriter values = new BinaryWriter();
  private final Map<Integer, Long> pending = new LinkedHashMap<>();

  EntryWriter(StringTable strings) {
    this.strings = strings;
  }

  void beginUnit() {
    unitStart = out.size();
    out.fixed32(0).u8(Dwarf.VERSION).u8(0).fixed32(0).u8(Dwarf.ADDRESS_SIZE);
  }

  void endUnit() {
    lengths.put(unitStart, out.size());
  }

  /** Begins an entry; its attributes come next. */
  void begin(int tag) {
    shape.clear();
    values.clear();
    pending.clear();
    shape.add(tag);
  }

  private BinaryWriter attribute(int name, int form) {
    shape.add(name);
    shape.add(form);
    return values;
  }

  void text(int name, String text) {
    attribute(name, Dwarf.FORM_STRP).fixed32(strings.offset(text));
  }

  void flag(int name) {
    attribute(name, Dwarf.FORM_FLAG_PRESENT);
  }

  void unsigned(int name, long value) {
    attribute(name, Dwarf.FORM_UDATA).u64(value);
  }

  void signed(int name, long value) {
    attribute(name, Dwarf.FORM_SDATA).s64(value);
  }

  /** A number of 1, 2, 4 or 8 bytes. */
  void data(int name, long value, int bytes) {
    switch (bytes) {
      case 1 -> attribute(name, Dwarf.FORM_DATA1).u8((int) value);
      case 2 -> attribute(name, Dwarf.FORM_DATA2).u8((int) value).u8((int) value >> 8);
      case 4 -> attribute(name, Dwarf.FORM_DATA4).fixed32((int) value);
      default -> attribute(name, Dwarf.FORM_DATA8).fixed64(value);
    }
  }

  void address(int name, long value) {
    attribute(name, Dwarf.FORM_ADDR).fixed64(value);
  }

  /** A place in another section. */
  void sectionOffset(int name, int offset) {
    attribute(name, Dwarf.FORM_SEC_OFFSET).fixed32(offset);
  }

  void expression(int name, byte[] expression) {
    attribute(name, Dwarf.FORM_EXPRLOC).u32(expression.length).bytes(expression);
  }

  void block(int name, byte[] bytes) {
    attribute(name, Dwarf.FORM_BLOCK).u32(bytes.length).bytes(bytes);
  }

  void reference(int name, long key) {
    attribute(name, Dwarf.FORM_REF_ADDR);
    pending.put(values.size(), key);
    values.fixed32(0);
  }

  /** Ends the attributes of an entry that nothing refers to. */
  void end(boolean hasChildren) {
    shape.add(hasChildren ? 1 : 0);
    Integer code = codes.get(shape);
    if (code == null) {
      code = codes.size() + 1;
      codes.put(List.copyOf(shape), code);
      abbreviation(code, hasChildren);
    }
    out.u32(code);
    int start = out.size();
    pending.forEach((at, key) -> references.add(new Reference(start + at, key)));
    out.append(values);
  }

  /** Ends the attributes of an entry; children come next, if there are some. */
  void end(boolean hasChildren, long key) {
    places.put(key, out.size());
    end(hasChildren);
  }

  private void abbreviation(int code, boolean hasChildren) {
    abbreviations.u32(code).u32(shape.getFirst()).u8(hasChildren ? 1 : 0);
    for (int i = 1; i < shape.size() - 1; i++) {
      abbreviations.u32(shape.get(i));
    }
    abbreviations.u32(0).u32(0);
  }

  /** Ends the children of an entry. */
  void endChildren() {
    out.u8(0);
  }

  /** The section {@code .debug_abbrev}. */
  byte[] abbreviations() {
    abbreviations.u32(0);
    return abbreviations.toByteArray();
  }

  /**
   * The section {@code .debug_info}.
   *
   * @param unknown the key of what stands for entries that were not written
   */
  byte[] finish(long unknown) {
    int otherwise = places.getOrDefault(unknown, 0);
    byte[] info = out.toByteArray();
    lengths.forEach((start, end) -> put(info, start, end - start - Integer.BYTES));
    for (Reference reference : references) {
      put(info, reference.at(), places.getOrDefault(reference.key(), otherwise));
    }
    return info;
  }

  private static void put(byte[] bytes, int at, int value) {
    for (int i = 0; i < Integer.BYTES; i++) {
      bytes[at + i] = (byte) (value >> 8 * i);
    }
  }
}
