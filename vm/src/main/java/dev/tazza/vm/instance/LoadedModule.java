package dev.tazza.vm.instance;

import dev.tazza.environ.CodeMap;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.Tunables;
import dev.tazza.vm.code.CodeBlock;
import dev.tazza.vm.code.CodeRange;
import dev.tazza.vm.concurrent.UseCount;
import dev.tazza.wasm.module.Export;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.TypeRenumbering;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A compiled module whose code is mapped. Counts its users, its owner, the module object of the
 * API, and the instances of it: with the last its code, its images and its use of types go away.
 * Thread-safe.
 */
public final class LoadedModule implements MappedCode, AutoCloseable {
  private final CompiledModule compiled;
  private final TypeRegistry types;
  private final Tunables tunables;
  private final @Nullable ModuleData data;
  private final CodeBlock block;
  private final int[] typeIds;
  private final TypeRenumbering renumbering;

  /** Where functions of a type are entered: the type's number and the offset, sorted. */
  private final long[] entries;

  private volatile @Nullable InstanceTemplate template;
  private volatile @Nullable Map<String, Export> exports;
  private final UseCount users = new UseCount();

  /** What is done before the code goes; guarded by this. */
  private final List<Runnable> farewells = new ArrayList<>();

  /**
   * Maps the code: that of a file as it is there, other code writable first, then executable.
   * {@link #compiled} has it in its mapping only: nothing else of {@code compiled} keeps it. So it
   * is with initial data.
   *
   * @param tunables say how its memories get their initial contents
   */
  public LoadedModule(CompiledModule compiled, TypeRegistry types, Tunables tunables) {
    this.types = types;
    this.tunables = tunables;
    block = map(compiled.text());
    ModuleData initial = null;
    try {
      initial = ModuleData.of(compiled, tunables);
      this.compiled = compiled.with(new MappedText(block, compiled.text().size()), initial);
      typeIds = types.acquire(compiled.module());
    } catch (RuntimeException | Error e) {
      block.close();
      if (initial != null) {
        initial.close();
      }
      throw e;
    }
    data = initial;
    renumbering = new TypeRenumbering(typeIds);
    entries = entries();
  }

  private CodeBlock map(CodeText text) {
    if (text instanceof CodeText.InFile file) {
      CodeBlock mapped =
          CodeRange.process().map(file.descriptor(), file.offset(), file.size(), this);
      if (mapped != null) {
        return ready(mapped, file::check);
      }
    }
    CodeBlock copy = CodeRange.process().allocate(text.size(), this);
    return ready(
        copy,
        () -> {
          text.writeTo(new MappedText(copy, text.size()));
          copy.publish();
        });
  }

  /** The block, when what is missing has been done. */
  private static CodeBlock ready(CodeBlock block, Runnable missing) {
    try {
      missing.run();
      return block;
    } catch (RuntimeException | Error e) {
      block.close();
      throw e;
    }
  }

  private long[] entries() {
    long[] result = new long[typeIds.length];
    int count = 0;
    for (int i = 0; i < typeIds.length; i++) {
      if (compiled.entryTrampoline(i) >= 0) {
        result[count++] = (long) typeIds[i] << 32 | compiled.entryTrampoline(i);
      }
    }
    result = Arrays.copyOf(result, count);
    Arrays.sort(result);
    return result;
  }

  /** Initial contents of a memory that the module's segments do not have. */
  @Nullable ModuleData data() {
    return data;
  }

  Tunables tunables() {
    return tunables;
  }

  public CompiledModule compiled() {
    return compiled;
  }

  public WasmModule module() {
    return compiled.module();
  }

  @Override
  public long address() {
    return block.address();
  }

  @Override
  public CodeMap codeMap() {
    return compiled.codeMap();
  }

  /** Engine-wide number of the module's type {@code typeIndex}. */
  int typeId(int typeIndex) {
    return typeIds[typeIndex];
  }

  /** A type of the module with engine-wide numbers instead of type indexes. */
  GlobalType numbered(GlobalType type) {
    return renumbering.apply(type);
  }

  /** A type of the module with engine-wide numbers instead of type indexes. */
  TableType numbered(TableType type) {
    return renumbering.apply(type);
  }

  /**
   * Whether a host function of a type may be imported as type {@code typeIndex}. Types of host
   * functions refer to no other types, are final and have no supertype.
   */
  boolean acceptsHost(int typeIndex, FuncType type) {
    return acceptsHost(module(), typeIndex, type);
  }

  /** The same, of a module that need not be loaded. */
  public static boolean acceptsHost(WasmModule module, int typeIndex, FuncType type) {
    return module.subType(typeIndex).isPlain()
        && module.isAlone(typeIndex)
        && type.equals(module.funcTypeAt(typeIndex));
  }

  /** Code address of a function that the module defines. */
  long functionAddress(int functionIndex) {
    return block.address() + compiled.functionOffset(functionIndex);
  }

  /** Address of the code that stands for an imported host function of the type. */
  long exitTrampoline(int typeIndex) {
    return block.address() + compiled.exitTrampoline(typeIndex);
  }

  /** Address of the code through which its instances import other instances' functions. */
  long importedTrampoline(int typeIndex) {
    return types.importedTrampoline(typeIds[typeIndex]);
  }

  /**
   * Address of the trampoline that enters functions of the type with number {@code typeId}, or 0
   * when the module has none.
   */
  long entryTrampoline(int typeId) {
    long from = (long) typeId << 32;
    int found = Arrays.binarySearch(entries, from);
    int at = found < 0 ? -found - 1 : found;
    boolean exists = at < entries.length && entries[at] >>> 32 == typeId;
    return exists ? block.address() + (int) entries[at] : 0;
  }

  /** The export with this name, or null. */
  @Nullable Export export(String name) {
    Map<String, Export> known = exports;
    return (known == null ? findExports() : known).get(name);
  }

  /** By whoever comes first, or by several at once to the same end. */
  private Map<String, Export> findExports() {
    Map<String, Export> byName = new HashMap<>();
    for (Export export : module().exports()) {
      byName.put(export.name(), export);
    }
    exports = byName;
    return byName;
  }

  /** What its instances begin with. Made for the first one. For users. */
  InstanceTemplate template() {
    InstanceTemplate known = template;
    return known != null ? known : makeTemplate();
  }

  private synchronized InstanceTemplate makeTemplate() {
    InstanceTemplate known = template;
    if (known == null) {
      known = new InstanceTemplate(this);
      template = known;
    }
    return known;
  }

  /** The piece of code that the pc is in. */
  public @Nullable CodeSymbol symbolAt(long pc) {
    return compiled.codeMap().symbolAt((int) (pc - block.address()));
  }

  /** Has something done before the code is unmapped. It must not throw. */
  public synchronized void beforeUnmapping(Runnable farewell) {
    farewells.add(farewell);
  }

  /**
   * Adds a user, as long as whom the code stays mapped.
   *
   * @throws IllegalStateException when there is none left
   */
  public void retain() {
    if (!users.retain()) {
      throw new IllegalStateException("the module is closed");
    }
  }

  /** Drops a user; the last one unmaps the code. */
  public void release() {
    if (users.release()) {
      unmap();
    }
  }

  /** Drops the owner. Once only. */
  @Override
  public void close() {
    if (users.disown()) {
      unmap();
    }
  }

  private synchronized void unmap() {
    InstanceTemplate made = template;
    try {
      farewells.forEach(Runnable::run);
      block.close();
    } finally {
      try {
        if (made != null) {
          made.close();
        }
        if (data != null) {
          data.close();
        }
      } finally {
        types.release(module(), typeIds);
      }
    }
  }
}
