package dev.tazza.translate;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.translate.ControlFrame.Kind;
import dev.tazza.translate.ControlFrame.Targets;
import dev.tazza.translate.LegacyTries.LegacyTry;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.module.BranchHints;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.TypeCode;
import dev.tazza.wasm.type.ValType;
import java.util.ArrayList;
import java.util.List;

/**
 * Structured control to basic blocks. A construct's end is a block whose parameters are its
 * results, a loop's start one whose parameters are its operands. Code after an unconditional branch
 * is not translated; its constructs are only counted.
 */
final class ControlTranslator {
  private static final Inst[] NONE = {};

  private final FunctionState state;
  private final CallTranslator calls;
  private final ExceptionTranslator exceptions;
  private final List<ControlFrame> frames = new ArrayList<>();

  /** How many constructs have begun. */
  private int constructs;

  /** For constructs that are not translated: nothing branches to it. */
  private final Join nowhere;

  ControlTranslator(FunctionState state) {
    this.state = state;
    this.exceptions = new ExceptionTranslator(state, this::branchTo);
    this.calls = new CallTranslator(state, exceptions);
    nowhere = new Join(state.function.entry(), false);
    Block end = state.function.newBlock();
    for (int i = 0; i < state.function.signature.results().size(); i++) {
      end.addParam(state.function.signature.results().get(i));
    }
    int results = end.params.size();
    Join join = new Join(end, false);
    frames.add(
        new ControlFrame(Kind.FUNCTION, 0, NONE, results, 0, new Targets(join, join, null, false)));
  }

  /** Whether the function's own frame has ended. */
  boolean done() {
    return frames.isEmpty();
  }

  /** Operators in code that is never reached: only the nesting counts. */
  void skip(Operator operator) {
    switch (operator) {
      case BLOCK, LOOP, IF, TRY, TRY_TABLE -> {
        Targets targets = new Targets(nowhere, nowhere, null, true);
        frames.add(new ControlFrame(Kind.BLOCK, constructs++, NONE, 0, 0, targets));
      }
      case ELSE -> otherwise();
      case CATCH, CATCH_ALL -> handler();
      case END, DELEGATE -> end();
      default -> {}
    }
  }

  void translate(Operator operator) {
    if (state.fuel.isMetered()) {
      settleFuel(operator);
    }
    switch (operator) {
      case NOP -> {}
      case UNREACHABLE -> {
        state.builder.trap(TrapCode.UNREACHABLE.code());
        state.builder.block().cold = true;
        state.unreachable = true;
        state.fuel.forget();
      }
      case BLOCK -> block();
      case LOOP -> loop();
      case IF -> conditional();
      case ELSE -> otherwise();
      case END, DELEGATE -> end();
      case TRY_TABLE -> tryTable();
      case TRY -> legacyTry();
      case CATCH, CATCH_ALL -> handler();
      case THROW -> exceptions.raise(state.reader.tagIndex());
      case THROW_REF -> exceptions.raiseReference(state.stack.pop());
      case RETHROW -> exceptions.raiseAgain(label(state.reader.label()));
      case BR -> {
        branchTo(label(state.reader.label()));
        state.unreachable = true;
      }
      case BR_IF -> branchIf();
      case BR_TABLE -> branchTable();
      case RETURN -> {
        state.builder.ret(state.stack.top(frames.get(0).resultCount));
        state.unreachable = true;
      }
      case CALL -> calls.call(state.reader.functionIndex());
      case CALL_INDIRECT ->
          calls.callIndirect(state.reader.typeIndex(), state.reader.secondTableIndex());
      case CALL_REF -> calls.callRef(state.reader.typeIndex());
      case RETURN_CALL -> {
        calls.returnCall(state.reader.functionIndex());
        state.unreachable = true;
      }
      case RETURN_CALL_INDIRECT -> {
        calls.returnCallIndirect(state.reader.typeIndex(), state.reader.secondTableIndex());
        state.unreachable = true;
      }
      case RETURN_CALL_REF -> {
        calls.returnCallRef(state.reader.typeIndex());
        state.unreachable = true;
      }
      case BR_ON_NULL -> branchOnNull();
      case BR_ON_NON_NULL -> branchOnNonNull();
      default -> throw Uncompiled.error(operator);
    }
  }

