package dev.tazza.vm.instance;

/**
 * How many bytes the instances of a module take, besides memories and tables that have a place of
 * their own.
 *
 * @param context what compiled code reaches: types, globals, function references
 * @param imports contexts of imported functions
 * @param tables elements of tables
 */
public record BlockSize(long context, long imports, long tables) {
  /** All of them. */
  public long total() {
    return context + imports + tables;
  }

  @Override
  public String toString() {
    return "%d for its context, %d for imported functions, %d for tables"
        .formatted(context, imports, tables);
  }
}
