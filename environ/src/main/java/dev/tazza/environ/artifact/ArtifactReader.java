package dev.tazza.environ.artifact;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.FileData;
import dev.tazza.environ.FunctionReferences;
import dev.tazza.environ.MemoryPages;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.binary.ModuleSkeleton;
import dev.tazza.wasm.module.WasmModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an artifact from its start to its end: the head, whose checksum vouches for all sizes; the
 * tables; the text.
 */
final class ArtifactReader {
  /** The most that is read at once: more would have the JDK allocate a buffer of that size. */
  static final int PIECE = 1 << 16;

  /** More than the names of sections and the identity of a compiler take. */
  private static final int LARGEST_HEAD = 1 << 14;

  private final InputStream in;
  private final int machine;

  /** {@code machine} is ELF's number for the instruction set that the text has to be for. */
  ArtifactReader(InputStream in, int machine) {
    this.in = in;
    this.machine = machine;
  }

  /** The module in a stream. */
  CompiledModule read(Origin engine) throws IOException {
    Plan plan = plan(engine);
    byte[] bytes = new byte[plan.data - plan.tables];
    fill(bytes, 0);
    checkSum(plan.checksum(Artifact.TABLES_CHECKSUM), Artifact.checksum(bytes, 0, bytes.length));
    FileData data = plan.fileData(-1, 0);
    MemoryPages pages = pages(plan.text - plan.data, plan.checksum(Artifact.DATA_CHECKSUM), data);
    UnreadText unread = new UnreadText(in, plan.textSize, plan.checksum(Artifact.TEXT_CHECKSUM));
    StoredColumns sections = new StoredColumns(plan.elf, ByteBuffer.wrap(bytes), plan.tables);
    return module(sections, engine.tunables(), unread, data, pages);
  }