  private void settleFuel(Operator operator) {
    switch (operator) {
      case NOP, BLOCK, UNREACHABLE -> {}
      default -> state.fuel.settle(needsFuel(operator));
    }
  }

  /** Whether an operator may be one of endlessly many: a call, or a branch back. */
  private boolean needsFuel(Operator operator) {
    return switch (operator) {
      case BR, BR_IF, BR_ON_NULL, BR_ON_NON_NULL -> isBack(label(state.reader.label()));
      case BR_TABLE -> {
        boolean back = isBack(label(state.reader.label()));
        for (int i = 0; i < state.reader.labelCount(); i++) {
          back |= isBack(label(state.reader.label(i)));
        }
        yield back;
      }
      case CALL -> !state.env.isBounded(state.reader.functionIndex());
      default -> operator.isCall();
    };
  }

  private static boolean isBack(ControlFrame frame) {
    return frame.kind == Kind.LOOP;
  }

  private ControlFrame label(int depth) {
    return frames.get(frames.size() - 1 - depth);
  }

  private void block() {
    Join end = newEnd();
    push(Kind.BLOCK, new Targets(end, end, null, false));
  }

  private void loop() {
    Join header = new Join(state.function.newBlock(), true);
    addParams(header.block);
    Join end = newEnd();
    ControlFrame frame = push(Kind.LOOP, new Targets(end, header, null, false));
    Edge entry = state.edge(header.block, frame.operands.length);
    state.builder.jump(entry);
    state.locals.addEdge(header, entry);
    state.stack.truncate(frame.height);
    state.builder.switchTo(header.block);
    if (state.env.tunables.polls()) {
      state.builder.poll();
    }
    LocalAssignments assignments = state.assignments;
    int changed =
        state.locals.startLoop(
            header, assignments.first(frame.construct), assignments.end(frame.construct));
    pushParams(header.block);
    state.tellChanged(changed); // which may add parameters for locals
  }

  private void conditional() {
    Inst condition = state.stack.pop();
    Block then = state.function.newBlock();
    Join otherwise = new Join(state.function.newBlock(), false);
    int hint = state.branchHint();
    then.cold = hint == BranchHints.UNLIKELY;
    otherwise.block.cold = hint == BranchHints.LIKELY;
    Join end = newEnd();
    push(Kind.IF, new Targets(end, end, otherwise, false));
    Edge skipping = new Edge(otherwise.block);
    state.builder.branch(condition, new Edge(then), skipping);
    state.locals.addEdge(otherwise, skipping);
    state.builder.switchTo(then);
  }

  private void otherwise() {
    ControlFrame frame = label(0);
    if (frame.dead || frame.otherwise == null) {
      return;
    }
    if (!state.unreachable) {
      leave(frame);
    }
    frame.kind = Kind.ELSE;
    state.checked.truncate(frame.checked);
    startElse(frame, frame.otherwise.block);
    LocalAssignments assignments = state.assignments;
    int changed =
        state.locals.startAfter(
            frame.otherwise,
            assignments.first(frame.construct),
            assignments.atElse(frame.construct));
    state.tellChanged(changed);
    state.unreachable = false;
  }

  /** The else part starts with the operands that the if started with. */
  private void startElse(ControlFrame frame, Block otherwise) {
    state.builder.switchTo(otherwise);
    state.stack.truncate(frame.height);
    for (Inst param : frame.operands) {
      state.stack.push(param);
    }
  }

  // Tries.

  private void tryTable() {
    int count = state.reader.catchCount();
    CatchClause[] clauses = new CatchClause[count];
    for (int i = 0; i < count; i++) {
      int kind = state.reader.catchKind(i);
      boolean hasTag = kind == OperatorReader.CATCH || kind == OperatorReader.CATCH_REF;
      clauses[i] =
          new CatchClause(
              hasTag ? state.reader.catchTag(i) : CatchClause.ALL,
              kind == OperatorReader.CATCH_REF || kind == OperatorReader.CATCH_ALL_REF,
              new Join(state.function.newBlock(), false),
              label(state.reader.catchLabel(i)));
    }
    Join end = newEnd();
    beginTry(push(Kind.TRY_TABLE, new Targets(end, end, null, false)), clauses);
  }

