package dev.tazza.wasm.dwarf;

import dev.tazza.wasm.dwarf.Entry.Attribute;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The functions of a unit, and the calls that the compiler has inlined into each. */
final class FunctionScopes {
  private static final int INLINED_SUBROUTINE = 0x1D;
  private static final int SUBPROGRAM = 0x2E;
  private static final int LEXICAL_BLOCK = 0x0B;

  /** Deeper nesting is a mistake. */
  private static final int MOST_DEPTH = 1000;

  /**
   * A function, or an inlined call.
   *
   * @param entry where in {@code .debug_info} it is described
   * @param callFile where it was called if inlined, as a number of the unit's files
   * @param inlined the calls that were inlined into it
   */
  record Scope(
      long entry, Ranges ranges, int callFile, int callLine, int callColumn, List<Scope> inlined) {
    /** The scope within this one that has {@code address}, or null. */
    @Nullable Scope inner(long address) {
      return find(inlined, address);
    }
  }

  private final List<Scope> functions = new ArrayList<>();

  FunctionScopes(Unit unit) {
    DwarfReader in = unit.entries();
    Entry entry = new Entry();
    List<@Nullable List<Scope>> open = new ArrayList<>();
    do {
      int at = in.position();
      if (!unit.read(entry, in)) {
        if (!open.isEmpty()) {
          open.removeLast();
        }
        continue;
      }
      List<Scope> outer = open.isEmpty() ? null : open.getLast();
      List<Scope> own = add(unit, entry, at, outer);
      if (entry.hasChildren()) {
        if (open.size() == MOST_DEPTH) {
          throw new DwarfException("entries are nested too deeply");
        }
        open.add(own);
      }
    } while (!open.isEmpty() && in.isBefore(unit.end()));
  }

  /** Adds the entry if it is one, and returns where calls inlined in it go. */
  private @Nullable List<Scope> add(Unit unit, Entry entry, int at, @Nullable List<Scope> outer) {
    List<Scope> siblings =
        switch (entry.tag()) {
          case SUBPROGRAM -> functions;
          case INLINED_SUBROUTINE -> outer;
          default -> null;
        };
    if (siblings == null) {
      return entry.tag() == LEXICAL_BLOCK ? outer : null;
    }
    Ranges ranges = unit.ranges(entry);
    if (ranges.isEmpty()) {
      return null;
    }
    Scope scope =
        new Scope(
            at,
            ranges,
            entry.number(Attribute.CALL_FILE),
            entry.number(Attribute.CALL_LINE),
            entry.number(Attribute.CALL_COLUMN),
            new ArrayList<>());
    siblings.add(scope);
    return scope.inlined();
  }

  /** The function that has {@code address}, or null. */
  @Nullable Scope function(long address) {
    return find(functions, address);
  }

  private static @Nullable Scope find(List<Scope> scopes, long address) {
    for (Scope scope : scopes) {
      if (scope.ranges().contain(address)) {
        return scope;
      }
    }
    return null;
  }
}
