import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntBinaryOperator;
import java.util.function.IntConsumer;

/**
 * What all adapters on the JVM share: the requests of the stand (bench/stand/__init__.py), and the
 * clocks.
 *
 * @param <M> a compiled module
 */
abstract class Adapter<M> {
  /** Marks the program's calls of bench.start and bench.end; a new one for each run. */
  static final class Brackets {
    private Moment start = Moment.NEVER;
    private Moment end = Moment.NEVER;

    public void start() {
      start = Moment.ofThread();
    }

    public void end() {
      end = Moment.ofThread();
    }
  }

  /** Where a run reads and writes; the folder may be null, for none. */
  record Surroundings(Path folder, OutputStream out, OutputStream err, Brackets brackets) {}

  /**
   * A program that was instantiated and can be started once. Starting it returns when it exits with
   * 0.
   */
  interface Program extends AutoCloseable {
    void start() throws Exception;

    @Override
    default void close() throws Exception {}
  }

  /** An instance of bench/stand/calls.wat. */
  record Calls(IntBinaryOperator add, IntConsumer loop) {}

  /** How many instances are made and closed for one sample. */
  private static final int BATCH = 100;

  /** For how many instances a pool has room. */
  private static final int SLOTS = 1000;

  abstract M compile(byte[] module) throws Exception;

  /** Asks for compilation on one thread, before the first; for those that do not do so anyway. */
  void useOneThread() {}

  /** Asks that instances come from a pool, before the first compilation. */
  void usePool(int slots) {
    throw new UnsupportedOperationException("there is no pool");
  }

  /** Frees a module that will not be used any more. */
  void release(M module) throws Exception {}

  /** Makes a store (or what the peer has for it), WASI, and an instance. */
  abstract Program prepare(M module, Surroundings surroundings) throws Exception;

  /** Makes a store and an instance of a module that imports nothing. */
  abstract Program prepare(M module) throws Exception;

  abstract Calls calls(M module) throws Exception;

  abstract void save(M module, Path file) throws Exception;

  abstract void load(Path file) throws Exception;

  /** Runs a request; the process exits then. */
  final void serve(String[] args) {
    try {
      switch (args[0]) {
        case "program" -> program(args);
        case "compile" -> compile(args);
        case "instantiate" -> instantiate(args);
        case "pool" -> pool(args);
        case "calls" ->
            measureCalls(compile(Files.readAllBytes(Path.of(args[1]))), Integer.parseInt(args[2]));
        case "artifact" -> artifact(Path.of(args[1]), Path.of(args[2]));
        case "hello" -> hello(Path.of(args[1]));
        default -> error(args[0] + " is not offered");
      }
      System.out.flush();
      System.exit(0);
    } catch (Throwable e) { // whatever a peer throws is its row
      error(e.toString());
      e.printStackTrace();
      System.out.flush();
      System.exit(1);
    }
  }

  private void program(String[] args) throws Exception {
    byte[] binary = Files.readAllBytes(Path.of(args[1]));
    int runs = Integer.parseInt(args[4]);
    long limit = nanos(args[5]);
    M module = compileTimed(binary, 0);
    reportPeak();
    long began = System.nanoTime();
    for (int i = 0; i < runs; i++) {
      long spent = System.nanoTime() - began;
      if (i == 1 ? spent > 10 * limit : i > 1 && spent > limit) {
        break;
      }
      run(module, Path.of(args[2]), Path.of(args[3]), i);
    }
  }

  private static long nanos(String seconds) {
    return (long) (Double.parseDouble(seconds) * 1e9);
  }

  private M compileTimed(byte[] binary, int number) throws Exception {
    byte[] bytes = distinct(binary, number);
    Moment from = Moment.ofProcess();
    M module = compile(bytes);
    Moment.ofProcess().report("compile", from);
    return module;
  }

  private void compile(String[] args) throws Exception {
    byte[] binary = Files.readAllBytes(Path.of(args[1]));
    long limit = nanos(args[2]);
    if (args[3].equals("one")) {
      useOneThread();
    }
    long began = System.nanoTime();
    for (int i = 0; i < 3 || System.nanoTime() - began < limit; i++) {
      release(compileTimed(binary, i));
    }
  }

  private void instantiate(String[] args) throws Exception {
    M module = compile(Files.readAllBytes(Path.of(args[1])));
    long limit = nanos(args[2]);
    Surroundings surroundings =
        args[3].equals("wasi")
            ? new Surroundings(
                null,
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                new Brackets())
            : null;
    long began = System.nanoTime();
    for (int batch = 0; batch < 4 || System.nanoTime() - began < limit; batch++) {
      Moment from = Moment.ofThread();
      for (int i = 0; i < BATCH; i++) {
        (surroundings == null ? prepare(module) : prepare(module, surroundings)).close();
      }
      Moment.ofThread().report("instantiate", from, BATCH);
    }
  }

