package dev.tazza.vm.instance;

import dev.tazza.environ.HostFunctionContext;
import dev.tazza.environ.RuntimeService;
import dev.tazza.environ.StoreContext;
import dev.tazza.environ.VmLayout;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.call.Activation;
import dev.tazza.vm.call.CallLoop;
import dev.tazza.vm.call.CallSpace;
import dev.tazza.vm.call.ExitHandler;
import dev.tazza.vm.code.CodeBlock;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.event.HostCallEvent;
import dev.tazza.vm.event.Recording;
import dev.tazza.vm.interrupt.FuelHandler;
import dev.tazza.vm.interrupt.StopHandler;
import dev.tazza.vm.interrupt.StopRequest;
import dev.tazza.vm.memory.LinearMemory;
import dev.tazza.wasm.TrapCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What guest code of a store asks for, and what becomes of it when it faults or stops. */
final class GuestRequests implements ExitHandler {
  /** Where the number of a host function is in the long that begins with the magic number. */
  private static final int INDEX_SHIFT =
      Byte.SIZE * (HostFunctionContext.INDEX - HostFunctionContext.MAGIC);

  /** Enough for a function behind its trampolines. */
  private static final int TOP_FRAMES = 4;

  private static final String DISABLED =
      "the store runs no code any more: some of it accessed what is not the store's";

  private final VmStore store;
  private final TrapFactory traps;
  private final HostFunctions hosts;
  private final List<VmInstance> instances;
  private final List<LinearMemory> memories;
  private final StopRequest stop;
  private final CallLoop loop;
  private final long values;
  private @Nullable StopHandler stopHandler;
  private @Nullable FuelHandler fuelHandler;

  /** Whether the guest has to wait for what it just asked for. */
  private boolean waits;

  /** What ended the use of the store: its code accessed what is not its own. */
  private @Nullable RuntimeException wildFault;

  GuestRequests(
      VmStore store,
      TrapFactory traps,
      CallSpace space,
      List<VmInstance> instances,
      List<LinearMemory> memories) {
    this.store = store;
    this.traps = traps;
    this.hosts = store.hosts();
    this.instances = instances;
    this.memories = memories;
    this.stop = space.stop();
    this.loop = new CallLoop(space, this, store.usesFuel());
    this.values = loop.context() + StoreContext.VALUES;
  }

  /** The loop that serves them. */
  CallLoop loop() {
    return loop;
  }

  /** {@link VmStore#onStop}. */
  void onStop(StopHandler handler) {
    stopHandler = handler;
  }

  /** {@link VmStore#onFuelUsedUp}. */
  void onFuelUsedUp(FuelHandler handler) {
    fuelHandler = handler;
  }

  @Override
  public boolean hostCall(long context) {
    // Both by one load of a long: the JIT inlines getInt or not, depending on what ran before.
    long magicAndIndex = NativeMemory.getLong(context + HostFunctionContext.MAGIC);
    VmHostFunction function = hosts.get((int) (magicAndIndex >> INDEX_SHIFT));
    long caller = NativeMemory.getLong(context + HostFunctionContext.CALLER);
    try {
      VmInstance instance = caller == 0 ? null : instances.get((int) caller - 1);
      if (Recording.isOn()) {
        callRecorded(function, instance);
      } else {
        function.call(values, instance);
      }
      return false;
    } catch (Throwable thrown) {
      return raise(thrown);
    }
  }

  private void callRecorded(VmHostFunction function, @Nullable VmInstance caller) throws Throwable {
    HostCallEvent event = HostCallEvent.start();
    try {
      function.call(values, caller);
    } finally {
      event.done(() -> loop.backtrace(TOP_FRAMES));
    }
  }

  /** A host function has thrown: tells whether the guest is to have it. */
  private boolean raise(Throwable thrown) {
    if (store.exceptions().raise(thrown)) {
      return true;
    }
    throw GuestCalls.sneak(traps.hostException(thrown, store.backtrace()));
  }

  /** The guest has to wait for what it just asked for. */
  void letWait() {
    waits = true;
  }

  @Override
  public boolean waits() {
    boolean result = waits;
    waits = false;
    return result;
  }

  @Override
  public boolean complete(Activation.Answer answer) {
    try {
      answer.give();
      return false;
    } catch (Throwable thrown) {
      return raise(thrown);
    }
  }

  @Override
  public RuntimeException uncaught() {
    throw GuestCalls.sneak(store.exceptions().uncaught(traps, store.backtrace()));
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

  @Override
  public RuntimeException trap() {
    RuntimeException before = wildFault;
    if (before != null) {
      return new IllegalStateException(DISABLED, before);
    }
    Fault fault = Fault.read(loop.context());
    if (store.usesFuel()) {
      store.setFuel(fault.fuel(loop.context()));
    }
    TrapCode code = fault.trap(loop.context(), memories, store.trapsBySignal());
    if (code != null) {
      return traps.trap(store, code, store.backtrace());
    }
    RuntimeException bug = traps.wildFault(fault, store.backtrace());
    wildFault = bug;
    loop.disable(DISABLED);
    return bug;
  }

  @Override
  public void usedUpFuel(boolean inMidst) {
    FuelHandler handler = fuelHandler;
    if (handler == null) {
      throw store.trap(TrapCode.OUT_OF_FUEL);
    }
    handler.usedUp(inMidst);
  }

  @Override
  public int returnAddressDepth(long pc) {
    CodeBlock block = CodeRange.process().find(pc);
    return block != null && block.owner() instanceof MappedCode code
        ? ReturnAddress.depth(code, pc)
        : -1;
  }
}
