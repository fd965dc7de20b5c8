package dev.tazza;

import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.FunctionReferences;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.artifact.Artifact;
import dev.tazza.environ.artifact.MappedArtifact;
import dev.tazza.translate.SandboxCheck;
import dev.tazza.vm.debug.DebugImage;
import dev.tazza.vm.debug.Debuggers;
import dev.tazza.vm.event.CompileEvent;
import dev.tazza.vm.event.Recording;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.vm.instance.Reclaimer;
import dev.tazza.vm.isa.Processor;
import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.ExternalDebugInfo;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.module.Export;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.ExportType;
import dev.tazza.wasm.type.ImportType;
import dev.tazza.wasm.validate.ModuleValidator;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A compiled module. Thread-safe; any number of stores can have instances of it, and keep what they
 * need of it when it is closed.
 */
public final class Module implements AutoCloseable {
  private static final byte[] MAGIC = {0, 'a', 's', 'm'};

  /** Where the binary format has the layer: 0 for modules, 1 for components. */
  private static final int LAYER = 6;

  private final Engine engine;
  private final LoadedModule loaded;
  private final Reclaimer.Handle reclaimed;
  private volatile boolean closed; // set by who holds this

  private Module(Engine engine, LoadedModule loaded) {
    this.engine = engine;
    this.loaded = loaded;
    this.reclaimed = engine.reclaimer().register(this, "a module", loaded::close);
  }

  /**
   * Compiles a module.
   *
   * @param module the binary format, or the text format in UTF-8; not to be changed meanwhile, and
   *     not needed afterwards
   * @throws WasmException when it is malformed, invalid or beyond a limit
   * @throws UnsupportedOperationException when it uses a feature that cannot be compiled yet
   */
  public static Module compile(Engine engine, byte[] module) {
    engine.checkOpen();
    Objects.requireNonNull(module, "module");
    Cache cache = engine.config().cache();
    return cache != null ? cache.compile(engine, module) : compileAnew(engine, module);
  }

  /** The same without a cache. */
  static Module compileAnew(Engine engine, byte[] module) {
    if (!Recording.isOn()) {
      return compileQuietly(engine, module);
    }
    CompileEvent event = CompileEvent.start();
    Module compiled = compileQuietly(engine, module);
    event.done(compiled.loaded, module.length);
    return compiled;
  }

  private static Module compileQuietly(Engine engine, byte[] module) {
    return load(engine, compiled(engine, module));
  }

  private static CompiledModule compiled(Engine engine, byte[] module) {
    requireModule(module);
    WasmModule decoded = ModuleReader.read(module, engine.config().features());
    return engine.compiler().modules().compile(decoded).withoutBodies();
  }

  /** {@link Engine#precompileModule}. */
  static byte[] precompile(Engine engine, byte[] module) {
    engine.checkOpen();
    return artifact(engine, compiled(engine, module));
  }

  private static byte[] artifact(Engine engine, CompiledModule compiled) {
    return Artifact.write(compiled, Processor.host().elfMachine(), engine.origin());
  }

  private static void requireModule(byte[] bytes) {
    if (detect(bytes) == ModuleKind.ARTIFACT) {
      throw new MalformedException("a precompiled module; Module.deserialize loads it", 0);
    }
    if (bytes.length > 1 && bytes[0] == 0x1F && bytes[1] == (byte) 0x8B) {
      throw new MalformedException("compressed by gzip; a module was expected", 0);
    }
    if (bytes.length > 0 && isNeitherFormat(bytes[0])) {
      throw new MalformedException(
          "neither a binary module, which begins with \\0asm, nor text", 0);
    }
  }

  /** Whether no text that is a module begins so, and the binary format does not either. */
  private static boolean isNeitherFormat(byte first) {
    boolean isSpace = first == ' ' || first == '\t' || first == '\n' || first == '\r';
    return first != 0 && first < ' ' && !isSpace; // what is not ASCII is negative
  }

