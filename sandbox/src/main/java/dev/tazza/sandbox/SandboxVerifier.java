package dev.tazza.sandbox;

import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.TrapEntry;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.module.WasmModuleBuilder;
import dev.tazza.wasm.type.FuncType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Proves of finished machine code that it stays in its sandbox, see the package. Thread-safe: the
 * pieces of a module may be verified by several threads at once.
 */
public final class SandboxVerifier {
  private static final int LINES_BEFORE = 40;
  private static final int LINES_AFTER = 8;
  private static final WasmModule NO_MODULE = new WasmModuleBuilder(new byte[0]).build();
  private static final ReferenceTypes NO_TYPES = new ReferenceTypes(NO_MODULE);

  private final ModuleRules rules;
  private final List<Piece> pieces;
  private final byte[] text;
  private final int[] traps;
  private final int[] trapCodes;
  private final Callees callees;
  private final long mostBytes;
  private final Proof.First first;
  private final Map<Integer, Piece> byCallee = new HashMap<>();
  private final Queue<Proof> idle = new ConcurrentLinkedQueue<>();

  private SandboxVerifier(
      ModuleRules rules,
      List<Piece> pieces,
      byte[] text,
      int[] traps,
      int[] trapCodes,
      long mostBytes,
      Proof.First first) {
    this.mostBytes = mostBytes;
    this.first = first;
    this.rules = rules;
    this.pieces = pieces;
    this.text = text;
    this.traps = traps;
    this.trapCodes = trapCodes;
    int[] offsets = new int[pieces.size()];
    int[] functions = new int[offsets.length];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = pieces.get(i).offset();
      functions[i] = pieces.get(i).callee();
    }
    callees = new Callees(offsets, functions, rules.types());
    for (Piece piece : pieces) {
      if (piece.callee() != Callees.NONE) {
        byCallee.put(piece.callee(), piece);
      }
    }
  }

  /**
   * A verifier for all code of a module.
   *
   * @throws SandboxException when the tables of the module contradict each other
   */
  public static SandboxVerifier of(CompiledModule compiled) {
    return of(compiled, Long.MAX_VALUE);
  }

  /**
   * The same with a bound for the memory that a proof may take, besides that in proportion to the
   * function.
   *
   * @param mostBytes so much of the heap for each thread that verifies; what needs more is rejected
   *     by a {@link SandboxException#isLimit}
   */
  public static SandboxVerifier of(CompiledModule compiled, long mostBytes) {
    return of(compiled, mostBytes, Proof.First.QUICK);
  }

  /**
   * A verifier for code of which single functions take too much for {@link #of(CompiledModule,
   * long)}. To be used by one thread.
   *
   * @param mostBytes so much of the heap a proof may take, however small the function is
   * @throws SandboxException when the tables of the module contradict each other
   */
  public static SandboxVerifier roomy(CompiledModule compiled, long mostBytes) {
    return of(compiled, mostBytes, Proof.First.ROOMY);
  }

  /**
   * A verifier that does not try first whether a quicker proof suffices: what it rejects, unless it
   * gave up because of a guess, others must not accept.
   *
   * @param mostBytes see {@link #of(CompiledModule, long)}
   * @throws SandboxException when the tables of the module contradict each other
   */
  public static SandboxVerifier thorough(CompiledModule compiled, long mostBytes) {
    return of(compiled, mostBytes, Proof.First.THOROUGH);
  }

  /**
   * A verifier that looks at what loops leave alone even where it would do without: what it accepts
   * the {@link #thorough} one has to accept.
   *
   * @throws SandboxException when the tables of the module contradict each other
   */
  public static SandboxVerifier careful(CompiledModule compiled) {
    return of(compiled, Long.MAX_VALUE, Proof.First.CAREFUL);
  }

  private static SandboxVerifier of(CompiledModule compiled, long mostBytes, Proof.First first) {
    ModuleRules rules =
        new ModuleRules(compiled.module(), compiled.tunables(), compiled.codeReferences());
    List<Piece> pieces = new Pieces(compiled, rules).find();
    new CallTable(compiled).check();
    return new SandboxVerifier(
        rules,
        pieces,
        compiled.text().bytes(),
        compiled.tables().trapOffsets(),
        compiled.tables().trapCodes(),
        mostBytes,
        first);
  }

  /**
   * A verifier for the code, on its own, that stands for host functions of a type, which refers to
   * no types that a module defines.
   */
  public static SandboxVerifier ofHostCall(
      FuncType type, byte[] code, int[] traps, int[] trapCodes, Tunables tunables) {
    Role role = Role.hostCall(Convention.of(type, NO_TYPES));
    return single("host call " + type, role, code, traps, trapCodes, tunables);
  }

  /**
   * A verifier for the code, on its own, that stands for another instance's functions of a type,
   * which refers to no types that a module defines.
   */
  public static SandboxVerifier ofImported(
      FuncType type, byte[] code, int[] traps, int[] trapCodes, Tunables tunables) {
    Role role = Role.imported(Convention.of(type, NO_TYPES));
    return single("imported " + type, role, code, traps, trapCodes, tunables);
  }

  private static SandboxVerifier single(
      String name, Role role, byte[] code, int[] traps, int[] trapCodes, Tunables tunables) {
    Piece piece = new Piece(name, 0, code.length, role, Callees.NONE);
    return new SandboxVerifier(
        new ModuleRules(NO_MODULE, tunables, new int[0]),
        List.of(piece),
        code,
        traps,
        trapCodes,
        Long.MAX_VALUE,
        Proof.First.QUICK);
  }

  /** How many pieces there are. */
  public int count() {
    return pieces.size();
  }

  /** Where in the text a piece begins. */
  public int offset(int piece) {
    return pieces.get(piece).offset();
  }

  /** How many bytes a piece has, constants included. */
  public int size(int piece) {
    return pieces.get(piece).size();
  }

  /** The module's function that a piece is, or -1. */
  public int function(int piece) {
    return Math.max(pieces.get(piece).callee(), -1);
  }

  /**
   * Verifies one piece.
   *
   * @return whether the quick proof sufficed, which is a matter of time only
   * @throws SandboxException when it could not be proved to stay in its sandbox
   */
  public boolean verify(int piece) {
    Proof proof = idle.poll();
    if (proof == null) {
      proof = new Proof(rules, callees.copy(), mostBytes, first);
    }
    boolean isQuick = verify(pieces.get(piece), proof);
    idle.add(proof);
    return isQuick;
  }

  /**
   * Whether a function is what it was in another text of the same module, but for being elsewhere
   * together with what it calls. Then it is proved if it was.
   */
  public boolean hasOnlyMoved(int piece, SandboxVerifier before) {
    Piece now = pieces.get(piece);
    Piece old = before.byCallee.get(now.callee());
    return old != null
        && before.rules.module() == rules.module()
        && hasTrapsOf(now, before, old)
        && new MovedCode()
            .isSame(old, before.text, before.callees.copy(), now, text, callees.copy());
  }

  private boolean hasTrapsOf(Piece now, SandboxVerifier before, Piece old) {
    int i = firstTrap(now);
    int k = before.firstTrap(old);
    while (hasTrap(i, now) && before.hasTrap(k, old)) {
      boolean same =
          traps[i] - now.offset() == before.traps[k] - old.offset()
              && TrapEntry.code(trapCodes[i]) == TrapEntry.code(before.trapCodes[k]);
      if (!same) {
        return false;
      }
      i++;
      k++;
    }
    return !hasTrap(i, now) && !before.hasTrap(k, old);
  }

  private int firstTrap(Piece piece) {
    int first = Arrays.binarySearch(traps, piece.offset());
    return first < 0 ? -1 - first : first;
  }

  private boolean hasTrap(int i, Piece piece) {
    return i < traps.length && traps[i] < piece.offset() + piece.size();
  }

  /** Verifies all pieces on this thread. */
  public void verifyAll() {
    for (int i = 0; i < pieces.size(); i++) {
      verify(i);
    }
  }

  private boolean verify(Piece piece, Proof proof) {
    try {
      return proof.prove(
          piece.role(), text, piece.offset(), piece.size(), traps, trapCodes, firstTrap(piece));
    } catch (Rejection rejection) {
      throw exception(piece, proof.code(), rejection);
    }
  }

  private SandboxException exception(Piece piece, Instructions code, Rejection rejection) {
    Listing listing = new Listing(code);
    int i = rejection.instruction;
    StringBuilder lines = new StringBuilder();
    int to = Math.min(code.count, i + LINES_AFTER);
    for (int line = Math.max(0, i - LINES_BEFORE); line < to; line++) {
      lines.append(line == i ? "> " : "  ");
      lines.append("%6x  %s%n".formatted(code.at[line], listing.text(line)));
    }
    int offset = code.count == 0 ? 0 : code.at[i];
    int end = i + 1 < code.count ? code.at[i + 1] : Math.min(piece.size(), offset + 15);
    StringBuilder bytes = new StringBuilder();
    for (int at = offset; at < end; at++) {
      bytes.append("%02x ".formatted(text[piece.offset() + at]));
    }
    return new SandboxException(
        piece.name(),
        offset,
        bytes + "(" + listing.text(i) + ")",
        rejection.reason(),
        lines.toString(),
        rejection.isLimit);
  }
}
