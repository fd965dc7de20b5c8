package dev.tazza.sandbox;

import dev.tazza.environ.RuntimeService;
import dev.tazza.wasm.module.WasmModule;

/**
 * What services of the runtime are called with: the indexes of a module's things have to be those
 * of things that it has, and what comes into tables of functions has to be references of functions.
 * If a service takes such, that is part of its convention.
 */
final class ServiceArguments {
  private final Machine machine;
  private final WasmModule module;

  ServiceArguments(Machine machine) {
    this.machine = machine;
    module = machine.rules.module();
  }

  /** A service is about to be called. */
  void check(Role role) {
    RuntimeService service = role.service();
    if (service == null) {
      return;
    }
    int memories = module.memoryCount();
    int tables = module.tableCount();
    int segments = module.dataSegments().size();
    int elements = module.elementSegments().size();
    switch (service) {
      case MEMORY_GROW, MEMORY_ATOMIC_WAIT32, MEMORY_ATOMIC_WAIT64, MEMORY_ATOMIC_NOTIFY ->
          index(role, 0, memories);
      case MEMORY_INIT -> {
        index(role, 0, memories);
        index(role, 1, segments);
      }
      case DATA_DROP -> index(role, 0, segments);
      case TABLE_GROW, TABLE_FILL -> index(role, 0, tables);
      case TABLE_GROW_REF, TABLE_FILL_REF -> {
        if (machine.rules.holdsFunctions(index(role, 0, tables))) {
          throw mixes();
        }
      }
      case TABLE_COPY -> {
        boolean holdsFunctions = machine.rules.holdsFunctions(index(role, 0, tables));
        if (holdsFunctions && !machine.rules.givesFunctions(index(role, 1, tables))) {
          throw mixes();
        }
      }
      case TABLE_INIT -> {
        int table = index(role, 0, tables);
        int segment = index(role, 1, elements);
        if (machine.rules.holdsFunctions(table) && !machine.rules.segmentGivesFunctions(segment)) {
          throw mixes();
        }
      }
      case ELEM_DROP -> index(role, 0, elements);
      case IS_SUBTYPE -> index(role, 1, module.typeCount());
      case CATCH_REFERENCE -> {
        if (machine.state.thrown == State.NOTHING_THROWN) {
          machine.fail("catches what is not known to be an exception");
        }
      }
      default -> {}
    }
  }

  /** A service's argument, which is the index of one of {@code count} things. */
  private int index(Role role, int argument, int count) {
    int value = machine.register(role.convention().params.registers()[argument]);
    Values values = machine.values;
    if (!values.isConstant(value) || values.low[value] < 0 || values.low[value] >= count) {
      throw machine.reject("argument " + argument + " is not the index of anything");
    }
    return (int) values.low[value];
  }

  private Rejection mixes() {
    return machine.reject("a table of functions gets other elements");
  }
}
