/**
 * Events for the JDK Flight Recorder: what Tazza did and how long it took, beside what the JVM says
 * of itself. {@link dev.tazza.vm.event.Recording#isOn} is asked before anything of this package is
 * touched: while nobody records, that is one load and a branch, and no class of it is loaded; in a
 * JVM without the module {@code jdk.jfr}, it is false.
 *
 * <p>An event that takes time is begun before and ended after; where it is done, names are looked
 * up only if it is to be kept.
 */
@NullMarked
package dev.tazza.vm.event;

import org.jspecify.annotations.NullMarked;
