/** WASI preview 1 for guests of the engine. */
module dev.tazza.wasi {
  requires static org.jspecify;
  requires transitive dev.tazza.engine;
  requires dev.tazza.sys;

  exports dev.tazza.wasi;
}
