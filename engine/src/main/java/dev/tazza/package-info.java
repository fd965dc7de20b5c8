/**
 * The embedding API of Tazza.
 *
 * <pre>{@code
 * try (Engine engine = new Engine();
 *     Module module = Module.compile(engine, Files.readAllBytes(Path.of("add.wasm")));
 *     Store<Void> store = new Store<>(engine)) {
 *   Instance instance = new Linker<Void>(engine).instantiate(store, module);
 *   IntBinaryOperator add = instance.func("add").as(IntBinaryOperator.class);
 *   System.out.println(add.applyAsInt(2, 3));
 * }
 * }</pre>
 *
 * <ul>
 *   <li>An {@link dev.tazza.Engine} holds the configuration and the compiler. Share one.
 *   <li>A {@link dev.tazza.Module} is compiled code. Share it too.
 *   <li>A {@link dev.tazza.Store} holds instances and everything they can reach; it belongs to one
 *       thread at a time.
 *   <li>A {@link dev.tazza.Linker} names what modules can import and makes an {@link
 *       dev.tazza.Instance}. A {@link dev.tazza.InstancePre} makes more of them.
 * </ul>
 *
 * <p><b>What must be closed, and what happens if not.</b> Engines, modules and stores own native
 * memory: stacks, code, linear memories, of which a process has address space for some 16,000.
 * {@code close} gives it back at once, and is to be called for all three:
 *
 * <ul>
 *   <li>in any order. A store keeps what it needs of its modules and its engine, and works until it
 *       is closed itself; only new modules and stores cannot be made of a closed engine, nor
 *       instances of a closed module.
 *   <li>by any thread at any time. A store that is in use, by another thread or by who calls {@code
 *       close} from a host function, refuses it with an {@link java.lang.IllegalStateException},
 *       and nothing has happened; engines and modules never refuse. Nothing that runs loses what it
 *       runs on.
 *   <li>as often as you like. Closing again does nothing, or frees what could not be freed the last
 *       time.
 * </ul>
 *
 * Instances, functions, memories, tables and globals live as long as their store and need no
 * closing. After that they throw an {@link java.lang.IllegalStateException}, and so do the memory
 * segments that were had from them.
 *
 * <p>What is forgotten is not lost: an engine, module or store that is unreachable is freed by a
 * thread of its own some time after the garbage collector has noticed. A store is reachable through
 * all that was had from it, including method handles and memory segments, and while its guest runs.
 * But the collector does not see how much native memory hangs on a small Java object; it is asked
 * to look only when mappings or address space run out. {@link dev.tazza.Config#reportUnclosed}
 * finds the places where {@code close} is missing.
 *
 * <p>When the system has no more memory, address space or mappings to give, making a store, module
 * or instance throws a {@link dev.tazza.wasm.ResourceLimitException}. A part of the mappings that
 * the system allows a process (8,191 of 65,530, {@code vm.max_map_count}) is left to the JVM, which
 * would not survive running out of them.
 *
 * <p>Using something closed, or a store from two threads at once, is an {@link
 * java.lang.IllegalStateException}; what goes wrong in WebAssembly is a {@link
 * dev.tazza.wasm.WasmException}.
 */
@NullMarked
package dev.tazza;

import org.jspecify.annotations.NullMarked;
