module dev.tazza.codegen {
  requires static org.jspecify;
}
