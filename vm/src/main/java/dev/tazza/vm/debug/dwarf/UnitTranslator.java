package dev.tazza.vm.debug.dwarf;

import static dev.tazza.vm.debug.dwarf.Dwarf.*;

import dev.tazza.vm.isa.Processor;
import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.dwarf.DebugEntry;
import dev.tazza.wasm.dwarf.DebugTree;
import dev.tazza.wasm.dwarf.DebugUnit;
import dev.tazza.wasm.dwarf.DebugValue;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the entries of a unit as they are for machine code. */
final class UnitTranslator {
  private static final int LABEL = 0x0A;

  /**
   * What all units have in common.
   *
   * @param functions the code of entries that are functions
   */
  record Common(
      DebugTree tree,
      Map<DebugEntry, FunctionCode> functions,
      Pointees pointees,
      ContextExpressions context,
      CodeRanges ranges,
      EntryWriter out) {}

  /**
   * What entries of a function need to know.
   *
   * @param frameBase where it says that its frame is, in terms of the module
   */
  private record Scope(@Nullable FunctionCode function, byte @Nullable [] frameBase) {
    static final Scope NONE = new Scope(null, null);
  }

  private final DebugTree tree;
  private final Map<DebugEntry, FunctionCode> functions;
  private final Pointees pointees;
  private final ContextExpressions context;
  private final CodeRanges ranges;
  private final EntryWriter out;
  private final DebugUnit unit;
  private final LineTable lines;
  private boolean hasCopies;

  /**
   * @param lines its lines, which learn of more files
   */
  UnitTranslator(Common common, DebugUnit unit, LineTable lines) {
    tree = common.tree;
    functions = common.functions;
    pointees = common.pointees;
    context = common.context;
    ranges = common.ranges;
    out = common.out;
    this.unit = unit;
    this.lines = lines;
  }

  /**
   * Writes the unit.
   *
   * @param code of its functions: starts and ends
   * @param lineTable where in their section its lines will be
   */
  void write(DebugEntry root, long[] code, int lineTable) {
    out.beginUnit();
    out.begin(TAG_COMPILE_UNIT);
    attributes(root, Scope.NONE, null);
    out.sectionOffset(AT_STMT_LIST, lineTable);
    out.address(AT_LOW_PC, 0);
    out.sectionOffset(AT_RANGES, ranges.list(code));
    out.end(true, key(root, false));
    for (DebugEntry child : root.children()) {
      plain(child, Scope.NONE);
    }
    out.endChildren();
    out.endUnit();
  }

  /**
   * Copies of types, where debuggers read them and nobody looks for names: in a block of the
   * function that is its first byte.
   */
  private void copies(FunctionCode function) {
    out.begin(TAG_LEXICAL_BLOCK);
    out.address(AT_LOW_PC, function.start());
    out.address(AT_HIGH_PC, function.start() + 1);
    out.end(true);
    pointees.take(unit).forEach(this::copy);
    out.endChildren();
  }

  private static long key(DebugEntry entry, boolean isCopy) {
    return entry.offset() << 1 | (isCopy ? 1 : 0);
  }

  private void plain(DebugEntry entry, Scope scope) {
    if (isLeftOut(entry)) {
      return;
    }
    Scope inner = entry.tag() == TAG_SUBPROGRAM ? scope(entry) : scope;
    out.begin(entry.tag());
    attributes(entry, inner, null);
    code(entry, inner);
    FunctionCode function = entry.tag() == TAG_SUBPROGRAM ? inner.function() : null;
    boolean hasChildren = !entry.children().isEmpty() || function != null;
    out.end(hasChildren, key(entry, false));
    if (hasChildren) {
      for (DebugEntry child : entry.children()) {
        plain(child, inner);
      }
      if (function != null && !hasCopies) {
        hasCopies = true;
        copies(function);
      }
      out.endChildren();
    }
  }

  private Scope scope(DebugEntry subprogram) {
    byte[] base =
        subprogram.find(AT_FRAME_BASE) instanceof DebugValue.Block(byte[] bytes) ? bytes : null;
    return new Scope(functions.get(subprogram), base);
  }

  private static boolean isLeftOut(DebugEntry entry) {
    return switch (entry.tag()) {
      case LABEL,
          TAG_CALL_SITE,
          TAG_CALL_SITE_PARAMETER,
          TAG_GNU_CALL_SITE,
          TAG_GNU_CALL_SITE_PARAMETER ->
          true;
      case TAG_MEMBER, TAG_INHERITANCE ->
          entry.find(AT_DATA_MEMBER_LOCATION) instanceof DebugValue.Block(byte[] bytes)
              && memberOffset(bytes) < 0; // computed when the program runs
      default -> false;
    };
  }

