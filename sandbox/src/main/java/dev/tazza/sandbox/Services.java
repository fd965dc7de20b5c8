package dev.tazza.sandbox;

import dev.tazza.environ.RuntimeService;
import dev.tazza.wasm.module.WasmModule;

/**
 * What services of the runtime are called with: the indexes of a module's things have to be those
 * of things that it has, and what comes into tables of functions has to be references to functions
 * of the table's type. And what they tell.
 */
final class Services {
  private final Machine machine;
  private final WasmModule module;

  /** Of {@code IS_SUBTYPE}: which reference is asked about, if any is, and the type. */
  private boolean isAsked;

  /** Of {@code TABLE_ELEMENT}: the type of the table's elements. */
  private int asked;

  private int wanted;

  Services(Machine machine) {
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
      case TABLE_GROW -> element(index(role, 0, tables), argument(role, 1));
      case TABLE_FILL -> element(index(role, 0, tables), argument(role, 2));
      case TABLE_GROW_REF, TABLE_FILL_REF -> elements(index(role, 0, tables), ReferenceTypes.NONE);
      case TABLE_COPY -> {
        int table = index(role, 0, tables);
        elements(table, machine.rules.typeOfElements(index(role, 1, tables)));
      }
      case TABLE_INIT -> {
        int table = index(role, 0, tables);
        elements(table, machine.rules.typeOfSegment(index(role, 1, elements)));
      }
      case TABLE_ELEMENT -> {
        asked = machine.rules.typeOfElements(index(role, 0, tables));
        if (asked == ReferenceTypes.NONE) {
          throw machine.reject("asks a table of other references for functions");
        }
      }
      case ELEM_DROP -> index(role, 0, elements);
      case IS_SUBTYPE -> {
        wanted = index(role, 1, module.typeCount());
        int type = argument(role, 0);
        isAsked = machine.values.is(type, ProofValues.REFERENCE_TYPE);
        asked = machine.values.aux[type];
      }
      case CATCH_REFERENCE -> {
        if (machine.state.thrown == State.NOTHING_THROWN) {
          machine.fail("catches what is not known to be an exception");
        }
      }
      default -> {}
    }
  }

  /** It has been called: what follows from it, besides its convention. */
  void giveResult(Role role) {
    if (role.service() == RuntimeService.THROW_REFERENCE) {
      machine.state.thrown = State.ANYTHING_THROWN;
    } else if (role.service() == RuntimeService.TABLE_ELEMENT) {
      int result = machine.values.make(ProofValues.REFERENCE, asked, 0, 0);
      machine.state.at[role.convention().results.registers()[0]] = result;
    } else if (role.service() == RuntimeService.IS_SUBTYPE && isAsked) {
      int result = machine.values.make(ProofValues.SUBTYPE, 0, 0, ProofValues.U32);
      machine.state.at[role.convention().results.registers()[0]] = result;
      machine.state.addFact(State.SUBTYPE, result, asked, wanted, 0);
    }
  }

  /** A table gets elements of a type. */
  private void elements(int table, int given) {
    int wanted = machine.rules.typeOfElements(table);
    boolean fits =
        given == ReferenceTypes.NONE || wanted == ReferenceTypes.NONE
            ? wanted == ReferenceTypes.NONE
            : machine.rules.types().matches(given, wanted);
    if (!fits) {
      throw machine.reject("a table of functions gets other elements");
    }
  }

  /** The same of one value, which is a reference to a function. */
  private void element(int table, int value) {
    int wanted = machine.rules.typeOfElements(table);
    if (wanted != ReferenceTypes.NONE && !machine.isReference(value, wanted)) {
      machine.fail("a table of functions gets other elements");
    }
  }

  private int argument(Role role, int argument) {
    return machine.register(role.convention().params.registers()[argument]);
  }

  /** A service's argument, which is the index of one of {@code count} things. */
  private int index(Role role, int argument, int count) {
    int value = argument(role, argument);
    ProofValues values = machine.values;
    if (!values.isConstant(value) || values.low[value] < 0 || values.low[value] >= count) {
      throw machine.reject("argument " + argument + " is not the index of anything");
    }
    return (int) values.low[value];
  }
}
