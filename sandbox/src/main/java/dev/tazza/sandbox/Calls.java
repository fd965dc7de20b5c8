package dev.tazza.sandbox;

import static dev.tazza.sandbox.ProofValues.DEAD;

import dev.tazza.environ.RuntimeService.Effect;
import dev.tazza.sandbox.Convention.Claim;

/** Calls and returns: who may be called how, and what has to be as the convention says. */
final class Calls {
  private static final int RBX = 3;
  private static final int RDX = 2;
  private static final int RSI = 6;
  private static final int RDI = 7;
  private static final int[] PRESERVED = {RBX, Machine.FUEL, 13, Machine.R14};
  private static final int[] PRESERVED_BESIDE_FUEL = {RBX, 13, Machine.R14};
  private static final Convention NOTHING = Convention.none();
  private static final int RETURN_ADDRESS = 8;

  private final Machine machine;
  private final ProofValues values;
  private final Accesses accesses;
  private final Callees callees;
  private final Services services;
  private final int[] preserved;

  /** What a service was given, all of it in registers. */
  private final int[] given = new int[8];

  Calls(Machine machine, Accesses accesses) {
    this.machine = machine;
    this.values = machine.values;
    this.accesses = accesses;
    callees = machine.callees;
    services = new Services(machine);
    preserved = preserved(machine.rules);
  }

  /** The registers, beside rbp, that a function leaves as they were. */
  static int[] preserved(ModuleRules rules) {
    return rules.usesFuel() ? PRESERVED_BESIDE_FUEL : PRESERVED;
  }

  /** Stack bytes of a function's arguments and results. */
  static int incoming(Role role) {
    Convention convention = role.job() == Role.Job.ENTRY ? NOTHING : role.convention();
    return convention.params.stackBytes() + convention.results.stackBytes();
  }

  /** The state at the function's start. */
  void enter(State state) {
    Role role = machine.role;
    Convention convention = role.job() == Role.Job.ENTRY ? NOTHING : role.convention();
    state.start(State.FIRST_SLOT);
    for (int register : preserved) {
      state.at[register] = values.pointer(ProofValues.ENTRY, register, 0);
    }
    state.at[Machine.RBP] = values.pointer(ProofValues.ENTRY, Machine.RBP, 0);
    state.at[Machine.RSP] = values.pointer(ProofValues.STACK, 0, 0);
    state.at[Machine.R15] = values.pointer(ProofValues.STORE, 0, 0);
    state.at[Machine.R14] = context();
    machine.state = state;
    machine.setStackValue(0, values.pointer(ProofValues.RETURN_ADDRESS, 0, 0));
    if (role.job() == Role.Job.ENTRY) {
      state.at[0] = values.pointer(ProofValues.IMPORT_CODE, 0, 0);
      return;
    }
    Convention.ProofValues params = convention.params;
    for (int i = 0; i < params.count(); i++) {
      int register = params.registers()[i];
      if (register >= 0) {
        state.at[register] = claimed(params, i);
        if (role.service() != null) {
          given[i] = state.at[register];
        }
      } else if (register == Convention.ON_STACK && params.claims()[i] == Claim.REFERENCE) {
        machine.setStackValue(
            RETURN_ADDRESS + params.offsets()[i], accesses.reference(params.types()[i]));
      }
    }
  }

  private int context() {
    return switch (machine.role.job()) {
      case FUNCTION, SERVICE -> values.pointer(ProofValues.INSTANCE, 0, 0);
      case HOST_CALL -> values.pointer(ProofValues.HOST_CONTEXT, 0, 0);
      case ENTRY -> values.pointer(ProofValues.IMPORT_CONTEXT, 0, 0);
      case IMPORTED -> values.pointer(ProofValues.PAIR, 0, 0);
    };
  }

  private int claimed(Convention.ProofValues side, int number) {
    return switch (side.claims()[number]) {
      case NONE -> values.unknown();
      case U32 -> values.u32();
      case REFERENCE -> accesses.reference(side.types()[number]);
    };
  }

