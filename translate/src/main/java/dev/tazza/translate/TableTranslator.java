package dev.tazza.translate;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.environ.RuntimeService;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.VmLayout;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.TypeCode;

/**
 * Tables and references. Single elements are read and written in place, the rest is done by the
 * runtime.
 */
final class TableTranslator {
  private final FunctionState state;

  TableTranslator(FunctionState state) {
    this.state = state;
  }

  void translate(Operator operator) {
    Builder builder = state.builder;
    int table = state.reader.tableIndex();
    switch (operator) {
      case TABLE_GET ->
          state.stack.setTop(element(table, state.stack.top(), TrapCode.TABLE_OUT_OF_BOUNDS));
      case TABLE_SET -> {
        Inst value = state.stack.pop();
        Inst index = state.stack.pop();
        Inst address = elementAddress(table, index, TrapCode.TABLE_OUT_OF_BOUNDS);
        setElement(table, index, address, value);
      }
      case TABLE_SIZE -> state.stack.push(length(table));
      case TABLE_GROW -> {
        Inst delta = wide(state.stack.pop());
        Inst value = state.stack.pop();
        RuntimeService grow =
            value.type == Type.REF ? RuntimeService.TABLE_GROW_REF : RuntimeService.TABLE_GROW;
        Inst call = state.callService(grow, builder.i32(table), value, delta);
        Inst previous = builder.result(call, 0);
        state.stack.push(is64(table) ? previous : builder.unary(Opcode.WRAP, Type.I32, previous));
      }
      case TABLE_FILL -> {
        Inst count = wide(state.stack.pop());
        Inst value = state.stack.pop();
        Inst start = wide(state.stack.pop());
        RuntimeService fill =
            value.type == Type.REF ? RuntimeService.TABLE_FILL_REF : RuntimeService.TABLE_FILL;
        state.fuel.settleElements(count);
        state.callService(fill, builder.i32(table), start, value, count);
      }
      case TABLE_COPY -> {
        // Between tables of differing types of indexes the count is of the smaller one.
        Inst count = wide(state.stack.pop());
        Inst source = wide(state.stack.pop());
        Inst destination = wide(state.stack.pop());
        Inst from = builder.i32(state.reader.secondTableIndex());
        Inst to = builder.i32(table);
        state.fuel.settleElements(count);
        state.callService(RuntimeService.TABLE_COPY, to, from, destination, source, count);
      }
      case TABLE_INIT -> {
        Inst count = state.stack.pop();
        Inst source = state.stack.pop();
        Inst destination = wide(state.stack.pop());
        Inst to = builder.i32(state.reader.secondTableIndex());
        Inst segment = builder.i32(state.reader.elementIndex());
        state.fuel.settleElements(count);
        state.callService(RuntimeService.TABLE_INIT, to, segment, destination, source, count);
      }
      case ELEM_DROP ->
          state.callService(RuntimeService.ELEM_DROP, builder.i32(state.reader.elementIndex()));
      default -> throw Uncompiled.error(operator);
    }
  }

  void reference(Operator operator) {
    Builder builder = state.builder;
    switch (operator) {
      case REF_NULL -> {
        int nullType = TypeCode.reference(true, state.reader.heapTypeCode());
        state.stack.push(builder.iconst(state.env.valueType(nullType), 0));
      }
      case REF_IS_NULL -> {
        Inst reference = state.stack.top();
        Inst none = builder.iconst(reference.type, 0);
        state.stack.setTop(builder.compare(Opcode.ICMP_EQ, reference, none));
      }
      case REF_AS_NON_NULL -> {
        Inst reference = state.stack.top();
        Inst none = builder.iconst(reference.type, 0);
        builder.trapIf(
            builder.compare(Opcode.ICMP_EQ, reference, none), TrapCode.NULL_REFERENCE.code());
      }
      case REF_FUNC -> {
        Inst offset = builder.i64(state.env.codeReference(state.reader.functionIndex()));
        state.stack.push(builder.binary(Opcode.ADD, Type.I64, state.vmctx, offset));
      }
      default -> throw Uncompiled.error(operator);
    }
  }

  /**
   * The element at {@code index}, of the table's type of indexes; traps with {@code trap} when
   * there is none.
   */
  Inst element(int tableIndex, Inst index, TrapCode trap) {
    Type type = state.env.elementType(tableIndex);
    Inst element =
        state.builder.load(
            type, Fields.element(type), elementAddress(tableIndex, index, trap), 0, 0);
    return state.env.lazyTables.mayBeLazy(tableIndex)
        ? lazyElement(tableIndex, index, element)
        : element;
  }

