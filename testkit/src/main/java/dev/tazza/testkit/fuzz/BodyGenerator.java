package dev.tazza.testkit.fuzz;

import dev.tazza.testkit.fuzz.RandomModule.Shape;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.ValType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes the body of one function, in the flat text format. */
final class BodyGenerator extends ExpressionGenerator {
  /** Budget of functions that are worth inlining. */
  private static final int SHORT = 12;

  private static final int NO_FUNCTION = -1;

  private final VectorGenerator vectors = new VectorGenerator(this);
  private final TryGenerator tries = new TryGenerator(this);
  private final TailCallGenerator tails = new TailCallGenerator(this);
  private final ReferenceGenerator references = new ReferenceGenerator(this);
  private final int self;
  private final FuncType type;

  BodyGenerator(Random random, Shape shape, int self) {
    super(random, shape);
    this.self = self;
    this.type = shape.function(self);
    if (self >= shape.exported() || random.nextInt(4) == 0) {
      budget = random.nextInt(SHORT);
    }
  }

  /** A function of vectors only, which has no parameters that others know of. */
  private BodyGenerator(Random random, Shape shape) {
    super(random, shape);
    self = NO_FUNCTION;
    type = new FuncType(List.of(), List.of());
  }

  /** Locals and instructions of a function whose first two vectors are parameters. */
  static String ofVectors(Random random, Shape shape) {
    BodyGenerator body = new BodyGenerator(random, shape);
    // No control flow: there is nothing to branch to.
    body.budget = 0;
    body.vectors.statement();
    body.vectors.vector();
    body.vectors.scalar(NumType.F64);
    return "(local $nan32 f32) (local $nan64 f64)" + VectorGenerator.locals(2) + "\n" + body.out;
  }

  /** Whether the functions of vectors may be called. */
  boolean callsVectors() {
    return self != NO_FUNCTION;
  }

  /** Locals and instructions. */
  String generate() {
    return generate(() -> {
      line("global.get $fuel");
      line("i32.eqz");
      line("if");
      for (NumType result : numbers(type.results())) {
        constant(result);
      }
      line("return");
      line("end");
      useFuel();
      sequence(numbers(type.results()));
    });
  }

  /** Locals, and what {@code instructions} appends. */
  String generate(Runnable instructions) {
    locals.addAll(numbers(type.params()));
    int extra = random.nextInt(random.nextInt(8) == 0 && budget > SHORT ? 30 : 6);
    for (int i = 0; i < extra; i++) {
      locals.add(pick(random, TYPES));
    }
    labels.add(new Label(numbers(type.results()), false));
    instructions.run();
    StringBuilder head = new StringBuilder();
    RandomModule.list(head, "local", locals.subList(type.params().size(), locals.size()));
    head.append("\n(local $nan32 f32) (local $nan64 f64)").append(VectorGenerator.locals(0));
    head.append(tries.locals()).append(ReferenceGenerator.locals(shape));
    for (int i = 0; i < scratch.size(); i++) {
      head.append(" (local $s%d %s)".formatted(i, Vocabulary.text(scratch.get(i))));
    }
    return head.append('\n').append(out).toString();
  }

  static List<NumType> numbers(List<ValType> types) {
    List<NumType> numbers = new ArrayList<>();
    for (ValType each : types) {
      numbers.add((NumType) each);
    }
    return numbers;
  }

  /** Traps when there is no fuel left, else takes some. */
  void useFuelOrTrap() {
    line("global.get $fuel");
    line("i32.eqz");
    line("if");
    line("unreachable");
    line("end");
    useFuel();
  }

  private void useFuel() {
    line("global.get $fuel");
    line("i32.const 1");
    line("i32.sub");
    line("global.set $fuel");
  }

  // Statements.

  /** Statements, then values of these types on the stack, or a branch away. */
  void sequence(List<NumType> results) {
    int count = random.nextInt(5);
    for (int i = 0; i < count && budget > 0; i++) {
      statement();
    }
    if (chance(8)) {
      leave();
      if (chance(60)) {
        return; // the rest is unreachable: any types will do
      }
    }
    for (NumType result : results) {
      expression(result);
    }
  }

