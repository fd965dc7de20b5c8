package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VRegKind;
import dev.tazza.codegen.regalloc.CodeBuilder.Block;
import dev.tazza.codegen.regalloc.CodeBuilder.Inst;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random functions, structured as WebAssembly is: nested blocks, loops and conditionals with
 * branches out of several levels. Every kind of operand constraint occurs. The same seed gives the
 * same function.
 */
final class RandomCode {
  private static final int RAX = 0;
  private static final int RCX = 1;
  private static final int RDX = 2;

  private final Random random;
  private final RegisterFile file;
  private final CodeBuilder builder = new CodeBuilder();
  private final List<Label> labels = new ArrayList<>();
  private List<Integer> visible = new ArrayList<>();
  private Block current;
  private int depth;
  private boolean cold;
  private int budget;
  private final int loops;

  private record Label(Block block, int[] params) {}

  private RandomCode(long seed, RegisterFile file, int size) {
    this.random = new Random(seed);
    this.file = file;
    this.loops = random.nextInt(9);
    this.budget = size;
    this.current = builder.block(0);
  }

  /**
   * Makes a function.
   *
   * @param size about the number of instructions
   */
  static VCode<String> generate(long seed, RegisterFile file, int size) {
    RandomCode r = new RandomCode(seed, file, size);
    r.incoming();
    while (r.budget > 0) {
      r.statement();
    }
    CodeBuilder.add(r.current, "return", Operand.useFixed(r.pick(VRegKind.INT), RAX));
    return r.builder.build();
  }

  private void incoming() {
    int n = 1 + random.nextInt(4);
    int floats = random.nextInt(3);
    long[] operands = new long[n + floats];
    for (int k = 0; k < n; k++) {
      int reg = k == 0 ? file.intOrder()[file.intOrder().length - 1] : file.intOrder()[k - 1];
      operands[k] = Operand.defFixed(define(VRegKind.INT), reg);
    }
    for (int k = 0; k < floats; k++) {
      operands[n + k] = Operand.defFixed(define(VRegKind.FLOAT), file.floatOrder()[k]);
    }
    CodeBuilder.add(current, "incoming", operands);
  }

  private void statement() {
    int what = random.nextInt(100);
    if (what < 80 || labels.size() > 6) {
      instruction();
    } else if (what < 84) {
      branchOut();
    } else if (what < 84 + loops) {
      loop();
    } else if (what < 92) {
      block();
    } else {
      conditional();
    }
  }

  private void sequence() {
    for (int n = random.nextInt(12); n > 0 && budget > 0; n--) {
      statement();
    }
  }

  // Control.

  private void block() {
    Label label = label(builder.block(depth));
    builder.blocks.remove(label.block);
    labels.add(label);
    List<Integer> saved = new ArrayList<>(visible);
    sequence();
    labels.removeLast();
    int[] args = args(label.params);
    visible = saved;
    CodeBuilder.jump(current, label.block, args);
    start(label.block, label.params);
  }

  private void loop() {
    depth++;
    Label label = label(builder.block(depth));
    CodeBuilder.jump(current, label.block, args(label.params));
    List<Integer> saved = new ArrayList<>(visible);
    builder.blocks.removeLast();
    start(label.block, label.params);
    labels.add(label);
    sequence();
    labels.removeLast();
    Block again = newBlock();
    int[] args = args(label.params);
    CodeBuilder.jump(again, label.block, args);
    depth--;
    Block exit = newBlock();
    CodeBuilder.branch(current, pick(VRegKind.INT), again, exit);
    if (random.nextBoolean()) {
      visible = saved;
    }
    current = exit;
  }

  private void conditional() {
    Block yes = newBlock();
    boolean wasCold = cold;
    cold |= random.nextInt(3) == 0;
    Block no = newBlock();
    cold = wasCold;
    boolean noIsCold = no.cold;
    CodeBuilder.branch(current, pick(VRegKind.INT), yes, no);
    Label end = label(builder.block(depth));
    builder.blocks.remove(end.block);
    List<Integer> saved = new ArrayList<>(visible);
    current = yes;
    sequence();
    CodeBuilder.jump(current, end.block, args(end.params));
    visible = new ArrayList<>(saved);
    current = no;
    cold = noIsCold;
    sequence();
    CodeBuilder.jump(current, end.block, args(end.params));
    cold = wasCold;
    visible = saved;
    start(end.block, end.params);
  }

