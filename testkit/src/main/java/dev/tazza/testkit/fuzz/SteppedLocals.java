package dev.tazza.testkit.fuzz;

import dev.tazza.environ.CodeMap;
import dev.tazza.environ.CodeMap.InlinedCall;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.InlinedCalls;
import dev.tazza.environ.LocalHomes;
import dev.tazza.environ.LocalPlaces;
import dev.tazza.vm.code.CodeBlock;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.wasm.type.TypeCode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values that a function's locals have at each of its instructions while a call runs step by
 * step ({@link StepRecorder}) in code that keeps them ({@link LocalHomes}), and what optimized code
 * tells of them, instruction by instruction: it must be one of those.
 */
final class SteppedLocals {
  /** The number of rbp. */
  private static final int FRAME_POINTER = 6;

  private static final long NARROW = 0xFFFF_FFFFL;

  /** By function and offset of the instruction, and by local. */
  private final Map<Long, Map<Integer, Set<Long>>> values = new HashMap<>();

  private long inRegisters;
  private long inFrames;
  private long constants;

  /** Where a step is: of inlined code, at the call in the function that it stands in. */
  private record Place(LoadedModule loaded, CodeSymbol symbol, int offset, long pc) {
    static @Nullable Place of(long pc) {
      CodeBlock block = CodeRange.process().find(pc);
      if (block == null || !(block.owner() instanceof LoadedModule loaded)) {
        return null;
      }
      CodeSymbol symbol = loaded.symbolAt(pc);
      if (symbol == null || symbol.functionIndex() < 0) {
        return null;
      }
      CodeMap map = loaded.codeMap();
      int position = map.locAt((int) (pc - loaded.address()));
      for (InlinedCall call = map.inlinedAt(position);
          call != null;
          call = map.inlinedAt(position)) {
        position = call.caller();
        if (position == InlinedCalls.GONE) {
          return null;
        }
      }
      return new Place(loaded, symbol, position, pc);
    }

    boolean isStart() {
      return pc == loaded.address() + symbol.offset();
    }

    long key() {
      return (long) symbol.functionIndex() << Integer.SIZE | offset;
    }

    @Nullable LocalHomes homes() {
      return LocalHomes.of(loaded.module(), symbol.functionIndex());
    }
  }

  /**
   * Whether a function has given its homes their first values: the code that does is no
   * instruction's, that before it the first one's.
   */
  private enum Entry {
    FRAME,
    HOMES,
    PAST;

    Entry next(@Nullable Place place) {
      if (place != null && place.isStart()) {
        return FRAME;
      }
      boolean isIn = place != null && place.offset >= 0;
      return this == FRAME && !isIn ? HOMES : this == HOMES && isIn ? PAST : this;
    }
  }

  /**
   * Adds the values of the call that was just recorded, of code that keeps locals: before and after
   * each instruction.
   */
  void addKept() {
    Place before = null;
    Entry entry = Entry.PAST;
    for (int step = 0; step < StepRecorder.count(); step++) {
      Place place = Place.of(StepRecorder.pc(step));
      entry = entry.next(place);
      LocalHomes homes = place == null ? null : place.homes();
      if (place != null && homes != null && place.offset >= 0 && entry == Entry.PAST) {
        add(step, place, place.symbol, homes);
        if (before != null && before.offset >= 0 && isSameFrame(step, before, place)) {
          add(step, before, place.symbol, homes);
        }
      }
      before = place;
    }
  }

  private static boolean isSameFrame(int step, Place before, Place place) {
    return before.symbol == place.symbol
        && StepRecorder.register(step - 1, FRAME_POINTER)
            == StepRecorder.register(step, FRAME_POINTER);
  }

  private void add(int step, Place place, CodeSymbol symbol, LocalHomes homes) {
    Map<Integer, Set<Long>> here = values.computeIfAbsent(place.key(), _ -> new HashMap<>());
    for (int local = 0; local < homes.count(); local++) {
      int displacement = symbol.homes() + homes.offset(local);
      if (isNumber(homes.type(local)) && StepRecorder.hasFrame(displacement)) {
        here.computeIfAbsent(local, _ -> new HashSet<>())
            .add(value(homes.type(local), StepRecorder.frame(step, displacement)));
      }
    }
  }

  /** What is told wrongly in the call that was just recorded, of optimized code; null: nothing. */
  @Nullable String compareTold() {
    for (int step = 0; step < StepRecorder.count(); step++) {
      Place place = Place.of(StepRecorder.pc(step));
      String difference = place == null ? null : compare(step, place);
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private @Nullable String compare(int step, Place place) {
    Map<Integer, Set<Long>> here = values.get(place.key());
    LocalHomes homes = place.homes();
    if (here == null || homes == null) {
      return null; // only done beforehand, in code that was moved
    }
    LocalPlaces places = place.loaded.compiled().tables().locals();
    int offset = (int) (StepRecorder.pc(step) - place.loaded.address());
    int end = places.firstOf(place.symbol.offset() + place.symbol.size());
    for (int row = places.firstOf(place.symbol.offset()); row < end; row++) {
      int local = places.local()[row];
      boolean isHere = places.from()[row] <= offset && places.to()[row] > offset;
      Set<Long> possible = here.get(local);
      if (!isHere || possible == null) {
        continue;
      }
      Long told = told(step, places, row);
      if (told != null && !possible.contains(value(homes.type(local), told))) {
        return "local %d of function %d at %#x (pc %#x) is told as %#x by %d:%d, but is %s"
            .formatted(
                local,
                place.symbol.functionIndex(),
                place.offset,
                offset,
                value(homes.type(local), told),
                places.kind()[row],
                places.low()[row],
                possible.stream().map(Long::toHexString).toList());
      }
    }
    return null;
  }

  private @Nullable Long told(int step, LocalPlaces places, int row) {
    int low = places.low()[row];
    switch (places.kind()[row]) {
      case LocalPlaces.CONSTANT -> {
        constants++;
        return places.bits(row);
      }
      case LocalPlaces.REGISTER -> {
        inRegisters++;
        return StepRecorder.register(step, low) + places.high()[row];
      }
      default -> {
        if (!StepRecorder.hasFrame(low)) {
          return null;
        }
        inFrames++;
        return StepRecorder.frame(step, low) + places.high()[row];
      }
    }
  }

  private static boolean isNumber(int type) {
    return type == TypeCode.I32
        || type == TypeCode.I64
        || type == TypeCode.F32
        || type == TypeCode.F64;
  }

  private static long value(int type, long bits) {
    return type == TypeCode.I32 || type == TypeCode.F32 ? bits & NARROW : bits;
  }

  /** How often a register was read for a local. */
  long inRegisters() {
    return inRegisters;
  }

  /** How often a frame was. */
  long inFrames() {
    return inFrames;
  }

  /** How often a local was a constant. */
  long constants() {
    return constants;
  }

  /** Forgets all values, for another call. */
  void clear() {
    values.clear();
  }
}
