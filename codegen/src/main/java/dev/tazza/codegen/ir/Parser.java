package dev.tazza.codegen.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text that {@link Printer} writes; for tests. Values and blocks keep their numbers,
 * values may be used before the line that defines them. The result is well-formed, but not
 * verified.
 */
public final class Parser {
  private static final int MAX_NUMBER = 1 << 20;
  private static final Map<String, Opcode> OPCODES = new HashMap<>();
  private static final Map<String, Type> TYPES = new HashMap<>();

  static {
    for (Opcode op : Opcode.values()) {
      OPCODES.put(op.text(), op);
    }
    for (Type type : Type.values()) {
      TYPES.put(type.toString(), type);
    }
  }

  /** A use of a value that has to be looked up when all are known. */
  private record Use(Inst[] values, int index, int number) {}

  private final IrLexer in;
  private final Function function;
  private @Nullable Inst[] values = new Inst[64];
  private @Nullable Block[] blocks = new Block[16];
  private final List<Use> uses = new ArrayList<>();

  private Parser(IrLexer in, AliasRegions regions) {
    this.in = in;
    in.expect("function");
    String name = in.takeName();
    function = new Function(name, signature(), regions);
  }

  /** Reads one function, whose accesses name these regions. */
  public static Function parse(String text, AliasRegions regions) {
    List<Function> functions = parseAll(text, regions);
    if (functions.size() != 1) {
      throw new ParseException(1, "expected one function, found " + functions.size());
    }
    return functions.get(0);
  }

  /** Reads functions until the text ends. */
  public static List<Function> parseAll(String text, AliasRegions regions) {
    IrLexer in = new IrLexer(text);
    List<Function> functions = new ArrayList<>();
    while (!in.atEnd()) {
      functions.add(new Parser(in, regions).function());
    }
    return functions;
  }

  private Signature signature() {
    List<Type> params = typeList();
    in.expect("->");
    return new Signature(params, typeList());
  }

  private List<Type> typeList() {
    List<Type> types = new ArrayList<>();
    in.expect("(");
    while (!in.take(")")) {
      types.add(type(in.takeName()));
      in.take(",");
    }
    return types;
  }

  private Type type(String name) {
    Type type = TYPES.get(name);
    if (type == null) {
      throw in.error("no such type: " + name);
    }
    return type;
  }

  private Function function() {
    in.expect("{");
    List<Block> order = new ArrayList<>();
    Block block = null;
    List<PendingInst> pending = new ArrayList<>();
    while (!in.take("}")) {
      if (isNumbered('b')) {
        block = block(number('b'));
        order.add(block);
        blockHead(block);
      } else if (block == null) {
        throw in.error("instruction outside of a block");
      } else {
        pending.add(new PendingInst(block, results()));
        inst(pending.getLast());
      }
    }
    // Instructions without a value get numbers above those in the text.
    for (PendingInst each : pending) {
      each.append();
    }
    resolveUses();
    function.blocks.clear();
    function.blocks.addAll(order);
    return function;
  }

  private void resolveUses() {
    for (Use use : uses) {
      Inst value = use.number < values.length ? values[use.number] : null;
      if (value == null) {
        throw in.error("v" + use.number + " is not defined");
      }
      use.values[use.index] = value;
    }
  }

  private void blockHead(Block block) {
    if (in.take("(")) {
      while (!in.take(")")) {
        int number = number('v');
        in.expect(":");
        Inst param = define(number, Opcode.PARAM, type(in.takeName()));
        param.imm = block.params.size();
        param.block = block;
        block.params.add(param);
        in.take(",");
      }
    }
    block.cold = in.take("cold");
    in.expect(":");
  }

  /** An instruction as read, before it is created. */
  private final class PendingInst {
    final Block block;
    final int[] results;
    Opcode op = Opcode.TRAP;
    Type type = Type.NONE;
    Inst[] args = {};
    Edge[] targets = {};
    int[] tags = {};
    long imm;
    long immHigh;
    @Nullable Shape shape;
    @Nullable MemoryAccess access;
    @Nullable Signature signature;
    int trap;
    int fuel;
    int loc = -1;

    PendingInst(Block block, int[] results) {
      this.block = block;
      this.results = results;
    }

    void append() {
      boolean value = results.length > 0 && !op.isCall();
      Inst inst = value ? define(results[0], op, type) : function.newInst(op, type);
      inst.args = args.length > 0 ? args : inst.args;
      inst.targets = targets.length > 0 ? targets : inst.targets;
      inst.setTags(tags);
      inst.imm = imm;
      inst.setImmHigh(immHigh);
      inst.setShape(shape);
      inst.access = access;
      inst.signature = signature;
      inst.trap = trap;
      inst.setFuel(fuel);
      inst.loc = loc;
      block.append(inst);
      Signature callSignature = signature;
      Block goesOn = op.isTryCall() ? targets[0].target : block;
      Inst before = goesOn == block ? null : goesOn.first;
      for (int i = 0; callSignature != null && i < results.length; i++) {
        if (results[i] >= 0) {
          Inst result = define(results[i], Opcode.RESULT, callSignature.results().get(i));
          result.args = new Inst[] {inst};
          result.imm = i;
          result.loc = loc;
          if (before == null) {
            goesOn.append(result);
          } else {
            goesOn.insertBefore(before, result);
          }
        }
      }
    }
  }

