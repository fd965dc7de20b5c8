/**
 * The optimizations. Passes are verbs and edit the function; each says what it requires, preserves
 * and invalidates.
 *
 * <p>In comes a function that the verifier accepts, out goes one that means the same. A pass is a
 * static {@code run(Analyses)}; it keeps its state in arrays indexed by instruction or block id and
 * runs in time close to linear in the size of the function, without recursion.
 *
 * <p>Those over loops are in {@code loop}, inlining is in {@code inline}, and the rules that they
 * all share are in {@code algebra}. The tools for editing a function are in {@code edit}. This
 * package has the others, and what they share: finding equal values, telling what memory a load
 * sees.
 *
 * <p>Which pass runs when, and why, is {@link dev.tazza.codegen.PassList}.
 */
@NullMarked
package dev.tazza.codegen.opt;

import org.jspecify.annotations.NullMarked;