  /** What is null may be an element that nobody has read yet. */
  private Inst lazyElement(int tableIndex, Inst index, Inst element) {
    Builder builder = state.builder;
    state.fuel.settle(false);
    Inst isNull = builder.compare(Opcode.ICMP_EQ, element, builder.i64(0));
    Block unread = state.function.newBlock();
    Block next = state.function.newBlock();
    unread.cold = true;
    Inst result = next.addParam(element.type);
    builder.branch(isNull, new Edge(unread), new Edge(next, element));
    builder.switchTo(unread);
    Inst call =
        state.callService(RuntimeService.TABLE_ELEMENT, builder.i32(tableIndex), wide(index));
    builder.jump(new Edge(next, builder.result(call, 0)));
    builder.switchTo(next);
    return result;
  }

  /** The runtime is told of null, which would be taken for an element that nobody has read yet. */
  private void setElement(int tableIndex, Inst index, Inst address, Inst value) {
    Builder builder = state.builder;
    if (!state.env.lazyTables.mayBeLazy(tableIndex)) {
      builder.store(Fields.element(value.type), address, 0, value, 0);
      return;
    }
    state.fuel.settle(false);
    Block none = state.function.newBlock();
    Block some = state.function.newBlock();
    Block next = state.function.newBlock();
    none.cold = true;
    Inst isNull = builder.compare(Opcode.ICMP_EQ, value, builder.i64(0));
    builder.branch(isNull, new Edge(none), new Edge(some));
    builder.switchTo(none);
    state.callService(
        RuntimeService.TABLE_FILL, builder.i32(tableIndex), wide(index), value, builder.i64(1));
    builder.jump(new Edge(next));
    builder.switchTo(some);
    builder.store(Fields.element(value.type), address, 0, value, 0);
    builder.jump(new Edge(next));
    builder.switchTo(next);
  }

  private Inst elementAddress(int tableIndex, Inst index, TrapCode trap) {
    Builder builder = state.builder;
    Inst length = length(tableIndex);
    builder.trapIf(builder.compare(Opcode.ICMP_GE_U, index, length), trap.code());
    Inst safe =
        state.env.tunables.is(Tunable.TABLE_ACCESS_SPECTRE_MITIGATION)
            ? builder.clamp(Opcode.CLAMP_LT, index, index, length)
            : index;
    Inst base =
        builder.load(
            Type.I64,
            isFixed(tableIndex) ? Fields.CONSTANT : Fields.VARIABLE,
            definition(tableIndex),
            field(tableIndex) + VmLayout.TABLE_BASE,
            0);
    Inst offset = builder.binary(Opcode.SHL, Type.I64, wide(safe), builder.i64(3));
    return builder.binary(Opcode.ADD, Type.I64, base, offset);
  }

  private boolean is64(int tableIndex) {
    return state.env.module.table(tableIndex).limits().is64();
  }

  /** An index, or a number of elements, as 64 bits. */
  private Inst wide(Inst value) {
    return value.type == Type.I64 ? value : state.builder.unary(Opcode.UEXTEND, Type.I64, value);
  }

  /**
   * Current length in the table's type of indexes: tables have fewer than 2^32 elements, also those
   * that could have more.
   */
  private Inst length(int tableIndex) {
    Type type = is64(tableIndex) ? Type.I64 : Type.I32;
    if (isFixed(tableIndex)) {
      return state.builder.iconst(type, state.env.module.table(tableIndex).limits().minimum());
    }
    MemoryAccess access = new MemoryAccess(type == Type.I64 ? 8 : 4, false, Regions.CONTEXT);
    return state.builder.load(
        type, access, definition(tableIndex), field(tableIndex) + VmLayout.TABLE_LENGTH, 0);
  }

  /** A table that can never grow keeps its place and length. */
  private boolean isFixed(int tableIndex) {
    Limits limits = state.env.module.table(tableIndex).limits();
    return limits.hasMaximum() && limits.minimum() == limits.maximum();
  }

  /** What {@link #field} is relative to. */
  private Inst definition(int tableIndex) {
    if (tableIndex >= state.env.module.importedTableCount()) {
      return state.vmctx;
    }
    int pointer = state.env.layout.importedTable(tableIndex);
    return state.builder.load(Type.I64, Fields.CONSTANT, state.vmctx, pointer, 0);
  }

  private int field(int tableIndex) {
    int imported = state.env.module.importedTableCount();
    return tableIndex < imported ? 0 : state.env.layout.table(tableIndex - imported);
  }
}