  private void check(Convention.ProofValues side, int number, int value, String what) {
    Claim claim = side.claims()[number];
    boolean holds =
        switch (claim) {
          case NONE -> true;
          case U32 -> values.isU32(value);
          case REFERENCE -> machine.isReference(value, side.types()[number]);
        };
    if (!holds && machine.isLenient) {
      machine.fail("");
    } else if (!holds) {
      String expected = claim == Claim.U32 ? "zero-extended" : "a function reference of the type";
      machine.fail("%s %d is not %s: %s".formatted(what, number, expected, values.text(value)));
    }
  }

  // Calls.

  /** A call of the code at {@code target}, an offset from the function's start. */
  void direct(long target) {
    int callee = callees.at(target);
    if (callee == Callees.NONE) {
      throw machine.reject("calls what is no function");
    }
    if (!values.isAt(machine.register(Machine.R14), ProofValues.INSTANCE, 0)) {
      throw machine.reject("calls a function of the instance with another context");
    }
    if (callees.isService(callee)) {
      Role role = callees.service(callee);
      services.check(role);
      boolean grows = role.service() != null && role.service().effect() == Effect.GROWS;
      call(role.convention(), RETURN_ADDRESS, grows);
      services.giveResult(role);
    } else {
      call(machine.rules.conventionOfFunction(callee), RETURN_ADDRESS);
    }
  }

  /**
   * A call of the address {@code target}.
   *
   * @param pushed whether the return address has been pushed already
   */
  void indirect(int target, boolean pushed) {
    int room = pushed ? 0 : RETURN_ADDRESS;
    int kind = values.kind[target];
    switch (kind) {
      case ProofValues.REFERENCE_CODE -> call(ofReference(values.aux[target]), room);
      case ProofValues.IMPORT_CODE -> {
        int context = machine.register(Machine.R14);
        boolean own =
            values.isAt(context, ProofValues.IMPORT_CONTEXT, 0)
                && values.aux[context] == values.aux[target];
        if (!own) {
          throw machine.reject("calls an imported function with another context");
        }
        boolean isTrampoline =
            machine.role.job() == Role.Job.ENTRY || machine.role.job() == Role.Job.IMPORTED;
        call(
            isTrampoline
                ? machine.role.convention()
                : machine.rules.conventionOfFunction(values.aux[target]),
            room);
      }
      case ProofValues.EXIT_STUB -> exit(room);
      case ProofValues.POLL_STUB -> poll();
      case ProofValues.THROW_STUB -> {
        if (machine.state.thrown == State.NOTHING_THROWN) {
          machine.fail("throws what is not known to be an exception");
        }
        call(NOTHING, room);
      }
      case ProofValues.MEMORY_COPY, ProofValues.MEMORY_FILL -> nativeCall(kind, room);
      default -> throw machine.reject("calls " + values.text(target));
    }
  }

  /**
   * What the function reference {@code reference}, which is about to be called, takes and gives.
   */
  Convention ofReference(int reference) {
    int context = machine.register(Machine.R14);
    boolean right =
        values.kind[context] == ProofValues.REFERENCE_CONTEXT && values.aux[context] == reference
            || values.isAt(context, ProofValues.INSTANCE, 0)
                && machine.state.inContext == reference;
    if (!right) {
      throw machine.reject("calls a function reference with another context");
    }
    return typeOfReference(reference);
  }

  /**
   * The convention of a function reference, with whatever context: that of the type that it was
   * checked to have, or else has by where it comes from.
   */
  Convention typeOfReference(int reference) {
    int type =
        reference < 0
            ? machine.rules.typeOfOwnReference(-1 - reference)
            : machine.state.typeOf(reference);
    if (type < 0 && values.is(reference, ProofValues.REFERENCE)) {
      type = machine.rules.types().defined(values.aux[reference]);
    }
    if (type < 0) {
      throw machine.reject("calls a function reference whose type was not checked");
    }
    return machine.rules.conventionOfType(type);
  }

