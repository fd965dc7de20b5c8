package dev.tazza.wasi;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a guest is given: arguments, environment, standard streams, directories, sockets, clocks.
 *
 * <p>The default is nothing: no arguments, an empty environment, standard input at its end, output
 * discarded, no directories. Each method adds to or changes that and returns this object. Not
 * thread-safe while it is being set up; {@link Wasi#open} copies it, so it can serve many guests,
 * who then share the streams in it.
 */
public final class WasiConfig {
  private static final int DEFAULT_MAX_DESCRIPTORS = 4096;

  private final List<String> arguments;
  private final Map<String, String> environment;
  private final List<Preopen> preopens;
  private final List<Listener> listeners;
  private final Stdio[] stdio;
  private WasiClock clock = WasiClock.system();
  private @Nullable RandomGenerator random;
  private int maxDescriptors = DEFAULT_MAX_DESCRIPTORS;
  private boolean walkPaths;

  public WasiConfig() {
    arguments = new ArrayList<>();
    environment = new LinkedHashMap<>();
    preopens = new ArrayList<>();
    listeners = new ArrayList<>();
    stdio = new Stdio[] {new Stdio.Null(), new Stdio.Null(), new Stdio.Null()};
  }

  private WasiConfig(WasiConfig other) {
    arguments = new ArrayList<>(other.arguments);
    environment = new LinkedHashMap<>(other.environment);
    preopens = new ArrayList<>(other.preopens);
    listeners = new ArrayList<>(other.listeners);
    stdio = other.stdio.clone();
    clock = other.clock;
    random = other.random;
    maxDescriptors = other.maxDescriptors;
    walkPaths = other.walkPaths;
  }

  WasiConfig copy() {
    return new WasiConfig(this);
  }

  /** A directory of the host to give to the guest. */
  record Preopen(Path host, String guest, Access directories, Access files) {}

  /** A socket to listen on. */
  record Listener(InetSocketAddress address, boolean nonBlocking) {}

  /** Where a standard stream comes from or goes to. */
  sealed interface Stdio {
    record Inherit() implements Stdio {}

    record Null() implements Stdio {}

    record Input(InputStream stream) implements Stdio {}

    record Output(OutputStream stream) implements Stdio {}
  }

  /**
   * Adds arguments. The first of all is by convention the program's name.
   *
   * @throws IllegalArgumentException if one contains a zero character
   */
  public WasiConfig args(String... args) {
    return args(List.of(args));
  }

  /** As {@link #args(String...)}. */
  public WasiConfig args(List<String> args) {
    for (String arg : args) {
      arguments.add(text("argument", arg));
    }
    return this;
  }

  /**
   * Sets an environment variable.
   *
   * @throws IllegalArgumentException if the name is empty or contains {@code =}, or either contains
   *     a zero character
   */
  public WasiConfig env(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw new IllegalArgumentException(
          "an environment variable's name must not be empty or contain '=': \"" + name + '"');
    }
    environment.put(text("environment variable", name), text("environment variable", value));
    return this;
  }

  /** Sets environment variables. */
  public WasiConfig env(Map<String, String> variables) {
    variables.forEach(this::env);
    return this;
  }

  /** Sets all environment variables of this process. */
  public WasiConfig inheritEnv() {
    return env(System.getenv());
  }

  private static String text(String what, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a zero character in the " + what + " \"" + text + '"');
    }
    return text;
  }

  /**
   * Gives the guest this process's standard input, output and error.
   *
   * <p>They are streams for the guest, also where they are files: it reads on or writes on, but
   * cannot seek, read or write elsewhere, change size or times. What the process was not started
   * with (a shell's {@code <&-}) is an empty input, or output that is discarded; a file that the
   * process itself opened under such a number is not taken for a stream.
   */
  public WasiConfig inheritStdio() {
    return inheritStdin().inheritStdout().inheritStderr();
  }

  /** The process's own descriptor 0; what Java's {@code System.in} has buffered is not seen. */
  public WasiConfig inheritStdin() {
    stdio[0] = new Stdio.Inherit();
    return this;
  }

  /** The process's own descriptor 1, whatever {@code System.setOut} says. */
  public WasiConfig inheritStdout() {
    stdio[1] = new Stdio.Inherit();
    return this;
  }

  /** The process's own descriptor 2, whatever {@code System.setErr} says. */
  public WasiConfig inheritStderr() {
    stdio[2] = new Stdio.Inherit();
    return this;
  }

  /**
   * Standard input from a stream, which is not closed. What is not available at once is read by a
   * virtual thread, so that the guest's can be interrupted. A guest that polls it makes Tazza read
   * up to 8 KiB ahead.
   */
  public WasiConfig stdin(InputStream stream) {
    stdio[0] = new Stdio.Input(Objects.requireNonNull(stream, "stream"));
    return this;
  }

  /** Standard input of the given bytes. Guests opened with the same configuration share them. */
  public WasiConfig stdin(byte[] bytes) {
    return stdin(new ByteArrayInputStream(bytes.clone()));
  }

  /** Standard output to a stream, flushed after each write and not closed. */
  public WasiConfig stdout(OutputStream stream) {
    stdio[1] = new Stdio.Output(Objects.requireNonNull(stream, "stream"));
    return this;
  }

  /** Standard error to a stream, flushed after each write and not closed. */
  public WasiConfig stderr(OutputStream stream) {
    stdio[2] = new Stdio.Output(Objects.requireNonNull(stream, "stream"));
    return this;
  }

  /** As {@link #preopen(Path, String, Access, Access)} with the same access to both. */
  public WasiConfig preopen(Path host, String guest, Access access) {
    return preopen(host, guest, access, access);
  }

  /**
   * Gives the guest a directory and all that is in it. Nothing else can be reached through it.
   *
   * <p>The path may be of any file system: a zip file, one in memory. Its directories and files are
   * confined as the host's are. There, an open directory is known by its path, so that it is gone
   * when it was moved; what the file system cannot do is {@code ENOTSUP}; what files it makes and
   * how large they grow is limited by the file system alone. Guests never change links under each
   * other, but code of the host program that does so at the moment of a guest's call can lead it
   * out of the directory.
   *
   * <p>The two accesses are enforced as rights that the guest cannot add to. Unless both are {@link
   * Access#READ_WRITE}, files cannot be created, nor be linked or moved from this directory to
   * another, because they could be changed there.
   *
   * @param guest the name that the guest finds it under, such as {@code "/"} or {@code "."}
   */
  public WasiConfig preopen(Path host, String guest, Access directories, Access files) {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(directories, "directories");
    Objects.requireNonNull(files, "files");
    preopens.add(new Preopen(host, text("directory", guest), directories, files));
    return this;
  }

  /**
   * Gives the guest a socket that listens for TCP connections. Sockets get the numbers after those
   * of the directories. With port 0 the kernel chooses one, see {@link Wasi#listenerPort}.
   *
   * <p>The socket is non-blocking: accepting on it without a connection waiting is {@code EAGAIN}.
   * That is what programs are used to, and Go's runtime can only wait for such sockets.
   */
  public WasiConfig listen(InetSocketAddress address) {
    return listen(address, true);
  }

  /** As {@link #listen(InetSocketAddress)}; unless {@code nonBlocking}, accepting waits. */
  public WasiConfig listen(InetSocketAddress address, boolean nonBlocking) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("unknown host: " + address);
    }
    listeners.add(new Listener(address, nonBlocking));
    return this;
  }

  /** The clocks that the guest sees. Processor times are always the computer's. */
  public WasiConfig clock(WasiClock newClock) {
    clock = Objects.requireNonNull(newClock, "newClock");
    return this;
  }

  /**
   * Where the guest's random numbers come from, instead of from the operating system. For
   * repeatable runs; a guest's secrets are only as good as this generator.
   */
  public WasiConfig random(RandomGenerator generator) {
    random = Objects.requireNonNull(generator, "generator");
    return this;
  }

  /** How many descriptors the guest may have open at once; 4096 if not set. */
  public WasiConfig maxDescriptors(int limit) {
    if (limit < 3) {
      throw new IllegalArgumentException("at least 3 descriptors are needed, not " + limit);
    }
    maxDescriptors = limit;
    return this;
  }

  /** Resolves paths without {@code openat2}, as on systems that lack it. For tests. */
  WasiConfig walkPaths(boolean walk) {
    walkPaths = walk;
    return this;
  }

  List<String> arguments() {
    return arguments;
  }

  Map<String, String> environment() {
    return environment;
  }

  List<Preopen> preopens() {
    return preopens;
  }

  List<Listener> listeners() {
    return listeners;
  }

  Stdio stdio(int fd) {
    return stdio[fd];
  }

  WasiClock clock() {
    return clock;
  }

  @Nullable RandomGenerator random() {
    return random;
  }

  int maxDescriptors() {
    return maxDescriptors;
  }

  boolean walkPaths() {
    return walkPaths;
  }

  /** What a guest gets, but not the values of its variables, which may be secret. */
  @Override
  public String toString() {
    return "WASI for "
        + arguments
        + " with the variables "
        + environment.keySet()
        + " and "
        + preopens.size()
        + " directories";
  }
}
