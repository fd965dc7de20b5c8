package dev.tazza.vm.instance;

import dev.tazza.wasm.type.FuncType;
import org.jspecify.annotations.Nullable;

/**
 * A function of a store: one of an instance, or a host function.
 *
 * @param store where it lives
 * @param type its type; type indexes in it are numbers of the engine
 * @param typeId the type's number in the engine, or -1 for host functions, which have one only
 *     while guests have references to them
 * @param code code address, in the guest's calling convention; 0 for host functions, whose code
 *     depends on who imports them
 * @param context what it gets as context
 * @param entry address of the trampoline that enters it from Java; 0 for host functions
 * @param reference address of its reference, or 0 when it has none yet
 * @param host the host function's number in the store, or -1
 */
public record VmFunction(
    VmStore store,
    FuncType type,
    int typeId,
    long code,
    long context,
    long entry,
    long reference,
    int host) {

  public boolean isHost() {
    return host >= 0;
  }

  /** The host function behind it, or null. */
  public @Nullable VmHostFunction hostFunction() {
    return host >= 0 ? store.hosts().get(host) : null;
  }
}
