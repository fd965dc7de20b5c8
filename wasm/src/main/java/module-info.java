module dev.tazza.wasm {
  requires static org.jspecify;
}