  private void copy(DebugEntry type, Pointees.Kind kind) {
    boolean isArray = kind == Pointees.Kind.ARRAY || kind == Pointees.Kind.STRING;
    out.begin(isArray ? TAG_ARRAY_TYPE : type.tag());
    if (kind != Pointees.Kind.ALIAS && context.hasMemory()) {
      out.expression(AT_DATA_LOCATION, context.object(new BinaryWriter()).toByteArray());
    }
    if (!isArray) {
      attributes(type, Scope.NONE, type);
      parts(type, type);
      return;
    }
    out.reference(AT_TYPE, key(type, false));
    out.end(true, key(type, true));
    out.begin(TAG_SUBRANGE_TYPE);
    out.unsigned(AT_LOWER_BOUND, 0);
    if (kind == Pointees.Kind.STRING && context.hasMemory()) {
      out.expression(AT_UPPER_BOUND, context.stringLength(new BinaryWriter()).toByteArray());
    } else {
      out.unsigned(AT_UPPER_BOUND, 0);
    }
    out.end(false);
    out.endChildren();
  }

  private void parts(DebugEntry entry, DebugEntry root) {
    boolean hasParts = entry.children().stream().anyMatch(Pointees::isPart);
    out.end(hasParts, key(entry, true));
    if (hasParts) {
      for (DebugEntry child : entry.children()) {
        if (Pointees.isPart(child) && !isLeftOut(child)) {
          out.begin(child.tag());
          attributes(child, Scope.NONE, root);
          parts(child, root);
        }
      }
      out.endChildren();
    }
  }

  /** Where the code of a function, a block or an inlined call is. */
  private void code(DebugEntry entry, Scope scope) {
    FunctionCode function = scope.function();
    if (function == null) {
      return;
    }
    if (entry.tag() == TAG_SUBPROGRAM) {
      out.address(AT_LOW_PC, function.start());
      out.address(AT_HIGH_PC, function.end());
      int homes = function.symbol().homes();
      if (homes != 0) {
        int register = Processor.host().dwarfFrame();
        out.expression(
            AT_FRAME_BASE,
            ContextExpressions.register(new BinaryWriter(), register, homes).toByteArray());
      }
    } else {
      ranges.put(out, machine(function, entry.ranges()));
    }
  }

  private static long[] machine(FunctionCode function, long[] sources) {
    long[] all = new long[0];
    for (int i = 0; i < sources.length; i += 2) {
      long[] some = function.ranges(sources[i], sources[i + 1]);
      int count = all.length;
      all = Arrays.copyOf(all, count + some.length);
      System.arraycopy(some, 0, all, count, some.length);
    }
    return all;
  }

  // Attributes.

  /**
   * @param copied the type that is being copied, if one is
   */
  private void attributes(DebugEntry entry, Scope scope, @Nullable DebugEntry copied) {
    for (int i = 0; i < entry.attributeCount(); i++) {
      int name = entry.name(i);
      if (isDropped(name)) {
        continue;
      }
      switch (entry.value(i)) {
        case DebugValue.Text(String text) ->
            out.text(
                name, name == AT_NAME && entry == copied ? Pointees.qualifiedName(entry) : text);
        case DebugValue.Constant constant -> constant(name, constant);
        case DebugValue.Flag(boolean value) -> {
          if (value) {
            out.flag(name);
          }
        }
        case DebugValue.Reference reference -> reference(entry, name, reference, copied);
        case DebugValue.Block(byte[] bytes) -> block(name, bytes, scope);
        case DebugValue.Locations locations -> locations(name, locations, scope);
        case DebugValue.Address _ -> {} // of code, which is elsewhere now
      }
    }
    boolean isPointer = Pointees.isPointer(entry.tag()) || entry.tag() == TAG_PTR_TO_MEMBER_TYPE;
    if (isPointer && entry.find(AT_BYTE_SIZE) == null) {
      out.unsigned(AT_BYTE_SIZE, unit.addressSize());
    }
  }

