package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.operator.Operator;
import org.jspecify.annotations.Nullable;

/**
 * Instructions, flat and folded (specification section 6.5), written as they are met.
 *
 * <p>There is no recursion: every open block and every open parenthesis is a {@link OpenBlock} of a
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
    AFTER_ELSE,
    /** {@code (try …} before its parts. */
    TRY,
    /** {@code (do …}, {@code (catch …} or {@code (catch_all …}, in a try. */
    TRY_PART,
    /** After such a part. */
    AFTER_TRY_PART,
    /** After {@code (delegate …)}. */
    AFTER_DELEGATE
  }

  private static final class OpenBlock {
    final @Nullable OpenBlock parent;
    final Operator operator;

    /** The token of the operator. */
    final int token;

    Kind kind;
    boolean seenElse;
    boolean seenCatch;
    boolean seenCatchAll;

    /** Where the waiting bytes start. */
    int pendingStart;

    /** The label's symbol, and what that symbol meant outside. */
    int label = -1;

    int shadowed = -1;

    /** The label's name. */
    @Nullable String name;

    OpenBlock(@Nullable OpenBlock parent, Kind kind, Operator operator, int token) {
      this.parent = parent;
      this.kind = kind;
      this.operator = operator;
      this.token = token;
    }
  }

  private final TokenCursor cursor;
  private final ImmediateParser immediates;
  private final BinaryWriter pending = new BinaryWriter();
  private final LabelNames labels = new LabelNames();
  private @Nullable OpenBlock top;

  ExpressionParser(TokenCursor cursor, ImmediateParser immediates) {
    this.cursor = cursor;
    this.immediates = immediates;
  }

  /** The labels of what was parsed since that was cleared. */
  LabelNames labels() {
    return labels;
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
      case BLOCK, LOOP, IF, TRY, TRY_TABLE -> {
        OpenBlock frame = new OpenBlock(top, Kind.FLAT, operator, cursor.at());
        out.mark(cursor.offset());
        cursor.advance();
        label(frame);
        immediates.write(operator, out.out);
        enter(frame);
        top = frame;
      }
      case ELSE -> flatElse(out);
      case CATCH, CATCH_ALL -> flatCatch(operator, out);
      case DELEGATE -> flatDelegate(out);
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
      case FLAT, BLOCK, THEN, ELSE, TRY_PART -> true;
      case FOLDED, CONDITION, AFTER_THEN, AFTER_ELSE, TRY, AFTER_TRY_PART, AFTER_DELEGATE -> false;
    };
  }

  private void flatElse(MarkedWriter out) {
    OpenBlock frame = top;
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
    OpenBlock frame = top;
    if (frame == null || frame.kind != Kind.FLAT) {
      throw cursor.unexpected("an instruction or `)`");
    }
    end(out);
    cursor.advance();
    matchLabel(frame);
    leave(frame);
    top = frame.parent;
  }

  private void flatCatch(Operator operator, MarkedWriter out) {
    OpenBlock frame = top;
    if (frame == null || frame.kind != Kind.FLAT || !canCatch(frame)) {
      throw cursor.unexpected("an instruction");
    }
    handler(frame, operator, out);
  }

  private static boolean canCatch(OpenBlock frame) {
    return frame.operator == Operator.TRY && !frame.seenCatchAll;
  }

  /** A catch or catch_all under the cursor, and the tag. */
  private void handler(OpenBlock frame, Operator operator, MarkedWriter out) {
    frame.seenCatch = true;
    frame.seenCatchAll = operator == Operator.CATCH_ALL;
    out.mark(cursor.offset());
    cursor.advance();
    immediates.write(operator, out.out);
  }

  private void flatDelegate(MarkedWriter out) {
    OpenBlock frame = top;
    if (frame == null || frame.kind != Kind.FLAT || !canDelegate(frame)) {
      throw cursor.unexpected("an instruction");
    }
    delegate(frame, out);
    top = frame.parent;
  }

  private static boolean canDelegate(OpenBlock frame) {
    return frame.operator == Operator.TRY && !frame.seenCatch;
  }

  /** A delegate under the cursor and its label, which is one around the try. */
  private void delegate(OpenBlock frame, MarkedWriter out) {
    out.mark(cursor.offset());
    cursor.advance();
    leave(frame);
    immediates.write(Operator.DELEGATE, out.out);
  }

  private void matchLabel(OpenBlock frame) {
    int label = cursor.optionalIdentifier();
    if (label >= 0 && label != frame.label) {
      throw cursor.errorAt(cursor.at() - 1, "mismatching label $" + cursor.tokens().name(label));
    }
  }

  private void label(OpenBlock frame) {
    frame.label = cursor.optionalIdentifier();
    frame.name = cursor.debugName(frame.label, "label");
  }

  private void enter(OpenBlock frame) {
    labels.add(frame.name);
    frame.shadowed = immediates.enter(frame.label);
  }

  private void leave(OpenBlock frame) {
    immediates.leave(frame.label, frame.shadowed);
  }

  /** An opening parenthesis and the word after it. */
  private void open(MarkedWriter out) {
    cursor.advance();
    OpenBlock frame = top;
    if (frame != null && openPart(frame, out)) {
      return;
    }
    Operator operator = operator();
    int token = cursor.at();
    cursor.advance();
    switch (operator) {
      case BLOCK, LOOP, TRY, TRY_TABLE -> {
        Kind kind = operator == Operator.TRY ? Kind.TRY : Kind.BLOCK;
        OpenBlock block = new OpenBlock(frame, kind, operator, token);
        out.mark(cursor.tokens().start(token));
        label(block);
        immediates.write(operator, out.out);
        enter(block);
        top = block;
      }
      case IF -> {
        OpenBlock condition = new OpenBlock(frame, Kind.CONDITION, operator, token);
        label(condition);
        defer(condition);
      }
      case ELSE, END, CATCH, CATCH_ALL, DELEGATE ->
          throw cursor.unexpectedAt(token, "an instruction");
      default -> defer(new OpenBlock(frame, Kind.FOLDED, operator, token));
    }
  }

  /** Puts the operator and its immediates aside until its operands are written. */
  private void defer(OpenBlock frame) {
    frame.pendingStart = pending.size();
    immediates.write(frame.operator, pending);
    top = frame;
  }

  private void writePending(OpenBlock frame, MarkedWriter out) {
    out.mark(cursor.tokens().start(frame.token));
    out.out.append(pending, frame.pendingStart);
    pending.truncate(frame.pendingStart);
  }

  /** {@code (then}, {@code (else}, {@code (do}, {@code (catch}; false if it is none of them. */
  private boolean openPart(OpenBlock frame, MarkedWriter out) {
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
      case TRY -> {
        cursor.expect(Keyword.DO);
        frame.kind = Kind.TRY_PART;
        yield true;
      }
      case AFTER_TRY_PART -> {
        openHandler(frame, out);
        yield true;
      }
      case AFTER_ELSE, AFTER_DELEGATE -> throw cursor.unexpected("`)`");
      case FLAT, FOLDED, BLOCK, THEN, ELSE, TRY_PART -> false;
    };
  }

  private void openHandler(OpenBlock frame, MarkedWriter out) {
    Operator operator = cursor.operator();
    switch (operator) {
      case CATCH, CATCH_ALL -> {
        if (!canCatch(frame)) {
          throw cursor.unexpected("`)`");
        }
        handler(frame, operator, out);
        frame.kind = Kind.TRY_PART;
      }
      case DELEGATE -> {
        if (!canDelegate(frame)) {
          throw cursor.unexpected("`)`");
        }
        delegate(frame, out);
        cursor.close();
        frame.kind = Kind.AFTER_DELEGATE;
      }
      case null, default -> throw cursor.unexpected("`catch`, `catch_all` or `delegate`");
    }
  }

  private void close(MarkedWriter out) {
    OpenBlock frame = top;
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
      case TRY -> throw cursor.unexpected("`(do`");
      case TRY_PART -> frame.kind = Kind.AFTER_TRY_PART;
      case AFTER_DELEGATE -> top = frame.parent;
      case BLOCK, AFTER_THEN, AFTER_ELSE, AFTER_TRY_PART -> {
        end(out);
        leave(frame);
        top = frame.parent;
      }
    }
    cursor.advance();
  }
}
