package dev.tazza.cli;

import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.CompiledModule;
import dev.tazza.wasm.TrapCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the machine code of a module. */
@Command(
    name = "objdump",
    mixinStandardHelpOptions = true,
    parameterListHeading = "%n",
    description = {
      "Shows the machine code of a module or of a compiled file.",
      "A line has: offset in the code, offset in the module, bytes, and where it may trap.",
      "(Binutils' `objdump -d` disassembles the files that `tazza compile` makes.)"
    })
final class ObjdumpCommand implements Callable<Integer> {
  private static final int BYTES_PER_LINE = 16;
  private static final HexFormat HEX = HexFormat.of();

  @Option(names = "--function", paramLabel = "NAME|INDEX", description = "Only this function.")
  private @Nullable String function;

  @Mixin private EngineOptions engineOptions = new EngineOptions();

  @Parameters(
      paramLabel = "FILE",
      description = "The module or compiled file; - is standard input.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    try (Engine engine = engineOptions.engineForOthers();
        Module module = Modules.load(engine, file, true, false);
        Output out = Output.standard()) {
      CompiledModule compiled = module.compiled();
      byte[] text = compiled.text().bytes();
      boolean found = false;
      for (CodeSymbol symbol : compiled.symbols()) {
        if (isWanted(symbol, compiled)) {
          print(symbol, compiled, text, out);
          found = true;
        }
      }
      if (!found && function != null) {
        throw new CliException(Modules.name(file) + ": there is no function \"" + function + "\"");
      }
    }
    return 0;
  }

  private boolean isWanted(CodeSymbol symbol, CompiledModule compiled) {
    return function == null
        || function.equals(name(symbol, compiled))
        || function.equals(Integer.toString(symbol.functionIndex()));
  }

  private static String name(CodeSymbol symbol, CompiledModule compiled) {
    String name =
        symbol.functionIndex() < 0 ? null : compiled.module().functionName(symbol.functionIndex());
    return name == null ? symbol.name() : name;
  }

  private static void print(CodeSymbol symbol, CompiledModule compiled, byte[] text, Output out)
      throws IOException {
    String index = symbol.functionIndex() < 0 ? "" : " function " + symbol.functionIndex();
    out.printf(
        "%n%08x <%s>:%s, %d bytes%n",
        symbol.offset(), name(symbol, compiled), index, symbol.size());
    CodeTables tables = compiled.tables();
    int end = symbol.offset() + symbol.size();
    int at = symbol.offset();
    while (at < end) {
      int next = nextRow(tables, at, end);
      StringBuilder row = new StringBuilder(100);
      String offset = Integer.toHexString(at);
      row.repeat(' ', 8 - offset.length()).append(offset).append("  ");
      int loc = tables.inlined().offset(tables.locAt(at));
      row.append(loc < 0 ? "" : "0x" + Integer.toHexString(loc));
      pad(row, 19);
      for (int i = at; i < next; i++) {
        row.append(' ').append(HEX.toHexDigits(text[i]));
      }
      pad(row, 67);
      int trap = tables.trapAt(at);
      row.append(trap == 0 ? "" : "  ; traps: " + TrapCode.of(trap).message());
      out.println(row.toString());
      at = next;
    }
  }

  private static void pad(StringBuilder row, int column) {
    row.repeat(' ', Math.max(0, column - row.length()));
  }

  /**
   * A row ends where the position in the module changes, before an instruction that may trap, or
   * when it is full.
   */
  private static int nextRow(CodeTables tables, int from, int end) {
    int limit = Math.min(end, from + BYTES_PER_LINE);
    for (int i = from + 1; i < limit; i++) {
      if (tables.trapAt(i) != 0 || tables.locAt(i) != tables.locAt(from)) {
        return i;
      }
    }
    return limit;
  }
}
