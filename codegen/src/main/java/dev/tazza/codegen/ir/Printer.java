package dev.tazza.codegen.ir;

/**
 * Functions as text, which {@link Parser} reads back with the same value and block numbers.
 *
 * <pre>
 *   function sum(i64, i32) -&gt; (i32) {
 *   b0(v0: i64, v1: i32):
 *     v2 = iconst.i32 0
 *     jump b1(v1, v2)
 *   b1(v3: i32, v4: i32):
 *     v5 = load.i64 const.64 [v0+8]
 *     v6 = add.i32 v4, v3            @17
 *     v8 = vadd.i32x4 v9, v10
 *     v11 = vconst.v128 0x1, 0x2
 *     store mem.32 [v5+16], v6 trap 2
 *     v12 = atomic_add.i32 mem.16 [v5], v6 trap 2
 *     v7, _ = call 3(v0, v6): (i64, i32) -&gt; (i32, i64)
 *     branch v7, b1(v7, v6), b2
 *   b2 cold:
 *     trap 1
 *   }
 * </pre>
 *
 * <p>A call that ends its block tells where it goes on, and where for which tag: {@code v1 =
 * try_call 3(v0): (i64) -> (i32), b1, 5: b2, *: b3(v0)}. One of a reference tells where in it code
 * and context are: {@code return_call_ref v1[0, 16](v0, v2): (i64, i32) -> (i32) trap 4}.
 *
 * <p>{@code @17} is a source position. Unused results of a call are {@code _}.
 */
public final class Printer {
  private final StringBuilder out = new StringBuilder();

  private Printer() {}

  public static String print(Function function) {
    Printer printer = new Printer();
    printer.function(function);
    return printer.out.toString();
  }

  /** One instruction on its own, for messages. */
  public static String print(Inst inst) {
    Printer printer = new Printer();
    printer.inst(inst);
    return printer.out.toString();
  }

  private void function(Function function) {
    out.append("function ").append(name(function.name)).append(function.signature).append(" {\n");
    for (Block block : function.blocks) {
      out.append(block);
      for (int i = 0; i < block.params.size(); i++) {
        Inst param = block.params.get(i);
        out.append(i == 0 ? "(" : ", ").append(param).append(": ").append(param.type);
      }
      out.append(block.params.isEmpty() ? "" : ")").append(block.cold ? " cold:\n" : ":\n");
      for (Inst inst = block.first; inst != null; inst = inst.next) {
        if (inst.op != Opcode.RESULT) {
          out.append("  ");
          inst(inst);
          out.append('\n');
        }
      }
    }
    out.append("}\n");
  }

