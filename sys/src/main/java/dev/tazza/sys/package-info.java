/**
 * What Tazza needs of the operating system, as typed Java.
 *
 * <p>This is the only module that touches {@link java.lang.foreign.Linker} or calls a restricted
 * method, so {@code --enable-native-access=dev.tazza.sys} is all that a user has to grant.
 *
 * <p>Where to start:
 *
 * <ul>
 *   <li>{@link dev.tazza.sys.Os}: memory mappings and signal actions of the host system. The seam
 *       for other systems: one is a row in the table of {@code Systems} and packages of its own, as
 *       {@code dev.tazza.sys.linux} is. Nobody else knows them.
 *   <li>{@link dev.tazza.sys.fs}: files and sockets, the same for WASI.
 *   <li>{@link dev.tazza.sys.NativeMemory}: loads and stores at absolute addresses.
 *   <li>{@link dev.tazza.sys.NativeCall}: the one downcall that everything goes through.
 * </ul>
 *
 * <p>Linking a downcall handle costs milliseconds in a young JVM and each new <em>shape</em> costs
 * again, so system calls, C functions and the entry into guest code share one shape. System calls
 * go through stubs of machine code ({@code dev.tazza.sys.linux.Syscall}) that return the kernel's
 * {@code -errno} as it is: there is no errno to capture.
 *
 * <p>Addresses are {@code long}s. Nothing here checks that an address is good: the callers, all
 * inside the engine, own the mappings they touch.
 */
@NullMarked
package dev.tazza.sys;

import org.jspecify.annotations.NullMarked;
