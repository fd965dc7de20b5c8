package dev.tazza.vm.instance;

import dev.tazza.environ.StoreContext;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.call.Activation;
import dev.tazza.vm.call.Backtrace;
import dev.tazza.vm.call.CallLoop;
import dev.tazza.vm.call.CallSpace;
import dev.tazza.vm.event.InstantiateEvent;
import dev.tazza.vm.event.Recording;
import dev.tazza.vm.interrupt.FuelHandler;
import dev.tazza.vm.interrupt.StopHandler;
import dev.tazza.vm.interrupt.StopRequest;
import dev.tazza.vm.memory.LinearMemory;
import dev.tazza.vm.memory.MemoryImage;
import dev.tazza.vm.memory.MemoryPlan;
import dev.tazza.vm.memory.MemorySource;
import dev.tazza.vm.memory.TableSource;
import dev.tazza.vm.memory.TableStorage;
import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.TableType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Instances and what they share, with a store context and a guest stack. Owns all native memory of
 * what is in it; {@link #close} frees it.
 *
 * <ul>
 *   <li>{@link GuestCalls}: who uses it, and calls of its functions,
 *   <li>{@link GuestRequests}: what its guest code asks for,
 *   <li>{@link StoreReferences}: what references in its guest code stand for,
 *   <li>{@link GuestWaits}: guests that wait at a shared memory,
 *   <li>{@link VmExceptions}: tags, and the exception under way.
 * </ul>
 */
public final class VmStore implements AutoCloseable {
  private static final boolean[] NONE_CHECKED = {};

  private final StoreServices services;
  private final TypeRegistry types;
  private final Tunables tunables;
  private final TrapFactory traps;
  private final HostFunctions hosts;
  private final StoreReferences references;
  private final CallSpace space;
  private final StopRequest stop;
  private final GuestRequests requests;
  private final CallLoop loop;
  private final ExternRefCollector collector;
  private final GuestCalls calls;
  private final VmExceptions exceptions;
  private final GuestWaits waits;
  private final List<VmInstance> instances = new ArrayList<>();

  /** All of them: where code may fault; and their segments keep nothing but the store. */
  private final List<LinearMemory> memories = new ArrayList<>();

  /** Those of them that other stores may use, too. */
  private final Map<VmSharedMemory, VmMemory> sharedMemories = new HashMap<>();

  private final StoreGrowth growth = new StoreGrowth(this);
  private final StoreResources resources = new StoreResources();
  private final ResourceUse.OfStore use;
  private final Reclaimer.Handle reclaimed;
  private volatile boolean closed;

  public VmStore(StoreServices services, Tunables tunables, TrapFactory traps) {
    this.services = services;
    this.types = services.types();
    this.tunables = tunables;
    this.traps = traps;
    this.use = services.use().newStore();
    resources.add(use);
    this.hosts = new HostFunctions(types, resources);
    this.references = new StoreReferences(this, types, hosts, instances);
    InstanceAllocator used =
        services.instances(); // what is reclaimed with the store must not keep it
    this.space = new CallSpace(services.stacks(), services.stopper(), tunables.polls());
    used.retain();
    resources.add(used::release);
    resources.add(space);
    this.stop = space.stop();
    this.requests = new GuestRequests(this, traps, space, instances, memories);
    this.loop = requests.loop();
    this.collector = new ExternRefCollector(loop, references.externs());
    this.calls = new GuestCalls(loop, references.externs(), collector);
    this.exceptions = new VmExceptions(this, loop.context(), references.externs(), collector);
    this.waits = new GuestWaits(this, loop, stop);
    this.reclaimed = services.reclaimer().register(this, "a store", resources);
  }

  /** Who uses it, and the calls of its functions. */
  public GuestCalls calls() {
    return calls;
  }

  /** {@link GuestCalls#enter}. */
  public void enter() {
    calls.enter();
  }

  /** {@link GuestCalls#leave}. */
  public void leave() {
    calls.leave();
  }

  GuestRequests requests() {
    return requests;
  }

  /** What references stand for. */
  public StoreReferences references() {
    return references;
  }

  /** Whether it was closed. */
  public boolean isClosed() {
    return closed;
  }

  /** Tags, and exceptions under way. */
  public VmExceptions exceptions() {
    return exceptions;
  }

  ResourceUse.OfStore use() {
    return use;
  }

  GuestWaits waits() {
    return waits;
  }

  TypeRegistry types() {
    return types;
  }

  HostFunctions hosts() {
    return hosts;
  }

  /** A trap raised by the runtime at the place where guest code is now. */
  RuntimeException trap(TrapCode code) {
    return traps.trap(this, code, backtrace());
  }

  /** The same with a message of its own. */
  public RuntimeException trap(TrapCode code, String message) {
    return traps.trap(this, code, message, backtrace());
  }

  /** All instances, in the order in which they were made. */
  public List<VmInstance> instances() {
    return Collections.unmodifiableList(instances);
  }

  /** Where guest code is now, over all activations: at most {@code maximum} frames. */
  public Backtrace backtrace(int maximum) {
    return loop.backtrace(maximum);
  }

  /** Whether so many bytes can be read there, which are of the guest's stack. */
  public boolean isOnStack(long address, long bytes) {
    return loop.stack().contains(address, bytes);
  }

  /** Where guest code is now, as far as backtraces are wanted. */
  public Backtrace backtrace() {
    boolean wanted = tunables.is(Tunable.WASM_BACKTRACE);
    return loop.backtrace(wanted ? (int) tunables.get(Tunable.WASM_BACKTRACE_MAX_FRAMES) : 0);
  }

  /**
   * Decides, each time that guest code was asked to stop and has, whether it goes on.
   *
   * @param handler throws what shall surface if it does not
   */
  public void onStop(StopHandler handler) {
    requests.onStop(handler);
  }

  /** Decides, each time that guest code needs more fuel than it has. */
  public void onFuelUsedUp(FuelHandler handler) {
    requests.onFuelUsedUp(handler);
  }

  /** By which guest code is asked to stop. */
  public StopRequest stop() {
    return stop;
  }

  /** Within what guest code asked for and takes long: stops it if it was asked to. */
  void stopIfAsked() {
    if (stop.isRaised()) {
      loop.stop();
    }
  }

  /**
   * Whoever wants to make memories or tables bigger asks first.
   *
   * @throws IllegalStateException when guest code was stopped somewhere: it may hold addresses
   */
  public void requireNotStopped() {
    loop.requireNotStopped();
  }

  /** Asks {@code limiter} from now on before the store gets more. */
  public void limitBy(StoreLimiter limiter) {
    growth.limitBy(limiter, null);
  }

  /** The same; guests that want more are suspended until {@code limiter} has decided. */
  public void limitBy(StoreLimiter limiter, GrowthSuspender suspender) {
    growth.limitBy(limiter, suspender);
  }

  StoreGrowth growth() {
    return growth;
  }

  /** Closes {@code what} with the store. */
  public void own(AutoCloseable what) {
    resources.add(what);
  }

  // Calls that may wait.

  /** A call that begins where the innermost one waits. */
  public Activation newActivation() {
    return new Activation(loop);
  }

  /** What the guest just asked for is to come later: see {@link Activation}. */
  public void letWait() {
    requests.letWait();
  }

  /** Has guests that wait at a shared memory suspended, in place of blocking their thread. */
  public void suspendWaitsBy(WaitSuspender suspender) {
    waits.suspendBy(suspender);
  }

  /** How many calls are under way: waiting ones, and those in host functions. */
  public int depth() {
    return loop.depth();
  }

  /** Whether the processor's faults are traps. */
  boolean trapsBySignal() {
    return tunables.trapsBySignal();
  }

  // Fuel.

  /** Whether code uses it up. */
  boolean usesFuel() {
    return tunables.usesFuel();
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
  public VmFunction newHostFunction(FuncType type, VmHostFunction function) {
    useValues(type);
    VmHostFunction added = collector.collectsBefore(type, function);
    return new VmFunction(this, type, -1, 0, 0, 0, 0, hosts.add(type, added));
  }

  /** A memory that no instance defines yet. */
  public VmMemory newMemory(MemoryType type) {
    growth.addMemory(type);
    return newMemory(services.hostMemories(), type, null);
  }

  /** A memory that an instance defines. */
  VmMemory newMemory(MemoryType type, @Nullable MemoryImage image) {
    return newMemory(services.instances().memories(), type, image);
  }

  private VmMemory newMemory(MemorySource source, MemoryType type, @Nullable MemoryImage image) {
    if (type.limits().shared()) {
      return adopt(new VmSharedMemory(services, tunables, type, image));
    }
    LinearMemory storage = new LinearMemory(source, MemoryPlan.of(type, tunables), image, this);
    resources.add(storage.space());
    memories.add(storage);
    use.addMemory(storage.length());
    return new VmMemory(this, type, storage, null);
  }

  /**
   * A shared memory as it is in this store, which becomes a user of it.
   *
   * @throws IllegalArgumentException when it is another engine's
   * @throws IllegalStateException when it is closed
   */
  public VmMemory share(VmSharedMemory shared) {
    if (!shared.isFor(services.regions())) {
      throw new IllegalArgumentException("the shared memory belongs to another engine");
    }
    VmMemory known = sharedMemories.get(shared);
    if (known != null) {
      return known;
    }
    shared.retain();
    return adopt(shared);
  }

  /** The same; the store takes over from a user. */
  private VmMemory adopt(VmSharedMemory shared) {
    resources.add(shared::release);
    memories.add(shared.storage());
    VmMemory memory = new VmMemory(this, shared.type(), shared.storage(), shared);
    sharedMemories.put(shared, memory);
    return memory;
  }

  /** A table of nulls. */
  public VmTable newTable(TableType type) {
    growth.addTable(type);
    return newTable(TableSource.HEAP, type, 0);
  }

  /**
   * A table that an instance defines.
   *
   * @param elements its initial elements, which live as long as the store; 0 for nulls
   */
  VmTable newTable(TableType type, long elements) {
    return newTable(services.instances().tables(), type, elements);
  }

  private VmTable newTable(TableSource source, TableType type, long elements) {
    long maximum = type.limits().hasMaximum() ? type.limits().maximum() : 0xFFFF_FFFFL;
    TableStorage storage = new TableStorage(source, type.limits().minimum(), maximum, elements);
    resources.add(storage);
    references.addTable(type.elementType(), storage);
    return new VmTable(this, type, storage);
  }

  /** A global with all bits zero. */
  public VmGlobal newGlobal(GlobalType type) {
    long address = resources.allocate(VmLayout.GLOBAL_SIZE);
    references.addGlobal(type.valueType(), address);
    return new VmGlobal(this, type, address);
  }

  private void useValues(FuncType type) {
    space.useValues(Math.max(type.params().size(), type.results().size()));
  }

  /** A tag that no instance defines. */
  public VmTag newTag(FuncType type) {
    useValues(type);
    int typeId = types.acquire(type);
    TypeRegistry registry = types; // what is reclaimed with the store must not keep it
    resources.add(() -> registry.release(typeId));
    return exceptions.newTag(types.type(typeId), typeId);
  }

  /** An instance of a module that the store retains. */
  VmInstance newInstance(LoadedModule module) {
    InstanceTemplate template = module.template();
    InstanceAllocator owner =
        services.instances(); // what is reclaimed with the store must not keep it
    long size = template.blockSize().total();
    long context = owner.allocate(size, template.needsZeros());
    resources.add(() -> owner.free(context, size));
    template.copyTo(context);
    space.useValues(template.mostValues());
    VmInstance instance = new VmInstance(this, module, instances.size(), context);
    instances.add(instance);
    use.addInstance();
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
   * @throws dev.tazza.wasm.ResourceLimitException when the limiter refuses something
   * @throws IllegalStateException when the module is closed
   */
  public VmInstance instantiate(LoadedModule module, List<?> imports) {
    VmInstance instance = instantiateWithoutStart(module, imports, NONE_CHECKED);
    start(instance);
    return instance;
  }

  /** Calls the start function of an instance that was made without that. */
  public void start(VmInstance instance) {
    Instantiation.start(instance);
  }

  /**
   * The same, but leaves the start function to be called.
   *
   * @param checked by position: host functions of this store of which it is known already that
   *     {@link LoadedModule#acceptsHost}
   */
  public VmInstance instantiateWithoutStart(
      LoadedModule module, List<?> imports, boolean[] checked) {
    if (!Recording.isOn()) {
      return prepare(module, imports, checked).run(imports);
    }
    InstantiateEvent event = InstantiateEvent.start();
    VmInstance instance = prepare(module, imports, checked).run(imports);
    event.done(module);
    return instance;
  }

  private Instantiation prepare(LoadedModule module, List<?> imports, boolean[] checked) {
    module.retain();
    Instantiation instantiation;
    try {
      instantiation = new Instantiation(this, module);
      instantiation.check(imports, checked);
      services.instances().check(module.module(), module.template().blockSize());
      growth.addInstance(module.module());
    } catch (RuntimeException | Error e) {
      module.release();
      throw e;
    }
    resources.add(module::release);
    return instantiation;
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
      boolean byOneThread = calls.close();
      closed = true;
      if (byOneThread && sharedMemories.isEmpty()) {
        for (LinearMemory memory : memories) {
          memory.space().noteOneThread();
        }
      }
      loop.close();
      references.externs().clear();
    }
    resources.close();
    reclaimed.close();
  }
}
