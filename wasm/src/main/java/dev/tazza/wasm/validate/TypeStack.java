package dev.tazza.wasm.validate;

import dev.tazza.wasm.binary.ModuleLimit;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;
import java.util.Arrays;

/**
 * The two stacks of the validation algorithm (specification, appendix A.3): types of operands, and
 * open blocks. Blocks are parallel arrays, innermost last; block 0 is the function's body.
 *
 * <p>Code after an unconditional branch may use operands that are not there: in a block marked
 * unreachable, popping from its empty stack gives {@link TypeCode#UNKNOWN}, which matches every
 * type.
 */
final class TypeStack {

  private static final int[] NONE = {};
  private static final int[] I32 = {TypeCode.I32};
  private static final int[] I64 = {TypeCode.I64};
  private static final int[] F32 = {TypeCode.F32};
  private static final int[] F64 = {TypeCode.F64};

  private final ModuleContext context;
  private final ModuleLimits limits;
  private final Errors errors;
  private final LocalInitialization locals;

  private int[] operands;
  private int height;
  private int maxHeight;

  private Operator[] kinds;
  private int[][] starts;
  private int[][] ends;
  private int[] heights;
  private boolean[] unreachable;
  private int[] marks;
  private int depth;
  private int maxDepth;

  /** The height of the innermost block: what is below belongs to the blocks around it. */
  private int base;

  TypeStack(ModuleContext context, Errors errors, LocalInitialization locals) {
    this.context = context;
    this.limits = context.limits;
    this.errors = errors;
    this.locals = locals;
    operands = new int[Math.min(64, limits.get(ModuleLimit.OPERANDS))];
    int blocks = Math.min(16, limits.get(ModuleLimit.NESTING));
    kinds = new Operator[blocks];
    starts = new int[blocks][];
    ends = new int[blocks][];
    heights = new int[blocks];
    unreachable = new boolean[blocks];
    marks = new int[blocks];
  }

  /** Empties both stacks. */
  void clear() {
    height = 0;
    maxHeight = 0;
    depth = 0;
    maxDepth = 0;
    base = 0;
  }

  int maxHeight() {
    return maxHeight;
  }

  int maxDepth() {
    return maxDepth;
  }

  // Operands.

  void push(int type) {
    if (height == operands.length) {
      growOperands();
    }
    operands[height++] = type;
    if (height > maxHeight) {
      maxHeight = height;
    }
  }

  private void growOperands() {
    if (height >= limits.get(ModuleLimit.OPERANDS)) {
      throw limits.exceeded(ModuleLimit.OPERANDS, height + 1, errors.offset());
    }
    int size = Math.min(2 * height, limits.get(ModuleLimit.OPERANDS));
    operands = Arrays.copyOf(operands, Math.max(size, height + 1));
  }

  void pushAll(int[] types) {
    for (int type : types) {
      push(type);
    }
  }

  /** Pops an operand of any type. */
  int pop() {
    if (height > base) {
      return operands[--height];
    }
    if (unreachable[depth - 1]) {
      return TypeCode.UNKNOWN;
    }
    throw errors.invalid("type mismatch: expected an operand, found an empty stack");
  }

  /** Pops an operand of a type and returns the type it really has. */
  int pop(int expected) {
    if (height > base) {
      int actual = operands[height - 1];
      if (actual == expected || context.matches(actual, expected)) {
        height--;
        return actual;
      }
      throw errors.mismatch(expected, actual);
    }
    if (unreachable[depth - 1]) {
      return TypeCode.UNKNOWN;
    }
    throw errors.invalid(
        "type mismatch: expected " + TypeCode.toString(expected) + ", found an empty stack");
  }

  void popAll(int[] expected) {
    for (int i = expected.length - 1; i >= 0; i--) {
      pop(expected[i]);
    }
  }

