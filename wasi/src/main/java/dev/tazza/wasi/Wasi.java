package dev.tazza.wasi;

import dev.tazza.Caller;
import dev.tazza.Func;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Memory;
import dev.tazza.sys.fs.Kernel;
import dev.tazza.sys.fs.Posix;
import dev.tazza.wasm.type.FuncType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The WASI preview 1 system that one guest sees: its open files, its streams, its clocks.
 *
 * <p>Used by one thread at a time, as the store whose guest it serves; or, after {@link
 * #shareAmongThreads}, by several guests in stores and threads of their own: then their calls take
 * turns, but one that waits lets the others go on. Closing it closes what it or the guest opened;
 * afterwards the guest finds all its descriptors closed, and all methods but {@code close} and
 * {@code toString} throw {@link IllegalStateException}.
 *
 * <p>Calls that wait (reading, polling, accepting, sleeping) wait in a way that leaves a virtual
 * thread's carrier free, and end with {@link WasiInterruptedException} when the thread is
 * interrupted, whose interrupt status is then set. Data that a Java stream has given up to then is
 * kept for the next read. These do hold the thread: calls on files of a slow file system, opening a
 * named pipe that has no other end yet, and writing, for as long as what is written to takes it: a
 * Java stream whose writing cannot be interrupted, or on a platform thread a full pipe or a stopped
 * terminal of the host.
 */
public final class Wasi implements AutoCloseable {
  private final WasiConfig config;
  private final Guest guest;
  private final int[] ports;

  private final Preview1 functions;

  private volatile boolean isClosed;

  /** Further ones, for calls while others wait, that none uses now. */
  private final Deque<Preview1> idle = new ArrayDeque<>();

  /** The last caller of each function, and its memory. */
  private final @Nullable Caller<?>[] callers = new Caller<?>[WasiFunction.values().length];

  private final @Nullable Memory[] memories = new Memory[callers.length];

  private Wasi(WasiConfig config) {
    this.config = config;
    guest = new Guest(config);
    functions = new Preview1(guest);
    ports = new int[config.listeners().size()];
  }

  /**
   * Opens the configured directories and sockets.
   *
   * @throws IOException if one cannot be opened; nothing is left open then
   */
  public static Wasi open(WasiConfig configuration) throws IOException {
    WasiConfig config = configuration.copy();
    Wasi wasi = new Wasi(config);
    boolean complete = false;
    try {
      for (int fd = 0; fd < 3; fd++) {
        wasi.guest.descriptors().add(wasi.stdio(fd, config.stdio(fd)));
      }
      for (WasiConfig.Preopen preopen : config.preopens()) {
        wasi.preopen(preopen);
      }
      for (int i = 0; i < wasi.ports.length; i++) {
        wasi.ports[i] = wasi.listen(config.listeners().get(i));
      }
      complete = true;
      return wasi;
    } catch (ErrnoException e) {
      throw new IOException("too many preopened directories and sockets", e);
    } finally {
      if (!complete) {
        wasi.close();
      }
    }
  }

  private Descriptor stdio(int fd, WasiConfig.Stdio source) {
    return switch (source) {
      case WasiConfig.Stdio.Input(InputStream stream) -> new InputDescriptor(stream, guest.turns());
      case WasiConfig.Stdio.Output(OutputStream stream) ->
          new OutputDescriptor(stream, guest.turns());
      case WasiConfig.Stdio.Null() -> nothing(fd);
      case WasiConfig.Stdio.Inherit() -> inherited(fd);
    };
  }

  private Descriptor nothing(int fd) {
    return fd == 0
        ? new InputDescriptor(InputStream.nullInputStream(), guest.turns())
        : new OutputDescriptor(OutputStream.nullOutputStream(), guest.turns());
  }

  private Descriptor inherited(int fd) {
    try {
      return HostDescriptor.inherited(guest.waiter(), fd);
    } catch (ErrnoException e) {
      // The process itself was started without it.
      return nothing(fd);
    }
  }

  private void preopen(WasiConfig.Preopen preopen) throws IOException, ErrnoException {
    long base = Rights.restrict(Rights.DIRECTORY, preopen.directories(), preopen.files());
    long all = Rights.DIRECTORY | Rights.FILE;
    long inheriting = Rights.restrict(all, preopen.directories(), preopen.files());
    var grant = new Descriptor.Grant(base, inheriting, 0);
    byte[] name = preopen.guest().getBytes(StandardCharsets.UTF_8);
    Path path = preopen.host();
    add(
        path.getFileSystem() == FileSystems.getDefault()
            ? hostDirectory(path, name, grant)
            : javaDirectory(path, name, grant));
  }

  private Directory hostDirectory(Path directory, byte[] name, Descriptor.Grant grant)
      throws IOException {
    Kernel kernel = guest.kernel();
    String path = directory.toString();
    byte[] host = (path.isEmpty() ? "." : path).getBytes(StandardCharsets.UTF_8);
    int fd = kernel.paths().open(Posix.AT_FDCWD, host, Posix.O_DIRECTORY, 0);
    if (fd == -Posix.EACCES) {
      // A directory that may be entered but not listed.
      fd = kernel.paths().open(Posix.AT_FDCWD, host, Posix.O_DIRECTORY | Posix.O_PATH, 0);
    }
    if (fd < 0) {
      throw cannotOpen(path, describe(-fd));
    }
    return new HostDirectory(guest, fd, grant, name);
  }

  private Directory javaDirectory(Path directory, byte[] name, Descriptor.Grant grant)
      throws IOException {
    try {
      Path real = directory.toRealPath();
      var attributes = Files.readAttributes(real, BasicFileAttributes.class);
      if (!attributes.isDirectory()) {
        throw cannotOpen(directory.toString(), describe(Posix.ENOTDIR));
      }
      JavaFileSystem files = guest.files(directory.getFileSystem());
      return new JavaDirectory(files, real, real, attributes.fileKey(), grant, name);
    } catch (NoSuchFileException e) {
      throw cannotOpen(directory.toString(), describe(Posix.ENOENT));
    }
  }

  private static IOException cannotOpen(String path, String why) {
    return new IOException("cannot open the directory " + path + ": " + why);
  }

  private int listen(WasiConfig.Listener listener) throws IOException, ErrnoException {
    Kernel kernel = guest.kernel();
    InetSocketAddress address = listener.address();
    int fd = kernel.sockets().listen(address);
    if (fd < 0) {
      throw new IOException("cannot listen on " + address + ": " + describe(-fd));
    }
    int port = kernel.sockets().port(fd);
    int flags = listener.nonBlocking() ? Descriptor.NONBLOCK : 0;
    var grant = new Descriptor.Grant(Rights.LISTENER, Rights.CONNECTION, flags);
    add(HostDescriptor.opened(guest.waiter(), fd, Descriptor.SOCKET_STREAM, grant));
    return port;
  }

  private void add(Descriptor descriptor) throws ErrnoException {
    try {
      guest.descriptors().add(descriptor);
    } catch (ErrnoException e) {
      descriptor.close();
      throw e;
    }
  }

  private static String describe(int errno) {
    return switch (errno) {
      case Posix.ENOENT -> "it does not exist";
      case Posix.ENOTDIR -> "it is not a directory";
      case Posix.EACCES, Posix.EPERM -> "permission denied";
      case 98 -> "the address is in use";
      default -> "error " + errno;
    };
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("this WASI was closed");
    }
  }

  /**
   * The port on which a listening socket listens.
   *
   * @param index which one of those that the configuration has, in its order
   * @throws IndexOutOfBoundsException if it has no such socket
   */
  public int listenerPort(int index) {
    requireOpen();
    if (index < 0 || index >= ports.length) {
      throw new IndexOutOfBoundsException(
          "there is no listening socket " + index + "; there are " + ports.length);
    }
    return ports[index];
  }

  /**
   * Defines all functions of preview 1 and of its predecessor {@code wasi_unstable} for guests that
   * share this object: usually there is one.
   *
   * @throws IllegalArgumentException if one of the names is defined already
   */
  public <T extends @Nullable Object> void addTo(Linker<T> linker) {
    requireOpen();
    addTo(linker, _ -> this);
  }

  /**
   * The same for a linker that serves many stores: each guest's object comes from its store's data.
   *
   * @throws IllegalArgumentException if one of the names is defined already
   */
  public static <T extends @Nullable Object> void addTo(
      Linker<T> linker, Function<? super T, Wasi> wasi) {
    Objects.requireNonNull(wasi, "wasi");
    for (WasiFunction function : WasiFunction.values()) {
      FuncType type = function.type();
      for (Snapshot snapshot : Snapshot.values()) {
        WasiHostFunction<T> host = new WasiHostFunction<>(function, snapshot, wasi);
        linker.func(snapshot.module(), function.importName(), type, host);
      }
    }
  }

  /**
   * The memory that a caller exports as {@code memory}, as it is now. A function has always the
   * same caller, as long as only one instance of a store uses WASI.
   */
  private GuestMemory memory(WasiFunction function, Caller<?> caller) {
    int index = function.ordinal();
    if (callers[index] != caller) {
      callers[index] = caller;
      memories[index] = caller.export("memory") instanceof Memory memory ? memory : null;
    }
    Memory memory = memories[index];
    return memory == null ? GuestMemory.EMPTY : new GuestMemory(memory.segment());
  }

  /** For the linker: calls a function with the guest's memory. */
  int call(WasiFunction function, Snapshot snapshot, Caller<?> caller, long[] args) {
    if (!guest.turns().areTaken()) {
      return functions.call(function, snapshot, memory(function, caller), args);
    }
    guest.turns().begin();
    try {
      return inTurn(function, snapshot, memory(function, caller), args);
    } finally {
      guest.turns().end();
    }
  }

  /** The same with a memory. */
  int call(WasiFunction function, Snapshot snapshot, GuestMemory memory, long[] args) {
    guest.turns().begin();
    try {
      return inTurn(function, snapshot, memory, args);
    } finally {
      guest.turns().end();
    }
  }

  private int inTurn(WasiFunction function, Snapshot snapshot, GuestMemory memory, long[] args) {
    Preview1 free = idle.poll();
    if (free == null) {
      free = new Preview1(guest);
    }
    try {
      return free.call(function, snapshot, memory, args);
    } finally {
      idle.push(free);
    }
  }

  /**
   * Lets several threads use this at once. To be called before they do.
   *
   * @return this
   */
  public Wasi shareAmongThreads() {
    requireOpen();
    guest.turns().take();
    return this;
  }

  /**
   * Runs a program: calls its {@code _start}, and returns what it exits with; 0 when it returns.
   *
   * @throws IllegalArgumentException when the instance exports no function {@code _start}
   * @throws dev.tazza.Trap when it traps
   */
  public static int start(Instance program) {
    Func start = program.func("_start");
    try {
      start.call();
      return 0;
    } catch (WasiExit exit) {
      return exit.code();
    }
  }

  @Override
  public String toString() {
    return config + " and " + ports.length + " listening sockets" + (isClosed ? ", closed" : "");
  }

  @Override
  public void close() {
    isClosed = true;
    guest.turns().begin();
    try {
      guest.descriptors().close();
    } finally {
      guest.turns().end();
    }
  }
}
