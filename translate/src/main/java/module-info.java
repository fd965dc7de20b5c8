/** WebAssembly functions to SSA form, whole modules to machine code. For Tazza's own modules. */
module dev.tazza.translate {
  requires static org.jspecify;
  requires transitive dev.tazza.environ;
  requires transitive dev.tazza.codegen;
  requires dev.tazza.sandbox;

  exports dev.tazza.translate to
      dev.tazza.engine,
      dev.tazza.testkit;
}
