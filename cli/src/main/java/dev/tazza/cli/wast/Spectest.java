package dev.tazza.cli.wast;

import dev.tazza.Engine;
import dev.tazza.Global;
import dev.tazza.HostFunction;
import dev.tazza.Linker;
import dev.tazza.Memory;
import dev.tazza.Store;
import dev.tazza.Table;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.ValType;
import java.util.List;

/**
 * The module {@code spectest} that scripts import from, as the specification's interpreter defines
 * it; its functions print nothing.
 */
final class Spectest {
  private static final String MODULE = "spectest";

  private Spectest() {}

  static Linker<Void> linker(Engine engine, Store<Void> store) {
    Linker<Void> linker = new Linker<Void>(engine).allowShadowing(true);
    print(linker, "print");
    print(linker, "print_i32", ValType.I32);
    print(linker, "print_i64", ValType.I64);
    print(linker, "print_f32", ValType.F32);
    print(linker, "print_f64", ValType.F64);
    print(linker, "print_i32_f32", ValType.I32, ValType.F32);
    print(linker, "print_f64_f64", ValType.F64, ValType.F64);
    global(linker, store, "global_i32", ValType.I32, 666);
    global(linker, store, "global_i64", ValType.I64, 666L);
    global(linker, store, "global_f32", ValType.F32, 666.6f);
    global(linker, store, "global_f64", ValType.F64, 666.6);
    linker.define(
        MODULE, "table", Table.create(store, new TableType(ValType.FUNCREF, Limits.of(10, 20))));
    Limits wide = Limits.of64(10, 20);
    linker.define(MODULE, "table64", Table.create(store, new TableType(ValType.FUNCREF, wide)));
    linker.define(MODULE, "memory", Memory.create(store, new MemoryType(Limits.of(1, 2))));
    if (engine.isEnabled(Feature.THREADS)) {
      linker.define(MODULE, "shared_memory", Memory.create(store, MemoryType.shared(1, 2)));
    }
    return linker;
  }

  private static void print(Linker<Void> linker, String name, ValType... params) {
    HostFunction<Void> nothing = (caller, values) -> {};
    linker.func(MODULE, name, new FuncType(List.of(params), List.of()), nothing);
  }

  private static void global(
      Linker<Void> linker, Store<Void> store, String name, ValType type, Object value) {
    linker.define(MODULE, name, Global.create(store, new GlobalType(type, false), value));
  }
}
