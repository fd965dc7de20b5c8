/**
 * Fuzzing of threads that share a memory.
 *
 * <p>In goes a seed, out comes what differed. {@link dev.tazza.testkit.fuzz.thread.ThreadProgram}
 * makes two functions that two threads run at the same time on one memory, and says what must come
 * of it whoever is faster: what both threads change is changed by operations whose order does not
 * matter, by turns, under a lock, or at places that tickets decide; what else they touch is theirs
 * alone, though it may be next to what the other one touches. {@link
 * dev.tazza.testkit.fuzz.thread.ThreadFuzzer} compares.
 *
 * <p>{@link dev.tazza.testkit.fuzz.thread.Litmus} has what must not be seen of the order of
 * accesses, and counts.
 */
@NullMarked
package dev.tazza.testkit.fuzz.thread;

import org.jspecify.annotations.NullMarked;
