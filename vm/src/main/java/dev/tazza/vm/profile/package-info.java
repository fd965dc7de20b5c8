/**
 * Tells profilers what code is where: {@link dev.tazza.vm.profile.PerfMap} and {@link
 * dev.tazza.vm.profile.JitDump} write the files that Linux's {@code perf} reads. What was sampled
 * in guests is a {@link dev.tazza.vm.profile.CallTree}; {@link dev.tazza.vm.profile.FirefoxProfile}
 * and {@link dev.tazza.vm.profile.FlameGraph} write it.
 *
 * <p>In come modules whose code has just been mapped; nothing goes back, and a file that cannot be
 * written any more stops nobody. One object for an engine; thread-safe.
 */
@NullMarked
package dev.tazza.vm.profile;

import org.jspecify.annotations.NullMarked;
