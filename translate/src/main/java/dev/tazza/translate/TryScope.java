package dev.tazza.translate;

import org.jspecify.annotations.Nullable;

/**
 * Who catches what is thrown at some point of the code.
 *
 * @param clauses of the innermost try; the first that fits counts
 * @param outer who is asked next; null: the function's caller
 */
record TryScope(CatchClause[] clauses, @Nullable TryScope outer) {}
