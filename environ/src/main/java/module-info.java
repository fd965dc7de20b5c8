module dev.tazza.environ {
  requires static org.jspecify;
  requires transitive dev.tazza.wasm;

  exports dev.tazza.environ;
  exports dev.tazza.environ.artifact;
}
