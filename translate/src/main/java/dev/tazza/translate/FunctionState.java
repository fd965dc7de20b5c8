package dev.tazza.translate;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Type;
import dev.tazza.environ.LocalHomes;
import dev.tazza.environ.RuntimeService;
import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.module.BranchHints;
import dev.tazza.wasm.module.FunctionBody;
import org.jspecify.annotations.Nullable;

/** What the translators of the operator families share while one function is translated. */
final class FunctionState {
  final ModuleEnvironment env;
  final Function function;
  final Builder builder;
  final OperatorReader reader;
  final OperandStack stack = new OperandStack();
  final LocalAssignments assignments;
  final LocalVariables locals;
  final FunctionSize size;
  final FuelMeter fuel;
  final CheckedIndexes checked;

  /** Where the frame keeps locals for debuggers; null: it does not. */
  private final @Nullable LocalHomes homes;

  /** Whether debuggers are told which values locals have. */
  private final boolean tellsLocals;

  private final Type[] localTypes;

  /** How often they were told where ways meet. */
  private int toldAtJoins;

  /** The instance context: parameter 0. */
  final Inst vmctx;

  /** Who catches what is thrown here; null: the function's caller. */
  @Nullable TryScope scope;

  /** Whether the code that is read cannot be reached, up to the end of the innermost block. */
  boolean unreachable;

  private final FunctionBody body;

  FunctionState(
      ModuleEnvironment env,
      FunctionBody body,
      Builder builder,
      FunctionSize size,
      CheckedIndexes checked) {
    this.env = env;
    this.checked = checked;
    this.body = body;
    this.builder = builder;
    this.function = builder.function();
    this.size = size;
    this.fuel = new FuelMeter(env.tunables.fuel(), builder);
    this.reader = new OperatorReader(env.module.bytes());
    reader.openBody(env.module, body);
    int localCount = reader.localCount();
    Type[] types = new Type[localCount];
    for (int i = 0; i < localCount; i++) {
      types[i] = env.valueType(reader.localType(i));
    }
    int start = reader.position();
    assignments = new LocalAssignments(reader, localCount);
    reader.reset(start, body.end());
    Block entry = function.newBlock();
    for (Type type : function.signature.params()) {
      entry.addParam(type);
    }
    builder.switchTo(entry);
    vmctx = entry.params.get(0);
    locals =
        new LocalVariables(
            function,
            types,
            entry.params.subList(1, entry.params.size()),
            assignments,
            body.end() - start);
    homes = env.tunables.keepsLocals() ? new LocalHomes(reader) : null;
    if (homes != null) {
      builder.home(LocalHomes.CONTEXT, vmctx);
      for (int i = 0; i < localCount; i++) {
        builder.home(homes.offset(i), locals.get(i));
      }
    }
    localTypes = types;
    tellsLocals = env.tellsLocals;
    if (tellsLocals) {
      builder.setLoc(start);
      for (int i = 0; i < entry.params.size() - 1; i++) {
        if (isTold(types[i])) {
          builder.label(i, locals.get(i));
        }
      }
    }
  }

  /** Assigns a value to the local that the operator names. */
  void setLocal(Inst value) {
    int local = reader.localIndex();
    locals.set(local, value);
    if (homes != null) {
      builder.home(homes.offset(local), value);
    }
    if (tellsLocals && isTold(value.type)) {
      builder.label(local, value);
    }
  }

  /**
   * Goes on where ways meet, or the only way goes on: locals that were assigned meanwhile may have
   * other values, of which debuggers are told.
   *
   * @param changed how many of them {@link LocalVariables#changed} has
   */
  void tellChanged(int changed) {
    for (int i = 0; tellsLocals && i < changed; i++) {
      int local = locals.changed(i);
      if (isTold(localTypes[local])) {
        if (toldAtJoins++ < body.end() - body.start()) {
          builder.label(local, locals.get(local));
        } else {
          builder.label(local); // to ask for more would take too long
        }
      }
    }
  }

  /** References move, and vectors are too large. */
  private static boolean isTold(Type type) {
    return type.isInt() || type.isFloat();
  }

  /**
   * An edge to {@code target} that carries the topmost {@code arity} operands; announce it with
   * {@link LocalVariables#addEdge} once the block has ended.
   */
  Edge edge(Block target, int arity) {
    size.addOperands(arity);
    return new Edge(target, stack.top(arity));
  }

  /** What the module tells of the branch that was read last: see {@link BranchHints}. */
  int branchHint() {
    return env.branchHints.at(body.functionIndex(), reader.operatorOffset() - body.start());
  }

  /** Calls a service of the runtime; {@code args} without the context. */
  Inst callService(RuntimeService service, Inst... args) {
    fuel.settle(false);
    Inst[] all = new Inst[args.length + 1];
    all[0] = vmctx;
    System.arraycopy(args, 0, all, 1, args.length);
    return builder.call(env.symbol(service), ModuleEnvironment.signature(service), all);
  }
}
