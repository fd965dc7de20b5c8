package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.operator.OperatorCost;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Each option is one row of a table; setters and getters agree with it. */
class ConfigTest {

  /** A configuration in which one option, and no other, has another value than by default. */
  static Config changed(Tunable tunable) throws ReflectiveOperationException {
    Config config = new Config();
    Class<?> type = getter(tunable).getReturnType();
    Object value =
        type == OperatorCost.class
            ? OperatorCost.DEFAULT.withPerByte(2)
            : type == boolean.class
                ? tunable.byDefault() == 0
                : type == long.class
                    ? (Object) (tunable.byDefault() / 2)
                    : type.getEnumConstants()[tunable.byDefault() == 0 ? 1 : 0];
    assertEquals(config, setter(tunable).invoke(config, value));
    assertEquals(value, getter(tunable).invoke(config), tunable.option());
    return config;
  }

  private static Method getter(Tunable tunable) throws NoSuchMethodException {
    return Config.class.getMethod(tunable.option());
  }

  private static Method setter(Tunable tunable) throws ReflectiveOperationException {
    return Config.class.getMethod(tunable.option(), getter(tunable).getReturnType());
  }

  @Test
  void eachOptionHasASetterAndAGetter() throws ReflectiveOperationException {
    for (Tunable tunable : Tunable.values()) {
      Tunables tunables = changed(tunable).tunables();
      for (Tunable other : Tunable.values()) {
        boolean isDefault = tunables.get(other) == other.byDefault();
        boolean comesAlong =
            tunable == Tunable.SIGNALS_BASED_TRAPS && other == Tunable.SIGNALS_BASED_INTERRUPTION;
        assertEquals(other != tunable && !comesAlong, isDefault, tunable + " and " + other);
      }
      assertEquals(tunables, changed(tunable).copy().tunables());
      assertNotEquals(Tunables.DEFAULT, tunables);
    }
  }

  @Test
  void choicesHaveTheNamesOfTheirEnums() throws ReflectiveOperationException {
    for (Tunable tunable : Tunable.values()) {
      Object[] constants = getter(tunable).getReturnType().getEnumConstants();
      if (constants != null) {
        assertEquals(List.of(constants).toString(), tunable.choices().toString());
      }
    }
  }

  @Test
  void sizesHaveARange() {
    assertRefused("maxWasmStack must be from 1 byte to 1 GiB, but is 0", c -> c.maxWasmStack(0));
    assertRefused(
        "staticMemoryMaximumSize must be from 0 bytes to 1 TiB, but is -1",
        c -> c.staticMemoryMaximumSize(-1));
    assertRefused(
        "dynamicMemoryGuardSize must be from 0 bytes to 1 TiB, but is 1099511627777",
        c -> c.dynamicMemoryGuardSize((1L << 40) + 1));
    assertEquals(
        8192, new Config().dynamicMemoryReservedForGrowth(4097).dynamicMemoryReservedForGrowth());
  }

  @Test
  void guardsMustFit() {
    Config config = new Config().dynamicMemoryGuardSize(1 << 20).staticMemoryGuardSize(4096);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new Engine(config));
    assertEquals(
        "staticMemoryGuardSize (4096) must not be smaller than dynamicMemoryGuardSize (1048576)",
        refused.getMessage());
    assertEquals(3L << 30, new Config().dynamicMemoryGuardSize(3L << 30).staticMemoryGuardSize());
  }

  private static void assertRefused(String message, Consumer<Config> setter) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> setter.accept(new Config()));
    assertEquals(message, refused.getMessage());
  }
}
