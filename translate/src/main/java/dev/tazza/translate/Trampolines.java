package dev.tazza.translate;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.Type;
import dev.tazza.environ.ExitReason;
import dev.tazza.environ.StoreContext;
import dev.tazza.environ.VmLayout;
import java.util.List;

/**
 * The functions at the border between Java and guest code. They are ordinary IR: values cross
 * through the slots of the store context, {@link StoreContext#VALUES}.
 */
final class Trampolines {
  private static final Signature STUB = new Signature(List.of(), List.of());
  private static final Signature ENTRY =
      new Signature(List.of(Type.I64, Type.I64), List.of(Type.I32));

  private Trampolines() {}

  /**
   * From Java into a function of {@code signature}: takes the callee's context and its code
   * address, loads the parameters from the slots, calls, stores the results to the slots; returns
   * {@link ExitReason#RETURNED}.
   */
  static Function entry(String name, Signature signature) {
    Function function = new Function(name, ENTRY, Regions.ALL);
    Block block = function.newBlock();
    Inst context = block.addParam(Type.I64);
    Inst code = block.addParam(Type.I64);
    Builder builder = new Builder(function);
    builder.switchTo(block);
    Inst store = builder.context();
    Inst[] args = new Inst[signature.params().size() + 1];
    args[0] = code;
    args[1] = context;
    for (int i = 1; i < signature.params().size(); i++) {
      Type type = signature.params().get(i);
      args[i + 1] = builder.load(type, slot(type), store, StoreContext.value(i - 1), 0);
    }
    storeResults(builder, store, builder.callIndirect(signature, args));
    builder.ret(builder.i32(ExitReason.RETURNED.code()));
    return function;
  }

  /**
   * From guest code out to Java: a function of {@code signature} that stores its parameters to the
   * slots, exits and loads its results from the slots.
   *
   * @param exitCode what it puts into {@link StoreContext#EXIT_REASON}
   */
  static Function exit(String name, Signature signature, int exitCode) {
    Function function = new Function(name, signature, Regions.ALL);
    // Java has returned from one downcall and made another when this returns: the processor's stack
    // of return addresses holds that one's. If this is called by jump and exits by jump, all of
    // Java's returns are predicted. Measured for a host call and back: 9 ns, with calls 16.
    function.returnsByJump = true;
    Block block = firstBlock(function, signature);
    Builder builder = new Builder(function);
    builder.switchTo(block);
    Inst store = builder.context();
    for (int i = 1; i < signature.params().size(); i++) {
      Inst param = block.params.get(i);
      store(builder, store, i - 1, param);
    }
    builder.store(Fields.VARIABLE, store, StoreContext.EXIT_CONTEXT, block.params.get(0), 0);
    Inst code = builder.i32(exitCode);
    builder.store(
        MemoryAccess.full(Type.I32, Regions.CONTEXT), store, StoreContext.EXIT_REASON, code, 0);
    Inst stub = builder.load(Type.I64, Fields.CONSTANT, store, StoreContext.EXIT_STUB, 0);
    builder.callByJump(STUB, stub);
    Inst[] results = new Inst[signature.results().size()];
    for (int i = 0; i < results.length; i++) {
      Type type = signature.results().get(i);
      results[i] = builder.load(type, slot(type), store, StoreContext.value(i), 0);
    }
    builder.ret(results);
    return function;
  }

  /**
   * What another instance imports as a function of {@code signature}: its context has the code and
   * the context of the function proper. It calls that in the ordinary way and returns by jump, as
   * functions that are imported have to.
   */
  static Function imported(String name, Signature signature) {
    Function function = new Function(name, signature, Regions.ALL);
    function.returnsByJump = true;
    Block block = firstBlock(function, signature);
    Builder builder = new Builder(function);
    builder.switchTo(block);
    Inst pair = block.params.get(0);
    Inst[] args = new Inst[signature.params().size() + 1];
    args[0] = builder.load(Type.I64, Fields.CONSTANT, pair, VmLayout.IMPORT_CODE, 0);
    args[1] = builder.load(Type.I64, Fields.CONSTANT, pair, VmLayout.IMPORT_CONTEXT, 0);
    for (int i = 1; i < signature.params().size(); i++) {
      args[i + 1] = block.params.get(i);
    }
    Inst call = builder.callIndirect(signature, args);
    Inst[] results = new Inst[signature.results().size()];
    for (int i = 0; i < results.length; i++) {
      results[i] = builder.result(call, i);
    }
    builder.ret(results);
    return function;
  }

  private static void storeResults(Builder builder, Inst store, Inst call) {
    List<Type> types = call.signature == null ? List.of() : call.signature.results();
    Inst[] results = new Inst[types.size()];
    for (int i = 0; i < results.length; i++) {
      results[i] = builder.result(call, i);
    }
    for (int i = 0; i < results.length; i++) {
      store(builder, store, i, results[i]);
    }
  }

  /** Java reads references as eight bytes. */
  private static void store(Builder builder, Inst store, int number, Inst value) {
    int offset = StoreContext.value(number);
    if (value.type == Type.REF) {
      builder.store(slot(Type.I64), store, offset, builder.i64(0), 0);
    }
    builder.store(slot(value.type), store, offset, value, 0);
  }

  private static MemoryAccess slot(Type type) {
    return MemoryAccess.full(type, Regions.CONTEXT);
  }

  private static Block firstBlock(Function function, Signature signature) {
    Block block = function.newBlock();
    for (Type type : signature.params()) {
      block.addParam(type);
    }
    return block;
  }
}
