package dev.tazza.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Standard output of a command: buffered, in UTF-8, and with an {@link OutputException} as soon as
 * something cannot be written. {@code System.out} keeps that to itself.
 *
 * <p>What was written is only surely there after {@link #close}, which leaves the stream open.
 */
final class Output extends Writer {
  private static final int BUFFER = 1 << 16;

  private final OutputStream stream;
  private final byte[] buffer = new byte[BUFFER];
  private int filled;
  private @Nullable IOException failure;

  private Output(OutputStream stream) {
    this.stream = stream;
  }

  /** Has {@code System.out} be the process's standard output, and us know it. */
  static void install() {
    System.setOut(new Process(new FileOutputStream(FileDescriptor.out)));
  }

  static Output standard() {
    PrintStream now = System.out;
    return new Output(now instanceof Process process ? process.stream : new Checked(now));
  }

  /** The process's standard output, for those who ask {@code System.out} for it. */
  private static final class Process extends PrintStream {
    final OutputStream stream;

    Process(OutputStream stream) {
      super(stream, true, StandardCharsets.UTF_8);
      this.stream = stream;
    }
  }

  /** A {@link PrintStream} that tells when it has failed. */
  private static final class Checked extends OutputStream {
    private final PrintStream stream;

    Checked(PrintStream stream) {
      this.stream = stream;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      stream.write(bytes, offset, length);
      if (stream.checkError()) {
        throw new IOException("the stream has failed");
      }
    }
  }

  /** For those who print without looking; {@link #close} tells then. */
  PrintWriter printer() {
    return new PrintWriter(this, true);
  }

  void write(byte[] bytes) throws OutputException {
    if (bytes.length > buffer.length - filled) {
      flush();
    }
    if (bytes.length > buffer.length) {
      transfer(bytes, bytes.length);
      return;
    }
    System.arraycopy(bytes, 0, buffer, filled, bytes.length);
    filled += bytes.length;
  }

  private void transfer(byte[] bytes, int length) throws OutputException {
    if (failure != null) {
      throw new OutputException(failure);
    }
    try {
      stream.write(bytes, 0, length);
    } catch (IOException e) {
      failure = e;
      throw new OutputException(e);
    }
  }

  @Override
  public void write(char[] text, int offset, int length) throws OutputException {
    write(new String(text, offset, length));
  }

  @Override
  public void write(String text) throws OutputException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  void printf(String format, Object... args) throws OutputException {
    write(String.format(format, args));
  }

  void println(String line) throws OutputException {
    write(line);
    write("\n");
  }

  @Override
  public void flush() throws OutputException {
    int length = filled;
    filled = 0;
    if (length > 0 || failure != null) {
      transfer(buffer, length);
    }
  }

  /** Writes what is left. */
  @Override
  public void close() throws OutputException {
    flush();
  }
}
