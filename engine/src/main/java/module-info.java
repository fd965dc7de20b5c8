module dev.tazza.engine {
  requires static org.jspecify;
  requires transitive dev.tazza.wasm;
  requires dev.tazza.translate;
  requires dev.tazza.vm;
}