  private void statement() {
    budget--;
    if (tries.isTime(12)) {
      tries.statement();
      return;
    }
    if (shape.references() && chance(8)) {
      references.statement();
      return;
    }
    switch (random.nextInt(30)) {
      case 0, 1, 2, 3 -> setLocal();
      case 4, 5 -> setGlobal();
      case 6, 7, 8 -> store();
      case 9 -> {
        expression(pick(random, TYPES));
        line("drop");
      }
      case 10, 11 -> conditional(List.of());
      case 12 -> block(List.of());
      case 13 -> loop(List.of());
      case 14, 15 -> new CountedLoop(this).generate();
      case 16 -> new SteppedLoop(this).generate();
      case 17 -> new CopyLoop(this).generate();
      case 18 -> new StateLoop(this).generate();
      case 19 -> new StateMachine(this).generate();
      case 20 -> new WideProduct(this).generate();
      case 21 -> branchIf();
      case 22 -> callAndKeep();
      case 23 -> callHost();
      case 24 -> bulk();
      case 25 -> table();
      case 26, 27, 28 -> vectors.statement();
      default -> passThrough();
    }
  }

  void setLocal() {
    if (locals.isEmpty()) {
      line("nop");
      return;
    }
    int index = random.nextInt(locals.size());
    expression(locals.get(index));
    line("local.set %d", index);
  }

  void setGlobal() {
    int index = random.nextInt(shape.mutable());
    expression(shape.globals().get(index));
    line("global.set $g%d", index);
  }

  void store() {
    if (shape.atomics() && chance(50)) {
      new AtomicGenerator(this).statement();
      return;
    }
    NumType value = pick(random, TYPES);
    address();
    expression(value);
    canonical(value);
    line(
        "%s.%s offset=%d",
        Vocabulary.text(value), pick(random, Vocabulary.stores(value)), offset());
  }

  private void leave() {
    if (tries.isTime(30)) {
      tries.raise();
      return;
    }
    if (shape.tailCalls() && chance(40) && tails.leave(type.results())) {
      return;
    }
    switch (random.nextInt(6)) {
      case 0 -> {
        if (chance(30)) {
          line("unreachable");
        } else {
          leaveBy("return", labels.get(0));
        }
      }
      case 1, 2 -> branchTable();
      default -> {
        int target = target();
        leaveBy("br " + relative(target), labels.get(target));
      }
    }
  }

  private void leaveBy(String instruction, Label label) {
    for (NumType value : label.types()) {
      expression(value);
    }
    line(instruction);
  }

  /** Index of a label to branch to; seldom a loop's, because that takes fuel. */
  private int target() {
    int target = random.nextInt(labels.size());
    while (labels.get(target).closed() || labels.get(target).loop() && !chance(10)) {
      target = random.nextInt(target); // label 0 is the function's
    }
    return target;
  }

  private int relative(int label) {
    return labels.size() - 1 - label;
  }

  private void branchIf() {
    int target = target();
    for (NumType value : labels.get(target).types()) {
      expression(value);
    }
    expression(NumType.I32);
    line("br_if %d", relative(target));
    consume(labels.get(target).types());
  }

