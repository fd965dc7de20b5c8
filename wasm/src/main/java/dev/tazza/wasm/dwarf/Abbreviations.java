package dev.tazza.wasm.dwarf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What entries of a unit look like, by the number they begin with (section 7.5.3). */
final class Abbreviations {
  /**
   * The shape of an entry.
   *
   * @param attributes for each which one it is for {@link Entry}, its form, the value of an
   *     implicit constant, and its code
   */
  record Shape(int tag, boolean hasChildren, long[] attributes) {
    static final int STRIDE = 4;
  }

  private final List<@Nullable Shape> few = new ArrayList<>();
  private final Map<Long, Shape> others = new HashMap<>();

  /** Reads a table. */
  Abbreviations(DwarfReader in) {
    for (long code = in.uleb(); code != 0; code = in.uleb()) {
      int tag = in.count();
      boolean hasChildren = in.u8() != 0;
      Shape shape = new Shape(tag, hasChildren, attributes(in));
      if (code == few.size() + 1L) {
        few.add(shape);
      } else {
        others.putIfAbsent(code, shape);
      }
    }
  }

  private static long[] attributes(DwarfReader in) {
    long[] attributes = new long[8 * Shape.STRIDE];
    int count = 0;
    while (true) {
      int name = in.count();
      int form = in.count();
      long constant = form == Form.IMPLICIT_CONST.code() ? in.sleb() : 0;
      if (name == 0 && form == 0) {
        return Arrays.copyOf(attributes, count);
      }
      if (count == attributes.length) {
        attributes = Arrays.copyOf(attributes, 2 * count);
      }
      attributes[count++] = Entry.Attribute.find(name);
      attributes[count++] = form;
      attributes[count++] = constant;
      attributes[count++] = name;
    }
  }

  Shape shape(long code) {
    Shape shape = code > 0 && code <= few.size() ? few.get((int) code - 1) : others.get(code);
    if (shape == null) {
      throw new DwarfException("unknown abbreviation " + code);
    }
    return shape;
  }
}
