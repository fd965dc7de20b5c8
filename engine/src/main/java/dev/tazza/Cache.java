package dev.tazza;

import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.environ.artifact.Artifact;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.WasmException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Compiled modules in a folder, so that the next process, or engine, that compiles the same module
 * in the same way only loads it: {@link Config#cache}. Any number of engines, threads and processes
 * may use the same folder at once.
 *
 * <p>A module is found by its bytes, which are compared with those that are kept, and by all that
 * its code depends on: the version of the compiler, options, features of the processor. Files are
 * checked as artifacts are; what is damaged is deleted and compiled again. When the folder cannot
 * be written to, or the disk is full, modules are compiled as if there were no cache.
 */
public final class Cache {
  private static final String PRIVATE = "rwx------";

  private final CacheConfig config;
  private final Path directory;
  private final CacheCleaner cleaner;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder stored = new LongAdder();
  private final LongAdder damaged = new LongAdder();
  private final LongAdder failures = new LongAdder();

  private Cache(CacheConfig config) throws IOException {
    this.config = config;
    this.directory = config.directory().toAbsolutePath();
    makeDirectory();
    this.cleaner = new CacheCleaner(config, directory);
  }

  /**
   * Opens the cache in a folder.
   *
   * @throws IOException when the folder is not there and cannot be made; an {@link
   *     AccessDeniedException} when it belongs to another user, or others may write to it
   */
  public static Cache open(CacheConfig config) throws IOException {
    return new Cache(config.copy());
  }

  private void makeDirectory() throws IOException {
    if (!Files.isDirectory(directory)) {
      if (directory.getParent() != null) {
        Files.createDirectories(directory.getParent());
      }
      try {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
      } catch (FileAlreadyExistsException e) {
        // Another process was faster.
      }
    }
    requireOwn();
  }

  /** Whoever writes there runs code in this process. */
  private void requireOwn() throws IOException {
    UserPrincipal owner = Files.getOwner(directory);
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
    if (!owner.equals(Files.getOwner(Path.of("/proc/self")))) {
      throw denied("the cache's folder belongs to another user, " + owner.getName());
    }
    if (permissions.contains(PosixFilePermission.GROUP_WRITE)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw denied("others may write to the cache's folder, and so run code; chmod go-w it");
    }
  }

  private AccessDeniedException denied(String reason) {
    return new AccessDeniedException(directory.toString(), null, reason);
  }

  /** The folder. */
  public Path directory() {
    return directory;
  }

  /** What it was opened with. */
  public CacheConfig config() {
    return config.copy();
  }

  /** What has happened so far. */
  public CacheStatistics statistics() {
    return new CacheStatistics(
        hits.sum(), misses.sum(), stored.sum(), damaged.sum(), failures.sum());
  }

  /** The size of all files, in bytes. */
  public long size() throws IOException {
    return cleaner.size();
  }

  /** How many modules are in it. */
  public long count() throws IOException {
    return cleaner.count();
  }

  /** Deletes what is beyond the limits now, and does not wait for its time. */
  public void clean() throws IOException {
    cleaner.clean();
  }

  /** Deletes all modules. */
  public void clear() throws IOException {
    cleaner.clear();
  }

  /**
   * A module from the cache, or one that is compiled and then put into it; for an engine that need
   * not have this cache in its {@link Config}. Otherwise as {@link Module#compile(Engine, byte[])}.
   */
  public Module compile(Engine engine, byte[] module) {
    engine.checkOpen();
    CacheFile file;
    try {
      file = new CacheFile(directory, ModuleBytes.of(module), fingerprint(engine));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    Module found;
    try {
      found = load(engine, file);
    } catch (ModuleBytes.UnreadableException impossible) {
      throw new UncheckedIOException(impossible);
    }
    if (found != null) {
      hits.increment();
      return found;
    }
    misses.increment();
    Module compiled = Module.compileAnew(engine, module);
    try {
      file.write(module, compiled.serialize());
      stored.increment();
    } catch (IOException | UncheckedIOException e) {
      failures.increment();
    }
    cleaner.cleanWhenDue();
    return compiled;
  }

  /**
   * The same for a module in a file, which is not read into memory if it is found.
   *
   * @throws IOException when the file cannot be read
   */
  public Module compile(Engine engine, Path module) throws IOException {
    engine.checkOpen();
    if (Files.isRegularFile(module) && module.getFileSystem() == FileSystems.getDefault()) {
      try (FileChannel channel = FileChannel.open(module)) {
        Module found = find(engine, ModuleBytes.of(channel));
        if (found != null) {
          return found;
        }
      }
    }
    return compile(engine, Files.readAllBytes(module));
  }

  /**
   * A module, if the cache has it.
   *
   * @throws IOException when the module cannot be read
   */
  @Nullable Module find(Engine engine, ModuleBytes module) throws IOException {
    Module found = load(engine, new CacheFile(directory, module, fingerprint(engine)));
    if (found != null) {
      hits.increment();
    }
    return found;
  }

  /** Of all but the module that its code depends on, and whether it was verified. */
  private static long fingerprint(Engine engine) {
    Tunables tunables = engine.tunables();
    boolean lines = tunables.is(Tunable.WASM_BACKTRACE_DETAILS);
    boolean verified = tunables.is(Tunable.SANDBOX_VERIFIER);
    return Artifact.fingerprint(engine.origin()) << 2 | (lines ? 2 : 0) | (verified ? 1 : 0);
  }

  /**
   * The module in a file of the cache; null if it has to be compiled.
   *
   * @throws ModuleBytes.UnreadableException when there is no module to compare it with: nothing is
   *     known of the file then
   */
  private @Nullable Module load(Engine engine, CacheFile file)
      throws ModuleBytes.UnreadableException {
    try (MappedFile mapped = file.open()) {
      return mapped == null ? null : Module.deserialize(engine, file.artifact(mapped));
    } catch (ResourceLimitException full) {
      return null; // not for want of a good file; compiling it may tell
    } catch (ModuleBytes.UnreadableException e) {
      throw e;
    } catch (IOException | UncheckedIOException | WasmException e) {
      damaged.increment();
      file.delete();
      return null;
    }
  }

  @Override
  public String toString() {
    return "cache in " + directory;
  }
}