  /**
   * Compiles a module in the text format.
   *
   * @throws WasmException when it is malformed, invalid or beyond a limit
   */
  public static Module compile(Engine engine, String text) {
    if (text.indexOf('(') < 0 && (text.endsWith(".wasm") || text.endsWith(".wat"))) {
      throw new MalformedException(
          "'" + text + "' is a path; Module.compile(engine, Path.of(…)) reads a file", 0);
    }
    return compile(engine, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Compiles a module from a file, in either format; otherwise as {@link #compile(Engine, byte[])}.
   * If something of the engine's configuration wants debug information, and it is in a file of its
   * own in the same folder, it is read from there; see {@link #withDebugInfoBeside}.
   */
  public static Module compile(Engine engine, Path file) throws IOException {
    engine.checkOpen();
    if (engine.wantsDebugInfo()) {
      return compile(engine, withDebugInfoBeside(Files.readAllBytes(file), file));
    }
    Cache cache = engine.config().cache();
    return cache != null
        ? cache.compile(engine, file)
        : compileAnew(engine, Files.readAllBytes(file));
  }

  /**
   * A module with its debug information, if it is in a file of its own that the module names in a
   * section {@code external_debug_info}, as {@code emcc -gseparate-dwarf} writes it, in one for
   * each unit ({@code clang -gsplit-dwarf}), or in a package of these, named as the module with
   * {@code .dwp} behind it or in place of its ending. Because a module may name anything, the first
   * has to be a plain name of a file in the module's folder, and of the others only the last part
   * of the name is taken, as a file there; what cannot be read is left out.
   *
   * @param module in the binary format; others are left as they are
   * @param file where the module is from; need not be there
   */
  public static byte[] withDebugInfoBeside(byte[] module, Path file) {
    return DebugInfoFile.join(module, file.toAbsolutePath());
  }

  /**
   * A module with the debug information (DWARF) of another: of the one it was stripped from, for
   * example. A module that has some itself is left as it is.
   *
   * @param module in the binary format
   * @param debugInfo a module in the binary format, of which nothing else is used
   * @throws dev.tazza.wasm.MalformedException when the sections of {@code debugInfo} are malformed
   */
  public static byte[] withDebugInfo(byte[] module, byte[] debugInfo) {
    Objects.requireNonNull(module, "module");
    Objects.requireNonNull(debugInfo, "debugInfo");
    return ExternalDebugInfo.join(module, debugInfo);
  }

  /** What a file seems to be, by its first bytes: some hundred are enough. */
  public static ModuleKind detect(byte[] bytes) {
    if (Artifact.isArtifact(bytes)) {
      return ModuleKind.ARTIFACT;
    }
    if (bytes.length >= MAGIC.length && Arrays.mismatch(bytes, MAGIC) >= MAGIC.length
        || Arrays.equals(bytes, MAGIC)) {
      boolean isComponent = bytes.length > LAYER && bytes[LAYER] == 1;
      return isComponent ? ModuleKind.COMPONENT : ModuleKind.BINARY;
    }
    return startsText(bytes) ? ModuleKind.TEXT : ModuleKind.UNKNOWN;
  }

  /** Whether the first thing is a parenthesis or a comment. */
  private static boolean startsText(byte[] bytes) {
    for (byte next : bytes) {
      if (!Character.isWhitespace(next)) {
        return next == '(' || next == ';';
      }
    }
    return false;
  }

  /**
   * Checks a module without compiling it.
   *
   * @throws WasmException when it is malformed, invalid or beyond a limit
   */
  public static void validate(Engine engine, byte[] module) {
    ModuleReader.read(module, engine.config().features());
  }

  /**
   * The compiled module as a file that {@link #deserialize} takes: an ELF file with code for this
   * machine. {@code objdump -d} understands it.
   */
  public byte[] serialize() {
    synchronized (this) {
      loaded().retain();
    }
    try {
      return artifact(engine, loaded.compiled());
    } finally {
      loaded.release();
    }
  }

  /**
   * Loads what {@link #serialize} made, without compiling.
   *
   * <p><b>The code in it runs as it is.</b> Checksums find damage, not malice: load only what comes
   * from a place you trust, or use {@link #deserializeVerified}.
   *
   * @throws ArtifactException when it is no artifact, damaged, or was made by another version or
   *     with other options
   */
  public static Module deserialize(Engine engine, byte[] artifact) {
    try {
      return deserialize(engine, new ByteArrayInputStream(artifact));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /**
   * Loads what {@link #serialize} made from a file; otherwise as {@link #deserialize(Engine,
   * byte[])}. Nothing of the module depends on the file any more then.
   */
  public static Module deserialize(Engine engine, Path artifact) throws IOException {
    engine.checkOpen();
    try (InputStream in = Files.newInputStream(artifact)) {
      return deserialize(engine, in);
    }
  }

  /**
   * Loads what {@link #serialize} made from a file, whose pages of code are mapped as they are:
   * processes that load the same file share them, and what is not used is not in memory. So it is
   * with pages of a memory's initial data ({@link Config#forceMemoryInitMemfd}). Otherwise as
   * {@link #deserialize(Engine, byte[])}, to which it falls back where files cannot be mapped.
   *
   * <p><b>Do not change or truncate the file while the module or an instance of it is in use</b>,
   * or the process may end: replace it by another file of the same name.
   */
  public static Module deserializeFile(Engine engine, Path artifact) throws IOException {
    engine.checkOpen();
    if (artifact.getFileSystem() != FileSystems.getDefault()) {
      return deserialize(engine, artifact);
    }
    try (MappedFile file = MappedFile.open(artifact)) {
      return deserialize(engine, file.artifact(0));
    }
  }

  /** Loads an artifact that lies in a file, and stays there. */
  static Module deserialize(Engine engine, MappedArtifact file) {
    try {
      return load(engine, Artifact.read(file, Processor.host().elfMachine(), engine.origin()));
    } catch (ArtifactException refused) {
      throw engine.explain(refused);
    }
  }

  /**
   * Loads what {@link #serialize} made from a stream that has nothing else in it, and is not
   * closed; otherwise as {@link #deserialize(Engine, byte[])}.
   */
  public static Module deserialize(Engine engine, InputStream artifact) throws IOException {
    engine.checkOpen();
    try {
      CompiledModule compiled =
          Artifact.read(artifact, Processor.host().elfMachine(), engine.origin());
      return load(engine, compiled);
    } catch (ArtifactException refused) {
      throw engine.explain(refused);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Loads what {@link #serialize} made after all of it has been verified, so that the file may come
   * from anywhere: the module's declarations are validated, and its code is proved to stay in its
   * sandbox, with the tables that the proof and the runtime rely on, as {@link
   * Config#sandboxVerifier} does for what is compiled. That takes about a tenth of the time of
   * compiling. What a verified module computes may still be anything; its names and the positions
   * in its backtraces, too.
   *
   * @throws ArtifactException also when something could not be verified
   */
  public static Module deserializeVerified(Engine engine, byte[] artifact) {
    engine.checkOpen();
    try {
      InputStream in = new ByteArrayInputStream(artifact);
      CompiledModule unread = Artifact.read(in, Processor.host().elfMachine(), engine.origin());
      CompiledModule compiled = unread.withText(CodeText.of(unread.text().bytes()));
      new ModuleValidator(compiled.module(), engine.config().features(), ModuleLimits.DEFAULT)
          .checkDeclarations();
      requireReferences(compiled);
      String problem = SandboxCheck.problem(compiled);
      if (problem != null) {
        throw new ArtifactException("the code cannot be proved to stay in its sandbox: " + problem);
      }
      return load(engine, compiled);
    } catch (ArtifactException refused) {
      throw engine.explain(refused);
    } catch (WasmException e) {
      throw new ArtifactException("the artifact's module is invalid: " + e.getMessage());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static void requireReferences(CompiledModule compiled) {
    int[] right = FunctionReferences.of(compiled.module()).functions();
    if (!Arrays.equals(right, compiled.references().functions())) {
      throw new ArtifactException("the artifact's function references are not its module's");
    }
  }

  /** The same for a file. */
  public static Module deserializeVerified(Engine engine, Path artifact) throws IOException {
    engine.checkOpen();
    return deserializeVerified(engine, Files.readAllBytes(artifact));
  }

  /**
   * The module in the resources beside a class, as the build put it there: an artifact if there is
   * one that fits this engine and machine, otherwise {@code NAME.wasm} or {@code NAME.wat},
   * compiled. Who can put resources there is trusted: artifacts run as they are.
   *
   * <p>Artifacts are tried in the order in which the lines of {@code NAME.targets} name them, or
   * there is one, {@code NAME.tazza}. Why one was passed over is told to the {@link System.Logger}
   * {@code dev.tazza} at level DEBUG. To be sure that one is used, have an engine that does not
   * compile: {@link Config#enableCompiler}.
   *
   * @param beside the class in whose package they are
   * @param name without extension
   * @throws FileNotFoundException when there is none of them
   * @throws WasmException when it is malformed, invalid or beyond a limit
   * @throws ArtifactException when no artifact fits, and the engine does not compile
   */
  public static Module ofResource(Engine engine, Class<?> beside, String name) throws IOException {
    engine.checkOpen();
    Objects.requireNonNull(name, "name");
    return new ResourceModule(engine, beside, name).load();
  }

  private static Module load(Engine engine, CompiledModule compiled) {
    engine.requireHost();
    LoadedModule loaded = new LoadedModule(compiled, engine.types(), engine.tunables());
    engine.use().mapped(loaded, compiled.text().size());
    engine.profiler().loaded(loaded);
    if (engine.tunables().is(Tunable.DEBUG_INFO)) {
      showToDebuggers(loaded);
    }
    return new Module(engine, loaded);
  }

  private static void showToDebuggers(LoadedModule loaded) {
    try {
      loaded.beforeUnmapping(Debuggers.show(DebugImage.of(loaded)));
    } catch (RuntimeException | Error e) {
      loaded.close();
      throw e;
    }
  }

  /** The name that the module gives itself in its name section, or null. */
  public @Nullable String name() {
    return loaded.module().names().module();
  }

  /** What it needs, in order. */
  public List<ImportType> imports() {
    return loaded.module().imports();
  }

  /** What it offers, in order. */
  public List<ExportType> exports() {
    WasmModule module = loaded.module();
    List<ExportType> types = new ArrayList<>();
    for (Export export : module.exports()) {
      types.add(new ExportType(export.name(), module.exportedType(export)));
    }
    return types;
  }

  public Engine engine() {
    return engine;
  }

  /** What compilation produced, for tools; its arrays are not to be modified. */
  public CompiledModule compiled() {
    return loaded().compiled();
  }

  LoadedModule loaded() {
    if (closed) {
      throw new IllegalStateException("the module is closed");
    }
    return loaded;
  }

  /** Frees the code as soon as no store has an instance of the module any more. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      loaded.close();
    } finally {
      reclaimed.close();
    }
  }

  @Override
  public String toString() {
    String name = name();
    return "module " + (name == null ? "without name" : name);
  }
}
