package dev.tazza.sandbox;

import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.FuncType;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Proves of finished machine code that it stays in its sandbox, see the package. Thread-safe: the
 * pieces of a module may be verified by several threads at once.
 */
public final class SandboxVerifier {
  private static final int LINES_BEFORE = 40;
  private static final int LINES_AFTER = 8;

  private final boolean isThorough;
  private final ModuleRules rules;
  private final List<Piece> pieces;
  private final byte[] text;
  private final int[] traps;
  private final int[] trapCodes;
  private final Callees callees;
  private final Queue<Proof> idle = new ConcurrentLinkedQueue<>();

  private SandboxVerifier(
      ModuleRules rules,
      List<Piece> pieces,
      byte[] text,
      int[] traps,
      int[] trapCodes,
      boolean isThorough) {
    this.isThorough = isThorough;
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
    callees = new Callees(offsets, functions);
  }

  /**
   * A verifier for all code of a module.
   *
   * @throws SandboxException when the tables of the module contradict each other
   */
  public static SandboxVerifier of(CompiledModule compiled) {
    return of(compiled, false);
  }

  /**
   * The same, but it does not try first whether a quicker proof suffices: what it rejects, that
   * must not accept.
   *
   * @throws SandboxException when the tables of the module contradict each other
   */
  public static SandboxVerifier thorough(CompiledModule compiled) {
    return of(compiled, true);
  }

  private static SandboxVerifier of(CompiledModule compiled, boolean isThorough) {
    ModuleRules rules = new ModuleRules(compiled.module(), compiled.tunables());
    List<Piece> pieces = new Pieces(compiled, rules).find();
    new CallTable(compiled).check();
    return new SandboxVerifier(
        rules,
        pieces,
        compiled.text().bytes(),
        compiled.tables().trapOffsets(),
        compiled.tables().trapCodes(),
        isThorough);
  }

  /** A verifier for the code, on its own, that stands for host functions of a type. */
  public static SandboxVerifier ofHostCall(
      FuncType type, byte[] code, int[] traps, int[] trapCodes, Tunables tunables) {
    return single("host call " + type, Role.hostCall(type), code, traps, trapCodes, tunables);
  }

  /**
   * A verifier for the code, on its own, that stands for another instance's functions of a type.
   */
  public static SandboxVerifier ofImported(
      FuncType type, byte[] code, int[] traps, int[] trapCodes, Tunables tunables) {
    return single("imported " + type, Role.imported(type), code, traps, trapCodes, tunables);
  }

  private static SandboxVerifier single(
      String name, Role role, byte[] code, int[] traps, int[] trapCodes, Tunables tunables) {
    WasmModule none = new WasmModule.Builder(new byte[0]).build();
    Piece piece = new Piece(name, 0, code.length, role, Callees.NONE);
    return new SandboxVerifier(
        new ModuleRules(none, tunables), List.of(piece), code, traps, trapCodes, false);
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
   * @throws SandboxException when it could not be proved to stay in its sandbox
   */
  public void verify(int piece) {
    Proof proof = idle.poll();
    if (proof == null) {
      proof = new Proof(rules, callees.copy(), isThorough);
    }
    verify(pieces.get(piece), proof);
    idle.add(proof);
  }

  /** Verifies all pieces on this thread. */
  public void verifyAll() {
    for (int i = 0; i < pieces.size(); i++) {
      verify(i);
    }
  }

  private void verify(Piece piece, Proof proof) {
    int firstTrap = Arrays.binarySearch(traps, piece.offset());
    try {
      proof.prove(
          piece.role(),
          text,
          piece.offset(),
          piece.size(),
          traps,
          trapCodes,
          firstTrap < 0 ? -1 - firstTrap : firstTrap);
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
        lines.toString());
  }
}
