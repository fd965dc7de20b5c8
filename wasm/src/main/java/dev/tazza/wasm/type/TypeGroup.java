package dev.tazza.wasm.type;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recursion group in a form that is equal for equal groups, whatever module they are in
 * (specification, section 3.3.1, "closed and rolled-up types"): references to types of the group
 * count from its start, all others are numbers that somebody gave to earlier groups.
 *
 * <p>The form is a sequence of numbers: for each type whether it is final, its supertype, its shape
 * and the {@link TypeCode}s in it. Type indexes of the group itself are replaced by negative ones
 * below those of abstract heap types.
 */
public final class TypeGroup {
  private static final int FIRST_INNER = -0x100;
  private static final int FUNC = 0;
  private static final int STRUCT = 1;
  private static final int ARRAY = 2;

  private final int[] form;
  private final int hash;
  private final boolean refersToTypes;

  private TypeGroup(int[] form, boolean refersToTypes) {
    this.form = form;
    this.hash = Arrays.hashCode(form);
    this.refersToTypes = refersToTypes;
  }

  /**
   * The group of the types {@code [start, end)} of a module.
   *
   * @param types the module's types
   * @param numbers by type index below {@code start}, the number that stands for it
   */
  public static TypeGroup of(List<SubType> types, int start, int end, int[] numbers) {
    if (end == start + 1 && types.get(start).isPlain()) {
      TypeGroup plain = ofPlain(types.get(start));
      if (plain != null) {
        return plain;
      }
    }
    Writer writer = new Writer(start, numbers);
    for (int i = start; i < end; i++) {
      writer.write(types.get(i));
    }
    return new TypeGroup(Arrays.copyOf(writer.form, writer.size), writer.refersToTypes);
  }

  /**
   * What nearly all groups are: a function type alone that refers to no others. The same form as by
   * {@link Writer}, in less time for a process that has just started.
   *
   * @return null when it is another
   */
  private static @Nullable TypeGroup ofPlain(SubType type) {
    if (!(type.composite() instanceof FuncType function)) {
      return null;
    }
    int params = function.params().size();
    int results = function.results().size();
    int[] form = new int[5 + params + results];
    form[0] = 1;
    form[1] = SubType.NONE;
    form[2] = FUNC;
    form[3] = params;
    form[4 + params] = results;
    for (int i = 0; i < params + results; i++) {
      boolean isParam = i < params;
      int code = (isParam ? function.params().get(i) : function.results().get(i - params)).code();
      if (TypeCode.isConcrete(code)) {
        return null;
      }
      form[isParam ? 4 + i : 5 + i] = code;
    }
    return new TypeGroup(form, false);
  }

  /**
   * Whether there is a type index in it, of a type of the group itself or of another: if not, its
   * types are the same whatever module they are in.
   */
  public boolean refersToTypes() {
    return refersToTypes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TypeGroup group
        && hash == group.hash
        && Arrays.equals(form, group.form);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Collects the form of a group. */
  private static final class Writer {
    private final int start;
    private final int[] numbers;
    private int[] form = new int[16];
    private int size;
    private boolean refersToTypes;

    Writer(int start, int[] numbers) {
      this.start = start;
      this.numbers = numbers;
    }

    void write(SubType type) {
      add(type.isFinal() ? 1 : 0);
      add(type.supertype() == SubType.NONE ? SubType.NONE : index(type.supertype()));
      switch (type.composite()) {
        case FuncType func -> {
          add(FUNC);
          values(func.params());
          values(func.results());
        }
        case StructType struct -> {
          add(STRUCT);
          add(struct.fields().size());
          for (int i = 0; i < struct.fields().size(); i++) {
            field(struct.fields().get(i));
          }
        }
        case ArrayType array -> {
          add(ARRAY);
          field(array.element());
        }
      }
    }

    private void values(List<ValType> types) {
      add(types.size());
      for (int i = 0; i < types.size(); i++) {
        type(types.get(i).code());
      }
    }

    private void field(FieldType field) {
      add(field.mutable() ? 1 : 0);
      type(field.storage().code());
    }

    private void type(int code) {
      add(
          TypeCode.isConcrete(code)
              ? TypeCode.reference(TypeCode.isNullable(code), index(TypeCode.heapType(code)))
              : code);
    }

    private int index(int typeIndex) {
      refersToTypes = true;
      return typeIndex < start ? numbers[typeIndex] : FIRST_INNER - (typeIndex - start);
    }

    private void add(int number) {
      if (size == form.length) {
        form = Arrays.copyOf(form, 2 * size);
      }
      form[size++] = number;
    }
  }
}
