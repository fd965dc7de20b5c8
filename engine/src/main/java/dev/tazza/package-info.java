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
 * <p>Engines, modules and stores own native memory and must be closed, in any order: a store keeps
 * what it needs of its modules and engine. Using something closed, or a store from two threads at
 * once, is an {@link java.lang.IllegalStateException}; what goes wrong in WebAssembly is a {@link
 * dev.tazza.wasm.WasmException}.
 */
@NullMarked
package dev.tazza;

import org.jspecify.annotations.NullMarked;
