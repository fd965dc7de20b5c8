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

  List<WastCommand> parse() {
    return isInlineModule()
        ? List.of(module(1, null, false, new WastModule.Text(tokens, 0, end, null)))
        : commands(0, end);
  }

  private List<WastCommand> commands(int start, int limit) {
    List<WastCommand> commands = new ArrayList<>();
    int at = start;
    while (at < limit) {
      // One step is a whole parenthesis, or a token that should not be there.
      Cursor whole = new Cursor(tokens, at, limit);
      whole.skip();
      int after = whole.at();
      int line = tokens.source().line(tokens.start(at));
      Cursor cursor = new Cursor(tokens, at, after);
      WastCommand command;
      try {
        command = command(cursor, line);
      } catch (MalformedException e) {
        command = new WastCommand.Unreadable(line, e);
      }
      commands.add(command);
      at = after;
    }
    return commands;
  }

  /** Whether the script is nothing but the fields of a module. */
  private boolean isInlineModule() {
    Keyword keyword = new Cursor(tokens, 0, end).openKeyword();
    if (keyword == null) {
      return false;
    }
    return switch (keyword) {
      case TYPE, REC, IMPORT, FUNC, TABLE, MEMORY, GLOBAL, TAG, EXPORT, START, ELEM, DATA -> true;
      default -> false;
    };
  }

  private WastCommand command(Cursor cursor, int line) {
    cursor.open();
    Keyword keyword = cursor.keyword();
    if (keyword == null) {
      throw cursor.unexpected("a command");
    }
    WastCommand command =
        switch (keyword) {
          case MODULE -> moduleCommand(cursor, line);
          case INVOKE, GET -> new WastCommand.Action(line, actionBody(cursor));
          case REGISTER -> {
            cursor.advance();
            yield new WastCommand.Register(line, cursor.name(), cursor.optionalName());
          }
          case THREAD -> thread(cursor, line);
          case WAIT -> {
            cursor.advance();
            yield new WastCommand.Wait(line, cursor.optionalName());
          }
          default -> assertion(cursor, keyword, line);
        };
    cursor.close();
    return command;
  }

  private WastCommand thread(Cursor cursor, int line) {
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
      return new WastCommand.Thread(line, name, shared, commands(start, cursor.at()));
    } finally {
      depth--;
    }
  }

  private WastCommand assertion(Cursor cursor, Keyword keyword, int line) {
    int token = cursor.at();
    cursor.advance();
    return switch (keyword) {
      case ASSERT_RETURN ->
          new WastCommand.AssertReturn(line, action(cursor), WastValues.results(cursor));
      case ASSERT_TRAP -> {
        if (cursor.openKeyword() == Keyword.MODULE) {
          yield new WastCommand.AssertModuleTrap(line, module(cursor), cursor.name());
        }
        yield new WastCommand.AssertTrap(line, action(cursor), cursor.name());
      }
      case ASSERT_EXHAUSTION ->
          new WastCommand.AssertExhaustion(line, action(cursor), cursor.name());
      case ASSERT_EXCEPTION -> new WastCommand.AssertException(line, action(cursor));
      case ASSERT_MALFORMED -> new WastCommand.AssertMalformed(line, module(cursor), cursor.name());
      case ASSERT_INVALID -> new WastCommand.AssertInvalid(line, module(cursor), cursor.name());
      case ASSERT_UNLINKABLE ->
          new WastCommand.AssertUnlinkable(line, module(cursor), cursor.name());
      default -> throw cursor.unexpectedAt(token, "a command");
    };
  }

  private WastAction action(Cursor cursor) {
    cursor.open();
    WastAction action = actionBody(cursor);
    cursor.close();
    return action;
  }

  private WastAction actionBody(Cursor cursor) {
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
  private WastModule module(Cursor cursor) {
    cursor.expectOpen(Keyword.MODULE);
    cursor.accept(Keyword.DEFINITION);
    WastModule module = source(cursor, cursor.optionalName());
    cursor.close();
    return module;
  }

  private WastCommand moduleCommand(Cursor cursor, int line) {
    cursor.advance();
    if (cursor.accept(Keyword.INSTANCE)) {
      String name = cursor.optionalName();
      return new WastCommand.Instance(line, name, cursor.optionalName());
    }
    boolean definition = cursor.accept(Keyword.DEFINITION);
    String name = cursor.optionalName();
    return module(line, name, definition, source(cursor, name));
  }

  private static WastCommand module(
      int line, @Nullable String name, boolean definition, WastModule module) {
    return definition
        ? new WastCommand.Definition(line, name, module)
        : new WastCommand.Module(line, name, module);
  }

  /** What follows the module's name; the cursor then stands on the closing parenthesis. */
  private WastModule source(Cursor cursor, @Nullable String name) {
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
