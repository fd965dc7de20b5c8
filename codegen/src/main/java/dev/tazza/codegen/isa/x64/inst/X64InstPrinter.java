package dev.tazza.codegen.isa.x64.inst;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.Source.Pool;
import dev.tazza.codegen.isa.x64.inst.Source.Reg;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Alu;
import dev.tazza.codegen.isa.x64.inst.X64Inst.AluWide;
import dev.tazza.codegen.isa.x64.inst.X64Inst.AndNot;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Args;
import dev.tazza.codegen.isa.x64.inst.X64Inst.BranchIf;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Call;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Charge;
import dev.tazza.codegen.isa.x64.inst.X64Inst.CompareExchange;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Const;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Div;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Exchange;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Fence;
import dev.tazza.codegen.isa.x64.inst.X64Inst.FloatPair;
import dev.tazza.codegen.isa.x64.inst.X64Inst.ImulImm;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Jump;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Landing;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Lea;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Move;
import dev.tazza.codegen.isa.x64.inst.X64Inst.MulWide;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Poll;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Referred;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Return;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Rmw;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Select;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Sequence;
import dev.tazza.codegen.isa.x64.inst.X64Inst.SetIf;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Shift;
import dev.tazza.codegen.isa.x64.inst.X64Inst.ShiftX;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Sse;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Store;
import dev.tazza.codegen.isa.x64.inst.X64Inst.StoreLane;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Switch;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TableAddress;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TailCall;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Target;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Trap;
import dev.tazza.codegen.isa.x64.inst.X64Inst.TrapIf;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Truncate;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Unary;
import dev.tazza.codegen.isa.x64.inst.X64Inst.UpdateLoop;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Vec;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecFma;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecShift;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecTernary;
import dev.tazza.codegen.isa.x64.inst.X64Inst.VecUnary;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Instructions as text: {@code result = name operands}, with the operands in the order of {@link
 * Operands}, of which the last is the result where there is one.
 */
public final class X64InstPrinter {
  private final StringBuilder out = new StringBuilder();
  private final String[] operands;
  private int next;

  private X64InstPrinter(String[] operands) {
    this.operands = operands;
  }

  public static String print(X64Inst inst, String[] operands) {
    X64InstPrinter printer = new X64InstPrinter(operands);
    printer.inst(inst);
    return printer.out.toString();
  }

