package dev.tazza;

/** How profilers learn about the machine code of modules: {@link Config#profiler}. */
public enum ProfilingStrategy {
  /** Not at all. */
  NONE,
  /**
   * Through {@code jit-PID.dump}, in the current folder or the one that the environment variable
   * {@code JITDUMPDIR} names: {@code perf record -k mono}, {@code perf inject --jit -i perf.data -o
   * perf.jit.data}, then {@code perf report} and {@code perf annotate} with names, machine code
   * and, for modules with debug information, lines of the source.
   */
  JITDUMP,
  /** Through {@code /tmp/perf-PID.map}: {@code perf report} has the names of functions. */
  PERFMAP,
  /** Through Intel VTune's agent, which is not supported. */
  VTUNE
}
