package dev.tazza.cli.wast;

import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.TaggedException;
import dev.tazza.Trap;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.text.Wast;
import dev.tazza.wasm.text.WastAction;
import dev.tazza.wasm.text.WastCommand;
import dev.tazza.wasm.text.WastModule;
import dev.tazza.wasm.text.WastResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs one script. A command that fails is recorded and the next one runs; what was not
 * instantiated because of it fails too. All instances are in one store. Not thread-safe; used once.
 */
public final class WastRunner implements AutoCloseable {
  /** What is invalid must be so with every feature on. */
  private static final Features ALL = Features.of(Feature.values());

  private final Engine engine;
  private final Store<Void> store;
  private final Linker<Void> linker;
  private final ScriptObjects objects = new ScriptObjects();
  private final Map<String, Instance> instances = new HashMap<>();
  private final Map<String, Module> definitions = new HashMap<>();
  private final List<Module> modules = new ArrayList<>();
  private @Nullable Instance latest;
  private @Nullable Module latestDefinition;

  /** Prepares a run with an engine, which stays the caller's. */
  public WastRunner(Engine engine) {
    this.engine = engine;
    this.store = new Store<>(engine);
    this.linker = Spectest.linker(engine, store);
  }

  /** A command did not do what the script says. */
  private static final class Mismatch extends Exception {
    private static final long serialVersionUID = 1L;

    Mismatch(String message) {
      super(message);
    }
  }

  /**
   * Runs all commands.
   *
   * @throws MalformedException when the script cannot be split into commands
   */
  public WastReport run(byte[] script) {
    int passed = 0;
    List<WastReport.Failure> failures = new ArrayList<>();
    for (WastCommand command : Wast.parse(script)) {
      String problem = attempt(command);
      if (problem == null) {
        passed++;
      } else {
        failures.add(new WastReport.Failure(command.line(), problem));
      }
    }
    return new WastReport(passed, failures);
  }

  private @Nullable String attempt(WastCommand command) {
    try {
      execute(command);
      return null;
    } catch (Mismatch e) {
      return e.getMessage();
    } catch (RuntimeException | StackOverflowError e) {
      return "unexpected " + e;
    }
  }

  private void execute(WastCommand command) throws Mismatch {
    switch (command) {
      case WastCommand.Module(_, String name, WastModule module) -> {
        latest = null;
        Instance instance = linker.instantiate(store, compile(module));
        remember(name, instance);
      }
      case WastCommand.Definition(_, String name, WastModule module) -> {
        latestDefinition = compile(module);
        if (name != null) {
          definitions.put(name, latestDefinition);
        }
      }
      case WastCommand.Instance(_, String name, String definition) -> {
        Module module = definition == null ? latestDefinition : definitions.get(definition);
        if (module == null) {
          throw new Mismatch("no module definition " + definition);
        }
        remember(name, linker.instantiate(store, module));
      }
      case WastCommand.Register(_, String as, String module) ->
          linker.instance(as, instance(module));
      case WastCommand.Action(_, WastAction action) -> perform(action);
      case WastCommand.AssertReturn(_, WastAction action, List<WastResult> results) ->
          assertReturn(perform(action), results);
      case WastCommand.AssertTrap(_, WastAction action, String message) ->
          assertTrap(() -> perform(action), message);
      case WastCommand.AssertModuleTrap(_, WastModule module, String message) ->
          assertTrap(() -> linker.instantiate(store, compile(module)), message);
      case WastCommand.AssertExhaustion(_, WastAction action, String message) ->
          assertTrap(() -> perform(action), message);
      case WastCommand.AssertException(_, WastAction action) ->
          assertException(() -> perform(action));
      case WastCommand.AssertMalformed(_, WastModule module, String message) ->
          assertMalformed(module, message);
      case WastCommand.AssertInvalid(_, WastModule module, String message) ->
          assertInvalid(module, message);
      case WastCommand.AssertUnlinkable(_, WastModule module, String message) ->
          assertUnlinkable(module, message);
      case WastCommand.Unreadable(_, MalformedException reason) -> throw reason;
    }
  }

