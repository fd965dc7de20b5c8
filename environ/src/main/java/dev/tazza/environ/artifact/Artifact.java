package dev.tazza.environ.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.FunctionReferences;
import dev.tazza.environ.InlinedCalls;
import dev.tazza.environ.Tunables;
import dev.tazza.environ.artifact.ElfFile.Section;
import dev.tazza.wasm.binary.ModuleDecoder;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.module.WasmModule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Writes and reads compiled modules.
 *
 * <pre>
 *   .text           machine code, at a page boundary of the file
 *   .tazza.info     format version, identity of compiler and options, checksum of the sections below and of the text
 *   .tazza.wasm     the module
 *   .tazza.symbols  function index, offset, size of each piece of the text
 *   .tazza.tramp    offsets of the trampolines by type
 *   .tazza.traps    offset, code
 *   .tazza.addrmap  offset, position in the module
 *   .tazza.inlined  first position, byte offset, function, caller's position of each inlined call
 *   .symtab .strtab the symbols again, for tools
 * </pre>
 *
 * <p>Tables of numbers are stored by columns, as they are in memory: reading one copies blocks and
 * looks at no row.
 */
public final class Artifact {
  /** ELF's number for x86-64. */
  private static final int X86_64 = 62;

  /** Changes with anything that compiled code and runtime must agree on. */
  private static final int FORMAT_VERSION = 3;

  private static final int TEXT_SECTION = 1;
  private static final int PAGE = 4096;

  private static final String TEXT = ".text";
  private static final String INFO = ".tazza.info";
  private static final String WASM = ".tazza.wasm";
  private static final String SYMBOLS = ".tazza.symbols";
  private static final String TRAMPOLINES = ".tazza.tramp";
  private static final String TRAPS = ".tazza.traps";
  private static final String ADDRESSES = ".tazza.addrmap";
  private static final String INLINED = ".tazza.inlined";

  /** The sections that the checksum covers, in this order. */
  private static final String[] CHECKED = {
    TEXT, WASM, SYMBOLS, TRAMPOLINES, TRAPS, ADDRESSES, INLINED
  };

  private Artifact() {}

  /** Whether a file begins like an artifact. */
  public static boolean isArtifact(byte[] file) {
    return file.length >= 4
        && file[0] == 0x7f
        && file[1] == 'E'
        && file[2] == 'L'
        && file[3] == 'F';
  }

  /**
   * The file.
   *
   * @param identity version of the engine and settings of its compiler: what must be the same when
   *     it is read
   */
  public static byte[] write(CompiledModule module, String identity) {
    CodeTables tables = module.tables();
    List<Section> sections = new ArrayList<>();
    sections.add(new Section(TEXT, ElfFile.PROGBITS, ElfFile.ALLOC_EXEC, PAGE, "", module.text()));
    sections.add(Section.data(WASM, module.module().bytes()));
    sections.add(Section.data(SYMBOLS, symbols(module.symbols())));
    sections.add(Section.data(TRAMPOLINES, trampolines(module)));
    sections.add(Section.data(TRAPS, columns(tables.trapOffsets(), tables.trapCodes())));
    sections.add(Section.data(ADDRESSES, columns(tables.locOffsets(), tables.locs())));
    InlinedCalls inlined = tables.inlined();
    sections.add(
        Section.data(
            INLINED,
            columns(inlined.bases(), inlined.starts(), inlined.functions(), inlined.callers())));
    CRC32C checksum = new CRC32C();
    for (Section section : sections) {
      checksum.update(section.content());
    }
    sections.add(Section.data(INFO, info(module.tunables(), identity, checksum.getValue())));
    byte[][] forTools = SymbolTable.of(module.symbols(), TEXT_SECTION, PAGE);
    sections.add(new Section(".symtab", ElfFile.SYMTAB, 0, 8, ".strtab", forTools[0]));
    sections.add(new Section(".strtab", ElfFile.STRTAB, 0, 1, "", forTools[1]));
    return ElfFile.write(X86_64, sections);
  }

