package dev.tazza.vm.instance;

import dev.tazza.wasm.type.FuncType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers for function types, the same for equal types across an engine: what an indirect call
 * compares. Thread-safe.
 */
public final class TypeRegistry {
  private final Map<FuncType, Integer> ids = new HashMap<>(); // guarded by this
  private final List<FuncType> types = new ArrayList<>(); // guarded by this

  /** The number of {@code type}. */
  public synchronized int id(FuncType type) {
    Integer known = ids.get(type);
    if (known != null) {
      return known;
    }
    int id = types.size();
    types.add(type);
    ids.put(type, id);
    return id;
  }

  /** The type with number {@code id}. */
  public synchronized FuncType type(int id) {
    return types.get(id);
  }
}
