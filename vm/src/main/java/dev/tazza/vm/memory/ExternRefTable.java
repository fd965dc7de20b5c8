package dev.tazza.vm.memory;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Java objects that guest code of a store holds as external references. Guest code sees a
 * handle: 0 for null, the same one each time for the same object (identity, not equality) as long
 * as the object is kept.
 *
 * <p>A handle belongs to the call into the guest, the <em>scope</em>, in which it was made. When
 * that is over, and with it all frames that can have the handle, the object is forgotten unless a
 * table or global has it. What these have had stays until no guest code is active at all: frames
 * may have loaded it since.
 *
 * <p>So much is cheap, and enough for calls that are short. When many handles have gathered within
 * one, the table is {@linkplain #isCrowded crowded}, and whoever can look into the frames has it
 * {@linkplain #sweep swept}.
 *
 * <p>To look into tables costs as much as they are long. Where that is out of proportion to the
 * number of new handles, these are left to a later scope.
 */
public final class ExternRefTable {
  /** So many roots are always looked at. */
  private static final int FEW = 64;

  /** More are, when there are not more than so many for each new handle. */
  private static final int ROOTS_EACH = 16;

  /** With fewer handles nothing is swept. */
  private static final int FEWEST_SWEPT = 256;

  /** Most stores never have an object. */
  private static final int[] NONE = {};

  private static final int FIRST_CAPACITY = 16;

  private final ExternRefRoots roots;

  /** By handle; 0 stays empty. */
  private @Nullable Object[] objects = new @Nullable Object[4];

  /** Handles from here on were never given. */
  private int next = 1;

  /** Handles to give again. */
  private int[] unused = NONE;

  private int unusedCount;

  /** Open addressing over identity hashes: handles, 0 for empty. At most half full. */
  private int[] index = new int[8];

  /** Handles that were made in scopes that are not over, or not looked at, by age. */
  private int[] recent = NONE;

  private int recentCount;

  /** Handles that a root had. */
  private int[] stored = NONE;

  private int storedCount;

  /** With more handles than that, sweeping is worth its while. */
  private long crowd = FEWEST_SWEPT;

  /** A table without objects; {@code roots} has the handles in tables and globals. */
  public ExternRefTable(ExternRefRoots roots) {
    this.roots = roots;
  }

  /** The handle of {@code object}; belongs to the current scope if it is new. */
  public long handle(@Nullable Object object) {
    if (object == null) {
      return 0;
    }
    int slot = slot(index, object);
    if (index[slot] != 0) {
      return index[slot];
    }
    int handle = unusedCount > 0 ? unused[--unusedCount] : newHandle();
    objects[handle] = object;
    index[slot] = handle;
    recent = push(recent, recentCount++, handle);
    if (2 * next > index.length) {
      rehash();
    }
    return handle;
  }

  private int newHandle() {
    if (next == objects.length) {
      objects = Arrays.copyOf(objects, 2 * next);
    }
    return next++;
  }

  private static int[] push(int[] stack, int count, int value) {
    int[] result =
        count == stack.length ? Arrays.copyOf(stack, Math.max(FIRST_CAPACITY, 2 * count)) : stack;
    result[count] = value;
    return result;
  }

  /**
   * The object with this handle.
   *
   * @throws IllegalArgumentException when this store has no such handle
   */
  public @Nullable Object object(long handle) {
    if (handle == 0) {
      return null;
    }
    Object object = handle < 0 || handle >= next ? null : objects[(int) handle];
    if (object == null) {
      throw new IllegalArgumentException("no external reference has handle " + handle);
    }
    return object;
  }

  /** How many objects have a handle. */
  public int size() {
    return next - 1 - unusedCount;
  }

  /**
   * Where the current scope, or the next one, begins: what is given to {@link #endScope} when it is
   * over. It need not be called when this is the same then.
   */
  public int position() {
    return recentCount;
  }

  /**
   * Ends a scope: its frames, and what they returned, are not needed any more. May be left out when
   * something went wrong; the next outermost scope sees to it.
   *
   * @param position where it began
   * @param outermost whether no guest code is active any more
   */
  public void endScope(int position, boolean outermost) {
    int from = outermost ? 0 : Math.min(position, recentCount);
    long rootCount = roots.count();
    long looks = rootCount + (outermost ? storedCount : 0);
    if (looks > FEW && looks > (long) ROOTS_EACH * (recentCount - from)) {
      return;
    }
    HandleSet reachable = new HandleSet(next);
    if (rootCount > 0) {
      roots.mark(reachable);
    }
    if (outermost) {
      forgetStored(reachable);
    }
    for (int i = from; i < recentCount; i++) {
      int handle = recent[i];
      if (reachable.contains(handle)) {
        stored = push(stored, storedCount++, handle);
      } else {
        forget(handle);
      }
    }
    recentCount = from;
  }

  private void forgetStored(HandleSet reachable) {
    int kept = 0;
    for (int i = 0; i < storedCount; i++) {
      int handle = stored[i];
      if (reachable.contains(handle)) {
        stored[kept++] = handle;
      } else {
        forget(handle);
      }
    }
    storedCount = kept;
  }

  /** Whether so many handles were made that {@link #sweep} should be called where it can be. */
  public boolean isCrowded() {
    return recentCount + (long) storedCount > crowd;
  }

  /** An empty set in which all handles have room. */
  public HandleSet newSet() {
    return new HandleSet(next);
  }

  /**
   * Forgets all objects that no root has, and nothing else. Scopes go on.
   *
   * @param reachable the handles that anything else has, frames above all; becomes those that are
   *     kept
   * @param work how much it took to find them, in frames, for the next time to be worth it
   */
  public void sweep(HandleSet reachable, long work) {
    roots.mark(reachable);
    forgetStored(reachable);
    // What is left of a scope's handles stays where that scope begins. Those of all scopes within
    // which this happens move down; positions behind them are not in use.
    int kept = 0;
    for (int i = 0; i < recentCount; i++) {
      int handle = recent[i];
      if (reachable.contains(handle)) {
        recent[kept++] = handle;
      } else {
        forget(handle);
      }
    }
    recentCount = kept;
    long left = recentCount + (long) storedCount;
    crowd = Math.max(FEWEST_SWEPT, 2 * left + (work + roots.count()) / ROOTS_EACH);
  }

  private void forget(int handle) {
    removeFromIndex(slot(index, Objects.requireNonNull(objects[handle])));
    objects[handle] = null;
    unused = push(unused, unusedCount++, handle);
  }

  /** Closes the gap: who stands behind it only because its place was taken moves up. */
  private void removeFromIndex(int slot) {
    int mask = index.length - 1;
    int gap = slot;
    int at = gap + 1 & mask;
    while (index[at] != 0) {
      int home = home(Objects.requireNonNull(objects[index[at]]), mask);
      if ((at - home & mask) >= (at - gap & mask)) {
        index[gap] = index[at];
        gap = at;
      }
      at = at + 1 & mask;
    }
    index[gap] = 0;
  }

  /** Forgets all objects. */
  public void clear() {
    crowd = FEWEST_SWEPT;
    objects = new @Nullable Object[16];
    index = new int[32];
    next = 1;
    unusedCount = 0;
    recentCount = 0;
    storedCount = 0;
  }

  private static int home(Object object, int mask) {
    // Identity hashes are random already; spread the high bits all the same.
    int hash = System.identityHashCode(object);
    return (hash ^ hash >>> 15) & mask;
  }

  /** Where the object's handle is, or the empty slot where it would go. */
  @SuppressWarnings("ReferenceEquality") // identity is the point
  private int slot(int[] in, Object object) {
    int mask = in.length - 1;
    int slot = home(object, mask);
    while (in[slot] != 0 && objects[in[slot]] != object) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void rehash() {
    int[] larger = new int[2 * index.length];
    for (int handle = 1; handle < next; handle++) {
      Object object = objects[handle];
      if (object != null) {
        larger[slot(larger, object)] = handle;
      }
    }
    index = larger;
  }
}
