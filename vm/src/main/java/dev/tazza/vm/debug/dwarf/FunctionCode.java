package dev.tazza.vm.debug.dwarf;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.InlinedCalls;
import dev.tazza.environ.LocalHomes;
import dev.tazza.vm.instance.LoadedModule;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The machine code of a function: where it is, which instructions of the module it is from, and
 * where its frame keeps locals.
 */
final class FunctionCode {
  private final CodeSymbol symbol;
  private final long textAddress;
  private final @Nullable LocalHomes homes;
  private final @Nullable LocalRows rows;

  /** Where the code of each piece begins in the text, and of the last ends. */
  private final int[] starts;

  /** For each piece an offset in the contents of the code section, or -1. */
  private final long[] sources;

  FunctionCode(LoadedModule module, CodeSymbol symbol) {
    this.symbol = symbol;
    textAddress = module.address();
    CodeTables tables = module.compiled().tables();
    LocalRows places =
        new LocalRows(
            tables.locals(), symbol.offset(), symbol.offset() + symbol.size(), textAddress);
    boolean isKnown = symbol.homes() != 0 || !places.isEmpty();
    homes = isKnown ? LocalHomes.of(module.module(), symbol.functionIndex()) : null;
    rows = symbol.homes() != 0 || places.isEmpty() ? null : places;
    int[] offsets = tables.locOffsets();
    int first = Arrays.binarySearch(offsets, symbol.offset());
    first = first < 0 ? -first - 1 : first;
    int end = symbol.offset() + symbol.size();
    int last = first;
    while (last < offsets.length && offsets[last] < end) {
      last++;
    }
    starts = Arrays.copyOfRange(offsets, first, last + 1);
    starts[last - first] = end;
    sources = new long[last - first];
    int section = module.module().codeSection();
    for (int i = first; i < last; i++) {
      int offset = own(tables.inlined(), tables.locs()[i]);
      sources[i - first] = offset < 0 ? -1 : offset - (long) section;
    }
  }

  /** Where in the function itself a position is, or the call that was inlined there; or -1. */
  private static int own(InlinedCalls inlined, int position) {
    int at = position;
    for (int call = inlined.callAt(at); at >= 0 && call >= 0; call = inlined.callAt(at)) {
      at = inlined.callers()[call];
    }
    return at;
  }

  CodeSymbol symbol() {
    return symbol;
  }

  /** The types of locals, and where the frame keeps them if it does; null: nothing is known. */
  @Nullable LocalHomes homes() {
    return homes;
  }

  /** Where locals are if the frame does not keep them; null: nowhere, or it does. */
  @Nullable LocalRows rows() {
    return rows;
  }

  /** All of it. */
  long[] range() {
    return new long[] {start(), end()};
  }

  long start() {
    return textAddress + symbol.offset();
  }

  long end() {
    return start() + symbol.size();
  }

  /**
   * The machine code of the instructions from {@code from} to before {@code to}: starts and ends of
   * ranges in turn, as addresses.
   */
  long[] ranges(long from, long to) {
    long[] bounds = new long[2 * sources.length];
    int count = 0;
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] < from || sources[i] >= to) {
        continue;
      }
      long start = textAddress + starts[i];
      if (count > 0 && bounds[count - 1] == start) {
        count--;
      } else {
        bounds[count++] = start;
      }
      bounds[count++] = textAddress + starts[i + 1];
    }
    return Arrays.copyOf(bounds, count);
  }

  /** Where in the text the first instruction at {@code source} or behind it begins, or -1. */
  int behind(long source) {
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] >= source) {
        return starts[i];
      }
    }
    return -1;
  }
}
