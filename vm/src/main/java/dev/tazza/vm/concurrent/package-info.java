/**
 * What many threads use at a time without waiting for each other. A counter, list or lock that all
 * share costs each of them some 50 ns at each use, as its cache line goes from processor to
 * processor, and more where one has to wait.
 */
@NullMarked
package dev.tazza.vm.concurrent;

import org.jspecify.annotations.NullMarked;