  /** Pops some operands of the same type. */
  void popRepeated(int expected, int count) {
    // As many as there are: what is missing is either an error or cannot be known.
    for (int i = 0; i < count && (height > base || !unreachable[depth - 1]); i++) {
      pop(expected);
    }
  }

  /** What an instruction that the operator table describes fully does. */
  void apply(Operator operator) {
    for (int i = operator.paramCount() - 1; i >= 0; i--) {
      pop(operator.param(i));
    }
    for (int i = 0; i < operator.resultCount(); i++) {
      push(operator.result(i));
    }
  }

  /** Checks the topmost operands without popping them. */
  void checkTop(int[] expected) {
    int at = height;
    for (int i = expected.length - 1; i >= 0; i--) {
      if (at > base) {
        at--;
        if (!context.matches(operands[at], expected[i])) {
          throw errors.mismatch(expected[i], operands[at]);
        }
      } else if (!unreachable[depth - 1]) {
        throw errors.invalid(
            "type mismatch: expected " + TypeCode.toString(expected[i]) + ", found an empty stack");
      }
    }
  }

  /** Drops the innermost block's operands: what follows cannot be reached. */
  void markUnreachable() {
    height = base;
    unreachable[depth - 1] = true;
  }

  // Blocks.

  int depth() {
    return depth;
  }

  /** Opens a block whose parameters have been popped, and pushes them again. */
  void open(Operator kind, int[] params, int[] results) {
    if (depth == kinds.length) {
      growBlocks();
    }
    kinds[depth] = kind;
    starts[depth] = params;
    ends[depth] = results;
    heights[depth] = height;
    unreachable[depth] = false;
    marks[depth] = locals.mark();
    base = height;
    depth++;
    if (depth > maxDepth) {
      maxDepth = depth;
    }
    pushAll(params);
  }

  private void growBlocks() {
    if (depth >= limits.get(ModuleLimit.NESTING)) {
      throw limits.exceeded(ModuleLimit.NESTING, depth + 1, errors.offset());
    }
    int size = Math.max(Math.min(2 * depth, limits.get(ModuleLimit.NESTING)), depth + 1);
    kinds = Arrays.copyOf(kinds, size);
    starts = Arrays.copyOf(starts, size);
    ends = Arrays.copyOf(ends, size);
    heights = Arrays.copyOf(heights, size);
    unreachable = Arrays.copyOf(unreachable, size);
    marks = Arrays.copyOf(marks, size);
  }

  /** The operator that opened the innermost block. */
  Operator kind() {
    return kinds[depth - 1];
  }

  /** The parameters of the innermost block. */
  int[] start() {
    return starts[depth - 1];
  }

  /** The results of the innermost block. */
  int[] end() {
    return ends[depth - 1];
  }

  /** Closes the innermost block: its results, and nothing else, must be on the stack. */
  void close() {
    popAll(ends[depth - 1]);
    if (height != base) {
      throw errors.invalid(
          "type mismatch: "
              + (height - base)
              + " more operands than results at the end of the block, the last a "
              + TypeCode.toString(operands[height - 1]));
    }
    depth--;
    locals.forget(marks[depth]);
    base = depth > 0 ? heights[depth - 1] : 0;
  }

  /** The operator that opened the block of a label; 0 is the innermost block. */
  Operator kind(int label) {
    return kinds[depth - 1 - errors.index("label", label, depth)];
  }

  /** The types that a branch to a label carries; 0 is the innermost block. */
  int[] labelTypes(int label) {
    int block = depth - 1 - errors.index("label", label, depth);
    return kinds[block] == Operator.LOOP ? starts[block] : ends[block];
  }

  /** The sequence of one type, or of none for {@link TypeCode#UNKNOWN}. */
  static int[] sequence(int type) {
    return switch (type) {
      case TypeCode.UNKNOWN -> NONE;
      case TypeCode.I32 -> I32;
      case TypeCode.I64 -> I64;
      case TypeCode.F32 -> F32;
      case TypeCode.F64 -> F64;
      default -> new int[] {type};
    };
  }
}