  private void inst(X64Inst inst) {
    switch (inst) {
      case Const c -> result(c.kind().text).text(" " + constant(c));
      case Move move -> result(move.isFloat() ? "movef" : "move").operand();
      case Alu alu -> result(sized(alu.op().text, alu.wide())).operand().then(alu.right());
      case ImulImm imul ->
          result(sized("imul", imul.wide())).source(imul.src()).text(", " + imul.imm());
      case Unary unary -> result(unary.op().text).source(unary.src());
      case Lea lea -> result(sized("lea", lea.wide())).source(lea.address());
      case TableAddress table ->
          result("table").text(" " + 8 * table.bytes() + " " + Arrays.toString(table.values()));
      case Shift shift ->
          result(sized(shift.op().text, shift.wide())).operand().then(shift.count());
      case ShiftX shift ->
          result(sized(shift.op().text + "x", shift.wide())).source(shift.src()).then();
      case AndNot and -> result(sized("andn", and.wide())).operand().then(and.right());
      case MulWide mul -> mulWide(mul);
      case AluWide alu -> {
        int results = operands.length - 2;
        text(operands[results] + ", " + operands[results + 1] + " = ")
            .text(alu.subtract() ? "sub.wide" : "add.wide")
            .operand()
            .then()
            .then(alu.right())
            .then(alu.rightHigh());
      }
      case Div div -> {
        String pair = operands[2] + ", " + operands[3] + " = ";
        text(pair).text(div.op().text).operand().then().trap(div.trap());
      }
      case Store store -> text(store.op().text).source(store.address()).then(store.src());
      case Rmw rmw ->
          text((rmw.locked() ? "lock " : "") + rmw.op().text + 8 * rmw.bytes())
              .source(rmw.address())
              .then(rmw.src());
      case Exchange exchange ->
          result(exchange.op().text + 8 * exchange.bytes()).operand().then(exchange.address());
      case CompareExchange exchange ->
          result("cmpxchg" + 8 * exchange.bytes()).operand().then().then(exchange.address());
      case UpdateLoop loop -> {
        result("update." + loop.op().text + 8 * loop.bytes()).operand().then(loop.src());
        then(loop.address()).temporary(loop.tmp());
      }
      case Fence _ -> text("fence");
      case SetIf set -> {
        result("set." + set.cond().text).compare(set.compare());
        temporary(set.tmp());
      }
      case Select select ->
          result(select.kind().text + "." + select.cond().text)
              .operand()
              .then(select.ifTrue())
              .compare(select.compare())
              .trap(select.trap());
      case BranchIf branch -> text("j." + branch.cond().text).compare(branch.compare());
      case TrapIf trap ->
          text("trap." + trap.cond().text).compare(trap.compare()).trap(trap.trap());
      case Jump _ -> text("jmp");
      case Switch table -> {
        text("switch").operand().text(" to " + Arrays.toString(table.targets()));
        temporary(table.base());
        temporary(table.tmp());
      }
      case Poll poll ->
          text(poll.counter() < 0 ? "poll" : "poll " + poll.mask() + ", " + operands[0]);
      case Charge charge -> {
        text("charge " + charge.amount());
        text(charge.more() < 0 ? "" : ", " + operands[0]).trap(charge.trap());
      }
      case Trap trap -> text("ud2").trap(trap.trap());
      case Call call -> call(call);
      case Landing _ -> text("landing").text(operands.length > 0 ? " " + operands[0] : "");
      case Args _ -> text(String.join(", ", operands)).text(" = args");
      case TailCall call -> tailCall(call);
      case Return ret -> {
        text(ret.byJump() ? "ret by jump" : "ret");
        list(ret.results().vregs().length);
        text(ret.popped() == 0 ? "" : " pop " + ret.popped());
      }
      case Sse sse -> result((sse.avx() ? "v" : "") + sse.op().text).operand().then(sse.right());
      case Vec vec -> {
        result((vec.avx() ? "v" : "") + vec.op().text).operand().then(vec.right());
        text(vec.op().hasImmediate() ? ", " + vec.imm() : "");
      }
      case VecFma fma -> result(fma.op().text).operand().then().then(fma.right());
      case VecTernary logic ->
          result("vpternlogd").operand().then().then().text(", " + logic.table());
      case VecUnary unary -> {
        result((unary.avx() ? "v" : "") + unary.op().text).source(unary.src());
        text(unary.op().hasImmediate() ? ", " + unary.imm() : "");
      }
      case VecShift shift ->
          result((shift.avx() ? "v" : "") + shift.op().text).operand().text(", " + shift.imm());
      case StoreLane store ->
          text(store.op().text).source(store.address()).then().text(", " + store.lane());
      case FloatPair pair -> result(pair.op().text + (pair.wide() ? "64" : "32")).operand().then();
      case Truncate truncate -> {
        result(truncate.op().text + (truncate.fromDouble() ? ".f64" : ".f32"));
        text(truncate.trap() == 0 ? ".sat" : "").operand().trap(truncate.trap());
        temporary(truncate.tmp());
      }
      case Sequence sequence -> {
        result(sequence.op().text).operand();
        temporary(sequence.tmp());
      }
    }
  }

  private static String sized(String name, boolean wide) {
    return name + (wide ? "64" : "32");
  }

  private static String constant(Const constant) {
    return switch (constant.kind()) {
      case INT -> Long.toString(constant.bits());
      case F32 -> Float.toString(Float.intBitsToFloat((int) constant.bits()));
      case F64 -> Double.toString(Double.longBitsToDouble(constant.bits()));
      case V128 -> "0x%x, 0x%x".formatted(constant.bits(), constant.high());
    };
  }

  private void mulWide(MulWide mul) {
    int results = operands.length - 2;
    text(operands[results] + ", " + operands[results + 1] + " = ")
        .text(mul.signed() ? "imul.wide" : "mul.wide")
        .text(mul.wide() ? "64" : "32")
        .operand()
        .then(mul.right());
  }