  private void beginTry(ControlFrame frame, CatchClause[] clauses) {
    state.scope = clauses.length == 0 ? frame.outerScope : new TryScope(clauses, frame.outerScope);
    frame.scope = state.scope;
  }

  private void legacyTry() {
    LegacyTry info = state.assignments.tries().of(constructs);
    ControlFrame receiver = info.delegate < 0 ? null : label(info.delegate);
    Join end = newEnd();
    ControlFrame frame = push(Kind.TRY, new Targets(end, end, null, false));
    if (receiver != null) {
      state.scope = receiver.scope;
      frame.scope = state.scope;
      return;
    }
    CatchClause[] clauses = new CatchClause[info.tags.length];
    for (int i = 0; i < clauses.length; i++) {
      Join pad = new Join(state.function.newBlock(), false);
      clauses[i] = new CatchClause(info.tags[i], false, pad, null);
    }
    beginTry(frame, clauses);
  }

  /** The next handler of a try of the first version begins. */
  private void handler() {
    ControlFrame frame = label(0);
    if (frame.dead) {
      return;
    }
    if (!state.unreachable) {
      leave(frame);
    }
    if (frame.kind == Kind.TRY) {
      frame.clauses = frame.scope == null ? new CatchClause[0] : frame.scope.clauses();
      frame.kind = Kind.CATCH;
      frame.scope = frame.outerScope;
      state.scope = frame.outerScope;
    }
    LegacyTry info = state.assignments.tries().of(frame.construct);
    int number = frame.handlers++;
    state.checked.truncate(frame.checked);
    state.stack.truncate(frame.height);
    CatchClause clause = frame.clauses[number];
    state.unreachable = clause.pad.edgeCount() == 0;
    if (!state.unreachable) {
      int first = state.assignments.first(frame.construct);
      frame.caught = exceptions.land(clause, first, info.assignments[number], info.rethrows);
    }
  }

  private void end() {
    ControlFrame frame = label(0);
    frames.remove(frames.size() - 1);
    if (frame.dead) {
      return;
    }
    state.checked.truncate(frame.checked);
    if (!state.unreachable) {
      leave(frame);
    }
    state.scope = frame.outerScope;
    if (frame.kind == Kind.TRY_TABLE) {
      exceptions.pads(frame);
    }
    if (frame.kind == Kind.IF && frame.otherwise != null) {
      // No else: the operands are the results.
      startElse(frame, frame.otherwise.block);
      frame.endReached = true;
      frame.endLikely = true;
      Edge edge = jump(frame.end, frame.resultCount);
      state.locals.addEdgeThrough(frame.otherwise, frame.end, edge);
    }
    state.stack.truncate(frame.height);
    state.unreachable = !frame.endReached;
    if (frame.endReached) {
      frame.end.block.cold |= !frame.endLikely;
      state.builder.switchTo(frame.end.block);
      pushParams(frame.end.block);
      if (frame.kind == Kind.FUNCTION) {
        state.builder.ret(state.stack.top(frame.resultCount));
      } else {
        LocalAssignments assignments = state.assignments;
        int changed =
            state.locals.startAfter(
                frame.end, assignments.first(frame.construct), assignments.end(frame.construct));
        state.tellChanged(changed);
      }
    }
  }

  /** Falls through to the end of {@code frame}. */
  private void leave(ControlFrame frame) {
    frame.endReached = true;
    frame.endLikely = true;
    state.locals.addEdge(frame.end, jump(frame.end, frame.resultCount));
  }

  private Edge jump(Join target, int arity) {
    Edge edge = state.edge(target.block, arity);
    state.builder.jump(edge);
    return edge;
  }

