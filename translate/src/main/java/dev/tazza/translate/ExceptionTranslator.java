package dev.tazza.translate;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.Type;
import dev.tazza.environ.RuntimeService;
import dev.tazza.environ.StoreContext;
import dev.tazza.translate.ControlFrame.Caught;
import dev.tazza.wasm.TrapCode;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Exceptions. What is thrown and caught in one function is a jump. Otherwise the tag is left in the
 * store context, {@link StoreContext#EXCEPTION}, and what the exception carries in the value slots;
 * the throw stub finds the handler of a caller, which takes it from there. Calls in a try are
 * terminators with an edge for each clause that might be for what comes out of them.
 *
 * <p>A handler's tag is told by the offset, in the instance context, of the tag's number.
 */
final class ExceptionTranslator {
  private static final Signature STUB = new Signature(List.of(), List.of());

  /** So many clauses around a call are compared with each other. */
  private static final int FEW = 32;

  /** Branches to a label with the operands that are on the stack. */
  interface Branch {
    void to(ControlFrame frame);
  }

  private final FunctionState state;
  private final Branch branch;

  // The clauses around a call, while it is looked at.
  private CatchClause[] around = new CatchClause[8];
  private int aroundCount;

  ExceptionTranslator(FunctionState state, Branch branch) {
    this.state = state;
    this.branch = branch;
  }

  // Calls.

  /**
   * Ends the block with {@code call}, the last instruction, if an exception that comes out of it is
   * caught.
   */
  void guard(Inst call) {
    if (state.scope == null) {
      return;
    }
    findClauses();
    if (aroundCount == 0) {
      return;
    }
    state.size.addOperands(aroundCount);
    int[] tags = new int[aroundCount];
    Edge[] pads = new Edge[aroundCount];
    for (int i = 0; i < aroundCount; i++) {
      tags[i] = tagField(around[i].tag);
      pads[i] = new Edge(around[i].pad.block);
    }
    Block next = state.function.newBlock();
    state.builder.tryCall(call, next, tags, pads);
    for (int i = 0; i < aroundCount; i++) {
      state.locals.addEdge(around[i].pad, pads[i]);
    }
    state.builder.switchTo(next);
  }

  /** The clauses that may be for an exception, up to the first for all. */
  private void findClauses() {
    aroundCount = 0;
    for (TryScope scope = state.scope; scope != null; scope = scope.outer()) {
      for (CatchClause clause : scope.clauses()) {
        if (!isHidden(clause)) {
          if (aroundCount == around.length) {
            around = Arrays.copyOf(around, 2 * aroundCount);
          }
          around[aroundCount++] = clause;
        }
        if (clause.tag == CatchClause.ALL) {
          return;
        }
      }
    }
  }

  /** Whether one further in takes all that this one is for. */
  private boolean isHidden(CatchClause clause) {
    for (int i = 0; i < Math.min(aroundCount, FEW); i++) {
      if (around[i].tag == clause.tag) {
        return true;
      }
    }
    return false;
  }

  private int tagField(int tag) {
    return tag == CatchClause.ALL ? Inst.ANY_TAG : state.env.layout.tag(tag);
  }

  // Throwing.

  /** {@code throw}. */
  void raise(int tag) {
    int count = carried(tag).size() - 1;
    Inst[] values = state.stack.top(count);
    state.stack.truncate(state.stack.size() - count);
    raise(tag, values);
  }

  private void raise(int tag, Inst[] values) {
    state.size.addOperands(values.length);
    Builder builder = state.builder;
    for (TryScope scope = state.scope; scope != null; scope = scope.outer()) {
      for (CatchClause clause : scope.clauses()) {
        if (clause.tag == CatchClause.ALL || clause.tag == tag) {
          handOver(clause, tag, values);
          state.unreachable = true;
          return;
        }
        if (mayBeSame(clause.tag, tag)) {
          state.size.addOperands(values.length);
          Block caught = state.function.newBlock();
          Block next = state.function.newBlock();
          Inst same =
              builder.compare(Opcode.ICMP_EQ, number(tag, Type.I32), number(clause.tag, Type.I32));
          builder.branch(same, new Edge(caught), new Edge(next));
          builder.switchTo(caught);
          handOver(clause, tag, values);
          builder.switchTo(next);
        }
      }
    }
    store(tag, values);
    leave(tagField(tag));
  }

  /** Whether two tags may be one: only what is imported may be. */
  private boolean mayBeSame(int tag, int other) {
    int imported = state.env.module.importedTagCount();
    return tag < imported && other < imported;
  }

  /** What is thrown here is caught here. */
  private void handOver(CatchClause clause, int tag, Inst[] values) {
    ControlFrame target = clause.target;
    if (target == null || clause.reference) {
      store(tag, values);
      jumpToPad(clause);
      return;
    }
    int height = state.stack.size();
    if (clause.tag != CatchClause.ALL) {
      for (Inst value : values) {
        state.stack.push(value);
      }
    }
    branch.to(target);
    state.stack.truncate(height);
  }

  private void jumpToPad(CatchClause clause) {
    Edge edge = new Edge(clause.pad.block);
    state.builder.jump(edge);
    state.locals.addEdge(clause.pad, edge);
  }

  /** {@code throw_ref}. */
  void raiseReference(Inst reference) {
    state.callService(RuntimeService.THROW_REFERENCE, reference);
    findClauses();
    if (aroundCount == 0) {
      leave(Inst.ANY_TAG);
      return;
    }
    if (around[0].tag == CatchClause.ALL) {
      jumpToPad(around[0]);
    } else {
      Builder builder = state.builder;
      guard(builder.callIndirect(STUB, stub()));
      builder.trap(TrapCode.UNREACHABLE.code());
      builder.block().cold = true;
    }
    state.unreachable = true;
  }

  /** {@code rethrow} in a handler. */
  void raiseAgain(ControlFrame handler) {
    Caught caught = handler.caught;
    if (caught == null) {
      throw new IllegalStateException("nothing was caught");
    }
    if (caught.tag() == CatchClause.ALL) {
      raiseReference(caught.values()[0]);
    } else {
      raise(caught.tag(), caught.values());
    }
  }

  private void leave(int tagField) {
    state.builder.raise(tagField, stub(), TrapCode.UNREACHABLE.code());
    state.builder.block().cold = true;
    state.unreachable = true;
  }

  private Inst stub() {
    Inst store = state.builder.context();
    return state.builder.load(Type.I64, Fields.CONSTANT, store, StoreContext.THROW_STUB, 0);
  }

  private void store(int tag, Inst[] values) {
    Builder builder = state.builder;
    Inst store = builder.context();
    for (int i = 0; i < values.length; i++) {
      int offset = StoreContext.value(i);
      if (values[i].type == Type.REF) {
        // Java reads eight bytes.
        builder.store(slot(Type.I64), store, offset, builder.i64(0), 0);
      }
      builder.store(slot(values[i].type), store, offset, values[i], 0);
    }
    builder.store(slot(Type.I64), store, StoreContext.EXCEPTION, number(tag, Type.I64), 0);
  }

  /** The number of a tag in the store. */
  private Inst number(int tag, Type type) {
    return state.builder.load(type, Fields.CONSTANT_U32, state.vmctx, state.env.layout.tag(tag), 0);
  }

  private static MemoryAccess slot(Type type) {
    return MemoryAccess.full(type, Regions.THROWN);
  }

  /** The types of what exceptions of a tag carry, behind that of the context. */
  private List<Type> carried(int tag) {
    return state.env.signature(state.env.module.tagTypeIndex(tag)).params();
  }

  // Catching.

  /**
   * Writes the landing pads of a {@code try_table} that has ended; its clauses go to their labels.
   */
  void pads(ControlFrame frame) {
    TryScope scope = frame.scope;
    if (scope == null || scope == frame.outerScope) {
      return;
    }
    int first = state.assignments.first(frame.construct);
    int end = state.assignments.end(frame.construct);
    for (CatchClause clause : scope.clauses()) {
      ControlFrame target = clause.target;
      if (target != null && clause.pad.edgeCount() > 0) {
        state.stack.truncate(frame.height);
        land(clause, first, end, false);
        branch.to(target);
      }
    }
  }

  /**
   * Goes on in the pad of a clause, with what the exception carries on the stack.
   *
   * @param first number of the first assignment that there may have been on the ways to it
   * @param end number of the first one behind these
   * @param keeps whether the exception may be thrown again
   * @return the exception, if it may
   */
  @Nullable Caught land(CatchClause clause, int first, int end, boolean keeps) {
    Builder builder = state.builder;
    builder.switchTo(clause.pad.block);
    clause.pad.block.cold = true;
    state.locals.startAfter(clause.pad, first, end);
    Inst[] values = {};
    if (clause.tag != CatchClause.ALL) {
      List<Type> types = carried(clause.tag);
      values = new Inst[types.size() - 1];
      state.size.addOperands(values.length);
      Inst store = builder.context();
      for (int i = 0; i < values.length; i++) {
        Type type = types.get(i + 1);
        values[i] = builder.load(type, slot(type), store, StoreContext.value(i), 0);
        state.stack.push(values[i]);
      }
    }
    boolean keepsReference = keeps && clause.tag == CatchClause.ALL;
    if (clause.reference || keepsReference) {
      Inst reference = builder.result(state.callService(RuntimeService.CATCH_REFERENCE), 0);
      if (keepsReference) {
        return new Caught(CatchClause.ALL, new Inst[] {reference});
      }
      state.stack.push(reference);
    }
    return keeps ? new Caught(clause.tag, values) : null;
  }
}