  private Module compile(WastModule module) {
    Module compiled = Module.compile(engine, module.assemble().bytes());
    modules.add(compiled);
    return compiled;
  }

  private void remember(@Nullable String name, Instance instance) {
    latest = instance;
    if (name != null) {
      instances.put(name, instance);
    }
  }

  private Instance instance(@Nullable String name) throws Mismatch {
    Instance instance = name == null ? latest : instances.get(name);
    if (instance == null) {
      throw new Mismatch(name == null ? "no instance yet" : "no instance $" + name);
    }
    return instance;
  }

  private @Nullable Object[] perform(WastAction action) throws Mismatch {
    Instance instance = instance(action.module());
    return switch (action) {
      case WastAction.Invoke(_, String field, var arguments) -> {
        @Nullable Object[] args = new @Nullable Object[arguments.size()];
        for (int i = 0; i < args.length; i++) {
          args[i] = ScriptValues.argument(arguments.get(i), objects);
        }
        yield instance.func(field).call(args);
      }
      case WastAction.Get(_, String field) -> new @Nullable Object[] {instance.global(field).get()};
    };
  }

  private static void assertReturn(@Nullable Object[] actual, List<WastResult> expected)
      throws Mismatch {
    boolean same = actual.length == expected.size();
    for (int i = 0; same && i < actual.length; i++) {
      same = ScriptValues.matches(expected.get(i), actual[i]);
    }
    if (!same) {
      List<String> shown = new ArrayList<>();
      for (Object value : actual) {
        shown.add(ScriptValues.show(value));
      }
      throw new Mismatch("expected " + expected + ", but got " + shown);
    }
  }

  /** Something that should fail. */
  @FunctionalInterface
  private interface Attempt {
    void run() throws Mismatch;
  }

  private static void assertTrap(Attempt attempt, String message) throws Mismatch {
    try {
      attempt.run();
    } catch (Trap trap) {
      // Scripts may say more than the specification's word, as in "uninitialized element 2".
      String actual = String.valueOf(trap.getMessage());
      boolean undefined =
          trap.code() == TrapCode.UNDEFINED_ELEMENT && message.startsWith("undefined");
      if (!message.startsWith(actual) && !actual.startsWith(message) && !undefined) {
        throw new Mismatch("expected the trap \"" + message + "\", but got \"" + actual + "\"");
      }
      return;
    }
    throw new Mismatch("expected the trap \"" + message + "\", but nothing trapped");
  }

  private static void assertException(Attempt attempt) throws Mismatch {
    try {
      attempt.run();
    } catch (TaggedException e) {
      return;
    }
    throw new Mismatch("expected an exception, but nothing was thrown");
  }

  private static void assertMalformed(WastModule module, String message) throws Mismatch {
    try {
      ModuleReader.readBinary(module.assemble().bytes(), ALL, ModuleLimits.DEFAULT);
    } catch (MalformedException e) {
      return;
    }
    throw new Mismatch("expected a malformed module, \"" + message + "\", but it is accepted");
  }

  private static void assertInvalid(WastModule module, String message) throws Mismatch {
    try {
      ModuleReader.readBinary(module.assemble().bytes(), ALL, ModuleLimits.DEFAULT);
    } catch (ValidationException e) {
      return;
    }
    throw new Mismatch("expected an invalid module, \"" + message + "\", but it is accepted");
  }

  private void assertUnlinkable(WastModule module, String message) throws Mismatch {
    Module compiled = compile(module);
    try {
      linker.instantiate(store, compiled);
    } catch (LinkException e) {
      if (String.valueOf(e.getMessage()).startsWith(message)) {
        return;
      }
      throw new Mismatch(
          "expected the link error \"" + message + "\", but got \"" + e.getMessage() + "\"");
    }
    throw new Mismatch("expected the link error \"" + message + "\", but it links");
  }

  /** Frees all that the script made. */
  @Override
  public void close() {
    store.close();
    modules.forEach(Module::close);
  }
}
