package dev.tazza.sandbox;

import dev.tazza.environ.RuntimeService;
import dev.tazza.environ.RuntimeService.Effect;
import dev.tazza.sandbox.Convention.Claim;

/**
 * Calls and returns, as far as the quick proof follows them: the rules are those of {@link Calls}.
 */
final class QuickCalls {
  private static final int RBX = 3;
  private static final int RDX = 2;
  private static final int RSI = 6;
  private static final int RDI = 7;

  /** The registers that a call may change are below this one. */
  private static final int FIRST_PRESERVED = 12;

  private static final Convention NOTHING = Convention.none();
  private static final int RETURN_ADDRESS = 8;

  private final QuickMachine quick;
  private final Machine machine;
  private final ModuleRules rules;
  private final Callees callees;
  private final int[] preserved;

  QuickCalls(QuickMachine quick) {
    this.quick = quick;
    machine = quick.machine;
    rules = quick.rules;
    callees = machine.callees;
    preserved = Calls.preserved(rules);
  }

  /** The state at the start of a function of the module. */
  void enter(QuickState state, boolean isCareful) {
    state.start(isCareful);
    quick.use(state);
    for (int register : preserved) {
      state.at[register] = Fact.pointer(ProofValues.ENTRY, register, 0);
    }
    state.at[Machine.RBP] = Fact.pointer(ProofValues.ENTRY, Machine.RBP, 0);
    state.at[Machine.RSP] = Fact.pointer(ProofValues.STACK, 0, 0);
    state.at[Machine.R15] = Fact.pointer(ProofValues.STORE, 0, 0);
    state.at[Machine.R14] = Fact.pointer(ProofValues.INSTANCE, 0, 0);
    quick.setStackFact(0, Fact.pointer(ProofValues.RETURN_ADDRESS, 0, 0));
    Convention.ProofValues params = machine.role.convention().params;
    for (int i = 0; i < params.count(); i++) {
      int register = params.registers()[i];
      if (register >= 0) {
        state.at[register] = claimed(params.claims()[i], QuickMachine.idOfPlace(register));
      } else if (register == Convention.ON_STACK && params.claims()[i] == Claim.REFERENCE) {
        int place = quick.place(RETURN_ADDRESS + params.offsets()[i]);
        quick.setStackFact(
            RETURN_ADDRESS + params.offsets()[i],
            claimed(Claim.REFERENCE, QuickMachine.idOfPlace(place)));
      }
    }
  }

  private static long claimed(Claim claim, int id) {
    return switch (claim) {
      case NONE -> Fact.UNKNOWN;
      case U32 -> Fact.u32(id);
      case REFERENCE -> Fact.pointer(ProofValues.REFERENCE, id, 0);
    };
  }

  private void check(Convention.ProofValues values, int number, long fact) {
    Claim claim = values.claims()[number];
    boolean holds =
        switch (claim) {
          case NONE -> true;
          case U32 -> Fact.isU32(fact);
          case REFERENCE -> quick.isReference(fact, values.types()[number]);
        };
    if (!holds) {
      throw new Unclear("not what the convention claims");
    }
  }

  // Calls.

  /** A call of the code at {@code target}, an offset from the function's start. */
  void direct(long target) {
    int callee = callees.at(target);
    if (callee == Callees.NONE || !Fact.isAt(quick.at[Machine.R14], ProofValues.INSTANCE, 0)) {
      throw new Unclear("calls what is no function of the instance");
    }
    if (callees.isService(callee)) {
      service(callees.service(callee));
    } else {
      call(rules.conventionOfFunction(callee), RETURN_ADDRESS, true);
    }
  }

  private void service(Role role) {
    if (role.service() != RuntimeService.MEMORY_GROW) {
      throw new Unclear("a service that is not followed");
    }
    long memory = quick.at[role.convention().params.registers()[0]];
    if (!Fact.isExact(memory) || Fact.number(memory) >= rules.module().memoryCount()) {
      throw new Unclear("no index of a memory");
    }
    call(role.convention(), RETURN_ADDRESS, RuntimeService.MEMORY_GROW.effect() == Effect.GROWS);
  }

