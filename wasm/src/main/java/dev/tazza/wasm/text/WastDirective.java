package dev.tazza.wasm.text;

import dev.tazza.wasm.MalformedException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One command of a test script, with the line it begins on. Names have no dollar sign. */
public sealed interface WastDirective {
  /** Line of the opening parenthesis, from 1. */
  int line();

  /** {@code (module …)}: instantiate it, it becomes the latest instance, also under its name. */
  record Module(int line, @Nullable String name, WastModule module) implements WastDirective {}

  /** {@code (module definition …)}: keep it for later instantiation. */
  record Definition(int line, @Nullable String name, WastModule module) implements WastDirective {}

  /**
   * {@code (module instance $name $definition)}: a new instance of a definition, null for the
   * latest one.
   */
  record Instance(int line, @Nullable String name, @Nullable String definition)
      implements WastDirective {}

  /** {@code (register "as" $module)}: make an instance's exports importable. */
  record Register(int line, String as, @Nullable String module) implements WastDirective {}

  /** An action for its effect. */
  record Action(int line, WastAction action) implements WastDirective {}

  /** The action returns these results. */
  record AssertReturn(int line, WastAction action, List<WastResult> results)
      implements WastDirective {
    public AssertReturn {
      results = List.copyOf(results);
    }
  }

  /** The action traps. */
  record AssertTrap(int line, WastAction action, String message) implements WastDirective {}

  /** Instantiating the module traps. */
  record AssertModuleTrap(int line, WastModule module, String message) implements WastDirective {}

  /** The action runs out of stack. */
  record AssertExhaustion(int line, WastAction action, String message) implements WastDirective {}

  /** The action throws an exception that nobody catches. */
  record AssertException(int line, WastAction action) implements WastDirective {}

  /** The module cannot be decoded or parsed. */
  record AssertMalformed(int line, WastModule module, String message) implements WastDirective {}

  /** The module is not valid. */
  record AssertInvalid(int line, WastModule module, String message) implements WastDirective {}

  /** The module's imports cannot be satisfied. */
  record AssertUnlinkable(int line, WastModule module, String message) implements WastDirective {}

  /**
   * {@code (thread $name (shared (module $m))… command…)}: run the commands in a thread of their
   * own, where nothing is known but the instances {@code shared}, whose shared memories it has in
   * common with this one.
   */
  record Thread(int line, @Nullable String name, List<String> shared, List<WastDirective> commands)
      implements WastDirective {
    public Thread {
      shared = List.copyOf(shared);
      commands = List.copyOf(commands);
    }
  }

  /** {@code (wait $name)}: wait until a thread, null for the latest one, has ended. */
  record Wait(int line, @Nullable String name) implements WastDirective {}

  /** A command that could not be read; the commands around it are not affected. */
  record Unreadable(int line, MalformedException reason) implements WastDirective {}
}
