package dev.tazza.sandbox;

import dev.tazza.environ.VmLayout;
import java.util.Arrays;

/**
 * Jumps to other functions: the function has left nothing of itself, and what it was called with
 * room for, arguments and results, is room for those of the function that takes its place.
 */
final class TailCalls {
  private static final int R11 = 11;
  private static final int RETURN_ADDRESS = 8;
  private static final int ARGUMENTS_UNIT = 16;
  private static final int RESULTS_UNIT = 8;

  private final Machine machine;
  private final ProofValues values;
  private final Calls calls;
  private final Callees callees;

  TailCalls(Machine machine, Calls calls) {
    this.machine = machine;
    this.values = machine.values;
    this.calls = calls;
    callees = machine.callees;
  }

  /** A jump to the code at {@code target}, an offset from the function's start. */
  void direct(long target) {
    int callee = callees.at(target);
    if (callee == Callees.NONE || callees.isService(callee)) {
      throw machine.reject("jumps to what is no function");
    }
    leaveFor(machine.rules.conventionOfFunction(callee), machine.stackPointer());
  }

  /** A jump to the address {@code target}. */
  void indirect(int target) {
    switch (values.kind[target]) {
      case ProofValues.REFERENCE_CODE ->
          leaveFor(calls.ofReference(values.aux[target]), machine.stackPointer());
      case ProofValues.CROSSING_STUB -> cross();
      default -> throw machine.reject("jumps to " + values.text(target));
    }
  }

  /**
   * Leaves by the stub that changes to the context of the reference in r11. It has to know how much
   * of the stack is arguments, and how much results.
   */
  private void cross() {
    Convention callee = calls.typeOfReference(reference(machine.register(R11)));
    long stackPointer = machine.stackPointer();
    int sizes = machine.stackValue(stackPointer);
    long expected =
        callee.params.stackBytes() / ARGUMENTS_UNIT
            | (long) (callee.results.stackBytes() / RESULTS_UNIT) << 16;
    if (!values.isConstant(sizes) || values.low[sizes] != expected) {
      throw machine.reject("tells the wrong sizes of arguments and results");
    }
    leaveFor(callee, stackPointer + RETURN_ADDRESS);
  }

  /** The function reference that {@code value} is, as {@code aux} of what is loaded from it. */
  private int reference(int value) {
    long distance = values.low[value];
    if (values.isAt(value, ProofValues.REFERENCE, 0)) {
      return values.root[value];
    }
    if (values.isAt(value, ProofValues.INSTANCE, distance)
        && machine.rules.isOwnReference(distance)) {
      return ProofValues.own(machine.rules.ownReference(distance));
    }
    if (values.isAt(value, ProofValues.IMPORT_CONTEXT, VmLayout.IMPORT_REFERENCE)) {
      return ProofValues.own(machine.rules.referenceOfImport(values.aux[value]));
    }
    throw machine.reject("no function reference to change to: " + values.text(value));
  }

  /**
   * @param stackPointer where the return address is
   */
  private void leaveFor(Convention callee, long stackPointer) {
    if (machine.role.job() != Role.Job.FUNCTION) {
      throw machine.reject("no function may be left like this here");
    }
    Convention own = machine.role.convention();
    int more = callee.params.stackBytes() - own.params.stackBytes();
    if (stackPointer != -more) {
      throw machine.reject("leaves with the stack pointer at " + stackPointer);
    }
    if (more > 0 && machine.state.checked < 0) {
      throw machine.reject("needs more of the stack without a check");
    }
    calls.checkLeaving(machine.stackValue(stackPointer));
    calls.checkArguments(callee.params, stackPointer + RETURN_ADDRESS);
    if (!gives(callee.results, own.results)) {
      throw machine.reject("leaves for a function with other results");
    }
  }

  private static boolean gives(Convention.ProofValues given, Convention.ProofValues expected) {
    boolean same =
        Arrays.equals(given.registers(), expected.registers())
            && Arrays.equals(given.offsets(), expected.offsets())
            && Arrays.equals(given.sizes(), expected.sizes());
    for (int i = 0; same && i < expected.count(); i++) {
      Convention.Claim claim = expected.claims()[i];
      same = claim == Convention.Claim.NONE || claim == given.claims()[i];
    }
    return same;
  }
}
