package dev.tazza.sandbox;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The proof that is tried first, and suffices for most functions: one walk over the instructions in
 * the order of their addresses, with a {@link Fact} for each register and slot.
 *
 * <p>What control goes back to is the head of a loop, where {@link Fact#assumed} says what is taken
 * for true until a way back proves it wrong; then the walk goes there once more. At other labels
 * what is known is used up by walking on from there: control that comes there once more, in such
 * another round, brings its own. So each way is followed with no more than what is known on it, and
 * only heads, where that becomes less each time, have to remember.
 *
 * <p>It knows less than {@link Proof}, never more: it gives up (see {@link Unclear}) wherever it is
 * in doubt, and for all code that is no function of the module.
 */
final class QuickProof {
  /** So many instructions are looked at for each one, on the average, before it gives up. */
  private static final int PATIENCE = 4;

  private static final int WORD = Long.SIZE;

  /** So many places the states of a function may have before it gives up: 4 MiB. */
  private static final long MOST_PLACES = 1 << 19;

  /** With so many of them, states are not kept for the next function. */
  private static final long MANY_PLACES = 1 << 15;

  private final Machine machine;
  private final Instructions code;
  private final QuickMachine quick;
  private final QuickConditions conditions;
  private final QuickCalls calls;
  private final QuickEffects effects;

  // Labels: instructions that control jumps to, numbered from 1.

  /** By instruction: its label, or 0. */
  private int[] labelAt = new int[256];

  private int labelCount;

  /** By label: where it is. */
  private int[] labels = new int[64];

  /** By label: the last instruction from which control goes back there, or -1. */
  private int[] lastBack = new int[64];

  private boolean hasHeads;
  private final LoopLimits limits;

  /**
   * By label: what is known there; null if control has not come there, or the walk has gone on from
   * there and it is no head of a loop.
   */
  private @Nullable QuickState[] states = new QuickState[64];

  /** By instruction, a bit: there is a label from which it is to be walked on. */
  private long[] due = new long[256 / WORD + 1];

  private int firstDue;

  /** Places of all states of labels. */
  private long placeCount;

  private final ArrayDeque<QuickState> idle = new ArrayDeque<>();

  QuickProof(Machine machine) {
    this.machine = machine;
    code = machine.code;
    limits = new LoopLimits(code);
    quick = new QuickMachine(machine);
    conditions = new QuickConditions(quick);
    calls = new QuickCalls(quick);
    effects = new QuickEffects(quick, calls, conditions);
  }

  /**
   * Proves the function that was decoded.
   *
   * @throws Unclear when it cannot be followed, which says nothing of the function
   */
  void prove() {
    if (machine.role.job() != Role.Job.FUNCTION || !machine.rules.trapsBySignal()) {
      throw new Unclear("no function whose faults are traps");
    }
    limits.clear();
    try {
      walkAll();
    } catch (Unclear e) {
      limits.find();
      if (!hasHeads || !limits.areThere()) {
        throw e;
      }
      // With bounds for counters.
      walkAll();
    }
  }

  /** The instruction that it has come to. */
  int at() {
    return quick.instruction;
  }

  private void walkAll() {
    quick.start();
    findLabels();
    QuickState state = newState();
    calls.enter(state);
    int budget = PATIENCE * code.count;
    int from = 0;
    while (from >= 0) {
      budget -= walk(from);
      if (budget < 0) {
        throw new Unclear("takes too long");
      }
      from = nextDue();
    }
    idle.push(quick.state);
  }

  // Labels.

  private void findLabels() {
    int count = code.count;
    if (labelAt.length < count) {
      labelAt = new int[Math.max(count, 2 * labelAt.length)];
      due = new long[labelAt.length / WORD + 1];
    } else {
      Arrays.fill(labelAt, 0, count, 0);
      Arrays.fill(due, 0, count / WORD + 1, 0);
    }
    for (int label = 1; label <= labelCount; label++) {
      QuickState state = states[label];
      if (state != null) {
        idle.push(state);
        states[label] = null;
      }
    }
    if (placeCount > MANY_PLACES) {
      idle.clear();
    }
    placeCount = 0;
    labelCount = 0;
    hasHeads = false;
    for (int k = 0; k < code.jumpCount; k++) {
      int i = code.jumps[k];
      int kind = code.kind(i);
      if (kind == Kind.JUMP_RM) {
        findTableHeads(i);
        continue;
      }
      int target = code.numberAt(code.imm[i]);
      if (target < 0) {
        throw new Unclear("a jump to where no instruction begins");
      }
      if (kind == Kind.JUMP || code.kind(target) != Kind.TRAP) {
        noteBack(label(target), target, i);
      }
    }
    firstDue = due.length;
  }

  private void findTableHeads(int jump) {
    JumpTables tables = machine.tables;
    int cases = tables.size(jump);
    for (int entry = 0; entry < cases; entry++) {
      int target = code.numberAt(tables.target(tables.of(jump), entry));
      if (target >= 0) {
        noteBack(label(target), target, jump);
      }
    }
  }

  private void noteBack(int label, int target, int from) {
    if (target <= from) {
      lastBack[label] = from;
      hasHeads = true;
    }
  }

  private int label(int instruction) {
    int label = labelAt[instruction];
    if (label != 0) {
      return label;
    }
    label = ++labelCount;
    if (label == labels.length) {
      labels = Arrays.copyOf(labels, 2 * label);
      lastBack = Arrays.copyOf(lastBack, 2 * label);
      states = Arrays.copyOf(states, 2 * label);
    }
    labels[label] = instruction;
    lastBack[label] = -1;
    labelAt[instruction] = label;
    return label;
  }

  private void setDue(int instruction) {
    due[instruction / WORD] |= 1L << instruction;
    firstDue = Math.min(firstDue, instruction / WORD);
  }

  private void clearDue(int instruction) {
    due[instruction / WORD] &= ~(1L << instruction);
  }

  private boolean isDue(int instruction) {
    return (due[instruction / WORD] >>> instruction & 1) != 0;
  }

  /** Takes the first label from which it is to be walked on; -1 if there is none. */
  private int nextDue() {
    int words = code.count / WORD + 1;
    while (firstDue < words) {
      long word = due[firstDue];
      if (word != 0) {
        return firstDue * WORD + Long.numberOfTrailingZeros(word);
      }
      firstDue++;
    }
    return -1;
  }

  // The walk.

  /**
   * Follows the code from {@code from} on as long as it is news.
   *
   * @return how many instructions that were
   */
  private int walk(int from) {
    int i = from;
    boolean falls = !isDue(from);
    while (true) {
      int label = labelAt[i];
      if (label != 0 && !arrive(label, i, falls)) {
        return i - from + 1;
      }
      falls = true;
      quick.instruction = i;
      if (!step(i)) {
        return i - from + 1;
      }
      if (++i == code.count) {
        throw fallsOff();
      }
    }
  }

  private static Unclear fallsOff() {
    return new Unclear("control falls off the end of the function");
  }

  /**
   * The walk comes to a label.
   *
   * @param falls whether control does, with the current state
   * @return whether it goes on there
   */
  private boolean arrive(int label, int i, boolean falls) {
    conditions.forget();
    if (lastBack[label] >= 0) {
      return arriveAtHead(label, i, falls);
    }
    QuickState known = states[label];
    if (known == null) {
      if (!falls) {
        throw new Unclear("nothing is known at a label");
      }
      // There is no other way here.
      quick.at[State.COPY_REGISTER] = Fact.UNKNOWN;
      return true;
    }
    if (falls) {
      known.join(quick.state, null);
    }
    states[label] = null;
    clearDue(i);
    idle.push(quick.state);
    quick.use(known);
    return true;
  }

  private boolean arriveAtHead(int head, int i, boolean falls) {
    if (falls) {
      flow(head, i);
    }
    if (!isDue(i)) {
      return false;
    }
    clearDue(i);
    QuickState state = states[head];
    if (state == null) {
      throw new Unclear("nothing is known at a label");
    }
    quick.state.copy(state);
    quick.use(quick.state);
    return true;
  }

  /** Control may come to a label with the current state. */
  private void flow(int label, int instruction) {
    QuickState known = states[label];
    boolean isHead = lastBack[label] >= 0;
    if (known == null) {
      known = arriveFirst(label, instruction, copyOfState());
      if (isHead) {
        known.assume(limitsOf(label));
      }
    } else if (known.join(quick.state, isHead ? limitsOf(label) : null)) {
      setDue(instruction);
    }
  }

  /** Control comes to a label of which nothing is known yet, with a state that is its own. */
  private QuickState arriveFirst(int label, int instruction, QuickState state) {
    // Copies are made within a block.
    state.at[State.COPY_REGISTER] = Fact.UNKNOWN;
    states[label] = state;
    setDue(instruction);
    return state;
  }

  /** The same as {@link #flow} when the current state is not needed for anything else. */
  private void flowLast(int label, int instruction) {
    if (states[label] != null || lastBack[label] >= 0) {
      flow(label, instruction);
    } else {
      countPlaces();
      arriveFirst(label, instruction, quick.state);
      quick.use(newState());
    }
  }

  private void countPlaces() {
    placeCount += quick.state.places;
    if (placeCount > MOST_PLACES) {
      throw new Unclear("too many places");
    }
  }

  private QuickState copyOfState() {
    countPlaces();
    QuickState copy = newState();
    copy.copy(quick.state);
    return copy;
  }

  private LoopLimits limitsOf(int head) {
    limits.find(labels[head], lastBack[head]);
    return limits;
  }

  private QuickState newState() {
    QuickState state = idle.poll();
    return state == null ? new QuickState() : state;
  }

  /** Whether control comes to the next instruction. */
  private boolean step(int i) {
    switch (code.kind(i)) {
      case Kind.JUMP -> {
        int target = code.numberAt(code.imm[i]);
        flowLast(labelOf(i, target), target);
        return false;
      }
      case Kind.JUMP_IF -> {
        return jumpIf(i);
      }
      case Kind.JUMP_RM -> {
        if (i > 0 && code.kind(i - 1) == Kind.PUSH) {
          effects.run(i);
          return true;
        }
        jumpByTable(i);
        return false;
      }
      case Kind.RETURN, Kind.TRAP -> {
        effects.run(i);
        return false;
      }
      default -> {
        effects.run(i);
        return true;
      }
    }
  }

  /** The label that a jump from {@code from} leads to. */
  private int labelOf(int from, int target) {
    int label = label(target);
    if (target <= from && lastBack[label] < 0) {
      throw new Unclear("a way back that was not expected");
    }
    return label;
  }

  private boolean jumpIf(int i) {
    int target = code.numberAt(code.imm[i]);
    int condition = code.sub(i);
    boolean tells = conditions.tell(condition);
    if (code.kind(target) == Kind.TRAP) {
      effects.requireReason(target);
    } else if (tells) {
      flowIf(condition, labelOf(i, target), target);
    } else {
      flow(labelOf(i, target), target);
    }
    if (tells) {
      conditions.refine(quick.state, condition ^ 1);
    }
    if (target <= i && isDue(target)) {
      // First the loop once more, then what comes behind it.
      int next = i + 1;
      if (next == code.count) {
        throw fallsOff();
      }
      flowLast(label(next), next);
      return false;
    }
    return true;
  }

  /** The same as {@link #flow} when {@code condition} holds there. */
  private void flowIf(int condition, int label, int instruction) {
    if (states[label] == null && lastBack[label] < 0) {
      conditions.refine(arriveFirst(label, instruction, copyOfState()), condition);
      return;
    }
    QuickState rest = quick.state;
    QuickState taken = newState();
    taken.copy(rest);
    conditions.refine(taken, condition);
    quick.use(taken);
    flow(label, instruction);
    quick.use(rest);
    idle.push(taken);
  }

  private void jumpByTable(int i) {
    long target = code.isMemory(i) ? Fact.UNKNOWN : quick.state.at[code.rm(i)];
    if (Fact.kind(target) != Values.JUMP_TARGET) {
      throw new Unclear("a jump that is not followed");
    }
    int table = JumpFact.table(target);
    int last = JumpFact.last(target);
    for (int entry = 0; entry <= last; entry++) {
      int to = code.numberAt(machine.tables.target(table, entry));
      if (to < 0) {
        throw new Unclear("a jump table leads to where no instruction begins");
      }
      flow(labelOf(i, to), to);
    }
  }
}