  /**
   * The module in a file.
   *
   * @param tunables those of the engine that wants to run it
   * @param identity as in {@link #write}
   * @throws ArtifactException when it is damaged or was made by another version or with other
   *     settings
   */
  public static CompiledModule read(byte[] file, Tunables tunables, String identity) {
    Map<String, ByteBuffer> sections = ElfFile.read(file, X86_64);
    Fields info = new Fields(section(sections, INFO));
    if (info.int32() != FORMAT_VERSION) {
      throw new ArtifactException("the artifact has another format version; compile it again");
    }
    long expected = info.int64();
    check(sections, expected);
    String actual = info.string();
    if (!actual.equals(identity)) {
      throw new ArtifactException(
          "the artifact was made by \"%s\", but this is \"%s\"; compile it again"
              .formatted(actual, identity));
    }
    if (!info.tunables().equals(tunables)) {
      throw new ArtifactException(
          "the artifact was compiled with other memory options than this engine has");
    }
    return module(sections, tunables);
  }

  private static void check(Map<String, ByteBuffer> sections, long expected) {
    CRC32C checksum = new CRC32C();
    for (String name : CHECKED) {
      checksum.update(section(sections, name).duplicate());
    }
    if (checksum.getValue() != expected) {
      throw new ArtifactException("damaged artifact: the checksum does not match");
    }
  }

  private static CompiledModule module(Map<String, ByteBuffer> sections, Tunables tunables) {
    byte[] text = bytes(section(sections, TEXT));
    WasmModule module = ModuleDecoder.decode(bytes(section(sections, WASM)), ModuleLimits.DEFAULT);
    int[][] traps = columns(section(sections, TRAPS), 2);
    int[][] locs = columns(section(sections, ADDRESSES), 2);
    int[][] trampolines = columns(section(sections, TRAMPOLINES), 2);
    int[][] symbols = columns(section(sections, SYMBOLS), 3);
    if (trampolines[0].length != module.typeCount()) {
      throw new ArtifactException("damaged artifact: tables do not fit the module");
    }
    checkOffsets(trampolines[0], -1, text.length);
    checkOffsets(trampolines[1], -1, text.length);
    checkOffsets(symbols[1], 0, text.length);
    CompiledModule compiled =
        new CompiledModule(
            module,
            tunables,
            text,
            codeSymbols(symbols, module),
            trampolines[0],
            trampolines[1],
            new CodeTables(
                traps[0], traps[1], locs[0], locs[1], inlined(section(sections, INLINED), module)));
    checkReferences(compiled);
    return compiled;
  }

  /** Each call's own position must come after its caller's, so that following callers ends. */
  private static InlinedCalls inlined(ByteBuffer section, WasmModule module) {
    int[][] rows = columns(section, 4);
    InlinedCalls calls = new InlinedCalls(rows[0], rows[1], rows[2], rows[3]);
    for (int i = 0; i < rows[0].length; i++) {
      int function = calls.functions()[i];
      if (calls.bases()[i] < 0
          || i > 0 && calls.bases()[i] < calls.bases()[i - 1]
          || calls.callers()[i] >= calls.bases()[i]
          || function < module.importedFunctionCount()
          || function >= module.functionCount()) {
        throw new ArtifactException("damaged artifact: an inlined call that cannot be");
      }
    }
    return calls;
  }

  /** What can be a reference must have code. */
  private static void checkReferences(CompiledModule compiled) {
    FunctionReferences references = compiled.references();
    for (int i = 0; i < references.count(); i++) {
      int function = references.function(i);
      if (function >= compiled.module().importedFunctionCount()
          && compiled.functionOffset(function) < 0) {
        throw new ArtifactException("damaged artifact: function " + function + " has no code");
      }
    }
  }

