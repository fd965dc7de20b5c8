package dev.tazza.wasi;

import dev.tazza.sys.fs.Beneath;
import dev.tazza.sys.fs.Kernel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the functions of one program share. Used by one thread at a time: by {@link Turns}. */
final class Guest {
  private final Kernel kernel = Kernel.open();
  private final Turns turns = new Turns();
  private final Waiter waiter = new Waiter(kernel, turns);
  private final DescriptorTable descriptors;
  private final DirectoryReader directories = new DirectoryReader(kernel);
  private final List<JavaFileSystem> javaFileSystems = new ArrayList<>();
  private final Beneath beneath;
  private final byte[][] arguments;
  private final byte[][] environment;
  private final WasiClock clock;
  private final @Nullable RandomGenerator random;

  Guest(WasiConfig config) {
    descriptors = new DescriptorTable(config.maxDescriptors());
    beneath = new Beneath(kernel, config.walkPaths());
    arguments = encode(config.arguments().toArray(String[]::new));
    String[] pairs = new String[config.environment().size()];
    int count = 0;
    for (var entry : config.environment().entrySet()) {
      pairs[count++] = entry.getKey() + "=" + entry.getValue();
    }
    environment = encode(pairs);
    clock = config.clock();
    random = config.random();
  }

  private static byte[][] encode(String[] strings) {
    byte[][] result = new byte[strings.length][];
    for (int i = 0; i < strings.length; i++) {
      result[i] = (strings[i] + "\0").getBytes(StandardCharsets.UTF_8);
    }
    return result;
  }

  Kernel kernel() {
    return kernel;
  }

  /** Whose turn it is. */
  Turns turns() {
    return turns;
  }

  Waiter waiter() {
    return waiter;
  }

  DescriptorTable descriptors() {
    return descriptors;
  }

  /** Reads the host's directories. */
  DirectoryReader directories() {
    return directories;
  }

  /** A file system of Java; the same one for the same. */
  JavaFileSystem files(FileSystem fileSystem) {
    for (JavaFileSystem each : javaFileSystems) {
      if (each.fileSystem() == fileSystem) {
        return each;
      }
    }
    JavaFileSystem files = new JavaFileSystem(fileSystem, javaFileSystems.size());
    javaFileSystems.add(files);
    return files;
  }

  Beneath beneath() {
    return beneath;
  }

  /** Zero-terminated. */
  byte[][] arguments() {
    return arguments;
  }

  /** {@code name=value}, zero-terminated. */
  byte[][] environment() {
    return environment;
  }

  WasiClock clock() {
    return clock;
  }

  /** The configured generator; null for the kernel's. */
  @Nullable RandomGenerator random() {
    return random;
  }
}
