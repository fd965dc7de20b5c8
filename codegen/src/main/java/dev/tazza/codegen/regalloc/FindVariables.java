package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Labels;
import dev.tazza.codegen.machine.Labels.Label;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import dev.tazza.codegen.machine.VariablePlaces;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the client's variables are at each instruction: of what the last label on all ways
 * says that a variable is, the places that surely hold it ({@link ValueFlow}), as long as they do,
 * whether it is still needed or not.
 *
 * <p>A variable is nowhere rather than at a place where something else may be: where ways with
 * different labels meet; where code stands that was moved over an assignment ({@link
 * Labels.Scope}); while an instruction is done that changes the place; in registers during calls,
 * since frames further in may keep them anywhere; while the function leaves its frame.
 */
final class FindVariables {
  private static final int NOWHERE = -1;

  /**
   * The most instructions, times variables and places together, of a function of which variables
   * are found, which takes two or three seconds then.
   */
  private static final long MOST = 1L << 26;

  private final VCode<?> code;
  private final Labels labels;
  private final ValueFlow held;
  private final int variables;

  /** By block: what is known at its start. */
  private final @Nullable Label[] @Nullable [] entry;

  /** Whether a label names the virtual register. */
  private final boolean[] isNamed;

  /**
   * By variable: no place holds what its label says, so moves cannot bring it back; that an
   * instruction is repeated can, but such values mostly are constants, which need no place. Only of
   * the block that is gone through.
   */
  private final boolean[] lost;

  private final Rows rows;

  private FindVariables(VCode<?> code, RegisterFile registers, Allocation allocation) {
    this.code = code;
    labels = code.labels;
    held = new ValueFlow(code, registers, allocation);
    isNamed = new boolean[code.vregCount()];
    for (int i = 0; i < labels.count(); i++) {
      Label label = labels.get(i);
      if (label.vreg() >= 0) {
        isNamed[label.vreg()] = true;
      }
      if (label.base() >= 0) {
        isNamed[label.base()] = true;
      }
    }
    variables = variables(labels);
    lost = new boolean[variables];
    entry = new Label[code.blockCount()][];
    rows = new Rows(variables);
  }

  /** The places, or none for a function where it would take too long to find them. */
  static VariablePlaces in(VCode<?> code, RegisterFile registers, Allocation allocation) {
    long each = (long) PReg.COUNT + allocation.slots() + variables(code.labels);
    return code.instCount() * each > MOST
        ? VariablePlaces.NONE
        : new FindVariables(code, registers, allocation).run();
  }

  private static int variables(Labels labels) {
    int most = -1;
    for (int i = 0; i < labels.count(); i++) {
      most = Math.max(most, labels.get(i).variable());
    }
    return most + 1;
  }

  private VariablePlaces run() {
    solve();
    for (int b = 0; b < code.blockCount(); b++) {
      HeldValues places = held.atStart(b);
      @Nullable Label[] known = entry[b];
      if (places != null && known != null) {
        block(code.block(b), known.clone(), places);
      }
    }
    return rows.finish();
  }

  // Which label is the last.

  private void solve() {
    entry[0] = new Label[variables];
    ArrayDeque<Integer> work = new ArrayDeque<>();
    boolean[] queued = new boolean[code.blockCount()];
    work.add(0);
    while (!work.isEmpty()) {
      int b = work.poll();
      queued[b] = false;
      @Nullable Label[] start = entry[b];
      if (start == null) {
        continue;
      }
      VBlock block = code.block(b);
      @Nullable Label[] known = start.clone();
      int label = firstLabel(block.from);
      for (int i = block.from; i < block.to; i++) {
        label = tell(i, label, known);
        forgetDefined(i, known);
      }
      for (int succ : block.succs) {
        if (arrive(succ, known) && !queued[succ]) {
          queued[succ] = true;
          work.add(succ);
        }
      }
    }
  }

