package dev.tazza.vm.instance;

import dev.tazza.environ.FuncRefLayout;
import dev.tazza.environ.HostFunctionContext;
import dev.tazza.environ.RuntimeService;
import dev.tazza.environ.StoreContext;
import dev.tazza.environ.TrapCode;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.call.Backtrace;
import dev.tazza.vm.call.CallLoop;
import dev.tazza.vm.call.CallSpace;
import dev.tazza.vm.call.ExitHandler;
import dev.tazza.vm.code.CodeBlock;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.interrupt.StopHandler;
import dev.tazza.vm.interrupt.StopRequest;
import dev.tazza.vm.memory.ExternRefRoots;
import dev.tazza.vm.memory.ExternRefTable;
import dev.tazza.vm.memory.LinearMemory;
import dev.tazza.vm.memory.MemoryImage;
import dev.tazza.vm.memory.MemoryPlan;
import dev.tazza.vm.memory.MemoryRegions;
import dev.tazza.vm.memory.TableStorage;
import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.ValType;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Instances and what they share, with a store context and a guest stack. Owns all native memory of
 * what is in it; {@link #close} frees it.
 *
 * <p>One thread at a time: {@link #enter} and {@link #leave} bracket each use, by the same thread
 * possibly nested, and refuse any other thread meanwhile.
 */
public final class VmStore implements ExitHandler, AutoCloseable {
  /** Where the number of a host function is in the long that begins with the magic number. */
  private static final int INDEX_SHIFT =
      Byte.SIZE * (HostFunctionContext.INDEX - HostFunctionContext.MAGIC);

  private static final String DISABLED =
      "the store runs no code any more: some of it accessed what is not the store's";

  private final Ownership ownership = new Ownership();
  private final TypeRegistry types;
  private final MemoryRegions regions;
  private final Tunables tunables;
  private final TrapFactory traps;
  private final CallLoop loop;
  private final long values;
  private final ExternRefRoots externRoots = new ExternRefRoots();
  private final ExternRefTable externs = new ExternRefTable(externRoots);
  private final ExternRefCollector collector;
  private final VmExceptions exceptions;
  private final List<VmInstance> instances = new ArrayList<>();
  private final HostFunctions hosts;

  /** What ended the use of the store: its code accessed what is not its own. */
  private @Nullable RuntimeException wildFault;

  private final StopRequest stop;
  private @Nullable StopHandler stopHandler;
  private final StoreResources resources = new StoreResources();
  private final Reclaimer.Handle reclaimed;

  /** All of them: where code may fault; and their segments keep nothing but the store. */
  private final List<LinearMemory> memories = new ArrayList<>();

  private volatile boolean closed;

  public VmStore(StoreServices services, Tunables tunables, TrapFactory traps) {
    this.types = services.types();
    this.regions = services.regions();
    this.tunables = tunables;
    this.traps = traps;
    this.hosts = new HostFunctions(types, resources);
    CallSpace space = new CallSpace(services.stacks(), services.stopper(), tunables.polls());
    resources.add(space);
    this.stop = space.stop();
    this.loop = new CallLoop(space, this, tunables.usesFuel());
    this.collector = new ExternRefCollector(loop, externs);
    this.values = loop.context() + StoreContext.VALUES;
    this.exceptions = new VmExceptions(this, loop.context(), externs, collector);
    this.reclaimed = services.reclaimer().register(this, "a store", resources);
  }

  /**
   * Begins a use by the current thread.
   *
   * @throws IllegalStateException when the store is closed, or in use by another thread
   */
  public void enter() {
    ownership.enter();
  }

  /**
   * The thread that uses the store, or null. For other threads: it may have been that a moment ago,
   * or become it since.
   */
  public @Nullable Thread user() {
    return ownership.likelyUser();
  }

  /** Whether it was closed. */
  public boolean isClosed() {
    return closed;
  }

  /** Ends a use. */
  public void leave() {
    ownership.leave();
  }

  // Calls that enter and leave the store by themselves. A StackOverflowError may come out of any
  // call in them, even out of one in a finally clause: leaving is nothing but assignments there.

  /** What a function that is called directly returns. */
  public enum Result {
    /** An integer of 32 bits. */
    NARROW,
    /** Any other integer, or nothing. */
    WIDE,
    FLOAT
  }

  /**
   * Calls a guest function with parameters in registers. See {@link CallLoop#callNarrow} for what
   * functions can be called so.
   *
   * @return the result's bits
   */
  public long callDirectly(VmFunction function, Result result, long a0, long a1) {
    Ownership.Lease held = ownership.enter();
    try {
      int scope = externs.position();
      long bits;
      if (result == Result.NARROW) {
        bits = loop.callNarrow(function.code(), function.context(), a0, a1);
      } else {
        loop.callWide(function.code(), function.context(), a0, a1);
        long slot = result == Result.FLOAT ? values + StoreContext.VALUE_SIZE : values;
        bits = NativeMemory.getLong(slot);
      }
      endScope(scope);
      return bits;
    } finally {
      try {
        VarHandle.releaseFence();
      } finally {
        if (--held.depth == 0 && held.thread == null) {
          ownership.user = null;
        }
      }
    }
  }

  /**
   * Calls any function with numbers.
   *
   * @param args the bits of the parameters
   * @return the bits of its first result, if it has one
   */
  public long call(VmFunction function, long[] args) {
    Ownership.Lease held = ownership.enter();
    try {
      for (int i = 0; i < args.length; i++) {
        NativeMemory.putLong(values + (long) StoreContext.VALUE_SIZE * i, args[i]);
      }
      int scope = externs.position();
      invoke(function);
      endScope(scope);
      return NativeMemory.getLong(values);
    } finally {
      try {
        VarHandle.releaseFence();
      } finally {
        if (--held.depth == 0 && held.thread == null) {
          ownership.user = null;
        }
      }
    }
  }

  /** Something to do in the store, arguments and results in the value slots. */
  public interface Use<R> {
    R run();
  }

  /** Enters, does it, leaves. What guest code had of new external references is forgotten. */
  public <R extends @Nullable Object> R use(Use<R> use) {
    Ownership.Lease held = ownership.enter();
    try {
      int scope = externs.position();
      R result = use.run();
      endScope(scope);
      return result;
    } finally {
      try {
        VarHandle.releaseFence();
      } finally {
        if (--held.depth == 0 && held.thread == null) {
          ownership.user = null;
        }
      }
    }
  }

  /** Forgets the external references that only the call just over had. */
  private void endScope(int scope) {
    if (externs.position() != scope) {
      externs.endScope(scope, loop.depth() == 0 && collector.isIdle());
    }
  }

  /**
   * Calls a guest function; arguments and results are in the value slots. Between {@link #enter}
   * and {@link #leave}.
   *
   * @param function not a host function
   */
  public void call(VmFunction function) {
    loop.call(function.entry(), function.code(), function.context());
  }

  /** Calls any function, a host function directly; otherwise as {@link #call}. */
  public void invoke(VmFunction function) {
    HostFunction host = function.hostFunction();
    if (host == null) {
      call(function);
      return;
    }
    try {
      host.call(values, null);
    } catch (Throwable thrown) {
      throw sneak(thrown);
    }
  }

  /** Address of value slot 0. */
  public long values() {
    return values;
  }

  /** The Java objects that guest code holds. */
  public ExternRefTable externs() {
    return externs;
  }

  /** Tags, and exceptions under way. */
  public VmExceptions exceptions() {
    return exceptions;
  }

  TypeRegistry types() {
    return types;
  }

  HostFunctions hosts() {
    return hosts;
  }

  /** A trap raised by the runtime at the place where guest code is now. */
  RuntimeException trap(TrapCode code) {
    return traps.trap(code, backtrace());
  }

  /** The same with a message of its own. */
  public RuntimeException trap(TrapCode code, String message) {
    return traps.trap(code, message, backtrace());
  }

  /** Where guest code is now, over all activations. */
  public Backtrace backtrace() {
    boolean wanted = tunables.is(Tunable.WASM_BACKTRACE);
    return loop.backtrace(wanted ? (int) tunables.get(Tunable.WASM_BACKTRACE_MAX_FRAMES) : 0);
  }

  // What guest code asks for.

  @Override
  public boolean hostCall(long context) {
    // Both by one load of a long: the JIT inlines getInt or not, depending on what ran before.
    long magicAndIndex = NativeMemory.getLong(context + HostFunctionContext.MAGIC);
    HostFunction function = hosts.get((int) (magicAndIndex >> INDEX_SHIFT));
    long caller = NativeMemory.getLong(context + HostFunctionContext.CALLER);
    try {
      function.call(values, caller == 0 ? null : instances.get((int) caller - 1));
      return false;
    } catch (Throwable thrown) {
      if (exceptions.raise(thrown)) {
        return true;
      }
      throw sneak(traps.hostException(thrown, backtrace()));
    }
  }

  @Override
  public RuntimeException uncaught() {
    throw sneak(exceptions.uncaught(traps, backtrace()));
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> RuntimeException sneak(Throwable thrown) throws E {
    // Host functions may throw anything; it surfaces as it is.
    throw (E) thrown;
  }

  @Override
  public void serve(int exitCode, long context) {
    int number = (int) NativeMemory.getLong(context + VmLayout.INSTANCE);
    ServiceCalls.serve(RuntimeService.ofExit(exitCode), instances.get(number), values);
  }

  @Override
  public void stopped() {
    // In this order: a reason that comes up after it was looked for raises the request again.
    stop.lower();
    StopHandler handler = stopHandler;
    boolean goesOn = false;
    try {
      if (handler != null) {
        handler.stopped();
      }
      goesOn = true;
    } finally {
      if (!goesOn) {
        // The reason holds for the next call, too.
        stop.raise();
      }
    }
  }

  /**
   * Decides, each time that guest code was asked to stop and has, whether it goes on.
   *
   * @param handler throws what shall surface if it does not
   */
  public void onStop(StopHandler handler) {
    stopHandler = handler;
  }

  /** By which guest code is asked to stop. */
  public StopRequest stop() {
    return stop;
  }

  /**
   * Whoever wants to make memories or tables bigger asks first.
   *
   * @throws IllegalStateException when guest code was stopped somewhere: it may hold addresses
   */
  public void requireNotStopped() {
    loop.requireNotStopped();
  }

  /** Closes {@code what} with the store. */
  public void own(AutoCloseable what) {
    resources.add(what);
  }

  @Override
  public RuntimeException trap() {
    RuntimeException before = wildFault;
    if (before != null) {
      return new IllegalStateException(DISABLED, before);
    }
    Fault fault = Fault.read(loop.context());
    if (tunables.usesFuel()) {
      setFuel(fault.fuel(loop.context()));
    }
    TrapCode code = fault.trap(loop.context(), memories);
    if (code != null) {
      return traps.trap(code, backtrace());
    }
    RuntimeException bug = traps.wildFault(fault, backtrace());
    wildFault = bug;
    loop.disable(DISABLED);
    return bug;
  }

  @Override
  public int returnAddressDepth(long pc) {
    CodeBlock block = CodeRange.process().find(pc);
    return block != null && block.owner() instanceof MappedCode code
        ? ReturnAddress.depth(code, pc)
        : -1;
  }

  // Fuel.

  @Override
  public RuntimeException outOfFuel() {
    return trap(TrapCode.OUT_OF_FUEL);
  }

  /** What is left; negative when more was used up than there was. */
  public long fuel() {
    return NativeMemory.getLong(loop.context() + StoreContext.FUEL);
  }

  /** Lets the guest have so much. */
  public void setFuel(long amount) {
    NativeMemory.putLong(loop.context() + StoreContext.FUEL, amount);
  }

  // What is made in the store.

  /** Adds a host function. */
  public VmFunction newHostFunction(FuncType type, HostFunction function) {
    HostFunction added = collector.collectsBefore(type, function);
    return new VmFunction(this, type, -1, 0, 0, 0, 0, hosts.add(type, added));
  }

  /** The address that stands for {@code function} in guest code; 0 for null. */
  public long reference(@Nullable VmFunction function) {
    if (function == null) {
      return 0;
    }
    if (function.store() != this) {
      throw new IllegalArgumentException("a function of another store cannot be used in this one");
    }
    if (!function.isHost()) {
      return function.reference();
    }
    return hosts.reference(function.host());
  }

  /**
   * Whether a reference to a function of this store is of a heap type.
   *
   * @param heapType a {@link dev.tazza.wasm.type.HeapType#code()} with a number of the engine
   */
  public boolean isReferenceOf(long reference, int heapType) {
    return types
        .matching()
        .heapMatches(NativeMemory.getInt(reference + FuncRefLayout.TYPE_ID), heapType);
  }

  /** The function that a reference in guest code stands for; null for 0. */
  public @Nullable VmFunction function(long reference) {
    if (reference == 0) {
      return null;
    }
    int typeId = NativeMemory.getInt(reference + FuncRefLayout.TYPE_ID);
    long context = NativeMemory.getLong(reference + FuncRefLayout.CONTEXT);
    if (NativeMemory.getInt(context) == HostFunctionContext.MAGIC_VALUE) {
      int host = NativeMemory.getInt(context + HostFunctionContext.INDEX);
      return new VmFunction(this, hosts.type(host), -1, 0, 0, 0, reference, host);
    }
    VmInstance instance = instances.get((int) NativeMemory.getLong(context + VmLayout.INSTANCE));
    return new VmFunction(
        this,
        types.type(typeId),
        typeId,
        NativeMemory.getLong(reference + FuncRefLayout.CODE),
        context,
        instance.loaded.entryTrampoline(typeId),
        reference,
        -1);
  }

  /** A memory that no instance defines yet. */
  public VmMemory newMemory(MemoryType type) {
    return newMemory(type, null);
  }

  VmMemory newMemory(MemoryType type, @Nullable MemoryImage image) {
    LinearMemory storage = new LinearMemory(regions, MemoryPlan.of(type, tunables), image, this);
    resources.add(storage.space());
    memories.add(storage);
    return new VmMemory(this, type, storage);
  }

  /** A table of nulls. */
  public VmTable newTable(TableType type) {
    return newTable(type, 0);
  }

  /**
   * A table.
   *
   * @param elements its initial elements, which live as long as the store; 0 for nulls
   */
  VmTable newTable(TableType type, long elements) {
    long maximum = type.limits().hasMaximum() ? type.limits().maximum() : 0xFFFF_FFFFL;
    TableStorage storage = new TableStorage(type.limits().minimum(), maximum, elements);
    resources.add(storage);
    if (isHandle(type.elementType())) {
      externRoots.addTable(storage);
    }
    return new VmTable(this, type, storage);
  }

  /** A global with all bits zero. */
  public VmGlobal newGlobal(GlobalType type) {
    long address = resources.allocate(VmLayout.GLOBAL_SIZE);
    if (isHandle(type.valueType())) {
      externRoots.addGlobal(address);
    }
    return new VmGlobal(this, type, address);
  }

  /** Adds a global of an instance that holds external references. */
  void addExternGlobal(long address) {
    externRoots.addGlobal(address);
  }

  /** Whether values of the type are handles of Java objects or exceptions. */
  static boolean isHandle(ValType type) {
    return type instanceof RefType reference
        && (reference.heapType() == AbstractHeapType.EXTERN
            || reference.heapType() == AbstractHeapType.EXN);
  }

  /** A tag that no instance defines. */
  public VmTag newTag(FuncType type) {
    int typeId = types.acquire(type);
    resources.add(() -> types.release(typeId));
    return exceptions.newTag(types.type(typeId), typeId);
  }

  /** An instance of a module that the store retains. */
  VmInstance newInstance(LoadedModule module) {
    long context = module.template().copy();
    resources.add(() -> NativeHeap.free(context));
    VmInstance instance = new VmInstance(this, module, instances.size(), context);
    instances.add(instance);
    NativeMemory.putLong(context + VmLayout.STORE_CONTEXT, loop.context());
    NativeMemory.putLong(context + VmLayout.INSTANCE, instance.number);
    return instance;
  }

  /**
   * Instantiates a module, which the store then retains.
   *
   * @param imports by position: {@link VmFunction}, {@link VmTable}, {@link VmMemory} or {@link
   *     VmGlobal} of this store
   * @throws LinkException when one does not have the type that the module wants
   * @throws IllegalStateException when the module is closed
   */
  public VmInstance instantiate(LoadedModule module, List<?> imports) {
    module.retain();
    Instantiation instantiation;
    try {
      instantiation = new Instantiation(this, module);
      instantiation.check(imports);
    } catch (RuntimeException | Error e) {
      module.release();
      throw e;
    }
    resources.add(module::release);
    return instantiation.run(imports);
  }

  /**
   * Frees all native memory. A store that is closed already is asked to free what it could not
   * then.
   *
   * @throws IllegalStateException when the store is in use: nothing has happened then; or when a
   *     part of it could not be freed, such as a memory whose segment another thread is using in a
   *     native call: then all the rest is freed
   */
  @Override
  public void close() {
    if (!closed) {
      if (ownership.enter().depth > 1) {
        ownership.leave();
        throw new IllegalStateException("the store cannot be closed by what runs in it");
      }
      closed = true;
      ownership.close();
      loop.close();
      externs.clear();
    }
    resources.close();
    reclaimed.close();
  }
}