  private void exit(int room) {
    Role role = machine.role;
    int code = accesses.exitReason;
    if (!role.exits() || !values.isConstant(code) || values.low[code] != role.exitCode()) {
      throw machine.reject("exits for another reason");
    }
    int context = accesses.exitContext;
    boolean own =
        role.job() == Role.Job.HOST_CALL
            ? values.is(context, ProofValues.HOST_CONTEXT)
            : values.isAt(context, ProofValues.INSTANCE, 0);
    if (!own) {
      throw machine.reject("exits with another context");
    }
    Convention.ProofValues params = role.convention().params;
    for (int i = 0; i < params.count(); i++) {
      if (params.claims()[i] == Claim.REFERENCE) {
        check(params, i, accesses.slots[i], "argument");
      }
      if (role.service() != null && accesses.arguments[i] != given[i]) {
        // Callers are responsible for what they give a service.
        throw machine.reject("does not hand over argument " + i);
      }
    }
    accesses.hasExited = true;
    call(NOTHING, room);
  }

  /**
   * The poll stub: all registers stay, and nothing can be grown meanwhile. It needs no more of the
   * stack than is left for signals wherever code is.
   */
  private void poll() {
    if (!isEntry(machine.register(Machine.RBP), Machine.RBP)) {
      checkFrame();
    }
    machine.noteCall(machine.stackPointer());
    machine.state.cut(State.FIRST_SLOT + machine.slot(machine.stackPointer()) + 1);
    machine.state.thrown = State.NOTHING_THROWN;
  }

  /** Copying and filling: the ranges have to be within their memories. */
  private void nativeCall(int kind, int room) {
    checkRange(RDI);
    if (kind == ProofValues.MEMORY_COPY) {
      checkRange(RSI);
    }
    call(NOTHING, room);
  }

  private void checkRange(int register) {
    int start = machine.register(register);
    int count = machine.register(RDX);
    if (!values.is(start, ProofValues.MEMORY) || values.low[start] < 0) {
      machine.fail("not an address in a memory");
      return;
    }
    int memory = values.aux[start];
    State state = machine.state;
    boolean within =
        values.low[count] >= 0
            && !values.isPointer(count)
            && (state.isWithin(
                    memory,
                    values.origin(start),
                    values.origin(count),
                    values.offset[start] + values.offset[count])
                || isWithin(memory, start, values.high[count])
                || isWithin(memory, count, values.high[start]));
    if (!within) {
      machine.fail("a range that may end beyond its memory");
    }
  }

  /** Whether {@code value + more} is within a memory. */
  private boolean isWithin(int memory, int value, long more) {
    boolean compared =
        values.lengthKind[value] == ProofValues.OF_MEMORY
            && values.lengthOf[value] == memory
            && values.lengthShift[value] == 0
            && values.lengthSlack[value] >= more;
    long least = machine.state.least(memory, machine.rules.leastLength(memory));
    return compared || values.high[value] <= least && more <= least - values.high[value];
  }

  private void call(Convention convention, int room) {
    call(convention, room, true);
  }

