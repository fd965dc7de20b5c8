package dev.tazza.codegen.isa.x64.emit;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random functions that hold references over calls: variables for references and integers, objects
 * with a number and a child, branches, loops, calls with references among arguments and results,
 * polls. The first parameter is the base of the heap, the others are references.
 */
final class RandomReferences {
  /** Number of parameters that are references. */
  static final int GIVEN = 2;

  private static final int REFS = 7;
  private static final int INTS = 4;
  private static final MemoryAccess NUMBER = MemoryAccess.full(Type.I64, TestRegions.HEAP);
  private static final MemoryAccess CHILD = MemoryAccess.full(Type.REF, TestRegions.HEAP);
  private static final int MAX_DEPTH = 3;

  private final Random random;
  private final Function function;
  private final Builder builder;

  /** References, then integers. */
  private Inst[] variables = new Inst[REFS + INTS];

  private Inst base;
  private int budget;

  private RandomReferences(long seed, int size) {
    random = new Random(seed * 31 + 7);
    budget = size;
    function =
        new Function(
            "random",
            new Signature(List.of(Type.I64, Type.REF, Type.REF), List.of(Type.I64)),
            TestRegions.ALL);
    builder = new Builder(function);
    Block entry = builder.newBlock();
    base = entry.addParam(Type.I64);
    for (int i = 0; i < GIVEN; i++) {
      variables[i] = entry.addParam(Type.REF);
    }
    builder.switchTo(entry);
  }

  static Function generate(long seed, int size) {
    RandomReferences r = new RandomReferences(seed, size);
    for (int i = GIVEN; i < r.variables.length; i++) {
      r.variables[i] = i < REFS ? r.builder.nullRef() : r.builder.i64(i);
    }
    for (int i = 0; i < 3; i++) {
      r.call();
    }
    while (r.budget > 0) {
      r.statement(0);
    }
    r.finish();
    return r.function;
  }

  private void finish() {
    Inst sum = builder.i64(0);
    for (int i = 0; i < variables.length; i++) {
      Inst value = i < REFS ? number(variables[i]) : variables[i];
      Inst scaled = builder.binary(Opcode.MUL, Type.I64, sum, builder.i64(31));
      sum = builder.binary(Opcode.ADD, Type.I64, scaled, value);
    }
    builder.ret(sum);
  }

  private int anyRef() {
    return random.nextInt(REFS);
  }

  private int anyInt() {
    return REFS + random.nextInt(INTS);
  }

  private Inst number(Inst ref) {
    return builder.loadField(Type.I64, NUMBER, base, ref, 0, 0);
  }

  private void statement(int depth) {
    budget--;
    switch (random.nextInt(depth < MAX_DEPTH ? 19 : 13)) {
      case 0, 1 -> variables[anyInt()] = number(variables[anyRef()]);
      case 2 -> variables[anyRef()] = child(variables[anyRef()]);
      case 3 -> setChild(variables[anyRef()], variables[anyRef()]);
      case 4 -> variables[anyRef()] = variables[anyRef()];
      case 5 -> {
        Inst same = builder.compare(Opcode.ICMP_EQ, variables[anyRef()], variables[anyRef()]);
        Inst wide = builder.unary(Opcode.UEXTEND, Type.I64, same);
        int to = anyInt();
        variables[to] = builder.binary(Opcode.ADD, Type.I64, variables[to], wide);
      }
      case 6 ->
          variables[anyRef()] =
              builder.select(condition(), variables[anyRef()], variables[anyRef()]);
      case 7 -> {
        int to = anyInt();
        variables[to] = builder.binary(Opcode.XOR, Type.I64, variables[to], variables[anyInt()]);
      }
      case 8 -> {
        if (random.nextInt(4) == 0) {
          variables[anyRef()] = builder.nullRef();
        }
      }
      case 9, 10 -> call();
      case 11, 12 -> builder.poll();
      case 13, 14 -> branch(depth + 1);
      case 15, 16, 17 -> tryCall(depth + 1);
      default -> loop(depth + 1);
    }
  }

  private Inst child(Inst ref) {
    return builder.loadField(Type.REF, CHILD, base, ref, 8, 0);
  }

  private void setChild(Inst ref, Inst value) {
    Inst store = function.newInst(Opcode.STORE_FIELD, Type.NONE, base, ref, value);
    store.access = CHILD;
    store.imm = 8;
    builder.block().append(store);
  }

