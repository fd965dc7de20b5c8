/**
 * JMH benchmarks of what the engine itself costs: calls in both directions, traps, instances,
 * compilation.
 *
 * <p>{@link dev.tazza.bench.CompileStages} is a program beside them: the time of each stage of a
 * compilation. {@link dev.tazza.bench.PoolFigures} is another: instances from pools. {@link
 * dev.tazza.bench.AsyncFigures}: guests that wait. {@link dev.tazza.bench.InstrumentCosts}: what
 * fuel, epochs and the like cost programs.
 *
 * <p>{@code java -jar bench/target/benchmarks.jar} runs all of them, {@code … CallBenchmark} one
 * class, {@code … -h} tells JMH's options. On the class path and not a module, because JMH
 * generates and forks code that expects it so.
 */
@NullMarked
package dev.tazza.bench;

import org.jspecify.annotations.NullMarked;
