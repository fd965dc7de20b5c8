package dev.tazza.codegen.isa.x64.emit;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.assembler.x64.Encoder;
import dev.tazza.assembler.x64.Place;
import dev.tazza.assembler.x64.Registers;
import dev.tazza.assembler.x64.X64Branches;
import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.Settings;
import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Interpreter;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Printer;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.ir.Verifier;
import dev.tazza.codegen.isa.x64.X64Isa;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.machine.CallSites;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.codegen.machine.RegisterAllocator;
import dev.tazza.codegen.regalloc.SpillEverywhere;
import dev.tazza.codegen.regalloc.SsaAllocator;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Random functions with references give the same compiled, when all objects move during each call
 * and at each poll, as interpreted, when none does. The collector finds the references of a frame
 * by the record that the instruction at the return address tells of, and by the table, which must
 * say the same. {@code -Dseeds=N} runs more, {@code -Dseed=N} only one.
 */
final class MovingReferencesTest {
  private static final NativeMachine MACHINE = NativeMachine.instance();
  private static final int AREA = 1024;
  private static final int FRAME = AREA - 16;
  private static final int RETURN = AREA - 8;
  private static final int STACK = AREA - 24;
  private static final int PAD_STACK = AREA - 32;
  private static final int PAD = AREA - 40;
  private static final int STACK_END = AREA - 48;
  private static final int POLL_STUB = AREA - 56;
  private static final int POLL = -1;
  private static final MemorySegment CONTEXT = MACHINE.map(0, NativeMachine.CONTEXT_SIZE, 3, 0);
  private static final MemorySegment HEAP = MACHINE.map(0, MovingHeap.SIZE, 3, 0);
  private static final MemorySegment STILL = MACHINE.map(0, MovingHeap.SIZE, 3, 0);

  private final long upcall;
  private final List<Inst> calls = new ArrayList<>();
  private MovingHeap heap = new MovingHeap(HEAP);
  private long address;
  private CallSites sites = CallSites.NONE;
  private long landing;
  private int moved;
  private int landed;
  private int polled;
  private Throwable failure;

  MovingReferencesTest() throws ReflectiveOperationException {
    upcall =
        Linker.nativeLinker()
            .upcallStub(
                MethodHandles.lookup()
                    .bind(this, "called", MethodType.methodType(void.class, long.class)),
                FunctionDescriptor.ofVoid(JAVA_LONG),
                Arena.global())
            .address();
  }

  @Test
  void allocated() {
    check(new SsaAllocator(), Effort.NONE);
  }

  @Test
  void optimized() {
    check(new SsaAllocator(), Effort.SPEED);
  }

  @Test
  void spilledEverywhere() {
    check(new SpillEverywhere(), Effort.SPEED);
  }