  private void branchTo(ControlFrame frame) {
    Edge edge = edgeTo(frame);
    state.builder.jump(edge);
    state.locals.addEdge(frame.target, edge);
  }

  private Edge edgeTo(ControlFrame frame) {
    if (frame.kind != Kind.LOOP) {
      frame.endReached = true;
      frame.endLikely = true;
    }
    return state.edge(frame.target.block, frame.branchArity());
  }

  private void branchIf() {
    branchIf(state.stack.pop());
  }

  private void branchIf(Inst condition) {
    ControlFrame frame = label(state.reader.label());
    int hint = state.branchHint();
    boolean wasLikely = frame.endLikely;
    Edge taken = edgeTo(frame);
    frame.endLikely = wasLikely || hint != BranchHints.UNLIKELY;
    Block next = state.function.newBlock();
    next.cold = hint == BranchHints.LIKELY;
    state.builder.branch(condition, taken, new Edge(next));
    state.locals.addEdge(frame.target, taken);
    state.builder.switchTo(next);
  }

  /** The operands of the label are below the reference, which stays where it is not null. */
  private void branchOnNull() {
    Inst reference = state.stack.pop();
    Inst none = state.builder.iconst(reference.type, 0);
    branchIf(state.builder.compare(Opcode.ICMP_EQ, reference, none));
    state.stack.push(reference);
  }

  /** The reference is the last operand of the label. */
  private void branchOnNonNull() {
    Inst reference = state.stack.top();
    Inst none = state.builder.iconst(reference.type, 0);
    branchIf(state.builder.compare(Opcode.ICMP_NE, reference, none));
    state.stack.pop();
  }

  private void branchTable() {
    Inst index = state.stack.pop();
    int count = state.reader.labelCount();
    if (count == 0) {
      branchTo(label(state.reader.label()));
      state.unreachable = true;
      return;
    }
    Edge[] edges = new Edge[count + 1];
    for (int i = 0; i <= count; i++) {
      edges[i] = edgeTo(tableLabel(i));
    }
    state.builder.switchOn(index, edges);
    for (int i = 0; i <= count; i++) {
      state.locals.addEdge(tableLabel(i).target, edges[i]);
    }
    state.unreachable = true;
  }

  /** The label for index {@code i} of a table, the default one for the last. */
  private ControlFrame tableLabel(int i) {
    boolean isDefault = i == state.reader.labelCount();
    return label(isDefault ? state.reader.label() : state.reader.label(i));
  }

  private ControlFrame push(Kind kind, Targets targets) {
    int params = blockParamCount();
    Inst[] operands = state.stack.top(params);
    int results = targets.end().block.params.size();
    ControlFrame frame =
        new ControlFrame(
            kind, constructs++, operands, results, state.stack.size() - params, targets);
    frame.outerScope = state.scope;
    frame.scope = state.scope;
    frame.checked = state.checked.size();
    frames.add(frame);
    return frame;
  }

  private int blockParamCount() {
    int type = state.reader.blockTypeIndex();
    return type < 0 ? 0 : state.env.module.funcTypeAt(type).params().size();
  }

  private void addParams(Block header) {
    int type = state.reader.blockTypeIndex();
    if (type >= 0) {
      for (ValType param : state.env.module.funcTypeAt(type).params()) {
        header.addParam(state.env.valueType(param.code()));
      }
    }
  }

  private Join newEnd() {
    Block end = state.function.newBlock();
    int type = state.reader.blockTypeIndex();
    if (type >= 0) {
      FuncType signature = state.env.module.funcTypeAt(type);
      for (ValType result : signature.results()) {
        end.addParam(state.env.valueType(result.code()));
      }
    } else if (state.reader.blockResult() != TypeCode.UNKNOWN) {
      end.addParam(state.env.valueType(state.reader.blockResult()));
    }
    return new Join(end, false);
  }

  private void pushParams(Block block) {
    // Parameters for locals come later than those of the operand stack and are not operands.
    int count = block.params.size();
    for (int i = 0; i < count; i++) {
      state.stack.push(block.params.get(i));
    }
  }
}
