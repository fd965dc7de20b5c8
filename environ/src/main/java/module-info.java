/** What compiler and runtime agree on: layouts, conventions, artifacts. For Tazza's own modules. */
module dev.tazza.environ {
  requires static org.jspecify;
  requires transitive dev.tazza.wasm;

  exports dev.tazza.environ to
      dev.tazza.sandbox,
      dev.tazza.translate,
      dev.tazza.vm,
      dev.tazza.engine,
      dev.tazza.cli,
      dev.tazza.testkit;
  exports dev.tazza.environ.artifact to
      dev.tazza.engine,
      dev.tazza.cli,
      dev.tazza.vm;
}
