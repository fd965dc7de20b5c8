package dev.tazza;

import dev.tazza.vm.profile.CallTree;
import dev.tazza.vm.profile.FirefoxProfile;
import dev.tazza.vm.profile.FlameGraph;
import dev.tazza.vm.profile.SampledFrame;
import dev.tazza.wasm.SourcePosition;
import dev.tazza.wasm.demangle.Demangler;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;

/** Where guests spent their time: what a {@link GuestProfiler} has found out. */
public final class GuestProfile {
  private static final double NANOS_PER_MILLI = 1e6;

  private final CallTree<CodePlace> tree;
  private final long startMillis;
  private final Duration interval;
  private final boolean details;

  GuestProfile(CallTree<CodePlace> tree, long startMillis, Duration interval, boolean details) {
    this.tree = tree;
    this.startMillis = startMillis;
    this.interval = interval;
    this.details = details;
  }

  /** How often the stack was looked at. */
  public int samples() {
    return tree.sampleCount();
  }

  /**
   * Writes it for the <a href="https://profiler.firefox.com">Firefox Profiler</a>: load the file
   * there, which leaves it on this machine.
   *
   * @param out in UTF-8; not closed
   * @param program what was profiled, for people
   */
  public void writeFirefox(Writer out, String program) throws IOException {
    double millis = interval.toNanos() / NANOS_PER_MILLI;
    new FirefoxProfile<>(tree, this::describe).write(out, program, startMillis, millis);
  }

  /**
   * Writes it as a flame graph: a picture, SVG, with a box for each function on top of the one that
   * called it, as wide as its share of the time. Browsers show names under the mouse, and a click
   * makes a box as wide as the picture.
   *
   * @param out in UTF-8; not closed
   * @param title of the picture
   */
  public void writeFlameGraph(Writer out, String title) throws IOException {
    new FlameGraph<>(tree, this::describe).write(out, title);
  }

  private SampledFrame describe(CodePlace place) {
    Frame frame = place.frame(details);
    String module = Demangler.printable(frame.moduleName());
    if (frame.source().isEmpty()) {
      return new SampledFrame(frame.displayName(), module, null, 0, 0);
    }
    // Where the instruction is in the function, not in what was inlined there.
    SourcePosition source = frame.source().getLast();
    String file = source.file() == null ? null : Demangler.printable(source.file());
    return new SampledFrame(frame.displayName(), module, file, source.line(), source.column());
  }

  @Override
  public String toString() {
    return "profile of " + samples() + " samples, one each " + interval;
  }
}
