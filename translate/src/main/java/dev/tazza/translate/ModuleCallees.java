package dev.tazza.translate;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.opt.inline.CalleeSource;
import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.FunctionBody;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The functions of a module, for the compiler to put some in place of calls. */
final class ModuleCallees implements CalleeSource {
  private static final byte I64_MUL = 0x7e;

  private final ModuleEnvironment env;

  ModuleCallees(ModuleEnvironment env) {
    this.env = env;
  }

  @Override
  public int functionCount() {
    return env.module.functionCount();
  }

  @Override
  public boolean hasBody(int symbol) {
    return symbol >= env.module.importedFunctionCount();
  }

  @Override
  public int start(int symbol) {
    return env.module.body(symbol).start();
  }

  @Override
  public int end(int symbol) {
    return env.module.body(symbol).end();
  }

  /** A byte of another meaning may look like the operator. */
  @Override
  public int products(int symbol) {
    FunctionBody body = env.module.body(symbol);
    int products = 0;
    for (int i = body.start(); i < body.end(); i++) {
      products += env.module.bytes()[i] == I64_MUL ? 1 : 0;
    }
    return products;
  }

  @Override
  public @Nullable Function make(int symbol) {
    FunctionBody body = env.module.body(symbol);
    FunctionSize size = new FunctionSize(env, body);
    Function function = FunctionTranslator.translate(env, body, size);
    return size.isLarge() ? null : function;
  }

  @Override
  public boolean isReferenced(int symbol) {
    return env.references.number(symbol) >= 0;
  }

  /** What tables begin with. */
  @Override
  public List<Reference> references() {
    BitSet functions = new BitSet();
    for (ElementSegment segment : env.module.elementSegments()) {
      if (segment.items() instanceof ElementSegment.Functions items) {
        for (int function : items.indexes()) {
          functions.set(function);
        }
      }
    }
    List<Reference> references = new ArrayList<>();
    for (int i = functions.nextSetBit(0); i >= 0; i = functions.nextSetBit(i + 1)) {
      long distance = env.layout.functionRef(env.references.number(i));
      references.add(new Reference(i, distance, env.functionSignature(i)));
    }
    return references;
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
}
