package dev.tazza;

import dev.tazza.codegen.Compilation;
import dev.tazza.codegen.Observer;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.InlineSites;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Printer;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Isa;
import dev.tazza.codegen.machine.MachineListing;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.CompiledModule;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.demangle.Demangler;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.text.WatPrinter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What becomes of each function of a module on its way to machine code, for people: the text, the
 * compiler's SSA form after all passes, the instructions, the bytes. Lines that belong together
 * have the same offset.
 */
public final class CodeExplorer {
  private static final int BYTES_PER_LINE = 8;
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  /**
   * A line.
   *
   * @param offset of the instruction in the module that it comes from, which may be one of another
   *     function that was inlined; -1: none
   */
  public record Line(int offset, String text) {}

  /**
   * A function that the module defines.
   *
   * @param index in the module
   * @param name for people
   * @param text the text format
   * @param ssa the SSA form after all passes; empty if the function was inlined wherever it is
   *     called, or is not called, like the rest
   * @param instructions with registers
   * @param code the machine code: offset in the module's code, and bytes
   */
  public record FunctionView(
      int index,
      String name,
      List<Line> text,
      List<Line> ssa,
      List<Line> instructions,
      List<Line> code) {}

  private final WasmModule module;
  private final Map<Integer, List<Line>> ssa = new ConcurrentHashMap<>();
  private final Map<Integer, List<Line>> instructions = new ConcurrentHashMap<>();

  private CodeExplorer(WasmModule module) {
    this.module = module;
  }

  /**
   * Compiles a module as {@code engine} does, and looks on; the module is not loaded.
   *
   * @param module in either format
   * @throws dev.tazza.wasm.WasmException when it is malformed, invalid or beyond a limit
   * @throws UnsupportedOperationException when it uses a feature that cannot be compiled yet
   */
  public static List<FunctionView> explore(Engine engine, byte[] module) {
    CodeExplorer explorer = new CodeExplorer(ModuleReader.read(module, engine.config().features()));
    CompiledModule compiled =
        engine.compiler().observed(explorer.observer()).compile(explorer.module);
    return explorer.views(compiled);
  }

  private Observer observer() {
    return (stage, compilation) -> {
      long symbol = compilation.function().symbol;
      if (symbol < module.importedFunctionCount() || symbol >= module.functionCount()) {
        return; // a trampoline
      }
      if (stage.equals("lower")) {
        ssa.put((int) symbol, ssa(compilation.function()));
      } else if (stage.equals("emit")) {
        instructions.put((int) symbol, instructions(compilation, compilation.isa()));
      }
    };
  }

  /** The byte offset that a position of a function stands for. */
  private static int offset(Function function, int loc) {
    InlineSites sites = function.inlineSites;
    if (loc < InlineSites.FIRST) {
      return loc;
    }
    int site = sites.site(loc);
    return sites.start(site) + loc - sites.base(site);
  }

  private static List<Line> ssa(Function function) {
    List<Line> lines = new ArrayList<>();
    for (Block block : function.blocks) {
      StringBuilder head = new StringBuilder(block.toString());
      for (int i = 0; i < block.params.size(); i++) {
        Inst param = block.params.get(i);
        head.append(i == 0 ? "(" : ", ").append(param).append(": ").append(param.type);
      }
      head.append(block.params.isEmpty() ? "" : ")").append(block.cold ? " cold:" : ":");
      lines.add(new Line(-1, head.toString()));
      for (Inst inst = block.first; inst != null; inst = inst.next) {
        if (inst.op != Opcode.RESULT) {
          lines.add(new Line(offset(function, inst.loc), "  " + withoutPosition(inst)));
        }
      }
    }
    return lines;
  }

  /** Positions are what lines are linked by; their numbers say nothing more. */
  private static String withoutPosition(Inst inst) {
    return Printer.print(inst).replaceFirst("\\s+@\\d+$", "");
  }

  private static <I> List<Line> instructions(Compilation compilation, Isa<I> isa) {
    @SuppressWarnings("unchecked") // it was made by that instruction set
    VCode<I> code = (VCode<I>) compilation.code();
    Allocation allocation = compilation.allocation();
    List<Line> lines = new ArrayList<>();
    if (code != null && allocation != null) {
      for (MachineListing.Line line : MachineListing.of(isa, code, allocation)) {
        lines.add(new Line(offset(compilation.function(), line.loc()), line.text()));
      }
    }
    return lines;
  }

  private List<FunctionView> views(CompiledModule compiled) {
    Map<Integer, List<Line>> code = new ConcurrentHashMap<>();
    byte[] text = compiled.text().bytes();
    for (CodeSymbol symbol : compiled.symbols()) {
      if (symbol.functionIndex() >= 0) {
        code.put(symbol.functionIndex(), code(compiled.tables(), symbol, text));
      }
    }
    List<FunctionView> views = new ArrayList<>();
    for (int i = module.importedFunctionCount(); i < module.functionCount(); i++) {
      boolean isThere = code.containsKey(i);
      String name = module.functionName(i);
      views.add(
          new FunctionView(
              i,
              name == null ? "function " + i : Demangler.display(name),
              text(i),
              isThere ? ssa.getOrDefault(i, List.of()) : List.of(),
              isThere ? instructions.getOrDefault(i, List.of()) : List.of(),
              code.getOrDefault(i, List.of())));
    }
    return views;
  }

  private List<Line> text(int function) {
    List<Line> lines = new ArrayList<>();
    for (WatPrinter.Line line : WatPrinter.function(module, function)) {
      lines.add(new Line(line.offset(), line.text()));
    }
    return lines;
  }

  /** Bytes, in lines that end where the position in the module changes. */
  private static List<Line> code(CodeTables tables, CodeSymbol symbol, byte[] text) {
    List<Line> lines = new ArrayList<>();
    int end = symbol.offset() + symbol.size();
    int at = symbol.offset();
    while (at < end) {
      int position = tables.locAt(at);
      int next = at + 1;
      while (next < Math.min(end, at + BYTES_PER_LINE) && tables.locAt(next) == position) {
        next++;
      }
      String line = "%6x  %s".formatted(at, HEX.formatHex(text, at, next));
      lines.add(new Line(tables.inlined().offset(position), line));
      at = next;
    }
    return lines;
  }
}