  private static void checkOffsets(int[] offsets, int least, int length) {
    for (int offset : offsets) {
      if (offset < least || offset >= length) {
        throw new ArtifactException("damaged artifact: an offset is outside of the text");
      }
    }
  }

  private static CodeSymbol[] codeSymbols(int[][] rows, WasmModule module) {
    CodeSymbol[] symbols = new CodeSymbol[rows[0].length];
    for (int i = 0; i < symbols.length; i++) {
      int function = rows[0][i];
      if (function >= module.functionCount()) {
        throw new ArtifactException("damaged artifact: no function " + function);
      }
      symbols[i] = new CodeSymbol(null, function, rows[1][i], rows[2][i]);
    }
    return symbols;
  }

  private static ByteBuffer section(Map<String, ByteBuffer> sections, String name) {
    ByteBuffer section = sections.get(name);
    if (section == null) {
      throw new ArtifactException("not an artifact of Tazza: there is no section " + name);
    }
    return section;
  }

  private static byte[] bytes(ByteBuffer section) {
    byte[] bytes = new byte[section.capacity()];
    section.get(0, bytes);
    return bytes;
  }

  // Contents.

  private static byte[] info(Tunables tunables, String identity, long checksum) {
    byte[] name = identity.getBytes(UTF_8);
    ByteBuffer out = ByteBuffer.allocate(64 + name.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(FORMAT_VERSION).putLong(checksum);
    out.putInt(name.length).put(name);
    out.putLong(tunables.staticMemoryMaximumSize()).putInt(tunables.staticMemoryForced() ? 1 : 0);
    out.putLong(tunables.staticMemoryGuardSize()).putLong(tunables.dynamicMemoryGuardSize());
    out.putInt(tunables.generateAddressMap() ? 1 : 0);
    return Arrays.copyOf(out.array(), out.position());
  }

  /** Reads the fields of a section in order; running past its end is damage. */
  private record Fields(ByteBuffer in) {
    int int32() {
      return need(4).getInt();
    }

    long int64() {
      return need(8).getLong();
    }

    String string() {
      int length = int32();
      byte[] bytes = new byte[length < 0 || length > in.remaining() ? 0 : length];
      need(length).get(bytes);
      return new String(bytes, UTF_8);
    }

    Tunables tunables() {
      return new Tunables(int64(), int32() != 0, int64(), int64(), int32() != 0);
    }

    private ByteBuffer need(int bytes) {
      if (bytes < 0 || in.remaining() < bytes) {
        throw new ArtifactException("damaged artifact: section " + INFO + " is too short");
      }
      return in;
    }
  }

  private static byte[] symbols(CodeSymbol[] symbols) {
    int[][] columns = new int[3][symbols.length];
    for (int i = 0; i < symbols.length; i++) {
      columns[0][i] = symbols[i].functionIndex();
      columns[1][i] = symbols[i].offset();
      columns[2][i] = symbols[i].size();
    }
    return columns(columns);
  }

  private static byte[] trampolines(CompiledModule module) {
    int types = module.module().typeCount();
    int[] entries = new int[types];
    int[] exits = new int[types];
    for (int i = 0; i < types; i++) {
      entries[i] = module.entryTrampoline(i);
      exits[i] = module.exitTrampoline(i);
    }
    return columns(entries, exits);
  }

  private static byte[] columns(int[]... columns) {
    int rows = columns[0].length;
    ByteBuffer out = ByteBuffer.allocate(4 * columns.length * rows).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < columns.length; i++) {
      out.position(4 * rows * i).asIntBuffer().put(columns[i]);
    }
    return out.array();
  }

  private static int[][] columns(ByteBuffer section, int count) {
    int rows = section.capacity() / (4 * count);
    int[][] columns = new int[count][rows];
    for (int i = 0; i < count; i++) {
      section
          .slice(4 * rows * i, 4 * rows)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asIntBuffer()
          .get(columns[i]);
    }
    return columns;
  }
}
