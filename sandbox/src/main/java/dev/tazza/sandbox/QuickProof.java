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

  /** Below the place of any slot. */
  private static final int NO_FRAME = Integer.MIN_VALUE / 2;

  /** So many places the states of labels may have before it gives up: 4 MiB. */
  private static final long MOST_PLACES = 1 << 19;

  /** If that is more, so many for each instruction. */
  private static final long MOST_PLACES_EACH = 8;

  /** With so many of them, states are not kept for the next function. */
  private static final long MANY_PLACES = 1 << 15;

  private final Machine machine;
  private final Instructions code;
  private final QuickMachine quick;
  private final QuickConditions conditions;

  /** What the flags told before a detour. */
  private final QuickConditions flags;

  private boolean isWalkingDetour;
  private final QuickCalls calls;
  private final QuickEffects effects;

  private final QuickLabels labels;

  /** Whether to look at what loops write and compare, since it did not go well without. */
  private boolean isCareful;

  private final LoopLimits limits;
  private final LoopWrites writes;

  /**
   * By label: what is known there; null if control has not come there, or the walk has gone on from
   * there and it is no head of a loop.
   */
  private @Nullable QuickState[] states = new QuickState[64];

  /** By instruction, a bit: there is a label from which it is to be walked on. */
  private long[] due = new long[256 / WORD + 1];

  private int firstDue;

  /** Places of all states of labels, about. */
  private long placeCount;

  /** The greatest that this was. */
  private long mostPlaces;

  private final ArrayDeque<QuickState> idle = new ArrayDeque<>();

  QuickProof(Machine machine) {
    this.machine = machine;
    code = machine.code;
    labels = new QuickLabels(machine);
    limits = new LoopLimits(code);
    quick = new QuickMachine(machine);
    writes = new LoopWrites(quick, labels);
    conditions = new QuickConditions(quick);
    flags = new QuickConditions(quick);
    calls = new QuickCalls(quick);
    effects = new QuickEffects(quick, calls, conditions);
  }

  /**
   * Proves the function that was decoded.
   *
   * @param careful whether to look at once at what loops write and compare
   * @throws Unclear when it cannot be followed, which says nothing of the function
   */
  void prove(boolean careful) {
    if (machine.role.job() != Role.Job.FUNCTION || !machine.rules.trapsBySignal()) {
      throw new Unclear("no function whose faults are traps");
    }
    if (careful || !isProvedAtOnce()) {
      isCareful = true;
      limits.find();
      walkAll();
    }
  }

  /** Whether that suffices which is known of loops without a look at them. */
  private boolean isProvedAtOnce() {
    isCareful = false;
    limits.clear();
    try {
      walkAll();
      return true;
    } catch (Unclear e) {
      if (!labels.hasHeads) {
        throw e;
      }
      return false;
    }
  }

  private void walkAll() {
    quick.start(isCareful || code.movesMemory);
    isWalkingDetour = false;
    findLabels();
    QuickState state = newState();
    calls.enter(state, isCareful);
    conditions.forget();
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
    recycle();
    labels.find(isCareful);
    int words = code.count / WORD + 1;
    if (due.length < words) {
      due = new long[2 * words];
    } else {
      Arrays.fill(due, 0, words, 0);
    }
    firstDue = words;
  }

  /** Takes back the states of the function before. */
  private void recycle() {
    for (int label = 1; label < states.length && label <= labels.count; label++) {
      QuickState state = states[label];
      if (state != null) {
        idle.push(state);
        states[label] = null;
      }
    }
    if (mostPlaces > MANY_PLACES) {
      idle.clear();
    }
    placeCount = 0;
    mostPlaces = 0;
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
      int label = labels.at[i];
      if (label != QuickLabels.NONE && !arrive(label, i, falls)) {
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
    if (labels.isHead(label)) {
      return arriveAtHead(label, i, falls);
    }
    QuickState known = known(label);
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
    placeCount -= known.places;
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

  private @Nullable QuickState known(int label) {
    return label < states.length ? states[label] : null;
  }

  /** Control may come to a label with the current state. */
  private void flow(int label, int instruction) {
    QuickState known = known(label);
    boolean isHead = labels.isHead(label);
    if (known == null) {
      known = arriveFirst(label, instruction, copyOfState());
      if (isHead) {
        assume(label, known);
      }
    } else if (known.join(quick.state, isHead ? limitsOf(label) : null)) {
      setDue(instruction);
    }
  }

  /** Control comes to a label of which nothing is known yet, with a state that is its own. */
  private QuickState arriveFirst(int label, int instruction, QuickState state) {
    placeCount += state.places;
    mostPlaces = Math.max(mostPlaces, placeCount);
    if (placeCount > Math.max(MOST_PLACES, MOST_PLACES_EACH * code.count)) {
      throw new Unclear("too many places");
    }
    // Copies are made within a block.
    state.at[State.COPY_REGISTER] = Fact.UNKNOWN;
    if (label >= states.length) {
      states = Arrays.copyOf(states, 2 * label);
    }
    states[label] = state;
    setDue(instruction);
    return state;
  }

  /** The same as {@link #flow} when the current state is not needed for anything else. */
  private void flowLast(int label, int instruction) {
    if (known(label) != null || labels.isHead(label)) {
      flow(label, instruction);
    } else {
      arriveFirst(label, instruction, quick.state);
      quick.use(newState());
    }
  }

  private QuickState copyOfState() {
    QuickState copy = newState();
    copy.copy(quick.state);
    return copy;
  }

  private LoopLimits limitsOf(int head) {
    limits.find(labels.firstOfLoop(head), labels.lastOfLoop(head));
    return limits;
  }

  /** Control comes to the head of a loop for the first time. */
  private void assume(int head, QuickState known) {
    if (!isCareful) {
      known.assume(limitsOf(head), QuickMachine.FIRST_NAME);
      return;
    }
    long frame = known.at[Machine.RBP];
    boolean hasFrame = Fact.kind(frame) == ProofValues.STACK;
    int place = hasFrame ? State.FIRST_SLOT + machine.slot(Fact.distance(frame)) : NO_FRAME;
    writes.find(labels.firstOfLoop(head), labels.lastOfLoop(head), place);
    int names = quick.namesAtHead(labels.instruction[head], known.places);
    known.assume(limitsOf(head), names, writes);
  }

  private QuickState newState() {
    QuickState state = idle.poll();
    return state == null ? new QuickState() : state;
  }

  /** Whether control comes to the next instruction. */
  private boolean step(int i) {
    long word = code.word[i];
    int kind = Instructions.kind(word);
    if (kind < Kind.JUMP_IF || kind > Kind.TRAP) {
      effects.run(i, word);
      return true;
    }
    return switch (kind) {
      case Kind.JUMP_IF -> jumpIf(i, Instructions.sub(word));
      case Kind.JUMP -> {
        int target = code.numberAt(code.imm[i]);
        flowLast(labelOf(i, target), target);
        yield false;
      }
      case Kind.JUMP_RM -> {
        boolean isCall = i > 0 && code.kind(i - 1) == Kind.PUSH;
        if (isCall) {
          effects.run(i, word);
        } else {
          jumpByTable(i);
        }
        yield isCall;
      }
      default -> {
        effects.run(i, word);
        yield kind != Kind.RETURN && kind != Kind.TRAP;
      }
    };
  }

  /** The label that a jump from {@code from} leads to. */
  private int labelOf(int from, int target) {
    int label = labels.label(target);
    if (target <= from && !labels.isBack(label) && !isWalkingDetour) {
      throw new Unclear("a way back that was not expected");
    }
    return label;
  }

  private boolean jumpIf(int i, int condition) {
    int target = code.numberAt(code.imm[i]);
    boolean tells = conditions.tell(condition);
    if (code.kind(target) == Kind.TRAP) {
      effects.requireReason(target);
    } else {
      int label = labelOf(i, target);
      if (labels.isDetour(label)) {
        walkDetour(i, target, tells);
      } else if (tells) {
        flowIf(condition, label, target);
      } else {
        flow(label, target);
      }
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
      flowLast(labels.label(next), next);
      return false;
    }
    return true;
  }

  /** The jump {@code jump} goes to a detour, at {@code from}, which comes back further on. */
  private void walkDetour(int jump, int from, boolean tells) {
    QuickState rest = quick.state;
    QuickState taken = copyOfState();
    if (tells) {
      conditions.refine(taken, code.sub(jump));
    }
    taken.at[State.COPY_REGISTER] = Fact.UNKNOWN;
    quick.use(taken);
    flags.copy(conditions);
    conditions.forget();
    isWalkingDetour = true;
    int i = from;
    do {
      quick.instruction = i;
    } while (step(i++));
    isWalkingDetour = false;
    conditions.copy(flags);
    quick.instruction = jump;
    idle.push(quick.state);
    quick.use(rest);
  }

  /** The same as {@link #flow} when {@code condition} holds there. */
  private void flowIf(int condition, int label, int instruction) {
    if (known(label) == null && !labels.isHead(label)) {
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
    if (Fact.kind(target) != ProofValues.JUMP_TARGET) {
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
