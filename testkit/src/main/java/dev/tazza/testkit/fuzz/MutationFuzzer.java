package dev.tazza.testkit.fuzz;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.WasmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Damages modules, and artifacts of them, in many ways: all that may come of it is a clear error or
 * an instance.
 *
 * <p>As a program: {@code MutationFuzzer FOLDER FIRST_SEED COUNT} damages modules of the folder, a
 * different one with each seed, and prints what is wrong. Nothing of them is called, since that
 * might never end; instances are made of those without a start function.
 */
public final class MutationFuzzer implements AutoCloseable {
  private static final int MOST_CHANGES = 6;
  private static final int LONGEST_PIECE = 40;

  /** What is slower than this is suspicious: undamaged modules take less. */
  private static final long SUSPICIOUS_NANOS = 5_000_000_000L;

  /** Bytes that mean something nearly everywhere: edges of LEB128, types, frequent instructions. */
  private static final byte[] TELLING = {
    0, 1, 0x7f, (byte) 0x80, (byte) 0xff, 0x40, 0x70, 0x6f, 0x7e, 0x7d, 0x7c, 0x0b, 0x10, 0x20, 0x41
  };

  private final Engine plain = new Engine(config(OptLevel.NONE));
  private final Engine optimizing = new Engine(config(OptLevel.SPEED));
  private int valid;

  /** Engines that check the compiler's work. */
  public MutationFuzzer() {}

  private static Config config(OptLevel level) {
    return new Config().optLevel(level).debugVerifier(true).parallelCompilation(false);
  }

  /** A damaged copy. */
  static byte[] mutate(byte[] bytes, Random random) {
    byte[] result = bytes.clone();
    int changes = 1 + random.nextInt(1 + random.nextInt(MOST_CHANGES));
    for (int i = 0; i < changes && result.length > 0; i++) {
      int at = random.nextInt(result.length);
      switch (random.nextInt(6)) {
        case 0 -> result[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> result[at] = (byte) random.nextInt();
        case 2, 3 -> result[at] = TELLING[random.nextInt(TELLING.length)];
        case 4 -> {
          // A piece of the same length from elsewhere.
          int from = random.nextInt(result.length);
          int length = random.nextInt(LONGEST_PIECE);
          length = Math.min(length, result.length - Math.max(from, at));
          System.arraycopy(result, from, result, at, length);
        }
        default -> result = resize(result, at, random);
      }
    }
    return result;
  }

  /** Takes a piece out, or puts one in twice. */
  private static byte[] resize(byte[] bytes, int at, Random random) {
    int length = Math.min(1 + random.nextInt(LONGEST_PIECE), bytes.length - at);
    boolean longer = random.nextBoolean();
    int end = at + length;
    byte[] result = Arrays.copyOf(bytes, longer ? bytes.length + length : bytes.length - length);
    System.arraycopy(
        bytes, longer ? at : end, result, longer ? end : at, bytes.length - (longer ? at : end));
    return result;
  }

  /** What is wrong with what becomes of a damaged copy of {@code bytes}; null when nothing is. */
  public @Nullable String check(byte[] bytes, long seed) {
    Random random = new Random(seed);
    byte[] damaged = mutate(bytes, random);
    long start = System.nanoTime();
    try {
      instantiate(damaged, plain);
      artifact(instantiate(damaged, optimizing), random);
      valid++;
    } catch (WasmException | UnsupportedOperationException refused) {
      if (refused.getMessage() == null || refused.getMessage().isBlank()) {
        return "an error without a message: " + refused;
      }
    } catch (RuntimeException | Error e) {
      StringBuilder message = new StringBuilder(e.toString());
      for (StackTraceElement element : e.getStackTrace()) {
        message.append("\n    ").append(element);
      }
      return message.toString();
    }
    long nanos = System.nanoTime() - start;
    return nanos > SUSPICIOUS_NANOS ? "took %d ms".formatted(nanos / 1_000_000) : null;
  }

  /** The artifact of the module. */
  private static byte[] instantiate(byte[] bytes, Engine engine) {
    try (Module module = Module.compile(engine, bytes);
        Store<Void> store = new Store<>(engine)) {
      byte[] artifact = module.serialize();
      if (module.compiled().module().startFunction() < 0) {
        Linker<Void> linker = new Linker<>(engine);
        linker.defineUnknownImportsAsDefaultValues(module).instantiate(store, module);
      }
      return artifact;
    }
  }

  private void artifact(byte[] artifact, Random random) {
    byte[] damaged = mutate(artifact, random);
    try (Module _ = Module.deserialize(optimizing, damaged)) {
      if (!Arrays.equals(damaged, artifact)) {
        throw new AssertionError("a damaged artifact was taken");
      }
    } catch (ArtifactException refused) {
      // As it should be.
    }
  }

  /** How many damaged modules were valid, and their artifacts damaged as well. */
  public int valid() {
    return valid;
  }

  @Override
  public void close() {
    plain.close();
    optimizing.close();
  }

  public static void main(String[] args) throws IOException {
    List<byte[]> modules = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(args[0]))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".wasm")).sorted().toList()) {
        modules.add(Files.readAllBytes(file));
      }
    }
    long first = Long.parseLong(args[1]);
    int count = Integer.parseInt(args[2]);
    int failures = 0;
    try (MutationFuzzer fuzzer = new MutationFuzzer()) {
      for (long seed = first; seed < first + count; seed++) {
        String failure = fuzzer.check(modules.get((int) (seed % modules.size())), seed);
        if (failure != null) {
          System.out.println("seed " + seed + ": " + failure);
          failures++;
        }
      }
      System.out.printf("%d valid of %d, %d failed%n", fuzzer.valid, count, failures);
    }
  }
}