  private void check(RegisterAllocator allocator, Effort level) {
    Long only = Long.getLong("seed");
    long count = Long.getLong("seeds", 150);
    for (long seed = only == null ? 0 : only; seed < (only == null ? count : only + 1); seed++) {
      int size = 10 + (int) (seed % 8) * 12;
      String text = Printer.print(RandomReferences.generate(seed, size));
      try {
        Function function = RandomReferences.generate(seed, size);
        Verifier.verify(function, "generated");
        MovingHeap still = new MovingHeap(STILL);
        long expected = new Interpreter(still, 1 << 20).run(function, arguments(still, STILL))[0];
        assertEquals(expected, run(function, allocator, level), "seed " + seed + "\n" + text);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + "\n" + text, e);
      }
    }
    assertTrue(only != null || count < 100 || moved > 1000, "references that moved: " + moved);
    assertTrue(only != null || count < 100 || landed > 20, "exceptions: " + landed);
    assertTrue(only != null || count < 100 || polled > 500, "moved at polls: " + polled);
  }

  private static long[] arguments(MovingHeap heap, MemorySegment memory) {
    long[] arguments = new long[1 + RandomReferences.GIVEN];
    arguments[0] = memory.address();
    for (int i = 1; i < arguments.length; i++) {
      arguments[i] = heap.allocate(1000 + i);
    }
    return arguments;
  }

  /** Settings with polls, or for thunks, which do not. */
  private static Settings settings(Effort level, boolean polls) {
    return new Settings(
        level,
        true,
        NativeExecutor::hostFeatures,
        polls ? NativeMachine.LIMIT : STACK_END,
        NativeExecutor.STACK_OVERFLOW,
        true,
        polls ? new Settings.Polls(POLL_STUB, STACK_END) : null,
        0,
        Settings.NO_FUEL,
        null);
  }

  private long run(Function function, RegisterAllocator allocator, Effort level) {
    number(function);
    Compiler compiler = new Compiler(X64Isa.INSTANCE, allocator, settings(level, false));
    MachineCode code =
        new Compiler(X64Isa.INSTANCE, allocator, settings(level, true)).compile(function);
    MACHINE.clear();
    landing = MACHINE.add(land());
    byte[] bytes = code.code().clone();
    Function poll = thunk(new Signature(List.of(), List.of()), POLL);
    long pollStub = MACHINE.add(keepRegisters(MACHINE.add(compiler.compile(poll).code())));
    long[] thunks = new long[calls.size()];
    for (int i = 0; i < thunks.length; i++) {
      long thunk = MACHINE.add(compiler.compile(thunk(calls.get(i).signature, i)).code());
      thunks[i] = MACHINE.add(noteFrame(thunk));
    }
    address = MACHINE.nextAddress();
    for (int i = 0; i < code.callOffsets().length; i++) {
      int at = code.callOffsets()[i];
      int distance = (int) (thunks[code.callSymbols()[i]] - (address + at + 4));
      for (int k = 0; k < 4; k++) {
        bytes[at + k] = (byte) (distance >> 8 * k);
      }
    }
    MACHINE.add(bytes);
    sites = code.sites();
    heap = new MovingHeap(HEAP);
    failure = null;
    CONTEXT.fill((byte) 0x5a);
    CONTEXT.set(JAVA_LONG_UNALIGNED, NativeMachine.LIMIT, -1L); // every poll is to stop
    CONTEXT.set(JAVA_LONG_UNALIGNED, STACK_END, 0L);
    CONTEXT.set(JAVA_LONG_UNALIGNED, POLL_STUB, pollStub);
    CONTEXT.set(JAVA_LONG_UNALIGNED, NativeMachine.CONTEXT_IN, HEAP.address());
    long[] arguments = arguments(heap, HEAP);
    for (int i = 1; i < arguments.length; i++) {
      CONTEXT.set(JAVA_LONG_UNALIGNED, NativeMachine.INTS + 8L * (i - 1), arguments[i]);
    }
    MACHINE.enter(CONTEXT, address);
    if (failure != null) {
      throw new AssertionError(failure);
    }
    assertEquals(0, CONTEXT.get(JAVA_INT_UNALIGNED, NativeMachine.FAULTED), "a fault");
    int[] preserved = {Registers.RBX, Registers.R12, Registers.R13};
    for (int i = 0; i < preserved.length; i++) {
      long value = CONTEXT.get(JAVA_LONG_UNALIGNED, NativeMachine.PRESERVED_OUT + 8L * i);
      assertEquals(NativeMachine.MAGIC + preserved[i], value, "callee-saved register " + i);
    }
    return CONTEXT.get(JAVA_LONG_UNALIGNED, NativeMachine.INTS);
  }

  /** Each call gets a symbol of its own, so that the callee knows the instruction. */
  private void number(Function function) {
    calls.clear();
    for (Block block : function.blocks) {
      for (Inst inst = block.first; inst != null; inst = inst.next) {
        if (inst.op.isDirectCall()) {
          Inst copy = function.newCopy(inst);
          inst.imm = calls.size();
          calls.add(copy);
        }
      }
    }
  }

  /** Passes arguments and results through the context. */
  private Function thunk(Signature called, int symbol) {
    Function function = new Function("thunk", called, TestRegions.ALL);
    Block block = function.newBlock();
    called.params().forEach(block::addParam);
    Builder builder = new Builder(function);
    builder.switchTo(block);
    Inst context = builder.context();
    for (int i = 0; i < called.params().size(); i++) {
      Type type = called.params().get(i);
      MemoryAccess access = MemoryAccess.full(type, TestRegions.CONTEXT);
      builder.store(access, context, AREA + 8 * i, block.params.get(i), 0);
    }
    builder.callNative(
        new Signature(List.of(Type.I64), List.of()), builder.i64(upcall), builder.i64(symbol));
    Inst[] results = new Inst[called.results().size()];
    for (int i = 0; i < results.length; i++) {
      Type type = called.results().get(i);
      MemoryAccess access = MemoryAccess.full(type, TestRegions.CONTEXT);
      results[i] = builder.load(type, access, context, AREA + 8 * i, 0);
    }
    builder.ret(results);
    return function;
  }

  /** Notes the caller's frame pointer and where it goes on, then goes to the thunk. */
  private static byte[] noteFrame(long thunk) {
    CodeBuffer out = new CodeBuffer(4, X64Branches.INSTANCE);
    Encoder encoder = new Encoder(out);
    Place place = new Place();
    encoder.encode(0x89, Encoder.W, Registers.RBP, place.memory(Registers.R15, FRAME));
    encoder.encode(0x89, Encoder.W, Registers.RSP, place.memory(Registers.R15, STACK));
    encoder.encode(UnaryOp.MOV64.opcode, Encoder.W, Registers.R11, place.memory(Registers.RSP, 0));
    encoder.encode(0x89, Encoder.W, Registers.R11, place.memory(Registers.R15, RETURN));
    encoder.moveImm(Registers.R11, thunk);
    encoder.encode(0xff, 0, 4, place.register(Registers.R11));
    out.layout();
    return out.finish();
  }

  /** A poll's stub: all registers stay while it calls {@code thunk}. */
  private static byte[] keepRegisters(long thunk) {
    int[] kept = {
      Registers.RAX,
      Registers.RCX,
      Registers.RDX,
      Registers.RSI,
      Registers.RDI,
      Registers.R8,
      Registers.R9,
      Registers.R10,
      Registers.R11
    };
    CodeBuffer out = new CodeBuffer(4, X64Branches.INSTANCE);
    Encoder encoder = new Encoder(out);
    Place place = new Place();
    encoder.push(Registers.RAX);
    encoder.encode(0x89, Encoder.W, Registers.RBP, place.memory(Registers.R15, FRAME));
    encoder.encode(UnaryOp.MOV64.opcode, Encoder.W, Registers.RAX, place.memory(Registers.RSP, 8));
    encoder.encode(0x89, Encoder.W, Registers.RAX, place.memory(Registers.R15, RETURN));
    encoder.pop(Registers.RAX);
    encoder.push(Registers.RBP);
    encoder.encode(UnaryOp.MOV64.opcode, Encoder.W, Registers.RBP, place.register(Registers.RSP));
    for (int register : kept) {
      encoder.push(register);
    }
    encoder.aluImm(4, 8, place.register(Registers.RSP), -16);
    encoder.moveImm(Registers.R11, thunk);
    encoder.encode(0xff, 0, 2, place.register(Registers.R11));
    encoder.encode(0x8d, Encoder.W, Registers.RSP, place.memory(Registers.RBP, -8 * kept.length));
    for (int i = kept.length - 1; i >= 0; i--) {
      encoder.pop(kept[i]);
    }
    encoder.pop(Registers.RBP);
    out.byte1(0xc3);
    out.layout();
    return out.finish();
  }

  /** Goes to a landing pad: nothing is as it was but the frame and the contexts. */
  private static byte[] land() {
    CodeBuffer out = new CodeBuffer(4, X64Branches.INSTANCE);
    Encoder encoder = new Encoder(out);
    Place place = new Place();
    encoder.encode(
        UnaryOp.MOV64.opcode, Encoder.W, Registers.RBP, place.memory(Registers.R15, FRAME));
    encoder.encode(
        UnaryOp.MOV64.opcode, Encoder.W, Registers.RSP, place.memory(Registers.R15, PAD_STACK));
    for (int register = 0; register < Registers.R15; register++) {
      if (register != Registers.RSP && register != Registers.RBP) {
        boolean isContext = register == Registers.R14;
        encoder.moveImm(register, isContext ? HEAP.address() : 0x7777_0000_7777_0000L);
      }
    }
    encoder.encode(0xff, 0, 4, place.memory(Registers.R15, PAD));
    out.layout();
    return out.finish();
  }

  /** Lets the call go on at the landing pad for a tag instead of where it returns. */
  private void unwind(int tag) {
    MemorySegment memory = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    long frame = CONTEXT.get(JAVA_LONG_UNALIGNED, FRAME);
    long pc = CONTEXT.get(JAVA_LONG_UNALIGNED, RETURN);
    int first = sites.records()[Arrays.binarySearch(sites.offsets(), (int) (pc - address))];
    long record = pc + 8 + memory.get(JAVA_INT_UNALIGNED, pc + 4);
    int handler = first + CallSites.FIRST_REFERENCE + sites.data()[first + CallSites.REFERENCES];
    int context = sites.data()[first + CallSites.CONTEXT];
    assertEquals(HEAP.address(), memory.get(JAVA_LONG_UNALIGNED, frame + context), "the context");
    for (int i = 0; i < sites.data()[first + CallSites.HANDLERS]; i++, handler += 2) {
      int given = memory.get(JAVA_INT_UNALIGNED, record + 4 * (handler - first));
      long pad = record + memory.get(JAVA_INT_UNALIGNED, record + 4 * (handler - first) + 4);
      assertEquals(sites.data()[handler], given, "tag");
      assertEquals(address + sites.data()[handler + 1], pad, "landing pad");
      if (given == tag || given == Inst.ANY_TAG) {
        CONTEXT.set(JAVA_LONG_UNALIGNED, PAD, pad);
        CONTEXT.set(JAVA_LONG_UNALIGNED, PAD_STACK, frame - sites.data()[first]);
        memory.set(JAVA_LONG_UNALIGNED, CONTEXT.get(JAVA_LONG_UNALIGNED, STACK), landing);
        landed++;
        return;
      }
    }
    throw new AssertionError("no handler for " + tag);
  }

  /** Comes from compiled code: the arguments are in the context, the results go there. */
  private void called(long symbol) {
    try {
      if (symbol == POLL) {
        int before = moved;
        update(heap.move());
        polled += moved - before;
        return;
      }
      Inst call = calls.get((int) symbol);
      long[] args = values(call.signature.params());
      long[] results;
      try {
        results = heap.call(call, args);
      } catch (Interpreter.Unwinding unwinding) {
        update(heap.move());
        unwind(unwinding.tag());
        return;
      }
      Map<Integer, Integer> places = heap.move();
      update(places);
      for (int i = 0; i < results.length; i++) {
        boolean reference = call.signature.results().get(i) == Type.REF;
        long result = reference ? places.get((int) results[i]) : results[i];
        CONTEXT.set(JAVA_LONG_UNALIGNED, AREA + 8L * i, result);
      }
    } catch (Throwable e) {
      failure = e; // nothing may be thrown through native frames
      for (int i = 0; i < 16; i++) {
        CONTEXT.set(JAVA_LONG_UNALIGNED, AREA + 8L * i, 0L);
      }
    }
  }

  private static long[] values(List<Type> types) {
    long[] args = new long[types.size()];
    for (int i = 0; i < args.length; i++) {
      long value = CONTEXT.get(JAVA_LONG_UNALIGNED, AREA + 8L * i);
      args[i] = types.get(i) == Type.REF ? value & 0xffff_ffffL : value;
    }
    return args;
  }

  /** Updates the references of the frame. */
  private void update(Map<Integer, Integer> places) {
    long frame = CONTEXT.get(JAVA_LONG_UNALIGNED, FRAME);
    long pc = CONTEXT.get(JAVA_LONG_UNALIGNED, RETURN);
    MemorySegment memory = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    int site = Arrays.binarySearch(sites.offsets(), (int) (pc - address));
    boolean told = memory.get(JAVA_INT_UNALIGNED, pc) == 0x00841f0f;
    assertEquals(site >= 0, told, "table and code agree whether there is anything to tell");
    if (!told) {
      return;
    }
    long record = pc + 8 + memory.get(JAVA_INT_UNALIGNED, pc + 4);
    int first = sites.records()[site];
    int count = sites.data()[first + CallSites.REFERENCES];
    for (int i = 0; i < CallSites.FIRST_REFERENCE + count; i++) {
      assertEquals(sites.data()[first + i], memory.get(JAVA_INT_UNALIGNED, record + 4 * i));
    }
    for (int i = 0; i < count; i++) {
      long at = frame + sites.data()[first + CallSites.FIRST_REFERENCE + i];
      long old = memory.get(JAVA_LONG_UNALIGNED, at);
      Integer place = old >>> 32 == 0 ? places.get((int) old) : null;
      assertTrue(place != null, () -> "no reference is in the frame at " + (at - frame));
      memory.set(JAVA_INT_UNALIGNED, at, place);
      moved += old != 0 ? 1 : 0;
    }
  }
}
