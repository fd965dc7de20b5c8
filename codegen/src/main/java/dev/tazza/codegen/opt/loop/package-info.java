/**
 * The passes over loops, and what they know of them.
 *
 * <p>A loop is as {@link dev.tazza.codegen.ir.LoopForest} finds it; passes that move something out
 * of one want a preheader, which {@link dev.tazza.codegen.opt.loop.InsertPreheaders} makes. {@link
 * dev.tazza.codegen.opt.loop.LoopCounters} counts rounds and {@link
 * dev.tazza.codegen.opt.loop.ValueRanges} bounds what is computed from counters: sums that cannot
 * wrap around can become part of an address.
 */
@NullMarked
package dev.tazza.codegen.opt.loop;

import org.jspecify.annotations.NullMarked;
