package dev.tazza.wasm.dwarf;

import dev.tazza.wasm.dwarf.Entry.Attribute;
import dev.tazza.wasm.dwarf.Form.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The line number program of a unit (section 6.2), run into a table of rows. */
final class LineProgram {
  private static final int PATH = 1;
  private static final int DIRECTORY_INDEX = 2;
  private static final int STRIDE = 4;

  /** A file's name, and the number of its directory. */
  private record File(String name, long directory) {}

  private final DebugSections sections;
  private final @Nullable String compilationDirectory;
  private final DwarfReader in;
  private final int version;
  private int addressSize = 4;
  private final List<String> directories = new ArrayList<>();
  private final List<File> files = new ArrayList<>();

  /** Address, file, line, column; of a line -1 where a sequence ends. */
  private long[] rows = new long[64];

  private int count;
  private @Nullable LineIndex index;
  private final TreeSet<Long> prologueEnds = new TreeSet<>();

  /** Reads the program at {@code offset}, for a unit compiled in that directory. */
  LineProgram(DebugSections sections, long offset, @Nullable String compilationDirectory) {
    this.sections = sections;
    this.compilationDirectory = compilationDirectory;
    in = sections.reader("line", offset);
    int end = in.unitEnd();
    version = in.u16();
    if (version < 2 || version > 5) {
      throw new DwarfException("line table of version " + version);
    }
    if (version == 5) {
      addressSize = in.u8();
      in.u8(); // segment selector's size
    }
    long headerLength = in.offset();
    long program = in.position() + headerLength;
    new Machine(in.u8()).run(program, end);
  }

  /** That of a unit; null when there is none, or it makes no sense. */
  static @Nullable LineProgram of(Unit unit) {
    Entry root = unit.root();
    return root.has(Attribute.STMT_LIST)
        ? read(unit.sections(), root.value(Attribute.STMT_LIST), unit)
        : null;
  }

  /** The table of files of a unit in a file of its own, which has no rows. */
  static @Nullable LineProgram ofSplit(Unit unit, Unit skeleton) {
    return read(unit.sections(), 0, skeleton);
  }

  private static @Nullable LineProgram read(DebugSections sections, long offset, Unit unit) {
    try {
      return new LineProgram(sections, offset, unit.string(unit.root(), Attribute.COMP_DIR));
    } catch (DwarfException e) {
      return null;
    }
  }

  /** The registers, and what the header says of the instructions. */
  private final class Machine {
    private final int minimumLength;
    private final int lineBase;
    private final int lineRange;
    private final int opcodeBase;
    private final int[] operandCounts;
    private long address;
    private long file = 1;
    private long line = 1;
    private long column;
    private int sequenceStart;

    /** Whether the next row is where a debugger should stop in a function. */
    private boolean endsPrologue;

    Machine(int minimumLength) {
      this.minimumLength = minimumLength;
      if (version >= 4) {
        in.u8(); // operations of an instruction: no VLIW here
      }
      in.u8(); // whether rows are beginnings of statements: all count here
      lineBase = (byte) in.u8();
      lineRange = in.u8();
      opcodeBase = in.u8();
      operandCounts = new int[Math.max(opcodeBase, 1)];
      for (int i = 1; i < opcodeBase; i++) {
        operandCounts[i] = in.u8();
      }
      if (version == 5) {
        readEntries(true);
        readEntries(false);
      } else {
        readOldFiles();
      }
    }

    void run(long program, int end) {
      in.seek(program);
      while (in.isBefore(end)) {
        int opcode = in.u8();
        if (opcode >= opcodeBase) {
          special(opcode - opcodeBase);
        } else if (opcode == 0) {
          extended();
        } else {
          standard(opcode);
        }
      }
    }

    private void special(int adjusted) {
      if (lineRange == 0) {
        throw new DwarfException("a line range of 0");
      }
      address += (long) (adjusted / lineRange) * minimumLength;
      line += lineBase + adjusted % lineRange;
      emit(line);
    }

    private void emit(long atLine) {
      if (endsPrologue) {
        prologueEnds.add(address);
        endsPrologue = false;
      }
      add(address, file, atLine, column);
    }

    private void standard(int opcode) {
      switch (opcode) {
        case 1 -> emit(line); // copy
        case 2 -> address += in.uleb() * minimumLength; // advance_pc
        case 3 -> line += in.sleb(); // advance_line
        case 4 -> file = in.uleb(); // set_file
        case 5 -> column = in.uleb(); // set_column
        case 8 -> { // const_add_pc
          if (lineRange == 0) {
            throw new DwarfException("a line range of 0");
          }
          address += (long) ((255 - opcodeBase) / lineRange) * minimumLength;
        }
        case 9 -> address += in.u16(); // fixed_advance_pc
        case 10 -> endsPrologue = true; // set_prologue_end
        default -> {
          for (int i = 0; i < operandCounts[opcode]; i++) {
            in.uleb();
          }
        }
      }
    }

