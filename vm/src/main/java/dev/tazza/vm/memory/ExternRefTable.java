package dev.tazza.vm.memory;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Java objects that guest code of a store holds as external references. Guest code sees a
 * handle: 0 for null, the same one each time for the same object (identity, not equality).
 *
 * <p>An object stays referenced until the store is closed: nothing tracks which handles the guest
 * still has.
 */
public final class ExternRefTable {
  /** By handle; 0 stays empty. */
  private @Nullable Object[] objects = new @Nullable Object[16];

  /** Next unused handle. */
  private int next = 1;

  /** Open addressing over identity hashes: handles, 0 for empty. At most half full. */
  private int[] index = new int[32];

  /** The handle of {@code object}. */
  public long handle(@Nullable Object object) {
    if (object == null) {
      return 0;
    }
    int slot = slot(index, object);
    if (index[slot] != 0) {
      return index[slot];
    }
    if (next == objects.length) {
      objects = Arrays.copyOf(objects, 2 * next);
    }
    int handle = next++;
    objects[handle] = object;
    index[slot] = handle;
    if (2 * next > index.length) {
      rehash();
    }
    return handle;
  }

  /**
   * The object with this handle.
   *
   * @throws IllegalArgumentException when this store gave no such handle
   */
  public @Nullable Object object(long handle) {
    if (handle == 0) {
      return null;
    }
    if (handle < 0 || handle >= next) {
      throw new IllegalArgumentException("no external reference has handle " + handle);
    }
    return objects[(int) handle];
  }

  /** How many objects have a handle. */
  public int size() {
    return next - 1;
  }

  /** Forgets all objects. */
  public void clear() {
    objects = new @Nullable Object[16];
    index = new int[32];
    next = 1;
  }

  /** Where the object's handle is, or the empty slot where it would go. */
  @SuppressWarnings("ReferenceEquality") // identity is the point
  private int slot(int[] in, Object object) {
    int mask = in.length - 1;
    // Identity hashes are random already; spread the high bits all the same.
    int hash = System.identityHashCode(object);
    int slot = (hash ^ hash >>> 15) & mask;
    while (in[slot] != 0 && objects[in[slot]] != object) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void rehash() {
    int[] larger = new int[2 * index.length];
    for (int handle = 1; handle < next; handle++) {
      larger[slot(larger, Objects.requireNonNull(objects[handle]))] = handle;
    }
    index = larger;
  }
}
