/** All that an application needs: the engine, and WASI preview 1 for its guests. */
module dev.tazza {
  requires static org.jspecify;
  requires transitive dev.tazza.engine;
  requires dev.tazza.sys;

  exports dev.tazza.wasi;
}