  private void branchTable() {
    int fallback = target();
    List<NumType> types = labels.get(fallback).types();
    StringBuilder targets = new StringBuilder("br_table");
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      int target = target();
      if (labels.get(target).types().equals(types)) {
        targets.append(' ').append(relative(target));
      }
    }
    targets.append(' ').append(relative(fallback));
    for (NumType value : types) {
      expression(value);
    }
    expression(NumType.I32);
    if (chance(70)) {
      line("i32.const 7");
      line("i32.and");
    }
    line(targets.toString());
  }

  private void bulk() {
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        address();
        address();
        length(255);
        line("memory.copy");
      }
      case 2, 3 -> {
        address();
        expression(NumType.I32);
        length(chance(50) ? 15 : 1023);
        line("memory.fill");
      }
      case 4 -> {
        address();
        length(7);
        length(31);
        line("memory.init $d");
      }
      default -> line(chance(10) ? "data.drop $d" : "nop");
    }
  }

  private void table() {
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        length(7);
        line(chance(20) ? "ref.null func" : "ref.func $f" + random.nextInt(shape.exported()));
        line("table.set $table");
      }
      case 2 -> {
        length(7);
        length(7);
        length(3);
        line("table.copy");
      }
      case 3 -> {
        length(7);
        length(1);
        length(3);
        line("table.init $e");
      }
      case 4 -> {
        line("ref.null func");
        length(1);
        line("table.grow $table");
        line("drop");
      }
      default -> {
        length(7);
        length(7);
        line("table.get $table");
        length(3);
        line("table.fill $table");
      }
    }
  }

  // Control.

  List<NumType> someTypes(int most) {
    List<NumType> types = new ArrayList<>();
    int count = random.nextInt(most + 1);
    for (int i = 0; i < count; i++) {
      types.add(pick(random, TYPES));
    }
    return types;
  }

  String signature(String keyword, List<NumType> params, List<NumType> results) {
    StringBuilder text = new StringBuilder(keyword);
    RandomModule.list(text, "param", params);
    RandomModule.list(text, "result", results);
    return text.toString();
  }

  void inside(Label label, Runnable body) {
    inside(label, body, "end");
  }

  void inside(Label label, Runnable body, String end) {
    labels.add(label);
    depth++;
    body.run();
    depth--;
    labels.removeLast();
    line(end);
  }

  void inside(Label label, Runnable body, String between, Runnable rest) {
    inside(
        label,
        () -> {
          body.run();
          line(between);
          rest.run();
        });
  }

  @Override
  void vectorToScalar(NumType wanted) {
    vectors.scalar(wanted);
  }

  @Override
  void block(List<NumType> results) {
    line(signature("block", List.of(), results));
    inside(new Label(results, false), () -> sequence(results));
  }

  @Override
  void conditional(List<NumType> results) {
    expression(NumType.I32);
    line(signature("if", List.of(), results));
    inside(
        new Label(results, false),
        () -> {
          sequence(results);
          if (!results.isEmpty() || chance(50)) {
            line("else");
            sequence(results);
          }
        });
  }

  /** Counts down a local of its own; branches from elsewhere in it take fuel. */
  @Override
  void loop(List<NumType> results) {
    String counter = scratch(NumType.I32);
    line("i32.const %d", 1 + random.nextInt(6));
    line("local.set %s", counter);
    List<NumType> params = chance(25) ? someTypes(3) : List.of();
    for (NumType param : params) {
      expression(param);
    }
    line(signature("loop", params, results));
    inside(
        new Label(params, true),
        () -> {
          consume(params);
          useFuelOrTrap();
          sequence(List.of());
          for (NumType param : params) {
            expression(param);
          }
          line("local.get %s", counter);
          line("i32.const 1");
          line("i32.sub");
          line("local.tee %s", counter);
          line("i32.const 0");
          line("i32.gt_s");
          line("br_if 0");
          consume(params);
          sequence(results);
        });
  }

  /** Takes values off the stack, into locals where there is one of the type. */
  @Override
  void consume(List<NumType> types) {
    for (int i = types.size() - 1; i >= 0; i--) {
      int local = locals.lastIndexOf(types.get(i));
      line(local < 0 ? "drop" : "local.set " + local);
    }
  }

  /** A block with parameters. */
  private void passThrough() {
    List<NumType> params = someTypes(3);
    List<NumType> results = someTypes(3);
    for (NumType param : params) {
      expression(param);
    }
    boolean choice = chance(30);
    if (choice) {
      expression(NumType.I32);
    }
    line(signature(choice ? "if" : "block", params, results));
    inside(
        new Label(results, false),
        () -> {
          consume(params);
          sequence(results);
          if (choice) {
            line("else");
            consume(params);
            sequence(results);
          }
        });
    consume(results);
  }

  // Calls.

  private void callAndKeep() {
    consume(call());
  }

  @Override
  List<NumType> call() {
    if (shape.references() && chance(30)) {
      return references.call();
    }
    if (chance(30)) {
      int index = random.nextInt(shape.types().size());
      FuncType callee = shape.types().get(index);
      arguments(numbers(callee.params()));
      if (chance(60) && shape.functionTypes().contains(index)) {
        line("i32.const %d", random.nextInt(9));
      } else {
        length(chance(95) ? 7 : 31);
      }
      line("call_indirect %s (type $t%d)", chance(30) ? "$fixed" : "$table", index);
      return numbers(callee.results());
    }
    // Later functions mostly, so that most calls come to an end before the fuel does.
    if (chance(25)) {
      return callRecursive();
    }
    int count = shape.recursive();
    int callee =
        self + 1 < count && chance(85)
            ? self + 1 + random.nextInt(count - self - 1)
            : random.nextInt(count);
    arguments(numbers(shape.function(callee).params()));
    line("call $f%d", callee);
    return numbers(shape.function(callee).results());
  }

  private List<NumType> callRecursive() {
    int first = shape.recursive();
    int callee = first + random.nextInt(shape.functionTypes().size() - first);
    List<NumType> params = numbers(shape.function(callee).params());
    expression(NumType.I32);
    line("i32.const %d", Recursion.MOST - 1);
    line(chance(80) ? "i32.and" : "i32.rem_u");
    arguments(params.subList(1, params.size()));
    line("call $f%d", callee);
    return numbers(shape.function(callee).results());
  }

  /** The host changes memory, and makes it larger at times. */
  private void callHost() {
    expression(NumType.I32);
    expression(NumType.I32);
    line("call $host");
    consume(List.of(NumType.I32));
  }

  private void arguments(List<NumType> types) {
    types.forEach(this::expression);
  }
}
