package dev.tazza;

import dev.tazza.vm.call.Backtrace;
import dev.tazza.vm.instance.VmInstance;
import dev.tazza.vm.instance.VmStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What there was in a store when its guest trapped, for debuggers: the guest's stack, and the
 * memories and globals of all instances, in the <a
 * href="https://github.com/WebAssembly/tool-conventions/blob/main/Coredump.md">format for core
 * dumps</a> that is itself a WebAssembly module.
 *
 * <p>The stack is as it was at the trap, the rest as it is when the dump is written: write it
 * before the guest is called again and before the store is closed. The values of locals are known
 * if code keeps them, with {@link Config#debugInfo} and {@link OptLevel#NONE}; otherwise those of
 * parameters are given as missing.
 */
public final class CoreDump {
  /** Bounds the walk over a deep stack. */
  private static final int MOST_FRAMES = 1 << 16;

  private final VmStore store;
  private final List<CodePlace> places;
  private final List<VmInstance> instances;
  private final boolean details;

  /** For each place what is known of its locals, if anything is. */
  private final List<@Nullable KeptLocals> locals;

  private CoreDump(
      VmStore store, List<CodePlace> places, List<@Nullable KeptLocals> locals, boolean details) {
    this.store = store;
    this.places = places;
    this.locals = locals;
    this.instances = List.copyOf(store.instances());
    this.details = details;
  }

  /** That of a store whose guest is trapping. */
  static CoreDump take(VmStore store, boolean details) {
    Backtrace backtrace = store.backtrace(MOST_FRAMES);
    List<CodePlace> places = new ArrayList<>();
    List<@Nullable KeptLocals> locals = new ArrayList<>();
    for (int i = 0; i < backtrace.pcs().length; i++) {
      int before = places.size();
      CodePlace.add(places, backtrace, i);
      while (locals.size() < places.size()) {
        boolean isLast = locals.size() == places.size() - 1; // others are inlined there
        locals.add(
            isLast && places.size() > before
                ? KeptLocals.of(store, backtrace, i, places.getLast())
                : null);
      }
    }
    return new CoreDump(store, places, locals, details);
  }

  /** All frames of the guest, innermost first: more than {@link Trap#frames} may have. */
  public List<Frame> frames() {
    List<Frame> frames = new ArrayList<>(places.size());
    for (CodePlace place : places) {
      frames.add(place.frame(details));
    }
    return frames;
  }

  /**
   * Writes it. Pages of memories that are all zeros are left out, so it is about as large as what
   * the guest has touched; of memories with more than 4 GiB of that, it has the first.
   *
   * @param executable what the program is called, for people
   * @throws IllegalStateException when the store is closed, or in use by another thread
   */
  public void writeTo(OutputStream out, String executable) throws IOException {
    store.enter();
    try {
      new CoreDumpWriter(instances, places, locals).write(out, executable);
    } finally {
      store.leave();
    }
  }

  /**
   * Writes it to a file, which is replaced; otherwise as {@link #writeTo(OutputStream, String)}.
   */
  public void writeTo(Path file, String executable) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      writeTo(out, executable);
    }
  }

  @Override
  public String toString() {
    return "core dump of " + places.size() + " frames";
  }
}
