module dev.tazza.vm {
  requires static org.jspecify;
  requires transitive dev.tazza.environ;
  requires transitive dev.tazza.sys;
}
