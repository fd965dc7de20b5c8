package dev.tazza.sandbox;

import dev.tazza.environ.TrapEntry;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Proves functions, one after the other: an abstract interpretation that follows all ways through
 * the code with what is known on them, until nothing new is found. For what {@link QuickProof} can
 * follow as well, which is most code, that is done instead.
 *
 * <p>Blocks are visited in reverse postorder, so that each but those of loops is visited once; at
 * the start of a loop it is guessed what all rounds have in common ({@link Liveness}), which mostly
 * is right, so that those of loops are visited once, too. Not thread-safe.
 */
final class Proof {
  /** So many visits of one block, and bounds of loops are not looked for any longer. */
  private static final int PATIENCE = 24;

  /** So many, and all numbers at a loop's start become as wide as their operands. */
  private static final int HASTE = 64;

  /** So many, and nothing is known of them any longer. */
  private static final int MORE_HASTE = 2 * HASTE;

  /** So many visits of one block, and the proof is given up. */
  private static final int MOST_VISITS = 4 * HASTE;

  /** So many instructions at most are before an exit's poll, and so many are the poll. */
  private static final int START = 4;

  private static final int POLL = 4;

  private static final String UNCERTAIN = "a loop of which nothing is certain";

  private final Room room;
  private final Machine machine;
  private final Instructions code;
  private final Blocks blocks;
  private final Decoder decoder;
  private final Effects effects;
  private final Liveness liveness;
  private final Rounds rounds;
  private final QuickProof quick;

  /** What is tried first. */
  enum First {
    QUICK,
    /** The quick proof, without its own first try. */
    CAREFUL,
    /** Nothing: the quick proof is left out. */
    THOROUGH,
    /** The same, and a function may take all that there is room for. */
    ROOMY
  }

  private final First first;

  /** By block: what is known at its start, null as long as nothing leads there. */
  private @Nullable State[] states = new State[64];

  /** By block that starts a loop: the same from before, when all is done once more. */
  private @Nullable State[] found = new State[64];

  /** By block that starts a loop: the places that a round changes. */
  private @Nullable BitSet[] changes = new BitSet[64];

  /** By block that starts a loop: what grows in it, once it was looked at precisely. */
  private @Nullable Counters[] counters = new Counters[64];

  /** By block that starts a loop: what is loaded again in it, once it was looked at. */
  private @Nullable Copies[] copies = new Copies[64];

  /** Whether a block begins with the current state itself, and no copy. */
  private boolean isTaken;

  /** Place of the block that is visited. */
  private int current;

  /** By place in the order: whether the block is to be visited. */
  private boolean[] isDue = new boolean[64];

  private int[] visits = new int[64];

  /** By block that starts a loop: whether it is to be visited as soon as control comes there. */
  private boolean[] isOwed = new boolean[64];

  /** By block: whether less is known there than when it was visited. */
  private boolean[] isLess = new boolean[64];

  private int firstDue;

  private boolean hasLoops;

  /** Whether more was forgotten of the function than had to be. */
  private boolean isHasty;

  /** Whether it is guessed at once what holds in all rounds of a loop. */
  private boolean guesses;

  /** Whether what was found before at the starts of loops is assumed at first. */
  private boolean isFinal;

  private final ArrayDeque<State> idle = new ArrayDeque<>();

  /**
   * @param mostBytes of the heap that no function may go beyond
   */
  Proof(ModuleRules rules, Callees callees, long mostBytes, First first) {
    this.first = first;
    room = new Room(mostBytes, first == First.ROOMY);
    machine = new Machine(rules, callees, Role.function(Convention.none()), room);
    code = machine.code;
    blocks = new Blocks(code, machine.records, machine.tables);
    decoder = new Decoder(code, machine.records);
    liveness = new Liveness(machine, blocks);
    rounds = new Rounds(blocks);
    effects = new Effects(machine, blocks, this);
    quick = new QuickProof(machine);
  }

