/**
 * WASI preview 1: the system interface that command-line WebAssembly programs are compiled for.
 *
 * <p>In: a {@link dev.tazza.wasi.WasiConfig} that says what a guest is given. Out: a {@link
 * dev.tazza.wasi.Wasi} whose functions a linker gives to the guest, and at the end a {@link
 * dev.tazza.wasi.WasiExit} with its exit code.
 *
 * <p>Inside: {@code WasiFunction} is the table of functions, {@code Preview1} goes from an entry to
 * its code, which is grouped in {@code FileFunctions}, {@code PathFunctions}, {@code
 * PollFunctions}, {@code ProcessFunctions} and {@code SocketFunctions}. They read the arguments,
 * check the rights and leave the rest to a {@code Descriptor}: of the host ({@code HostDescriptor},
 * {@code HostDirectory}), of any other {@code java.nio.file} file system ({@code JavaFile}, {@code
 * JavaDirectory}), or a Java stream.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>A guest's mistake gives an error number, never a Java exception; only {@code WasiExit},
 *       {@code WasiInterruptedException} and what configured streams and clocks throw come out.
 *   <li>Where results go is checked before anything is done.
 *   <li>Directories are capabilities: a path is only looked up through {@link
 *       dev.tazza.sys.fs.Beneath} or, in a Java file system, {@code JavaWalk}, and nothing outside
 *       a preopened directory can be reached.
 *   <li>Rights only ever shrink, from a directory to what is opened in it, and by the guest's wish.
 *   <li>Paths that a guest gives are UTF-8; what others are is {@code EILSEQ}.
 * </ul>
 */
@NullMarked
package dev.tazza.wasi;

import org.jspecify.annotations.NullMarked;
