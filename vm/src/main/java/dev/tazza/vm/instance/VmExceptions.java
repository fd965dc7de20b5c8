package dev.tazza.vm.instance;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.call.Backtrace;
import dev.tazza.vm.memory.ExternRefTable;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.FuncType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tags of a store, and the exception that is under way between its guest code and Java: see
 * {@link StoreContext#EXCEPTION}. References to exceptions are handles of the same table as those
 * to Java's objects. What Java threw stays the same Java object, through guest code that catches
 * and throws it again by reference.
 */
public final class VmExceptions {
  private static final long KNOWN_TO_JAVA = 1L << 32;

  private final VmStore store;
  private final long context;
  private final ExternRefTable externs;
  private final ExternRefCollector collector;
  private final List<VmTag> tags = new ArrayList<>();
  private @Nullable ThrowableFactory throwables;

  /** What Java threw last. */
  private @Nullable Throwable thrown;

  VmExceptions(VmStore store, long context, ExternRefTable externs, ExternRefCollector collector) {
    this.store = store;
    this.collector = collector;
    this.context = context;
    this.externs = externs;
  }

  /** Says how exceptions look in Java. */
  public void setThrowables(ThrowableFactory factory) {
    throwables = factory;
  }

  private ThrowableFactory throwables() {
    ThrowableFactory factory = throwables;
    if (factory == null) {
      throw new IllegalStateException("nobody has said how exceptions look in Java");
    }
    return factory;
  }

  /** A new tag of a type that lives as long as the store. */
  VmTag newTag(FuncType type, int typeId) {
    VmTag tag = new VmTag(store, type, typeId, tags.size());
    tags.add(tag);
    return tag;
  }

  // On the way from Java to guest code.

  /** Whether guest code can catch what a host function threw; then it is under way. */
  boolean raise(Throwable throwable) {
    VmTag tag = throwables().tag(throwable);
    if (tag == null) {
      return false;
    }
    throwables().storePayload(throwable);
    begin(tag, throwable);
    return true;
  }

  private void begin(VmTag tag, @Nullable Throwable known) {
    long above = known == null ? 0 : KNOWN_TO_JAVA;
    NativeMemory.putLong(context + StoreContext.EXCEPTION, above | tag.number());
    thrown = known;
  }

  // On the way out of guest code.

  private VmTag current() {
    return tags.get(NativeMemory.getInt(context + StoreContext.EXCEPTION));
  }

  /** What Java knows of the exception under way, or null. */
  private @Nullable Throwable known() {
    boolean known = NativeMemory.getLong(context + StoreContext.EXCEPTION) >= KNOWN_TO_JAVA;
    Throwable result = known ? thrown : null;
    thrown = null;
    return result;
  }

  /** What surfaces of an exception that no guest code caught. */
  Throwable uncaught(TrapFactory traps, Backtrace backtrace) {
    Throwable known = known();
    return known != null
        ? traps.hostException(known, backtrace)
        : throwables().throwable(current(), backtrace);
  }

  /** A handle of the exception under way. */
  long reference() {
    Throwable known = known();
    Object exception =
        known != null ? known : new VmException(current(), store.calls().values(), externs);
    collector.poll();
    return externs.handle(exception);
  }

  /** An exception is thrown again. */
  void raise(long reference) {
    Object exception = externs.object(reference);
    if (exception == null) {
      throw store.trap(TrapCode.NULL_EXCEPTION_REFERENCE);
    }
    if (exception instanceof VmException own) {
      own.store(store.calls().values(), externs);
      begin(own.tag(), own.throwable());
    } else if (!(exception instanceof Throwable known) || !raise(known)) {
      throw new IllegalStateException("not an exception: " + exception);
    }
  }
}