  private void branchOut() {
    if (labels.isEmpty()) {
      return;
    }
    int n = 1 + random.nextInt(3);
    Block[] targets = new Block[n + 1];
    boolean wasCold = cold;
    for (int k = 0; k < n; k++) {
      cold = wasCold || random.nextInt(4) == 0;
      targets[k] = newBlock();
      Label label = labels.get(random.nextInt(labels.size()));
      CodeBuilder.jump(targets[k], label.block, args(label.params));
    }
    cold = wasCold;
    targets[n] = newBlock();
    if (random.nextInt(4) == 0) {
      // An edge with an argument to a block with a single predecessor.
      int param = builder.vreg(VRegKind.INT);
      targets[n].params = new int[] {param};
      int[] args = args(targets[n].params);
      CodeBuilder.add(current, "try");
      for (Block target : targets) {
        CodeBuilder.edge(current, target, target == targets[n] ? args : new int[0]);
      }
      visible.add(param);
    } else {
      CodeBuilder.branch(current, pick(VRegKind.INT), targets);
    }
    current = targets[n];
  }

  private Block newBlock() {
    Block block = builder.block(depth);
    block.cold = cold;
    return block;
  }

  private Label label(Block block) {
    int[] params = new int[random.nextInt(5)];
    for (int k = 0; k < params.length; k++) {
      params[k] = builder.vreg(kind());
    }
    return new Label(block, params);
  }

  private void start(Block block, int[] params) {
    block.params = params;
    block.cold = cold;
    builder.blocks.add(block);
    current = block;
    for (int p : params) {
      visible.add(p);
    }
  }

  private int[] args(int[] params) {
    int[] args = new int[params.length];
    for (int k = 0; k < params.length; k++) {
      args[k] = pick(builder.vregs.get(params[k]));
    }
    return args;
  }

  // Instructions.

  private void instruction() {
    budget--;
    switch (random.nextInt(16)) {
      case 0 -> visible.add(builder.constant(current, kind()));
      case 1 -> shift();
      case 2 -> divide();
      case 3 -> call();
      case 4 -> move();
      case 5, 6 -> reuse();
      case 7 -> late();
      case 8 -> store();
      default -> operation();
    }
  }

  private void operation() {
    int n = random.nextInt(4);
    long[] operands = new long[n + 1];
    for (int k = 0; k < n; k++) {
      operands[k] = use(pick(kind()));
    }
    VRegKind kind = kind();
    int v = builder.vreg(kind);
    operands[n] = random.nextInt(6) == 0 ? Operand.defAny(v) : Operand.def(v);
    CodeBuilder.add(current, "op", operands);
    visible.add(v);
  }

  private long use(int v) {
    return random.nextInt(3) == 0 ? Operand.useAny(v) : Operand.use(v);
  }

  private void store() {
    CodeBuilder.add(current, "store", use(pick(VRegKind.INT)), Operand.use(pick(kind())));
  }

  private void reuse() {
    VRegKind kind = kind();
    int a = pick(kind);
    int b = random.nextInt(5) == 0 ? a : pick(kind());
    int v = builder.vreg(kind);
    boolean temporary = random.nextInt(4) == 0;
    long[] operands = new long[temporary ? 4 : 3];
    operands[0] = Operand.use(a);
    operands[1] = random.nextInt(5) == 0 ? Operand.useLate(b) : use(b);
    operands[2] = Operand.defReuse(v, 0);
    if (temporary) {
      operands[3] = Operand.defEarly(builder.vreg(kind()));
    }
    CodeBuilder.add(current, "reuse", operands).commutative =
        builder.vregs.get(a) == builder.vregs.get(b) && random.nextBoolean();
    visible.add(v);
  }

