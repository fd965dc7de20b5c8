package dev.tazza;

import dev.tazza.environ.NearName;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The options of an engine that are settings of the compiler, too, by the names they have there.
 */
enum CompilerOptions {
  OPT_LEVEL(Tunable.OPT_LEVEL, "how much to optimize: none, speed or speed_and_size"),
  ENABLE_VERIFIER(Tunable.DEBUG_VERIFIER, "check the compiler's work after each step"),
  ENABLE_SANDBOX_VERIFIER(
      Tunable.SANDBOX_VERIFIER, "run only code that was proved to stay in its sandbox"),
  ENABLE_NAN_CANONICALIZATION(
      Tunable.NAN_CANONICALIZATION, "make all NaNs that arithmetic gives the same"),
  ENABLE_ADDRESS_MAP(Tunable.GENERATE_ADDRESS_MAP, "keep what code is from which instruction"),
  ENABLE_HEAP_ACCESS_SPECTRE_MITIGATION(
      Tunable.HEAP_ACCESS_SPECTRE_MITIGATION, "keep guessed accesses to memories within them"),
  ENABLE_TABLE_ACCESS_SPECTRE_MITIGATION(
      Tunable.TABLE_ACCESS_SPECTRE_MITIGATION, "keep guessed accesses to tables within them");

  private static final CompilerOptions[] ALL = values();

  private final Tunable tunable;
  private final String description;

  CompilerOptions(Tunable tunable, String description) {
    this.tunable = tunable;
    this.description = description;
  }

  private String settingName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one with that name, or null. */
  static @Nullable CompilerOptions find(String name) {
    for (CompilerOptions option : ALL) {
      if (option.settingName().equals(name)) {
        return option;
      }
    }
    return null;
  }

  /**
   * The same options with a value as compilers' settings have it.
   *
   * @throws IllegalArgumentException when it is none
   */
  Tunables set(Tunables tunables, String value) {
    if (tunable.choices().isEmpty()) {
      return tunables.with(tunable, truth(settingName(), value) ? 1 : 0);
    }
    int number = tunable.choices().indexOf(value.toUpperCase(Locale.ROOT));
    if (number < 0) {
      String all = String.join(", ", tunable.choices()).toLowerCase(Locale.ROOT);
      throw new IllegalArgumentException(
          "the setting " + settingName() + " is one of " + all + ", not '" + value + "'");
    }
    return tunables.with(tunable, number);
  }

  /** The value of a setting that is a truth. */
  static boolean truth(String name, String value) {
    if (!value.equals("true") && !value.equals("false")) {
      throw new IllegalArgumentException(
          "the setting " + name + " is true or false, not '" + value + "'");
    }
    return value.equals("true");
  }

  /** All, with their defaults. */
  static List<CompilerSetting> settings() {
    List<CompilerSetting> settings = new ArrayList<>();
    for (CompilerOptions option : ALL) {
      long value = option.tunable.byDefault();
      List<String> choices = option.tunable.choices();
      String text =
          choices.isEmpty()
              ? String.valueOf(value != 0)
              : choices.get((int) value).toLowerCase(Locale.ROOT);
      settings.add(new CompilerSetting(option.settingName(), text, option.description));
    }
    return settings;
  }

  /**
   * That there is no such setting; which name is meant perhaps, and which there are.
   *
   * @param others names that are no options
   */
  static IllegalArgumentException unknown(String name, List<String> others) {
    List<String> names = new ArrayList<>(others);
    for (CompilerOptions option : ALL) {
      names.add(option.settingName());
    }
    String near = NearName.of(name, names);
    return new IllegalArgumentException(
        "no compiler setting '"
            + name
            + "'"
            + (near == null ? "" : ", did you mean " + near + "?")
            + "; there are "
            + String.join(", ", names));
  }
}