  private void call(Call call) {
    int args = call.args().vregs().length;
    int results = call.results().vregs().length;
    for (int i = 0; i < results; i++) {
      text(i == 0 ? "" : ", ").text(operands[operands.length - results + i]);
    }
    text(results == 0 ? "call" : " = call").text(call.byJump() ? " by jump" : "");
    text(call.ends() ? " and jmp" : "");
    @Nullable Target target = call.target();
    next = args;
    if (target == null) {
      text(" " + call.symbol());
    } else {
      source(target.address());
    }
    text(" (");
    for (int i = 0; i < args; i++) {
      text(i == 0 ? "" : ", ").text(operands[i]);
    }
    text(")");
    if (target != null && target.context() != null) {
      text(" in").source(target.context());
    }
  }

  private void tailCall(TailCall call) {
    Referred callee = call.callee();
    int args = call.args().vregs().length;
    text("jmp ");
    if (callee == null) {
      text(Integer.toString(call.symbol()));
    } else {
      text("[" + operands[args - 1] + "+" + callee.code() + "]");
    }
    text(" (");
    for (int i = 0; i < args; i++) {
      text(i == 0 ? "" : ", ").text(operands[i]);
    }
    text(")").text(call.popped() == call.passed() ? "" : " over " + call.popped());
    if (callee != null) {
      text(" in [" + operands[args - 1] + "+" + callee.context() + "]").trap(callee.trap());
    }
  }

  private X64InstPrinter text(String text) {
    out.append(text);
    return this;
  }

  private X64InstPrinter result(String name) {
    return text(operands[operands.length - 1]).text(" = ").text(name);
  }

  private X64InstPrinter operand() {
    return text(" ").text(operands[next++]);
  }

  private X64InstPrinter then() {
    return text(",").operand();
  }

  private X64InstPrinter then(Source source) {
    return text(",").source(source);
  }

  private void list(int count) {
    for (int i = 0; i < count; i++) {
      text(i == 0 ? "" : ",").operand();
    }
  }

  private void temporary(int vreg) {
    if (vreg >= 0) {
      text(" tmp").operand();
    }
  }

  private X64InstPrinter trap(int trap) {
    int fuel = trap >> Inst.FUEL_SHIFT;
    return trap == 0
        ? this
        : text(" trap " + (trap - (fuel << Inst.FUEL_SHIFT)) + (fuel == 0 ? "" : " fuel " + fuel));
  }

  private X64InstPrinter compare(Compare compare) {
    text(" (" + compare.op().text);
    if (!compare.op().isFloat()) {
      text(Integer.toString(8 * compare.bytes()));
    }
    return source(compare.left()).then(compare.right()).text(")");
  }

  private X64InstPrinter source(Source source) {
    return switch (source) {
      case Reg _ -> operand();
      case Imm imm -> text(" " + imm.value());
      case Pool pool -> text(pool(pool));
      case Amode amode -> address(amode);
    };
  }

  private static String pool(Pool pool) {
    return switch (pool.bytes()) {
      case 4 -> " [const " + Float.intBitsToFloat((int) pool.low()) + "]";
      case 8 -> " [const " + Double.longBitsToDouble(pool.low()) + "]";
      default -> String.format(" [const %016x%016x]", pool.high(), pool.low());
    };
  }

  private X64InstPrinter address(Amode amode) {
    text(" [");
    text(
        switch (amode.base()) {
          case Amode.NONE -> "";
          case Amode.CONTEXT -> "r15";
          case Amode.INCOMING -> "incoming";
          case Amode.OUTGOING -> "outgoing";
          case Amode.HOMES -> "homes";
          default -> operands[next++];
        });
    if (amode.index() >= 0) {
      text(amode.base() == Amode.NONE ? "" : "+").text(operands[next++]);
      text(amode.shift() == 0 ? "" : "*" + (1 << amode.shift()));
    }
    int disp = amode.disp();
    return text(disp == 0 ? "" : disp > 0 ? "+" + disp : Integer.toString(disp))
        .text("]")
        .trap(amode.trap());
  }
}