  private void late() {
    int temporary = builder.vreg(VRegKind.INT);
    int v = builder.vreg(kind());
    CodeBuilder.add(
        current,
        "late",
        Operand.useLate(pick(kind())),
        Operand.use(pick(kind())),
        Operand.defEarly(temporary),
        Operand.def(v));
    visible.add(v);
  }

  private void shift() {
    int v = builder.vreg(VRegKind.INT);
    CodeBuilder.add(
        current,
        "shift",
        Operand.use(pick(VRegKind.INT)),
        Operand.useFixed(pick(VRegKind.INT), RCX),
        Operand.defReuse(v, 0));
    visible.add(v);
  }

  private void divide() {
    int quotient = builder.vreg(VRegKind.INT);
    int scratch = builder.vreg(VRegKind.INT);
    Inst inst =
        CodeBuilder.add(
            current,
            "divide",
            Operand.useFixed(pick(VRegKind.INT), RAX),
            Operand.useLate(pick(VRegKind.INT)),
            Operand.defFixed(quotient, RAX),
            Operand.defFixed(scratch, RDX) & ~(1L << 33));
    visible.add(quotient);
    inst.clobbers = random.nextBoolean() ? PReg.mask(RDX) : 0;
    if (inst.clobbers == 0) {
      visible.add(scratch);
    }
  }

  private void move() {
    VRegKind kind = kind();
    int v = builder.vreg(kind);
    long use = random.nextInt(3) == 0 ? Operand.useAny(pick(kind)) : Operand.use(pick(kind));
    CodeBuilder.add(current, "move", use, Operand.def(v)).move = true;
    visible.add(v);
  }

  private void call() {
    List<Long> operands = new ArrayList<>();
    int ints = file.intOrder().length;
    if (random.nextBoolean()) {
      operands.add(Operand.useFixed(visible.getFirst(), file.intOrder()[ints - 1]));
    }
    for (int k = random.nextInt(Math.min(ints - 2, 8)); k > 0; k--) {
      operands.add(Operand.useFixed(pick(VRegKind.INT), file.intOrder()[k - 1]));
    }
    for (int k = random.nextInt(file.floatOrder().length); k > 0; k--) {
      VRegKind kind = random.nextBoolean() ? VRegKind.FLOAT : VRegKind.VECTOR;
      operands.add(Operand.useFixed(pick(kind), file.floatOrder()[k - 1]));
    }
    for (int k = random.nextInt(4); k > 0; k--) {
      operands.add(Operand.useAny(pick(kind())));
    }
    long clobbers = CodeBuilder.callerSaved(file);
    for (int k = random.nextInt(4); k > 0; k--) {
      int reg = file.intOrder()[k - 1];
      operands.add(
          Operand.defFixed(define(random.nextBoolean() ? VRegKind.INT : VRegKind.REF), reg));
      clobbers &= ~PReg.mask(reg);
    }
    if (random.nextBoolean()) {
      operands.add(Operand.defFixed(define(VRegKind.FLOAT), file.floatOrder()[0]));
      clobbers &= ~PReg.mask(file.floatOrder()[0]);
    }
    long[] array = operands.stream().mapToLong(o -> o).toArray();
    CodeBuilder.add(current, "call", array).clobbers = clobbers;
  }

  private int define(VRegKind kind) {
    int v = builder.vreg(kind);
    visible.add(v);
    return v;
  }

  private VRegKind kind() {
    int k = random.nextInt(8);
    return k < 4 ? VRegKind.INT : k < 5 ? VRegKind.REF : k < 7 ? VRegKind.FLOAT : VRegKind.VECTOR;
  }

  /** A visible value, more often a recent one, made if there is none. */
  private int pick(VRegKind kind) {
    int size = visible.size();
    for (int tries = 0; tries < 8; tries++) {
      int back = random.nextInt(3) == 0 ? random.nextInt(size) : random.nextInt(Math.min(size, 10));
      int v = visible.get(size - 1 - back);
      if (builder.vregs.get(v) == kind) {
        return v;
      }
    }
    int v = builder.constant(current, kind);
    visible.add(v);
    return v;
  }
}