  Instructions code() {
    return code;
  }

  /**
   * Proves the code at {@code offset} of {@code text}.
   *
   * @param traps offsets in the text of instructions that may trap, ascending
   * @param firstTrap number of the first one that may be in the function
   * @return whether the quick proof sufficed
   */
  boolean prove(
      Role role, byte[] text, int offset, int size, int[] traps, int[] trapCodes, int firstTrap) {
    machine.role = role;
    machine.text = text;
    machine.start = offset;
    machine.codeBytes = size;
    machine.incoming = Calls.incoming(role);
    code.count = 0;
    machine.records.start(text, offset, size);
    machine.tables.start(text, offset, size);
    decoder.decode(text, offset, size);
    machine.callees.start(offset);
    takeTraps(offset, size, traps, trapCodes, firstTrap);
    if (first.compareTo(First.THOROUGH) < 0 && isProvedQuickly()) {
      return true;
    }
    Arrays.fill(machine.callEnds, 0, code.count, Machine.NO_CALL);
    blocks.find();
    hasLoops = hasLoops();
    if (hasLoops) {
      liveness.find();
    }
    if (role.exits() || role.job() == Role.Job.ENTRY) {
      requireStraight();
    }
    room.start(code.count);
    boolean isDone = false;
    isHasty = false;
    try {
      follow();
      isDone = true;
    } catch (Rejection rejection) {
      throw isHasty ? Rejection.endless(rejection.instruction) : rejection;
    } catch (Room.Exceeded exceeded) {
      throw Rejection.limit(machine.at, room);
    } finally {
      release(isDone);
    }
    return false;
  }

  /** Proves what was decoded. */
  private void follow() {
    machine.isLenient = true;
    guesses = true;
    explore(false);
    guesses = false;
    if (machine.hasFailed && hasLoops) {
      // What rounds change has to be known before bounds can be looked for.
      explore(false);
    }
    if (machine.hasFailed && hasLoops) {
      explore(true);
    } else if (machine.hasFailed) {
      // Without loops this finds all there is to find.
      machine.isLenient = false;
      run(true);
    }
    if (machine.hasFailed) {
      System.arraycopy(states, 0, found, 0, blocks.count);
      Arrays.fill(states, 0, blocks.count, null);
      try {
        runAgain();
      } catch (Rejection rejection) {
        if (!rejection.reason().equals(UNCERTAIN)) {
          throw rejection;
        }
        // What goes along with what was a wrong guess, which is no reason to reject anything.
        Arrays.fill(counters, 0, blocks.count, null);
        recycle(states);
        runAgain();
      }
    }
  }

  /** Whether the quick proof suffices; if not, that says nothing. */
  private boolean isProvedQuickly() {
    try {
      quick.prove(first == First.CAREFUL);
      return true;
    } catch (Unclear | Rejection e) {
      return false;
    }
  }

  /**
   * Finds out what it can. What is rejected only because too little is known has failed: what was
   * found until then is of use all the same.
   */
  private void explore(boolean precise) {
    try {
      run(precise);
    } catch (Rejection rejection) {
      machine.hasFailed = true;
    }
  }

  /**
   * Gives back what the function took.
   *
   * @param isDone whether the proof came to its end, so that all states are where they belong
   */
  private void release(boolean isDone) {
    recycle(states);
    recycle(found);
    int count = Math.min(blocks.count, states.length);
    Arrays.fill(changes, 0, count, null);
    Arrays.fill(counters, 0, count, null);
    Arrays.fill(copies, 0, count, null);
    if (!isDone || room.isLarge()) {
      idle.clear();
      machine.values.shrink();
      room.keep(machine.values.bytes());
      machine.state = new State(room);
    }
  }

  private void recycle(@Nullable State[] all) {
    int count = Math.min(blocks.count, all.length);
    for (int i = 0; i < count; i++) {
      State state = all[i];
      if (state != null) {
        idle.push(state);
        all[i] = null;
      }
    }
  }

