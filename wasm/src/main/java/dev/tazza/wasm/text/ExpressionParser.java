package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.operator.Operator;
import org.jspecify.annotations.Nullable;

/**
 * Instructions, flat and folded (specification section 6.5), written as they are met.
 *
 * <p>There is no recursion: every open block and every open parenthesis is a {@link Frame} of a
 * linked stack, so depth costs heap and nothing else. A folded instruction comes after its operands
 * in the binary but before them in the text; until its parenthesis closes, its bytes wait in {@code
 * pending}, which is a stack as well.
 */
final class ExpressionParser {
  /** What is open. */
  private enum Kind {
    /** A block, loop or if without parenthesis, until {@code end}. */
    FLAT,
    /** {@code (op …}, whose operands are being read. */
    FOLDED,
    /** {@code (block …} or {@code (loop …}. */
    BLOCK,
    /** {@code (if …} whose condition is being read. */
    CONDITION,
    /** {@code (then …} */
    THEN,
    /** After {@code (then …)}. */
    AFTER_THEN,
    /** {@code (else …} */
    ELSE,
    /** After {@code (else …)}. */
    AFTER_ELSE
  }

  private static final class Frame {
    final @Nullable Frame parent;
    final Operator operator;

    /** The token of the operator. */
    final int token;

    Kind kind;
    boolean seenElse;

    /** Where the waiting bytes start. */
    int pendingStart;

    /** The label's symbol, and what that symbol meant outside. */
    int label = -1;

    int shadowed = -1;

    Frame(@Nullable Frame parent, Kind kind, Operator operator, int token) {
      this.parent = parent;
      this.kind = kind;
      this.operator = operator;
      this.token = token;
    }
  }

  private final Cursor cursor;
  private final ImmediateParser immediates;
  private final BinaryWriter pending = new BinaryWriter();
  private @Nullable Frame top;

  ExpressionParser(Cursor cursor, ImmediateParser immediates) {
    this.cursor = cursor;
    this.immediates = immediates;
  }

  /** Writes all instructions up to the parenthesis that closes what they stand in, and an end. */
  void body(MarkedWriter out) {
    immediates.begin();
    while (top != null || !cursor.is(TokenKind.CLOSE)) {
      step(out);
    }
    end(out);
  }

  /** Writes the one folded instruction under the cursor, and an end. */
  void folded(MarkedWriter out) {
    immediates.begin();
    do {
      step(out);
    } while (top != null);
    end(out);
  }

  private void end(MarkedWriter out) {
    out.mark(cursor.offset());
    out.out.operator(Operator.END);
  }

  private void step(MarkedWriter out) {
    switch (cursor.kind()) {
      case OPEN -> open(out);
      case CLOSE -> close(out);
      case WORD -> flat(out);
      default -> throw cursor.unexpected("an instruction");
    }
  }

  private Operator operator() {
    Operator operator = cursor.operator();
    if (operator == null) {
      throw cursor.unexpected("an instruction");
    }
    return operator;
  }

  /** An instruction without parenthesis. */
  private void flat(MarkedWriter out) {
    Operator operator = operator();
    if (top != null && !takesFlat(top.kind)) {
      throw cursor.unexpected("`(` or `)`");
    }
    switch (operator) {
      case BLOCK, LOOP, IF -> {
        Frame frame = new Frame(top, Kind.FLAT, operator, cursor.at());
        out.mark(cursor.offset());
        cursor.advance();
        frame.label = cursor.optionalIdentifier();
        immediates.write(operator, out.out);
        enter(frame);
        top = frame;
      }
      case ELSE -> flatElse(out);
      case END -> flatEnd(out);
      default -> {
        out.mark(cursor.offset());
        cursor.advance();
        immediates.write(operator, out.out);
      }
    }
  }

  private static boolean takesFlat(Kind kind) {
    return switch (kind) {
      case FLAT, BLOCK, THEN, ELSE -> true;
      case FOLDED, CONDITION, AFTER_THEN, AFTER_ELSE -> false;
    };
  }

