module dev.tazza.translate {
  requires static org.jspecify;
  requires transitive dev.tazza.environ;
  requires transitive dev.tazza.codegen;
  requires dev.tazza.sandbox;

  exports dev.tazza.translate;
}
