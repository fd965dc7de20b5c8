package dev.tazza.environ.artifact;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.InitialData;
import dev.tazza.environ.InlinedCalls;
import dev.tazza.environ.LocalPlaces;
import dev.tazza.environ.MemoryPages;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.artifact.ElfFile.Section;
import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.module.WasmModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes and reads compiled modules.
 *
 * <pre>
 *   ELF header, table of sections, their names
 *   .tazza.info       checksums, and the {@link Origin}
 *   .tazza.wasm       what of the module is needed without its functions' bodies
 *   .tazza.functions  by function that the module defines: its offset in the text, or -1
 *   .tazza.tramp      offsets of the trampolines by type
 *   .tazza.refs       indexes of the functions that can be references
 *   .tazza.coderefs   indexes of those that code makes references to
 *   .tazza.symbols    function index, offset, size, frame of each piece of the text
 *   .tazza.traps      offset, code
 *   .tazza.addrmap    offset, position in the module
 *   .tazza.inlined    first position, byte offset, function, caller's position of each inlined call
 *   .tazza.calls      return address, place of the record of each call with anything to tell
 *   .tazza.callinfo   their records
 *   .tazza.locals     code from, to, local, kind, value of places where debuggers find locals
 *   .symtab .strtab   the symbols again, for tools
 *   .tazza.data       initial contents of a memory, at a page boundary of the file; or nothing
 *   .text             machine code, at a page boundary of the file and to its end
 * </pre>
 *
 * <p>Four checksums cover the whole file: the first one all up to {@code .tazza.wasm}, the second
 * the tables from there to the data, the others data and text.
 *
 * <p>In {@code .tazza.data} is the data of one memory as it will be there ({@link InitialData}),
 * for those who can map it. The module's segments do not have it.
 *
 * <p>Tables of numbers are stored by columns, as they are in memory: reading one copies blocks and
 * looks at no row. Those that tell what a pc means wait until somebody asks.
 */
public final class Artifact {
  // The numbers of the sections, in the order of the file.
  static final int INFO = ElfFile.FIRST;
  static final int WASM = INFO + 1;
  static final int FUNCTIONS = INFO + 2;
  static final int TRAMPOLINES = INFO + 3;
  static final int REFERENCES = INFO + 4;
  static final int CODE_REFERENCES = INFO + 5;
  static final int SYMBOLS = INFO + 6;
  static final int TRAPS = INFO + 7;
  static final int ADDRESSES = INFO + 8;
  static final int INLINED = INFO + 9;
  static final int CALLS = INFO + 10;
  static final int CALL_RECORDS = INFO + 11;
  static final int LOCALS = INFO + 12;
  private static final int STRTAB = INFO + 14;
  static final int DATA = INFO + 15;
  static final int TEXT = INFO + 16;

  /** How many they are. */
  static final int SECTIONS = 17;

  // Offsets in .tazza.info. The first three are the same in all versions of Tazza.
  static final int LAYOUTS = 0;
  static final int VERSION = 8;
  static final int HEAD_CHECKSUM = 24;
  static final int TABLES_CHECKSUM = 28;
  static final int TEXT_CHECKSUM = 32;
  static final int CPU_FEATURES_SIZE = 36;
  static final int GENERATOR = 40;
  static final int FEATURES = 48;
  static final int OPTIONS = 56;
  static final int DATA_CHECKSUM = OPTIONS + 8 * Tunable.count();
  static final int DATA_MEMORY = DATA_CHECKSUM + 4;
  static final int DATA_OFFSET = DATA_CHECKSUM + 8;
  static final int CPU_FEATURES = DATA_CHECKSUM + 16;

  /** Bytes of the version, with zeros behind it. */
  static final int VERSION_SIZE = HEAD_CHECKSUM - VERSION;

  /** Where tools show the text; for no particular reason. */
  private static final int TEXT_ADDRESS = 4096;

  static final int PAGE = MemoryPages.PAGE;

  private Artifact() {}

  /** Whether a file that begins with these bytes, at least four, begins like an artifact. */
  public static boolean isArtifact(byte[] start) {
    return start.length >= 4
        && start[0] == 0x7f
        && start[1] == 'E'
        && start[2] == 'L'
        && start[3] == 'F';
  }