  private void flatElse(MarkedWriter out) {
    Frame frame = top;
    if (frame == null
        || frame.kind != Kind.FLAT
        || frame.operator != Operator.IF
        || frame.seenElse) {
      throw cursor.unexpected("an instruction");
    }
    frame.seenElse = true;
    out.mark(cursor.offset());
    out.out.operator(Operator.ELSE);
    cursor.advance();
    matchLabel(frame);
  }

  private void flatEnd(MarkedWriter out) {
    Frame frame = top;
    if (frame == null || frame.kind != Kind.FLAT) {
      throw cursor.unexpected("an instruction or `)`");
    }
    end(out);
    cursor.advance();
    matchLabel(frame);
    leave(frame);
    top = frame.parent;
  }

  private void matchLabel(Frame frame) {
    int label = cursor.optionalIdentifier();
    if (label >= 0 && label != frame.label) {
      throw cursor.errorAt(cursor.at() - 1, "mismatching label $" + cursor.tokens().name(label));
    }
  }

  private void enter(Frame frame) {
    frame.shadowed = immediates.enter(frame.label);
  }

  private void leave(Frame frame) {
    immediates.leave(frame.label, frame.shadowed);
  }

  /** An opening parenthesis and the word after it. */
  private void open(MarkedWriter out) {
    cursor.advance();
    Frame frame = top;
    if (frame != null && openPart(frame, out)) {
      return;
    }
    Operator operator = operator();
    int token = cursor.at();
    cursor.advance();
    switch (operator) {
      case BLOCK, LOOP -> {
        Frame block = new Frame(frame, Kind.BLOCK, operator, token);
        out.mark(cursor.tokens().start(token));
        block.label = cursor.optionalIdentifier();
        immediates.write(operator, out.out);
        enter(block);
        top = block;
      }
      case IF -> {
        Frame condition = new Frame(frame, Kind.CONDITION, operator, token);
        condition.label = cursor.optionalIdentifier();
        defer(condition);
      }
      case ELSE, END -> throw cursor.unexpectedAt(token, "an instruction");
      default -> defer(new Frame(frame, Kind.FOLDED, operator, token));
    }
  }

  /** Puts the operator and its immediates aside until its operands are written. */
  private void defer(Frame frame) {
    frame.pendingStart = pending.size();
    immediates.write(frame.operator, pending);
    top = frame;
  }

  private void writePending(Frame frame, MarkedWriter out) {
    out.mark(cursor.tokens().start(frame.token));
    out.out.append(pending, frame.pendingStart);
    pending.truncate(frame.pendingStart);
  }

  /** {@code (then} and {@code (else}; false if the parenthesis is none of them. */
  private boolean openPart(Frame frame, MarkedWriter out) {
    return switch (frame.kind) {
      case CONDITION -> {
        if (!cursor.accept(Keyword.THEN)) {
          yield false;
        }
        writePending(frame, out);
        enter(frame);
        frame.kind = Kind.THEN;
        yield true;
      }
      case AFTER_THEN -> {
        if (cursor.operator() != Operator.ELSE) {
          throw cursor.unexpected("`else`");
        }
        out.mark(cursor.offset());
        out.out.operator(Operator.ELSE);
        cursor.advance();
        frame.kind = Kind.ELSE;
        yield true;
      }
      case AFTER_ELSE -> throw cursor.unexpected("`)`");
      case FLAT, FOLDED, BLOCK, THEN, ELSE -> false;
    };
  }

  private void close(MarkedWriter out) {
    Frame frame = top;
    if (frame == null) {
      throw cursor.unexpected("an instruction");
    }
    switch (frame.kind) {
      case FLAT -> throw cursor.unexpected("`end`");
      case CONDITION -> throw cursor.unexpected("`(then`");
      case FOLDED -> {
        writePending(frame, out);
        top = frame.parent;
      }
      case THEN -> frame.kind = Kind.AFTER_THEN;
      case ELSE -> frame.kind = Kind.AFTER_ELSE;
      case BLOCK, AFTER_THEN, AFTER_ELSE -> {
        end(out);
        leave(frame);
        top = frame.parent;
      }
    }
    cursor.advance();
  }
}
