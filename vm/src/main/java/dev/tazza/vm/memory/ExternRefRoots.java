package dev.tazza.vm.memory;

import dev.tazza.sys.NativeMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where handles of external references can lie when no guest code is active: the tables and globals
 * of a store that are of that type.
 */
public final class ExternRefRoots {
  private final List<TableStorage> tables = new ArrayList<>();
  private long[] globals = {};
  private int globalCount;

  /** Adds a table, whatever its length will be. */
  public void addTable(TableStorage table) {
    tables.add(table);
  }

  /** Adds a global by the address of its value. */
  public void addGlobal(long address) {
    if (globalCount == globals.length) {
      globals = Arrays.copyOf(globals, Math.max(8, 2 * globalCount));
    }
    globals[globalCount++] = address;
  }

  /** How many handles, nulls too, there are to look at. */
  long count() {
    long count = globalCount;
    for (int i = 0; i < tables.size(); i++) {
      count += tables.get(i).length();
    }
    return count;
  }

  /** Adds each handle that is found. */
  void mark(HandleSet reachable) {
    for (int i = 0; i < globalCount; i++) {
      reachable.add(NativeMemory.getLong(globals[i]));
    }
    for (int i = 0; i < tables.size(); i++) {
      TableStorage table = tables.get(i);
      for (long j = 0; j < table.length(); j++) {
        reachable.add(table.get(j));
      }
    }
  }
}
