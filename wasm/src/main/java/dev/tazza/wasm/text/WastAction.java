package dev.tazza.wasm.text;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a script does to an instance; {@code module} null means the latest one. */
public sealed interface WastAction {
  /** The instance's name without dollar sign, or null for the latest one. */
  @Nullable String module();

  /** The export's name. */
  String field();

  /** {@code (invoke $module "field" arguments…)} */
  record Invoke(@Nullable String module, String field, List<WastValue> arguments)
      implements WastAction {
    public Invoke {
      arguments = List.copyOf(arguments);
    }
  }

  /** {@code (get $module "field")}: the value of a global. */
  record Get(@Nullable String module, String field) implements WastAction {}
}
