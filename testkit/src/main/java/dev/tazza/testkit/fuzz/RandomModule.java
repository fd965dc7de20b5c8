package dev.tazza.testkit.fuzz;

import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.ValType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A module made of a seed, with the calls to try. It exports functions as f0, f1 …, its memory as
 * memory, its table as table, its globals as g0, g1 … and the mutable global fuel, to be set before
 * each call. Other functions, short or recursive ones, can only be called from within.
 *
 * @param functions types of the exported functions
 * @param globals types of the globals
 * @param tags types of the tags, which are exported as e0, e1 …
 * @param calls what to call, in order
 */
public record RandomModule(
    long seed,
    String text,
    List<FuncType> functions,
    List<NumType> globals,
    List<FuncType> tags,
    List<Call> calls) {

  /** Fuel for each call: one unit is a call or a loop's iteration. */
  public static final int FUEL = 400;

  /**
   * A call to try.
   *
   * @param arguments boxed, as {@code Func.call} takes them
   */
  public record Call(int function, List<Object> arguments) {}

  private static final int CALLS_PER_FUNCTION = 3;

  /** The module of this seed. */
  public static RandomModule of(long seed) {
    return new Generator(seed).module();
  }

  /**
   * What the code of a module can refer to.
   *
   * @param exported how many functions can be referenced, the first ones
   * @param recursive where the functions begin that call themselves ({@link Recursion})
   * @param mutable how many globals can be set, the first ones
   * @param throwing how it throws
   * @param tags what exceptions carry
   * @param tailCalls whether there are any
   * @param references whether there are calls through typed ones
   * @param atomics whether there are atomic accesses
   */
  record Shape(
      List<FuncType> types,
      List<Integer> functionTypes,
      int exported,
      int recursive,
      List<NumType> globals,
      int mutable,
      TryGenerator.Kind throwing,
      List<FuncType> tags,
      boolean tailCalls,
      boolean references,
      boolean atomics) {

    FuncType function(int index) {
      return types.get(functionTypes.get(index));
    }
  }

  private static final class Generator {
    private final long seed;
    private final Random random;
    private final StringBuilder out = new StringBuilder("(module\n");

    Generator(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    RandomModule module() {
      Shape shape = shape();
      types(shape);
      out.append("(import \"\" \"host\" (func $host (param i32 i32) (result i32)))\n");
      out.append(TryGenerator.imports(shape.tags));
      out.append("(memory (export \"memory\") 1 4%s)\n".formatted(AtomicGenerator.sharing(seed)));
      out.append("(table $table (export \"table\") 12 20 funcref)\n(table $fixed 10 10 funcref)\n");
      out.append("(global $fuel (export \"fuel\") (mut i32) (i32.const 0))\n");
      out.append("(global $gv (mut v128) (v128.const i32x4 1 -2 3 -4))\n");
      globals(shape);
      out.append(TryGenerator.definitions(shape.tags));
      segments(shape);
      out.append(ReferenceGenerator.definitions(shape));
      List<FuncType> functions = new ArrayList<>();
      for (int i = 0; i < shape.functionTypes.size(); i++) {
        out.append("(func $f").append(i);
        if (i < shape.exported) {
          functions.add(shape.function(i));
          out.append(" (export \"f%d\")".formatted(i));
        }
        out.append(" (type $t%d)".formatted(shape.functionTypes.get(i)));
        out.append(
            i < shape.recursive
                ? new BodyGenerator(random, shape, i).generate()
                : new Recursion(random, shape, i).generate());
        out.append(")\n");
      }
      for (int i = 0; i < VectorGenerator.FUNCTIONS; i++) {
        out.append(VectorGenerator.function(random, shape, i));
      }
      out.append(")\n");
      return new RandomModule(
          seed, out.toString(), functions, shape.globals, shape.tags, calls(functions));
    }

    private Shape shape() {
      List<FuncType> types = new ArrayList<>();
      // The host calls back the first function.
      types.add(new FuncType(List.of(NumType.I32), List.of(NumType.I32)));
      int typeCount = 2 + random.nextInt(4);
      for (int i = 1; i < typeCount; i++) {
        boolean wide = random.nextInt(10) == 0;
        types.add(
            new FuncType(some(random.nextInt(wide ? 18 : 6)), some(random.nextInt(wide ? 14 : 4))));
      }
      List<Integer> functionTypes = new ArrayList<>();
      int exported = 2 + random.nextInt(6);
      int functionCount = exported + random.nextInt(8);
      for (int i = 0; i < functionCount; i++) {
        functionTypes.add(i == 0 ? 0 : random.nextInt(typeCount));
      }
      int recursive = functionCount;
      int recursiveCount = 1 + random.nextInt(2);
      for (int i = 0; i < recursiveCount; i++) {
        List<ValType> params = some(random.nextInt(3));
        params.addFirst(NumType.I32);
        functionTypes.add(types.size());
        types.add(new FuncType(params, some(random.nextInt(3))));
      }
      TryGenerator.Kind throwing = TryGenerator.Kind.of(seed);
      List<NumType> globals = new ArrayList<>();
      int globalCount = 1 + random.nextInt(6);
      for (int i = 0; i < globalCount; i++) {
        globals.add(type());
      }
      return new Shape(
          types,
          functionTypes,
          exported,
          recursive,
          globals,
          1 + random.nextInt(globalCount),
          throwing,
          TryGenerator.tags(throwing, random),
          TailCallGenerator.areIn(seed),
          ReferenceGenerator.areIn(seed),
          AtomicGenerator.areIn(seed));
    }

    private NumType type() {
      // Integers twice as often.
      return switch (random.nextInt(6)) {
        case 0, 1 -> NumType.I32;
        case 2, 3 -> NumType.I64;
        case 4 -> NumType.F32;
        default -> NumType.F64;
      };
    }

    private List<ValType> some(int count) {
      List<ValType> list = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        list.add(type());
      }
      return list;
    }

    private void types(Shape shape) {
      for (int i = 0; i < shape.types.size(); i++) {
        FuncType type = shape.types.get(i);
        out.append("(type $t").append(i).append(" (func");
        list(out, "param", type.params());
        list(out, "result", type.results());
        out.append("))\n");
      }
    }

    private void globals(Shape shape) {
      for (int i = 0; i < shape.globals.size(); i++) {
        String type = Vocabulary.text(shape.globals.get(i));
        String constant = BodyGenerator.pick(random, Vocabulary.constants(shape.globals.get(i)));
        out.append("(global $g%d (export \"g%d\") ".formatted(i, i));
        out.append(i < shape.mutable ? "(mut " + type + ")" : type);
        out.append(" (").append(type).append(".const ").append(constant).append("))\n");
      }
    }

    /** Active and passive segments; the table keeps some nulls. */
    private void segments(Shape shape) {
      out.append("(elem (i32.const 0) func").append(functions(shape, 9)).append(")\n");
      out.append("(elem $e func").append(functions(shape, 5)).append(")\n");
      out.append("(elem (table $fixed) (i32.const 1) func");
      out.append(functions(shape, 7)).append(")\n");
      out.append("(data (i32.const ").append(random.nextInt(60000)).append(") ");
      bytes(200);
      out.append(")\n(data $d ");
      bytes(40);
      out.append(")\n");
    }

    private String functions(Shape shape, int count) {
      StringBuilder names = new StringBuilder();
      for (int i = 0; i < count; i++) {
        names.append(" $f").append(random.nextInt(shape.exported));
      }
      return names.toString();
    }

    private void bytes(int count) {
      out.append('"');
      for (int i = 0; i < count; i++) {
        out.append("\\%02x".formatted(random.nextInt(256)));
      }
      out.append('"');
    }

    private List<Call> calls(List<FuncType> functions) {
      List<Call> calls = new ArrayList<>();
      for (int round = 0; round < CALLS_PER_FUNCTION; round++) {
        for (int i = 0; i < functions.size(); i++) {
          List<Object> arguments = new ArrayList<>();
          for (ValType param : functions.get(i).params()) {
            arguments.add(argument((NumType) param));
          }
          calls.add(new Call(i, arguments));
        }
      }
      return calls;
    }

    private Object argument(NumType type) {
      boolean small = random.nextInt(3) == 0;
      return switch (type) {
        case I32 -> small ? random.nextInt(-2, 40) : random.nextInt();
        case I64 -> small ? random.nextLong(-2, 40) : random.nextLong();
        case F32 -> small ? random.nextInt(-9, 9) / 2f : (float) random.nextGaussian() * 1e9f;
        case F64 -> small ? random.nextInt(-9, 9) / 4.0 : random.nextGaussian() * 1e18;
      };
    }
  }

  /** Appends {@code (keyword type…)}, nothing when there are no types. */
  static void list(StringBuilder out, String keyword, List<? extends ValType> types) {
    if (types.isEmpty()) {
      return;
    }
    out.append(" (").append(keyword);
    for (ValType type : types) {
      out.append(' ').append(Vocabulary.text((NumType) type));
    }
    out.append(')');
  }
}
