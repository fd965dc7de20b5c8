package dev.tazza.wasm.text;

import dev.tazza.wasm.MalformedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the commands of a test script one by one. */
final class WastParser {
  /** How deep threads may be nested. */
  private static final int DEEPEST = 100;

  private final Tokens tokens;
  private final int end;
  private int depth;

  WastParser(Tokens tokens) {
    this.tokens = tokens;
    this.end = tokens.count() - 1;
  }

  List<WastDirective> parse() {
    return isInlineModule()
        ? List.of(module(1, null, false, new WastModule.Text(tokens, 0, end, null)))
        : commands(0, end);
  }

  private List<WastDirective> commands(int start, int limit) {
    List<WastDirective> commands = new ArrayList<>();
    int at = start;
    while (at < limit) {
      // One step is a whole parenthesis, or a token that should not be there.
      TokenCursor whole = new TokenCursor(tokens, at, limit);
      whole.skip();
      int after = whole.at();
      int line = tokens.source().line(tokens.start(at));
      TokenCursor cursor = new TokenCursor(tokens, at, after);
      WastDirective command;
      try {
        command = command(cursor, line);
      } catch (MalformedException e) {
        command = new WastDirective.Unreadable(line, e);
      }
      commands.add(command);
      at = after;
    }
    return commands;
  }

  /** Whether the script is nothing but the fields of a module. */
  private boolean isInlineModule() {
    Keyword keyword = new TokenCursor(tokens, 0, end).openKeyword();
    if (keyword == null) {
      return false;
    }
    return switch (keyword) {
      case TYPE, REC, IMPORT, FUNC, TABLE, MEMORY, GLOBAL, TAG, EXPORT, START, ELEM, DATA -> true;
      default -> false;
    };
  }

  private WastDirective command(TokenCursor cursor, int line) {
    cursor.open();
    Keyword keyword = cursor.keyword();
    if (keyword == null) {
      throw cursor.unexpected("a command");
    }
    WastDirective command =
        switch (keyword) {
          case MODULE -> moduleCommand(cursor, line);
          case INVOKE, GET -> new WastDirective.Action(line, actionBody(cursor));
          case REGISTER -> {
            cursor.advance();
            yield new WastDirective.Register(line, cursor.name(), cursor.optionalName());
          }
          case THREAD -> thread(cursor, line);
          case WAIT -> {
            cursor.advance();
            yield new WastDirective.Wait(line, cursor.optionalName());
          }
          default -> assertion(cursor, keyword, line);
        };
    cursor.close();
    return command;
  }

  private WastDirective thread(TokenCursor cursor, int line) {
    cursor.advance();
    String name = cursor.optionalName();
    List<String> shared = new ArrayList<>();
    while (cursor.openKeyword() == Keyword.SHARED) {
      cursor.open();
      cursor.advance();
      cursor.expectOpen(Keyword.MODULE);
      int at = cursor.at();
      String module = cursor.optionalName();
      if (module == null) {
        throw cursor.unexpectedAt(at, "a module's name");
      }
      shared.add(module);
      cursor.close();
      cursor.close();
    }
    int start = cursor.at();
    if (depth == DEEPEST) {
      throw cursor.unexpectedAt(start, "at most " + DEEPEST + " threads in each other");
    }
    while (!cursor.is(TokenKind.CLOSE) && !cursor.is(TokenKind.END)) {
      cursor.skip();
    }
    depth++;
    try {
      return new WastDirective.Thread(line, name, shared, commands(start, cursor.at()));
    } finally {
      depth--;
    }
  }

  private WastDirective assertion(TokenCursor cursor, Keyword keyword, int line) {
    int token = cursor.at();
    cursor.advance();
    return switch (keyword) {
      case ASSERT_RETURN ->
          new WastDirective.AssertReturn(line, action(cursor), WastValues.results(cursor));
      case ASSERT_TRAP -> {
        if (cursor.openKeyword() == Keyword.MODULE) {
          yield new WastDirective.AssertModuleTrap(line, module(cursor), cursor.name());
        }
        yield new WastDirective.AssertTrap(line, action(cursor), cursor.name());
      }
      case ASSERT_EXHAUSTION ->
          new WastDirective.AssertExhaustion(line, action(cursor), cursor.name());
      case ASSERT_EXCEPTION -> new WastDirective.AssertException(line, action(cursor));
      case ASSERT_MALFORMED, ASSERT_MALFORMED_CUSTOM, ASSERT_INVALID_CUSTOM ->
          new WastDirective.AssertMalformed(line, module(cursor), cursor.name());
      case ASSERT_INVALID -> new WastDirective.AssertInvalid(line, module(cursor), cursor.name());
      case ASSERT_UNLINKABLE ->
          new WastDirective.AssertUnlinkable(line, module(cursor), cursor.name());
      default -> throw cursor.unexpectedAt(token, "a command");
    };
  }

  private WastAction action(TokenCursor cursor) {
    cursor.open();
    WastAction action = actionBody(cursor);
    cursor.close();
    return action;
  }

  private WastAction actionBody(TokenCursor cursor) {
    if (cursor.accept(Keyword.INVOKE)) {
      String module = cursor.optionalName();
      String field = cursor.name();
      return new WastAction.Invoke(module, field, WastValues.arguments(cursor));
    }
    if (cursor.accept(Keyword.GET)) {
      String module = cursor.optionalName();
      return new WastAction.Get(module, cursor.name());
    }
    throw cursor.unexpected("`invoke` or `get`");
  }

  /** A module inside an assertion. */
  private WastModule module(TokenCursor cursor) {
    cursor.expectOpen(Keyword.MODULE);
    cursor.accept(Keyword.DEFINITION);
    WastModule module = source(cursor, cursor.optionalName());
    cursor.close();
    return module;
  }

  private WastDirective moduleCommand(TokenCursor cursor, int line) {
    cursor.advance();
    if (cursor.accept(Keyword.INSTANCE)) {
      String name = cursor.optionalName();
      return new WastDirective.Instance(line, name, cursor.optionalName());
    }
    boolean definition = cursor.accept(Keyword.DEFINITION);
    String name = cursor.optionalName();
    return module(line, name, definition, source(cursor, name));
  }

  private static WastDirective module(
      int line, @Nullable String name, boolean definition, WastModule module) {
    return definition
        ? new WastDirective.Definition(line, name, module)
        : new WastDirective.Module(line, name, module);
  }

  /** What follows the module's name; the cursor then stands on the closing parenthesis. */
  private WastModule source(TokenCursor cursor, @Nullable String name) {
    if (cursor.accept(Keyword.BINARY)) {
      return new WastModule.Binary(Wat.strings(cursor));
    }
    if (cursor.accept(Keyword.QUOTE)) {
      return new WastModule.Quote(Wat.strings(cursor));
    }
    int start = cursor.at();
    while (!cursor.is(TokenKind.CLOSE) && !cursor.is(TokenKind.END)) {
      cursor.skip();
    }
    return new WastModule.Text(tokens, start, cursor.at(), name);
  }
}
