package dev.tazza.cli.wast;

import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.TaggedException;
import dev.tazza.Trap;
import dev.tazza.cli.wast.ScriptThread.SharedInstance;
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
import dev.tazza.wasm.text.WastDirective;
import dev.tazza.wasm.text.WastModule;
import dev.tazza.wasm.text.WastResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs one script. A command that fails is recorded and the next one runs; what was not
 * instantiated because of it fails too. All instances of a thread are in one store; each thread
 * that the script starts has a runner of its own. Not thread-safe; used once.
 */
public final class WastRunner implements AutoCloseable {
  /** Every feature: what is invalid must usually be so with all of them. */
  public static final Features ALL = Features.of(Feature.values());

  private final Engine engine;
  private final Features known;
  private final Store<Void> store;
  private final Linker<Void> linker;
  private final ScriptObjects objects = new ScriptObjects();
  private final Map<String, Instance> instances = new HashMap<>();
  private final Map<String, Module> definitions = new HashMap<>();
  private final List<Module> modules = new ArrayList<>();
  private @Nullable Instance latest;
  private @Nullable Module latestDefinition;

  /** By name what this thread may have of the instances of the one that started it. */
  private final Map<String, SharedInstance> shared;

  private final Map<String, ScriptThread> threads = new HashMap<>();

  /** Those that nobody has waited for, the newest last. */
  private final List<ScriptThread> unfinished = new ArrayList<>();

  private int passed;
  private final List<WastReport.Failure> failures = new ArrayList<>();

  /** Prepares a run with an engine, which stays the caller's. */
  public WastRunner(Engine engine) {
    this(engine, ALL);
  }

  /**
   * The same.
   *
   * @param known the features that there were when the script was written: what it calls invalid
   *     must be so with these
   */
  public WastRunner(Engine engine, Features known) {
    this(engine, known, Map.of());
  }

  private WastRunner(Engine engine, Features known, Map<String, SharedInstance> shared) {
    this.engine = engine;
    this.known = known;
    this.shared = shared;
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
    return run(Wast.parse(script));
  }

  private WastReport run(List<WastDirective> commands) {
    for (WastDirective command : commands) {
      String problem = attempt(command);
      if (problem == null) {
        passed++;
      } else {
        failures.add(new WastReport.Failure(command.line(), problem));
      }
    }
    while (!unfinished.isEmpty()) {
      ScriptThread thread = unfinished.getFirst();
      try {
        finish(thread);
      } catch (IllegalStateException e) {
        failures.add(new WastReport.Failure(thread.line(), String.valueOf(e.getMessage())));
      }
    }
    return new WastReport(passed, failures);
  }

  private @Nullable String attempt(WastDirective command) {
    try {
      execute(command);
      return null;
    } catch (Mismatch e) {
      return e.getMessage();
    } catch (RuntimeException | StackOverflowError e) {
      return "unexpected " + e;
    }
  }

  private void execute(WastDirective command) throws Mismatch {
    switch (command) {
      case WastDirective.Module(_, String name, WastModule module) -> {
        latest = null;
        Instance instance = linker.instantiate(store, compile(module));
        remember(name, instance);
      }
      case WastDirective.Definition(_, String name, WastModule module) -> {
        latestDefinition = compile(module);
        if (name != null) {
          definitions.put(name, latestDefinition);
        }
      }
      case WastDirective.Instance(_, String name, String definition) -> {
        Module module = definition == null ? latestDefinition : definitions.get(definition);
        if (module == null) {
          throw new Mismatch("no module definition " + definition);
        }
        remember(name, linker.instantiate(store, module));
      }
      case WastDirective.Register(_, String as, String module) -> register(as, module);
      case WastDirective.Action(_, WastAction action) -> perform(action);
      case WastDirective.AssertReturn(_, WastAction action, List<WastResult> results) ->
          assertReturn(perform(action), results);
      case WastDirective.AssertTrap(_, WastAction action, String message) ->
          assertTrap(() -> perform(action), message);
      case WastDirective.AssertModuleTrap(_, WastModule module, String message) ->
          assertTrap(() -> linker.instantiate(store, compile(module)), message);
      case WastDirective.AssertExhaustion(_, WastAction action, String message) ->
          assertTrap(() -> perform(action), message);
      case WastDirective.AssertException(_, WastAction action) ->
          assertException(() -> perform(action));
      case WastDirective.AssertMalformed(_, WastModule module, String message) ->
          assertMalformed(module, message);
      case WastDirective.AssertInvalid(_, WastModule module, String message) ->
          assertInvalid(module, message);
      case WastDirective.AssertUnlinkable(_, WastModule module, String message) ->
          assertUnlinkable(module, message);
      case WastDirective.Thread thread -> start(thread);
      case WastDirective.Wait(_, String name) -> await(name);
      case WastDirective.Unreadable(_, MalformedException reason) -> throw reason;
    }
  }

  private void register(String as, @Nullable String module) throws Mismatch {
    SharedInstance others = module == null ? null : shared.get(module);
    if (others == null || instances.containsKey(module)) {
      linker.instance(as, instance(module));
    } else {
      others.memories().forEach((name, memory) -> linker.define(as, name, memory));
    }
  }

  // Threads.

  private void start(WastDirective.Thread thread) throws Mismatch {
    Map<String, SharedInstance> handed = new HashMap<>();
    for (String name : thread.shared()) {
      SharedInstance others = shared.get(name);
      handed.put(
          name,
          others == null || instances.containsKey(name)
              ? SharedInstance.of(instance(name))
              : others.again());
    }
    ScriptThread started =
        new ScriptThread(
            thread.line(),
            () -> {
              try (WastRunner runner = new WastRunner(engine, known, handed)) {
                return runner.run(thread.commands());
              }
            },
            handed.values());
    unfinished.add(started);
    if (thread.name() != null) {
      threads.put(thread.name(), started);
    }
  }

  private void await(@Nullable String name) throws Mismatch {
    ScriptThread thread;
    if (name != null) {
      thread = threads.get(name);
    } else {
      thread = unfinished.isEmpty() ? null : unfinished.getLast();
    }
    if (thread == null) {
      throw new Mismatch(name == null ? "no thread is running" : "no thread $" + name);
    }
    if (unfinished.contains(thread)) {
      finish(thread);
    }
  }

  /** Waits until a thread has ended; what it did counts as this one's. */
  private void finish(ScriptThread thread) {
    unfinished.remove(thread);
    WastReport report = thread.await();
    passed += report.passed();
    failures.addAll(report.failures());
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

  private void assertMalformed(WastModule module, String message) throws Mismatch {
    try {
      ModuleReader.readBinary(module.assemble().bytes(), known, ModuleLimits.DEFAULT);
    } catch (MalformedException e) {
      return;
    } catch (ValidationException e) {
      // Before there were 64-bit memories, a size of more than 32 bits could not even be read.
      if (!known.has(Feature.MEMORY64) && message.contains("constant out of range")) {
        return;
      }
      throw e;
    }
    throw new Mismatch("expected a malformed module, \"" + message + "\", but it is accepted");
  }

  private void assertInvalid(WastModule module, String message) throws Mismatch {
    try {
      ModuleReader.readBinary(module.assemble().bytes(), known, ModuleLimits.DEFAULT);
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
