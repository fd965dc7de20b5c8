/**
 * Putting copies of functions in place of calls.
 *
 * <p>{@link dev.tazza.codegen.opt.inline.GuessCallees} makes direct calls of indirect ones where
 * that is promising. {@link dev.tazza.codegen.opt.inline.InlineCalls} goes from the caller down;
 * {@link dev.tazza.codegen.opt.inline.InlinePolicy} chooses the calls. What there is to call, a
 * client tells ({@link dev.tazza.codegen.opt.inline.CalleeSource}); {@link
 * dev.tazza.codegen.opt.inline.InlineCandidates} keeps it ready. {@link
 * dev.tazza.codegen.opt.inline.InlinedBody} makes a copy of a callee, and {@link
 * dev.tazza.codegen.opt.inline.GuardedCall} only of the test that lets it return at once.
 */
@NullMarked
package dev.tazza.codegen.opt.inline;

import org.jspecify.annotations.NullMarked;