  /**
   * A call of the address {@code target}.
   *
   * @param isPushed whether the return address has been pushed already
   */
  void indirect(long target, boolean isPushed) {
    int room = isPushed ? 0 : RETURN_ADDRESS;
    int kind = Fact.kind(target);
    switch (kind) {
      case ProofValues.REFERENCE_CODE -> call(ofReference(Fact.id(target)), room, true);
      case ProofValues.IMPORT_CODE -> {
        int function = Fact.id(target);
        long context = quick.at[Machine.R14];
        if (!Fact.isAt(context, ProofValues.IMPORT_CONTEXT, 0) || Fact.id(context) != function) {
          throw new Unclear("calls an imported function with another context");
        }
        call(rules.conventionOfFunction(function), room, true);
      }
      case ProofValues.POLL_STUB -> poll();
      case ProofValues.MEMORY_COPY, ProofValues.MEMORY_FILL -> nativeCall(kind, room);
      default -> throw new Unclear("calls what is not followed");
    }
  }

  private Convention ofReference(int reference) {
    long context = quick.at[Machine.R14];
    boolean right =
        Fact.isAt(context, ProofValues.REFERENCE_CONTEXT, 0) && Fact.id(context) == reference
            || Fact.isAt(context, ProofValues.INSTANCE, 0) && quick.state.inContext == reference;
    int type = quick.state.typeOf(reference);
    if (reference == 0 || !right || type < 0) {
      throw new Unclear("calls a function reference with too little known of it");
    }
    return rules.conventionOfType(type);
  }

  private void poll() {
    if (!isEntry(quick.at[Machine.RBP], Machine.RBP)) {
      checkFrame();
    }
    quick.state.cut(State.FIRST_SLOT + machine.slot(quick.stackPointer()) + 1);
  }

  /** Copying and filling: the ranges have to be within memory 0. */
  private void nativeCall(int kind, int room) {
    checkRange(RDI);
    if (kind == ProofValues.MEMORY_COPY) {
      checkRange(RSI);
    }
    call(NOTHING, room, true);
  }

  private void checkRange(int register) {
    QuickState state = quick.state;
    long start = state.at[register];
    long count = state.at[RDX];
    if (Fact.kind(start) != ProofValues.MEMORY || !Fact.isNatural(count)) {
      throw new Unclear("no range in memory 0");
    }
    boolean isInside =
        Fact.number(start) + Fact.number(count) <= rules.leastLength(0)
            || state.isWithin(0, 0, Fact.number(start) + Fact.number(count))
            || areWithin(state, Fact.id(start), Fact.id(count))
            || isWithin(state, Fact.id(start), Fact.number(count))
            || isWithin(state, Fact.id(count), Fact.number(start));
    if (!isInside) {
      throw new Unclear("a range that may end beyond its memory");
    }
  }

  /** Whether both have names, and what these name is within memory 0 together. */
  private static boolean areWithin(QuickState state, int a, int b) {
    return a != 0 && b != 0 && state.isWithin(a, b, 0);
  }

  private static boolean isWithin(QuickState state, int a, long constant) {
    return a != 0 && state.isWithin(a, 0, constant);
  }

  /**
   * @param grows whether memories and tables may be elsewhere afterwards
   */
  private void call(Convention convention, int room, boolean grows) {
    QuickState state = quick.state;
    long top = quick.stackPointer() + (RETURN_ADDRESS - room);
    int params = convention.params.stackBytes();
    int area = params + convention.results.stackBytes();
    if ((top & 15) != 8 || state.checked < 0 || top + area > 0) {
      throw new Unclear("the stack is not ready for a call");
    }
    checkFrame();
    checkArguments(convention.params, top);
    for (int register = 0; register < FIRST_PRESERVED; register++) {
      if (register != RBX && register != Machine.RSP && register != Machine.RBP) {
        state.at[register] = Fact.UNKNOWN;
      }
    }
    if (rules.usesFuel()) {
      state.at[Machine.FUEL] = Fact.UNKNOWN;
    }
    state.at[State.COPY_REGISTER] = Fact.UNKNOWN;
    if (grows) {
      state.forgetMovable(rules);
    }
    state.inContext = QuickState.NO_REFERENCE;
    for (int at = 0; at < area; at += 8) {
      quick.setStackFact(top + at, Fact.UNKNOWN);
    }
    state.at[Machine.RSP] = Fact.pointer(ProofValues.STACK, 0, top + params);
    state.cut(State.FIRST_SLOT + machine.slot(top + params) + 1);
    giveResults(convention.results, top + params);
  }