  /** The module in a mapped file, of which the stream is the start. */
  CompiledModule read(Origin engine, MappedArtifact file) {
    Plan plan;
    try {
      plan = plan(engine);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    ByteBuffer bytes = file.bytes();
    if (bytes.capacity() - plan.text < plan.textSize) {
      throw damaged("it was cut short");
    }
    if (bytes.capacity() - plan.text > plan.textSize) {
      throw damaged("there is something behind its end");
    }
    ByteBuffer tables = bytes.slice(plan.tables, plan.data - plan.tables);
    checkSum(plan.checksum(Artifact.TABLES_CHECKSUM), Artifact.checksum(tables.duplicate()));
    FileData data = plan.fileData(file.descriptor(), file.offset());
    CodeText text =
        new MappedFileText(
            bytes.slice(plan.text, plan.textSize),
            plan.checksum(Artifact.TEXT_CHECKSUM),
            file.descriptor(),
            file.offset() + plan.text,
            data);
    StoredColumns sections = new StoredColumns(plan.elf, tables, plan.tables);
    return module(sections, engine.tunables(), text, data, null);
  }

  /** Where the parts of an artifact begin, as its head says; they are in this order. */
  private record Plan(
      ByteBuffer head, ElfFile elf, int info, int tables, int data, int text, int textSize) {
    int checksum(int which) {
      return head.getInt(info + which);
    }

    /**
     * The data that can be mapped; that it is in its memory, {@link ArtifactReader#module} checks.
     */
    @Nullable FileData fileData(int descriptor, long base) {
      long offset = elf.offset(Artifact.DATA);
      long size = elf.size(Artifact.DATA);
      if (offset % Artifact.PAGE != 0 || offset + size != text) {
        throw damaged("the data is not as long as it should be");
      }
      return size == 0
          ? null
          : new FileData(
              descriptor,
              base + offset,
              size,
              head.getLong(info + Artifact.DATA_OFFSET),
              head.getInt(info + Artifact.DATA_MEMORY),
              checksum(Artifact.DATA_CHECKSUM));
    }
  }

  private Plan plan(Origin engine) throws IOException {
    ByteBuffer head = head(engine);
    ElfFile elf = new ElfFile(head);
    int info = (int) elf.offset(Artifact.INFO);
    engine.requireFits(origin(head, info, (int) elf.size(Artifact.INFO), engine));
    long data = elf.offset(Artifact.DATA);
    long text = elf.offset(Artifact.TEXT);
    long size = elf.size(Artifact.TEXT);
    if (data < head.capacity() || text < data || text > Integer.MAX_VALUE) {
      throw damaged("the data is outside of the file");
    }
    if (size < 0 || size > Integer.MAX_VALUE) {
      throw damaged("the text is outside of the file");
    }
    return new Plan(head, elf, info, head.capacity(), (int) data, (int) text, (int) size);
  }

  /** Reads the data, with what may stand in front of it. */
  private @Nullable MemoryPages pages(int size, int checksum, @Nullable FileData data)
      throws IOException {
    byte[] bytes = new byte[size];
    fill(bytes, 0);
    checkSum(checksum, Artifact.checksum(bytes, 0, size));
    if (data == null) {
      return null;
    }
    int gap = (int) (size - data.size());
    byte[] pages = gap == 0 ? bytes : Arrays.copyOfRange(bytes, gap, size);
    return new MemoryPages(data.memory(), data.memoryOffset(), pages);
  }

  private static void checkData(FileData data, WasmModule module) {
    int memory = data.memory();
    boolean exists = memory >= module.importedMemoryCount() && memory < module.memoryCount();
    long offset = data.memoryOffset();
    if (!exists
        || offset < 0
        || offset % Artifact.PAGE != 0
        || offset > Tunables.minimumBytes(module.memory(memory)) - data.size()) {
      throw damaged("the data does not fit the module");
    }
  }

  static ArtifactException damaged(String how) {
    return new ArtifactException("damaged artifact: " + how);
  }

  /** All up to the tables. */
  private ByteBuffer head(Origin engine) throws IOException {
    byte[] table = new byte[ElfFile.tableEnd(Artifact.SECTIONS)];
    fill(table, 0);
    ElfFile elf = new ElfFile(buffer(table));
    elf.check(machine, Artifact.SECTIONS);
    long info = elf.offset(Artifact.INFO);
    long end = elf.offset(Artifact.WASM);
    boolean isPossible = table.length <= end && end <= LARGEST_HEAD;
    if (!isPossible || info < table.length || info > end - Artifact.OPTIONS) {
      throw damaged("its head is larger or smaller than it can be");
    }
    byte[] bytes = Arrays.copyOf(table, (int) end);
    fill(bytes, table.length);
    ByteBuffer head = buffer(bytes);
    int checksum = head.getInt((int) info + Artifact.HEAD_CHECKSUM);
    head.putInt((int) info + Artifact.HEAD_CHECKSUM, 0);
    if (checksum != Artifact.checksum(bytes, 0, bytes.length)) {
      throw head.getLong((int) info + Artifact.LAYOUTS) == engine.layouts()
          ? damaged("the checksum does not match")
          : damaged("the checksum does not match, unless another version of Tazza made it");
    }
    return head;
  }

  static void checkSum(int expected, int actual) {
    if (actual != expected) {
      throw damaged("the checksum does not match");
    }
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads as much as fits from {@code from} on. */
  private void fill(byte[] bytes, int from) throws IOException {
    for (int at = from; at < bytes.length; ) {
      int count = in.read(bytes, at, Math.min(PIECE, bytes.length - at));
      if (count < 0) {
        throw new ArtifactException("not an artifact, or one that was cut short");
      }
      at += count;
    }
  }

  /** What made the artifact: all of it only if the layouts, of this too, are those known here. */
  private static Origin origin(ByteBuffer head, int info, int infoSize, Origin engine) {
    byte[] version = new byte[Artifact.VERSION_SIZE];
    head.get(info + Artifact.VERSION, version);
    String madeBy = new String(version, US_ASCII).trim();
    engine.requireLayouts(madeBy, head.getLong(info + Artifact.LAYOUTS));
    int size = head.getInt(info + Artifact.CPU_FEATURES_SIZE);
    int end = info + Artifact.CPU_FEATURES;
    int textSize = infoSize - Artifact.CPU_FEATURES - size;
    boolean isPossible = size >= 0 && textSize >= 0 && textSize <= ModuleVersion.LARGEST;
    if (!isPossible || end > head.capacity() || size + textSize > head.capacity() - end) {
      throw damaged("its head is smaller than it can be");
    }
    byte[] cpuFeatures = new byte[size];
    head.get(end, cpuFeatures);
    byte[] text = new byte[textSize];
    head.get(end + size, text);
    return new Origin(
        madeBy,
        engine.layouts(),
        head.getLong(info + Artifact.GENERATOR),
        Features.ofBits(head.getLong(info + Artifact.FEATURES)),
        Tunables.read(head.position(info + Artifact.OPTIONS)),
        names(cpuFeatures),
        textSize == 0 ? ModuleVersion.RUNTIME : new ModuleVersion(new String(text, UTF_8), true));
  }

  private static List<String> names(byte[] text) {
    List<String> names = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length; i++) {
      if (i == text.length || text[i] == ' ') {
        if (i > start) {
          names.add(new String(text, start, i - start, US_ASCII));
        }
        start = i + 1;
      }
    }
    return names;
  }

  private static CompiledModule module(
      StoredColumns sections,
      Tunables tunables,
      CodeText text,
      @Nullable FileData data,
      @Nullable MemoryPages pages) {
    WasmModule module = decode(sections.bytes(Artifact.WASM));
    FunctionReferences references = references(sections, module);
    if (data != null) {
      checkData(data, module);
    }
    int[][] functions = sections.columns(Artifact.FUNCTIONS, 1);
    int[][] trampolines = sections.columns(Artifact.TRAMPOLINES, 2);
    if (functions[0].length != module.definedFunctionCount()
        || trampolines[0].length != module.typeCount()) {
      throw damaged("tables do not fit the module");
    }
    checkOffsets(functions[0], text.size());
    checkReferences(references.functions(), module.importedFunctionCount(), functions[0]);
    checkOffsets(trampolines[0], text.size());
    checkOffsets(trampolines[1], text.size());
    CompiledModule compiled =
        new CompiledModule(
            module,
            references,
            tunables,
            text,
            functions[0],
            trampolines[0],
            trampolines[1],
            pages,
            new StoredTables(sections, module, text.size()));
    return compiled.withCodeReferences(codeReferences(sections, compiled.references()));
  }

  private static WasmModule decode(byte[] skeleton) {
    try {
      return ModuleSkeleton.decode(skeleton, ModuleLimits.DEFAULT);
    } catch (WasmException e) {
      throw damaged("its module cannot be read: " + e.getMessage());
    }
  }

  /** What can be a reference must exist. The module was validated before it was compiled. */
  private static FunctionReferences references(StoredColumns sections, WasmModule module) {
    try {
      return FunctionReferences.known(module, sections.columns(Artifact.REFERENCES, 1)[0]);
    } catch (IllegalArgumentException e) {
      throw damaged("what can be a reference is not in the module: " + e.getMessage());
    }
  }

  /** What can be a reference must have code. */
  private static void checkReferences(int[] references, int imported, int[] offsets) {
    for (int function : references) {
      if (function >= imported && offsets[function - imported] < 0) {
        throw damaged("function " + function + " has no code");
      }
    }
  }

  private static int[] codeReferences(StoredColumns sections, FunctionReferences references) {
    int[] functions = sections.columns(Artifact.CODE_REFERENCES, 1)[0];
    for (int i = 0; i < functions.length; i++) {
      boolean isNext = functions[i] > (i == 0 ? -1 : functions[i - 1]);
      if (!isNext || !references.has(functions[i])) {
        throw damaged("code refers to functions that cannot be references");
      }
    }
    return functions;
  }

  private static void checkOffsets(int[] offsets, int length) {
    for (int offset : offsets) {
      if (offset < -1 || offset >= length) {
        throw damaged("an offset is outside of the text");
      }
    }
  }
}