  /**
   * @param grows whether memories and tables may be elsewhere afterwards
   */
  private void call(Convention convention, int room, boolean grows) {
    State state = machine.state;
    // rsp before the return address is pushed
    long top = machine.stackPointer() + (RETURN_ADDRESS - room);
    if ((top & 15) != 8) {
      throw machine.reject("the stack is not aligned at a call");
    }
    if (state.checked < 0) {
      throw machine.reject("calls without a check of the stack");
    }
    checkFrame();
    checkArguments(convention.params, top);
    for (int register = 0; register < 12; register++) {
      if (register != RBX && register != Machine.RSP && register != Machine.RBP) {
        state.at[register] = DEAD;
      }
    }
    if (machine.rules.usesFuel()) {
      state.at[Machine.FUEL] = DEAD;
    }
    state.at[State.COPY_REGISTER] = DEAD;
    if (grows) {
      forgetMovable(state);
    }
    state.inContext = State.NO_REFERENCE;
    state.thrown = State.NOTHING_THROWN;
    int area = convention.params.stackBytes() + convention.results.stackBytes();
    if (top + area > 0) {
      throw machine.reject("no room on the stack for arguments and results");
    }
    for (int at = 0; at < area; at += 8) {
      machine.setStackValue(top + at, DEAD);
    }
    machine.noteCall(top + area);
    machine.state.at[Machine.RSP] =
        values.pointer(ProofValues.STACK, 0, top + convention.params.stackBytes());
    state.cut(State.FIRST_SLOT + machine.slot(top + convention.params.stackBytes()) + 1);
    giveResults(convention.results, top + convention.params.stackBytes());
  }

  /** What is told of the call before, which has to be right for those who walk the frames. */
  void checkRecord(int record) {
    Records records = machine.records;
    long end = machine.at == 0 ? Machine.NO_CALL : machine.callEnds[machine.at - 1];
    if (end == Machine.NO_CALL) {
      throw machine.reject("tells of a call where there is none");
    }
    checkFrame();
    int size = records.frame(record);
    long bottom = framePointer() - size;
    if (size < 0
        || (size & 7) != 0
        || -bottom > (long) Math.max(machine.state.checked, 0) + Machine.UNCHECKED_STACK) {
      throw machine.reject("tells of a frame that is another");
    }
    for (int i = 0; i < records.references(record); i++) {
      int reference = records.reference(record, i);
      if ((reference & 3) != 0 || reference >= 0 || reference < -size) {
        throw machine.reject("tells of a reference outside of the frame");
      }
    }
    int context = records.context(record);
    boolean isOwn =
        (context & 7) == 0
            && context < 0
            && framePointer() + context >= end
            && values.isAt(machine.stackValue(framePointer() + context), ProofValues.INSTANCE, 0);
    if (records.handlers(record) > 0 && !isOwn) {
      throw machine.reject("tells of a context that is not the frame's");
    }
  }

  /** Where rbp is, which has been checked. */
  long framePointer() {
    int frame = machine.register(Machine.RBP);
    return values.low[frame];
  }

  /** The chain of frames is walked while the callee runs. */
  private void checkFrame() {
    int frame = machine.register(Machine.RBP);
    boolean linked =
        values.is(frame, ProofValues.STACK)
            && values.low[frame] == values.high[frame]
            && isFrame(values.low[frame]);
    if (!linked) {
      throw machine.reject("the chain of frames is broken at a call");
    }
  }

  /** Whether a frame pointer to {@code distance} continues the chain. */
  boolean isFrame(long distance) {
    return distance <= -8
        && distance >= machine.stackPointer()
        && isEntry(machine.stackValue(distance), Machine.RBP)
        && values.is(machine.stackValue(distance + 8), ProofValues.RETURN_ADDRESS);
  }

  /** The arguments of a call, those on the stack from {@code top} on. */
  void checkArguments(Convention.ProofValues params, long top) {
    for (int i = 0; i < params.count(); i++) {
      int register = params.registers()[i];
      Claim claim = params.claims()[i];
      if (claim == Claim.NONE || register == Convention.VECTOR) {
        continue;
      }
      if (register >= 0) {
        check(params, i, machine.register(register), "argument");
      } else if (claim == Claim.REFERENCE) {
        check(params, i, machine.stackValue(top + params.offsets()[i]), "argument");
      }
    }
  }

