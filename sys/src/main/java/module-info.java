module dev.tazza.sys {
  requires static org.jspecify;
}
