import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.ByteSequence;
import org.graalvm.polyglot.io.IOAccess;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;

/**
 * GraalWasm through the polyglot API. To compile is to parse and validate here: machine code is
 * made when functions have become hot. The engine shares it between contexts.
 */
final class GraalWasmAdapter extends Adapter<Source> {
  private final Engine engine = Engine.create("wasm");

  public static void main(String[] args) {
    new GraalWasmAdapter().serve(args);
  }

  @Override
  Source compile(byte[] module) throws IOException {
    Source source = Source.newBuilder("wasm", ByteSequence.create(module), "program").build();
    try (Context context = Context.newBuilder("wasm").engine(engine).build()) {
      context.eval(source);
    }
    return source;
  }

  @Override
  Program prepare(Source module, Surroundings surroundings) {
    Context.Builder builder =
        Context.newBuilder("wasm")
            .engine(engine)
            .option("wasm.Builtins", "wasi_snapshot_preview1")
            .arguments("wasm", new String[] {"program"})
            .in(new ByteArrayInputStream(new byte[0]))
            .out(surroundings.out())
            .err(surroundings.err());
    if (surroundings.folder() != null) {
      builder
          .allowIO(IOAccess.ALL)
          .option("wasm.WasiMapDirs", ".::" + surroundings.folder().toAbsolutePath());
    }
    Brackets brackets = surroundings.brackets();
    ProxyObject bench = object("start", function(brackets::start), "end", function(brackets::end));
    return program(builder.build(), module, object("bench", bench));
  }

  @Override
  Program prepare(Source module) {
    return program(Context.newBuilder("wasm").engine(engine).build(), module, object());
  }

  private static Program program(Context context, Source module, ProxyObject imports) {
    Value instance = context.eval(module).newInstance(imports);
    return new Program() {
      @Override
      public void start() {
        try {
          instance.getMember("exports").invokeMember("_start");
        } catch (PolyglotException e) {
          if (!e.isExit() || e.getExitStatus() != 0) {
            throw e;
          }
        }
      }

      @Override
      public void close() {
        context.close();
      }
    };
  }

  private static ProxyExecutable function(Runnable action) {
    return arguments -> {
      action.run();
      return null;
    };
  }

  /** An object with members: names and values in turn. */
  private static ProxyObject object(Object... members) {
    Map<String, Object> map = new HashMap<>();
    for (int i = 0; i < members.length; i += 2) {
      map.put((String) members[i], members[i + 1]);
    }
    return ProxyObject.fromMap(map);
  }

  @Override
  Calls calls(Source module) {
    Context context = Context.newBuilder("wasm").engine(engine).build();
    ProxyObject imports = object("env", object("noop", function(() -> {})));
    Value exports = context.eval(module).newInstance(imports).getMember("exports");
    Value add = exports.getMember("add");
    Value loop = exports.getMember("loop");
    return new Calls((a, b) -> add.execute(a, b).asInt(), loop::executeVoid);
  }

  @Override
  void save(Source module, Path file) {
    throw new UnsupportedOperationException("compiled code is not kept");
  }

  @Override
  void load(Path file) {
    throw new UnsupportedOperationException("compiled code is not kept");
  }
}
