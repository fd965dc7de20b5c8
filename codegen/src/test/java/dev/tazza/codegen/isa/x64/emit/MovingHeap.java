package dev.tazza.codegen.isa.x64.emit;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Interpreter;
import dev.tazza.codegen.ir.Type;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Objects of 16 bytes, a number and a child, for functions of {@link RandomReferences}. What calls
 * do depends on the numbers of the objects that they get, so that it is the same wherever the
 * objects are. {@link #move} puts them all elsewhere and destroys what they leave.
 */
final class MovingHeap implements Interpreter.World {
  static final int SIZE = 1 << 16;
  private static final int OBJECT = 16;
  private static final byte POISON = (byte) 0xdb;

  private final MemorySegment memory;
  private final Random places = new Random(5);
  private final List<Integer> objects = new ArrayList<>();
  private long history = 1;

  /** Null is an object that is always there, at 0, and stays. */
  MovingHeap(MemorySegment memory) {
    this.memory = memory;
    memory.asSlice(0, SIZE).fill(POISON);
    memory.asSlice(0, OBJECT).fill((byte) 0);
  }

  private int newPlace(Map<Integer, Integer> taken) {
    while (true) {
      int place = OBJECT * (1 + places.nextInt(SIZE / OBJECT - 1));
      if (!objects.contains(place) && !taken.containsValue(place)) {
        return place;
      }
    }
  }

  int allocate(long number) {
    int place = newPlace(Map.of());
    objects.add(place);
    memory.set(JAVA_LONG_UNALIGNED, place, number);
    memory.set(JAVA_LONG_UNALIGNED, place + 8, 0);
    return place;
  }

  /** Moves all objects; gives the new places by the old ones. */
  Map<Integer, Integer> move() {
    Map<Integer, Integer> moved = new HashMap<>();
    for (int place : objects) {
      int target = newPlace(moved);
      moved.put(place, target);
      MemorySegment.copy(memory, place, memory, target, OBJECT);
      memory.asSlice(place, OBJECT).fill(POISON);
    }
    moved.put(0, 0);
    objects.clear();
    moved.forEach((_, place) -> {
      memory.set(JAVA_INT, place + 8, moved.get(memory.get(JAVA_INT, place + 8)));
      if (place != 0) {
        objects.add(place);
      }
    });
    return moved;
  }

  private long number(long reference) {
    if (reference != 0 && !objects.contains((int) reference)) {
      throw new AssertionError("no object is at " + reference);
    }
    return memory.get(JAVA_LONG_UNALIGNED, reference);
  }

  @Override
  public long[] call(Inst call, long[] args) {
    List<Type> params = call.signature.params();
    long[] references = new long[args.length];
    int count = 0;
    for (int i = 1; i < args.length; i++) {
      boolean isReference = params.get(i) == Type.REF;
      history = history * 0x9E3779B97F4A7C15L + (isReference ? number(args[i]) : args[i]);
      if (isReference) {
        references[count++] = args[i];
      }
    }
    if (call.tags().length > 0 && (history >>> 40 & 3) == 0) {
      int tag = call.tags()[(int) (history >>> 42 & 0xff) % call.tags().length];
      throw new Interpreter.Unwinding(tag == Inst.ANY_TAG ? 77 : tag);
    }
    long[] results = new long[call.signature.results().size()];
    for (int i = 0; i < results.length; i++) {
      history = history * 0xBF58476D1CE4E5B9L + i;
      int choice = (int) (history >>> 60);
      if (call.signature.results().get(i) != Type.REF) {
        results[i] = history;
      } else if (choice < 8 && count > 0) {
        results[i] = references[choice % count];
      } else {
        results[i] = objects.size() < 200 ? allocate(history >> 20) : 0;
      }
    }
    return results;
  }

  @Override
  public long context() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean canAccess(long address, int bytes) {
    long offset = address - memory.address();
    return offset >= 0 && offset <= SIZE - bytes;
  }

  @Override
  public long load(long address, int bytes) {
    long offset = address - memory.address();
    return bytes == 8
        ? memory.get(JAVA_LONG_UNALIGNED, offset)
        : memory.get(JAVA_INT, offset) & 0xffff_ffffL;
  }

  @Override
  public void store(long address, int bytes, long value) {
    memory.set(JAVA_INT, address - memory.address(), (int) value);
  }
}
