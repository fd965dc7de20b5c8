package dev.tazza.translate;

import dev.tazza.codegen.machine.Isa;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.codegen.machine.VariableTable;
import dev.tazza.environ.CallRecords;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.LocalPlaces;
import dev.tazza.environ.RuntimeService;
import dev.tazza.environ.Tunable;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.module.WasmModule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Places pieces of code one after the other, connects the calls between them and joins their
 * tables.
 */
final class TextLayout {
  /** Calls reach 2 GiB; the address space for code is smaller. */
  private static final int MAX_TEXT = 1 << 30;

  private final ModuleEnvironment env;
  private final Isa<?> isa;
  private final List<CodeSymbol> symbols = new ArrayList<>();
  private final List<MachineCode> pieces = new ArrayList<>();
  private final int[] offsetOfSymbol;
  private final boolean[] called;
  private long size;

  TextLayout(ModuleEnvironment env, Isa<?> isa) {
    this.env = env;
    this.isa = isa;
    int count = env.module.functionCount() + RuntimeService.count();
    offsetOfSymbol = new int[count];
    Arrays.fill(offsetOfSymbol, -1);
    called = new boolean[count];
  }

  /**
   * Appends {@code code}.
   *
   * @param symbol what calls refer to it as, or -1
   * @return its offset
   */
  int place(String name, int symbol, int functionIndex, MachineCode code) {
    size = size + code.alignment() - 1 & -code.alignment();
    int offset = (int) size;
    size += code.code().length;
    if (size > MAX_TEXT) {
      throw new ResourceLimitException(
          "the module's machine code is larger than " + MAX_TEXT + " bytes");
    }
    symbols.add(
        new CodeSymbol(
            name, functionIndex, offset, code.code().length, code.frame(), code.homes()));
    pieces.add(code);
    if (symbol >= 0) {
      offsetOfSymbol[symbol] = offset;
    }
    for (int target : code.callSymbols()) {
      called[target] = true;
    }
    return offset;
  }

  /** Whether anything placed so far calls {@code symbol}. */
  boolean isCalled(int symbol) {
    return called[symbol];
  }

  CompiledModule finish(int[] entryTrampolines, int[] exitTrampolines) {
    byte[] text = new byte[(int) size];
    isa.fillWithTraps(text);
    for (int i = 0; i < pieces.size(); i++) {
      copy(pieces.get(i), symbols.get(i).offset(), text);
    }
    return new CompiledModule(
        env.module,
        env.tunables,
        CodeText.of(text),
        functionOffsets(),
        entryTrampolines,
        exitTrampolines,
        null,
        tables());
  }

  private int[] functionOffsets() {
    WasmModule module = env.module;
    return Arrays.copyOfRange(
        offsetOfSymbol, module.importedFunctionCount(), module.functionCount());
  }

  private void copy(MachineCode piece, int offset, byte[] text) {
    System.arraycopy(piece.code(), 0, text, offset, piece.code().length);
    for (int i = 0; i < piece.callOffsets().length; i++) {
      int at = offset + piece.callOffsets()[i];
      int target = offsetOfSymbol[piece.callSymbols()[i]];
      isa.linkCall(text, at, target);
    }
  }

  private CodeTables tables() {
    int traps = 0;
    for (MachineCode piece : pieces) {
      traps += piece.trapOffsets().length;
    }
    int[] trapOffsets = new int[traps];
    int[] trapCodes = new int[traps];
    PositionTables positions =
        new PositionTables(pieces, env.tunables.is(Tunable.GENERATE_ADDRESS_MAP));
    int trap = 0;
    for (int i = 0; i < pieces.size(); i++) {
      MachineCode piece = pieces.get(i);
      int offset = symbols.get(i).offset();
      for (int j = 0; j < piece.trapOffsets().length; j++) {
        trapOffsets[trap] = offset + piece.trapOffsets()[j];
        trapCodes[trap++] = piece.trapCodes()[j];
      }
      positions.add(piece, offset);
    }
    return positions.finish(
        symbols.toArray(CodeSymbol[]::new), trapOffsets, trapCodes, callSites(), locals());
  }

  private LocalPlaces locals() {
    int rows = 0;
    for (MachineCode piece : pieces) {
      rows += piece.variables().count();
    }
    if (rows == 0) {
      return LocalPlaces.NONE;
    }
    int[][] columns = new int[LocalPlaces.COLUMNS][rows];
    int row = 0;
    for (int i = 0; i < pieces.size(); i++) {
      VariableTable variables = pieces.get(i).variables();
      int offset = symbols.get(i).offset();
      for (int j = 0; j < variables.count(); j++) {
        columns[0][row] = offset + variables.from()[j];
        columns[1][row] = offset + variables.to()[j];
        columns[2][row] = variables.variable()[j];
        columns[3][row] = kind(variables.kind()[j]);
        columns[4][row] = (int) variables.value()[j];
        columns[5][row++] = (int) (variables.value()[j] >> Integer.SIZE);
      }
    }
    return new LocalPlaces(columns[0], columns[1], columns[2], columns[3], columns[4], columns[5]);
  }

  private static int kind(int kind) {
    return switch (kind) {
      case VariableTable.REGISTER -> LocalPlaces.REGISTER;
      case VariableTable.FRAME -> LocalPlaces.FRAME;
      default -> LocalPlaces.CONSTANT;
    };
  }

  private CallRecords callSites() {
    int sites = 0;
    int words = 0;
    for (MachineCode piece : pieces) {
      sites += piece.sites().offsets().length;
      words += piece.sites().data().length;
    }
    if (sites == 0) {
      return CallRecords.NONE;
    }
    int[] offsets = new int[sites];
    int[] records = new int[sites];
    int[] data = new int[words];
    int at = 0;
    int word = 0;
    for (int i = 0; i < pieces.size(); i++) {
      MachineCode piece = pieces.get(i);
      int offset = symbols.get(i).offset();
      for (int j = 0; j < piece.sites().offsets().length; j++) {
        offsets[at] = offset + piece.sites().offsets()[j];
        records[at++] = word + piece.sites().records()[j];
      }
      CallRecords.relocate(piece.sites().data(), data, word, offset);
      word += piece.sites().data().length;
    }
    return new CallRecords(offsets, records, data);
  }
}