    private void extended() {
      int length = in.count();
      long next = in.position() + (long) length;
      if (length > 0) {
        switch (in.u8()) {
          case 1 -> { // end_sequence
            emit(-1);
            dropIfUnlinked();
            address = 0;
            file = 1;
            line = 1;
            column = 0;
            sequenceStart = count;
          }
          case 2 -> address = in.unsigned(Math.min(length - 1, 8)); // set_address
          case 3 -> { // define_file
            files.add(new File(in.string(), in.uleb()));
          }
          default -> {} // set_discriminator and others' own
        }
      }
      in.seek(next);
    }

    /** A sequence at address 0 is of code that the linker dropped. */
    private void dropIfUnlinked() {
      if (rows[sequenceStart] == 0) {
        count = sequenceStart;
      }
    }
  }

  private void add(long... row) {
    if (count == rows.length) {
      rows = Arrays.copyOf(rows, 2 * count);
    }
    System.arraycopy(row, 0, rows, count, STRIDE);
    count += STRIDE;
  }

  private void readOldFiles() {
    directories.add("");
    for (String name = in.string(); !name.isEmpty(); name = in.string()) {
      directories.add(name);
    }
    files.add(new File("", 0)); // files are counted from 1
    for (String name = in.string(); !name.isEmpty(); name = in.string()) {
      files.add(new File(name, in.uleb()));
      in.uleb(); // time
      in.uleb(); // size
    }
  }

  /** Directories, or files, of version 5. */
  private void readEntries(boolean areDirectories) {
    int formats = in.u8();
    int[] contents = new int[formats];
    Form[] forms = new Form[formats];
    for (int i = 0; i < formats; i++) {
      contents[i] = in.count();
      forms[i] = Form.of(in.count());
    }
    int entries = in.count();
    for (int i = 0; i < entries; i++) {
      int start = in.position();
      String path = "";
      long directory = 0;
      for (int j = 0; j < formats; j++) {
        long value = forms[j].read(in, version, addressSize);
        if (contents[j] == PATH) {
          path = path(forms[j].kind(), value);
        } else if (contents[j] == DIRECTORY_INDEX) {
          directory = value;
        }
      }
      if (in.position() == start) {
        throw new DwarfException("files that take no bytes");
      }
      if (areDirectories) {
        directories.add(path);
      } else {
        files.add(new File(path, directory));
      }
    }
  }

  private String path(Kind kind, long value) {
    return switch (kind) {
      case INLINE_STRING -> sections.reader("line", value).string();
      case LINE_STRING_OFFSET -> sections.reader("line_str", value).string();
      case STRING_OFFSET -> sections.reader("str", value).string();
      default -> "";
    };
  }

  /** The first end of a prologue at or behind {@code from} and before {@code to}, or -1. */
  long prologueEnd(long from, long to) {
    Long end = prologueEnds.ceiling(from);
    return end == null || end >= to ? -1 : end;
  }

  /** Path of the file with that number, or null. */
  @Nullable String file(long number) {
    if (number < 0 || number >= files.size() || files.get((int) number).name().isEmpty()) {
      return null;
    }
    File file = files.get((int) number);
    String directory = "";
    if (file.directory() >= 0 && file.directory() < directories.size()) {
      directory = join(compilationDirectory, directories.get((int) file.directory()));
    }
    return join(directory, file.name());
  }

  private static String join(@Nullable String directory, String path) {
    boolean absolute = path.startsWith("/") || path.startsWith("\\") || path.indexOf(':') == 1;
    if (absolute || directory == null || directory.isEmpty()) {
      return path;
    }
    if (path.isEmpty()) {
      return directory;
    }
    return directory.endsWith("/") ? directory + path : directory + "/" + path;
  }

  /** The row for an address; -1: there is none. */
  int row(long address) {
    LineIndex known = index;
    if (known == null) {
      known = new LineIndex(rows, count, STRIDE);
      index = known;
    }
    return known.row(address);
  }

  @Nullable String fileAt(int row) {
    return file(rows[row + 1]);
  }

  int lineAt(int row) {
    return (int) rows[row + 2];
  }

  int columnAt(int row) {
    return (int) rows[row + 3];
  }
}
