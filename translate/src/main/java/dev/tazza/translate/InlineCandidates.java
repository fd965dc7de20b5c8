package dev.tazza.translate;

import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.ir.Callee;
import dev.tazza.codegen.ir.Callees;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.InlineSites;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.module.WasmModule;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The short functions of a module: their bodies may stand in place of calls. Each is translated and
 * simplified when it is first asked for; which thread does that makes no difference.
 */
final class InlineCandidates implements Callees {
  /** Bodies up to this many bytes are looked at. */
  private static final int SHORT = 64;

  /**
   * And those up to this many with several 64-bit products: the one of 128 bits, which Rust and C
   * call as a function, is a few instructions of the processor.
   */
  private static final int SHORT_ARITHMETIC = 160;

  private static final int PRODUCTS = 4;

  /** Up to this many functions of a signature in tables are told to callers of any of them. */
  private static final int MAX_GUESSES = 6;

  private static final byte I64_MUL = 0x7e;

  private final ModuleEnvironment env;
  private final AtomicReferenceArray<@Nullable Callee> callees;

  /** By function: whether it is looked at. */
  private final boolean[] isShort;

  /** The functions in tables, of those signatures of which there are few and short ones. */
  private final Map<Signature, List<Guess>> guesses = new HashMap<>();

  InlineCandidates(ModuleEnvironment env) {
    this.env = env;
    callees = new AtomicReferenceArray<>(env.module.functionCount());
    isShort = new boolean[env.module.functionCount()];
    for (int i = env.module.importedFunctionCount(); i < isShort.length; i++) {
      isShort[i] = isShort(env.module, env.module.body(i));
    }
    findGuesses();
  }

  private void findGuesses() {
    BitSet functions = new BitSet();
    for (ElementSegment segment : env.module.elementSegments()) {
      if (segment.items() instanceof ElementSegment.Functions items) {
        for (int function : items.indexes()) {
          functions.set(function);
        }
      }
    }
    for (int i = functions.nextSetBit(0); i >= 0; i = functions.nextSetBit(i + 1)) {
      long reference = env.layout.functionRef(env.references.number(i));
      guesses
          .computeIfAbsent(env.functionSignature(i), _ -> new ArrayList<>())
          .add(new Guess(i, reference));
    }
    guesses.values().removeIf(list -> !areFewAndShort(list));
  }

  private boolean areFewAndShort(List<Guess> list) {
    boolean allShort = true;
    for (Guess guess : list) {
      allShort &= isShort[(int) guess.symbol()];
    }
    return allShort && list.size() <= MAX_GUESSES;
  }

  /** Services come after the functions. */
  @Override
  public boolean throwsNothing(long symbol) {
    return symbol >= env.module.functionCount();
  }

  /** Only what is imported can be the same under two indexes. */
  @Override
  public boolean areApart(int tag, int other) {
    int imports = env.layout.tag(env.module.importedTagCount());
    return tag >= imports || other >= imports;
  }

  @Override
  public List<Guess> guesses(Signature signature) {
    return guesses.getOrDefault(signature, List.of());
  }

  private static boolean isShort(WasmModule module, FunctionBody body) {
    if (body.size() <= SHORT || body.size() > SHORT_ARITHMETIC) {
      return body.size() <= SHORT;
    }
    // A byte of another meaning may look like the operator.
    int products = 0;
    for (int i = body.start(); i < body.end(); i++) {
      products += module.bytes()[i] == I64_MUL ? 1 : 0;
    }
    return products >= PRODUCTS;
  }

  /** Whether positions in the module leave room for those of inlined code. */
  static boolean isPossible(WasmModule module) {
    return module.bytes().length < InlineSites.FIRST;
  }

  /** Whether the function is not needed any more when all calls of it are inlined. */
  boolean mayVanish(int function) {
    return isShort[function] && env.references.number(function) < 0;
  }

  @Override
  public @Nullable Callee find(long symbol) {
    if (symbol >= env.module.functionCount() || !isShort[(int) symbol]) {
      return null;
    }
    int function = (int) symbol;
    Callee known = callees.get(function);
    if (known == null) {
      Callee translated = translate(function);
      if (translated == null) {
        // Whoever does not see this finds the same.
        isShort[function] = false;
        return null;
      }
      callees.compareAndSet(function, null, translated);
      known = callees.get(function);
    }
    return known;
  }

  /** Null if so few bytes make so many values that it is not worth keeping. */
  private @Nullable Callee translate(int index) {
    FunctionBody body = env.module.body(index);
    FunctionSize size = new FunctionSize(env, body);
    Function function = FunctionTranslator.translate(env, body, size);
    if (size.isLarge()) {
      return null;
    }
    Compiler.simplifyCallee(function);
    return new Callee(function, body.start(), body.end());
  }
}
