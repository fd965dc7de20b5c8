package dev.tazza.sandbox;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.FunctionReferences;
import dev.tazza.environ.RuntimeService;
import dev.tazza.wasm.module.WasmModule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what the pieces of a module's text are, and whether those are there that have to be.
 */
final class Pieces {
  private final CompiledModule compiled;
  private final ModuleRules rules;
  private final CodeSymbol[] symbols;
  private final List<Piece> pieces = new ArrayList<>();
  private final @Nullable Role[] taken;
  private final int[] offsets;
  private final byte[] text;

  Pieces(CompiledModule compiled, ModuleRules rules) {
    this.compiled = compiled;
    this.rules = rules;
    symbols = compiled.symbols();
    text = compiled.text().bytes();
    taken = new Role[symbols.length];
    offsets = new int[symbols.length];
    long end = 0;
    for (int i = 0; i < symbols.length; i++) {
      CodeSymbol symbol = symbols[i];
      offsets[i] = symbol.offset();
      if (symbol.offset() < end
          || symbol.size() <= 0
          || (long) symbol.offset() + symbol.size() > compiled.text().size()) {
        throw contradiction(symbol.name(), "pieces of code that overlap or lie outside");
      }
      end = (long) symbol.offset() + symbol.size();
    }
  }

  List<Piece> find() {
    WasmModule module = compiled.module();
    int imported = module.importedFunctionCount();
    for (int i = imported; i < module.functionCount(); i++) {
      int offset = compiled.functionOffset(i);
      if (offset >= 0) {
        take(offset, Role.function(rules.conventionOfFunction(i)), i);
      }
    }
    requireTrampolines(module);
    for (int type = 0; type < module.typeCount(); type++) {
      if (module.isFuncType(type)) {
        Convention convention = rules.conventionOfType(type);
        trampoline(compiled.entryTrampoline(type), Role.entry(convention));
        trampoline(compiled.exitTrampoline(type), Role.hostCall(convention));
      }
    }
    for (int i = 0; i < symbols.length; i++) {
      if (taken[i] == null) {
        service(i);
      }
    }
    pieces.sort(Comparator.comparingInt(Piece::offset));
    return pieces;
  }

  /** Without them the runtime would call what is not there. */
  private void requireTrampolines(WasmModule module) {
    int imported = module.importedFunctionCount();
    for (int i = 0; i < imported; i++) {
      require(compiled.exitTrampoline(module.functionTypeIndex(i)), i);
    }
    FunctionReferences references = compiled.references();
    for (int i = 0; i < references.count(); i++) {
      int function = references.function(i);
      if (function >= imported) {
        require(compiled.functionOffset(function), function);
        require(compiled.entryTrampoline(module.functionTypeIndex(function)), function);
      }
    }
  }

  private static void require(int offset, int function) {
    if (offset < 0) {
      throw contradiction("function " + function, "no code, or no trampoline of its type");
    }
  }

  private void take(int offset, Role role, int callee) {
    int i = Arrays.binarySearch(offsets, offset);
    if (i < 0 || taken[i] != null) {
      throw contradiction("function " + callee, "no code of its own");
    }
    taken[i] = role;
    pieces.add(new Piece(symbols[i].name(), offset, symbols[i].size(), role, callee));
  }

  /** Types that are equal share one, and so do those whose values travel alike. */
  private void trampoline(int offset, Role role) {
    if (offset < 0) {
      return;
    }
    int i = Arrays.binarySearch(offsets, offset);
    if (i < 0) {
      throw contradiction("trampoline", "no code of its own");
    }
    Role other = taken[i];
    if (other == null) {
      taken[i] = role;
      pieces.add(new Piece(symbols[i].name(), offset, symbols[i].size(), role, Callees.NONE));
    } else if (other.job() != role.job() || !other.convention().isLike(role.convention())) {
      throw contradiction("trampoline", "code that is for something else, too");
    }
  }

  private void service(int i) {
    for (int number = 0; number < RuntimeService.count(); number++) {
      RuntimeService service = RuntimeService.of(number);
      boolean isIt =
          symbols[i].givenName() == null
              ? isProved(i, Role.service(service, rules.types()))
              : service.symbol().equals(symbols[i].givenName());
      if (isIt) {
        take(symbols[i].offset(), Role.service(service, rules.types()), Callees.of(service));
        return;
      }
    }
    throw contradiction(symbols[i].name(), "code that has no use");
  }

  /** Of code that was stored nobody says for which service it is, but the code itself. */
  private boolean isProved(int i, Role role) {
    CodeTables tables = compiled.tables();
    int offset = symbols[i].offset();
    int trap = Arrays.binarySearch(tables.trapOffsets(), offset);
    try {
      new Proof(
              rules,
              new Callees(new int[0], new int[0], rules.types()),
              Long.MAX_VALUE,
              Proof.First.THOROUGH)
          .prove(
              role,
              text,
              offset,
              symbols[i].size(),
              tables.trapOffsets(),
              tables.trapCodes(),
              trap < 0 ? -1 - trap : trap);
      return true;
    } catch (Rejection rejection) {
      return false;
    }
  }

  static SandboxException contradiction(String function, String reason) {
    return new SandboxException(function, 0, "", reason, "", false);
  }
}
