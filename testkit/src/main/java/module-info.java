module dev.tazza.testkit {
  requires static org.jspecify;
  requires dev.tazza.wasi;
}
