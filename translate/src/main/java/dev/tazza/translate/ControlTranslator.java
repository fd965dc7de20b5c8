package dev.tazza.translate;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.environ.TrapCode;
import dev.tazza.translate.ControlFrame.Kind;
import dev.tazza.translate.ControlFrame.Targets;
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
  private final List<ControlFrame> frames = new ArrayList<>();

  ControlTranslator(FunctionState state) {
    this.state = state;
    this.calls = new CallTranslator(state);
    Block end = state.function.newBlock();
    for (int i = 0; i < state.function.signature.results().size(); i++) {
      end.addParam(state.function.signature.results().get(i));
    }
    int results = end.params.size();
    frames.add(
        new ControlFrame(Kind.FUNCTION, 0, NONE, results, 0, new Targets(end, end, null, false)));
  }

  /** Whether the function's own frame has ended. */
  boolean done() {
    return frames.isEmpty();
  }

  /** Operators in code that is never reached: only the nesting counts. */
  void skip(Operator operator) {
    switch (operator) {
      case BLOCK, LOOP, IF -> {
        // Any block will do as target: nothing branches to it.
        Block any = state.function.entry();
        frames.add(new ControlFrame(Kind.BLOCK, 0, NONE, 0, 0, new Targets(any, any, null, true)));
      }
      case ELSE -> otherwise();
      case END -> end();
      default -> {}
    }
  }

  void translate(Operator operator) {
    switch (operator) {
      case NOP -> {}
      case UNREACHABLE -> {
        state.builder.trap(TrapCode.UNREACHABLE.code());
        state.builder.block().cold = true;
        state.unreachable = true;
      }
      case BLOCK -> block();
      case LOOP -> loop();
      case IF -> conditional();
      case ELSE -> otherwise();
      case END -> end();
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
      default -> throw new UnsupportedOperationException(operator.mnemonic());
    }
  }

  private ControlFrame label(int depth) {
    return frames.get(frames.size() - 1 - depth);
  }

  private void block() {
    Block end = newEnd();
    push(Kind.BLOCK, new Targets(end, end, null, false));
  }

  private void loop() {
    Block header = state.function.newBlock();
    addParams(header);
    Block end = newEnd();
    ControlFrame frame = push(Kind.LOOP, new Targets(end, header, null, false));
    Edge entry = state.edge(header, frame.operands.length);
    state.builder.jump(entry);
    state.locals.addEdge(entry);
    state.stack.truncate(frame.height);
    state.builder.switchTo(header);
    state.locals.startLoop(header, frame.start, state.assignments.endOf(frame.start));
    pushParams(header);
  }

  private void conditional() {
    Inst condition = state.stack.pop();
    Block then = state.function.newBlock();
    Block otherwise = state.function.newBlock();
    Block end = newEnd();
    push(Kind.IF, new Targets(end, end, otherwise, false));
    branch(condition, new Edge(then), new Edge(otherwise));
    state.startBlock(then);
  }

  private void branch(Inst condition, Edge then, Edge otherwise) {
    state.builder.branch(condition, then, otherwise);
    state.locals.addEdge(then);
    state.locals.addEdge(otherwise);
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
    startElse(frame, frame.otherwise);
    state.unreachable = false;
  }

  /** The else part starts with the operands that the if started with. */
  private void startElse(ControlFrame frame, Block otherwise) {
    state.startAfter(otherwise, frame.start);
    state.stack.truncate(frame.height);
    for (Inst param : frame.operands) {
      state.stack.push(param);
    }
  }

  private void end() {
    ControlFrame frame = label(0);
    frames.remove(frames.size() - 1);
    if (frame.dead) {
      return;
    }
    if (!state.unreachable) {
      leave(frame);
    }
    if (frame.kind == Kind.IF && frame.otherwise != null) {
      // No else: the operands are the results.
      startElse(frame, frame.otherwise);
      leave(frame);
    }
    state.stack.truncate(frame.height);
    state.unreachable = !frame.endReached;
    if (frame.endReached) {
      state.startAfter(frame.end, frame.start);
      pushParams(frame.end);
      if (frame.kind == Kind.FUNCTION) {
        state.builder.ret(state.stack.top(frame.resultCount));
      }
    }
  }

  /** Falls through to the end of {@code frame}. */
  private void leave(ControlFrame frame) {
    frame.endReached = true;
    Edge edge = state.edge(frame.end, frame.resultCount);
    state.builder.jump(edge);
    state.locals.addEdge(edge);
  }

  private void branchTo(ControlFrame frame) {
    Edge edge = edgeTo(frame);
    state.builder.jump(edge);
    state.locals.addEdge(edge);
  }

  private Edge edgeTo(ControlFrame frame) {
    if (frame.kind != Kind.LOOP) {
      frame.endReached = true;
    }
    return state.edge(frame.target, frame.branchArity());
  }

  private void branchIf() {
    Inst condition = state.stack.pop();
    Edge taken = edgeTo(label(state.reader.label()));
    Block next = state.function.newBlock();
    branch(condition, taken, new Edge(next));
    state.startBlock(next);
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
    for (int i = 0; i < count; i++) {
      edges[i] = edgeTo(label(state.reader.label(i)));
    }
    edges[count] = edgeTo(label(state.reader.label()));
    state.builder.switchOn(index, edges);
    for (Edge edge : edges) {
      state.locals.addEdge(edge);
    }
    state.unreachable = true;
  }

  private ControlFrame push(Kind kind, Targets targets) {
    int params = blockParamCount();
    Inst[] operands = state.stack.top(params);
    int results = targets.end().params.size();
    ControlFrame frame =
        new ControlFrame(
            kind,
            state.reader.operatorOffset(),
            operands,
            results,
            state.stack.size() - params,
            targets);
    frames.add(frame);
    state.locals.open(frame.end, frame.start, state.assignments.endOf(frame.start));
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
        header.addParam(ModuleEnvironment.type(param.code()));
      }
    }
  }

  private Block newEnd() {
    Block end = state.function.newBlock();
    int type = state.reader.blockTypeIndex();
    if (type >= 0) {
      FuncType signature = state.env.module.funcTypeAt(type);
      for (ValType result : signature.results()) {
        end.addParam(ModuleEnvironment.type(result.code()));
      }
    } else if (state.reader.blockResult() != TypeCode.UNKNOWN) {
      end.addParam(ModuleEnvironment.type(state.reader.blockResult()));
    }
    return end;
  }

  private void pushParams(Block block) {
    // Parameters for locals come later than those of the operand stack and are not operands.
    int count = block.params.size();
    for (int i = 0; i < count; i++) {
      state.stack.push(block.params.get(i));
    }
  }
}
