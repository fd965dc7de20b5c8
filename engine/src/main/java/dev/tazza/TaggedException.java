package dev.tazza;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeHeap;
import dev.tazza.vm.instance.VmException;
import dev.tazza.wasm.ThrownException;
import dev.tazza.wasm.type.ValType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exception as WebAssembly's {@code throw} throws and {@code try_table} catches it: a {@link
 * Tag} and values. It surfaces from a call of the guest when nothing in there catches it, with the
 * guest's frames as its stack trace; host functions may catch it from calls of their own. A host
 * function that throws one has it caught by its callers in the guest, if the tag is of their store;
 * guest code that throws it again throws the same Java object.
 *
 * <p>Serialized it keeps its message and frames: a tag, and what it carries, mean something in its
 * store only.
 *
 * <p>It is also what a reference to an exception, {@code exnref}, is in Java.
 */
public final class TaggedException extends ThrownException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Tag tag;
  private final transient @Nullable Object @Nullable [] values;
  private final Frame[] frames;

  /**
   * An exception for host functions to throw.
   *
   * @param values what it carries, as {@link Func#call} takes arguments of the tag's types
   * @throws IllegalArgumentException when they are not what the tag says
   */
  public TaggedException(Tag tag, @Nullable Object... values) {
    super(message(tag, values), true);
    this.tag = tag;
    this.values = values.clone();
    this.frames = new Frame[0];
    super.fillInStackTrace();
    check(tag, this.values);
  }

  /** One that guest code threw. */
  TaggedException(Tag tag, @Nullable Object[] values, List<Frame> frames) {
    super(message(tag, values), true);
    this.tag = tag;
    this.values = values;
    this.frames = frames.toArray(new Frame[0]);
    setStackTrace(GuestBacktrace.elements(frames));
  }

  /** Does nothing: only what a host function throws has Java's frames. */
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  public Throwable fillInStackTrace() {
    return this;
  }

  private static String message(Tag tag, @Nullable Object[] values) {
    StringBuilder text = new StringBuilder("exception of ").append(tag.type());
    String separator = ": ";
    for (Object value : values) {
      text.append(separator);
      if (value == null || value instanceof Number || value instanceof V128) {
        text.append(value);
      } else {
        text.append(value.getClass().getSimpleName());
      }
      separator = ", ";
    }
    return text.toString();
  }

  private static void check(Tag tag, @Nullable Object[] values) {
    List<ValType> types = tag.carries().params();
    if (values.length != types.size()) {
      throw new IllegalArgumentException(
          "exceptions of %s carry %d values, not %d".formatted(tag, types.size(), values.length));
    }
    Store<?> store = tag.store();
    store.vm().enter();
    try {
      long scratch = NativeHeap.allocate(StoreContext.VALUE_SIZE);
      try {
        for (int i = 0; i < values.length; i++) {
          ReferenceValues.store(store, types.get(i), scratch, values[i]);
        }
      } finally {
        NativeHeap.free(scratch);
      }
    } finally {
      store.vm().leave();
    }
  }

  /** Puts the values into the slots of its store, which the thread uses. */
  void store() {
    List<ValType> types = tag().carries().params();
    List<@Nullable Object> payload = payload();
    Store<?> store = tag().store();
    for (int i = 0; i < payload.size(); i++) {
      ReferenceValues.store(store, types.get(i), slot(store, i), payload.get(i));
    }
  }

  /** What guest code threw: the values are in the slots. */
  static TaggedException load(Tag tag, List<Frame> frames) {
    List<ValType> types = tag.carries().params();
    @Nullable Object[] values = new @Nullable Object[types.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = ReferenceValues.load(tag.store(), types.get(i), slot(tag.store(), i));
    }
    return new TaggedException(tag, values, frames);
  }

  /** What guest code has a reference to. */
  static TaggedException of(Store<?> store, VmException exception) {
    Tag tag = new Tag(store, exception.tag());
    List<ValType> types = tag.carries().params();
    @Nullable Object[] values = new @Nullable Object[types.size()];
    long scratch = NativeHeap.allocate(StoreContext.VALUE_SIZE);
    try {
      for (int i = 0; i < values.length; i++) {
        exception.store(i, scratch, store.vm().references().externs());
        values[i] = ReferenceValues.load(store, types.get(i), scratch);
      }
    } finally {
      NativeHeap.free(scratch);
    }
    return new TaggedException(tag, values, List.of());
  }

  private static long slot(Store<?> store, int index) {
    return store.vm().calls().values() + (long) StoreContext.VALUE_SIZE * index;
  }

  /**
   * What it can be caught by.
   *
   * @throws IllegalStateException when the exception was serialized since
   */
  public Tag tag() {
    if (tag == null) {
      throw new IllegalStateException("a deserialized exception has no tag any more");
    }
    return tag;
  }

  /**
   * What it carries: Integer, Long, Float, Double, {@link V128}, {@link Func} or any object. Empty
   * when the exception was serialized since.
   */
  public List<@Nullable Object> payload() {
    if (values == null) {
      return List.of();
    }
    List<@Nullable Object> payload = new ArrayList<>(values.length);
    for (Object value : values) {
      payload.add(value);
    }
    return Collections.unmodifiableList(payload);
  }

  /**
   * The guest's frames where it was thrown, innermost first; empty when a host function threw it,
   * or when backtraces are off.
   */
  public List<Frame> frames() {
    return List.of(frames);
  }
}