  /** The values left of {@code =}; -1 for {@code _}. */
  private int[] results() {
    int[] numbers = new int[4];
    int count = 0;
    while (isNumbered('v') || in.is("_")) {
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, count * 2);
      }
      numbers[count++] = in.take("_") ? -1 : number('v');
      if (numbers[count - 1] >= 0) {
        reserve(numbers[count - 1]);
      }
      if (in.take("=")) {
        break;
      }
      in.expect(",");
    }
    return Arrays.copyOf(numbers, count);
  }

  private void inst(PendingInst inst) {
    String word = in.takeName();
    Opcode op = OPCODES.get(word);
    if (op == null) {
      int dot = word.lastIndexOf('.');
      op = dot < 0 ? null : OPCODES.get(word.substring(0, dot));
      if (op == null) {
        throw in.error("no such instruction: " + word);
      }
      inst.shape = op.hasShape() ? Shape.of(word.substring(dot + 1)) : null;
      inst.type =
          inst.shape == null
              ? type(word.substring(dot + 1))
              : TypeRules.shapedResult(op, inst.shape);
    } else if (op.isIntCompare() || op.isFloatCompare()) {
      inst.type = Type.I32;
    }
    inst.op = op;
    switch (op) {
      case ICONST, FCONST -> inst.imm = in.takeNumber();
      case VCONST -> bits(inst);
      case VSHUFFLE -> {
        inst.args = values("");
        bits(inst);
      }
      case VEXTRACT_LANE, VEXTRACT_LANE_S, VREPLACE_LANE -> {
        inst.args = values("");
        inst.imm = in.takeNumber();
      }
      case LOAD, LOAD_FIELD -> address(inst, op.arity());
      case STORE, STORE_FIELD -> {
        address(inst, op.arity());
        in.expect(",");
        use(inst.args, op.arity() - 1);
      }
      case ATOMIC_LOAD,
          ATOMIC_STORE,
          ATOMIC_ADD,
          ATOMIC_SUB,
          ATOMIC_AND,
          ATOMIC_OR,
          ATOMIC_XOR,
          ATOMIC_EXCHANGE,
          ATOMIC_COMPARE_EXCHANGE -> {
        address(inst, op.arity());
        for (int i = 1; i < op.arity(); i++) {
          in.expect(",");
          use(inst.args, i);
        }
      }
      case CALL_DIRECT, CALL_INDIRECT, CALL_REF, CALL_BY_JUMP, CALL_NATIVE -> call(inst);
      case RETURN_CALL, RETURN_CALL_REF -> call(inst);
      case TRY_CALL, TRY_CALL_INDIRECT, TRY_CALL_REF, TRY_CALL_BY_JUMP -> tryCall(inst);
      case JUMP, BRANCH, SWITCH -> branch(inst);
      case TRAP -> inst.trap = in.takeInt();
      case CHARGE -> charge(inst);
      case POLL -> {
        if (!in.startsLine()) {
          inst.imm = in.takeInt();
          in.expect(",");
          inst.args = values("");
        }
      }
      case HOME -> {
        inst.imm = in.takeInt();
        in.expect(",");
        inst.args = values("");
      }
      case LABEL -> {
        inst.imm = in.takeInt();
        inst.args = in.take(",") ? values("") : inst.args;
      }
      case THROW -> {
        inst.imm = in.take("*") ? Inst.ANY_TAG : in.takeInt();
        in.expect(",");
        inst.args = values("");
      }
      default -> inst.args = op.arity() == 0 ? inst.args : values("");
    }
    if (!in.startsLine() && in.take("trap")) {
      inst.trap = in.takeInt();
    }
    if (!in.startsLine() && in.take("fuel")) {
      inst.fuel = in.takeInt();
    }
    if (in.take("@")) {
      inst.loc = in.takeInt();
    }
  }

  private void charge(PendingInst inst) {
    function.usesFuel = true;
    inst.imm = in.takeInt();
    if (!in.startsLine() && in.take(",")) {
      inst.args = values("");
    }
  }

  private void bits(PendingInst inst) {
    inst.imm = in.takeNumber();
    in.expect(",");
    inst.immHigh = in.takeNumber();
  }

  private MemoryAccess access(String text) {
    String[] parts = text.split("\\.");
    AliasRegion region = function.regions.find(parts[0]);
    if (region == null || parts.length < 2) {
      throw in.error("not an access: " + text);
    }
    boolean signed = parts[1].endsWith("s");
    int bits = Integer.parseInt(signed ? parts[1].substring(0, parts[1].length() - 1) : parts[1]);
    MemoryAccess.Length length = null;
    if (parts.length == 4 && parts[2].startsWith("least") && parts[3].startsWith("guard")) {
      long least = Long.parseLong(parts[2].substring("least".length()));
      length = new MemoryAccess.Length(least, Long.parseLong(parts[3].substring("guard".length())));
    } else if (parts.length != 2) {
      throw in.error("not an access: " + text);
    }
    return new MemoryAccess(bits / 8, signed, region, length);
  }

  private void address(PendingInst inst, int args) {
    inst.access = access(in.takeName());
    inst.args = new Inst[args];
    in.expect("[");
    use(inst.args, 0);
    if (inst.op == Opcode.LOAD_FIELD || inst.op == Opcode.STORE_FIELD) {
      in.expect("+");
      use(inst.args, 1);
    }
    inst.imm = in.is("]") ? 0 : in.takeNumber();
    in.expect("]");
  }

  private void call(PendingInst inst) {
    Inst[] target = {};
    if (inst.op.isDirectCall()) {
      inst.imm = in.takeNumber();
    } else {
      target = new Inst[1];
      use(target, 0);
    }
    if (inst.op.isCallByReference()) {
      inst.imm = in.takeNumber();
    } else if (inst.op == Opcode.RETURN_CALL_REF) {
      in.expect("[");
      bits(inst);
      in.expect("]");
    }
    in.expect("(");
    int before = uses.size();
    Inst[] args = values(")");
    if (target.length > 0) {
      // The arguments move up behind the address.
      Use address = uses.get(before - 1);
      Inst[] all = new Inst[args.length + 1];
      uses.set(before - 1, new Use(all, 0, address.number));
      for (int i = before; i < uses.size(); i++) {
        uses.set(i, new Use(all, uses.get(i).index + 1, uses.get(i).number));
      }
      args = all;
    }
    inst.args = args;
    in.expect(":");
    inst.signature = signature();
  }

  private void branch(PendingInst inst) {
    if (inst.op != Opcode.JUMP) {
      inst.args = new Inst[1];
      use(inst.args, 0);
      in.expect(",");
    }
    List<Edge> edges = new ArrayList<>();
    do {
      edges.add(edge());
    } while (in.take(","));
    inst.targets = edges.toArray(new Edge[0]);
  }

  private Edge edge() {
    Block target = block(number('b'));
    return new Edge(target, in.take("(") ? values(")") : Edge.NO_ARGS);
  }

  private void tryCall(PendingInst inst) {
    call(inst);
    in.expect(",");
    List<Edge> edges = new ArrayList<>(List.of(edge()));
    int[] tags = {};
    while (in.take(",")) {
      tags = Arrays.copyOf(tags, tags.length + 1);
      tags[tags.length - 1] = in.take("*") ? Inst.ANY_TAG : in.takeInt();
      in.expect(":");
      edges.add(edge());
    }
    inst.targets = edges.toArray(new Edge[0]);
    inst.tags = tags;
  }

  /** Values up to {@code close}, or as many as there are when that is empty. */
  private Inst[] values(String close) {
    int[] numbers = new int[4];
    int count = 0;
    while (isNumbered('v')) {
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, count * 2);
      }
      numbers[count++] = number('v');
      if (!in.take(",")) {
        break;
      }
    }
    if (!close.isEmpty()) {
      in.expect(close);
    }
    Inst[] result = new Inst[count];
    for (int i = 0; i < count; i++) {
      uses.add(new Use(result, i, numbers[i]));
    }
    return result;
  }

  private void use(Inst[] target, int index) {
    uses.add(new Use(target, index, number('v')));
  }

  private boolean isNumbered(char letter) {
    String token = in.token();
    return token.length() > 1 && token.charAt(0) == letter && Character.isDigit(token.charAt(1));
  }

  private int number(char letter) {
    if (!isNumbered(letter)) {
      throw in.error("expected " + letter + " and a number, found '" + in.token() + "'");
    }
    String token = in.takeAny();
    try {
      int number = Integer.parseInt(token, 1, token.length(), 10);
      if (number < MAX_NUMBER) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw in.error("not a number: " + token);
  }

  private Block block(int number) {
    if (number >= blocks.length) {
      blocks = Arrays.copyOf(blocks, Math.max(number + 1, blocks.length * 2));
    }
    Block block = blocks[number];
    if (block == null) {
      blocks[number] = block = function.newBlock(number);
    }
    return block;
  }

  private void reserve(int number) {
    if (number >= values.length) {
      values = Arrays.copyOf(values, Math.max(number + 1, values.length * 2));
    }
    function.reserve(number);
  }

  private Inst define(int number, Opcode op, Type type) {
    reserve(number);
    if (values[number] != null) {
      throw in.error("v" + number + " is defined twice");
    }
    Inst inst = function.newInst(number, op, type);
    values[number] = inst;
    return inst;
  }
}
