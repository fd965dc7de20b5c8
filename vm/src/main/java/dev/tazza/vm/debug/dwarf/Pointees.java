package dev.tazza.vm.debug.dwarf;

import static dev.tazza.vm.debug.dwarf.Dwarf.*;

import dev.tazza.wasm.dwarf.DebugEntry;
import dev.tazza.wasm.dwarf.DebugTree;
import dev.tazza.wasm.dwarf.DebugUnit;
import dev.tazza.wasm.dwarf.DebugValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The types that pointers and references point to. Each has a copy that says where the data of a
 * value is. Members and elements of a copy have the types proper: they are where the data is.
 *
 * <p>That is understood of records and arrays. What is neither becomes an array: of one element, or
 * of all characters up to a zero.
 */
final class Pointees {
  private static final int ENCODING_SIGNED_CHAR = 6;
  private static final int ENCODING_UNSIGNED_CHAR = 8;
  private static final int ENCODING_UTF = 0x10;

  /** More names for a type are a circle. */
  private static final int MOST_ALIASES = 100;

  /** What is made of a type. */
  enum Kind {
    /** The same with another place. */
    COPY,
    /** The same name for a copy. */
    ALIAS,
    /** An array of one element. */
    ARRAY,
    /** An array of characters. */
    STRING
  }

  private final DebugTree tree;
  private final Map<DebugEntry, Kind> all = new LinkedHashMap<>();
  private final Map<String, DebugEntry> definitions = new HashMap<>();

  private final Set<DebugUnit> withCode;
  private final Set<DebugEntry> taken = new HashSet<>();

  /**
   * @param withCode the units that have functions
   */
  Pointees(DebugTree tree, Set<DebugUnit> withCode) {
    this.tree = tree;
    this.withCode = withCode;
    List<DebugEntry> pointers = new ArrayList<>();
    for (DebugUnit unit : tree.units()) {
      DebugEntry root = unit.root();
      if (root != null) {
        collect(root, pointers);
      }
    }
    for (DebugEntry pointer : pointers) {
      add(type(pointer));
    }
  }

  private void collect(DebugEntry root, List<DebugEntry> pointers) {
    ArrayDeque<DebugEntry> open = new ArrayDeque<>(List.of(root));
    for (DebugEntry entry = open.poll(); entry != null; entry = open.poll()) {
      if (isPointer(entry.tag())) {
        pointers.add(entry);
      } else if (isRecord(entry.tag()) && !isDeclaration(entry)) {
        definitions.putIfAbsent(key(entry), entry);
      }
      open.addAll(entry.children());
    }
  }

  private void add(@Nullable DebugEntry type) {
    DebugEntry proper = type;
    int steps = 0;
    while (proper != null && isAlias(proper.tag()) && steps++ < MOST_ALIASES) {
      proper = type(proper);
    }
    if (type == null || proper == null || !isData(proper.tag())) {
      return;
    }
    if (!isRecord(proper.tag()) && proper.tag() != TAG_ARRAY_TYPE) {
      all.put(type, isCharacter(proper) ? Kind.STRING : Kind.ARRAY);
      return;
    }
    DebugEntry at = type;
    while (at != null && at != proper) {
      all.put(at, Kind.ALIAS);
      at = type(at);
    }
    all.put(proper, Kind.COPY);
  }

  private static boolean isCharacter(DebugEntry type) {
    return type.find(AT_BYTE_SIZE) instanceof DebugValue.Constant(long size, _, _)
        && size == 1
        && type.find(AT_ENCODING) instanceof DebugValue.Constant(long encoding, _, _)
        && (encoding == ENCODING_SIGNED_CHAR
            || encoding == ENCODING_UNSIGNED_CHAR
            || encoding == ENCODING_UTF);
  }

  /** What an entry says its type is: of a record that is defined elsewhere, its definition. */
  private @Nullable DebugEntry type(DebugEntry entry) {
    DebugEntry type = tree.target(entry.find(AT_TYPE));
    return type != null && isRecord(type.tag()) && isDeclaration(type)
        ? definitions.getOrDefault(key(type), type)
        : type;
  }

  /** The type whose copy is what a pointer, or a copied alias, refers to; null: there is none. */
  @Nullable DebugEntry target(DebugEntry entry) {
    DebugEntry type = type(entry);
    return type != null && all.containsKey(type) ? type : null;
  }

  /** What to make of the types of a unit, and of units without code; they are given once. */
  Map<DebugEntry, Kind> take(DebugUnit unit) {
    Map<DebugEntry, Kind> own = new LinkedHashMap<>();
    all.forEach((type, kind) -> {
      if (type.unit() == unit || !withCode.contains(type.unit())) {
        if (taken.add(type)) {
          own.put(type, kind);
        }
      }
    });
    return own;
  }

  static boolean isPointer(int tag) {
    return tag == TAG_POINTER_TYPE || tag == TAG_REFERENCE_TYPE || tag == TAG_RVALUE_REFERENCE_TYPE;
  }

  /** Whether it is another name for a type, or a variant of it. */
  static boolean isAlias(int tag) {
    return switch (tag) {
      case TAG_TYPEDEF, TAG_CONST_TYPE, TAG_VOLATILE_TYPE, TAG_RESTRICT_TYPE, TAG_ATOMIC_TYPE ->
          true;
      default -> false;
    };
  }

  private static boolean isRecord(int tag) {
    return tag == TAG_STRUCTURE_TYPE || tag == TAG_CLASS_TYPE || tag == TAG_UNION_TYPE;
  }

  /** Else it is a function or nothing. */
  private static boolean isData(int tag) {
    return switch (tag) {
      case TAG_BASE_TYPE,
          TAG_ENUMERATION_TYPE,
          TAG_ARRAY_TYPE,
          TAG_SUBRANGE_TYPE,
          TAG_STRING_TYPE,
          TAG_PTR_TO_MEMBER_TYPE ->
          true;
      default -> isRecord(tag) || isPointer(tag) || isAlias(tag);
    };
  }

  /** Whether a copy needs that of its children. */
  static boolean isPart(DebugEntry child) {
    return switch (child.tag()) {
      case TAG_MEMBER,
          TAG_INHERITANCE,
          TAG_ENUMERATOR,
          TAG_SUBRANGE_TYPE,
          TAG_VARIANT_PART,
          TAG_VARIANT,
          TAG_TEMPLATE_TYPE_PARAMETER,
          TAG_TEMPLATE_VALUE_PARAMETER ->
          !isDeclaration(child);
      default -> false;
    };
  }

  private static boolean isDeclaration(DebugEntry entry) {
    return entry.find(AT_DECLARATION) != null;
  }

  private static String key(DebugEntry entry) {
    return entry.tag() + qualifiedName(entry);
  }

  /** The name with those of what it stands in. */
  static String qualifiedName(DebugEntry entry) {
    StringBuilder name = new StringBuilder(simpleName(entry));
    for (DebugEntry at = entry.parent(); at != null; at = at.parent()) {
      if (isRecord(at.tag()) || at.tag() == TAG_NAMESPACE) {
        name.insert(0, simpleName(at) + "::");
      }
    }
    return name.toString();
  }

  private static String simpleName(DebugEntry entry) {
    return entry.find(AT_NAME) instanceof DebugValue.Text(String text)
        ? text
        : "(anonymous at " + entry.offset() + ")";
  }
}