  private static String name(String name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      text.append(IrLexer.isNameChar(c) ? c : '_');
    }
    return text.isEmpty() ? "_" : text.toString();
  }

  private void inst(Inst inst) {
    if (inst.op.isCall()) {
      call(inst);
    } else if (inst.op.isTerminator()) {
      terminator(inst);
    } else {
      if (inst.type != Type.NONE) {
        out.append(inst).append(" = ");
      }
      out.append(inst.op);
      if (inst.shape() != null) {
        out.append('.').append(inst.shape());
      } else if (inst.type != Type.NONE && !inst.op.isIntCompare() && !inst.op.isFloatCompare()) {
        out.append('.').append(inst.type);
      }
      operands(inst);
      suffix(inst);
    }
  }

  private void operands(Inst inst) {
    switch (inst.op) {
      case ICONST -> out.append(' ').append(inst.imm);
      case FCONST -> out.append(" 0x").append(Long.toHexString(inst.imm));
      case VCONST -> bits(inst, " ");
      case VSHUFFLE -> {
        values(" ", inst.args, 0, "");
        bits(inst, ", ");
      }
      case VEXTRACT_LANE, VEXTRACT_LANE_S, VREPLACE_LANE -> {
        values(" ", inst.args, 0, "");
        out.append(", ").append(inst.imm);
      }
      case CHARGE, HOME, LABEL -> {
        out.append(' ').append(inst.imm);
        values(inst.args.length == 0 ? "" : ", ", inst.args, 0, "");
      }
      case POLL -> {
        if (inst.args.length > 0) {
          out.append(' ').append(inst.imm);
          values(", ", inst.args, 0, "");
        }
      }
      case PARAM, RESULT -> {
        values(" ", inst.args, 0, "");
        out.append(' ').append(inst.imm);
      }
      case LOAD, LOAD_FIELD -> address(inst);
      case STORE, STORE_FIELD -> {
        address(inst);
        out.append(", ").append(inst.args[inst.args.length - 1]);
      }
      default -> {
        if (inst.op.isAtomic()) {
          address(inst);
          values(inst.args.length == 1 ? "" : ", ", inst.args, 1, "");
        } else if (inst.args.length > 0) {
          values(" ", inst.args, 0, "");
        }
      }
    }
  }

  /** 128 bits, the low half first. */
  private void bits(Inst inst, String before) {
    out.append(before).append("0x").append(Long.toHexString(inst.imm));
    out.append(", 0x").append(Long.toHexString(inst.immHigh()));
  }

  private void address(Inst inst) {
    out.append(' ').append(inst.access).append(" [").append(inst.args[0]);
    if (inst.op == Opcode.LOAD_FIELD || inst.op == Opcode.STORE_FIELD) {
      out.append(" + ").append(inst.args[1]);
    }
    if (inst.imm != 0) {
      out.append(inst.imm > 0 ? "+" : "").append(inst.imm);
    }
    out.append(']');
  }

  private void call(Inst call) {
    Signature signature = call.signature;
    if (signature == null) {
      out.append(call.op).append(" without signature");
      return;
    }
    String[] results = new String[signature.results().size()];
    Inst result = call.op.isTryCall() ? call.targets[0].target.first : call.next;
    boolean used = false;
    for (; result != null && result.op == Opcode.RESULT; result = result.next) {
      results[(int) result.imm] = result.toString();
      used = true;
    }
    for (int i = 0; used && i < results.length; i++) {
      out.append(i == 0 ? "" : ", ").append(results[i] == null ? "_" : results[i]);
    }
    out.append(used ? " = " : "").append(call.op).append(' ');
    boolean direct = call.op.isDirectCall();
    out.append(direct ? Long.toString(call.imm) : call.args[0].toString());
    if (call.op.isCallByReference()) {
      out.append('+').append(call.imm);
    } else if (call.op == Opcode.RETURN_CALL_REF) {
      out.append('[').append(call.imm).append(", ").append(call.immHigh()).append(']');
    }
    values("(", call.args, direct ? 0 : 1, ")");
    out.append(": ").append(signature);
    for (int i = 0; i < call.targets.length; i++) {
      out.append(", ");
      if (i > 0) {
        int tag = call.tags()[i - 1];
        out.append(tag == Inst.ANY_TAG ? "*" : Integer.toString(tag)).append(": ");
      }
      edge(call.targets[i]);
    }
    suffix(call);
  }

  private void terminator(Inst inst) {
    out.append(inst.op);
    if (inst.op == Opcode.THROW) {
      out.append(inst.imm == Inst.ANY_TAG ? " *" : " " + inst.imm).append(',');
    }
    if (inst.args.length > 0) {
      values(" ", inst.args, 0, "");
    }
    for (int i = 0; i < inst.targets.length; i++) {
      out.append(i == 0 && inst.args.length == 0 ? " " : ", ");
      edge(inst.targets[i]);
    }
    if (inst.op == Opcode.TRAP) {
      out.append(' ').append(inst.trap);
      fuel(inst);
      loc(inst);
    } else {
      suffix(inst);
    }
  }

  private void edge(Edge edge) {
    out.append(edge.target);
    if (edge.args.length > 0) {
      values("(", edge.args, 0, ")");
    }
  }

  private void values(String open, Inst[] values, int from, String close) {
    out.append(open);
    for (int i = from; i < values.length; i++) {
      out.append(i == from ? "" : ", ").append(values[i]);
    }
    out.append(close);
  }

  private void suffix(Inst inst) {
    if (inst.trap != 0) {
      out.append(" trap ").append(inst.trap);
      fuel(inst);
    }
    loc(inst);
  }

  private void fuel(Inst inst) {
    if (inst.fuel() != 0) {
      out.append(" fuel ").append(inst.fuel());
    }
  }

  private void loc(Inst inst) {
    if (inst.loc >= 0) {
      out.append(" @").append(inst.loc);
    }
  }
}