  private void giveResults(Convention.ProofValues results, long stack) {
    for (int i = 0; i < results.count(); i++) {
      int register = results.registers()[i];
      if (register >= 0) {
        machine.state.at[register] = claimed(results, i);
      } else if (register == Convention.ON_STACK && results.claims()[i] == Claim.REFERENCE) {
        machine.setStackValue(stack + results.offsets()[i], accesses.reference(results.types()[i]));
      }
    }
  }

  /** Memories and tables that may have moved during a call. */
  private void forgetMovable(State state) {
    for (int place = 0; place < state.places; place++) {
      int value = state.at[place];
      int kind = values.kind[value];
      if (kind == ProofValues.MEMORY && !machine.rules.staysInPlace(values.aux[value])
          || kind == ProofValues.TABLE && !machine.rules.isTableFixed(values.aux[value])) {
        state.at[place] = DEAD;
      } else if (kind == ProofValues.MEMORY_LENGTH || kind == ProofValues.TABLE_LENGTH) {
        // An old length is still one that the memory has at least, but not the current one.
        state.at[place] = values.range(values.low[value], values.high[value]);
      }
    }
  }

  // Returns.

  /** {@code ret}, which pops {@code popped} bytes of arguments as well. */
  void ret(long popped) {
    int target = machine.stackValue(machine.stackPointer());
    returned(target, machine.stackPointer() + RETURN_ADDRESS + popped);
  }

  /** A return by a jump to {@code target}. */
  void returned(int target, long stackPointer) {
    boolean isEntry = machine.role.job() == Role.Job.ENTRY;
    if (isEntry) {
      checkSlots(machine.role.convention().results);
    }
    Convention convention = isEntry ? NOTHING : machine.role.convention();
    if (stackPointer != RETURN_ADDRESS + convention.params.stackBytes()) {
      throw machine.reject("returns with the stack pointer at " + stackPointer);
    }
    checkLeaving(target);
    checkResults(convention.results, convention.params.stackBytes());
  }

  /** Whoever goes on at {@code target} finds there what it expects. */
  void checkLeaving(int target) {
    if (!values.is(target, ProofValues.RETURN_ADDRESS)) {
      throw machine.reject("returns to " + values.text(target));
    }
    if (!isEntry(machine.register(Machine.RBP), Machine.RBP)) {
      throw machine.reject("returns without the caller's rbp");
    }
    for (int register : preserved) {
      boolean kept =
          register == Machine.R14
              ? isOwnContext(machine.register(register))
              : isEntry(machine.register(register), register);
      if (!kept) {
        throw machine.reject("returns without the caller's register " + register);
      }
    }
  }

  private boolean isOwnContext(int value) {
    int kind =
        switch (machine.role.job()) {
          case FUNCTION, SERVICE -> ProofValues.INSTANCE;
          case HOST_CALL -> ProofValues.HOST_CONTEXT;
          case ENTRY -> ProofValues.IMPORT_CONTEXT;
          case IMPORTED -> ProofValues.PAIR;
        };
    return values.isAt(value, kind, 0) && values.aux[value] == 0;
  }

  private boolean isEntry(int value, int register) {
    return values.is(value, ProofValues.ENTRY) && values.aux[value] == register;
  }

  private void checkResults(Convention.ProofValues results, int params) {
    for (int i = 0; i < results.count(); i++) {
      int register = results.registers()[i];
      Claim claim = results.claims()[i];
      if (claim == Claim.NONE || register == Convention.VECTOR) {
        continue;
      }
      if (register >= 0) {
        check(results, i, machine.register(register), "result");
      } else if (claim == Claim.REFERENCE) {
        int value = machine.stackValue(RETURN_ADDRESS + params + results.offsets()[i]);
        check(results, i, value, "result");
      }
    }
  }

  /** Of the function that an entry has called: what Java finds in the value slots. */
  private void checkSlots(Convention.ProofValues results) {
    for (int i = 0; i < results.count(); i++) {
      if (results.claims()[i] == Claim.REFERENCE) {
        check(results, i, accesses.slots[i], "result");
      }
    }
  }
}
