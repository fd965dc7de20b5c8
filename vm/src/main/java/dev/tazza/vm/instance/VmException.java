package dev.tazza.vm.instance;

import dev.tazza.environ.StoreContext;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.memory.ExternRefTable;
import dev.tazza.wasm.type.FuncType;
import org.jspecify.annotations.Nullable;

/** An exception to which guest code has a reference. */
public final class VmException {
  private static final Object[] NONE = {};

  private final VmTag tag;

  /** What it carries: two words each. */
  private final long[] words;

  /** Those of it that are Java objects, which are no handles here; empty if none is. */
  private final @Nullable Object[] objects;

  private @Nullable Throwable throwable;

  /** What is in the value slots. */
  VmException(VmTag tag, long slots, ExternRefTable externs) {
    this.tag = tag;
    FuncType type = tag.type();
    int count = type.params().size();
    words = new long[2 * count];
    @Nullable Object[] handled = NONE;
    for (int i = 0; i < count; i++) {
      long slot = slots + (long) StoreContext.VALUE_SIZE * i;
      words[2 * i] = NativeMemory.getLong(slot);
      words[2 * i + 1] = NativeMemory.getLong(slot + 8);
      if (StoreReferences.isHandle(type.params().get(i))) {
        handled = handled == NONE ? new @Nullable Object[count] : handled;
        handled[i] = externs.object(words[2 * i]);
      }
    }
    objects = handled;
  }

  public VmTag tag() {
    return tag;
  }

  /** Puts what it carries into the value slots. */
  void store(long slots, ExternRefTable externs) {
    for (int i = 0; 2 * i < words.length; i++) {
      store(i, slots + (long) StoreContext.VALUE_SIZE * i, externs);
    }
  }

  /** Puts one of the values that it carries to an address. */
  public void store(int index, long address, ExternRefTable externs) {
    boolean handle = objects.length > 0 && StoreReferences.isHandle(tag.type().params().get(index));
    NativeMemory.putLong(address, handle ? externs.handle(objects[index]) : words[2 * index]);
    NativeMemory.putLong(address + 8, words[2 * index + 1]);
  }

  /** What stands for it in Java, once somebody has asked. */
  public @Nullable Throwable throwable() {
    return throwable;
  }

  public void setThrowable(Throwable throwable) {
    this.throwable = throwable;
  }
}
