package dev.tazza.codegen.isa.x64.emit;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.tazza.assembler.x64.Registers;
import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.Settings;
import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.filetest.Outcome;
import dev.tazza.codegen.filetest.TestWorld;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.isa.x64.X64Isa;
import dev.tazza.codegen.isa.x64.inst.Abi;
import dev.tazza.codegen.isa.x64.inst.X64Feature;
import dev.tazza.codegen.machine.CpuFeature;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.codegen.machine.RegisterAllocator;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compiles functions and runs the code, in a memory at the address of {@link TestWorld#BASE}, which
 * stands for that of a {@link TestWorld}. Calls come back to the world through a function that is
 * compiled for each signature.
 */
final class NativeExecutor {
  static final int STACK_OVERFLOW = 99;
  private static final long RESERVED = (1L << 32) + (1 << 20);
  private static final int PAGE = 1 << 12;
  private static final int CALL_AREA = 1024;
  private static final NativeMachine MACHINE = NativeMachine.instance();
  private static final MemorySegment MEMORY = MACHINE.map(TestWorld.BASE, RESERVED, 0, 0x4000);
  private static final MemorySegment CONTEXT;

  static {
    MACHINE.protect(MEMORY.asSlice(0, PAGE), 3);
    CONTEXT = MACHINE.map(0, NativeMachine.CONTEXT_SIZE, 3, 0);
  }

  private final RegisterAllocator allocator;
  private final Effort level;
  private final Set<CpuFeature> features;
  private final long upcall;
  private TestWorld world = new TestWorld();
  private List<Inst> calls = new ArrayList<>();

  NativeExecutor(RegisterAllocator allocator, Effort level, Set<CpuFeature> features) {
    this.allocator = allocator;
    this.level = level;
    this.features = features;
    try {
      upcall =
          Linker.nativeLinker()
              .upcallStub(
                  MethodHandles.lookup()
                      .bind(this, "called", MethodType.methodType(void.class, long.class)),
                  FunctionDescriptor.ofVoid(java.lang.foreign.ValueLayout.JAVA_LONG),
                  Arena.global())
              .address();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What this processor has. */
  static Set<CpuFeature> hostFeatures() {
    try {
      String info = java.nio.file.Files.readString(java.nio.file.Path.of("/proc/cpuinfo"));
      Set<CpuFeature> features = new HashSet<>();
      for (X64Feature feature : X64Feature.values()) {
        String flag = feature == X64Feature.LZCNT ? "abm" : feature.name().toLowerCase();
        if (info.contains(" " + flag + " ") || info.contains(" " + flag + "\n")) {
          features.add(feature);
        }
      }
      return features;
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  Settings settings() {
    return new Settings(level, true, features, NativeMachine.LIMIT, STACK_OVERFLOW);
  }

  MachineCode compile(Function function) {
    return new Compiler(X64Isa.INSTANCE, allocator, settings()).compile(function);
  }

  /** Compiles {@code function}, which is edited, and runs it in a new world. */
  Outcome run(Function function, long... args) {
    return new Loaded(function).run(args);
  }

  /** A compiled function in place. */
  final class Loaded {
    private final Signature signature;
    private final MachineCode code;
    private final long address;
    private final List<Inst> callsites;

    Loaded(Function function) {
      signature = function.signature;
      callsites = new ArrayList<>();
      numberCalls(function);
      code = compile(function);
      MACHINE.clear();
      Map<Integer, Long> thunks = new HashMap<>();
      for (int symbol : code.callSymbols()) {
        thunks.computeIfAbsent(symbol, s -> MACHINE.add(thunk(s)));
      }
      long base = MACHINE.nextAddress();
      byte[] bytes = code.code().clone();
      for (int i = 0; i < code.callOffsets().length; i++) {
        int at = code.callOffsets()[i];
        int distance = (int) (thunks.get(code.callSymbols()[i]) - (base + at + 4));
        for (int k = 0; k < 4; k++) {
          bytes[at + k] = (byte) (distance >> 8 * k);
        }
      }
      address = MACHINE.add(bytes);
    }

    /** Each call gets a symbol of its own, so that the callee knows the instruction. */
    private void numberCalls(Function function) {
      for (Block block : function.blocks) {
        for (Inst inst = block.first; inst != null; inst = inst.next) {
          if (inst.op.isDirectCall()) {
            Inst copy = function.newInst(inst.op, Type.NONE);
            copy.imm = inst.imm;
            copy.signature = inst.signature;
            inst.imm = callsites.size();
            callsites.add(copy);
          }
        }
      }
    }

    private byte[] thunk(int symbol) {
      Signature called = callsites.get(symbol).signature;
      Function function = new Function("thunk", called, TestRegions.ALL);
      Block block = function.newBlock();
      called.params().forEach(block::addParam);
      Builder builder = new Builder(function);
      builder.switchTo(block);
      Inst context = builder.context();
      for (int i = 0; i < called.params().size(); i++) {
        Type type = called.params().get(i);
        builder.store(
            MemoryAccess.full(type, TestRegions.CONTEXT),
            context,
            CALL_AREA + 16 * i,
            block.params.get(i),
            0);
      }
      builder.callNative(
          new Signature(List.of(Type.I64), List.of()), builder.i64(upcall), builder.i64(symbol));
      Inst[] results = new Inst[called.results().size()];
      for (int i = 0; i < results.length; i++) {
        Type type = called.results().get(i);
        results[i] =
            builder.load(
                type, MemoryAccess.full(type, TestRegions.CONTEXT), context, CALL_AREA + 16 * i, 0);
      }
      builder.ret(results);
      return compile(function).code();
    }

    Outcome run(long... args) {
      world = new TestWorld();
      calls = callsites;
      toNative();
      pass(args);
      MACHINE.enter(CONTEXT, address);
      fromNative();
      if (CONTEXT.get(JAVA_INT, NativeMachine.FAULTED) != 0) {
        return new Outcome("trap " + trap(), world.fingerprint());
      }
      checkPreserved(args);
      return new Outcome(results(), world.fingerprint());
    }

    private void pass(long[] args) {
      Abi.Places places = Abi.params(signature.params());
      CONTEXT.fill((byte) 0x5a);
      CONTEXT.set(JAVA_LONG_UNALIGNED, NativeMachine.LIMIT, 0L);
      int ints = 0;
      int floats = 0;
      for (int i = 0; i < args.length; i++) {
        Type type = signature.params().get(i);
        long value = type.bytes() == 4 ? args[i] & 0xffff_ffffL : args[i];
        if (places.registers()[i] < 0) {
          throw new IllegalArgumentException("too many parameters");
        } else if (i == 0) {
          CONTEXT.set(JAVA_LONG_UNALIGNED, NativeMachine.CONTEXT_IN, value);
        } else if (type.isGeneral()) {
          CONTEXT.set(JAVA_LONG_UNALIGNED, NativeMachine.INTS + 8L * ints++, value);
        } else {
          CONTEXT.set(JAVA_LONG_UNALIGNED, NativeMachine.FLOATS + 8L * floats++, value);
        }
      }
    }

    private int trap() {
      long pc = CONTEXT.get(JAVA_LONG_UNALIGNED, NativeMachine.FAULT_PC) - address;
      int at = Arrays.binarySearch(code.trapOffsets(), (int) pc);
      if (at < 0) {
        throw new AssertionError("fault at " + Long.toHexString(pc) + ", where no trap is known");
      }
      return code.trapCodes()[at];
    }

    private void checkPreserved(long[] args) {
      long context = args.length > 0 ? args[0] : 0x5a5a5a5a5a5a5a5aL;
      long[] expected = {
        NativeMachine.MAGIC + Registers.RBX,
        NativeMachine.MAGIC + Registers.R12,
        NativeMachine.MAGIC + Registers.R13,
        context
      };
      for (int i = 0; i < expected.length; i++) {
        if (CONTEXT.get(JAVA_LONG_UNALIGNED, NativeMachine.PRESERVED_OUT + 8L * i) != expected[i]) {
          throw new AssertionError("callee-saved register number " + i + " was not preserved");
        }
      }
    }

    private String results() {
      int ints = 0;
      int floats = 0;
      long[] values = new long[signature.results().size()];
      for (int i = 0; i < values.length; i++) {
        long at =
            signature.results().get(i).isGeneral()
                ? NativeMachine.INTS + 8L * ints++
                : NativeMachine.FLOATS + 8L * floats++;
        values[i] = CONTEXT.get(JAVA_LONG_UNALIGNED, at);
        if (signature.results().get(i) == Type.I32) {
          if (values[i] >>> 32 != 0) {
            throw new AssertionError("an i32 result is not zero-extended");
          }
          values[i] = (int) values[i];
        }
      }
      return Outcome.print(signature, values);
    }
  }

  private void fromNative() {
    MemorySegment.copy(MEMORY, JAVA_BYTE, 0, world.memory(), 0, PAGE);
  }

  private void toNative() {
    MemorySegment.copy(world.memory(), 0, MEMORY, JAVA_BYTE, 0, PAGE);
  }

  /** Comes from compiled code: the arguments are in the context, the results go there. */
  private void called(long symbol) {
    Inst call = calls.get((int) symbol);
    Signature signature = call.signature;
    long[] args = new long[2 * signature.params().size()];
    int count = 0;
    for (int i = 0; i < signature.params().size(); i++) {
      long value = CONTEXT.get(JAVA_LONG_UNALIGNED, CALL_AREA + 16L * i);
      Type type = signature.params().get(i);
      args[count++] =
          switch (type) {
            case I32 -> (int) value;
            case F32 -> value & 0xffff_ffffL;
            default -> value;
          };
      if (type == Type.V128) {
        args[count++] = CONTEXT.get(JAVA_LONG_UNALIGNED, CALL_AREA + 16L * i + 8);
      }
    }
    fromNative();
    long[] results = world.call(call, Arrays.copyOf(args, count));
    toNative();
    int next = 0;
    for (int i = 0; i < signature.results().size(); i++) {
      CONTEXT.set(JAVA_LONG_UNALIGNED, CALL_AREA + 16L * i, results[next++]);
      if (signature.results().get(i) == Type.V128) {
        CONTEXT.set(JAVA_LONG_UNALIGNED, CALL_AREA + 16L * i + 8, results[next++]);
      }
    }
  }
}
