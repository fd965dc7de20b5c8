package dev.tazza.wasm.module;

import dev.tazza.wasm.type.CompositeType;
import dev.tazza.wasm.type.SubType;
import dev.tazza.wasm.type.TypeGroup;
import dev.tazza.wasm.type.TypeMatching;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The types that a module defines, by index: which of them are the same (those at the same place of
 * recursion groups that are alike), and which are declared subtypes of which. Immutable, shared by
 * threads.
 */
public final class DefinedTypes implements TypeMatching.Definitions {
  private final WasmModule module;

  /** By type index: a number that equal types have in common. Made when first needed. */
  private volatile int @Nullable [] numbers;

  public DefinedTypes(WasmModule module) {
    this.module = module;
  }

  @Override
  public CompositeType composite(int typeIndex) {
    return module.type(typeIndex);
  }

  @Override
  public boolean isDeclaredSubtype(int typeIndex, int supertypeIndex) {
    for (int at = typeIndex; at != SubType.NONE; at = module.subType(at).supertype()) {
      if (isSame(at, supertypeIndex)) {
        return true;
      }
    }
    return false;
  }

  private boolean isSame(int a, int b) {
    if (a == b) {
      return true;
    }
    int[] known = numbers;
    if (known == null) {
      known = numbers();
      numbers = known; // two threads may both make them: they are equal
    }
    return known[a] == known[b];
  }

  /** The first index of each group stands for all groups like it. */
  private int[] numbers() {
    List<SubType> types = module.types();
    int[] result = new int[types.size()];
    Map<TypeGroup, Integer> groups = new HashMap<>();
    for (int start = 0; start < result.length; start = module.groupEnd(start)) {
      int end = module.groupEnd(start);
      Integer known = groups.putIfAbsent(TypeGroup.of(types, start, end, result), start);
      int first = known == null ? start : known;
      for (int i = start; i < end; i++) {
        result[i] = first + i - start;
      }
    }
    return result;
  }
}
