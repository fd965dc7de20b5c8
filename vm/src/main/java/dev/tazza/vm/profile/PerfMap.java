package dev.tazza.vm.profile;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.vm.instance.LoadedModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The file {@code perf-PID.map} in the folder for temporary files, where {@code perf report} looks
 * for the names of generated code: a line for each piece, with its address and size in hexadecimal,
 * and its name. Several engines append to the same file. Code that is unmapped stays in it.
 */
public final class PerfMap implements CodeProfiler {
  private final Writer out;

  /**
   * Opens the file of this process, in {@code folder}.
   *
   * @throws UncheckedIOException when it cannot be written
   */
  public PerfMap(Path folder) {
    Path file = folder.resolve("perf-" + ProcessHandle.current().pid() + ".map");
    try {
      out = Channels.newWriter(ProfileFile.append(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the profiler's file cannot be written", e);
    }
  }

  @Override
  public synchronized void loaded(LoadedModule module) {
    StringBuilder lines = new StringBuilder();
    for (CodeSymbol symbol : module.compiled().symbols()) {
      lines
          .append(Long.toHexString(module.address() + symbol.offset()))
          .append(' ')
          .append(Integer.toHexString(symbol.size()))
          .append(' ')
          .append(CodeProfiler.name(module, symbol))
          .append('\n');
    }
    try {
      out.append(lines);
      out.flush(); // perf may look at any time
    } catch (IOException e) {
      // The program matters more than its profile.
    }
  }

  @Override
  public synchronized void close() {
    try {
      out.close();
    } catch (IOException e) {
      // Nothing was lost but names.
    }
  }
}