  /**
   * What goes to the value slots is noted for all ways alike, so there must be one only, but for
   * traps and for the poll at its start, before it has stored anything.
   */
  private void requireStraight() {
    int pollEnd = -1;
    for (int i = 0; i < code.count; i++) {
      if (code.kind(i) == Kind.JUMP_IF) {
        int target = code.numberAt(code.imm[i]);
        if (pollEnd < 0 && i < START && isPoll(target, i + 1)) {
          pollEnd = target + POLL - 1;
        } else if (code.kind(target) != Kind.TRAP) {
          throw new Rejection(i, "a trampoline with more than one way through it");
        }
      } else if (code.kind(i) == Kind.JUMP && i != pollEnd) {
        throw new Rejection(i, "a trampoline with more than one way through it");
      }
    }
  }

  /** Whether nothing is done at {@code first} but to poll and to go on at {@code back}. */
  private boolean isPoll(int first, int back) {
    return first + POLL <= code.count
        && code.kind(first) == Kind.ALU_REG
        && code.sub(first) == Kind.CMP
        && code.kind(first + 1) == Kind.JUMP_IF
        && code.kind(first + 2) == Kind.CALL_RM
        && code.kind(first + 3) == Kind.JUMP
        && code.numberAt(code.imm[first + 3]) == back;
  }

  private boolean hasLoops() {
    for (int i = 0; i < blocks.count; i++) {
      if (blocks.isLoop[i]) {
        return true;
      }
    }
    return false;
  }

  private void takeTraps(int offset, int size, int[] traps, int[] trapCodes, int first) {
    if (machine.traps.length < code.count) {
      int room = Math.max(code.count, machine.traps.length * 2);
      machine.traps = new int[room];
      machine.callEnds = new long[room];
    } else {
      Arrays.fill(machine.traps, 0, code.count, 0);
    }
    for (int i = first; i < traps.length && traps[i] < offset + size; i++) {
      int instruction = code.numberAt(traps[i] - offset);
      if (instruction < 0) {
        throw new Rejection(0, "a trap is where no instruction begins: " + (traps[i] - offset));
      }
      machine.traps[instruction] = TrapEntry.code(trapCodes[i]);
    }
  }

  /**
   * Finds out what holds at the start of each block.
   *
   * @param precise whether to look for the smallest bounds in loops
   */
  private void run(boolean precise) {
    machine.joins.precise = false;
    machine.joins.isCurious = precise;
    machine.hasFailed = false;
    isFinal = false;
    int count = blocks.count;
    if (states.length < count) {
      int room = Math.max(count, states.length * 2);
      states = new State[room];
      isDue = new boolean[room];
      isOwed = new boolean[room];
      isLess = new boolean[room];
      visits = new int[room];
      changes = new BitSet[room];
      found = new State[room];
      counters = new Counters[room];
      copies = new Copies[room];
    }
    recycle(states);
    Arrays.fill(isDue, 0, count, false);
    Arrays.fill(visits, 0, count, 0);
    machine.values.start();
    machine.joins.start();
    if (!precise) {
      Arrays.fill(changes, 0, count, null);
      Arrays.fill(copies, 0, count, null);
    }
    Arrays.fill(counters, 0, count, null);
    begin();
  }

  /**
   * Once more, with what is now known to hold at the starts of loops: on the way to that, values
   * that are related have been joined with such that were not yet.
   */
  private void runAgain() {
    Arrays.fill(visits, 0, blocks.count, 0);
    isFinal = true;
    machine.isLenient = false;
    begin();
  }

  private void begin() {
    Arrays.fill(isOwed, 0, blocks.count, false);
    Arrays.fill(isLess, 0, blocks.count, false);
    if (hasLoops) {
      rounds.start();
    }
    machine.at = 0;
    State first = newState();
    effects.start(first);
    states[0] = first;
    isDue[0] = true;
    visitAll();
  }

