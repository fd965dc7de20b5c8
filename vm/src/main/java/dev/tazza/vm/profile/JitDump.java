package dev.tazza.vm.profile;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.sys.Os;
import dev.tazza.sys.Protection;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.vm.isa.Processor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The file {@code jit-PID.dump} with names, machine code and lines of the source, which {@code perf
 * inject --jit} takes apart: then {@code perf annotate} shows the code of guest functions. Record
 * with {@code perf record -k mono}. The format is in the Linux kernel's {@code
 * tools/perf/Documentation/jitdump-specification.txt}. Several engines append to the same file.
 *
 * <p>perf learns of the file by a mapping of it that is executable.
 */
public final class JitDump implements CodeProfiler {
  private static final int MAGIC = 0x4A695444;
  private static final int VERSION = 1;
  private static final int HEADER_SIZE = 40;
  private static final int CODE_LOAD = 0;
  private static final int CODE_LOAD_SIZE = 56;
  private static final int DEBUG_INFO = 2;
  private static final int DEBUG_INFO_SIZE = 32;
  private static final int LINE_SIZE = 16;

  /** What numbers the pieces of code of this process. */
  private static final String INDEXES = "jitdump.indexes";

  private final FileChannel out;
  private final long mapping;
  private final int process = (int) ProcessHandle.current().pid();

  /**
   * Opens the file of this process, in {@code folder}.
   *
   * @throws UncheckedIOException when it cannot be written
   */
  public JitDump(Path folder) {
    Path file = folder.resolve("jit-" + process + ".dump");
    try {
      out = ProfileFile.append(file);
      if (out.size() == 0) {
        write(header(Processor.host().elfMachine()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the profiler's file cannot be written", e);
    }
    Os os = Os.host();
    int descriptor = os.openFile(file.toString());
    try {
      mapping = os.mapShared(os.pageSize(), Protection.READ_EXECUTE, descriptor);
    } finally {
      os.closeFile(descriptor);
    }
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }

  private ByteBuffer header(int machine) {
    ByteBuffer header = buffer(HEADER_SIZE);
    header.putInt(MAGIC).putInt(VERSION).putInt(HEADER_SIZE).putInt(machine).putInt(0);
    header.putInt(process).putLong(System.nanoTime()).putLong(0);
    return header.flip();
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  @Override
  public synchronized void loaded(LoadedModule module) {
    byte[] text = module.compiled().text().bytes();
    CodeSymbol[] symbols = module.compiled().symbols();
    long index = ProfileFile.reserve(INDEXES, symbols.length);
    try {
      for (CodeSymbol symbol : symbols) {
        if (symbol.functionIndex() >= 0) {
          writeLines(module, symbol);
        }
        writeCode(module, symbol, text, index++);
      }
    } catch (IOException e) {
      // The program matters more than its profile.
    }
  }

  private void writeCode(LoadedModule module, CodeSymbol symbol, byte[] text, long index)
      throws IOException {
    byte[] name = terminated(CodeProfiler.name(module, symbol));
    long address = module.address() + symbol.offset();
    int size = CODE_LOAD_SIZE + name.length + symbol.size();
    ByteBuffer record = buffer(size);
    record.putInt(CODE_LOAD).putInt(size).putLong(System.nanoTime());
    record.putInt(process).putInt((int) Os.host().threadId());
    record.putLong(address).putLong(address).putLong(symbol.size());
    record.putLong(index);
    record.put(name).put(text, symbol.offset(), symbol.size());
    write(record.flip());
  }

  /** Where the lines of the source begin in a function's code, if its module tells. */
  private void writeLines(LoadedModule module, CodeSymbol symbol) throws IOException {
    ByteBuffer lines = buffer(1 << 10);
    int count = 0;
    for (CodeLines.Row row : CodeLines.of(module, symbol)) {
      byte[] file = terminated(row.file());
      if (lines.remaining() < LINE_SIZE + file.length) {
        lines = buffer(2 * lines.capacity() + file.length).put(lines.flip());
      }
      lines.putLong(module.address() + row.offset()).putInt(row.line()).putInt(0).put(file);
      count++;
    }
    if (count > 0) {
      int size = DEBUG_INFO_SIZE + lines.position();
      ByteBuffer record = buffer(DEBUG_INFO_SIZE);
      record.putInt(DEBUG_INFO).putInt(size).putLong(System.nanoTime());
      record.putLong(module.address() + symbol.offset()).putLong(count);
      write(buffer(size).put(record.flip()).put(lines.flip()).flip());
    }
  }

  private static byte[] terminated(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void close() {
    Os.host().unmap(mapping, Os.host().pageSize());
    try {
      out.close();
    } catch (IOException e) {
      // Nothing was lost but names.
    }
  }
}