  /**
   * The file.
   *
   * @param module what {@link CompiledModule#withoutBodies} gives
   * @param machine ELF's number for the instruction set
   * @param origin what made it, which has to fit the engine that reads it
   */
  public static byte[] write(CompiledModule module, int machine, Origin origin) {
    CodeTables tables = module.tables();
    InlinedCalls inlined = tables.inlined();
    InitialData data = module.data();
    byte[] info = info(origin);
    ByteBuffer.wrap(info)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(DATA_MEMORY, data == null ? 0 : data.memory())
        .putLong(DATA_OFFSET, data == null ? 0 : data.offset());
    byte[][] forTools = SymbolTable.of(tables.symbols(), TEXT, TEXT_ADDRESS);
    byte[] file =
        ElfFile.write(
            machine,
            List.of(
                Section.data(".tazza.info", info),
                Section.data(".tazza.wasm", module.module().bytes()),
                Section.data(".tazza.functions", columns(functions(module))),
                Section.data(".tazza.tramp", trampolines(module)),
                Section.data(".tazza.refs", columns(module.references().functions())),
                Section.data(".tazza.coderefs", columns(module.codeReferences())),
                Section.data(".tazza.symbols", symbols(tables.symbols())),
                Section.data(".tazza.traps", columns(tables.trapOffsets(), tables.trapCodes())),
                Section.data(".tazza.addrmap", columns(tables.locOffsets(), tables.locs())),
                Section.data(
                    ".tazza.inlined",
                    columns(
                        inlined.bases(), inlined.starts(), inlined.functions(), inlined.callers())),
                Section.data(
                    ".tazza.calls", columns(tables.sites().offsets(), tables.sites().records())),
                Section.data(".tazza.callinfo", columns(tables.sites().data())),
                Section.data(".tazza.locals", locals(tables.locals())),
                new Section(".symtab", ElfFile.SYMTAB, 0, 8, 0, STRTAB, forTools[0]),
                new Section(".strtab", ElfFile.STRTAB, 0, 1, 0, 0, forTools[1]),
                new Section(
                    ".tazza.data",
                    ElfFile.PROGBITS,
                    0,
                    PAGE,
                    0,
                    0,
                    data == null ? new byte[0] : data.bytes()),
                new Section(
                    ".text",
                    ElfFile.PROGBITS,
                    ElfFile.ALLOC_EXEC,
                    PAGE,
                    TEXT_ADDRESS,
                    0,
                    module.text().bytes())));
    writeChecksums(file);
    return file;
  }

  /** Puts the right checksums into a file. */
  static void writeChecksums(byte[] file) {
    ByteBuffer out = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    ElfFile elf = new ElfFile(out);
    int info = (int) elf.offset(INFO);
    int tables = (int) elf.offset(WASM);
    int data = (int) elf.offset(DATA);
    int text = (int) elf.offset(TEXT);
    out.putInt(info + HEAD_CHECKSUM, 0);
    out.putInt(info + TABLES_CHECKSUM, checksum(file, tables, data));
    out.putInt(info + DATA_CHECKSUM, checksum(file, data, text));
    out.putInt(info + TEXT_CHECKSUM, checksum(file, text, file.length));
    out.putInt(info + HEAD_CHECKSUM, checksum(file, 0, tables));
  }

  /** A checksum of all that decides whether an artifact fits: artifacts of another do not. */
  public static long fingerprint(Origin origin) {
    byte[] info = info(origin);
    return Integer.toUnsignedLong(checksum(info, 0, info.length));
  }

  static int checksum(ByteBuffer bytes) {
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    return (int) checksum.getValue();
  }

  /** CRC-32: of the JVM's checksums the one that even the interpreter does by machine code. */
  static int checksum(byte[] bytes, int from, int to) {
    CRC32 checksum = new CRC32();
    checksum.update(bytes, from, to - from);
    return (int) checksum.getValue();
  }

  /**
   * The module in a file. Its text is still unread then: it can be written to one place once, while
   * {@code in} is open; that throws an {@link UncheckedIOException} when it cannot be read, and an
   * {@link ArtifactException} when it is damaged.
   *
   * @param in the file, from its start; nothing but it is in there
   * @param machine ELF's number for the instruction set that it has to be for
   * @param engine what the engine that wants to run it makes itself
   * @throws IOException when it cannot be read
   * @throws ArtifactException when it is damaged, or what made it does not fit the engine
   */
  public static CompiledModule read(InputStream in, int machine, Origin engine) throws IOException {
    return new ArtifactReader(in, machine).read(engine);
  }

  /**
   * The same for a file that is mapped: the text of the module is a {@link CodeText.InFile}, and
   * what is not needed to run it stays in the file.
   */
  public static CompiledModule read(MappedArtifact file, int machine, Origin engine) {
    return new ArtifactReader(new MappedStart(file.bytes()), machine).read(engine, file);
  }

  // Contents.

  /** Without the checksums. */
  private static byte[] info(Origin origin) {
    byte[] tazza = Arrays.copyOf(origin.tazza().getBytes(US_ASCII), VERSION_SIZE);
    String text = origin.version().text();
    byte[] version = text == null ? new byte[0] : text.getBytes(UTF_8);
    byte[] cpuFeatures = String.join(" ", origin.cpuFeatures()).getBytes(US_ASCII);
    ByteBuffer out =
        ByteBuffer.allocate(CPU_FEATURES + cpuFeatures.length + version.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(origin.layouts()).put(tazza);
    out.putInt(CPU_FEATURES_SIZE, cpuFeatures.length).position(GENERATOR);
    out.putLong(origin.generator()).putLong(origin.features().bits());
    origin.tunables().write(out);
    return out.position(CPU_FEATURES).put(cpuFeatures).put(version).array();
  }

  private static int[] functions(CompiledModule compiled) {
    WasmModule module = compiled.module();
    int[] offsets = new int[module.definedFunctionCount()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = compiled.functionOffset(module.importedFunctionCount() + i);
    }
    return offsets;
  }

  private static byte[] symbols(CodeSymbol[] symbols) {
    int[][] columns = new int[5][symbols.length];
    for (int i = 0; i < symbols.length; i++) {
      columns[0][i] = symbols[i].functionIndex();
      columns[1][i] = symbols[i].offset();
      columns[2][i] = symbols[i].size();
      columns[3][i] = symbols[i].frame();
      columns[4][i] = symbols[i].homes();
    }
    return columns(columns);
  }

  private static byte[] locals(LocalPlaces locals) {
    return columns(
        locals.from(), locals.to(), locals.local(), locals.kind(), locals.low(), locals.high());
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
}