  private void pool(String[] args) throws Exception {
    long limit = nanos(args[2]);
    int threads = Integer.parseInt(args[3]);
    usePool(SLOTS);
    M module = compile(Files.readAllBytes(Path.of(args[1])));
    prepare(module).close(); // makes what all threads share
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      Callable<Void> task = () -> pool(module, limit);
      for (Future<Void> done : executor.invokeAll(Collections.nCopies(threads, task))) {
        done.get();
      }
    }
  }

  /** Cycles of one thread until the limit, in nanoseconds, is over. */
  private Void pool(M module, long limit) throws Exception {
    long began = System.nanoTime();
    while (System.nanoTime() - began < limit) {
      Moment from = Moment.ofThread();
      for (int i = 0; i < BATCH; i++) {
        try (Program program = prepare(module)) {
          program.start();
        }
      }
      Moment.ofThread().report("pool", from, BATCH);
    }
    return null;
  }

  private void run(M module, Path folder, Path out, int number) throws Exception {
    Brackets brackets = new Brackets();
    try (OutputStream stdout = open(out, "stdout", number);
        OutputStream stderr = open(out, "stderr", number)) {
      Surroundings surroundings = new Surroundings(folder, stdout, stderr, brackets);
      try (Program program = prepare(module, surroundings)) {
        Moment began = Moment.ofThread();
        program.start();
        Moment ended = Moment.ofThread();
        began = brackets.start == Moment.NEVER ? began : brackets.start;
        ended = brackets.end == Moment.NEVER ? ended : brackets.end;
        ended.report("execution", began);
      }
    }
  }

  private static OutputStream open(Path folder, String stream, int number) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(folder.resolve(stream + "." + number)));
  }

  private void measureCalls(M module, int count) throws Exception {
    Calls calls = calls(module);
    for (int round = 0; round < 8; round++) {
      Moment from = Moment.ofThread();
      int sum = 0;
      for (int i = 0; i < count; i++) {
        sum = calls.add.applyAsInt(sum, i);
      }
      Moment between = Moment.ofThread();
      calls.loop.accept(count);
      Moment to = Moment.ofThread();
      if (sum != (int) ((long) count * (count - 1) / 2)) {
        throw new IllegalStateException("wrong sum " + sum);
      }
      if (round >= 3) {
        between.report("call-host-to-guest", from, count);
        to.report("call-guest-to-host", between, count);
      }
    }
  }

  private void artifact(Path wasm, Path file) throws Exception {
    if (!Files.exists(file)) {
      save(compile(Files.readAllBytes(wasm)), file);
      return;
    }
    for (int i = 0; i < 2; i++) {
      Moment from = Moment.ofProcess();
      load(file);
      Moment.ofProcess().report("artifact-load", from);
    }
  }

  private void hello(Path wasm) throws Exception {
    Surroundings surroundings = new Surroundings(null, System.out, System.err, new Brackets());
    try (Program program = prepare(compile(Files.readAllBytes(wasm)), surroundings)) {
      program.start();
    }
  }

  /** The module with a custom section "n" that holds the number. */
  private static byte[] distinct(byte[] module, int number) {
    byte[] bytes = Arrays.copyOf(module, module.length + 8);
    bytes[module.length + 1] = 6;
    bytes[module.length + 2] = 1;
    bytes[module.length + 3] = 'n';
    for (int i = 0; i < 4; i++) {
      bytes[module.length + 4 + i] = (byte) (number >> 8 * i);
    }
    return bytes;
  }

  private static void reportPeak() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        long bytes = Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        System.out.println("{\"measure\": \"peak-rss\", \"bytes\": " + bytes + "}");
      }
    }
  }

  private static void error(String message) {
    StringBuilder text = new StringBuilder();
    for (char c : message.toCharArray()) {
      text.append(c == '"' || c == '\\' ? "\\" + c : c < ' ' ? " " : String.valueOf(c));
    }
    System.out.println("{\"error\": \"" + text + "\"}");
  }

  /** A reading of two clocks, in nanoseconds. */
  private record Moment(long wall, long cpu) {
    static final Moment NEVER = new Moment(0, 0);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final com.sun.management.OperatingSystemMXBean PROCESS =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    static Moment ofThread() {
      return new Moment(System.nanoTime(), THREADS.getCurrentThreadCpuTime());
    }

    static Moment ofProcess() {
      return new Moment(System.nanoTime(), PROCESS.getProcessCpuTime());
    }

    void report(String measure, Moment from) {
      report(measure, from, 1);
    }

    /** Prints the time since {@code from}, divided by how often the thing was done. */
    void report(String measure, Moment from, int count) {
      double seconds = (wall - from.wall) / 1e9 / count;
      double cpuSeconds = (cpu - from.cpu) / 1e9 / count;
      System.out.println(
          "{\"measure\": \"%s\", \"seconds\": %s, \"cpu\": %s}"
              .formatted(measure, seconds, cpuSeconds));
    }
  }
}
