package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.ModuleFormat;
import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.module.BranchHints;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.CustomSection;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.Export;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.module.SegmentMode;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.ExternType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.ImportType;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.TagType;
import dev.tazza.wasm.type.ValType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prints a module in the text format: one field after the other in the order of the binary, flat
 * instructions, names where the module has them. Reading the result gives an equivalent module with
 * the same names, hints of branches and custom sections at the same places among the others. What
 * is lost is names of what the module does not have, and what is damaged in the section of names.
 *
 * <p>The module must be valid. Work and output are linear in the module's size, except that
 * functions declare their locals one by one.
 */
public final class WatPrinter {
  /** Deeper blocks are not indented further: a column of spaces each would be quadratic. */
  private static final int MAX_INDENT = 40;

  private static final int DATA_LINE = 64;
  private static final int FLUSH = 1 << 16;

  private final WasmModule module;
  private final Appendable target;
  private final StringBuilder out = new StringBuilder();
  private final ModuleIdentifiers identifiers;
  private final OperatorReader reader;
  private final InstructionPrinter instructions;
  private final BranchHints hints;

  /** Of a function that is printed on its own: where the lines of its instructions begin. */
  private @Nullable List<Mark> marks;

  private record Mark(int offset, int position) {}

  /**
   * A line of a function's text.
   *
   * @param offset of its instruction in the module; -1: it has none
   */
  public record Line(int offset, String text) {}

  private WatPrinter(WasmModule module, Appendable target) {
    this.module = module;
    this.target = target;
    identifiers = new ModuleIdentifiers(module);
    reader = new OperatorReader(module.bytes());
    instructions = new InstructionPrinter(module, identifiers, reader, out);
    hints = BranchHints.of(module);
  }