  private static boolean isDropped(int name) {
    return switch (name) {
      case AT_SIBLING,
          AT_STMT_LIST,
          AT_LOW_PC,
          AT_HIGH_PC,
          AT_STRING_LENGTH,
          AT_RETURN_ADDR,
          AT_START_SCOPE,
          AT_FRAME_BASE,
          AT_MACRO_INFO,
          AT_SEGMENT,
          AT_STATIC_LINK,
          AT_USE_LOCATION,
          AT_ALLOCATED,
          AT_ASSOCIATED,
          AT_DATA_LOCATION,
          AT_ENTRY_PC,
          AT_RANGES,
          AT_TRAMPOLINE,
          AT_MACROS,
          AT_LOCLISTS_BASE ->
          true;
      case AT_MIPS_LINKAGE_NAME -> false;
      default ->
          name >= AT_STR_OFFSETS_BASE && name <= AT_GNU_RANGES_BASE
              || name >= AT_CALL_ALL_CALLS && name <= AT_CALL_DATA_VALUE
              || name >= AT_LO_USER;
    };
  }

  private void constant(int name, DebugValue.Constant constant) {
    long value = constant.value();
    if (name == AT_DECL_FILE || name == AT_CALL_FILE) {
      String file = unit.file(value);
      if (file != null) {
        out.unsigned(name, lines.file(file));
      }
    } else if (constant.bytes() > 0) {
      out.data(name, value, constant.bytes());
    } else if (constant.signed()) {
      out.signed(name, value);
    } else {
      out.unsigned(name, value);
    }
  }

  private void reference(
      DebugEntry entry, int name, DebugValue.Reference reference, @Nullable DebugEntry copied) {
    boolean toPointee =
        name == AT_TYPE
            && (Pointees.isPointer(entry.tag())
                || entry == copied && Pointees.isAlias(entry.tag()));
    DebugEntry pointee = toPointee ? pointees.target(entry) : null;
    DebugEntry target = pointee == null ? tree.target(reference) : pointee;
    if (target != null) {
      boolean toCopy = pointee != null || copied != null && isWithin(target, copied);
      out.reference(name, key(target, toCopy));
    }
  }

  private static boolean isWithin(DebugEntry entry, DebugEntry outer) {
    for (DebugEntry at = entry.parent(); at != null; at = at.parent()) {
      if (at == outer) {
        return true;
      }
    }
    return false;
  }

  private void block(int name, byte[] bytes, Scope scope) {
    switch (name) {
      case AT_LOCATION -> {
        FunctionCode function = scope.function();
        if (function != null && function.rows() != null) {
          int offset = ranges.nextLocations();
          locations(function.range(), bytes, scope);
          ranges.endLocations();
          out.sectionOffset(name, offset);
        } else {
          byte[] place = translate(bytes, scope, 0);
          out.expression(name, place == null ? new byte[0] : place);
        }
      }
      case AT_DATA_MEMBER_LOCATION -> out.unsigned(name, Math.max(memberOffset(bytes), 0));
      case AT_CONST_VALUE -> out.block(name, bytes);
      case AT_VTABLE_ELEM_LOCATION -> out.expression(name, bytes);
      default -> {} // computed when the program runs
    }
  }

  private byte @Nullable [] translate(byte[] expression, Scope scope, long address) {
    return ExpressionTranslator.translate(
        context, unit, scope.function(), scope.frameBase(), expression, address);
  }

  /** Adds where a variable is while code in some ranges runs to the list of locations. */
  private void locations(long[] bounds, byte[] expression, Scope scope) {
    FunctionCode function = scope.function();
    LocalRows rows = function == null ? null : function.rows();
    long[] pieces = bounds;
    if (function != null && rows != null) {
      boolean[] locals =
          ExpressionTranslator.locals(context, unit, function, scope.frameBase(), expression);
      pieces = rows.cut(bounds, locals);
    }
    for (int i = 0; i < pieces.length; i += 2) {
      byte[] place = translate(expression, scope, pieces[i]);
      if (place != null) {
        ranges.location(new long[] {pieces[i], pieces[i + 1]}, place);
      }
    }
  }

  /** Of a member at a fixed offset; else -1. */
  private static long memberOffset(byte[] expression) {
    if (expression.length < 2 || expression[0] != ContextExpressions.PLUS_UCONST) {
      return -1;
    }
    long value = 0;
    int shift = 0;
    int at = 1;
    while (at < expression.length && shift < Integer.SIZE) {
      value |= (long) (expression[at] & 0x7F) << shift;
      if (expression[at++] >= 0) {
        return at == expression.length ? value : -1;
      }
      shift += 7;
    }
    return -1;
  }

  private void locations(int name, DebugValue.Locations locations, Scope scope) {
    FunctionCode function = scope.function();
    if (name != AT_LOCATION || function == null) {
      return;
    }
    int offset = ranges.nextLocations();
    for (DebugValue.Location location : locations.list()) {
      locations(function.ranges(location.from(), location.to()), location.expression(), scope);
    }
    ranges.endLocations();
    out.sectionOffset(name, offset);
  }
}
