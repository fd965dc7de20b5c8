package dev.tazza.vm.instance;

import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.ArrayType;
import dev.tazza.wasm.type.CompositeType;
import dev.tazza.wasm.type.FieldType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.StorageType;
import dev.tazza.wasm.type.StructType;
import dev.tazza.wasm.type.SubType;
import dev.tazza.wasm.type.TypeCode;
import dev.tazza.wasm.type.TypeErasure;
import dev.tazza.wasm.type.TypeGroup;
import dev.tazza.wasm.type.TypeMatching;
import dev.tazza.wasm.type.TypeRenumbering;
import dev.tazza.wasm.type.ValType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Numbers for types, the same for equal types across an engine: what indirect calls and imports
 * compare. With them the trampolines, which are made for types. Thread-safe.
 *
 * <p>Recursion groups are hash-consed: a {@link TypeGroup} refers to its own types by their place
 * in it and to others by their numbers, so equal groups of different modules have the same form,
 * and their types the same numbers. A type of the registry is a {@link SubType} whose indexes are
 * such numbers.
 *
 * <p>A type is known as long as somebody uses it: between {@link #acquire} and {@link #release} its
 * number and its trampolines stay what they are. Modules use their types until their code is
 * unmapped, stores those of the host functions that guests have references to, and groups the
 * groups that they refer to. So whatever guest code can reach has a user; what nobody uses is
 * forgotten, and its numbers given to other types.
 */
public final class TypeRegistry implements TypeMatching.Definitions {
  private static final int[] NO_NUMBERS = {};

  private final TrampolineCompiler maker;
  private final Map<TypeGroup, Group> known = new HashMap<>(); // guarded by this
  private final List<@Nullable Type> byId = new ArrayList<>(); // guarded by this
  private final ArrayDeque<Integer> unusedIds = new ArrayDeque<>(); // guarded by this
  private final TypeMatching matching = new TypeMatching(this);
  private final TypeErasure erasure = new TypeErasure(this::composite);
  private int size; // guarded by this

  /** Types in use that were defined together. */
  private static final class Group {
    final TypeGroup form;
    final Type[] types;

    /** The groups that it refers to: of most none. */
    Set<Group> outer = Set.of();

    int users; // guarded by the registry

    Group(TypeGroup form, int size) {
      this.form = form;
      this.types = new Type[size];
    }
  }

  /** A type in use. */
  private static final class Type {
    final Group group;
    final int id;
    final SubType definition;

    /** The numbers of its supertypes, that from the top of the hierarchy first, and its own. */
    final int[] display;

    private @Nullable MappedFunction exit; // guarded by this
    private @Nullable MappedFunction imported; // guarded by this

    Type(Group group, int id, SubType definition, int[] display) {
      this.group = group;
      this.id = id;
      this.definition = definition;
      this.display = display;
    }

    FuncType function() {
      return (FuncType) definition.composite();
    }

    synchronized long exit(TrampolineCompiler maker, FuncType erased) {
      MappedFunction made = exit;
      if (made == null) {
        made = maker.exit(erased);
        exit = made;
      }
      return made.address();
    }

    synchronized long imported(TrampolineCompiler maker, FuncType erased) {
      MappedFunction made = imported;
      if (made == null) {
        made = maker.imported(erased);
        imported = made;
      }
      return made.address();
    }

    synchronized void close() {
      try {
        if (exit != null) {
          exit.close();
        }
      } finally {
        if (imported != null) {
          imported.close();
        }
      }
    }
  }

  /**
   * Creates an empty registry.
   *
   * @param maker makes the trampolines that are asked for
   */
  public TypeRegistry(TrampolineCompiler maker) {
    this.maker = maker;
  }

  /**
   * Adds a user of all types of a module, who calls {@link #release(WasmModule, int[])} in the end.
   *
   * @return by type index, the type's number
   */
  public synchronized int[] acquire(WasmModule module) {
    List<SubType> types = module.types();
    int[] ids = new int[types.size()];
    int start = 0;
    try {
      while (start < ids.length) {
        int end = module.groupEnd(start);
        acquire(types, start, end, ids);
        start = end;
      }
    } catch (RuntimeException | Error e) {
      release(module, ids, start);
      throw e;
    }
    return ids;
  }

  /**
   * Adds a user of the type of functions that is final and has no supertype, who calls {@link
   * #release(int)} in the end; returns its number.
   *
   * @param type refers to no other types
   */
  public synchronized int acquire(FuncType type) {
    int[] ids = new int[1];
    acquire(List.of(SubType.of(type)), 0, 1, ids);
    return ids[0];
  }

  private void acquire(List<SubType> types, int start, int end, int[] ids) {
    TypeGroup form = TypeGroup.of(types, start, end, start == 0 ? NO_NUMBERS : ids);
    Group group = known.get(form);
    if (group == null) {
      group = add(form, types, start, end, ids);
    } else {
      for (int i = start; i < end; i++) {
        ids[i] = group.types[i - start].id;
      }
    }
    group.users++;
  }

  private Group add(TypeGroup form, List<SubType> types, int start, int end, int[] ids) {
    Group group = new Group(form, end - start);
    newIds(ids, start, end);
    if (form.refersToTypes()) {
      addReferring(group, types, start, end, ids);
    } else {
      for (int i = start; i < end; i++) {
        add(group, i - start, types.get(i), ids[i]);
      }
    }
    known.put(form, group);
    size += end - start;
    return group;
  }

  private void addReferring(Group group, List<SubType> types, int start, int end, int[] ids) {
    TypeRenumbering renumbering = new TypeRenumbering(ids);
    for (int i = start; i < end; i++) {
      add(group, i - start, renumbering.apply(types.get(i)), ids[i]);
    }
    for (Type type : group.types) {
      addOuter(group, type.definition);
    }
    for (Group outer : group.outer) {
      outer.users++;
    }
  }

  /** A type, whose supertype there is already. */
  private void add(Group group, int place, SubType type, int id) {
    Type added = new Type(group, id, type, display(type.supertype(), id));
    byId.set(id, added);
    group.types[place] = added;
  }

  private void newIds(int[] ids, int start, int end) {
    int i = start;
    try {
      for (; i < end; i++) {
        ids[i] = newId();
      }
    } catch (RuntimeException | Error e) {
      while (i > start) {
        unusedIds.addLast(ids[--i]);
      }
      throw e;
    }
  }

  private int newId() {
    Integer unused = unusedIds.pollFirst();
    if (unused != null) {
      return unused;
    }
    if (byId.size() == TypeCode.MAX_TYPE_INDEX) {
      throw new ResourceLimitException(
          "too many types in one engine: the limit is " + TypeCode.MAX_TYPE_INDEX,
          WasmException.NO_OFFSET);
    }
    byId.add(null);
    return byId.size() - 1;
  }

  private int[] display(int supertype, int id) {
    int[] above = supertype == SubType.NONE ? NO_NUMBERS : get(supertype).display;
    int[] display = Arrays.copyOf(above, above.length + 1);
    display[above.length] = id;
    return display;
  }

  private void addOuter(Group group, SubType type) {
    addOuter(group, type.supertype());
    switch (type.composite()) {
      case FuncType function -> {
        for (ValType param : function.params()) {
          addOuter(group, concrete(param));
        }
        for (ValType result : function.results()) {
          addOuter(group, concrete(result));
        }
      }
      case StructType struct -> {
        for (FieldType field : struct.fields()) {
          addOuter(group, concrete(field.storage()));
        }
      }
      case ArrayType array -> addOuter(group, concrete(array.element().storage()));
    }
  }

  /** The number of the type that a reference refers to, or {@link SubType#NONE}. */
  private static int concrete(StorageType type) {
    return TypeCode.isConcrete(type.code()) ? TypeCode.heapType(type.code()) : SubType.NONE;
  }

  private void addOuter(Group group, int id) {
    if (id != SubType.NONE && get(id).group != group) {
      if (group.outer.isEmpty()) {
        group.outer = new LinkedHashSet<>();
      }
      group.outer.add(get(id).group);
    }
  }

  /** Drops a user of a module's types. */
  public void release(WasmModule module, int[] ids) {
    release(module, ids, ids.length);
  }

  private void release(WasmModule module, int[] ids, int end) {
    for (int start = 0; start < end; start = module.groupEnd(start)) {
      release(ids[start]);
    }
  }

  /** Drops a user of the type with number {@code id}; with the last, the trampolines go. */
  public void release(int id) {
    ArrayDeque<Group> unused = new ArrayDeque<>();
    synchronized (this) {
      ArrayDeque<Group> dropped = new ArrayDeque<>();
      dropped.add(get(id).group);
      for (Group group = dropped.poll(); group != null; group = dropped.poll()) {
        if (--group.users == 0) {
          forget(group);
          unused.add(group);
          dropped.addAll(group.outer);
        }
      }
    }
    for (Group group : unused) {
      for (Type type : group.types) {
        type.close();
      }
    }
  }

  private void forget(Group group) {
    known.remove(group.form);
    size -= group.types.length;
    for (Type type : group.types) {
      byId.set(type.id, null);
      unusedIds.addLast(type.id);
    }
  }

  /** The function type with number {@code id}. For users of it, as all below. */
  public FuncType type(int id) {
    return get(id).function();
  }

  @Override
  public CompositeType composite(int id) {
    return get(id).definition.composite();
  }

  /** Whether the type with number {@code id} is the other one or declared below it. */
  @Override
  public boolean isDeclaredSubtype(int id, int supertype) {
    if (id == supertype) {
      return true;
    }
    int[] display = get(id).display;
    int depth = get(supertype).display.length - 1;
    return depth < display.length && display[depth] == supertype;
  }

  /** Subtyping of all types whose indexes are numbers of this registry. */
  public TypeMatching matching() {
    return matching;
  }

  /** Address of guest code that exits to a host function of the type. */
  long exitTrampoline(int id) {
    return get(id).exit(maker, erasure.apply(type(id)));
  }

  /** Address of guest code that returns by jump and stands for another function of the type. */
  long importedTrampoline(int id) {
    return get(id).imported(maker, erasure.apply(type(id)));
  }

  /** How many types are in use. */
  public synchronized int size() {
    return size;
  }

  private synchronized Type get(int id) {
    Type found = byId.get(id);
    if (found == null) {
      throw new IllegalStateException("nobody uses type " + id);
    }
    return found;
  }
}
