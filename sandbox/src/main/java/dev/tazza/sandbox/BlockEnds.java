package dev.tazza.sandbox;

/** Where control goes at the end of a block, and what is learnt on each way. */
final class BlockEnds {
  private final Machine machine;
  private final Instructions code;
  private final ProofValues values;
  private final Conditions conditions;
  private final Calls calls;
  private final Blocks blocks;
  private final Proof proof;

  BlockEnds(Machine machine, Blocks blocks, Proof proof, Calls calls) {
    this.machine = machine;
    this.blocks = blocks;
    this.proof = proof;
    this.calls = calls;
    code = machine.code;
    values = machine.values;
    conditions = machine.conditions;
  }

  /** After the last instruction of a block: control goes on. */
  void end(int block, int last) {
    switch (code.kind(last)) {
      case Kind.RETURN, Kind.LEAVE, Kind.TRAP -> {}
      case Kind.JUMP -> proof.flowTo(blocks.blockAtOffset(code.imm[last]), true);
      case Kind.JUMP_IF -> endIf(block, blocks.blockAtOffset(code.imm[last]), code.sub(last));
      case Kind.JUMP_RM -> endByJump(block, last);
      default -> {
        if (code.kind(last) == Kind.NOP && code.sub(last) == Kind.RECORD) {
          land((int) code.imm[last], machine.callEnds[last - 1]);
        }
        proof.flowTo(next(block), true);
      }
    }
  }

  /** Control may go to the landing pads of a call. */
  private void land(int record, long end) {
    Records records = machine.records;
    int context = machine.stackValue(calls.framePointer() + records.context(record));
    for (int i = 0; i < records.handlers(record); i++) {
      int field = records.tag(record, i);
      int tag = field < 0 ? State.ANYTHING_THROWN : machine.rules.tagAt(field);
      if (tag == State.NOTHING_THROWN) {
        throw machine.reject("a handler is for what is no tag");
      }
      int pad = blocks.blockAtOffset(records.pad(record, i));
      proof.flowThrown(pad, calls.framePointer() - records.frame(record), end, context, tag);
    }
  }

  private void endIf(int block, int target, int condition) {
    if (target >= 0 && blocks.isTrap[target]) {
      // Nothing that is known matters there.
      requireReason(blocks.first[target]);
      if (conditions.tellNothing(condition)) {
        proof.flowTo(next(block), true);
      } else {
        proof.flowIf(condition ^ 1, next(block), true);
      }
    } else if (conditions.tellNothing(condition)) {
      proof.flowTo(target, false);
      proof.flowTo(next(block), true);
    } else {
      proof.flowIf(condition, target, false);
      proof.flowIf(condition ^ 1, next(block), true);
    }
  }

  void requireReason(int trap) {
    if (machine.traps[trap] == 0) {
      throw machine.reject("traps without a reason");
    }
  }

  private int next(int block) {
    if (block + 1 >= blocks.count) {
      throw machine.reject("control falls off the end of the function");
    }
    return block + 1;
  }

  private void endByJump(int block, int last) {
    if (blocks.isCall(last)) {
      proof.flowTo(next(block), true);
      return;
    }
    if (code.isMemory(last)) {
      return;
    }
    int target = machine.register(code.rm(last));
    if (values.kind[target] != ProofValues.JUMP_TARGET) {
      return;
    }
    int table = values.aux[target];
    long first = values.low[target];
    long end = values.high[target];
    if (end - first > machine.codeBytes) {
      throw machine.reject("a jump table without end");
    }
    if (!blocks.hasSeen(last, table, end)) {
      throw machine.reject("a jump table that was not seen");
    }
    for (long entry = first; entry <= end; entry++) {
      int to = blocks.blockAtOffset(machine.tables.target(table, (int) entry));
      if (to < 0 || blocks.hasOnePredecessor[to]) {
        throw machine.reject("a jump table leads to where no block begins");
      }
      proof.flowTo(to, false);
    }
  }
}