  private Inst condition() {
    if (random.nextBoolean()) {
      return builder.compare(
          random.nextBoolean() ? Opcode.ICMP_EQ : Opcode.ICMP_NE,
          variables[anyRef()],
          variables[anyRef()]);
    }
    return builder.compare(Opcode.ICMP_LT_S, variables[anyInt()], variables[anyInt()]);
  }

  /** The context first; the results go to variables. */
  private void call() {
    Inst call = newCall();
    takeResults(call);
  }

  /** A call with handlers, behind which all ways meet. */
  private void tryCall(int depth) {
    Inst call = newCall();
    Block normal = builder.newBlock();
    int[] tags = new int[1 + random.nextInt(3)];
    Edge[] pads = new Edge[tags.length];
    Block shared = builder.newBlock();
    for (int i = 0; i < tags.length; i++) {
      tags[i] = random.nextInt(4) == 0 ? Inst.ANY_TAG : random.nextInt(3);
      pads[i] = new Edge(random.nextBoolean() ? shared : builder.newBlock());
      pads[i].target.cold = random.nextInt(4) > 0;
    }
    builder.tryCall(call, normal, tags, pads);
    Inst[] before = variables.clone();
    Block join = blockWithVariables();
    builder.switchTo(normal);
    takeResults(call);
    if (random.nextBoolean()) {
      body(depth);
    }
    builder.jump(join, variables.clone());
    java.util.Set<Block> done = new java.util.HashSet<>();
    for (Edge pad : pads) {
      if (done.add(pad.target)) {
        variables = before.clone();
        builder.switchTo(pad.target);
        if (random.nextBoolean()) {
          body(depth);
        }
        builder.jump(join, variables.clone());
      }
    }
    if (!done.contains(shared)) {
      function.blocks.remove(shared);
    }
    take(join);
  }

  private Inst newCall() {
    List<Type> params = new ArrayList<>(List.of(Type.I64));
    List<Inst> args = new ArrayList<>(List.of(base));
    for (int k = random.nextInt(random.nextInt(4) == 0 ? 14 : 4); k > 0; k--) {
      int from = random.nextInt(variables.length);
      params.add(variables[from].type);
      args.add(variables[from]);
    }
    List<Type> results = new ArrayList<>();
    for (int k = random.nextInt(random.nextInt(4) == 0 ? 10 : 3); k >= 0; k--) {
      results.add(random.nextInt(3) > 0 ? Type.REF : Type.I64);
    }
    return builder.call(0, new Signature(params, results), args.toArray(new Inst[0]));
  }

  private void takeResults(Inst call) {
    Inst[] values = new Inst[call.signature.results().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = builder.result(call, i);
    }
    for (Inst value : values) {
      variables[value.type == Type.REF ? anyRef() : anyInt()] = value;
    }
  }

  private Block blockWithVariables() {
    Block block = builder.newBlock();
    for (Inst variable : variables) {
      block.addParam(variable.type);
    }
    return block;
  }

  private void take(Block block) {
    builder.switchTo(block);
    for (int i = 0; i < variables.length; i++) {
      variables[i] = block.params.get(i);
    }
  }

  private void body(int depth) {
    for (int k = random.nextInt(6); k >= 0; k--) {
      statement(depth);
    }
  }

  private void branch(int depth) {
    Block yes = builder.newBlock();
    Block no = builder.newBlock();
    Block join = blockWithVariables();
    yes.cold = random.nextInt(4) == 0;
    builder.branch(condition(), new Edge(yes), new Edge(no));
    Inst[] before = variables.clone();
    builder.switchTo(yes);
    body(depth);
    builder.jump(join, variables.clone());
    variables = before;
    builder.switchTo(no);
    if (random.nextBoolean()) {
      body(depth);
    }
    builder.jump(join, variables.clone());
    take(join);
  }

  /** Up to three rounds. */
  private void loop(int depth) {
    Block header = blockWithVariables();
    Inst counter = header.addParam(Type.I32);
    Block inside = builder.newBlock();
    Block exit = builder.newBlock();
    builder.jump(header, with(builder.i32(1 + random.nextInt(3))));
    take(header);
    builder.branch(counter, new Edge(inside), new Edge(exit));
    Inst[] atExit = variables.clone();
    builder.switchTo(inside);
    body(depth);
    builder.jump(header, with(builder.binary(Opcode.SUB, Type.I32, counter, builder.i32(1))));
    variables = atExit;
    builder.switchTo(exit);
  }

  private Inst[] with(Inst counter) {
    Inst[] all = java.util.Arrays.copyOf(variables, variables.length + 1);
    all[variables.length] = counter;
    return all;
  }
}
