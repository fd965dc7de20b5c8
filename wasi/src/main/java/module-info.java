module dev.tazza.wasi {
  requires static org.jspecify;
  requires transitive dev.tazza.engine;
  requires dev.tazza.sys;
}
