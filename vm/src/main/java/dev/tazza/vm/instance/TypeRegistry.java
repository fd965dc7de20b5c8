package dev.tazza.vm.instance;

import dev.tazza.wasm.type.FuncType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Numbers for function types, the same for equal types across an engine: what an indirect call
 * compares. With them the trampolines, which are made for types. Thread-safe.
 *
 * <p>A type is known as long as somebody uses it: between {@link #acquire} and {@link #release} its
 * number and its trampolines stay what they are. Modules use their types until their code is
 * unmapped, stores those of the host functions that guests have references to. So whatever guest
 * code can reach has a user; what nobody uses is forgotten, and its number given to another type.
 */
public final class TypeRegistry {
  private final Trampolines maker;
  private final Map<FuncType, Type> known = new HashMap<>(); // guarded by this
  private final List<@Nullable Type> byId = new ArrayList<>(); // guarded by this
  private final ArrayDeque<Integer> unusedIds = new ArrayDeque<>(); // guarded by this

  /** A type in use. */
  private static final class Type {
    final FuncType type;
    final int id;
    int users; // guarded by the registry
    private @Nullable MappedFunction exit; // guarded by this
    private @Nullable MappedFunction imported; // guarded by this

    Type(FuncType type, int id) {
      this.type = type;
      this.id = id;
    }

    synchronized long exit(Trampolines maker) {
      MappedFunction made = exit;
      if (made == null) {
        made = maker.exit(type);
        exit = made;
      }
      return made.address();
    }

    synchronized long imported(Trampolines maker) {
      MappedFunction made = imported;
      if (made == null) {
        made = maker.imported(type);
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
  public TypeRegistry(Trampolines maker) {
    this.maker = maker;
  }

  /** Adds a user of {@code type}, who calls {@link #release} in the end; returns its number. */
  public synchronized int acquire(FuncType type) {
    Type found = known.get(type);
    if (found == null) {
      Integer unused = unusedIds.pollFirst();
      found = new Type(type, unused == null ? byId.size() : unused);
      if (unused == null) {
        byId.add(found);
      } else {
        byId.set(found.id, found);
      }
      known.put(type, found);
    }
    found.users++;
    return found.id;
  }

  /** Drops a user of the type with number {@code id}; with the last, the trampolines go. */
  public void release(int id) {
    Type unused;
    synchronized (this) {
      Type found = get(id);
      if (--found.users > 0) {
        return;
      }
      known.remove(found.type);
      byId.set(id, null);
      unusedIds.addLast(id);
      unused = found;
    }
    unused.close();
  }

  /** The type with number {@code id}. For users of it, as all below. */
  public FuncType type(int id) {
    return get(id).type;
  }

  /** Address of guest code that exits to a host function of the type. */
  long exitTrampoline(int id) {
    return get(id).exit(maker);
  }

  /** Address of guest code that returns by jump and stands for another function of the type. */
  long importedTrampoline(int id) {
    return get(id).imported(maker);
  }

  /** How many types are in use. */
  public synchronized int size() {
    return known.size();
  }

  private synchronized Type get(int id) {
    Type found = byId.get(id);
    if (found == null) {
      throw new IllegalStateException("nobody uses type " + id);
    }
    return found;
  }
}