  /** The first label at instruction {@code inst} or behind it. */
  private int firstLabel(int inst) {
    int low = 0;
    int high = labels.count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (labels.get(middle).inst() < inst) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Does what the labels before an instruction say; gives the first one behind them. */
  private int tell(int inst, int first, @Nullable Label[] known) {
    int at = first;
    while (at < labels.count() && labels.get(at).inst() == inst) {
      Label label = labels.get(at++);
      known[label.variable()] = label.isKnown() ? label : null;
      lost[label.variable()] = false;
    }
    return at;
  }

  /** What an instruction defines anew, in another round of a loop, is no longer what was meant. */
  private void forgetDefined(int inst, @Nullable Label[] known) {
    for (int o = code.operandStart(inst); o < code.operandEnd(inst); o++) {
      long operand = code.operandAt(o);
      if (Operand.isDef(operand)) {
        forget(Operand.vreg(operand), known);
      }
    }
  }

  private void forget(int vreg, @Nullable Label[] known) {
    if (isNamed[vreg]) {
      for (int v = 0; v < known.length; v++) {
        Label label = known[v];
        if (label != null && (label.vreg() == vreg || label.base() == vreg)) {
          known[v] = without(label, vreg);
          lost[v] = false;
        }
      }
    }
  }

  /** What is left of a label when a virtual register is another value. */
  private static @Nullable Label without(Label label, int vreg) {
    int same = label.vreg() == vreg ? Labels.UNKNOWN : label.vreg();
    int base = label.base() == vreg ? -1 : label.base();
    Label rest =
        new Label(
            label.inst(),
            label.variable(),
            label.position(),
            same,
            label.bits(),
            base,
            label.offset());
    return rest.isKnown() ? rest : null;
  }

  /** One more way into a block; whether that changes what is known there. */
  private boolean arrive(int block, @Nullable Label[] known) {
    @Nullable Label[] incoming = known.clone();
    for (int param : code.block(block).params) {
      forget(param, incoming);
    }
    @Nullable Label[] before = entry[block];
    if (before == null) {
      entry[block] = incoming;
      return true;
    }
    boolean changed = false;
    for (int v = 0; v < variables; v++) {
      Label label = before[v];
      Label other = incoming[v];
      if (label != null && (other == null || !label.isSame(other))) {
        before[v] = null;
        changed = true;
      }
    }
    return changed;
  }

  // Where it is.

  private void block(VBlock block, @Nullable Label[] known, HeldValues places) {
    int label = firstLabel(block.from);
    Arrays.fill(lost, false);
    for (int i = block.from; i < block.to; i++) {
      label = tell(i, label, known);
      HeldValues before = places.copy();
      held.edits(2 * i, places);
      HeldValues moved = places.copy();
      held.instruction(i, places);
      HeldValues done = places.copy();
      held.edits(2 * i + 1, places);
      boolean leaves = i == block.to - 1 && block.succs.length == 0;
      int position = code.loc(i);
      int point = VariablePlaces.POINTS * i;
      int first = code.isCall(i) || code.isSafepoint(i) ? PReg.COUNT : 0;
      for (int v = 0; v < variables; v++) {
        Label now = known[v];
        if (now == null || !labels.scope.holds(now, position)) {
          rows.put(v, point, NOWHERE, 0);
        } else if (now.vreg() == Labels.CONSTANT) {
          rows.put(v, point, Labels.CONSTANT, now.bits());
        } else {
          put(now, point, 0, before);
          put(now, point + 1, 0, before, moved);
          put(now, point + 2, 0, moved);
          Label rest = leaves ? null : withoutDefined(i, now);
          if (rest == null) {
            rows.put(v, point + 3, NOWHERE, 0);
          } else {
            put(rest, point + 3, first, moved, done, places);
            lost[v] = lost[v] || rows.last(v) == NOWHERE && !isHeld(rest, places);
          }
        }
      }
      forgetDefined(i, known);
    }
    rows.end(VariablePlaces.POINTS * block.to);
  }

  /** What is left of a label while an instruction is done. */
  private @Nullable Label withoutDefined(int inst, Label label) {
    Label rest = label;
    for (int o = code.operandStart(inst); rest != null && o < code.operandEnd(inst); o++) {
      long operand = code.operandAt(o);
      rest = Operand.isDef(operand) ? without(rest, Operand.vreg(operand)) : rest;
    }
    return rest;
  }

  /** From a point on, a variable is where a label says in all states, but for lower places. */
  private void put(Label label, int point, int first, HeldValues... states) {
    int variable = label.variable();
    if (lost[variable]) {
      rows.put(variable, point, NOWHERE, 0);
      return;
    }
    int place = label.vreg() < 0 ? NOWHERE : place(variable, label.vreg(), first, states);
    if (place != NOWHERE || label.base() < 0) {
      rows.put(variable, point, place, 0);
      return;
    }
    int base = place(variable, label.base(), first, states);
    rows.put(variable, point, base, base == NOWHERE ? 0 : label.offset());
  }

  /** A place from {@code first} on that holds a virtual register in all states: the last one's. */
  private int place(int variable, int vreg, int first, HeldValues... states) {
    int last = rows.last(variable);
    if (last >= first && holds(last, vreg, states)) {
      return last;
    }
    for (int p = first; p < states[0].places(); p++) {
      if (holds(p, vreg, states)) {
        return p;
      }
    }
    return NOWHERE;
  }

  /** Whether any place holds what a label says, or what it is computed from. */
  private boolean isHeld(Label label, HeldValues state) {
    int variable = label.variable();
    return label.vreg() >= 0 && place(variable, label.vreg(), 0, state) != NOWHERE
        || label.base() >= 0 && place(variable, label.base(), 0, state) != NOWHERE;
  }

  private static boolean holds(int place, int vreg, HeldValues... states) {
    for (HeldValues state : states) {
      if (!state.holds(place, vreg)) {
        return false;
      }
    }
    return true;
  }

  /** The rows, of which the last one of each variable may go on. */
  private static final class Rows {
    private record Row(int from, int to, int variable, int place, long bits) {}

    private final List<Row> rows = new ArrayList<>();
    private final int[] place;
    private final int[] since;
    private final long[] bits;

    Rows(int variables) {
      place = new int[variables];
      Arrays.fill(place, NOWHERE);
      since = new int[variables];
      bits = new long[variables];
    }

    /** Where a variable was last. */
    int last(int variable) {
      return place[variable];
    }

    /** From a point on, a variable is at a place. */
    void put(int variable, int point, int newPlace, long newBits) {
      if (place[variable] == newPlace && bits[variable] == newBits) {
        return;
      }
      finish(variable, point);
      place[variable] = newPlace;
      bits[variable] = newBits;
      since[variable] = point;
    }

    /** At a point, nothing is known. */
    void end(int point) {
      for (int v = 0; v < place.length; v++) {
        put(v, point, NOWHERE, 0);
      }
    }

    private void finish(int variable, int point) {
      if (place[variable] != NOWHERE) {
        rows.add(new Row(since[variable], point, variable, place[variable], bits[variable]));
      }
    }

    VariablePlaces finish() {
      int count = rows.size();
      int[][] columns = new int[4][count];
      long[] constants = new long[count];
      for (int i = 0; i < count; i++) {
        Row row = rows.get(i);
        columns[0][i] = row.from;
        columns[1][i] = row.to;
        columns[2][i] = row.variable;
        columns[3][i] = row.place;
        constants[i] = row.bits;
      }
      return new VariablePlaces(columns[0], columns[1], columns[2], columns[3], constants);
    }
  }
}
