package dev.tazza.vm.code;

import dev.tazza.sys.NativeMemory;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * Pages of the code range with the code of one module. Life: {@link CodeRange#allocate}, {@link
 * #write}, {@link #publish}, or {@link CodeRange#map}; run, {@link #close}.
 *
 * <p>Whoever closes a block makes sure that no thread runs in it and no frame returns to it. Not
 * thread-safe until published.
 */
public final class CodeBlock implements AutoCloseable {
  private enum State {
    WRITABLE,
    PUBLISHED,
    CLOSED
  }

  private final CodeRange range;
  private final long address;
  private final long size;
  private final WeakReference<Object> owner;
  private State state = State.WRITABLE;

  CodeBlock(CodeRange range, long address, long size, Object owner) {
    this.range = range;
    this.address = address;
    this.size = size;
    this.owner = new WeakReference<>(owner);
  }

  /** One whose code is there, executable already. */
  static CodeBlock published(CodeRange range, long address, long size, Object owner) {
    CodeBlock block = new CodeBlock(range, address, size, owner);
    block.state = State.PUBLISHED;
    return block;
  }

  /** Address of the first byte; aligned to a page. */
  public long address() {
    return address;
  }

  /** Bytes, whole pages. */
  public long size() {
    return size;
  }

  /** Whether {@code pc} points into this block. */
  public boolean contains(long pc) {
    return pc - address >= 0 && pc - address < size;
  }

  /**
   * What the allocator said the code belongs to; null once that was collected. Held weakly: the
   * process-wide range must not keep forgotten modules alive.
   */
  public @Nullable Object owner() {
    return owner.get();
  }

  /** Copies code to {@code offset}. */
  public void write(long offset, byte[] bytes, int from, int count) {
    if (state != State.WRITABLE) {
      throw new IllegalStateException("code can be written only before it is published");
    }
    if (offset < 0 || count < 0 || count > size - offset) {
      throw new IndexOutOfBoundsException(
          count + " bytes at " + offset + " of a code block of " + size);
    }
    NativeMemory.copy(bytes, from, address + offset, count);
  }

  /**
   * Copies code at {@code offset} to an array. May be called by any thread, and when the block is
   * being closed.
   *
   * @throws IllegalStateException when it is closed
   */
  public synchronized void read(long offset, byte[] to, int count) {
    if (state == State.CLOSED) {
      throw new IllegalStateException("the code is not mapped any more");
    }
    if (offset < 0 || count < 0 || count > size - offset) {
      throw new IndexOutOfBoundsException(
          count + " bytes at " + offset + " of a code block of " + size);
    }
    NativeMemory.copy(address + offset, to, 0, count);
  }

  /** Makes the block executable and no longer writable. */
  public void publish() {
    if (state != State.WRITABLE) {
      throw new IllegalStateException("this code block was published before");
    }
    range.publish(this);
    state = State.PUBLISHED;
  }

  /** Gives the pages back. */
  @Override
  public synchronized void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      range.free(this);
    }
  }
}
