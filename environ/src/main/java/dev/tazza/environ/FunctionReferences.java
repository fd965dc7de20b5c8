package dev.tazza.environ;

import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.ConstInstr;
import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.Export;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.ExternKind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which functions of a module can become references, and their numbers among {@link
 * VmLayout#functionRef}: those that are exported, stand in an element segment (as {@code ref.func}
 * in code demands) or in the initial value of a global or table, and the start function, which is
 * entered from outside. Numbers follow the order of function indexes.
 */
public final class FunctionReferences {
  private final int functionCount;
  private final int[] functions;
  private volatile int @Nullable [] numberOf; // by function

  private FunctionReferences(int functionCount, int[] functions) {
    this.functionCount = functionCount;
    this.functions = functions;
  }

  /**
   * Those of a module that was compiled before, as {@link #functions} gave them then.
   *
   * @throws IllegalArgumentException when they are not indexes of functions in their order
   */
  public static FunctionReferences known(WasmModule module, int[] functions) {
    int last = -1;
    for (int function : functions) {
      if (function <= last) {
        throw new IllegalArgumentException("not in their order");
      }
      last = function;
    }
    if (last >= module.functionCount()) {
      throw new IllegalArgumentException("there is no function " + last);
    }
    return new FunctionReferences(module.functionCount(), functions);
  }

  public static FunctionReferences of(WasmModule module) {
    boolean[] referenced = new boolean[module.functionCount()];
    for (Export export : module.exports()) {
      if (export.kind() == ExternKind.FUNC) {
        referenced[export.index()] = true;
      }
    }
    if (module.startFunction() >= 0) {
      referenced[module.startFunction()] = true;
    }
    for (ElementSegment segment : module.elementSegments()) {
      switch (segment.items()) {
        case ElementSegment.Functions items -> {
          for (int index : items.indexes()) {
            referenced[index] = true;
          }
        }
        case ElementSegment.Expressions items -> {
          for (ConstExpr expression : items.expressions()) {
            mark(expression, referenced);
          }
        }
      }
    }
    for (int i = module.importedGlobalCount(); i < module.globalCount(); i++) {
      mark(module.globalInit(i), referenced);
    }
    for (int i = module.importedTableCount(); i < module.tableCount(); i++) {
      ConstExpr init = module.tableInit(i);
      if (init != null) {
        mark(init, referenced);
      }
    }
    int[] functions = new int[referenced.length];
    int count = 0;
    for (int i = 0; i < referenced.length; i++) {
      if (referenced[i]) {
        functions[count++] = i;
      }
    }
    return new FunctionReferences(referenced.length, Arrays.copyOf(functions, count));
  }

  private static void mark(ConstExpr expression, boolean[] referenced) {
    for (ConstInstr instruction : expression.instructions()) {
      if (instruction instanceof ConstInstr.RefFunc(int functionIndex)) {
        referenced[functionIndex] = true;
      }
    }
  }

  /** How many there are. */
  public int count() {
    return functions.length;
  }

  /** The number of function {@code functionIndex}, or -1 when it cannot become a reference. */
  public int number(int functionIndex) {
    int[] known = numberOf;
    if (known == null) {
      known = numbers();
      numberOf = known; // two threads may both make it: the results are equal
    }
    return known[functionIndex];
  }

  private int[] numbers() {
    int[] numbers = new int[functionCount];
    Arrays.fill(numbers, -1);
    for (int i = 0; i < functions.length; i++) {
      numbers[functions[i]] = i;
    }
    return numbers;
  }

  /** Whether there is a function with that index, and it can become a reference. */
  public boolean has(int functionIndex) {
    return functionIndex >= 0 && functionIndex < functionCount && number(functionIndex) >= 0;
  }

  /** All of these functions, in the order of their indexes. */
  public int[] functions() {
    return functions.clone();
  }

  /** The function index of reference {@code number}. */
  public int function(int number) {
    return functions[number];
  }
}
