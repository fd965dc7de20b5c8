package dev.tazza.translate;

import dev.tazza.codegen.ir.Inst;
import org.jspecify.annotations.Nullable;

/** An open block, loop, if or the function itself. */
final class ControlFrame {
  enum Kind {
    FUNCTION,
    BLOCK,
    LOOP,
    IF,
    ELSE,
    TRY_TABLE,
    /** Of the exceptions proposal's first version: the body. */
    TRY,
    /** The same: a handler. */
    CATCH
  }

  Kind kind;

  /** The number of the construct among all of the body ({@link LocalAssignments}). */
  final int construct;

  /** The operands that the construct starts with: its parameters. */
  final Inst[] operands;

  final int resultCount;

  /** Height of the operand stack below the parameters. */
  final int height;

  /** What follows the construct; its parameters are the results. */
  final Join end;

  /** Where a branch to the label goes: the header of a loop, otherwise {@link #end}. */
  final Join target;

  /** The else part of an open if. */
  final @Nullable Join otherwise;

  /** How many {@link CheckedIndexes} there were when the construct began. */
  int checked;

  /** Whether any edge leads to {@link #end}. */
  boolean endReached;

  /** Whether any does of which nobody said that it is unlikely to be taken. */
  boolean endLikely;

  /** Who catches what is thrown around the construct, and in it. */
  @Nullable TryScope outerScope;

  @Nullable TryScope scope;

  /** Of a handler that throws again: what it caught. */
  @Nullable Caught caught;

  /** Of a handler of the first version: all of its try. */
  CatchClause[] clauses = {};

  /** Of a try of the first version: how many of its handlers have begun. */
  int handlers;

  /**
   * Whether the construct stands in code that is never reached: then it has no blocks of its own
   * that count.
   */
  final boolean dead;

  ControlFrame(
      Kind kind, int construct, Inst[] operands, int resultCount, int height, Targets targets) {
    this.kind = kind;
    this.construct = construct;
    this.operands = operands;
    this.resultCount = resultCount;
    this.height = height;
    this.end = targets.end;
    this.target = targets.target;
    this.otherwise = targets.otherwise;
    this.dead = targets.dead;
  }

  /** The blocks of a construct. */
  record Targets(Join end, Join target, @Nullable Join otherwise, boolean dead) {}

  /**
   * A caught exception.
   *
   * @param tag of a known tag with what it carries; {@link CatchClause#ALL}: the value is a
   *     reference to it
   */
  record Caught(int tag, Inst[] values) {}

  /** How many operands a branch to the label carries. */
  int branchArity() {
    return kind == Kind.LOOP ? operands.length : resultCount;
  }
}
