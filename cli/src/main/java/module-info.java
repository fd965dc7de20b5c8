module dev.tazza.cli {
  requires static org.jspecify;
  requires dev.tazza.wasi;
  requires info.picocli;
}
