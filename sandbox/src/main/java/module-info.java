/**
 * Proves from finished machine code that it cannot leave its sandbox. Knows the layouts and nothing
 * of the compiler. For Tazza's own modules alone.
 */
module dev.tazza.sandbox {
  requires static org.jspecify;
  requires transitive dev.tazza.environ;

  exports dev.tazza.sandbox to
      dev.tazza.translate,
      dev.tazza.testkit;
}
