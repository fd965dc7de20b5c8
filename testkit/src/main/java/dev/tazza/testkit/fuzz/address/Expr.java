package dev.tazza.testkit.fuzz.address;

/** A 32-bit number that can be computed, and the text for it. */
sealed interface Expr {
  int value(AddressMachine machine);

  void text(StringBuilder out);

  /** What two numbers become. */
  enum Op {
    ADD,
    SUB,
    MUL,
    SHL,
    SHR_U,
    SHR_S,
    AND,
    OR,
    XOR,
    LT_U,
    LT_S,
    LE_U,
    LE_S,
    GT_U,
    GT_S,
    GE_U,
    GE_S,
    EQ,
    NE;

    String text() {
      return "i32." + name().toLowerCase(java.util.Locale.ROOT);
    }

    int apply(int a, int b) {
      return switch (this) {
        case ADD -> a + b;
        case SUB -> a - b;
        case MUL -> a * b;
        case SHL -> a << b;
        case SHR_U -> a >>> b;
        case SHR_S -> a >> b;
        case AND -> a & b;
        case OR -> a | b;
        case XOR -> a ^ b;
        default -> compare(a, b) ? 1 : 0;
      };
    }

    private boolean compare(int a, int b) {
      int unsigned = Integer.compareUnsigned(a, b);
      return switch (this) {
        case LT_U -> unsigned < 0;
        case LE_U -> unsigned <= 0;
        case GT_U -> unsigned > 0;
        case GE_U -> unsigned >= 0;
        case LT_S -> a < b;
        case LE_S -> a <= b;
        case GT_S -> a > b;
        case GE_S -> a >= b;
        case EQ -> a == b;
        default -> a != b;
      };
    }
  }

  /** {@code i32.const}. */
  record Const(int number) implements Expr {
    @Override
    public int value(AddressMachine machine) {
      return number;
    }

    @Override
    public void text(StringBuilder out) {
      out.append("(i32.const ").append(number).append(')');
    }
  }

  /** {@code local.get}. */
  record Local(int index) implements Expr {
    @Override
    public int value(AddressMachine machine) {
      return machine.locals[index];
    }

    @Override
    public void text(StringBuilder out) {
      out.append("(local.get ").append(index).append(')');
    }
  }

  /** An operation on two numbers. */
  record Binary(Op op, Expr left, Expr right) implements Expr {
    @Override
    public int value(AddressMachine machine) {
      return op.apply(left.value(machine), right.value(machine));
    }

    @Override
    public void text(StringBuilder out) {
      out.append('(').append(op.text()).append(' ');
      left.text(out);
      right.text(out);
      out.append(')');
    }
  }

  /** {@code select}. */
  record Choice(Expr ifTrue, Expr ifFalse, Expr condition) implements Expr {
    @Override
    public int value(AddressMachine machine) {
      return condition.value(machine) != 0 ? ifTrue.value(machine) : ifFalse.value(machine);
    }

    @Override
    public void text(StringBuilder out) {
      out.append("(select ");
      ifTrue.text(out);
      ifFalse.text(out);
      condition.text(out);
      out.append(')');
    }
  }

  /** The low half of a sum or product in 64 bits. */
  record LowHalf(Op op, Expr left, Expr right) implements Expr {
    @Override
    public int value(AddressMachine machine) {
      long unsigned = left.value(machine) & 0xffff_ffffL;
      long signed = right.value(machine);
      return (int) (op == Op.MUL ? unsigned * signed : unsigned + signed);
    }

    @Override
    public void text(StringBuilder out) {
      out.append("(i32.wrap_i64 (i64.%s ".formatted(op == Op.MUL ? "mul" : "add"));
      out.append("(i64.extend_i32_u ");
      left.text(out);
      out.append(")(i64.extend_i32_s ");
      right.text(out);
      out.append(")))");
    }
  }

  /** Whether what is at two addresses differs. */
  record Differs(AccessKind kind, Expr first, long firstOffset, Expr second, long secondOffset)
      implements Expr {
    @Override
    public int value(AddressMachine machine) {
      int one = first.value(machine);
      int other = second.value(machine);
      return machine.differ(kind, one, firstOffset, other, secondOffset) ? 1 : 0;
    }

    @Override
    public void text(StringBuilder out) {
      boolean isVector = kind.type().equals("v128");
      out.append(isVector ? "(v128.any_true (v128.xor " : "(" + kind.type() + ".ne ");
      load(first, firstOffset, out);
      load(second, secondOffset, out);
      out.append(isVector ? "))" : ")");
    }

    private void load(Expr address, long offset, StringBuilder out) {
      out.append("(%s.%s offset=%d ".formatted(kind.type(), kind.load(), offset));
      address.text(out);
      out.append(')');
    }
  }

  static Expr of(Op op, Expr left, Expr right) {
    return new Binary(op, left, right);
  }

  static Expr of(Op op, Expr left, int right) {
    return new Binary(op, left, new Const(right));
  }
}
