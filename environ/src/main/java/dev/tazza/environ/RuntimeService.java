package dev.tazza.environ;

import static dev.tazza.wasm.type.NumType.I32;
import static dev.tazza.wasm.type.NumType.I64;
import static dev.tazza.wasm.type.RefType.EXTERNREF;
import static dev.tazza.wasm.type.RefType.FUNCREF;

import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.util.List;
import java.util.Locale;

/**
 * What compiled code asks of the runtime: one row a service, with its parameters, results and
 * effect. Everything else about a service follows from its row: the function in a module's text
 * that compiled code calls for it (parameter 0 is the instance context there), the number it exits
 * with, how its arguments lie in the value slots, and what the sandbox verifier demands of calls.
 *
 * <p>To add one, add a row here and an arm to the {@code switch} of {@code ServiceCalls} in {@code
 * dev.tazza.vm.instance}, which is incomplete until then.
 *
 * <p>Values are passed as those of a host function are. An index and an offset of a memory are
 * unsigned, and nothing about their sum has been checked. A FUNCREF is the address of a {@link
 * FuncRefLayout}, or 0. An EXTERNREF stands for any reference that guest code holds by number.
 */
public enum RuntimeService {
  /** memory index, delta in pages → previous size in pages or -1. */
  MEMORY_GROW(Effect.GROWS, List.of(I32, I64), List.of(I64)),
  /** memory index, data segment, destination, source, length. */
  MEMORY_INIT(Effect.WRITES, List.of(I32, I32, I64, I32, I32), List.of()),
  /** data segment. */
  DATA_DROP(Effect.WRITES, List.of(I32), List.of()),
  /**
   * memory index, index, offset, expected, nanoseconds or less than 0 → 0 woken, 1 not equal, 2
   * late.
   */
  MEMORY_ATOMIC_WAIT32(Effect.GROWS, List.of(I32, I64, I64, I32, I64), List.of(I32)),
  /** The same for eight bytes. */
  MEMORY_ATOMIC_WAIT64(Effect.GROWS, List.of(I32, I64, I64, I64, I64), List.of(I32)),
  /** memory index, index, offset, most threads to wake → how many were woken. */
  MEMORY_ATOMIC_NOTIFY(Effect.GROWS, List.of(I32, I64, I64, I32), List.of(I32)),
  /** table index, initial element, delta → previous size or -1. */
  TABLE_GROW(Effect.GROWS, List.of(I32, FUNCREF, I64), List.of(I64)),
  /** The same for tables of other references. */
  TABLE_GROW_REF(Effect.GROWS, List.of(I32, EXTERNREF, I64), List.of(I64)),
  /** table index, start, element, length. */
  TABLE_FILL(Effect.WRITES, List.of(I32, I64, FUNCREF, I64), List.of()),
  /** The same for tables of other references. */
  TABLE_FILL_REF(Effect.WRITES, List.of(I32, I64, EXTERNREF, I64), List.of()),
  /** destination table, source table, destination, source, length. */
  TABLE_COPY(Effect.WRITES, List.of(I32, I32, I64, I64, I64), List.of()),
  /** table index, element segment, destination, source, length. */
  TABLE_INIT(Effect.WRITES, List.of(I32, I32, I64, I32, I32), List.of()),
  /**
   * table index, index of an element that is null so far → the element. What a lazy table begins
   * with, its elements become by this, see {@link LazyTables}. For code nothing changes.
   */
  TABLE_ELEMENT(Effect.NONE, List.of(I32, I64), List.of(FUNCREF)),
  /** element segment. */
  ELEM_DROP(Effect.WRITES, List.of(I32), List.of()),
  /** number of a type, type index → whether the first is the second or its subtype. */
  IS_SUBTYPE(Effect.NONE, List.of(I32, I32), List.of(I32)),
  /**
   * → a reference to the exception in {@link StoreContext#EXCEPTION}, of which the slots have what
   * it carries.
   */
  CATCH_REFERENCE(Effect.NONE, List.of(), List.of(EXTERNREF)),
  /**
   * a reference to an exception, which becomes that in {@link StoreContext#EXCEPTION}; the slots
   * get what it carries.
   */
  THROW_REFERENCE(Effect.NONE, List.of(EXTERNREF), List.of());

  /** What is different after a service, but for its results. */
  public enum Effect {
    NONE,
    /** Contents of memories, tables or segments. */
    WRITES,
    /** Also where memories and tables are, and how long. */
    GROWS
  }

  private static final RuntimeService[] VALUES = values();

  private final Effect effect;
  private final FuncType type;
  private final String symbol;

  RuntimeService(Effect effect, List<ValType> params, List<ValType> results) {
    this.effect = effect;
    this.type = new FuncType(params, results);
    this.symbol = "service " + name().toLowerCase(Locale.ROOT);
  }

  public Effect effect() {
    return effect;
  }

  /** Parameters and results; at most one of these. */
  public FuncType type() {
    return type;
  }

  /** The name, among a text's symbols, of the function that exits for this service. */
  public String symbol() {
    return symbol;
  }

  /** What {@link StoreContext#EXIT_REASON} is then: services come after the other reasons. */
  public int exitCode() {
    return ExitReason.COUNT + ordinal();
  }

  /** How many there are. */
  public static int count() {
    return VALUES.length;
  }

  /** The service with this number, from 0 on in the order of the rows. */
  public static RuntimeService of(int number) {
    return VALUES[number];
  }

  /** The service that guest code exited for. */
  public static RuntimeService ofExit(int exitCode) {
    return VALUES[exitCode - ExitReason.COUNT];
  }
}