  /** A module as text. */
  public static String print(WasmModule module) {
    StringBuilder text = new StringBuilder();
    try {
      print(module, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** Writes a module as text, piece by piece. */
  public static void print(WasmModule module, Appendable target) throws IOException {
    new WatPrinter(module, target).module();
  }

  /** A function that the module defines, line by line. */
  public static List<Line> function(WasmModule module, int index) {
    WatPrinter printer = new WatPrinter(module, new StringBuilder());
    List<Mark> marks = new ArrayList<>();
    printer.marks = marks;
    try {
      printer.function(index);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    StringBuilder text = printer.out;
    List<Line> lines = new ArrayList<>();
    int from = 0;
    int offset = -1;
    for (Mark mark : marks) {
      add(lines, offset, text.substring(from, mark.position()));
      from = mark.position();
      offset = mark.offset();
    }
    add(lines, offset, text.substring(from));
    return lines;
  }

  private static void add(List<Line> lines, int offset, String text) {
    text.lines().filter(line -> !line.isBlank()).forEach(line -> lines.add(new Line(offset, line)));
  }

  private void module() throws IOException {
    out.append("(module");
    String name = module.names().module();
    if (name != null && !name.isEmpty()) {
      out.append(' ').append(Identifiers.identifier(name));
    } else if (name != null) {
      Identifiers.annotate(out, name);
    }
    types();
    imports();
    functions();
    for (int i = module.importedTableCount(); i < module.tableCount(); i++) {
      field("table");
      identifiers.tables.define(out, i);
      tableType(module.table(i));
      ConstExpr init = module.tableInit(i);
      if (init != null) {
        out.append(' ');
        expression(init, "");
      }
      out.append(')');
    }
    for (int i = module.importedMemoryCount(); i < module.memoryCount(); i++) {
      field("memory");
      identifiers.memories.define(out, i);
      memory(module.memory(i));
      out.append(')');
    }
    for (int i = module.importedTagCount(); i < module.tagCount(); i++) {
      field("tag");
      identifiers.tags.define(out, i);
      typeUse(module.tagTypeIndex(i));
      out.append(')');
    }
    globals();
    exports();
    if (module.startFunction() >= 0) {
      field("start ");
      identifiers.functions.use(out, module.startFunction());
      out.append(')');
    }
    elements();
    data();
    customSections();
    out.append("\n)\n");
    flush();
  }

  private void flush() throws IOException {
    target.append(out);
    out.setLength(0);
  }

  private void flushIfLong() throws IOException {
    if (out.length() > FLUSH && marks == null) {
      flush();
    }
  }

  private void field(String keyword) {
    out.append("\n  (").append(keyword);
  }

  private void types() throws IOException {
    TypePrinter printer = new TypePrinter(module, identifiers, instructions, out);
    for (int i = 0; i < module.typeCount(); ) {
      i = printer.group(i);
      flushIfLong();
    }
  }

  private void imports() throws IOException {
    int functions = 0;
    int tables = 0;
    int memories = 0;
    int globals = 0;
    int tags = 0;
    for (ImportType entry : module.imports()) {
      field("import ");
      TextQuote.append(out, entry.module());
      out.append(' ');
      TextQuote.append(out, entry.name());
      ExternType type = entry.type();
      out.append(" (").append(type.kind());
      switch (type) {
        case FuncType _ -> {
          identifiers.functions.define(out, functions);
          typeUse(module.functionTypeIndex(functions++));
        }
        case TableType table -> {
          identifiers.tables.define(out, tables++);
          tableType(table);
        }
        case MemoryType memory -> {
          identifiers.memories.define(out, memories++);
          memory(memory);
        }
        case GlobalType global -> {
          identifiers.globals.define(out, globals++);
          globalType(global);
        }
        case TagType _ -> {
          identifiers.tags.define(out, tags);
          typeUse(module.tagTypeIndex(tags++));
        }
      }
      out.append("))");
      flushIfLong();
    }
  }

  private void tableType(TableType type) {
    out.append(' ').append(type.limits());
    instructions.valType(type.elementType().code());
  }

  private void typeUse(int type) {
    out.append(" (type ");
    identifiers.types.use(out, type);
    out.append(')');
  }

  private void memory(MemoryType type) {
    out.append(' ').append(type.limits());
    if (type.pageSizeLog2() != MemoryType.DEFAULT_PAGE_SIZE_LOG2) {
      out.append(" (pagesize ").append(1L << type.pageSizeLog2()).append(')');
    }
  }

  private void globalType(GlobalType type) {
    out.append(type.mutable() ? " (mut" : "");
    instructions.valType(type.valueType().code());
    if (type.mutable()) {
      out.append(')');
    }
  }

  private void functions() throws IOException {
    for (int i = module.importedFunctionCount(); i < module.functionCount(); i++) {
      function(i);
      flushIfLong();
    }
  }

  private void function(int index) throws IOException {
    FunctionBody body = module.body(index);
    reader.openBody(module, body);
    Identifiers locals = new Identifiers(module.names().locals().get(index), reader.localCount());
    FuncType type = module.functionType(index);
    field("func");
    identifiers.functions.define(out, index);
    typeUse(module.functionTypeIndex(index));
    instructions.signature(type, locals);
    List<ValType> declared = new ArrayList<>();
    for (int i = type.params().size(); i < reader.localCount(); i++) {
      declared.add(ValType.ofCode(reader.localType(i)));
    }
    if (!declared.isEmpty()) {
      out.append("\n   ");
      instructions.types("local", declared, locals, type.params().size());
    }
    instructions.begin(module.names().labels().get(index));
    int depth = 0;
    while (reader.remaining() > 0) {
      Operator operator = reader.next();
      depth -= closesBlock(operator) ? 1 : 0;
      if (depth < 0) {
        break;
      }
      if (marks != null) {
        marks.add(new Mark(reader.operatorOffset(), out.length()));
      }
      indent(depth + 2);
      if (operator == Operator.IF || operator == Operator.BR_IF) {
        hint(hints.at(index, reader.operatorOffset() - body.start()));
      }
      instructions.print(operator, depth, locals);
      depth += opensBlock(operator) ? 1 : 0;
      flushIfLong();
    }
    out.append(')');
  }

  private void hint(int hint) {
    if (hint != BranchHints.NONE) {
      out.append("(@").append(BranchHints.SECTION).append(" \"\\0").append(hint).append("\") ");
    }
  }

  private static boolean opensBlock(Operator operator) {
    return switch (operator) {
      case BLOCK, LOOP, IF, ELSE, TRY, CATCH, CATCH_ALL, TRY_TABLE -> true;
      default -> false;
    };
  }

  private static boolean closesBlock(Operator operator) {
    return switch (operator) {
      case END, ELSE, CATCH, CATCH_ALL, DELEGATE -> true;
      default -> false;
    };
  }

  private void indent(int depth) {
    out.append('\n');
    for (int i = Math.min(depth, MAX_INDENT); i > 0; i--) {
      out.append("  ");
    }
  }

  private void globals() throws IOException {
    for (int i = module.importedGlobalCount(); i < module.globalCount(); i++) {
      field("global");
      identifiers.globals.define(out, i);
      globalType(module.global(i));
      out.append(' ');
      expression(module.globalInit(i), "");
      out.append(')');
      flushIfLong();
    }
  }

  /** A constant expression: in parentheses if it is one instruction, else after a keyword. */
  private void expression(ConstExpr expression, String keyword) {
    reader.reset(expression.start(), expression.end());
    boolean single = expression.instructions().size() == 1;
    boolean enclosed = single || !keyword.isEmpty();
    out.append(enclosed ? "(" : "").append(single ? "" : keyword);
    String separator = single || keyword.isEmpty() ? "" : " ";
    while (reader.remaining() > 0) {
      Operator operator = reader.next();
      if (operator == Operator.END) {
        break;
      }
      out.append(separator);
      instructions.print(operator, 0, null);
      separator = " ";
    }
    out.append(enclosed ? ")" : "");
  }

  private void exports() throws IOException {
    for (Export export : module.exports()) {
      field("export ");
      TextQuote.append(out, export.name());
      out.append(" (").append(export.kind()).append(' ');
      Identifiers space =
          switch (export.kind()) {
            case FUNC -> identifiers.functions;
            case TABLE -> identifiers.tables;
            case MEMORY -> identifiers.memories;
            case GLOBAL -> identifiers.globals;
            case TAG -> identifiers.tags;
          };
      space.use(out, export.index());
      out.append("))");
      flushIfLong();
    }
  }

  private void elements() throws IOException {
    List<ElementSegment> segments = module.elementSegments();
    for (int i = 0; i < segments.size(); i++) {
      ElementSegment segment = segments.get(i);
      field("elem");
      identifiers.elements.define(out, i);
      if (segment.mode() == SegmentMode.DECLARATIVE) {
        out.append(" declare");
      }
      ConstExpr offset = segment.tableOffset();
      if (offset != null) {
        if (segment.tableIndex() != 0) {
          out.append(" (table ");
          identifiers.tables.use(out, segment.tableIndex());
          out.append(')');
        }
        out.append(' ');
        expression(offset, "offset");
      }
      items(segment);
      out.append(')');
      flushIfLong();
    }
  }

  private void items(ElementSegment segment) throws IOException {
    switch (segment.items()) {
      case ElementSegment.Functions items -> {
        out.append(" func");
        for (int function : items.indexes()) {
          out.append(' ');
          identifiers.functions.use(out, function);
          flushIfLong();
        }
      }
      case ElementSegment.Expressions items -> {
        instructions.valType(segment.type().code());
        for (ConstExpr item : items.expressions()) {
          out.append(' ');
          expression(item, "item");
          flushIfLong();
        }
      }
    }
  }

  private void data() throws IOException {
    List<DataSegment> segments = module.dataSegments();
    for (int i = 0; i < segments.size(); i++) {
      DataSegment segment = segments.get(i);
      field("data");
      identifiers.data.define(out, i);
      ConstExpr offset = segment.memoryOffset();
      if (offset != null) {
        if (segment.memoryIndex() != 0) {
          out.append(" (memory ");
          identifiers.memories.use(out, segment.memoryIndex());
          out.append(')');
        }
        out.append(' ');
        expression(offset, "offset");
      }
      bytes(segment.start(), segment.end());
      out.append(')');
    }
  }

  /** A range of the module as strings. */
  private void bytes(int start, int end) throws IOException {
    boolean one = end - start <= DATA_LINE;
    for (int at = start; at < end; at += DATA_LINE) {
      out.append(one ? " " : "\n    ");
      TextQuote.append(out, module.bytes(), at, Math.min(at + DATA_LINE, end));
      flushIfLong();
    }
  }

  /** All but those that identifiers and hints stand for. */
  private void customSections() throws IOException {
    CustomSection names = null;
    CustomSection branchHints = null;
    for (CustomSection section : module.customSections()) {
      if (section.name().equals(ModuleFormat.NAME_SECTION)) {
        names = section;
      } else if (section.name().equals(BranchHints.SECTION) && branchHints == null) {
        branchHints = hints.isEmpty() ? null : section;
      }
    }
    boolean behindNames = false;
    for (CustomSection section : module.customSections()) {
      behindNames |= section == names;
      if (section != names && section != branchHints) {
        field("@custom ");
        TextQuote.append(out, section.name());
        // Without a placement it is the last, behind the names.
        out.append(behindNames ? "" : " " + CustomSections.placement(section.after()));
        bytes(section.start(), section.end());
        out.append(')');
      }
    }
  }
}