  private void checkArguments(Convention.ProofValues params, long top) {
    for (int i = 0; i < params.count(); i++) {
      int register = params.registers()[i];
      Claim claim = params.claims()[i];
      if (claim != Claim.NONE && register >= 0) {
        check(params, i, quick.at[register]);
      } else if (claim == Claim.REFERENCE && register == Convention.ON_STACK) {
        check(params, i, quick.stackFact(top + params.offsets()[i]));
      }
    }
  }

  private void giveResults(Convention.ProofValues results, long stack) {
    for (int i = 0; i < results.count(); i++) {
      int register = results.registers()[i];
      // One instruction names one result.
      int id = i == 0 ? quick.id() : 0;
      if (register >= 0) {
        quick.at[register] = claimed(results.claims()[i], id);
      } else if (register == Convention.ON_STACK && results.claims()[i] == Claim.REFERENCE) {
        quick.setStackFact(stack + results.offsets()[i], claimed(Claim.REFERENCE, id));
      }
    }
  }

  // Frames and returns.

  private void checkFrame() {
    long frame = quick.at[Machine.RBP];
    if (Fact.kind(frame) != ProofValues.STACK || !isFrame(Fact.distance(frame))) {
      throw new Unclear("the chain of frames is broken at a call");
    }
  }

  /** Whether a frame pointer to {@code distance} continues the chain. */
  boolean isFrame(long distance) {
    return distance <= -8
        && distance >= quick.stackPointer()
        && isEntry(quick.stackFact(distance), Machine.RBP)
        && Fact.kind(quick.stackFact(distance + 8)) == ProofValues.RETURN_ADDRESS;
  }

  private static boolean isEntry(long fact, int register) {
    return Fact.kind(fact) == ProofValues.ENTRY && Fact.id(fact) == register;
  }

  /** {@code ret}, which pops {@code popped} bytes of arguments as well. */
  void ret(long popped) {
    long stackPointer = quick.stackPointer();
    returned(quick.stackFact(stackPointer), stackPointer + RETURN_ADDRESS + popped);
  }

  /** A return by a jump to {@code target}. */
  void returned(long target, long stackPointer) {
    Convention convention = machine.role.convention();
    QuickState state = quick.state;
    boolean isReady =
        stackPointer == RETURN_ADDRESS + convention.params.stackBytes()
            && Fact.kind(target) == ProofValues.RETURN_ADDRESS
            && isEntry(state.at[Machine.RBP], Machine.RBP);
    for (int register : preserved) {
      isReady &=
          register == Machine.R14
              ? Fact.isAt(state.at[register], ProofValues.INSTANCE, 0)
              : isEntry(state.at[register], register);
    }
    if (!isReady) {
      throw new Unclear("returns otherwise than the convention says");
    }
    checkResults(convention.results, convention.params.stackBytes());
  }

  private void checkResults(Convention.ProofValues results, int params) {
    for (int i = 0; i < results.count(); i++) {
      int register = results.registers()[i];
      Claim claim = results.claims()[i];
      if (claim != Claim.NONE && register >= 0) {
        check(results, i, quick.at[register]);
      } else if (claim == Claim.REFERENCE && register == Convention.ON_STACK) {
        check(results, i, quick.stackFact(RETURN_ADDRESS + params + results.offsets()[i]));
      }
    }
  }
}