  private void visitAll() {
    firstDue = 0;
    while (firstDue < blocks.reached) {
      if (isDue[firstDue]) {
        isDue[firstDue] = false;
        visit(blocks.order[firstDue]);
      } else {
        firstDue++;
      }
    }
  }

  private State newState() {
    State state = idle.poll();
    return state == null ? new State(room) : state;
  }

  private void visit(int block) {
    current = blocks.place[block];
    State start = states[block];
    if (start == null) {
      return;
    }
    if (hasLoops) {
      isOwed[block] = false;
      if (isLess[block]) {
        isLess[block] = false;
        forgetRound(block);
      }
      rounds.visit(block);
    }
    visits[block]++;
    State state = start;
    if (blocks.hasOnePredecessor[block] || !blocks.isRepeated[current]) {
      // Nobody comes here again, so nobody asks for it.
      states[block] = null;
    } else {
      state = newState();
      state.copy(start);
    }
    isTaken = false;
    machine.state = state;
    machine.conditions.forget();
    effects.startBlock();
    int end = blocks.first[block + 1];
    machine.hasEnded = false;
    for (int i = blocks.first[block]; i < end && !machine.hasEnded; i++) {
      machine.at = i;
      effects.run(i);
    }
    if (!machine.hasEnded) {
      effects.end(block, end - 1);
    }
    if (!isTaken) {
      idle.push(state);
    }
  }

  /**
   * A block is visited again, since less is known there than before. What is only reached by way of
   * it is found out anew, but for starts of loops, where what is known only ever becomes less, so
   * that there is an end.
   */
  private void forgetRound(int start) {
    rounds.find(start);
    for (int i = 0; i < rounds.count; i++) {
      int block = rounds.members[i];
      State known = states[block];
      if (known != null && blocks.isLoop[block]) {
        isOwed[block] = true;
      } else if (known != null) {
        states[block] = null;
        isDue[blocks.place[block]] = false;
        isLess[block] = false;
        idle.push(known);
      }
    }
  }

  /**
   * The same where a loop starts.
   *
   * @param isBack whether this ends a round of the loop
   * @return whether the block has to be visited
   */
  private boolean flowToLoop(State state, int block, boolean isBack) {
    State known = states[block];
    Counters counter = counters[block];
    if (isFinal && counter != null) {
      boolean asNoted =
          isBack && known != null ? counter.isRound(known, state) : counter.isEntry(state);
      if (!asNoted) {
        throw machine.reject(UNCERTAIN);
      }
    } else if (!isFinal && machine.joins.isCurious) {
      if (counter == null) {
        counter = new Counters(machine.values, room);
        counters[block] = counter;
      }
      if (isBack && known != null) {
        counter.noteRound(known, state);
      } else {
        counter.noteEntry(state);
      }
    }
    if (!guesses && !isFinal) {
      noteCopies(state, block);
    }
    if (known == null) {
      return true;
    }
    machine.joins.precise = machine.joins.isCurious && visits[block] < PATIENCE;
    boolean changed =
        machine.joins.add(
            known, state, block, true, isBack ? changesOf(block) : null, isFinal ? counter : null);
    if (changed && isFinal && counter != null) {
      throw machine.reject(UNCERTAIN);
    }
    if (changed && visits[block] >= HASTE) {
      hasten(known, block);
    }
    return changed;
  }

  /** Each round has found less, maybe of one place after the other: does not wait for the rest. */
  private void hasten(State known, int block) {
    if (visits[block] >= MOST_VISITS) {
      throw Rejection.endless(machine.at);
    }
    machine.joins.forgetNumbers(known, liveness, visits[block] < MORE_HASTE, block);
    isHasty = true;
  }

