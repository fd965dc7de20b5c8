/**
 * Modules mapped as code, stores and instances: what the public API wraps. {@link
 * dev.tazza.vm.instance.VmStore} is the center; {@link dev.tazza.vm.instance.Instantiation} shows
 * how an instance comes to be.
 *
 * <p>Nothing here is thread-safe unless it says so: a store and all that belongs to it is used by
 * one thread at a time, which the API above checks. Native structures live as long as their store.
 */
@NullMarked
package dev.tazza.vm.instance;

import org.jspecify.annotations.NullMarked;