  private void noteCopies(State state, int block) {
    Copies copy = copies[block];
    if (copy == null) {
      copy = new Copies(room);
      copies[block] = copy;
      copy.begin(state, liveness.changedIn(block));
    } else {
      copy.check(state);
    }
  }

  private BitSet changesOf(int block) {
    BitSet changed = changes[block];
    if (changed == null) {
      changed = new BitSet();
      changes[block] = changed;
    }
    return changed;
  }

  /**
   * Control may go on at the start of {@code block} with the current state.
   *
   * @param isLast whether that state is needed for nothing else
   */
  void flowTo(int block, boolean isLast) {
    if (flow(machine.state, block, isLast)) {
      isTaken = isLast;
    }
  }

  /** The same when {@code condition} holds. */
  void flowIf(int condition, int block, boolean isLast) {
    State refined = machine.state;
    if (!isLast) {
      refined = newState();
      refined.copy(machine.state);
    }
    boolean isPossible = machine.conditions.refine(refined, condition);
    boolean takes = isPossible && flow(refined, block, true);
    if (isLast) {
      isTaken = takes;
    } else if (!takes) {
      idle.push(refined);
    }
  }

  /**
   * An exception may go on at the start of {@code block}, a landing pad.
   *
   * @param stackPointer where rsp is then
   * @param end what is on the stack from here upwards is as it was
   * @param context what is in r14 then
   * @param tag of the exception, see {@link State#thrown}
   */
  void flowThrown(int block, long stackPointer, long end, int context, int tag) {
    State caught = newState();
    caught.copy(machine.state);
    int rsp = machine.values.pointer(ProofValues.STACK, 0, stackPointer);
    int top = State.FIRST_SLOT + machine.slot(Math.max(stackPointer, end)) + 1;
    caught.land(rsp, context, top, tag);
    if (!flow(caught, block, true)) {
      idle.push(caught);
    }
  }

  /**
   * Whether {@code state} itself is what the block now begins with.
   *
   * @param mayTake whether it may be
   */
  private boolean flow(State state, int block, boolean mayTake) {
    int place = block < 0 ? -1 : blocks.place[block];
    boolean isLoop = block >= 0 && blocks.isLoop[block];
    if (place < 0 || place <= current && !isLoop) {
      throw machine.reject("control goes where it was not expected to");
    }
    State known = states[block];
    if (isLoop && flowToLoop(state, block, place <= current)) {
      isLess[block] |= known != null;
    } else if (isLoop && !isOwed[block]) {
      return false;
    }
    boolean takes = false;
    if (known == null) {
      takes = mayTake;
      known = takes ? state : newState();
      if (!takes) {
        known.copy(state);
      }
      states[block] = known;
      arrive(known, block);
    } else if (!isLoop) {
      if (!machine.joins.add(known, state, block, false, null, null)) {
        return false;
      }
      isLess[block] |= !isDue[place];
    }
    isDue[place] = true;
    firstDue = Math.min(firstDue, place);
    return takes;
  }

  /** The first way to {@code block} was found: {@code state} is what is known there. */
  private void arrive(State state, int block) {
    if (blocks.hasOnePredecessor[block]) {
      return;
    }
    if (hasLoops) {
      liveness.forgetDead(state, block);
    }
    if (!blocks.isLoop[block]) {
      return;
    }
    BitSet changed = changes[block];
    if (guesses) {
      machine.joins.guess(state, liveness, block);
    } else if (changed != null) {
      // A round of an outer loop may have changed others meanwhile.
      liveness.keepChanged(changed, block);
      State before = isFinal ? found[block] : null;
      Counters counter = counters[block];
      if (before != null && counter != null) {
        // Only now, when an outer loop's counters have been bounded: inner ones begin with them.
        counter.enter(state);
        counter.use(before, changed);
      }
      machine.joins.assume(state, before, changed, copies[block], block);
      if (before != null && counter != null && !counter.isAssumed(state, before)) {
        throw machine.reject(UNCERTAIN);
      }
    }
  }
}
